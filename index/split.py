"""An article cut into sentences and passages. Pure; no sentence is ever cut, no heading is crossed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from index.article import Article, Block, BlockKind, Passage
from index.sentence import Span, split_sentences

__all__ = ["MAX_UNITS", "Span", "passages", "sentences", "units"]

# About a paragraph. Between 140 and 320 the right passage is found about as often (DRCD dev, CMRC train and
# SQuADshifts, with equally much text read); below, sentences lose the words around them, above, quotes get lost.
MAX_UNITS = 250

# A line of these is a sentence; of "list" every item, which may hold several.
_BY_LINE = frozenset({"list", "table", "code", "verse"})
_WHOLE = frozenset({"title", "author", "heading"})
# What may share a passage with its neighbours; the rest stand alone.
_PACKED = frozenset({"paragraph", "list", "table", "code", "verse"})

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def units(text: str) -> float:
    """The length of a text as an encoder sees it: a Han character is 1, a word or number 1.5.

    >>> units("亞信會議 CICA 2014"), units("")
    (7.0, 0.0)
    """
    return len(_HAN.findall(text)) + 1.5 * len(_WORD.findall(text))


def _block_sentences(text: str, block: Block) -> Iterator[Span]:
    """The sentences of one block, as spans of the article's text."""
    lines = [Span(block.start, block.end)]
    if block.kind in _BY_LINE:
        lines = [
            Span(block.start + line.start(), block.start + line.end())
            for line in re.finditer(r"\S[^\n]*", text[block.start : block.end])
        ]
    for start, end in lines:
        if block.kind in ("paragraph", "footnote", "list"):
            inner = split_sentences(text[start:end])
        else:
            piece = text[start:end]
            inner = [Span(len(piece) - len(piece.lstrip()), len(piece.rstrip()))] if piece.strip() else []
        yield from (Span(start + a, start + b) for a, b in inner)


def sentences(article: Article, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences that overlap ``article.text[start:end]``, whole and in order.

    None crosses a block; together they hold every character of the blocks that is not white space. A
    heading, a table row, a line of code or verse is one sentence.

    >>> from index.article import Article, Block, Place, SourceMap
    >>> text = "三國演義\\n話說天下大勢。分久必合。"
    >>> blocks = (Block("title", 0, 4), Block("paragraph", 5, 17))
    >>> article = Article("a.txt", text, SourceMap((0,), (Place(1),)), blocks)
    >>> [text[a:b] for a, b in sentences(article)]
    ['三國演義', '話說天下大勢。', '分久必合。']
    >>> sentences(article, 13)
    [Span(start=12, end=17)]
    """
    end = len(article.text) if end is None else end
    found: list[Span] = []
    for block in article.blocks[bisect_right(article.blocks, start, key=lambda b: b.end) :]:
        if block.start >= end:
            break
        found += (s for s in _block_sentences(article.text, block) if s.start < end and s.end > start)
    return found


def _groups(article: Article) -> Iterator[tuple[BlockKind, str, list[Block]]]:
    """Runs of blocks that may share a passage, each with its kind and the heading it stands under."""
    anchors = {note.start: note.anchor for note in article.footnotes}
    headings = [block for block in article.blocks if block.kind == "heading"]
    starts = [block.start for block in headings]

    def heading_at(offset: int) -> str:
        above = bisect_right(starts, offset)
        return article.text[headings[above - 1].start : headings[above - 1].end].strip() if above else ""

    run: list[Block] = []
    for position, block in enumerate(article.blocks):
        if run and not _joins(article.text, run, block):
            yield run[0].kind, heading_at(run[0].start), run
            run = []
        if block.kind in _PACKED:
            run.append(block)
        elif block.kind == "footnote":  # it belongs where its mark stood, not where it was moved to
            anchor = anchors.get(block.start)
            yield block.kind, heading_at(block.start if anchor is None else anchor), [block]
        elif block.kind != "heading" or _is_bare(article.blocks, position):
            yield block.kind, "", [block]
    if run:
        yield run[0].kind, heading_at(run[0].start), run


def _joins(text: str, run: list[Block], block: Block) -> bool:
    """Whether a block goes on with a run: of the same kind, or the list that its last words announce."""
    if block.kind == "list" and text[run[-1].start : run[-1].end].rstrip().endswith((":", "：")):
        return True
    return block.kind == run[0].kind


def _is_bare(blocks: tuple[Block, ...], position: int) -> bool:
    """Whether no body stands between this heading and the next one or the end."""
    below = next((b for b in blocks[position + 1 :] if b.kind in _PACKED or b.kind == "heading"), None)
    return below is None or below.kind == "heading"


def _packed(article: Article, blocks: list[Block], max_units: float) -> Iterator[Span]:
    """Whole sentences, as many to a span as ``max_units`` holds, at least one."""
    start = end = None
    filled = 0.0
    for block in blocks:
        for sentence in _block_sentences(article.text, block):
            size = units(article.text[sentence.start : sentence.end])
            if start is not None and end is not None and filled + size > max_units:
                yield Span(start, end)
                start, filled = None, 0.0
            start = sentence.start if start is None else start
            end, filled = sentence.end, filled + size
    if start is not None and end is not None:
        yield Span(start, end)


def passages(article: Article, max_units: float = MAX_UNITS) -> tuple[Passage, ...]:
    """The passages of an article, in order: runs of whole sentences under one heading.

    Each holds at most ``max_units`` (see ``units``), unless a single sentence is longer. Title, author
    and every footnote are passages of their own; a heading is one only where nothing stands under it.
    ``article.text[p.start:p.end] == p.text`` for all.

    >>> from index.article import Article, Block, Place, SourceMap
    >>> text = "緣起\\n話說天下大勢。分久必合。"
    >>> blocks = (Block("heading", 0, 2, 1), Block("paragraph", 3, 15))
    >>> article = Article("a.txt", text, SourceMap((0, 3), (Place(1), Place(2))), blocks)
    >>> [(p.heading, p.text, p.line) for p in passages(article, max_units=8)]
    [('緣起', '話說天下大勢。', 2), ('緣起', '分久必合。', 2)]
    """
    found: list[Passage] = []
    for kind, heading, blocks in _groups(article):
        for start, end in _packed(article, blocks, max_units):
            place = article.place(start)
            found.append(
                Passage(
                    source=article.source,
                    text=article.text[start:end],
                    start=start,
                    end=end,
                    kind=kind,
                    heading=heading,
                    line=place.line,
                    page=place.page,
                )
            )
    return tuple(found)
