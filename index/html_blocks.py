"""The tree of a page → its blocks: headings, paragraphs, lists, tables and footnotes, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.article import BlockKind
from index.html_main import NEVER, is_beside, is_unseen
from index.html_notes import Notes
from index.shapes import Shape, spaced

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
_DEEPEST = 200


# A footnote's mark stands in the words as this sign until they are put together; no page may hold it.
SIGN = "\x01"
_LINE = "\0"
_OWN_MARK = re.compile(r"\A\s*[\[(（〔【]?(?:\d{1,3}|[a-z*†‡①-⑳])[\])）〕】.、:：](?!\d)")
_BEFORE_MARK = re.compile(rf" (?={SIGN}+(?:[\s，。、；：！？」』）,.;:!?)]|$))")


def shapes_of(roots: Iterable[HtmlElement], *, main_only: bool, notes: Notes) -> list[Shape]:
    """The blocks of these trees in order; with ``main_only``, without what stands beside the text.

    ``notes`` are those of the page or the book; a note that stands beside the text, and whose mark was met, comes last.
    """
    walk = _Walk(main_only, notes)
    for root in roots:
        walk.visit(root)
        walk.flush()
    walk.add_missing_notes()
    return walk.shapes


@dataclass(slots=True)
class _Walk:
    """The shapes found so far, and the words that have not found theirs, with their marks."""

    main_only: bool
    notes: Notes
    shapes: list[Shape] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    met: set[HtmlElement] = field(default_factory=set)
    told: set[HtmlElement] = field(default_factory=set)
    line: int = 1

    def flush(self, kind: BlockKind = "paragraph", level: int = 0) -> None:
        """End the block at hand."""
        lines = [spaced(line).strip() for line in "".join(self.words).split(_LINE)]
        text = "\n".join(line for line in lines if line)
        self.words.clear()
        verse: BlockKind = "verse" if kind == "paragraph" and text.count("\n") > 1 else kind
        self._add(verse, text, level)

    def visit(self, element: HtmlElement, depth: int = 0) -> None:
        """An element with all that is in it; its tail is the parent's."""
        tag = element.tag
        if element in self.notes.bodies:
            self.flush()
            self._note(element)
            return
        if not isinstance(tag, str) or depth > _DEEPEST or self._is_passed_over(element):
            return
        if tag in _BLOCKS:
            self.flush()
            self.line = int(element.sourceline or self.line)
        if tag in {"ul", "ol", "dl"} and not any(
            item in self.notes.bodies for item in element.iter("li", "dd")
        ):
            self._add("list", "\n".join(self._items(element)))
        elif tag == "table" and _is_data(element):
            self._add("table", "\n".join(self._rows(element)))
        elif tag == "pre":
            self._add("code", "".join(element.itertext()).strip("\n").replace("\r", ""))
        elif tag == "br":
            self.words.append(_LINE)
        else:
            self.words.append(element.text or "")
            for child in element:
                self.words.append(self._mark(child))
                self.visit(child, depth + 1)
                self.words.append(child.tail or "")
            if tag[0] == "h" and tag[1:] in {"1", "2", "3", "4", "5", "6"}:
                self.words[:] = ["".join(self.words).replace(_LINE, " ")]
                self.flush("heading", int(tag[1:]))
            elif tag in _BLOCKS or tag in {"td", "th", "tr"}:
                self.flush()

    def add_missing_notes(self) -> None:
        """The notes that stand beside the text, and whose mark was met in it."""
        for body in self.notes.bodies:
            if body in self.met and body not in self.told:
                self._note(body)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        """A block whose words are together; the marks in them are noted and taken out."""
        first, *others = _BEFORE_MARK.sub("", text).split(SIGN)
        marks: list[tuple[int, str]] = []
        for other, mark in zip(others, self.marks, strict=False):
            marks.append((len(first), mark))
            first += other[1:] if first[-1:] in {" ", "\n", ""} and other[:1] == " " else other
        self.marks.clear()
        if first.strip():
            self.shapes.append(Shape(kind, first, self.line, level, tuple(marks)))

    def _note(self, body: HtmlElement) -> None:
        """A footnote, without its mark and the way back."""
        self.told.add(body)
        words = self._words(body).replace(SIGN, "")
        self.marks.clear()
        raised = next(body.iter("sup"), None)
        number = "".join(raised.itertext()).strip() if raised is not None else ""
        if 0 < len(number) < 5 and words.startswith(number):
            words = words[len(number) :]
        words = _OWN_MARK.sub("", words).strip()
        if words:
            line = int(body.sourceline or self.line)
            self.shapes.append(Shape("footnote", words, line, mark=self.notes.bodies[body]))

    def _mark(self, element: HtmlElement) -> str:
        """The sign for an element that is a mark, "" for any other."""
        body = self.notes.marks.get(element)
        if body is None:
            return ""
        self.marks.append(self.notes.bodies[body])
        self.met.add(body)
        return SIGN

    def _is_passed_over(self, element: HtmlElement) -> bool:
        if is_unseen(element) or element in self.notes.marks or element in self.notes.backs:
            return True
        return self.main_only and is_beside(element)

    def _words(self, element: HtmlElement) -> str:
        """The words of an element on one line, without scripts and readings set above the signs."""
        parts: list[str] = []
        self._collect(element, parts, 0)
        return spaced("".join(parts)).strip()

    def _collect(self, element: HtmlElement, parts: list[str], depth: int) -> None:
        parts.append(element.text or "")
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and depth < _DEEPEST:
                parts.append(self._mark(child))
                if not self._is_left_out(child):
                    parts.append(" " if tag in _BLOCKS or tag == "br" else "")
                    self._collect(child, parts, depth + 1)
            parts.append(child.tail or "")

    def _items(self, element: HtmlElement) -> Iterator[str]:
        """The items of a list, each on a line with its mark; an item of a list inside has two spaces before it."""
        inner = {id(e): 0 for e in element.iter("ul", "ol")}
        number = 0
        for item in element.iter("li", "dt", "dd"):
            words = item.text or ""
            for child in item:
                words += self._mark(child)
                told = isinstance(child.tag, str) and not self._is_left_out(child)
                if told and child.tag not in {"ul", "ol", "dl"}:
                    words += (" " if child.tag in _BLOCKS else "") + self._words(child)
                words += child.tail or ""
            depth = sum(id(parent) in inner for parent in item.iterancestors()) - 1
            number = number + 1 if depth <= 0 else number
            ordered = item.tag == "li" and element.tag == "ol" and depth <= 0
            mark = f"{number}. " if ordered else "- " if item.tag == "li" else ""
            if spaced(words).strip():
                yield f"{'  ' * max(0, depth)}{mark}{spaced(words).strip()}"

    def _is_left_out(self, element: HtmlElement) -> bool:
        return element.tag in NEVER or element in self.notes.marks or element in self.notes.backs

    def _rows(self, table: HtmlElement) -> Iterator[str]:
        for row in table.iter("tr"):
            cells = [self._words(cell).replace("|", "/") for cell in row if cell.tag in {"td", "th"}]
            if any(cells):
                yield f"| {' | '.join(cells)} |"


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data and not the layout of the page."""
    return (
        next(table.iter("ul", "p", "div", "h1", "h2", "h3"), None) is None
        or next(table.iter("th"), None) is not None
    )
