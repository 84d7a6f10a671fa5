"""Word (DOCX) → text: headings, paragraphs, lists, tables row by row, footnotes tied to their marks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.article import BlockKind
from index.docx_lists import ListMarks, formats_of
from index.errors import ReadError
from index.package import Package
from index.repair.compose import Repaired
from index.shapes import Shape, whole

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|標題|标题)\s*(\d)", re.IGNORECASE)
# What programs fill in by themselves.
_NOT_SAID = frozenset({"word document", "python-docx", "unknown", "untitled", "administrator", "user"})
_OLE = b"\xd0\xcf\x11\xe0"
_WORDS = {
    f"{_W}t",
    f"{_W}tab",
    f"{_W}br",
    f"{_W}cr",
    f"{_W}noBreakHyphen",
    f"{_W}footnoteReference",
    f"{_W}endnoteReference",
}
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(data: bytes, name: str) -> Repaired:
    """The text of a Word file; a place is the paragraph, counted from 1.

    Raises ReadError where the file is broken, locked, an old .doc, or empty.
    """
    from docx import Document

    if data.startswith(_OLE):  # what Word wraps a locked file in, and how it wrote .doc
        raise ReadError(
            f"{name}: needs a password or is an old .doc; open it and save it as .docx without one"
        )
    Package(data, name)  # nothing that unpacks without end
    try:
        document = Document(io.BytesIO(data))
        shapes = list(_shapes(document))
        about = document.core_properties
        title, author = about.title or "", about.author or ""
    except ReadError:
        raise
    except Exception as error:  # the library has no error of its own: any part may lack what it looks for
        raise ReadError(
            f"{name}: the file is broken or no Word document; open it and save it again"
        ) from error
    if not any(shape.text.strip() for shape in shapes):
        raise ReadError(f"{name}: no text in the document; pictures of text need text recognition first")
    title, author = (said if said.lower() not in _NOT_SAID else "" for said in (title, author))
    return whole(_renumbered(shapes), title=title, author=author)


def _renumbered(shapes: list[Shape]) -> Iterator[Shape]:
    """The shapes with their footnotes numbered as a reader sees them: in the order of their marks."""
    seen = [mark for shape in shapes for _, mark in shape.marks]
    numbers = {mark: str(number) for number, mark in enumerate(dict.fromkeys(seen), 1)}
    for shape in shapes:
        marks = tuple((offset, numbers[mark]) for offset, mark in shape.marks)
        yield replace(shape, marks=marks, mark=numbers.get(shape.mark, shape.mark))


def _shapes(document: Document) -> Iterator[Shape]:
    lists = ListMarks(formats_of(document))
    items: list[Shape] = []
    titled = False
    for line, block in enumerate(document.iter_inner_content(), 1):
        shape = _shape(block, line, lists)
        if shape.kind == "title":
            shape = replace(shape, kind="heading", level=1) if titled else shape
            titled = True
        if not shape.text.strip():
            continue
        if shape.kind == "list":
            items.append(shape)
            continue
        if items:
            yield _one_list(items)
            items.clear()
        yield shape
    if items:
        yield _one_list(items)
    yield from _notes(document)


def _shape(block: Paragraph | Table, line: int, lists: ListMarks) -> Shape:
    """One block of the document; an item of a list stands alone yet."""
    from docx.table import Table

    if isinstance(block, Table):
        return Shape("table", "\n".join(_rows(block)), line)
    text, marks = _words(block)
    kind, level = _kind(block)
    item = lists.item(block) if kind == "paragraph" and text else None
    if item is not None:
        return Shape("list", item + text, line, marks=tuple((len(item) + at, mark) for at, mark in marks))
    return Shape(kind, text, line, level, marks)


def _one_list(items: list[Shape]) -> Shape:
    """The items as one block, a line each."""
    text, marks = "", []
    for item in items:
        text += "\n" if text else ""
        marks += [(len(text) + at, mark) for at, mark in item.marks]
        text += item.text
    return Shape("list", text, items[0].line, marks=tuple(marks))


def _kind(paragraph: Paragraph) -> tuple[BlockKind, int]:
    """What a paragraph is by its style."""
    style = paragraph.style
    named = str(style.name or "") if style is not None else ""
    heading = _HEADING.match(named)
    if heading and heading[1] != "0":
        return "heading", int(heading[1])
    if named.lower() in {"title", "標題", "标题"}:
        return "title", 0
    if named.lower() in {"author", "authors", "作者"}:
        return "author", 0
    level = _outline(paragraph)
    if level:
        return "heading", level
    return "paragraph", 0


def _outline(paragraph: Paragraph) -> int:
    """The level that the paragraph or its style gives it whatever that is called, 1 to 9; 0 for no heading."""
    elements = [paragraph._p]
    style = paragraph.style
    while style is not None and len(elements) < 10:  # styles are based on styles
        elements.append(style.element)
        style = getattr(style, "base_style", None)
    for element in elements:
        found = element.find(f"{_W}pPr/{_W}outlineLvl")
        if found is not None:
            level = int(found.get(f"{_W}val", "9"))
            return level + 1 if level < 9 else 0
    return 0


def _words(paragraph: Paragraph) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The words of a paragraph, and the footnotes that it refers to with the offsets of their marks."""
    text, marks = _text(paragraph._p)
    lead = len(text) - len(text.lstrip())
    kept = text.strip()
    return kept, tuple((min(max(0, offset - lead), len(kept)), mark) for offset, mark in marks)


def _text(element: _Element) -> tuple[str, list[tuple[int, str]]]:
    text = ""
    marks: list[tuple[int, str]] = []
    for node in element.iter(*_WORDS):
        if node.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            marks.append((len(text), _mark(node)))
        else:
            text += _SIGNS.get(node.tag, node.text or "")
    return text, marks


def _mark(node: _Element) -> str:
    """A footnote's number; endnotes are counted apart."""
    return ("e" if "endnote" in node.tag else "") + str(node.get(f"{_W}id"))


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[object] = set()
        for cell in row.cells:
            if cell._tc not in seen:  # cells that were merged come again
                seen.add(cell._tc)
                cells.append(" ".join(cell.text.split()).replace("|", "/"))
        if any(cells):
            yield f"| {' | '.join(cells)} |"


def _notes(document: Document) -> Iterator[Shape]:
    """The footnotes and endnotes, which are parts of their own in the file."""
    from lxml import etree

    for relation in document.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if kind not in {"footnotes", "endnotes"} or relation.is_external:
            continue
        root = etree.fromstring(
            relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True)
        )
        for number, note in enumerate(root.iter(f"{_W}{kind[:-1]}"), 1):
            if note.get(f"{_W}type") is None:  # the lines that part notes from text are notes too
                text, _ = _text(note)
                yield Shape("footnote", " ".join(text.split()), number, mark=_mark(note))
