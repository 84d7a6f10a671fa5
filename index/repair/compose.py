"""The repaired text, its blocks and footnotes, and the map that leads each character back to its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.article import Block, BlockKind, Footnote, Place, SourceMap
from index.repair.footnotes import Note
from index.repair.join import Spacing, breaks, glue, stray_spaces
from index.repair.lines import Line
from index.repair.measure import Page
from index.repair.structure import Unit, author_of, heading_level, is_name, is_title_like, units_of

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:-[A-Za-z\u00c0-\u024f]+)*")
_STARS = "＊*✽✻✱∗⁎"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What an ``Article`` is made of; see there."""

    text: str
    source_map: SourceMap
    blocks: tuple[Block, ...]
    title: str = ""
    author: str = ""
    footnotes: tuple[Footnote, ...] = ()


@dataclass(slots=True)
class _Sheet:
    """The text as it grows, with the runs of its map and the anchors of the marks met so far."""

    spacing: Spacing
    words: frozenset[str]
    parts: list[str] = field(default_factory=list)
    length: int = 0
    starts: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    anchors: dict[str, list[int]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def put(self, text: str) -> None:
        """Text that stands in no line of the source: it belongs to the line before."""
        self.parts.append(text)
        self.length += len(text)

    def drop(self, count: int) -> None:
        """Take back the last characters of the line just written."""
        self.parts[-1] = self.parts[-1][:-count]
        self.length -= count

    def line(self, line: Line) -> None:
        """A line of the source, without its stray spaces."""
        place = Place(line.number, line.page)
        if not self.places:
            self.starts.append(0)
            self.places.append(place)
        elif self.places[-1] != place:
            self.starts.append(self.length)
            self.places.append(place)
        spaces = stray_spaces(line.text) if self.spacing.stray else []
        for offset, mark in line.marks:
            before = sum(space < offset for space in spaces)
            self.anchors.setdefault(mark, []).append(self.length + offset - before)
        kept, start = [], 0
        for space in spaces:
            kept.append(line.text[start:space])
            start = space + 1
        self.put("".join(kept) + line.text[start:])

    def row(self, lines: Sequence[Line]) -> None:
        """Lines joined into one."""
        for index, line in enumerate(lines):
            if index:
                drop, between = glue(lines[index - 1].text, line.text, self.spacing, self.words)
                if drop:
                    self.drop(drop)
                if between:
                    self.put(between)
            self.line(line)

    def block(
        self, kind: BlockKind, rows: Sequence[Sequence[Line]], level: int = 0, between: str = "\n\n"
    ) -> tuple[int, int]:
        """A block of rows; returns its span."""
        if self.length:
            self.put(between)
        start = self.length
        for index, row in enumerate(rows):
            if index:
                self.put("\n")
            self.row(row)
        self.blocks.append(Block(kind, start, self.length, level))
        return start, self.length

    def span(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return "".join(self.parts)[start:end]


def compose(
    units: Sequence[Unit],
    *,
    title: Sequence[Line],
    author: Sequence[Line],
    notes: Sequence[tuple[str, Sequence[Line]]],
    page: Page | None,
    spacing: Spacing,
) -> Repaired:
    """Title, author, body and footnotes, in this order, a blank line between blocks."""
    every = [line for unit in units for line in unit.lines]
    sheet = _Sheet(spacing, _words(every))
    names: dict[BlockKind, tuple[int, int]] = {}
    if title:
        names["title"] = sheet.block("title", [title])
    if author:
        names["author"] = sheet.block("author", [author])
    kinds = head_kinds(units) if not title else {}
    for index, unit in enumerate(units):
        kind = kinds.get(index, unit.kind)
        # Text that was not wrapped keeps its paragraphs one a line where they were.
        between = "\n" if page is None and not unit.gap and not unit.rows[0][0].resumes else "\n\n"
        span = sheet.block(kind, unit.rows, heading_level(unit.text) if kind == "heading" else 0, between)
        if kind in {"title", "author"}:
            names[kind] = span
    footnotes = [note for mark, lines in notes if (note := _footnote(sheet, mark, lines))]
    text = "".join(sheet.parts)
    found = {kind: text[start:end] for kind, (start, end) in names.items()}
    byline = found.get("author", "")
    return Repaired(
        text,
        SourceMap(tuple(sheet.starts) or (0,), tuple(sheet.places) or (Place(1),)),
        tuple(sheet.blocks),
        found.get("title", ""),
        author_of(byline) or byline,
        tuple(footnotes),
    )


def _footnote(sheet: _Sheet, mark: str, lines: Sequence[Line]) -> Footnote | None:
    """One footnote set as a block at the end; None where a mark stands without words."""
    anchors = sheet.anchors.get(mark, [])
    anchor = anchors.pop(0) if anchors else None
    if not any(line.text.strip() for line in lines):
        return None
    start, end = sheet.block("footnote", [lines])
    return Footnote(mark, anchor, start, end)


def _words(lines: Sequence[Line]) -> frozenset[str]:
    """The Latin words that stand whole on a line, in lower case: no half of a word divided at a line's end."""
    found: set[str] = set()
    divided = False
    for line in lines:
        words = _WORD.findall(line.text)
        halves = line.text.endswith("-")
        found.update(word.lower() for word in words[divided : len(words) - halves])
        divided = halves
    return frozenset(found)


def head_kinds(units: Sequence[Unit]) -> dict[int, BlockKind]:
    """Which of the first units is the title and which names the author, by index."""
    kinds: dict[int, BlockKind] = {}
    if not units:
        return kinds
    if len(units) > 1 and _is_title(units[0], units[1]):
        kinds[0] = "title"
    for index in [*range(min(4, len(units))), len(units) - 1]:
        unit = units[index]
        if index not in kinds and len(unit.rows) == 1 and author_of(unit.text):
            kinds[index] = "author"
            return kinds
    if (
        0 in kinds
        and len(units) > 2
        and units[1].kind in {"heading", "paragraph"}
        and len(units[1].lines) == 1
    ):
        line = units[1].lines[0]
        if is_name(line.text) and len(line.text) > 2:
            kinds[1] = "author"
    return kinds


def _is_title(unit: Unit, following: Unit) -> bool:
    if len(unit.rows) != 1 or unit.kind not in {"heading", "paragraph"} or author_of(unit.text):
        return False
    if is_title_like(unit.text):
        return True
    # A title may be a question, where what follows is plainly text.
    asked = unit.text.endswith(("？", "?")) and len(unit.text) <= 60 and following.gap
    return asked and is_title_like(unit.text.rstrip("？?")) and len(following.text) > 3 * len(unit.text)


def as_it_is(text: str, lines: Sequence[Line], notes: Sequence[Note]) -> Repaired:
    """Text that needs no repair: unchanged, with its blocks found."""
    taken = {index: note for note in notes for index in range(note.first, note.end)}
    body = [line for index, line in enumerate(lines) if index not in taken]
    units = units_of(body, breaks(body, None))
    kinds = head_kinds(units)
    blocks: list[Block] = []
    names: dict[BlockKind, str] = {}
    for index, unit in enumerate(units):
        kind = kinds.get(index, unit.kind)
        first, last = unit.rows[0][0], unit.rows[-1][-1]
        end = last.start + len(last.text)
        blocks.append(Block(kind, first.start, end, heading_level(unit.text) if kind == "heading" else 0))
        names.setdefault(kind, text[first.start : end])
    footnotes = []
    for note in notes:
        last = lines[note.end - 1]
        start, end = lines[note.first].start + note.lead, last.start + len(last.text)
        anchor = lines[note.place[0]].start + note.place[1][0] if note.place else None
        footnotes.append(Footnote(note.mark, anchor, start, end))
        blocks.append(Block("footnote", start, end))
    blocks.sort(key=lambda block: block.start)
    return Repaired(
        text,
        line_map(text, lines),
        tuple(blocks),
        names.get("title", ""),
        author_of(names.get("author", "")) or names.get("author", ""),
        tuple(footnotes),
    )


def line_map(text: str, lines: Sequence[Line]) -> SourceMap:
    """The map of a text that stands as it does in its file."""
    starts, places = [0], [Place(1, lines[0].page if lines else None)]
    for line in lines:
        place = Place(line.number, line.page)
        begin = text.rfind("\n", 0, line.start) + 1
        if begin > starts[-1]:
            starts.append(begin)
            places.append(place)
        else:
            places[-1] = place
    return SourceMap(tuple(starts), tuple(places))
