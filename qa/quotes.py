"""The quotes that a model gives, looked up in the passages that it was given: found, put right, or dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.article import Article, Passage
from index.fold import terms
from index.language import is_chinese
from index.sentence import Span
from index.split import sentences
from qa.alike import F32, Alike
from qa.answer import Citation
from qa.cite import LEAST_QUOTE, cite, locate
from qa.written import Mark

# The share of a quote's terms that a sentence must have for the quote to be repaired to it (0 to 1).
REPAIR = 0.7
# The same between two languages, by late interaction, for a quote that was translated (−1 to 1).
REPAIR_ACROSS = 0.6
_ELLIPSIS = re.compile(r"\s*(?:…+|\.{3,}|⋯+)\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence of a passage that the model was given: ``article.text[span.start:span.end]``."""

    passage: int  # its number, from 1
    article: Article
    span: Span

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return self.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote that was found, and the sentences that it is part of."""

    citation: Citation
    places: tuple[int, ...]
    exact: bool


def places_of(passages: Sequence[Passage], articles: Mapping[str, Article]) -> tuple[Place, ...]:
    """The sentences of the passages, in order; passages are numbered from 1."""
    return tuple(
        Place(number, articles[p.source], span)
        for number, p in enumerate(passages, 1)
        for span in sentences(articles[p.source], p.start, p.end)
    )


class Quotes:
    """Looks quotes up in the n sentences of some passages."""

    def __init__(self, passages: Sequence[Passage], places: Sequence[Place], alike: Alike) -> None:
        """``places`` are the sentences of the passages, which ``alike`` compares."""
        self._passages = passages
        self._places = places
        self._alike = alike

    def found(self, mark: Mark, fitting: Sequence[int], scores: F32) -> Quote | None:
        """The quote of a mark as the text has it: found, or repaired; None where it has to be dropped.

        Where the mark has no quote worth the name, it is the best by ``scores``, ``(n,)``, of the passage's
        sentences that are among the ``fitting``.
        """
        parts = [part for part in _ELLIPSIS.split(mark.quote.strip()) if part]
        first = self._of(mark.passage)
        for within in (first, range(len(self._places))):
            spans = [self._located(part, within) for part in parts]
            if parts and all(spans):
                return self._whole([s for s in spans if s is not None], exact=within is first)
        if not parts or sum(1 if c.isascii() else 2 for c in mark.quote) < LEAST_QUOTE:
            inside = [i for i in first if i in fitting]
            return self._sentence(max(inside, key=lambda i: scores[i]), exact=not parts) if inside else None
        return self._repaired(mark.quote, first)

    def _of(self, passage: int) -> range:
        numbers = [i for i, place in enumerate(self._places) if place.passage == passage]
        return range(numbers[0], numbers[-1] + 1) if numbers else range(0)

    def _located(self, part: str, within: range) -> tuple[int, int, tuple[int, ...]] | None:
        """The span of a piece of a quote in one of the passages, and the sentences it is in."""
        for number in dict.fromkeys(self._places[i].passage for i in within):
            passage, own = self._passages[number - 1], self._of(number)
            span = locate(part, passage.text)
            if span is not None and own:
                start, end = passage.start + span.start, passage.start + span.end
                inside = tuple(
                    i for i in own if self._places[i].span.start < end and self._places[i].span.end > start
                )
                return (start, end, inside) if inside else None
        return None

    def _whole(self, spans: Sequence[tuple[int, int, tuple[int, ...]]], *, exact: bool) -> Quote | None:
        """One quote from the first piece to the last, where they stand in one passage and in order."""
        places = tuple(dict.fromkeys(i for _, _, inside in spans for i in inside))
        start, end = spans[0][0], spans[-1][1]
        if len({self._places[i].passage for i in places}) > 1 or end <= start:
            return self._sentence(places[0], exact=False)
        return Quote(cite(self._places[places[0]].article, start, end), places, exact)

    def _sentence(self, number: int, *, exact: bool) -> Quote:
        place = self._places[number]
        return Quote(cite(place.article, *place.span), (number,), exact)

    def _repaired(self, quote: str, first: range) -> Quote | None:
        """The sentence nearest to a quote that stands nowhere, where it is near enough; the cited passage comes first."""
        for within in (first, range(len(self._places))):
            near = [(self._similarity(quote, i), i) for i in within]
            if near and (best := max(near, key=lambda option: option[0]))[0] >= 1:
                return self._sentence(best[1], exact=False)
        return None

    def _similarity(self, quote: str, number: int) -> float:
        """How near a sentence comes to a quote; 1 is just near enough."""
        text = self._places[number].text
        if is_chinese(quote) != is_chinese(text):
            return self._alike.score(quote, (number,)) / REPAIR_ACROSS
        wanted = Counter(terms(quote))
        shared = sum((wanted & Counter(terms(text))).values())
        return shared / max(1, sum(wanted.values())) / REPAIR
