"""Running heads, feet and page numbers of a PDF: known by their place on the page and by coming again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.pdf.rows import SMALL, Row
from index.repair.furniture import is_issue
from index.repair.lines import columns, ends_sentence, is_page_number

_ROMAN = re.compile(r"[ivxlc]{1,7}", re.IGNORECASE)
# A head stands this far from the text (in sizes of the body), a page's lines closer; and it is short (columns).
_APART = 1.9
_LONGEST = 90


def furniture(rows: Sequence[Row], body: float) -> set[int]:
    """The indices of page numbers at the edges of pages, of what stands there again on other pages, and of a single
    head or foot: apart from the text, and small or with the number of an issue. ``body`` is the body's size."""
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
        or _is_single(rows, index, body)
    }


def _edges(rows: Sequence[Row]) -> list[int]:
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


def _key(row: Row) -> tuple[str, int]:
    """A running head without its page number and spaces, and the height at which it stands."""
    text = row.line.text
    return re.sub(r"\s+|^\d+|\d+$", "", text.strip("-–—·|│ \t")) or text, round(row.set.base / 4)


def _is_single(rows: Sequence[Row], index: int, body: float) -> bool:
    """Whether a line is a head or a foot by its looks alone, as on a document of one page."""
    row = rows[index]
    if ends_sentence(row.line.text) or columns(row.line.text) > _LONGEST:
        return False
    if row.set.size > SMALL * body and not is_issue(row.line.text):
        return False
    heights = [other.set.base for other in rows if other.line.page == row.line.page and other is not row]
    if not heights or min(heights) < row.set.base < max(heights):
        return False
    return min(abs(height - row.set.base) for height in heights) > _APART * body
