"""Glyphs → the lines of a page in reading order, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from index.pdf.characters import Glyph
from index.repair.lines import is_wide

# A gap wider than this (in sizes) parts two columns or two cells; justified words stand closer.
_GAP = 1.2
_NEAR = 0.5  # runs drawn apart are one only when they stand as close as words; a gutter may be one size wide
_RAISED = 0.85  # a superscript is at most this much of its line's size
_NARROWEST = 6  # a column is at least this wide (in sizes); a table's may be narrower
_CELL = 0.9  # a gap between two cells, where the rest of the line stands closer (in sizes)
_SPACED_AFTER = frozenset(".?!,;:)•◦▪■□●○◆◇★")
_STEPS = 80  # places at which a gutter is looked for
_DEEPEST = 3  # columns within columns


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line as set. ``left`` and ``right`` are its own ends, ``edges`` those of its column, in points.

    ``raised`` are the superscript digits and stars in it: spans of ``text``.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    edges: tuple[float, float]
    raised: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Glyphs that follow one another closely on one line."""

    glyphs: tuple[Glyph, ...]
    left: float
    right: float
    base: float
    size: float

    @classmethod
    def of(cls, glyphs: Sequence[Glyph]) -> _Run:
        size = median(glyph.size for glyph in glyphs)
        full = [glyph.base for glyph in glyphs if glyph.size > _RAISED * size]
        left, right = min(g.left for g in glyphs), max(g.right for g in glyphs)
        return cls(tuple(glyphs), left, right, median(full), size)


def page_lines(glyphs: Sequence[Glyph]) -> list[PdfLine]:
    """The lines of one page in the order in which they are read.

    >>> [line.text for line in page_lines([Glyph("水", 0, 10, 50, 10), Glyph("雨", 0, 10, 30, 10)])]
    ['水', '雨']
    """
    return list(_in_order(_joined(_runs(glyphs)), _DEEPEST))


