"""Questions worth asking next, made from an article's headings, names and figures and tried before they are offered.

Nothing is suggested that the chatbot would not answer: every question here has been asked once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from time import monotonic
from typing import TYPE_CHECKING, Literal

from index.aliases import aliases
from index.article import Article
from index.convert import converter
from qa.answer import Answer, Language
from qa.language import detect
from qa.overview import in_language
from qa.phrases import PHRASES

if TYPE_CHECKING:
    from qa.chatbot import Chatbot

Kind = Literal["whole", "heading", "name", "figure"]

TRIED: tuple[Language, ...] = ("zh-Hant", "en")  # Simplified Chinese is the same questions in its script
SECONDS = 4.0
HEADINGS, NAMES, FIGURES = 12, 6, 6  # tried at most, a language
_JOINING = "與与和及或跟同在"  # a name found before a bracket may have taken the word before it along
_VAGUE = {
    "countries",
    "years",
    "months",
    "times",
    "points",
    "parts",
    "people",
    "國家",
    "国家",
    "部分",
    "月內",
}
_QUOTES = str.maketrans("「」『』", "“”‘’")  # as Simplified Chinese has them
_OFTEN = 3  # how often a name comes before it is worth a question

_NAME = {"zh-Hant": "文章怎麼說{name}？", "en": "What does the article say about “{name}”?"}
_FIGURE = {"zh-Hant": "有多少個{thing}？", "en": "How many {thing} are there?"}
# 「26個成員國和」 and "26 members (": a figure and the name of what is counted, up to where that surely ends.
_COUNTED_HAN = re.compile(r"\d\s?[個个](?P<thing>[\u4e00-\u9fff]{2,5}?)(?=[，。；、和與与及])")
_COUNTED_LATIN = re.compile(r"\b\d[\d,]* (?P<thing>[a-z]{4,}s)\b")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question in a language, and where its answer quotes: (source, start) of each citation."""

    question: str
    language: Language
    kind: Kind
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The questions that were found for some articles."""

    found: tuple[Suggestion, ...] = ()

    @classmethod
    def of(cls, bot: Chatbot, seconds: float = SECONDS) -> Suggestions:
        """Make questions from the articles of a chatbot and keep those that it answers, each with new quotes.

        After so many ``seconds`` no more are tried, so that a book does not keep its reader waiting.
        """
        kept: list[Suggestion] = []
        for language in TRIED:
            kept += _tried(bot, language, monotonic() + seconds / len(TRIED))
        simplified = [
            replace(one, question=converter("t2s")(one.question).translate(_QUOTES), language="zh-Hans")
            for one in kept
            if one.language == "zh-Hant"
        ]
        return cls((*kept, *simplified))

    def first(self, language: Language, most: int = 4) -> list[str]:
        """What to ask first in a language: what it is about, then a heading, a name and a figure in turn."""
        kinds = [
            [s.question for s in self.found if s.language == language and s.kind == kind]
            for kind in ("heading", "name", "figure")
        ]
        whole = [s.question for s in self.found if s.language == language and s.kind == "whole"]
        mixed = chain.from_iterable(zip_longest(*kinds))
        return [question for question in (*whole[:1], *mixed, *whole[1:]) if question][:most]

    def after(self, answer: Answer, asked: Iterable[str] = (), most: int = 3) -> list[str]:
        """What to ask after an answer: what is answered near it in the article, and was not asked yet.

        After an abstention, what is answered near the passages that came nearest.
        """
        done, quoted = {*asked, answer.question}, set(_places(answer))
        near = quoted or {(hit.source, hit.start) for hit in answer.passages[:1]}
        fresh = [
            s
            for s in self.found
            if s.language == answer.language and s.question not in done and quoted.isdisjoint(s.places)
        ]
        return [s.question for s in sorted(fresh, key=lambda s: _distance(s, near))[:most]]


def _tried(bot: Chatbot, language: Language, until: float) -> Iterator[Suggestion]:
    seen: set[tuple[tuple[str, int], ...]] = set()
    for kind, question in candidates(bot.articles, language):
        if monotonic() > until:
            return
        answer = bot.ask(question)
        places = _places(answer)
        if not answer.abstained and places and places not in seen:
            seen.add(places)
            yield Suggestion(question, language, kind, places)


def candidates(articles: Sequence[Article], language: Language) -> Iterator[tuple[Kind, str]]:
    """Questions in a language about articles, not yet tried; those in the language come before others."""
    phrases, own = PHRASES[language], in_language(articles, language)
    yield "whole", phrases.suggestion_summary
    for article in own:
        found = [article.text[b.start : b.end] for b in article.blocks if b.kind == "heading"]
        for heading in found[:HEADINGS]:
            yield "heading", phrases.suggestion_heading.format(heading=heading)
        for name in names(article, english=language == "en")[:NAMES]:
            yield "name", _NAME[language].format(name=name)
        for thing in counted(article.text)[:FIGURES]:
            if (detect(thing) == "en") == (language == "en"):
                yield "figure", _FIGURE[language].format(thing=thing)
    yield "whole", phrases.suggestion_view


def names(article: Article, english: bool) -> list[str]:
    """The names that an article itself gives in both languages, those that come most often first."""
    forms = {
        form for group in aliases(article.text) for form in group[:2] if (detect(form) == "en") == english
    }
    forms = {form for form in forms if form[0] not in _JOINING}
    # Two characters are as often the end of a longer word; a name of four Latin letters may be one.
    often = {form: article.text.count(form) for form in forms if len(form) >= 3}
    return sorted((f for f, n in often.items() if n >= _OFTEN), key=lambda f: (-often[f], f))


def counted(text: str) -> list[str]:
    """What a text counts with figures, in order of appearance, each once.

    >>> counted("會議有26個成員國和11個觀察員。It has 26 members (and 26 members stay).")
    ['成員國', '觀察員', 'members']
    """
    matches = chain(_COUNTED_HAN.finditer(text), _COUNTED_LATIN.finditer(text))
    return [thing for thing in dict.fromkeys(match["thing"] for match in matches) if thing not in _VAGUE]


def _places(answer: Answer) -> tuple[tuple[str, int], ...]:
    return tuple((citation.source, citation.start) for citation in answer.citations)


def _distance(suggestion: Suggestion, near: set[tuple[str, int]]) -> float:
    """How far a suggestion's quotes stand from places, in characters; infinitely in another article."""
    gaps = [abs(a - b) for source, a in suggestion.places for other, b in near if source == other]
    # The whole article is near everything: it comes after what is close by.
    return min(gaps, default=float("inf")) + (10_000 if suggestion.kind == "whole" else 0)
