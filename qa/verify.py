"""Does the text bear out what was written? Each quote is looked up, put right or dropped; each sentence is held to them.

Nobody reads for sense here: a sentence counts as supported when its quotes stand in the passages, speak of the
same things (late interaction over bilingual token vectors), and have every number and name that it states.
Between two languages a name only has to be in the passages, as far as the articles, a table of countries and
the token vectors can tell. A sentence that turns the meaning round with the same words is not caught.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.aliases import aliases
from index.article import Article, Passage
from index.encoder import TokenEncoder
from index.fold import fold, squash
from index.language import is_chinese
from qa.alike import F32, Alike
from qa.answer import Citation
from qa.cite import cite
from qa.counts import counts, swapped
from qa.dates import crossed, dates
from qa.names import countries, country_forms, names
from qa.numbers import Number, holds, known, stated
from qa.quotes import Quote, Quotes, places_of
from qa.written import Statement

# The late interaction that a statement must have with what supports it (−1 to 1), and as a share of what it has
# with the sentence that fits it best; the one from which on a sentence is cited though the model named another, or none.
SUPPORT, RELATIVE, ATTACH = 0.42, 0.75, 0.6

# A shorter statement (letters and digits; a Han character counts as two) is cited for nothing unasked.
LEAST_SAID = 14
# So many further articles are read for the forms of names that they give.
OTHERS = 8
# The cosine below which not even a common word at the beginning of a sentence would come.
SAME_WORD = 0.35

_NEGATION = re.compile(r"[不沒没非未無无]|\b(?:no|not|never|nor|neither|without)\b|n['’]t\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a statement.

    ``citations`` are those that support it together, none where nothing does; ``exact``
    counts its marks that quote the text as it is, ``repaired`` those put right, ``precise`` those that it needs.
    ``flagged`` are numbers and names that stand in none of the passages.
    """

    statement: Statement
    citations: tuple[Citation, ...]
    flagged: tuple[str, ...]
    exact: int = 0
    repaired: int = 0
    precise: int = 0

    @property
    def supported(self) -> bool:
        """Whether quotes bear the statement out."""
        return bool(self.citations)


