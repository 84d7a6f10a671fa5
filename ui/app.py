"""The web chat: Gradio components around what ``ui.chat`` does and ``ui.render`` draws.

Gradio takes seconds to import; import this when a chat is wanted, not before.
"""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from importlib.resources import files
from importlib.util import find_spec
from threading import Event, current_thread, main_thread
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import api

from index.errors import WendaError
from index.read import READERS
from qa.chatbot import Chatbot
from qa.feedback import Feedback
from ui import render
from ui.chat import Desk
from ui.doors import Doors, Limiter
from ui.events import Events, Session
from ui.programs import asker, searcher, write_json
from ui.shelf import Shelf
from ui.texts import WORDS, Words

KEPT_SECONDS = 3600  # how long an idle visitor's article is kept; ``Words.privacy`` promises it
# Every so many seconds, uploads older than so many are deleted: once read, they are not needed.
UPLOADS = (600, 3000)
VISITORS = 500  # the least recent beyond these are forgotten, so that memory stays bounded
FILE_TYPES = sorted(suffix for suffix in READERS if suffix)
AT_ONCE = 4  # questions answered at the same time; uploads wait in a line of their own
STYLES = ("style.css", "beside.css", "phone.css")  # in this order: the later ones change the earlier
ALONE = Doors()  # one person on their own machine
FONTS = ("PingFang TC", "Noto Sans CJK TC", "Noto Sans TC", "Microsoft JhengHei", "system-ui", "sans-serif")


class Parts(NamedTuple):
    """The components that events touch."""

    session: gr.State
    brand: gr.HTML
    upload: gr.UploadButton
    back: gr.Button
    clear: gr.Button
    language: gr.Radio
    conversation: gr.HTML
    tray: gr.HTML
    picker: gr.HTML
    box: gr.Textbox
    leaves: gr.HTML
    panel: gr.HTML
    reader: gr.HTML
    outbox: gr.HTML
    history: gr.BrowserState


def build(bot: Chatbot, doors: Doors = ALONE) -> gr.Blocks:
    """The chat as Gradio blocks, for ``launch(**appearance())`` or for mounting in another app.

    Programs call two named endpoints of it: ``/ask`` gives the JSON of ``wenda ask --json``, ``/search``
    that of ``wenda search --json``.
    """
    blocks = gr.Blocks(title="Wenda 問答", analytics_enabled=False, fill_width=True, delete_cache=UPLOADS)
    limiter = Limiter(doors.per_minute)
    desk = Desk(Shelf.of(bot), Feedback.into(doors.feedback) if doors.feedback else None)
    with blocks:
        _wire(_layout(WORDS["zh-Hant"]), Events(desk, limiter), blocks)
        api(asker(bot, limiter), api_name="ask", concurrency_limit=AT_ONCE)
        api(searcher(bot, limiter), api_name="search", concurrency_limit=AT_ONCE)
    blocks.queue(max_size=doors.queue or None)
    return blocks


def appearance() -> dict[str, Any]:
    """What ``launch`` needs to make the chat look as it should: no font or file comes from another host."""
    theme = gr.themes.Base(
        font=[gr.themes.Font(name) for name in FONTS], font_mono=[gr.themes.Font("monospace")]
    )
    return {"theme": theme, "css": "".join(map(_asset, STYLES)), "footer_links": []}


def start(bot: Chatbot, host: str = "127.0.0.1", port: int = 7860, doors: Doors = ALONE) -> gr.Blocks:
    """Starts the server and returns at once; ``.local_url`` is its address, ``.close()`` ends it.

    Raises ``WendaError`` where the address can't be had, or MCP is wanted and not installed.
    """
    if doors.mcp and find_spec("mcp") is None:
        raise WendaError("The MCP server needs another package: pip install 'wenda[mcp]'")
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise WendaError(f"Cannot serve on {host}:{port} ({reason}). Choose another port.") from error
    blocks = build(bot, doors)
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
        root_path=doors.root_path or None,
        auth=doors.accounts.admit if doors.accounts else None,
        mcp_server=doors.mcp,
        **appearance(),
    )
    if doors.mcp:
        write_json(blocks.mcp_server_obj)
    return blocks


def serve(bot: Chatbot, host: str = "127.0.0.1", port: int = 7860, doors: Doors = ALONE) -> None:
    """Serves the chat, prints its address and blocks until Ctrl-C or SIGTERM. Raises ``WendaError`` as ``start``."""
    blocks = start(bot, host, port, doors)
    over = Event()
    if current_thread() is main_thread():
        # A process that is the only one of its container is not ended by SIGTERM unless it says so.
        signal.signal(signal.SIGTERM, lambda *_: over.set())
    print(f"Wenda 問答  {blocks.local_url}", flush=True)
    with suppress(KeyboardInterrupt):
        over.wait()
    blocks.close(verbose=False)


