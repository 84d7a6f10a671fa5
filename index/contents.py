"""The articles and passages of a library, each read when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from index.aliases import Group
from index.article import Article, Passage
from index.articles import Articles
from index.lazy import Lazy, Lookup
from index.segment import Part

I64 = npt.NDArray[np.int64]


class Contents:
    """What counts of some segments, one after the other. Never changes."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Reads the names of the articles and nothing else."""
        self._parts = tuple(parts)
        counts = [part.segment.articles.counts[part.kept] for part in parts]
        self.starts: I64 = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *counts]))
        """The number of the first passage of each article, and of all passages: int64 ``(articles + 1,)``."""
        numbers = {source: i for i, source in enumerate(s for part in parts for s in part.sources)}
        self._numbers = numbers
        self.articles: Sequence[Article] = Lazy(len(self.starts) - 1, self._article)
        self.by_source: Mapping[str, Article] = Lookup(numbers, self.articles)
        self.passages: Sequence[Passage] = Lazy(int(self.starts[-1]), self._passage)
        # A form that is asked for once is asked for several times.
        self.count = lru_cache(maxsize=256)(self._count)

    @property
    def live(self) -> I64 | None:
        """The numbers of the passages that count, among those of all segments, int64, ascending; None where all do."""
        sizes = [len(part.segment.vectors) for part in self._parts]
        if sum(sizes) == len(self.passages):
            return None
        starts = accumulate(sizes, initial=0)
        return np.concatenate([start + p.numbers for p, start in zip(self._parts, starts, strict=False)])

    @cached_property
    def _places(self) -> list[tuple[Articles, int]]:
        """Where each article is: in what, and its number there."""
        return [(part.segment.articles, i) for part in self._parts for i in part.kept.tolist()]

    def _article(self, number: int) -> Article:
        articles, place = self._places[number]
        return articles[place]

    def _passage(self, number: int) -> Passage:
        article = int(np.searchsorted(self.starts, number, side="right")) - 1
        return self._article(article).passages[number - int(self.starts[article])]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The different groups of names that the articles give, see ``index.aliases``."""
        return tuple(dict.fromkeys(group for articles, i in self._places for group in articles.aliases(i)))

    def number(self, passage: Passage) -> int:
        """The number of a passage. Raises ``KeyError`` or ``ValueError`` where it is none of these."""
        article = self._numbers[passage.source]
        return int(self.starts[article]) + self._article(article).passages.index(passage)

    def _count(self, form: str) -> int:
        """How often a form stands in the articles."""
        raw = form.encode("utf-8", "surrogatepass")
        return sum(articles.fields["texts"].raw(i).count(raw) for articles, i in self._places)
