"""The lines of all pages → the document: furniture and footnotes out, paragraphs joined, headings found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.errors import ReadError
from index.pdf.characters import pages
from index.pdf.lines import PdfLine, page_lines
from index.repair.compose import Repaired, compose
from index.repair.join import spacing_of
from index.repair.lines import Line, columns, ends_sentence, first_token, is_page_number, item_marker, without
from index.repair.measure import Page, is_table_row, page_of
from index.repair.structure import Unit, author_of, is_name, units_of

_MARK = re.compile(r"(?P<mark>[＊*†‡✽]|\d{1,3}|[①-⑳])[.、．]?\s*(?=\S)")
_RAISED_MARK = re.compile(r"[＊*†‡✽]|\d{1,3}|[①-⑳]")
_SMALL = 0.93  # a footnote is set in at most this much of the body's size
_LARGE = 1.12  # a heading in at least this much
_ROMAN = re.compile(r"[ivxlc]{1,7}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line for the rules of ``index.repair``, with how it was set."""

    line: Line
    set: PdfLine


def read_pdf(data: bytes, name: str) -> Repaired:
    """The text of a PDF; a place is the page and the line on it, counted from 1.

    Raises ReadError where the file is broken, locked, too large, or holds no text (a scan).
    """
    sheets = [page_lines(glyphs) for glyphs in pages(data, name)]
    rows = [
        _Row(Line(number, line.text.strip(), page=page), line)
        for page, lines in enumerate(sheets, 1)
        for number, line in enumerate(lines, 1)
        if line.text.strip()
    ]
    if not rows:
        raise ReadError(
            f"{name}: no text on its {len(sheets)} pages, which are probably scanned; run text recognition "
            "first (`ocrmypdf in.pdf out.pdf`), then read the new file"
        )
    rows = _without(rows, _furniture(rows))
    body = _body_size(rows)
    rows, notes = _footnotes(rows, body)
    return _composed(_with_gaps(rows), notes, body)


def _body_size(rows: Sequence[_Row]) -> float:
    """The size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.set.size, 1)] += len(row.line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _without(rows: Sequence[_Row], taken: set[int]) -> list[_Row]:
    """The rows but those taken; the line after each gap resumes the text before it."""
    lines = without([row.line for row in rows], taken)
    sets = [row.set for index, row in enumerate(rows) if index not in taken]
    return [_Row(line, found) for line, found in zip(lines, sets, strict=True)]


# --- running heads, feet and page numbers ------------------------------------------------------------


def _furniture(rows: Sequence[_Row]) -> set[int]:
    """The page numbers at the edges of pages, and what stands there again on other pages."""
    edges = _edges(rows)
    pages_of: dict[tuple[str, int], set[int | None]] = {}
    for index in edges:
        pages_of.setdefault(_key(rows[index]), set()).add(rows[index].line.page)
    return {
        index
        for index in edges
        if is_page_number(rows[index].line.text)
        or _ROMAN.fullmatch(rows[index].line.text)
        or len(pages_of[_key(rows[index])]) > 1
    }


def _edges(rows: Sequence[_Row]) -> list[int]:
    """The two highest and the two lowest lines of each page; parts of one line stand at one height."""
    by_page: dict[int | None, list[int]] = {}
    for index, row in enumerate(rows):
        by_page.setdefault(row.line.page, []).append(index)
    found: list[int] = []
    for indices in by_page.values():
        heights = sorted({round(rows[index].set.base) for index in indices})
        outer = {*heights[:2], *heights[-2:]}
        found += [index for index in indices if round(rows[index].set.base) in outer]
    return found


def _key(row: _Row) -> tuple[str, int]:
    """A running head without its page number and spaces, and the height at which it stands."""
    text = row.line.text
    return re.sub(r"\s+|^\d+|\d+$", "", text.strip("-–—·|│ \t")) or text, round(row.set.base / 4)


# --- footnotes ---------------------------------------------------------------------------------------


def _footnotes(rows: list[_Row], body: float) -> tuple[list[_Row], list[tuple[str, list[Line]]]]:
    """The rows without the small print at the foot of a page or column, and the notes in it, in order."""
    zone = _small_print(rows, body)
    notes: list[tuple[str, list[Line]]] = []
    taken: set[int] = set()
    for index in sorted(zone):
        line = rows[index].line
        match = _MARK.match(line.text)
        if match and _begins_note(rows[index], match, notes):
            notes.append((match["mark"], [replace(line, text=line.text[match.end() :])]))
        elif notes:  # it goes on, on the next page too
            notes[-1][1].append(line)
        else:
            continue
        taken.add(index)
    marks = {mark for mark, _ in notes}
    return [_without_marks(row, marks) for row in _without(rows, taken)], notes


def _begins_note(row: _Row, match: re.Match[str], notes: Sequence[tuple[str, list[Line]]]) -> bool:
    """Whether a mark at the start of a line is a note's: raised, a star, or the next number."""
    mark = match["mark"]
    if (0, match.end("mark")) in row.set.raised or not mark.isdigit():
        return True
    numbers = [int(other) for other, _ in notes if other.isdigit()]
    return int(mark) == (numbers[-1] + 1 if numbers else 1)


def _small_print(rows: Sequence[_Row], body: float) -> set[int]:
    """The lines in small type that end a column."""
    found: set[int] = set()
    small = True
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        following = rows[index + 1] if index + 1 < len(rows) else None
        if following is None or following.line.page != row.line.page or following.set.base > row.set.base:
            small = True  # a column ends here
        small = small and row.set.size <= _SMALL * body
        if small:
            found.add(index)
    return found