def _layout(words: Words) -> Parts:
    session = gr.State(Session(), time_to_live=KEPT_SECONDS)
    # The secret is no secret: what it covers lies in the visitor's own browser, and has to outlive this process.
    history = gr.BrowserState([], storage_key="wenda-history", secret="wenda")
    with gr.Row(elem_id="wd-head"):
        brand = _html(render.brand(words), script=_asset("page.js") + _asset("drop.js"))
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
            tray = _html("", elem_id="wd-tray")
            picker = _html("", elem_id="wd-picker")
            box = gr.Textbox(
                label=words.ask,
                placeholder=words.placeholder,
                submit_btn=words.send,
                container=False,
                max_lines=6,
                autofocus=True,
                elem_id="wd-box",
            )
            leaves = _html("", elem_id="wd-leaves")
        with gr.Column(elem_id="wd-side"):
            panel = _html("")
            reader = _html("", elem_id="wd-reader")
    outbox = _html("", elem_id="wd-outbox")
    return Parts(
        session,
        brand,
        upload,
        back,
        clear,
        language,
        conversation,
        tray,
        picker,
        box,
        leaves,
        panel,
        reader,
        outbox,
        history,
    )


def _wire(parts: Parts, do: Events, blocks: gr.Blocks) -> None:
    """Ties components to events. Their endpoints are not listed for programs, which have ``/ask``."""
    state = [parts.session, parts.language]
    page = [parts.conversation, parts.panel, parts.session, parts.reader, parts.picker, parts.back]
    labels = [parts.language, parts.brand, parts.upload, parts.clear, parts.box, parts.leaves]
    queued: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "undocumented"}
    quick = {**queued, "queue": False}  # what takes no time is not turned away because many wait for answers
    answering = {**queued, "concurrency_limit": AT_ONCE, "concurrency_id": "answering"}

    kept = [*page, parts.history]
    asked = parts.box.submit(do.ask, [parts.box, *state], [*kept, parts.box], api_name="chat", **answering)
    chip = parts.conversation.ask(do.chip, state, kept, api_name="chip", **answering)
    asked.failure(do.turned_away, state, page, api_name="full", **quick)
    chip.failure(do.turned_away, state, page, api_name="full_chip", **quick)
    # First the answer is given up, then the page is drawn: the other way round, it could grow once more.
    stopped = parts.conversation.stop(None, cancels=[asked, chip])
    stopped.then(do.stop, state, page, api_name="stop", **quick)
    parts.conversation.rate(do.rate, state, page, api_name="rate", **quick)
    parts.conversation.export(do.export, state, parts.outbox, api_name="export", **quick)
    parts.conversation.cite(do.cite, state, page, api_name="cite", **quick)
    parts.panel.cite(do.cite, state, page, api_name="card", **quick)
    parts.conversation.open(do.open, state, page, api_name="title", **quick)
    parts.panel.open(do.open, state, page, api_name="open", **quick)
    parts.reader.open(do.open, state, page, api_name="turn_to", **quick)
    brought = parts.upload.upload(
        do.read,
        [parts.upload, *state],
        [*page, parts.tray],
        api_name="read",
        trigger_mode="multiple",
        **queued,
    )
    lost = brought.failure(do.not_taken, state, page, api_name="full_read", **quick)
    lost.then(do.untold, None, parts.tray, api_name="lost", **quick)
    parts.tray.halt(do.halt, parts.session, parts.tray, api_name="halt", **quick)
    many = {**quick, "trigger_mode": "multiple"}  # ticks come quickly, and each says all that is chosen
    parts.picker.choose(do.choose, state, page, api_name="choose", **many)
    parts.picker.remove(do.remove, state, page, api_name="remove", **quick)
    parts.back.click(do.back, state, page, api_name="back", **quick)
    parts.clear.click(do.clear, state, kept, api_name="clear", **quick)
    parts.language.input(do.switch, state, [*labels, *page], api_name="switch", **quick)
    blocks.load(do.greet, [parts.session, parts.history], [*labels, *page], api_name="greet", **quick)


def _html(value: str, elem_id: str | None = None, script: str | None = None) -> gr.HTML:
    """Our own HTML with the page's script; Gradio changes only the parts of it that differ."""
    return gr.HTML(
        value, elem_id=elem_id, padding=False, js_on_load=script or _asset("page.js"), apply_default_css=False
    )


def _asset(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
