"""A line for the rules of ``index.repair``, with how it was set on its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.pdf.lines import PdfLine
from index.repair.lines import Line, without

SMALL = 0.93
"""Footnotes and running heads are set in at most this much of the body's size."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text and the same line as set."""

    line: Line
    set: PdfLine


def body_size(rows: Sequence[Row]) -> float:
    """The size in which most characters are set, in points."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.set.size, 1)] += len(row.line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def without_rows(rows: Sequence[Row], taken: set[int]) -> list[Row]:
    """The rows but those taken; the line after each gap resumes the text before it."""
    lines = without([row.line for row in rows], taken)
    sets = [row.set for index, row in enumerate(rows) if index not in taken]
    return [Row(line, found) for line, found in zip(lines, sets, strict=True)]
