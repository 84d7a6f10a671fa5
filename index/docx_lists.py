"""The marks that Word puts before the items of a list: it counts them, the text does not hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNNUMBERED = frozenset({"bullet", "none", ""})
_DEEPEST = 9  # Word's own limit, of list levels and of styles that this looks through


@dataclass(slots=True)
class ListMarks:
    """Counts the items of one document in order. ``formats`` are those of each list and level, as "decimal"."""

    formats: Mapping[tuple[str, int], str]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def item(self, paragraph: Paragraph) -> str | None:
        """What to write before the paragraph's words ("- ", "3. ", two spaces more a level), None if it is no item."""
        place = _place(paragraph)
        style = paragraph.style
        named = str(style.name or "").lower() if style is not None else ""
        if place is None and not named.startswith("list"):
            return None
        number, level = place or (named, 0)
        if number == "0":  # a list that was taken off
            return None
        way = self.formats.get((number, level), "decimal" if "number" in named else "bullet")
        for deeper in range(level + 1, _DEEPEST):
            self.counts.pop((number, deeper), None)
        count = self.counts[number, level] = self.counts.get((number, level), 0) + 1
        return "  " * level + ("- " if way in _UNNUMBERED else f"{count}. ")


def formats_of(document: Document) -> dict[tuple[str, int], str]:
    """The number format of each list (by its id) and level, from the part of the file that defines them."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/numbering"):
            return dict(_formats(document.part.numbering_part.element))
    return {}


def _formats(root: _Element) -> Iterator[tuple[tuple[str, int], str]]:
    levels: dict[str, dict[int, str]] = {}
    for kind in root.iter(f"{_W}abstractNum"):
        levels[_value(kind, "abstractNumId")] = {
            _level(level): _value(level.find(f"{_W}numFmt"), "val") for level in kind.iter(f"{_W}lvl")
        }
    for number in root.iter(f"{_W}num"):
        of = levels.get(_value(number.find(f"{_W}abstractNumId"), "val"), {})
        for level, way in of.items():
            yield (_value(number, "numId"), level), way


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """The list and the level of a paragraph, its own or its style's."""
    elements = [paragraph._p]
    style = paragraph.style
    while style is not None and len(elements) < _DEEPEST:
        elements.append(style.element)
        style = getattr(style, "base_style", None)
    for element in elements:
        place = element.find(f"{_W}pPr/{_W}numPr")
        number = _value(place.find(f"{_W}numId"), "val") if place is not None else ""
        if place is not None and number:
            return number, _level(place.find(f"{_W}ilvl"), "val")
    return None


def _value(element: _Element | None, name: str) -> str:
    return "" if element is None else str(element.get(f"{_W}{name}", ""))


def _level(element: _Element | None, name: str = "ilvl") -> int:
    value = _value(element, name)
    return min(int(value), _DEEPEST - 1) if value.isascii() and value.isdecimal() else 0
