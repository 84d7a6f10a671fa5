"""The blocks of a Markdown text, found by a CommonMark parser; the text itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from index.article import Block, BlockKind, Footnote
from index.repair.compose import Repaired, line_map
from index.repair.lines import split_lines
from index.repair.structure import author_of, is_name, is_verse

if TYPE_CHECKING:
    from markdown_it.token import Token

_LEADING_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*")
_HEADING_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)*#{1,6}[ \t]+")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*$")
_NOTE = re.compile(r"^\[\^(?P<mark>[^\]\s]+)\]:[ \t]*(?P<words>\S.*)$", flags=re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<keys>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", flags=re.DOTALL)
_KEY = re.compile(
    r"^(?P<key>title|author)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", flags=re.MULTILINE | re.IGNORECASE
)
_WHOLE: dict[str, BlockKind] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}


def read_markdown(text: str) -> Repaired:
    """The text unchanged, with its blocks: a heading spans its words without ``#``, a list or table all its lines.

    The title is the first heading of the first level, or the front matter's; the author is named by a line
    such as 「作者：…」, by a line right under the title that is nothing but a name, or by the front matter.

    >>> found = read_markdown("# 水的循環\\n\\n作者：王小明\\n\\n水會蒸發。\\n\\n- 雨\\n- 雪\\n")
    >>> [(block.kind, found.text[block.start:block.end]) for block in found.blocks][:3], found.title, found.author
    ([('title', '水的循環'), ('author', '作者：王小明'), ('paragraph', '水會蒸發。')], '水的循環', '王小明')
    """
    front, begin = _front_matter(text)
    blocks = [block for block in _blocks(text, begin) if block.start < block.end]
    footnotes = tuple(_footnotes(text))
    notes = [Block("footnote", note.start, note.end) for note in footnotes]
    blocks = [block for block in blocks if not any(_overlap(block, note) for note in notes)] + notes
    blocks.sort(key=lambda block: block.start)
    blocks, title = _with_title(text, blocks)
    blocks = _with_byline(text, blocks)
    bylines = (_unmarked(text[block.start : block.end]) for block in blocks if block.kind == "author")
    author = next((author_of(line) or line for line in bylines), "")
    return Repaired(
        text,
        line_map(text, split_lines(text)),
        tuple(blocks),
        front.get("title", "") or title,
        front.get("author", "") or author,
        footnotes,
    )


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """Title and author as the front matter gives them, and where the text begins after it."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0
    keys = {m["key"].lower(): m["value"].strip("\"'") for m in _KEY.finditer(match["keys"])}
    return keys, match.end()


def _blocks(text: str, begin: int) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    starts = [begin, *(begin + match.end() for match in re.finditer("\n", text[begin:]))]
    tokens = MarkdownIt("commonmark").enable("table").parse(text[begin:])
    inside = -1  # the level of the list or table whose tokens are being passed over
    for index, token in enumerate(tokens):
        if inside >= 0:
            inside = -1 if token.nesting == -1 and token.level == inside else inside
            continue
        if token.map is None or token.type == "inline":
            continue
        first, last = starts[token.map[0]], _offset(starts, token.map[1], text)
        if token.type in _WHOLE:
            yield _span(text, _WHOLE[token.type], first, last)
            inside = token.level if token.nesting == 1 else -1
        elif token.type == "heading_open":
            yield _heading(text, token, first, last)
        elif token.type == "paragraph_open":
            yield _span(text, _kind(text[first:last], tokens[index + 1]), first, last)
        elif token.type == "html_block" and not text[first:last].lstrip().startswith("<!--"):
            yield _span(text, "paragraph", first, last)


def _offset(starts: Sequence[int], line: int, text: str) -> int:
    return starts[line] if line < len(starts) else len(text)


def _span(text: str, kind: BlockKind, first: int, last: int) -> Block:
    """A block of whole lines, without the white space and the quote marks around it."""
    marks = _LEADING_MARKS.match(text, first, last)
    start = marks.end() if marks and kind != "code" else first
    return Block(kind, start, first + len(text[first:last].rstrip()))


def _heading(text: str, token: Token, first: int, last: int) -> Block:
    """A heading's words, without ``#`` or the line below it."""
    marks = _HEADING_MARKS.match(text, first, last) or _LEADING_MARKS.match(text, first, last)
    start = marks.end() if marks else first
    if token.markup in {"=", "-"}:
        words = text[start:last].rstrip().rpartition("\n")[0].rstrip()
    else:
        words = _HEADING_END.sub("", text[start:last].rstrip())
    return Block("heading", start, start + len(words), int(token.tag[1]))


def _kind(text: str, inline: Token) -> BlockKind:
    """What a paragraph is: verse where its lines are broken on purpose, the author, or a paragraph."""
    if author_of(_unmarked(text)):
        return "author"
    if any(child.type == "hardbreak" for child in inline.children or ()):
        return "verse"
    lines = [line.strip() for line in text.strip().split("\n")]
    return "verse" if is_verse(lines) else "paragraph"


def _unmarked(text: str) -> str:
    """A paragraph's words without emphasis."""
    return text.strip().strip("*_").strip()


def _with_title(text: str, blocks: list[Block]) -> tuple[list[Block], str]:
    """The blocks with the first heading of the first level as the title, if nothing of weight stands before it."""
    for index, block in enumerate(blocks[:4]):
        if block.kind == "heading" and block.level == 1:
            found = [*blocks]
            found[index] = Block("title", block.start, block.end)
            return found, text[block.start : block.end]
        if block.kind not in {"author", "paragraph"}:
            break
    return blocks, ""


def _with_byline(text: str, blocks: list[Block]) -> list[Block]:
    """The blocks with what stands right under the title as the author, where it is nothing but names and none is known."""
    if any(block.kind == "author" for block in blocks):
        return blocks
    for title, block in pairwise(blocks):
        if (
            title.kind == "title"
            and block.kind == "paragraph"
            and is_name(_unmarked(text[block.start : block.end]))
        ):
            return [replace(b, kind="author") if b is block else b for b in blocks]
    return blocks


def _footnotes(text: str) -> Iterator[Footnote]:
    """The notes defined by ``[^mark]:``, with the place of ``[^mark]`` in the text."""
    for match in _NOTE.finditer(text):
        reference = re.search(re.escape(f"[^{match['mark']}]") + "(?!:)", text)
        yield Footnote(
            match["mark"], reference.start() if reference else None, match.start("words"), match.end("words")
        )


def _overlap(block: Block, note: Block) -> bool:
    return block.start < note.end and note.start < block.end
