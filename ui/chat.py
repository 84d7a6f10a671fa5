"""What happens when a visitor does something: from one state of the chat to the next, without a widget.

Handlers take the visit and the interface language and return a ``View``: two pieces of HTML and the new
visit. ``ui.app`` wires them to Gradio.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.article import Article
from index.errors import QuestionError, ReadError, WendaError
from index.read import read_article
from qa import export
from qa.answer import Answer, Language
from qa.chatbot import replace_source
from qa.feedback import Feedback
from ui import panel
from ui.page import Page, Shelf, View, Visit, names
from ui.render import Notice, Turn
from ui.texts import WORDS

TURNS_KEPT = 60  # a visit forgets older turns, so that a page left open all day stays quick
TURNS_STORED = 20  # in the visitor's browser, which has a few megabytes for us


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves every visitor from one chatbot, unless they brought an article of their own."""

    shelf: Shelf
    feedback: Feedback | None = None

    def serving(self, visit: Visit) -> Shelf:
        """What answers this visitor."""
        return visit.own or self.shelf

    def view(self, visit: Visit, language: Language) -> View:
        """The page as it stands, with no article open in the reading pane."""
        return self._page(visit, language).view(visit)._replace(reader="")

    def ask(self, question: str, visit: Visit, language: Language) -> Iterator[View]:
        """The page as the answer grows; a question that can't be answered becomes a line in the chat."""
        bot = self.serving(visit).bot
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

    def refuse(self, question: str, visit: Visit, language: Language) -> View:
        """The page with a line that says that this visitor asks too fast."""
        return self._page(visit, language).view(_with(visit, Notice("limit_error", question)))

    def read(self, paths: Sequence[str], visit: Visit, language: Language) -> Iterator[View]:
        """Opens a visitor's own files instead of the article they had; what can't be read changes nothing."""
        names = " · ".join(Path(path).name for path in paths)
        yield self._page(visit, language).view(_with(visit, Notice("reading", detail=names)), busy=True)
        try:
            encoder = self.shelf.bot.index.encoder
            own = Shelf.of(type(self.shelf.bot).from_articles(_articles(paths), encoder=encoder))
        except WendaError as error:
            yield self.view(_with(visit, _error(error, "", paths)), language)
        else:
            notice = Notice("ready", detail=_titles(own.bot.articles, language))
            yield self.view(_with(replace(visit, own=own), notice), language)

    def back(self, visit: Visit, language: Language) -> View:
        """Returns to the article that is served to everyone."""
        notice = Notice("returned", detail=_titles(self.shelf.bot.articles, language))
        return self.view(_with(replace(visit, own=None), notice), language)

    def clear(self, visit: Visit, language: Language) -> View:
        """Forgets the conversation; a visitor's own article stays open."""
        return self.view(Visit(own=visit.own), language)

    def cite(self, turn: int, number: int, visit: Visit, language: Language) -> View:
        """Opens the article at a quote of an earlier answer; number 0 only brings the answer's quotes back."""
        if not 1 <= turn <= len(visit.turns):
            return self.view(visit, language)
        visit = replace(visit, shown=turn)
        page = self._page(visit, language)
        return page.view(visit, current=number)._replace(reader=page.at_quote(visit, number))

    def open(self, article: int, offset: int, visit: Visit, language: Language) -> View:
        """Opens an article at an offset in its text."""
        page = self._page(visit, language)
        return page.view(visit)._replace(reader=page.at(visit, article, offset))

    def rate(self, turn: int, good: bool, visit: Visit, language: Language) -> View:
        """Keeps what the visitor thought of an answer, where feedback is wanted."""
        given = visit.turns[turn - 1] if 1 <= turn <= len(visit.turns) else None
        if self.feedback and isinstance(given, Answer):
            self.feedback.rate(given, good)
            visit = replace(visit, ratings={**visit.ratings, given.question: good})
        return self._page(visit, language).view(visit)

    def exported(self, kind: str, visit: Visit, language: Language) -> tuple[str, str]:
        """The conversation as a file: its name and content, Markdown for "md", else JSON."""
        answers = [turn for turn in visit.turns if isinstance(turn, Answer)]
        titles = names(self.serving(visit).bot.articles, WORDS[language])
        if kind == "md":
            return "wenda.md", export.markdown(answers, titles)
        return "wenda.json", export.conversation_json(answers, titles)

    def records(self, visit: Visit) -> list[dict[str, Any]]:
        """The last answers, for the visitor's own browser to keep."""
        answers = [turn for turn in visit.turns if isinstance(turn, Answer)]
        return [export.record(answer) for answer in answers[-TURNS_STORED:]]

    def restored(self, records: object, visit: Visit) -> Visit:
        """The visit with what the browser had kept; what is not a record is left out."""
        if visit.turns or not isinstance(records, list):
            return visit
        answers = [export.from_record(value) for value in records[-TURNS_STORED:]]
        turns = tuple(answer for answer in answers if answer is not None)
        return replace(visit, turns=turns, shown=len(turns))

    def _page(self, visit: Visit, language: Language) -> Page:
        return Page(self.serving(visit), language, rated=self.feedback is not None)


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
