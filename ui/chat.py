"""What happens when a visitor does something: from one state of the chat to the next, without a widget.

Handlers take the visit and the interface language and return a ``View``: two pieces of HTML and the new
visit. ``ui.app`` wires them to Gradio.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from index.article import Article
from index.errors import QuestionError, ReadError, WendaError
from index.read import read_article
from qa import export
from qa.answer import Answer, Language
from qa.chatbot import Chatbot, replace_source
from qa.feedback import Feedback
from qa.language import detect
from qa.relevance import relevance
from qa.suggest import Suggestions
from ui import panel, reader, render
from ui.reader import Heat, Reading
from ui.render import Chips, Notice, Setting, Turn
from ui.texts import WORDS, Words

TURNS_KEPT = 60  # a visit forgets older turns, so that a page left open all day stays quick
TURNS_STORED = 20  # in the visitor's browser, which has a few megabytes for us
CHIPS_SHOWN = 4  # example questions a language


@dataclass(frozen=True, slots=True)
class Shelf:
    """A chatbot and what its articles are good to be asked."""

    bot: Chatbot
    suggestions: Suggestions

    @classmethod
    def of(cls, bot: Chatbot) -> Shelf:
        """Tries the suggestions, which takes a second or two."""
        return cls(bot, Suggestions.of(bot))


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visitor has: a chatbot of their own where they gave files, and the turns so far.

    ``shown`` is the number of the turn whose quotes the panel shows, from 1; 0 means none.
    ``ratings`` says which answers were useful, by question.
    """

    own: Shelf | None = None
    turns: tuple[Turn, ...] = ()
    shown: int = 0
    ratings: Mapping[str, bool] = field(default_factory=dict)


class View(NamedTuple):
    """What the page shows next, and what is remembered."""

    conversation: str
    panel: str
    visit: Visit
    reader: str | None = None  # None: as it was


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
        titles = _names(self.serving(visit).bot.articles, WORDS[language])
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

    def _page(self, visit: Visit, language: Language) -> _Page:
        return _Page(self.serving(visit), language, rated=self.feedback is not None)


class _Page:
    """The parts of the page that stay the same while an answer grows, rendered once."""

    def __init__(self, shelf: Shelf, language: Language, rated: bool) -> None:
        self.rated = rated
        self.words = WORDS[language]
        self.shelf = shelf
        # Of an article in two languages, the reader's comes first; pages know articles by their number here.
        self.articles = sorted(
            shelf.bot.articles, key=lambda a: (detect(a.text[:500]) == "en") != (language == "en")
        )
        chips: Chips = [(each, shelf.suggestions.first(each, CHIPS_SHOWN)) for each in _both(language)]
        self.opening = render.welcome(self.articles, chips, self.words)

    def view(self, visit: Visit, busy: bool = False, current: int = 0) -> View:
        given = _shown(visit)
        heat = None if busy else self._heat(visit)
        setting = Setting(
            self._offers(visit),
            _names(self.articles, self.words),
            visit.ratings if self.rated else None,
        )
        abouts = "".join(self._about(article, number, heat) for number, article in enumerate(self.articles))
        return View(
            render.conversation(visit.turns, self.opening, setting, self.words, busy=busy),
            panel.source_panel(given, visit.shown, self.articles, abouts, self.words, current),
            visit,
        )

    def at_quote(self, visit: Visit, number: int) -> str | None:
        """The reading pane at a quote of the answer that is shown; None where its article is gone."""
        given = _shown(visit)
        if given is None or not 1 <= number <= len(given.citations):
            return None
        quote = given.citations[number - 1]
        for index, article in enumerate(self.articles):
            if article.source == quote.source and article.text[quote.start : quote.end] == quote.quote:
                reading = Reading(index, quote.start, given, visit.shown, number, self._heat(visit))
                return reader.pane(article, reading, self.words)
        return None

    def at(self, visit: Visit, index: int, offset: int) -> str | None:
        """The reading pane at an offset in the text of an article; None where there is no such article."""
        if not 0 <= index < len(self.articles):
            return None
        reading = Reading(index, offset, _shown(visit), visit.shown, 0, self._heat(visit))
        return reader.pane(self.articles[index], reading, self.words)

    def _about(self, article: Article, number: int, heat: Heat | None) -> str:
        strip = reader.passage_map(article, number, heat, self.words)
        listed = reader.contents(article, number, self.words, is_open=heat is None)
        return panel.about(article, number, strip + listed, self.words)

    def _heat(self, visit: Visit) -> Heat | None:
        """How relevant each passage is to the question of the answer that is shown."""
        given, bot = _shown(visit), self.shelf.bot
        if given is None or not given.question.strip():
            return None
        return relevance(bot.search(given.question, k=max(1, len(bot.index.passages))))

    def _offers(self, visit: Visit) -> list[str]:
        """What to ask after the last answer."""
        asked = [turn.question for turn in visit.turns]
        last = visit.turns[-1] if visit.turns else None
        return self.shelf.suggestions.after(last, asked) if isinstance(last, Answer) else []


def _shown(visit: Visit) -> Answer | None:
    """The answer whose quotes are beside the chat."""
    turn = visit.turns[visit.shown - 1] if visit.shown else None
    return turn if isinstance(turn, Answer) else None


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


def _names(articles: Iterable[Article], words: Words) -> dict[str, str]:
    return {article.source: panel.title(article, words) for article in articles}


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
