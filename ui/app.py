"""The web chat: Gradio components around what ``ui.chat`` does and ``ui.render`` draws.

The only module that imports Gradio, which takes seconds; import it when a chat is wanted, not before.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import api

from index.errors import WendaError
from qa.answer import Language, passage_dict
from qa.chatbot import Chatbot
from ui import render
from ui.chat import Desk, Shelf, View, Visit
from ui.texts import WORDS, Words, language_of

KEPT_SECONDS = 3600  # how long an idle visitor's article is kept; ``Words.privacy`` promises it
UPLOADS = (
    600,
    3000,
)  # every so many seconds, uploads older than so many are deleted: read, they are not needed
VISITORS = 500  # the least recent beyond these are forgotten, so that memory stays bounded
FILE_TYPES = [".txt", ".md"]
AT_ONCE = 4  # questions answered at the same time; uploads wait in a line of their own
FONTS = ("PingFang TC", "Noto Sans CJK TC", "Noto Sans TC", "Microsoft JhengHei", "system-ui", "sans-serif")


class Parts(NamedTuple):
    """The components that events touch."""

    visit: gr.State
    brand: gr.HTML
    upload: gr.UploadButton
    back: gr.Button
    clear: gr.Button
    language: gr.Radio
    conversation: gr.HTML
    box: gr.Textbox
    panel: gr.HTML
    reader: gr.HTML
    outbox: gr.HTML
    history: gr.BrowserState


def build(bot: Chatbot) -> gr.Blocks:
    """The chat as Gradio blocks, for ``launch(**appearance())`` or for mounting in another app.

    Programs call two named endpoints of it: ``/ask`` gives the JSON of ``wenda ask --json``, ``/search``
    that of ``wenda search --json``.
    """
    blocks = gr.Blocks(title="Wenda 問答", analytics_enabled=False, fill_width=True, delete_cache=UPLOADS)
    with blocks:
        _wire(_layout(WORDS["zh-Hant"]), Desk(Shelf.of(bot)), blocks)
        api(_asker(bot), api_name="ask", concurrency_limit=AT_ONCE)
        api(_searcher(bot), api_name="search", concurrency_limit=AT_ONCE)
    return blocks


def appearance() -> dict[str, Any]:
    """What ``launch`` needs to make the chat look as it should: no font or file comes from another host."""
    theme = gr.themes.Base(
        font=[gr.themes.Font(name) for name in FONTS], font_mono=[gr.themes.Font("monospace")]
    )
    return {"theme": theme, "css": _asset("style.css"), "footer_links": []}


def start(bot: Chatbot, host: str = "127.0.0.1", port: int = 7860) -> gr.Blocks:
    """Starts the server and returns at once; ``.local_url`` is its address, ``.close()`` ends it.

    Raises ``WendaError`` where the address can't be had.
    """
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise WendaError(f"Cannot serve on {host}:{port} ({reason}). Choose another port.") from error
    blocks = build(bot)
    blocks.launch(
        server_name=host,
        server_port=port,
        share=False,
        inbrowser=False,
        quiet=True,
        prevent_thread_lock=True,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size="64mb",
        state_session_capacity=VISITORS,
        **appearance(),
    )
    return blocks


def serve(bot: Chatbot, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serves the chat, prints its address and blocks until interrupted. Raises ``WendaError`` as ``start``."""
    blocks = start(bot, host, port)
    print(f"Wenda 問答  {blocks.local_url}", flush=True)
    blocks.block_thread()


def _layout(words: Words) -> Parts:
    visit = gr.State(Visit(), time_to_live=KEPT_SECONDS)
    # The secret is no secret: what it covers lies in the visitor's own browser, and has to outlive this process.
    history = gr.BrowserState([], storage_key="wenda-history", secret="wenda")
    with gr.Row(elem_id="wd-head"):
        brand = _html(render.brand(words))
        with gr.Row(elem_id="wd-tools"):
            upload = gr.UploadButton(
                words.upload, file_types=FILE_TYPES, file_count="multiple", size="sm", elem_id="wd-upload"
            )
            back = gr.Button(words.back, size="sm", visible=False, elem_id="wd-back")
            clear = gr.Button(words.clear, size="sm", elem_id="wd-clear")
            language = gr.Radio(
                [(each.own_name, tag) for tag, each in WORDS.items()],
                value=words.tag,
                label=words.choose_language,
                container=False,
                elem_id="wd-language",
            )
    with gr.Row(elem_id="wd-body"):
        with gr.Column(elem_id="wd-chat"):
            conversation = _html("")
            box = gr.Textbox(
                label=words.ask,
                placeholder=words.placeholder,
                submit_btn=words.send,
                container=False,
                max_lines=6,
                autofocus=True,
                elem_id="wd-box",
            )
        with gr.Column(elem_id="wd-side"):
            panel = _html("")
            reader = _html("", elem_id="wd-reader")
    outbox = _html("", elem_id="wd-outbox")
    return Parts(
        visit, brand, upload, back, clear, language, conversation, box, panel, reader, outbox, history
    )