def _runs(glyphs: Sequence[Glyph]) -> list[_Run]:
    """The glyphs cut where the pen jumps."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_Run.of(run) for run in runs]


def _follows(before: Glyph, glyph: Glyph) -> bool:
    larger, smaller = max(before.size, glyph.size), min(before.size, glyph.size)
    drift = abs(glyph.base - before.base)
    level = drift < 0.15 * larger or (smaller <= _RAISED * larger and drift < 0.6 * larger)
    return level and -0.5 * larger < glyph.left - before.right < _GAP * larger


def _joined(runs: list[_Run]) -> list[_Run]:
    """Runs on one baseline that stand close to each other become one, whatever order they were drawn in."""
    found: list[_Run] = []
    for run in sorted(runs, key=lambda run: (-round(run.base), run.left)):
        for index in range(len(found) - 1, max(-1, len(found) - 6), -1):
            other = found[index]
            larger = max(run.size, other.size)
            raised = min(run.size, other.size) <= _RAISED * larger
            level = abs(run.base - other.base) < (0.6 if raised else 0.15) * larger
            gap = max(run.left - other.right, other.left - run.right)
            if level and -0.5 * larger < gap < _NEAR * larger:
                found[index] = _Run.of([*other.glyphs, *run.glyphs])
                break
        else:
            found.append(run)
    return found


def _in_order(runs: Sequence[_Run], depth: int) -> Iterator[PdfLine]:
    """Column by column between the runs that span the columns, if there are columns; else from the top down."""
    gutter = _gutter(runs) if depth else None
    if gutter is None:
        yield from _column(runs)
        return
    for band in _bands(runs, gutter):
        if _has_columns(band, gutter):
            yield from _in_order([run for run in band if run.right <= gutter], depth - 1)
            yield from _in_order([run for run in band if run.left >= gutter], depth - 1)
        else:
            yield from _column(band)


def _bands(runs: Sequence[_Run], gutter: float) -> list[list[_Run]]:
    """The runs from the top down, in stretches that cross the gutter or keep to its sides."""
    bands: list[list[_Run]] = []
    crossed: bool | None = None
    for run in sorted(runs, key=lambda run: -run.base):
        crosses = run.left < gutter < run.right
        if crosses == crossed:
            bands[-1].append(run)
        else:
            bands.append([run])
        crossed = crosses
    return bands


def _has_columns(band: Sequence[_Run], gutter: float) -> bool:
    """Whether the runs on both sides of the gutter are lines of text that fill their columns."""
    left = [run for run in band if run.right <= gutter]
    right = [run for run in band if run.left >= gutter]
    fewest = min(len(left), len(right))
    if fewest < 2 or len(left) + len(right) < len(band):
        return False
    wide = gutter - min(run.left for run in left), max(run.right for run in right) - gutter
    if min(wide) < _NARROWEST * median(run.size for run in band):
        return False
    fills = [
        median(run.right - run.left for run in side) / width
        for side, width in zip((left, right), wide, strict=True)
    ]
    # The second column may end in a few short lines; a table's cells are short in both.
    return max(fills) > 0.6 and min(fills) > (0.3 if fewest > 2 else 0.6)


def _gutter(runs: Sequence[_Run]) -> float | None:
    """The x at which the page is divided into columns, None where it is not."""
    if len(runs) < 4:
        return None
    start, end = min(run.left for run in runs), max(run.right for run in runs)
    step = (end - start) / _STEPS
    best: list[float] = []
    most = 0
    for index in range(_STEPS // 5, _STEPS - _STEPS // 5):
        x = start + index * step
        held = sum(len(band) for band in _bands(runs, x) if _has_columns(band, x))
        if held > most:
            best, most = [x], held
        elif held == most and held:
            best.append(x)
    return best[len(best) // 2] if best else None


def _column(runs: Sequence[_Run]) -> Iterator[PdfLine]:
    """The lines of one column from the top down; runs on one baseline are one line."""
    if not runs:
        return
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        if rows and abs(rows[-1][0].base - run.base) < 0.3 * max(run.size, rows[-1][0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    edges = _edge([run.left for run in runs], min), _edge([run.right for run in runs], max)
    for row in rows:
        yield _line(sorted(row, key=lambda run: run.left), edges)


def _edge(ends: Sequence[float], furthest: Callable[[Sequence[float]], float]) -> float:
    """Where lines of a column mostly begin or end: punctuation may hang out; ragged lines have no such place."""
    [(commonest, count)] = Counter(round(end / 2) * 2.0 for end in ends).most_common(1)
    return commonest if count > 1 and 4 * count > len(ends) else furthest(ends)


def _line(row: Sequence[_Run], edges: tuple[float, float]) -> PdfLine:
    """The words of a line, with a space where one was set or where Latin words stand apart, and a tab between cells."""
    whole = _Run.of([glyph for run in row for glyph in run.glyphs])
    glyphs = [glyph for run in row for glyph in run.glyphs]
    begins = set(accumulate(len(run.glyphs) for run in row))
    far = median(len(run.glyphs) for run in row) > 1  # a line may be stretched that much, sign by sign
    stretched = (
        whole.right > edges[1] - 0.5 * whole.size
    )  # words of a line that fills its column may stand far apart
    cells = {
        index
        for index, (before, glyph) in enumerate(pairwise(glyphs), 1)
        if (not stretched and _parts_cells(before, glyph, whole.size))
        or (far and index in begins and glyph.left - before.right > 2 * whole.size)
    }
    if 2 * len(cells) > len(glyphs):  # sign by sign again
        cells = set()
    # One gap of one sign's width between two Han characters is an ideographic space, as in 「第一章　水」.
    cell = "\u3000" if len(cells) == 1 and _is_ideographic_space(glyphs, min(cells), whole.size) else "\t"
    text = glyphs[0].text
    raised = [(0, len(text))] if _is_raised(glyphs[0], whole) else []
    for index, (before, glyph) in enumerate(pairwise(glyphs), 1):
        text += cell if index in cells else " " if _has_space(before, glyph, whole.size) else ""
        if _is_raised(glyph, whole):
            raised.append((len(text), len(text) + len(glyph.text)))
        text += glyph.text
    return PdfLine(text, whole.left, whole.right, whole.base, whole.size, edges, _merged(raised))


def _is_raised(glyph: Glyph, line: _Run) -> bool:
    return glyph.size <= _RAISED * line.size and glyph.base > line.base + 0.1 * line.size


def _parts_cells(before: Glyph, glyph: Glyph, size: float) -> bool:
    """Whether a gap as between two cells stands here; punctuation is set with wide gaps of its own."""
    words = before.text[-1].isalnum() and glyph.text[0].isalnum()
    return words and not glyph.spaced and glyph.left - before.right > _CELL * size


def _is_ideographic_space(glyphs: Sequence[Glyph], index: int, size: float) -> bool:
    before, glyph = glyphs[index - 1], glyphs[index]
    han = is_wide(before.text[-1]) and is_wide(glyph.text[0])
    return han and glyph.left - before.right < 1.3 * size


def _has_space(before: Glyph, glyph: Glyph, size: float) -> bool:
    """Whether a space stands between two characters of a line."""
    if glyph.spaced:
        return True
    gap = glyph.left - glyph.room[0] - before.right - before.room[1]
    if is_wide(glyph.text[0]):  # after a Latin stop or the bullet of a list
        return before.text[-1] in _SPACED_AFTER and gap > 0.1 * size
    return not is_wide(before.text[-1]) and gap > (0.1 if glyph.parted else 0.15) * size


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans that touch, as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