def _without_marks(row: _Row, marks: set[str]) -> _Row:
    """The row with the raised marks of notes cut out of its text and recorded."""
    text = row.line.text
    recorded: list[tuple[int, str]] = []
    shift = len(row.set.text) - len(row.set.text.lstrip())
    for start, end in reversed(row.set.raised):
        mark = text[start - shift : end - shift]
        if mark in marks and _RAISED_MARK.fullmatch(mark):
            text = text[: start - shift] + text[end - shift :]
            recorded = [(start - shift, mark), *((at - len(mark), other) for at, other in recorded)]
    return _Row(replace(row.line, text=text, marks=tuple(recorded)), row.set) if recorded else row


# --- paragraphs --------------------------------------------------------------------------------------


def _with_gaps(rows: Sequence[_Row]) -> list[_Row]:
    """The rows with blank lines noted where more than a line's height is left, and with their indents."""
    steps = [
        a.set.base - b.set.base for a, b in pairwise(rows) if a.set.size == b.set.size and _same_column(a, b)
    ]
    usual = median(steps) if steps else 0.0
    found: list[_Row] = []
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else None
        step = before.set.base - row.set.base if before and _same_column(before, row) else 0.0
        larger = max(row.set.size, before.set.size) if before else row.set.size
        gap = int(step > 1.3 * max(usual, 1.2 * larger))
        indent = max(0, round(2 * (row.set.left - row.set.edges[0]) / row.set.size))
        lead = " " * indent if indent > 1 else ""
        found.append(_Row(replace(row.line, gap=gap, indent=indent, lead=lead), row.set))
    return found


def _same_column(a: _Row, b: _Row) -> bool:
    return a.line.page == b.line.page and a.set.edges == b.set.edges and a.set.base > b.set.base


def _breaks_between(a: _Row, b: _Row, body: float) -> bool:
    """Whether the text breaks between two rows that follow each other."""
    if abs(a.set.size - b.set.size) > 0.08 * a.set.size or is_table_row(a.line) or is_table_row(b.line):
        return True
    if _same_column(a, b) and b.line.gap:
        return True
    large = min(a.set.size, b.set.size) >= _LARGE * body
    if _same_column(a, b) and (large or (_is_centred(a.set) and _is_centred(b.set))):
        return ends_sentence(a.line.text)  # a title of several lines
    if item_marker(b.line.text) and (ends_sentence(a.line.text) or a.line.text[-1] in ":：;；"):
        return True
    begins = b.line.indent > 1 and b.line.indent > a.line.indent
    return _was_broken(a, b) or (begins and (ends_sentence(a.line.text) or _same_column(a, b)))


def _was_broken(a: _Row, b: _Row) -> bool:
    """Whether the first word of ``b`` would have fitted on ``a``."""
    word = columns(first_token(b.line.text)) * b.set.size / 2 + 0.25 * b.set.size
    return a.set.edges[1] - a.set.right > word + 0.6 * a.set.size


def _is_centred(line: PdfLine) -> bool:
    left, right = line.left - line.edges[0], line.edges[1] - line.right
    return left > line.size and abs(left - right) < 0.6 * line.size


# --- the document ------------------------------------------------------------------------------------


def _composed(rows: Sequence[_Row], notes: Sequence[tuple[str, list[Line]]], body: float) -> Repaired:
    lines = [row.line for row in rows]
    page = page_of(lines) or Page(columns, 80, 80, 3, 0)
    broken = [_breaks_between(a, b, body) for a, b in pairwise(rows)]
    sizes = {(row.line.page, row.line.number): row.set.size for row in rows}
    units = [_sized(unit, sizes, body) for unit in units_of(lines, broken)]
    title = _title(units, sizes, body)
    rest = [unit for unit in units if unit is not title]
    author = _author(rest) if title else None
    return compose(
        [unit for unit in rest if unit is not author],
        title=title.lines if title else [],
        author=author.lines if author else [],
        notes=notes,
        page=page,
        spacing=spacing_of(lines),
    )


def _sized(unit: Unit, sizes: dict[tuple[int | None, int], float], body: float) -> Unit:
    """The unit as a heading where it is set larger than the body, and as text where it reads like text."""
    large = all(sizes[line.page, line.number] >= _LARGE * body for line in unit.lines)
    if large and len(unit.lines) <= 3 and not unit.text.endswith(("。", "，", ",", ".")):
        joined = tuple(line for row in unit.rows for line in row)
        return replace(unit, kind="heading", rows=(joined,))
    return unit


def _title(units: Sequence[Unit], sizes: dict[tuple[int | None, int], float], body: float) -> Unit | None:
    """The first of the largest headings on the first page with text."""
    first = units[0].lines[0].page if units else None
    heads = [unit for unit in units if unit.kind == "heading" and unit.lines[0].page == first]

    def size(unit: Unit) -> float:
        return sizes[unit.lines[0].page, unit.lines[0].number]

    best = max(heads, key=size, default=None)
    return best if best and size(best) >= 1.2 * body else None


def _author(units: Sequence[Unit]) -> Unit | None:
    """Who wrote it, in the first few lines after the title."""
    for unit in units[:4]:
        if len(unit.lines) == 1 and (author_of(unit.text) or (is_name(unit.text) and len(unit.text) > 1)):
            return unit
    return None
