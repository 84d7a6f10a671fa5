"""What Gradio calls when a visitor does something: values off the components, a ``View`` back on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from qa.answer import Language
from ui import render
from ui.bring import Brought, named
from ui.chat import Desk
from ui.doors import Limiter
from ui.leaves import sent_to
from ui.page import View, Visit
from ui.picker import progress
from ui.programs import visitor
from ui.texts import WORDS, Words, language_of


@dataclass(slots=True)
class Session:
    """The visit of one visitor. It is put in place, so that a file may be read while an answer grows.

    ``run`` stands for the answer that grows; None where none does. ``given_up``: the visitor has stopped an answer, which
    Gradio is about to report as a failure. ``readings`` stand for the files that are being read, until they are halted.
    """

    visit: Visit = field(default_factory=Visit)
    run: object | None = None
    given_up: bool = False
    readings: set[object] = field(default_factory=set)

    def __deepcopy__(self, memo: dict[int, Any]) -> Session:
        """Each visitor begins with a session of their own; what is in it never changes."""
        return Session(self.visit)

    @contextmanager
    def answering(self, desk: Desk) -> Iterator[object]:
        """While an answer grows; one that still grew before is not waited for any longer.

        An answer that is given up before its end stays what grows, so that ``end`` says that it is not whole.
        """
        self.end(desk)
        self.given_up = False
        run = self.run = object()
        yield run
        if self.run is run:
            self.run = None

    def end(self, desk: Desk) -> None:
        """What grows is left as it is."""
        if self.run is not None:
            self.run = None
            self.visit = desk.stopped(self.visit)


@dataclass(frozen=True, slots=True)
class Events:
    """What Gradio calls: takes values off the components and puts a ``View`` back on them."""

    desk: Desk
    limiter: Limiter

    def ask(
        self, question: str, session: Session, language: Language, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """A question from the box, which is emptied: the page as the answer grows."""
        emptied = ""
        for page in self._answered(question, session, language, request):
            yield (*page, emptied)
            emptied = gr.skip()

    def _answered(
        self, question: str, session: Session, language: Language, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        if not self.limiter.admit(visitor(request)):
            refused = self.desk.refuse("limit_error", session.visit, language, question)
            yield (*_put(session, refused, language), gr.skip())
            return
        with session.answering(self.desk) as run:
            before = session.visit
            for view in self.desk.ask(question, before, language):
                if session.run is not run:
                    yield (*_put(session, self.desk.view(session.visit, language), language), gr.skip())
                    return
                # An article may have been opened in the meantime: only what was said is put in place.
                said = replace(
                    session.visit, turns=view.visit.turns, shown=view.visit.shown, kept=view.visit.kept
                )
                records = gr.skip() if view.busy else self.desk.records(said)
                yield (*_put(session, view._replace(visit=said), language), records)
        if (session.visit.own, session.visit.left_out) != (before.own, before.left_out):
            yield (*_put(session, self.desk.view(session.visit, language), language), gr.skip())

    def chip(
        self, session: Session, language: Language, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """A question that was clicked."""
        yield from self._answered(str(event.question), session, language, request)

    def stop(self, session: Session, language: Language) -> tuple[Any, ...]:
        """The answer as far as it came."""
        session.given_up = session.run is not None
        session.end(self.desk)
        return _put(session, self.desk.view(session.visit, language), language)

    def turned_away(self, session: Session, language: Language) -> tuple[Any, ...]:
        """A question that Gradio did not take, as its queue is full: it stays in the box. Or an answer that broke off."""
        if session.run is None and not session.given_up:
            return self.not_taken(session, language)
        session.end(self.desk)
        session.given_up = False
        return _put(session, self.desk.view(session.visit, language), language)

    def not_taken(self, session: Session, language: Language) -> tuple[Any, ...]:
        """A file that Gradio did not take."""
        return _put(session, self.desk.refuse("queue_error", session.visit, language), language)

    def cite(self, session: Session, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """A number that was clicked."""
        return _put(
            session, self.desk.cite(int(event.turn), int(event.number), session.visit, language), language
        )

    def open(self, session: Session, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """A heading, passage or title that was clicked."""
        return _put(
            session, self.desk.open(int(event.article), int(event.offset), session.visit, language), language
        )

    def read(
        self, paths: list[str], session: Session, language: Language, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Files that were brought: how far they are, then the page with them."""
        if not self.limiter.admit(visitor(request)):
            yield (*_put(session, self.desk.refuse("limit_error", session.visit, language), language), "")
            return
        names = " · ".join(named(paths))
        reading = object()
        session.readings.add(reading)
        with closing(self.desk.read(paths, session.visit)) as steps:
            for step in steps:
                if reading not in session.readings:
                    yield (*_unchanged(), "")
                    return
                if isinstance(step, Brought):
                    yield (*_put(session, self.desk.settle(step, session.visit, language), language), "")
                else:
                    yield (*_unchanged(), progress(step, names, WORDS[language]))
        session.readings.discard(reading)

    def untold(self) -> str:
        """Nothing is told of files that were not taken; others may still be being read."""
        return ""

    def halt(self, session: Session) -> str:
        """No more is read of the files that were brought; with Gradio's ``cancels``, that would count as a failure."""
        session.readings.clear()
        return ""

    def choose(self, session: Session, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """The articles that are not to be asked."""
        left_out = [int(number) for number in event.left_out]
        return _put(session, self.desk.choose(left_out, session.visit, language), language)

    def remove(self, session: Session, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """An article taken away."""
        return _put(session, self.desk.remove(int(event.article), session.visit, language), language)

    def back(self, session: Session, language: Language) -> tuple[Any, ...]:
        """Back to the article of the house."""
        return _put(session, self.desk.back(session.visit, language), language)

    def clear(self, session: Session, language: Language) -> tuple[Any, ...]:
        """Start again; what the browser keeps is deleted too."""
        return (*_put(session, self.desk.clear(session.visit, language), language), [])

    def rate(self, session: Session, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        """Useful or not."""
        return _put(
            session, self.desk.rate(int(event.turn), bool(event.good), session.visit, language), language
        )

    def export(self, session: Session, language: Language, event: gr.EventData) -> str:
        """The conversation as a file."""
        return render.download(*self.desk.exported(str(event.kind), session.visit, language))

    def switch(self, session: Session, language: Language) -> tuple[Any, ...]:
        """Another language of the interface."""
        labels = _labels(WORDS[language], sent_to(self.desk.shelf.bot.model))
        return (*labels, *_put(session, self.desk.view(session.visit, language), language))

    def greet(self, session: Session, history: object, request: gr.Request) -> tuple[Any, ...]:
        """A page that was opened: its language, and what its browser kept."""
        language = language_of(request.headers.get("accept-language"))
        session.visit = self.desk.restored(history, session.visit)
        _, *rest = self.switch(session, language)
        return (gr.update(value=language, label=WORDS[language].choose_language), *rest)


def _put(session: Session, view: View, language: Language) -> tuple[Any, ...]:
    """Remembers the visit, and gives the components of the page their values."""
    session.visit = view.visit
    panel, reader, picker = (
        gr.skip() if html is None else html for html in (view.panel, view.reader, view.picker)
    )
    return (
        view.conversation,
        panel,
        session,
        reader,
        picker,
        gr.update(value=WORDS[language].back, visible=view.visit.own is not None),
    )


def _unchanged() -> tuple[Any, ...]:
    """For each component that ``_put`` gives a value: it keeps the one it has."""
    return tuple(gr.skip() for _ in range(6))


def _labels(words: Words, host: str) -> tuple[Any, ...]:
    return (
        gr.update(label=words.choose_language),
        render.brand(words),
        gr.update(label=words.upload),
        gr.update(value=words.clear),
        gr.update(label=words.ask, placeholder=words.placeholder, submit_btn=words.send),
        render.leaves(host, words),
    )
