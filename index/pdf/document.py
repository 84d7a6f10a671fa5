"""The lines of all pages → the document: furniture and footnotes out, paragraphs joined, headings found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from index.errors import ReadError
from index.pdf.characters import pages
from index.pdf.furniture import furniture
from index.pdf.lines import PdfLine, page_lines
from index.pdf.notes import Notes, find_notes
from index.pdf.rows import Row, body_size, without_rows
from index.repair.compose import Repaired, compose
from index.repair.join import follows, spacing_of
from index.repair.lines import Line, columns, ends_sentence, first_token, item_marker
from index.repair.measure import Page, is_table_row, page_of
from index.repair.structure import Unit, author_of, is_name, units_of

_LARGE = 1.12  # a heading in at least this much


def read_pdf(data: bytes, name: str) -> Repaired:
    """The text of a PDF; a place is the page and the line on it, counted from 1.

    Raises ReadError where the file is broken, locked, too large, or holds no text (a scan).
    """
    sheets = [page_lines(glyphs) for glyphs in pages(data, name)]
    rows = [
        Row(Line(number, line.text.strip(), page=page), line)
        for page, lines in enumerate(sheets, 1)
        for number, line in enumerate(lines, 1)
        if line.text.strip()
    ]
    if not rows:
        raise ReadError(
            f"{name}: no text on its {len(sheets)} page{'s'[: len(sheets) != 1]}, probably a scan; run text recognition "
            "first (`ocrmypdf in.pdf out.pdf`), then read the new file"
        )
    rows = without_rows(rows, furniture(rows, body_size(rows)))
    body = body_size(rows)
    rows, notes = find_notes(rows, body)
    return _composed(_with_gaps(rows), notes, body)


# --- paragraphs --------------------------------------------------------------------------------------


def _with_gaps(rows: Sequence[Row]) -> list[Row]:
    """The rows with blank lines noted where more than a line's height is left, and with their indents."""
    steps = [
        a.set.base - b.set.base for a, b in pairwise(rows) if a.set.size == b.set.size and _same_column(a, b)
    ]
    usual = median(steps) if steps else 0.0
    found: list[Row] = []
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else None
        step = before.set.base - row.set.base if before and _same_column(before, row) else 0.0
        larger = max(row.set.size, before.set.size) if before else row.set.size
        gap = int(step > 1.3 * max(usual, 1.2 * larger))
        indent = max(0, round(2 * (row.set.left - row.set.edges[0]) / row.set.size))
        lead = " " * indent if indent > 1 else ""
        found.append(Row(replace(row.line, gap=gap, indent=indent, lead=lead), row.set))
    return found


def _same_column(a: Row, b: Row) -> bool:
    return a.line.page == b.line.page and a.set.edges == b.set.edges and a.set.base > b.set.base


def _breaks(rows: Sequence[Row], body: float) -> list[bool]:
    """For each row but the last, whether the text breaks after it; an item's lines hang below its first words."""
    found: list[bool] = []
    item = rows[0] if rows and item_marker(rows[0].line.text) else None
    for a, b in pairwise(rows):
        marker = item_marker(b.line.text)
        step = b.set.left - item.set.left if item and _same_column(a, b) and not b.line.gap else -1.0
        if item and marker and follows(item_marker(item.line.text), marker) and abs(step) < 0.6 * b.set.size:
            broken = True
        elif (
            item
            and not marker
            and step > 0.7 * b.set.size
            and a.set.size == b.set.size
            and not _was_broken(a, b)
        ):
            broken = False
        else:
            broken = _breaks_between(a, b, body)
        if broken:
            item = b if marker else None
        found.append(broken)
    return found


def _breaks_between(a: Row, b: Row, body: float) -> bool:
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


def _was_broken(a: Row, b: Row) -> bool:
    """Whether the first word of ``b`` would have fitted on ``a``."""
    word = columns(first_token(b.line.text)) * b.set.size / 2 + 0.25 * b.set.size
    return a.set.edges[1] - a.set.right > word + 0.6 * a.set.size


def _is_centred(line: PdfLine) -> bool:
    left, right = line.left - line.edges[0], line.edges[1] - line.right
    return left > line.size and abs(left - right) < 0.6 * line.size


# --- the document ------------------------------------------------------------------------------------


def _composed(rows: Sequence[Row], notes: Notes, body: float) -> Repaired:
    lines = [row.line for row in rows]
    page = page_of(lines) or Page(columns, 80, 80, 3, 0)
    broken = _breaks(rows, body)
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
