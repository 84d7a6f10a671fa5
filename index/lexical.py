"""Lexical search: BM25 over the terms of the passages (Robertson & Zaragoza 2009, in Lucene's form).

What is stored are counts alone. Frequencies and mean lengths, which every added or removed article changes, are
put together when a question is asked, so that articles can come and go without the rest being computed again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from index.fold import terms
from index.ragged import Ragged, Texts

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

K1 = 1.5  # how soon a repeated term stops counting
B = 0.75  # how much a long passage is held against itself, 0 to 1


@dataclass(frozen=True, slots=True)
class Postings:
    """The terms of n passages, each with the passages that have it.

    ``words`` are the v different terms, sorted. Row i of ``passages``, int32, are the numbers of the passages
    with word i, ascending; ``counts``, int32, as long as ``passages.values``, how often each has it.
    ``lengths``, int32 ``(n,)``, is the number of terms of each passage.

    >>> postings = Postings.of([["a", "b", "b"], ["b"]])
    >>> [numbers.tolist() for numbers in postings.find("b")], postings.lengths.tolist()
    ([[0, 1], [2, 1]], [3, 1])
    """

    words: Texts
    passages: Ragged
    counts: I32
    lengths: I32

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Postings:
        """Those of passages given as their terms, see ``index.fold.terms``."""
        counted = [Counter(document) for document in documents]
        words = sorted({word for counts in counted for word in counts})
        place = {word: number for number, word in enumerate(words)}
        word = np.array([place[word] for counts in counted for word in counts], dtype=np.int32)
        count = np.array([count for counts in counted for count in counts.values()], dtype=np.int32)
        passage = np.repeat(np.arange(len(counted), dtype=np.int32), [len(counts) for counts in counted])
        lengths = np.array([len(document) for document in documents], dtype=np.int32)
        return cls._sorted(words, word, passage, count, lengths)

    @classmethod
    def _sorted(cls, words: Sequence[str], word: I32, passage: I32, count: I32, lengths: I32) -> Postings:
        """From one entry for each word of each passage, the passages ascending."""
        order = np.argsort(word, kind="stable")
        ends = np.cumsum(np.bincount(word, minlength=len(words)), dtype=np.int64)
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends])
        return cls(Texts.of(words), Ragged(passage[order], offsets), count[order], lengths)

    @classmethod
    def join(cls, parts: Sequence[tuple[Postings, I64]]) -> Postings:
        """Those of several, one after the other: of each, the passages of the given numbers, ascending."""
        known = [list(postings.words) for postings, _ in parts]
        words = sorted({word for some in known for word in some})
        place = {word: number for number, word in enumerate(words)}
        starts = accumulate((len(rows) for _, rows in parts), initial=0)
        entries = []
        for (postings, rows), some, start in zip(parts, known, starts, strict=False):
            number = np.full(len(postings.lengths), -1, dtype=np.int32)
            number[rows] = np.arange(start, start + len(rows))
            moved = number[postings.passages.values]
            own = np.array([place[word] for word in some], dtype=np.int32)
            word = np.repeat(own, np.diff(postings.passages.offsets))
            entries.append((word[moved >= 0], moved[moved >= 0], postings.counts[moved >= 0]))
        word, passage, count = (np.concatenate(column) for column in zip(*entries, strict=True))
        lengths = np.concatenate([postings.lengths[rows] for postings, rows in parts])
        return cls._sorted(words, word, passage, count, lengths)

    def find(self, word: str) -> tuple[I32, I32]:
        """The numbers of the passages that have a word, and how often; both empty where none has."""
        i = bisect_left(self.words, word)
        if i == len(self.words) or self.words[i] != word:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
        start, end = self.passages.offsets[i : i + 2].tolist()
        return self.passages.values[start:end], self.counts[start:end]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What ``from_arrays`` needs, by name."""
        return {
            "terms.words": self.words.rows.values,
            "terms.words.offsets": self.words.rows.offsets,
            "terms.passages": self.passages.values,
            "terms.passages.offsets": self.passages.offsets,
            "terms.counts": self.counts,
            "terms.lengths": self.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
        """The opposite of ``arrays``. Raises ``KeyError`` or ``ValueError``."""
        words = Ragged(arrays["terms.words"], arrays["terms.words.offsets"])
        passages = Ragged(arrays["terms.passages"], arrays["terms.passages.offsets"])
        counts, lengths = arrays["terms.counts"], arrays["terms.lengths"]
        if len(words) != len(passages) or counts.shape != passages.values.shape:
            raise ValueError("terms and passages do not fit")
        return cls(Texts(words), passages, counts, lengths)


class Lexical:
    """BM25 over n passages.

    >>> lexical = Lexical.build([terms(text) for text in ("成員國有26個", "The summit was in Shanghai")])
    >>> lexical.scores("成员国").argmax(), lexical.scores("summits").argmax()
    (np.int64(0), np.int64(1))
    """

    def __init__(self, parts: Sequence[Postings], live: I64 | None = None) -> None:
        """``parts`` hold passages one after the other, of which those numbered in ``live`` (None: all) count."""
        self._parts = tuple(parts)
        self._live = live
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(part.lengths for part in parts)])
        self._lengths: I32 = lengths
        counted = lengths if live is None else lengths[live]
        self._mean = float(counted.mean()) if len(counted) else 0.0
        self._count = len(counted)
        self._counts = None if live is None else np.isin(np.arange(len(lengths)), live, assume_unique=True)

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Lexical:
        """An index of passages given as their terms, see ``index.fold.terms``."""
        return cls([Postings.of(documents)])

    def __len__(self) -> int:
        """How many passages there are: n."""
        return self._count

    def _find(self, word: str) -> tuple[I64, I32]:
        """The numbers of the passages that count and have a word, and how often."""
        starts = accumulate((len(part.lengths) for part in self._parts), initial=0)
        found = [(*part.find(word), start) for part, start in zip(self._parts, starts, strict=False)]
        passages = np.concatenate([np.zeros(0, np.int64), *(rows + start for rows, _, start in found)])
        counts = np.concatenate([np.zeros(0, np.int32), *(counts for _, counts, _ in found)])
        if self._counts is None:
            return passages, counts
        kept = self._counts[passages]
        return passages[kept], counts[kept]

    def _rarity(self, frequency: int) -> float:
        """The inverse document frequency of a term that so many passages have, > 0."""
        return log(1 + (self._count - frequency + 0.5) / (frequency + 0.5))

    def scores(self, query: str) -> F32:
        """The BM25 score of each passage, float32 ``(n,)``, ≥ 0; 0 where no term is shared.

        A term that the query repeats counts as often as it stands there.
        """
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        for word, times in Counter(terms(query)).items():
            passages, counts = self._find(word)
            room = K1 * (1 - B + B * self._lengths[passages] / (self._mean or 1))
            scores[passages] += times * self._rarity(len(passages)) * counts / (counts + room)
        return scores if self._live is None else scores[self._live]

    def ceiling(self, query: str) -> float:
        """The score that no passage can reach: the sum of the inverse document frequencies of the query's terms.

        ``scores(query) / ceiling(query)`` is thus 0 to 1, and small where few of its terms occur at all.
        """
        return sum(self._rarity(len(self._find(term)[0])) for term in terms(query))
