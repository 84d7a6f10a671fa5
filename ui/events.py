"""What Gradio calls when a visitor does something: values off the components, a ``View`` back on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa.answer import Language
from ui import render
from ui.chat import Desk
from ui.doors import Limiter
from ui.page import View, Visit
from ui.programs import visitor
from ui.texts import WORDS, Words, language_of


@dataclass(frozen=True, slots=True)
class Events:
    """What Gradio calls: takes values off the components and puts a ``View`` back on them."""

    desk: Desk
    limiter: Limiter

    def ask(
        self, question: str, visit: Visit, language: Language, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """A question from the box: the page as the answer grows."""
        if not self.limiter.admit(visitor(request)):
            yield (*_page(self.desk.refuse(question, visit, language)), gr.skip())
            return
        for view in self.desk.ask(question, visit, language):
            yield (*_page(view), gr.skip() if view.busy else self.desk.records(view.visit))

    def chip(
        self, visit: Visit, language: Language, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """A question that was clicked."""
        yield from self.ask(str(event.question), visit, language, request)

    def cite(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """A number that was clicked."""
        return _page(self.desk.cite(int(event.turn), int(event.number), visit, language))

    def open(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """A heading, passage or title that was clicked."""
        return _page(self.desk.open(int(event.article), int(event.offset), visit, language))

    def read(
        self, paths: list[str], visit: Visit, language: Language, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Files that were brought."""
        if not self.limiter.admit(visitor(request)):
            yield _page(self.desk.refuse("", visit, language))
            return
        for view in self.desk.read(paths, visit, language):
            yield _page(view)

    def back(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        """Back to the article of the house."""
        return _page(self.desk.back(visit, language))

    def clear(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        """Start again; what the browser keeps is deleted too."""
        return (*_page(self.desk.clear(visit, language)), [])

    def stop(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        """The answer as far as it came."""
        return _page(self.desk.view(visit, language))

    def rate(self, visit: Visit, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """Useful or not."""
        return _page(self.desk.rate(int(event.turn), bool(event.good), visit, language))

    def export(self, visit: Visit, language: Language, event: gr.EventData) -> str:
        """The conversation as a file."""
        return render.download(*self.desk.exported(str(event.kind), visit, language))

    def switch(self, visit: Visit, language: Language) -> tuple[Any, ...]:
        """Another language of the interface."""
        return (*_labels(WORDS[language]), *_page(self.desk.view(visit, language)))

    def greet(self, visit: Visit, history: object, request: gr.Request) -> tuple[Any, ...]:
        """A page that was opened: its language, and what its browser kept."""
        language = language_of(request.headers.get("accept-language"))
        return (language, *self.switch(self.desk.restored(history, visit), language))


def _page(view: View) -> tuple[Any, ...]:
    panel, reader = (gr.skip() if html is None else html for html in (view.panel, view.reader))
    return (view.conversation, panel, view.visit, reader, gr.update(visible=view.visit.own is not None))


def _labels(words: Words) -> tuple[Any, ...]:
    return (
        render.brand(words),
        gr.update(label=words.upload),
        gr.update(value=words.clear),
        gr.update(label=words.ask, placeholder=words.placeholder, submit_btn=words.send),
    )
