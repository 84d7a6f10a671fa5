"""The characters of a PDF with their places on the page, from PDFium; nothing here knows lines or columns."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.repair.lines import is_wide

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

MAX_PAGES = 3_000
MAX_CHARACTERS = 5_000_000
MAX_POINTS = 14_400
"""The side of the largest page that the PDF standard allows (ISO 32000-1, annex C); nothing farther off is shown."""

# PDFs name glyphs by the first character that looks so: Kangxi radicals for Han characters, forms for
# vertical text, ligatures. These ranges hold nothing that an author types.
_LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\ufe10-\ufe19\ufe30-\ufe4f]")
_HYPHENS = frozenset({0x2, 0xAD, 0xFFFE})


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as set: its box and baseline in points, y upwards, as the reader holds the page.

    In vertical text x runs down the column and y to the right, so that one set of rules serves both.
    ``spaced`` says that white space stands before it; ``parted`` that PDFium sees a gap there, which between Latin
    words is a space, but between Han characters only a stretched line. ``room`` is the white space that the font gives
    the character to its left and its right, in points: a "1" stands in more of it than an "m".
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    spaced: bool = False
    parted: bool = False
    room: tuple[float, float] = (0.0, 0.0)


def pages(data: bytes, name: str) -> Iterator[list[Glyph]]:
    """The glyphs of each page, in the order in which the file draws them.

    Raises ReadError where the file is broken, needs a password, or is larger than the limits above.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(f"{name}: the PDF needs a password; save a copy without one") from error
        raise ReadError(f"{name}: this is no PDF, or a broken one; open it and save it again") from error
    with document:
        yield from _pages(document, name)


def _pages(document: PdfDocument, name: str) -> Iterator[list[Glyph]]:
    from pypdfium2 import PdfiumError

    if len(document) > MAX_PAGES:
        raise ReadError(
            f"{name}: {len(document):,} pages are more than the {MAX_PAGES:,} that are read; split it"
        )
    total = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except PdfiumError:  # a broken page; the others may be whole
            yield []
            continue
        total += text.count_chars()
        if total > MAX_CHARACTERS:
            raise ReadError(f"{name}: the PDF has more than {MAX_CHARACTERS:,} characters; split it")
        yield _upright(_glyphs(page, text))
        text.close()
        page.close()


def _glyphs(page: PdfPage, text: PdfTextPage) -> list[tuple[Glyph, tuple[float, float]]]:
    """Each glyph with the bottom and the top of its box, which vertical text needs."""
    import pypdfium2.raw as pdfium

    found: list[tuple[Glyph, tuple[float, float]]] = []
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    matrix, loose = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
    spaced = parted = False
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        character = "-" if code in _HYPHENS else chr(code)
        if character.isspace() or (code < 0x20 and code not in _HYPHENS) or 0xD800 <= code < 0xE000:
            parted = True
            spaced = spaced or not pdfium.FPDFText_IsGenerated(text, index)
            continue
        pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        scale = math.hypot(matrix.c, matrix.d) if pdfium.FPDFText_GetMatrix(text, index, matrix) else 1.0
        size = pdfium.FPDFText_GetFontSize(text, index) * scale
        numbers = (left.value, right.value, y.value, size)
        if not all(abs(number) < MAX_POINTS for number in numbers) or not 0.5 < size < 1000:
            continue
        room = (0.0, 0.0)
        if pdfium.FPDFText_GetLooseCharBox(text, index, loose):
            room = (_room(left.value - loose.left, size), _room(loose.right - right.value, size))
        found.append((Glyph(_typed(character), *numbers, spaced, parted, room), (bottom.value, top.value)))
        spaced = parted = False
    return found


def _room(room: float, size: float) -> float:
    """White space beside a character as the font has it; a broken font may say anything."""
    return room if 0 <= room < size else 0.0


def _typed(character: str) -> str:
    """The character that an author would have typed for one that a font names otherwise."""
    return unicodedata.normalize("NFKC", character) if _LOOKALIKE.match(character) else character


def _upright(found: Sequence[tuple[Glyph, tuple[float, float]]]) -> list[Glyph]:
    """The glyphs as they are, or, where most follow one another downwards, turned so that columns are lines."""
    steps = Counter(
        "down" if abs(b.left - a.left) < 0.6 * a.size and bottom - top > -0.4 * a.size else "across"
        for (a, (bottom, _)), (b, (_, top)) in pairwise(found)
        if abs(b.left - a.left) < 3 * a.size and abs(bottom - top) < 3 * a.size
    )
    if steps["down"] <= steps["across"]:
        return [glyph for glyph, _ in found]
    turned: list[Glyph] = []
    for glyph, (bottom, top) in found:
        base = (glyph.left + glyph.right) / 2
        if turned and abs(turned[-1].base - base) < 0.5 * glyph.size:
            base = turned[-1].base  # Latin words lie on their side, off the middle of the column
        half = max(glyph.size if is_wide(glyph.text[0]) else 0.0, top - bottom) / 2
        middle = -(top + bottom) / 2
        turned.append(replace(glyph, left=middle - half, right=middle + half, base=base, room=(0.0, 0.0)))
    return turned
