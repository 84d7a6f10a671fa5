"""Rows of different lengths in two arrays, so that they can lie in a file and be read a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ragged:
    """n rows end to end: row i is ``values[offsets[i]:offsets[i + 1]]``.

    ``values`` has shape ``(total, ...)`` and any dtype; ``offsets`` is int64 ``(n + 1,)``, from 0 to total,
    ascending. Both may be mapped from a file.

    >>> rows = Ragged.of([np.array([5, 2]), np.array([], dtype=int), np.array([7])])
    >>> len(rows), rows[0].tolist(), rows.take(np.array([0, 2])).values.tolist()
    (3, [5, 2], [5, 2, 7])
    """

    values: Numbers
    offsets: I64

    def __post_init__(self) -> None:
        """Raises ``ValueError`` where the two do not fit."""
        if self.offsets.ndim != 1 or not len(self.offsets) or self.offsets[-1] != len(self.values):
            raise ValueError("rows and offsets do not fit")

    @classmethod
    def of(cls, rows: Sequence[Numbers], like: Numbers | None = None) -> Ragged:
        """Rows of one dtype, one shape beyond the first axis; where there are none, those of ``like``."""
        empty = np.zeros(0, dtype=np.int32) if like is None else like[:0]
        values = np.concatenate(list(rows)) if len(rows) else empty
        return cls(values, np.cumsum([0, *map(len, rows)], dtype=np.int64))

    @classmethod
    def join(cls, parts: Sequence[Ragged]) -> Ragged:
        """The rows of several, one or more, one after the other."""
        lengths = np.concatenate([np.diff(part.offsets) for part in parts])
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(np.concatenate([part.values for part in parts]), offsets)

    def __len__(self) -> int:
        """How many rows there are: n."""
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> Numbers:
        """One row, without a copy: 0 ≤ ``row`` < n. Raises ``IndexError``."""
        if not 0 <= row < len(self):
            raise IndexError(f"no row {row} of {len(self)}")
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def take(self, rows: I64) -> Ragged:
        """Only these rows, in that order."""
        return Ragged.of([self[row] for row in rows.tolist()], self.values)


class Texts:
    """Strings in UTF-8, end to end; each is decoded when it is looked at.

    Sorted strings stay sorted, so that ``bisect`` can look one up without reading the others.

    >>> texts = Texts.of(["水", "", "cloud"])
    >>> list(texts), texts.rows.values.dtype, texts.raw(0)
    (['水', '', 'cloud'], dtype('uint8'), b'\\xe6\\xb0\\xb4')
    """

    def __init__(self, rows: Ragged) -> None:
        """``rows`` are the bytes, uint8."""
        self.rows = rows

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Strings put end to end."""
        # A lone surrogate is no character, but a broken file may have one, and what was read is kept.
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.cumsum([0, *map(len, raw)], dtype=np.int64)
        return cls(Ragged(np.frombuffer(b"".join(raw), dtype=np.uint8), offsets))

    def __len__(self) -> int:
        """How many strings there are."""
        return len(self.rows)

    def raw(self, number: int) -> bytes:
        """The bytes of a string."""
        return self.rows[number].tobytes()

    def __iter__(self) -> Iterator[str]:
        """The strings, in order."""
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> str:
        """One string. Raises ``UnicodeDecodeError``, a ``ValueError``, where the bytes are damaged."""
        return self.raw(number).decode("utf-8", "surrogatepass")
