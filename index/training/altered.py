"""Questions that a sentence no longer answers: a name or a number in them is another's.

In SQuAD 2.0 (Rajpurkar et al. 2018) people wrote such questions; these are made. What a question asks for stays, and
so do its other words: only a reader of both texts sees that the sentence speaks of something else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.training.data import rows

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-z,'’] )[A-Z][\w’'-]+(?: (?:of |de |the )?[A-Z][\w’'-]+)*")
_ASKS = re.compile("[什哪谁誰何怎几幾多少第年月日]")  # words that ask or count are no names
_LONGEST = 8  # characters of a Chinese name


def chinese_names(folder: Path) -> frozenset[str]:
    """The names of the glossary, and the words of the lexicon that English writes with a capital."""
    found = {
        form
        for row in rows(folder / "glossary.jsonl.gz")
        for form in (row["zh_hant"], row["zh_hans"], *row["alt"])
        if not form.isascii()
    }
    capital: dict[str, list[bool]] = defaultdict(list)
    for zh, gloss, *_ in rows(folder / "lexicon.tsv.gz"):
        capital[zh].append(gloss[:1].isupper() and gloss.split()[0][1:].islower())
    found |= {zh for zh, every in capital.items() if len(zh) < _LONGEST - 1 and all(every)}
    return frozenset(name for name in found if 1 < len(name) <= _LONGEST and not _ASKS.search(name))


def places(question: str, names: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """What may be altered in a question: (kind, start, end), the longest Chinese names.

    >>> list(places("2014年谁访问了上海?", frozenset({"上海"})))
    [('number', 0, 4), ('chinese', 9, 11)]
    >>> list(places("Who met Xi Jinping?", frozenset()))
    [('latin', 8, 18)]
    """
    yield from (("number", *match.span()) for match in _NUMBER.finditer(question))
    at = 0
    while at < len(question):
        ends = range(min(at + _LONGEST, len(question)), at + 1, -1)
        end = next((end for end in ends if question[at:end] in names), 0)
        if end:
            yield "chinese", at, end
        at = end or at + 1
    yield from (("latin", *match.span()) for match in _NAME.finditer(question))


class Altering:
    """Puts another's name or number into a question."""

    def __init__(self, questions: Sequence[str], names: frozenset[str], random: np.random.Generator) -> None:
        """The names that are put in are those of ``questions``, each at most five times as likely as one met once."""
        self._names = names
        self._random = random
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for question in questions:
            for kind, start, end in places(question, names):
                found[kind][question[start:end]] += 1
        self._pool = {
            kind: [name for name, count in counts.items() for _ in range(min(count, 5))]
            for kind, counts in found.items()
        }

    def __call__(self, question: str) -> str | None:
        """The question altered in one place; None where nothing can be."""
        some = list(places(question, self._names))
        if not some:
            return None
        kind, start, end = some[self._random.integers(len(some))]
        old = question[start:end]
        new = self._number(old) if kind == "number" else self._other(kind, old)
        return None if new == old else question[:start] + new + question[end:]

    def _number(self, old: str) -> str:
        first = re.findall(r"\d+", old)[0]
        step = int(self._random.choice([-30, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10, 25]))
        return old.replace(first, str(max(1, int(first) + step)), 1)

    def _other(self, kind: str, old: str) -> str:
        pool = self._pool[kind]
        tried = (pool[self._random.integers(len(pool))] for _ in range(20))
        return next((new for new in tried if new not in old and old not in new), old)
