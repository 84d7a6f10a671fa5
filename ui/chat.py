"""What happens when a visitor does something: from one state of the chat to the next, without a widget.

Handlers take the visit and the interface language and return a ``View``: two pieces of HTML and the new
visit. ``ui.app`` wires them to Gradio.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from index.article import Article
from index.errors import QuestionError, ReadError, WendaError
from index.read import read_article
from qa.answer import Answer, Language
from qa.chatbot import Chatbot, replace_source
from qa.language import detect
from ui import panel, render
from ui.render import Chips, Notice, Turn
from ui.texts import WORDS

TURNS_KEPT = 60  # a visit forgets older turns, so that a page left open all day stays quick
CHIPS_SHOWN = 4  # example questions a language


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visitor has: a chatbot of their own where they gave files, and the turns so far.

    ``shown`` is the number of the turn whose quotes the panel shows, from 1; 0 means none.
    """

    own: Chatbot | None = None
    turns: tuple[Turn, ...] = ()
    shown: int = 0


class View(NamedTuple):
    """What the page shows next, and what is remembered."""

    conversation: str
    panel: str
    visit: Visit


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves every visitor from one chatbot, unless they brought an article of their own."""

    bot: Chatbot

    def serving(self, visit: Visit) -> Chatbot:
        """The chatbot that answers this visitor."""
        return visit.own or self.bot

    def view(self, visit: Visit, language: Language) -> View:
        """The page as it stands."""
        return self._page(visit, language).view(visit)

    def ask(self, question: str, visit: Visit, language: Language) -> Iterator[View]:
        """The page as the answer grows; a question that can't be answered becomes a line in the chat."""
        bot = self.serving(visit)
        page = self._page(visit, language)
        history = [(turn.question, turn.text) for turn in visit.turns if isinstance(turn, Answer)]
        after = visit
        try:
            for partial in bot.stream(question, history):
                after = _with(visit, partial)
                yield page.view(after, busy=True)
        except WendaError as error:
            after = _with(visit, _error(error, question))
        yield page.view(after)

    def read(self, paths: Sequence[str], visit: Visit, language: Language) -> Iterator[View]:
        """Opens a visitor's own files instead of the article they had; what can't be read changes nothing."""
        names = " · ".join(Path(path).name for path in paths)
        yield self._page(visit, language).view(_with(visit, Notice("reading", detail=names)), busy=True)
        try:
            own = type(self.bot).from_articles(_articles(paths), encoder=self.bot.index.encoder)
        except WendaError as error:
            yield self.view(_with(visit, _error(error, "", paths)), language)
        else:
            notice = Notice("ready", detail=_titles(own.articles, language))
            yield self.view(_with(replace(visit, own=own), notice), language)

    def back(self, visit: Visit, language: Language) -> View:
        """Returns to the article that is served to everyone."""
        notice = Notice("returned", detail=_titles(self.bot.articles, language))
        return self.view(_with(replace(visit, own=None), notice), language)

    def clear(self, visit: Visit, language: Language) -> View:
        """Forgets the conversation; a visitor's own article stays open."""
        return self.view(Visit(own=visit.own), language)

    def cite(self, turn: int, number: int, visit: Visit, language: Language) -> View:
        """Shows the quotes of an earlier answer, with one of them in view."""
        if not 1 <= turn <= len(visit.turns):
            return self.view(visit, language)
        return self._page(visit, language).view(replace(visit, shown=turn), current=number)

    def _page(self, visit: Visit, language: Language) -> _Page:
        return _Page(self.serving(visit), language)


class _Page:
    """The parts of the page that stay the same while an answer grows, rendered once."""

    def __init__(self, bot: Chatbot, language: Language) -> None:
        self.words = WORDS[language]
        # Of an article in two languages, the reader's comes first.
        self.articles = sorted(
            bot.articles, key=lambda a: (detect(a.text[:500]) == "en") != (language == "en")
        )
        self.chips: Chips = [(each, bot.suggestions(each, CHIPS_SHOWN)) for each in _both(language)]
        self.opening = render.welcome(self.articles, self.chips, self.words)

    def view(self, visit: Visit, busy: bool = False, current: int = 0) -> View:
        shown = visit.turns[visit.shown - 1] if visit.shown else None
        given = shown if isinstance(shown, Answer) else None
        return View(
            render.conversation(visit.turns, self.opening, self.chips, self.words, busy=busy),
            panel.source_panel(given, visit.shown, self.articles, self.words, current),
            visit,
        )


def _both(language: Language) -> tuple[Language, Language]:
    """The languages to suggest questions in, the reader's own first."""
    return ("en", "zh-Hant") if language == "en" else (language, "en")


def _with(visit: Visit, turn: Turn) -> Visit:
    """The visit with one turn more; the panel shows the quotes of an answer, and none for anything else."""
    turns = (*visit.turns, turn)[-TURNS_KEPT:]
    return replace(visit, turns=turns, shown=len(turns) if isinstance(turn, Answer) else 0)


def _articles(paths: Sequence[str]) -> list[Article]:
    """The articles in these files, named as the visitor knows them; a name that comes twice is numbered."""
    names = [Path(path).name for path in paths]
    named = [
        f"{name} ({names[:i].count(name) + 1})" if name in names[:i] else name for i, name in enumerate(names)
    ]
    return [replace_source(read_article(path), name) for path, name in zip(paths, named, strict=True)]


def _titles(articles: Sequence[Article], language: Language) -> str:
    return " · ".join(panel.title(article, WORDS[language]) for article in articles)


def _error(error: WendaError, question: str, paths: Sequence[str] = ()) -> Notice:
    """The error as a turn; the folder in which uploads lie is nobody's business."""
    detail = str(error)
    for path in paths:
        detail = detail.replace(path, Path(path).name)
    if isinstance(error, QuestionError):
        return Notice("question_error", question, detail)
    return Notice("read_error" if isinstance(error, ReadError) else "other_error", question, detail)
