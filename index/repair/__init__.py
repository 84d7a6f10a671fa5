"""Plain text made whole again, above all text taken out of a PDF.

Wrapped lines are joined (Chinese without a space, Latin words with one), hyphenation is undone, running
heads, feet and page numbers are taken out, footnotes are taken out of the sentence they cut and tied to
their mark, and title, author and headings are found. Text that needs none of it comes back unchanged.

The rules know no document; each room holds one of them:
``lines`` what one line shows · ``measure`` whether and how wide the text was wrapped · ``furniture`` ·
``footnotes`` · ``join`` · ``structure`` what the units are · ``compose`` the text, its blocks and its map.
"""

from __future__ import annotations

from index.repair.compose import Repaired, as_it_is, compose
from index.repair.footnotes import cuts_text, find_notes, without_notes
from index.repair.furniture import without_furniture
from index.repair.join import breaks, spacing_of
from index.repair.lines import split_lines, without
from index.repair.measure import page_of
from index.repair.structure import masthead, units_of

__all__ = ["Repaired", "repair"]


def repair(text: str) -> Repaired:
    """The text made whole, with its blocks, footnotes and the way back to its lines.

    Line ends in ``text`` are "\\n". Linear in its length.

    >>> repair("水從海面蒸發，升到高空後冷\\n卻成雲，又落下來成為雨水，\\n流回大海。").text
    '水從海面蒸發，升到高空後冷卻成雲，又落下來成為雨水，流回大海。'
    >>> repair("水的循環\\n\\n水從海面蒸發，升到高空。").title
    '水的循環'
    """
    lines = split_lines(text)
    page = page_of(lines)
    notes = find_notes(lines, page)
    body, bodies = without_notes(lines, notes)
    kept = without_furniture(body, page)
    if page is None and len(kept) == len(body) and not cuts_text(lines, notes):
        return as_it_is(text, lines, notes)
    page = page_of(kept) or page
    if page:
        kept = page.opened(kept)
    title, author = masthead(kept, page) if page else ([], [])
    head = {*title, *author}
    flow = without(kept, head)
    units = units_of(flow, breaks(flow, page))
    return compose(
        units,
        title=[kept[index] for index in title],
        author=[kept[index] for index in author],
        notes=bodies,
        page=page,
        spacing=spacing_of(kept),
    )
