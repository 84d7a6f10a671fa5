"""Articles indexed together, with all that was computed from them, as arrays: what a saved index is made of.

A segment never changes. An article that is added begins a new one, an article that is removed is left out of what
counts (``Part``), and small segments are joined now and then, so that there are never many (the logarithmic
method of Bentley & Saxe 1980): a change costs by its own size, not by that of the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.articles import Articles
from index.lexical import Postings
from index.ragged import Ragged

F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]

# Segments of more passages than this together are not joined: nobody should wait for an old library to be copied.
LARGE = 16_384


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a segment is saved, so that it need not be written there again."""

    folder: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Some articles and what was computed from their n passages, in their order.

    ``vectors`` is float32 ``(n, d)``, unit norm; ``terms`` what lexical search sees. ``rows`` holds, by name, what
    else the encoder gives for each passage, of any shape ("tokens" for late interaction); none where it gives
    nothing. ``saved`` is where it was loaded from.
    """

    articles: Articles
    vectors: F32
    terms: Postings
    rows: Mapping[str, Ragged]
    saved: Saved | None = None

    def __post_init__(self) -> None:
        """Raises ``ValueError`` where the numbers of passages do not fit."""
        counts = {len(self.vectors), len(self.terms.lengths), *map(len, self.rows.values())}
        if counts != {int(self.articles.counts.sum())}:
            raise ValueError("articles and what was computed from them do not fit")

    @classmethod
    def join(cls, parts: Sequence[Part]) -> Segment:
        """Only what counts of several, as one."""
        taken = [(part, part.numbers) for part in parts]
        return cls(
            Articles.join([(part.segment.articles, part.kept) for part in parts]),
            np.concatenate([part.segment.vectors[numbers] for part, numbers in taken]),
            Postings.join([(part.segment.terms, numbers) for part, numbers in taken]),
            {
                name: Ragged.join([part.segment.rows[name].take(numbers) for part, numbers in taken])
                for name in parts[0].segment.rows
            },
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All of it by name, for a file: see ``index.arrays``."""
        found = self.articles.arrays() | self.terms.arrays() | {"vectors": self.vectors}
        for name, rows in self.rows.items():
            found |= {f"rows.{name}": rows.values, f"rows.{name}.offsets": rows.offsets}
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], saved: Saved | None = None) -> Segment:
        """The opposite of ``arrays``. Raises ``KeyError`` or ``ValueError``."""
        names = [name.removeprefix("rows.") for name in arrays if name.startswith("rows.")]
        rows = {
            name: Ragged(arrays[f"rows.{name}"], arrays[f"rows.{name}.offsets"])
            for name in names
            if not name.endswith(".offsets")
        }
        return cls(Articles.from_arrays(arrays), arrays["vectors"], Postings.from_arrays(arrays), rows, saved)


@dataclass(frozen=True, slots=True)
class Part:
    """What counts of a segment: its articles of the numbers ``kept``, int64, ascending."""

    segment: Segment
    kept: I64

    @classmethod
    def whole(cls, segment: Segment) -> Part:
        """All of a segment."""
        return cls(segment, np.arange(len(segment.articles)))

    def __len__(self) -> int:
        """How many passages count."""
        return int(self.segment.articles.counts[self.kept].sum())

    @property
    def sources(self) -> list[str]:
        """The sources of the articles."""
        return [self.segment.articles.fields["sources"][i] for i in self.kept.tolist()]

    @property
    def numbers(self) -> I64:
        """The numbers of the passages, int64, ascending."""
        counts = np.zeros(len(self.segment.articles), dtype=bool)
        counts[self.kept] = True
        return np.flatnonzero(np.repeat(counts, self.segment.articles.counts))


def compact(part: Part) -> Part:
    """The same, written anew where less than half of its segment counts."""
    return Part.whole(Segment.join([part])) if 2 * len(part) < len(part.segment.vectors) else part


def merge(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The same parts, the last of them joined where they are not much larger than what follows them."""
    first, size = len(parts) - 1, len(parts[-1]) if parts else 0
    while first > 0 and len(parts[first - 1]) < 2 * size and len(parts[first - 1]) + size <= LARGE:
        first -= 1
        size += len(parts[first])
    if first >= len(parts) - 1:
        return tuple(parts)
    return (*parts[:first], Part.whole(Segment.join(parts[first:])))
