"""What every part of Wenda agrees on: an article, its passages, and a hit.

The one invariant: every span is a pair of character offsets into ``Article.text``, and the text of a
span is ``article.text[start:end]``, never a copy that could drift from it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Literal

BlockKind = Literal["title", "author", "heading", "paragraph", "list", "table", "code", "verse", "footnote"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character stood in the source file. ``line`` and ``page`` count from 1."""

    line: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Leads every offset of the repaired text back to its place in the source file.

    Run ``i`` covers the offsets from ``starts[i]`` up to ``starts[i + 1]``; ``starts`` is strictly
    increasing and begins with 0.

    >>> SourceMap((0, 4), (Place(1), Place(7))).at(5)
    Place(line=7, page=None)
    """

    starts: tuple[int, ...]
    places: tuple[Place, ...]

    def at(self, offset: int) -> Place:
        """The place of the character at ``offset`` (0 ≤ offset)."""
        return self.places[bisect_right(self.starts, offset) - 1]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or other unit of the text: ``article.text[start:end]``.

    ``level`` is 1, 2, … for headings and 0 otherwise. Blocks are in order, do not overlap, and leave out
    only white space and Markdown marks.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote, moved out of the sentence it cut to ``article.text[start:end]`` (without its mark).

    ``anchor`` is the offset in the text at which its mark stood, None where no mark was found.
    """

    mark: str
    anchor: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences under one heading: what is embedded, retrieved and shown.

    ``kind`` is that of its blocks; ``heading`` is the nearest heading above, "" at the top.
    """

    source: str
    text: str
    start: int
    end: int
    kind: BlockKind = "paragraph"
    heading: str = ""
    line: int = 1
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One source document, repaired. ``source`` is the name it was given (a path, or a label).

    ``title`` and ``author`` are "" where the document does not show them; where it does, they are blocks
    of ``text`` too, so that an answer can quote them.
    """

    source: str
    text: str
    source_map: SourceMap
    blocks: tuple[Block, ...]
    title: str = ""
    author: str = ""
    footnotes: tuple[Footnote, ...] = ()
    passages: tuple[Passage, ...] = field(default=(), repr=False)

    def place(self, offset: int) -> Place:
        """The line (and page, where there are pages) of the source at which ``text[offset]`` stood."""
        return self.source_map.at(offset)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; higher ``score`` is better, comparable within one query only.

    ``dense`` is the cosine (−1 to 1), ``lexical`` the BM25 score (≥ 0), ``late`` and ``context`` the scores of
    late interaction (−1 to 1), over words by themselves and in context: the parts that were fused into ``score``.
    """

    passage: Passage
    score: float
    dense: float = 0.0
    lexical: float = 0.0
    late: float = 0.0
    context: float = 0.0

    @property
    def source(self) -> str:
        """The source of the passage."""
        return self.passage.source

    @property
    def start(self) -> int:
        """Where the passage begins in its article's text."""
        return self.passage.start

    @property
    def end(self) -> int:
        """Where the passage ends in its article's text."""
        return self.passage.end


def replace_source(article: Article, source: str) -> Article:
    """The same article under another name.

    >>> replace_source(Article("a.txt", "", SourceMap((0,), (Place(1),)), ()), "b.txt").source
    'b.txt'
    """
    passages = tuple(replace(passage, source=source) for passage in article.passages)
    return replace(article, source=source, passages=passages)