@dataclass(frozen=True, slots=True)
class _Events:
    """What Gradio calls: takes values off the components and puts a ``View`` back on them."""

    desk: Desk

    def ask(self, question: str, visit: Visit, language: Language) -> Iterator[tuple[Any, ...]]:
        for view in self.desk.ask(question, visit, language):
            visit = view.visit
            yield (*_page(view), gr.skip())
        yield (*_page(view), self.desk.records(visit))

    def chip(self, visit: Visit, language: Language, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        yield from self.ask(str(event.question), visit, language)

    def cite(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        return _page(self.desk.cite(int(event.turn), int(event.number), visit, language))

    def open(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        return _page(self.desk.open(int(event.article), int(event.offset), visit, language))

    def read(self, paths: list[str], visit: Visit, language: Language) -> Iterator[tuple[Any, ...]]:
        for view in self.desk.read(paths, visit, language):
            yield _page(view)

    def back(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        return _page(self.desk.back(visit, language))

    def clear(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        return (*_page(self.desk.clear(visit, language)), [])

    def stop(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        return _page(self.desk.view(visit, language))

    def rate(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        return _page(self.desk.rate(int(event.turn), bool(event.good), visit, language))

    def export(self, visit: Visit, language: Language, event: gr.EventData) -> str:
        return render.download(*self.desk.exported(str(event.kind), visit, language))

    def switch(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        return (*_labels(WORDS[language]), *_page(self.desk.view(visit, language)))

    def greet(self, visit: Visit, history: object, request: gr.Request) -> tuple[Any, ...]:
        language = language_of(request.headers.get("accept-language"))
        return (language, *self.switch(self.desk.restored(history, visit), language))


def _wire(parts: Parts, desk: Desk, blocks: gr.Blocks) -> None:
    """Ties components to events. Their endpoints are not listed for programs, which have ``/ask``."""
    do = _Events(desk)
    state = [parts.visit, parts.language]
    page = [parts.conversation, parts.panel, parts.visit, parts.reader, parts.back]
    labels = [parts.brand, parts.upload, parts.clear, parts.box]
    shared: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "undocumented"}
    answering = {**shared, "concurrency_limit": AT_ONCE, "concurrency_id": "answering"}

    kept = [*page, parts.history]
    asked = parts.box.submit(do.ask, [parts.box, *state], kept, api_name="chat", **answering)
    asked.then(None, js="() => ''", outputs=parts.box)
    chip = parts.conversation.ask(do.chip, state, kept, api_name="chip", **answering)
    parts.conversation.stop(do.stop, state, page, api_name="stop", cancels=[asked, chip], **shared)
    parts.conversation.rate(do.rate, state, page, api_name="rate", **shared)
    parts.conversation.export(do.export, state, parts.outbox, api_name="export", **shared)
    parts.conversation.cite(do.cite, state, page, api_name="cite", **shared)
    parts.panel.cite(do.cite, state, page, api_name="card", **shared)
    parts.panel.open(do.open, state, page, api_name="open", **shared)
    parts.reader.open(do.open, state, page, api_name="turn_to", **shared)
    parts.upload.upload(do.read, [parts.upload, *state], page, api_name="read", **shared)
    parts.back.click(do.back, state, page, api_name="back", **shared)
    parts.clear.click(do.clear, state, kept, api_name="clear", **shared)
    parts.language.input(do.switch, state, [*labels, *page], api_name="switch", **shared)
    blocks.load(
        do.greet, [parts.visit, parts.history], [parts.language, *labels, *page], api_name="greet", **shared
    )


def _page(view: View) -> tuple[Any, ...]:
    reader = gr.skip() if view.reader is None else view.reader
    return (view.conversation, view.panel, view.visit, reader, gr.update(visible=view.visit.own is not None))


def _labels(words: Words) -> tuple[Any, ...]:
    return (
        render.brand(words),
        gr.update(label=words.upload),
        gr.update(value=words.clear),
        gr.update(label=words.ask, placeholder=words.placeholder, submit_btn=words.send),
    )


def _asker(bot: Chatbot) -> Callable[[str], dict[str, Any]]:
    def ask(question: str) -> dict[str, Any]:
        """Answers a question about the article, with quotes: the JSON of ``wenda ask --json``."""
        return _or_error(lambda: bot.ask(question).to_dict())

    return ask


def _searcher(bot: Chatbot) -> Callable[[str, int], dict[str, Any]]:
    def search(query: str, k: int = 5) -> dict[str, Any]:
        """Finds the ``k`` passages nearest to a query, best first: the JSON of ``wenda search --json``."""
        return _or_error(
            lambda: {"query": query, "passages": [passage_dict(hit) for hit in bot.search(query, k=k)]}
        )

    return search


def _or_error(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result, or the one-line message that a client is shown instead of a traceback."""
    try:
        return work()
    except WendaError as error:
        raise gr.Error(str(error)) from error


def _html(value: str, elem_id: str | None = None) -> gr.HTML:
    """Our own HTML with the page's script; Gradio changes only the parts of it that differ."""
    return gr.HTML(
        value, elem_id=elem_id, padding=False, js_on_load=_asset("page.js"), apply_default_css=False
    )


def _asset(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
