"""Where a quote stands in its article, and the words around it: pure, on offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.article import Article, Block, BlockKind

# A block this short is shown whole; around a quote in a longer one this much is shown on either side.
WHOLE = 420
MARGIN = 160


@dataclass(frozen=True, slots=True)
class Context:
    """A quote and what stands before and after it in the same block, with an ellipsis where it was cut.

    ``heading`` is the nearest heading above, "" at the top; ``kind`` is that of the block.
    """

    before: str
    quote: str
    after: str
    heading: str
    kind: BlockKind


def find(articles: Iterable[Article], source: str) -> Article | None:
    """The article that was given the name ``source``."""
    return next((article for article in articles if article.source == source), None)


def context(article: Article, start: int, end: int) -> Context:
    """What to show around ``article.text[start:end]``."""
    block = _block(article, start)
    left, right = min(block.start, start), max(block.end, end)
    before, after = article.text[left:start], article.text[end:right]
    if right - left > WHOLE:
        before, after = _cut_front(before), _cut_back(after)
    return Context(before, article.text[start:end], after, _heading(article, start), block.kind)


def _block(article: Article, offset: int) -> Block:
    whole = Block("paragraph", 0, len(article.text))
    return next((block for block in article.blocks if block.start <= offset < block.end), whole)


def _heading(article: Article, offset: int) -> str:
    above = [block for block in article.blocks if block.kind == "heading" and block.end <= offset]
    return article.text[above[-1].start : above[-1].end] if above else ""


def _cut_front(text: str) -> str:
    """The last ``MARGIN`` characters, begun at a word or clause."""
    if len(text) <= MARGIN:
        return text
    return "…" + re.sub(r"^\w*\W*", "", text[-MARGIN:])


def _cut_back(text: str) -> str:
    """The first ``MARGIN`` characters, ended at a word or clause."""
    if len(text) <= MARGIN:
        return text
    return re.sub(r"\W*\w*$", "", text[:MARGIN]) + "…"