class Verifier:
    """Checks statements against the passages that the model was given, numbered from 1 in their order."""

    def __init__(
        self,
        passages: Sequence[Passage],
        articles: Mapping[str, Article],
        encoder: TokenEncoder,
        question: str = "",
    ) -> None:
        """``articles`` are those of the index, by source; ``encoder`` is only asked for its token vectors."""
        self._passages = tuple(passages)
        self._places = places_of(passages, articles)
        self._alike = Alike([place.text for place in self._places], encoder)
        self._quotes = Quotes(self._passages, self._places, self._alike)
        self._question = question
        around = "\n".join(
            f"{p.heading}\n{articles[p.source].title}\n{articles[p.source].author}\n{p.text}"
            for p in passages
        )
        self._all_text = f"{around}\n{question}"
        sources = dict.fromkeys([*(p.source for p in passages), *list(articles)[:OTHERS]])
        given = tuple(group for source in sources for group in _aliases(articles[source].text))
        self._forms = tuple(frozenset(squash(form) for form in group) for group in (*given, *country_forms()))
        asked = stated(question)
        self._asked_years = frozenset(n.value for n in asked if 1000 <= n.value < 3000)
        self._asked = frozenset(n.value for n in asked)
        self._all_numbers = known(around) | self._asked_years
        self.check = lru_cache(maxsize=256)(self._check)  # while an answer grows, each sentence is seen often

    def _check(self, statement: Statement) -> Checked:
        scores = self._alike.scores(statement.text)
        found = [
            self._quotes.found(mark, [i for i, score in enumerate(scores) if score >= SUPPORT], scores)
            for mark in statement.marks
        ]
        quotes = [quote for quote in found if quote is not None]
        flagged = self._flagged(statement.text)
        exact, repaired = (sum(q.exact == wanted for q in quotes) for wanted in (True, False))
        bears = self._bears(statement, scores, flagged)
        kept = [q for q in quotes if bears(q.places)] if len(quotes) > 1 else []
        joint = tuple(dict.fromkeys(i for q in quotes for i in q.places))
        if quotes and bears(joint):
            needed = [q for q in quotes if q in kept or not bears(self._without(quotes, q))]
            citations = tuple(dict.fromkeys(q.citation for q in (needed or quotes)))
            return Checked(statement, citations, flagged, exact, repaired, len(needed) or len(quotes))
        says = sum(1 if c.isascii() else 2 for c in statement.text if c.isalnum()) >= LEAST_SAID
        citations = self._unasked(statement.text, scores, bears) if says else ()
        return Checked(statement, citations, flagged, exact, repaired)

    def _unasked(
        self, text: str, scores: F32, bears: Callable[[tuple[int, ...]], bool]
    ) -> tuple[Citation, ...]:
        """The sentence that bears a statement out though nobody named it; none where there is none.

        That is the likest one in the statement's own language, which its reader can read, or else in the other.
        """
        own = [is_chinese(place.text) == is_chinese(text) for place in self._places]
        for language in (True, False):
            like = [i for i, score in enumerate(scores) if own[i] == language and score >= ATTACH]
            best = max(like, key=lambda i: scores[i], default=None)
            if best is not None and bears((best,)):
                return (cite(self._places[best].article, *self._places[best].span),)
        return ()

    @staticmethod
    def _without(quotes: Sequence[Quote], left_out: Quote) -> tuple[int, ...]:
        return tuple(dict.fromkeys(i for q in quotes if q is not left_out for i in q.places))

    def _bears(
        self, statement: Statement, scores: F32, flagged: Sequence[str]
    ) -> Callable[[tuple[int, ...]], bool]:
        """A function that tells of sentences, by their numbers, whether together they bear the statement out."""
        text = statement.text
        numbers, named, days, counted = stated(text), names(text), dates(text), counts(text)
        denies = bool(_NEGATION.search(text))
        best = float(scores.max()) if len(scores) else 0.0

        def bears(places: tuple[int, ...]) -> bool:
            if not places or flagged:
                return False
            joint = " ".join(self._places[i].text for i in places)
            score = self._alike.score(text, places)
            if score < max(SUPPORT, RELATIVE * best):
                return False
            context = self._context(places)
            values = known(joint) | known(self._heads(places)) | (self._asked_years & self._all_numbers)
            if denies:
                values |= self._asked
            if not all(holds(n, values) for n in numbers) or (days and crossed(days, dates(joint))):
                return False
            if counted and swapped(counted, counts(joint), self._alike.likeness):
                return False
            if is_chinese(text) != is_chinese(joint):  # no table has every name in both; ``flagged`` must do
                return True
            return all(self._named(text, n, f"{context}\n{self._question}") for n in named)

        return bears

    def _heads(self, places: Sequence[int]) -> str:
        """The headings and titles that the sentences stand under."""
        passages = [self._passages[self._places[i].passage - 1] for i in places]
        return "\n".join(
            f"{p.heading}\n{self._places[i].article.title}" for p, i in zip(passages, places, strict=True)
        )

    def _context(self, places: Sequence[int]) -> str:
        """The sentences, the one before each in its passage, which tells who "it" is, and what they stand under."""
        before = [i - 1 for i in places if i and self._places[i - 1].passage == self._places[i].passage]
        authors = "\n".join(self._places[i].article.author for i in places)
        return "\n".join([*(self._places[i].text for i in (*before, *places)), self._heads(places), authors])

    def _named(self, statement: str, name: str, text: str) -> bool:
        """Whether a text has a name of a statement, in either language; at its beginning any word has a capital."""
        if self._has_form(name, text) or self._alike.has_name(text, name):
            return True
        if is_chinese(name) != is_chinese(text) and self._alike.has_translation(text, name):
            return True
        if not name.isascii():  # 王毅並: no space shows where a name ends
            return len(name) == 3 and self._has_form(name[:2], text)
        if not statement.startswith(name):
            return False
        first, _, rest = name.partition(" ")
        if rest:
            return self._has_form(rest, text) or self._alike.has_name(text, rest)
        common = self._alike.is_common(first) and not countries(first)
        return common or self._alike.has_name(text, first, SAME_WORD)

    def _has_form(self, name: str, text: str) -> bool:
        """Whether a text has a name, or what an article or the table of countries gives as another form of it."""
        plain, within = squash(name), squash(text)
        return plain in within or any(
            form in within for group in self._forms if plain in group for form in group if len(form) > 1
        )

    def _flagged(self, text: str) -> tuple[str, ...]:
        """What stands in none of the passages: numbers and names, as they are written in the statement."""
        allowed = self._all_numbers | (self._asked if _NEGATION.search(text) else frozenset())
        wrong = [_as_written(n, text) for n in stated(text) if not holds(n, allowed)]
        wrong += [_as_named(n, text) for n in names(text) if not self._named(text, n, self._all_text)]
        return tuple(dict.fromkeys(wrong))


@lru_cache(maxsize=64)
def _aliases(text: str) -> tuple[tuple[str, ...], ...]:
    """The forms of names that an article gives; one article is asked about many times."""
    return aliases(text)


def _as_written(number: Number, text: str) -> str:
    """The piece of a text that states a number, in the text's own characters."""
    pieces = re.findall(
        r"\d[\d,]*(?:\.\d+)?\s?[十百千萬万億亿兆]*|[〇零一二三四五六七八九十百千萬万億亿兩两廿卅]+|[A-Za-z]+(?:-[A-Za-z]+)?",
        text,
    )
    wanted = squash(number.text)
    return next((p.strip() for p in pieces if squash(p.replace(",", "")) == wanted), number.text)


def _as_named(name: str, text: str) -> str:
    """A name in the text's own characters, where folding has changed them but not their number."""
    if name in text:
        return name
    spans = (text[i : i + len(name)] for i in range(len(text)))
    near = next((span for span in spans if fold(span) == name), None)
    spans = (text[i : i + size] for size in range(2, 8) for i in range(len(text)))
    return near or next((span for span in spans if fold(span) == name), name)
