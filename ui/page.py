"""What a page shows: from a visit to its HTML, drawn by ``ui.render``, ``ui.panel`` and ``ui.reader``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from index.article import Article
from qa.answer import Answer, Language
from qa.relevance import relevance
from ui import panel, reader, render
from ui.panel import Heat
from ui.picker import picker
from ui.reader import Reading
from ui.render import Turn
from ui.reply import Chips, Setting
from ui.shelf import Shelf
from ui.shown import SORTED, Shown
from ui.texts import WORDS, Words

CHIPS_SHOWN = 4  # example questions a language
# So many passages, the nearest to a question, are coloured, of many articles fewer; the rest stay blank.
MAPPED, FEW = 2000, 200
LISTED = 24  # of a large library so many articles are shown at length beside the chat


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visitor has: a chatbot of their own where they gave files, and the turns so far.

    ``shown`` is the number of the turn whose quotes the panel shows, from 1; 0 means none.
    ``ratings`` says which answers were useful, by question. ``left_out`` are the sources of articles that are
    not to be asked. The first ``kept`` turns came back from the visitor's browser.
    """

    own: Shelf | None = None
    turns: tuple[Turn, ...] = ()
    shown: int = 0
    ratings: Mapping[str, bool] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    kept: int = 0


class View(NamedTuple):
    """What the page shows next, and what is remembered. Of the rest, what is None stays as it is.

    ``busy`` while an answer grows; until it is whole, the panel stays as it is.
    """

    conversation: str
    panel: str | None
    visit: Visit
    picker: str | None = None
    reader: str | None = None
    busy: bool = False


class Page:
    """The parts of the page that stay the same while an answer grows, rendered once."""

    def __init__(self, shelf: Shelf, language: Language, rated: bool, left_out: Collection[str] = ()) -> None:
        """``rated`` says whether visitors are asked what they think of answers; for ``left_out`` see ``Visit``."""
        self.rated = rated
        self.words = WORDS[language]
        self.shelf = shelf
        self.articles = Shown.of(shelf.bot.index, language)
        self.chosen = frozenset(self.articles.sources).difference(left_out)
        self.suggestions = shelf.answered_by(self.chosen)
        chips: Chips = [(each, self.suggestions.first(each, CHIPS_SHOWN)) for each in _both(language)]
        self.opening = render.welcome(self.articles, chips, self.words)

    @property
    def sources(self) -> frozenset[str] | None:
        """The sources that a question goes to; None for all."""
        return None if len(self.chosen) == len(self.articles) else self.chosen

    def view(self, visit: Visit, busy: bool = False, current: int = 0) -> View:
        """The page; ``busy`` while the last answer grows, with quote ``current`` in view."""
        setting = Setting(
            () if busy else self._offers(visit),
            names(self.articles.among(_quoted(visit)), self.words),
            visit.ratings if self.rated else None,
        )
        drawn = render.conversation(visit.turns, self.opening, setting, self.words, busy=busy)
        if busy:
            return View(drawn, None, visit, busy=True)
        chooser = picker(self.articles, visit.left_out, visit.own is not None, self.words)
        return View(drawn, self._panel(visit, current), visit, chooser)

    def _panel(self, visit: Visit, current: int) -> str:
        given, heat = shown(visit), self._heat(visit)
        listed = self.articles[:LISTED]
        abouts = "".join(self._about(article, number, heat) for number, article in enumerate(listed))
        if len(self.articles) > len(listed):
            abouts += panel.more(len(self.articles) - len(listed), self.words)
        found = self.articles.among(_sources(given))
        kept = visit.shown <= visit.kept
        return panel.source_panel(given, visit.shown, found, abouts, self.words, current, heat, kept)

    def at_quote(self, visit: Visit, number: int) -> str | None:
        """The reading pane at a quote of the answer that is shown; None where its article is gone."""
        given = shown(visit)
        if given is None or not 1 <= number <= len(given.citations):
            return None
        quote = given.citations[number - 1]
        index = self.articles.number(quote.source)
        if index is None or self.articles[index].text[quote.start : quote.end] != quote.quote:
            return None
        reading = Reading(index, quote.start, given, visit.shown, number, self._heat(visit))
        return reader.pane(self.articles[index], reading, self.words)

    def at(self, visit: Visit, index: int, offset: int) -> str | None:
        """The reading pane at an offset in the text of an article; None where there is no such article."""
        if not 0 <= index < len(self.articles):
            return None
        reading = Reading(index, offset, shown(visit), visit.shown, 0, self._heat(visit))
        return reader.pane(self.articles[index], reading, self.words)

    def _about(self, article: Article, number: int, heat: Heat | None) -> str:
        strip = reader.passage_map(article, number, heat, self.words)
        listed = reader.contents(article, number, self.words, is_open=heat is None)
        return panel.about(article, number, strip + listed, self.words)

    def _heat(self, visit: Visit) -> Heat | None:
        """How relevant each passage of the chosen articles is to the question of the answer that is shown."""
        given, index = shown(visit), self.shelf.bot.index
        most = MAPPED if len(self.articles) <= SORTED else FEW
        count = min(most, max(1, len(index.passages)))
        if given is None or not given.question.strip():
            return None
        return relevance(index.search(given.question, k=count, sources=self.sources))

    def _offers(self, visit: Visit) -> list[str]:
        """What to ask after the last answer."""
        asked = [turn.question for turn in visit.turns]
        last = visit.turns[-1] if visit.turns else None
        return self.suggestions.after(last, asked) if isinstance(last, Answer) else []


def shown(visit: Visit) -> Answer | None:
    """The answer whose quotes are beside the chat."""
    turn = visit.turns[visit.shown - 1] if visit.shown else None
    return turn if isinstance(turn, Answer) else None


def _sources(given: Answer | None) -> set[str]:
    """The sources that an answer has to do with."""
    if given is None:
        return set()
    return {citation.source for citation in given.citations} | {hit.source for hit in given.passages}


def _quoted(visit: Visit) -> set[str]:
    """The sources that the answers so far quote."""
    return {c.source for turn in visit.turns if isinstance(turn, Answer) for c in turn.citations}


def _both(language: Language) -> tuple[Language, Language]:
    """The languages to suggest questions in, the reader's own first."""
    return ("en", "zh-Hant") if language == "en" else (language, "en")


def names(articles: Iterable[Article], words: Words) -> dict[str, str]:
    """The names that readers know articles by, by source."""
    return {article.source: panel.title(article, words) for article in articles}
