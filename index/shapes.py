"""The text of a document that brings its own structure (Word, a web page, a book), block by block."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.article import Block, BlockKind, Footnote, Place, SourceMap
from index.repair.compose import Repaired
from index.repair.lines import ends_sentence
from index.repair.structure import author_of, is_heading_like, is_title_like

_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """A block of a document: ``text`` with lines parted by "\\n", ``line`` where it stands in the source.

    ``marks`` are the footnotes that the text refers to, each with the offset of its mark; a shape of kind
    "footnote" names its own in ``mark``.
    """

    kind: BlockKind
    text: str
    line: int
    level: int = 0
    marks: tuple[tuple[int, str], ...] = ()
    mark: str = ""


def spaced(text: str) -> str:
    """The text with every run of white space as one space, as a browser shows it.

    >>> spaced("two\\n  lines ")
    'two lines '
    """
    return _SPACE.sub(" ", text)


def whole(shapes: Iterable[Shape], *, title: str = "", author: str = "") -> Repaired:
    """The shapes as one text, a blank line between them; footnotes come last.

    ``title`` and ``author`` are what the file says of itself: used where the text does not show them.

    >>> found = whole([Shape("title", "水", 1), Shape("paragraph", "水會蒸發。", 2)])
    >>> found.text, found.title, found.source_map.at(4).line
    ('水\\n\\n水會蒸發。', '水', 2)
    """
    every = _headed([shape for shape in shapes if shape.text.strip()], author)
    shown = [shape for shape in every if shape.kind != "footnote"]
    shown += [shape for shape in every if shape.kind == "footnote"]
    parts: list[str] = []
    blocks: list[Block] = []
    anchors: dict[str, int] = {}
    length = 0
    for shape in shown:
        if parts:
            parts.append("\n\n")
            length += 2
        for offset, mark in shape.marks:
            anchors.setdefault(mark, length + offset)
        blocks.append(Block(shape.kind, length, length + len(shape.text), shape.level))
        parts.append(shape.text)
        length += len(shape.text)
    text = "".join(parts)
    starts = (0, *(block.start for block in blocks[1:]))
    notes = [
        Footnote(shape.mark, anchors.get(shape.mark), block.start, block.end)
        for shape, block in zip(shown, blocks, strict=True)
        if shape.kind == "footnote"
    ]
    named = {block.kind: text[block.start : block.end] for block in reversed(blocks)}
    byline = named.get("author", "")
    return Repaired(
        text,
        SourceMap(starts, tuple(Place(shape.line) for shape in shown) or (Place(1),)),
        tuple(blocks),
        named.get("title", "") or title,
        author_of(byline) or byline or author,
        tuple(notes),
    )


def _headed(shapes: list[Shape], author: str) -> list[Shape]:
    """The shapes with title, author and headings found where the document shows them but does not name them."""
    found = [*shapes]
    first = shapes[0] if len(shapes) > 1 and not any(shape.kind == "title" for shape in shapes) else None
    if first and first.kind == "paragraph" and is_title_like(first.text) and not author_of(first.text):
        found[0] = replace(first, kind="title")
    for index, shape in enumerate(found[:6]):
        if shape.kind == "paragraph" and (author_of(shape.text) or shape.text == author):
            found[index] = replace(shape, kind="author")
    if any(shape.kind == "heading" for shape in shapes):
        return found
    for index in range(1, len(found) - 1):
        before, shape, after = found[index - 1 : index + 2]
        heads = before.kind != "paragraph" or ends_sentence(before.text)
        prose = shape.kind == after.kind == "paragraph" and ends_sentence(after.text)
        if heads and prose and is_heading_like(shape.text):
            found[index] = replace(shape, kind="heading", level=1)
    return found
