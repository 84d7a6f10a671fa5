"""The reading pane as HTML: the article as repaired, its quotes marked, its contents and the map of its passages.

Pure. What can be clicked carries ``data-at="article.offset"``, the number of the article and an offset in its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article, Block, Footnote, Passage
from qa.answer import Answer, Citation
from qa.language import detect
from ui.panel import Heat, degree, title, views, where
from ui.place import context
from ui.safe import clip, escape, isolate
from ui.texts import Words

# Of a long article this much is shown around the place that is read (characters); buttons lead further.
WINDOW = 40_000
# A map has at most this many cells; in a long article a cell stands for several passages.
CELLS = 72
_TAGS = {"title": "h2", "heading": "h3", "author": "p", "table": "pre", "code": "pre"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pane shows: article ``number``, open at ``offset``, with the quotes of the answer of ``turn``.

    ``current`` is the number of the quote to bring into view (0: none). ``heat`` is what ``qa.relevance`` gives.
    """

    number: int
    offset: int = 0
    given: Answer | None = None
    turn: int = 0
    current: int = 0
    heat: Heat | None = None


def pane(article: Article, reading: Reading, words: Words) -> str:
    """The whole pane."""
    quotes = _quotes(article, reading.given)
    shown = window(article.blocks, reading.offset)
    page = "".join(_block(article, block, quotes, reading, words) for block in shown)
    before, after = _further(article, shown, reading.number, words)
    here = _here(article, quotes, reading, words)
    return (
        f'<section class="wd-source wd-reader" data-turn="{reading.turn}" data-article="{reading.number}"'
        f' data-offset="{reading.offset}"'
        f' tabindex="0" aria-label="{escape(words.whole)}">'
        f'<div class="wd-over">{views("reader", words)}{here}{passage_map(article, reading.number, reading.heat, words)}</div>'
        f"{contents(article, reading.number, words, is_open=False)}"
        f'<div class="wd-page" lang="{detect(article.text[:500])}">{before}{page}{after}</div></section>'
    )


def contents(article: Article, number: int, words: Words, is_open: bool) -> str:
    """The headings of an article, to click; "" where it has none."""
    items = "".join(
        f'<li class="wd-level-{min(block.level, 4)}"><button type="button" class="wd-go" data-at="{number}.{block.start}">'
        f"{isolate(article.text[block.start : block.end])}</button></li>"
        for block in article.blocks
        if block.kind == "heading"
    )
    if not items:
        return ""
    opened = " open" * is_open
    return f'<details class="wd-contents"{opened}><summary>{escape(words.contents)}</summary><ul>{items}</ul></details>'


def passage_map(article: Article, number: int, heat: Heat | None, words: Words) -> str:
    """The article as a strip of passages, in order, as long as they are, the redder the nearer to the question."""
    if len(article.passages) < 2:
        return ""
    each = -(-len(article.passages) // CELLS)
    groups = [article.passages[i : i + each] for i in range(0, len(article.passages), each)]
    cells = "".join(_cell(group, number, heat or {}, words, stop=group is groups[0]) for group in groups)
    label = escape(words.map if heat else words.map_empty)
    return f'<div class="wd-map" role="group" aria-label="{label}" title="{label}">{cells}</div>'


def window(blocks: Sequence[Block], offset: int, size: int = WINDOW) -> Sequence[Block]:
    """The blocks around an offset, about ``size`` characters of them; at least one where there are any."""
    at = next((i for i, block in enumerate(blocks) if block.end > offset), len(blocks) - 1)
    first, last, room = at, at + 1, size
    while first > 0 and blocks[at].start - blocks[first - 1].start < size // 4:
        first -= 1
    while last < len(blocks) and blocks[last].end - blocks[first].start < room:
        last += 1
    return blocks[max(first, 0) : last]


def _quotes(article: Article, given: Answer | None) -> list[tuple[int, Citation]]:
    """The numbered quotes of an answer that still stand in this article."""
    numbered = enumerate(given.citations if given else (), start=1)
    return [
        (n, c) for n, c in numbered if c.source == article.source and article.text[c.start : c.end] == c.quote
    ]


def _block(
    article: Article, block: Block, quotes: Sequence[tuple[int, Citation]], reading: Reading, words: Words
) -> str:
    tag = _TAGS.get(block.kind, "p")
    text = _way_back(article, block, reading, words) + _marked(article, block, quotes, reading, words)
    return f'<{tag} class="wd-{block.kind}" data-start="{block.start}" data-end="{block.end}"><bdi>{text}</bdi></{tag}>'


def _marked(
    article: Article, block: Block, quotes: Sequence[tuple[int, Citation]], reading: Reading, words: Words
) -> str:
    """The text of a block, with what was quoted of it marked; where quotes overlap, the current one is whole."""
    parts, done = [], block.start
    first_choice = sorted(quotes, key=lambda pair: pair[0] != reading.current)
    taken: list[tuple[int, int, int]] = []
    for number, quote in first_choice:
        start, end = max(quote.start, block.start), min(quote.end, block.end)
        if start < end and all(end <= a or start >= b for a, b, _ in taken):
            taken.append((start, end, number))
    for start, end, number in sorted(taken):
        current = ' class="wd-current"' if number == reading.current else ""
        parts.append(
            f'{_text(article, done, start, reading, words)}<mark{current} data-number="{number}" tabindex="-1">'
            f"{_text(article, start, end, reading, words)}</mark>"
        )
        done = end
    return "".join(parts) + _text(article, done, block.end, reading, words)


def _text(article: Article, start: int, end: int, reading: Reading, words: Words) -> str:
    """A piece of the text with the marks of its footnotes where they stood; each leads to its footnote."""
    parts, done = [], start
    marks = [(n.anchor, n) for n in article.footnotes if n.anchor is not None and start < n.anchor <= end]
    for anchor, note in sorted(marks, key=lambda pair: pair[0]):
        label = words.to_footnote.format(mark=note.mark)
        # Markdown's own mark is part of the text, and then that is what leads to the footnote.
        own = f"[^{note.mark}]"
        own = own if article.text.startswith(own, anchor) and anchor + len(own) <= end else ""
        link = _reference(note, anchor, note.start, label, reading, own)
        parts += [escape(article.text[done:anchor]), link]
        done = anchor + len(own)
    return "".join(parts) + escape(article.text[done:end])


def _way_back(article: Article, block: Block, reading: Reading, words: Words) -> str:
    """The mark before a footnote, which leads back to where it stands in the text."""
    for note in article.footnotes:
        if note.anchor is not None and block.start <= note.start < block.end and block.kind == "footnote":
            label = words.from_footnote.format(mark=note.mark)
            return _reference(note, note.start, note.anchor, label, reading)
    return ""


def _reference(note: Footnote, here: int, there: int, label: str, reading: Reading, own: str = "") -> str:
    """A mark at one offset that leads to another.

    It is drawn from an attribute where the article's text has no mark of its ``own``, so that text stays text.
    """
    drawn = "" if own else f' data-mark="{escape(note.mark)}"'
    return (
        f'<button type="button" class="wd-ref" data-ref="{here}" data-at="{reading.number}.{there}"'
        f'{drawn} aria-label="{escape(label)}">{escape(own)}</button>'
    )


def _here(article: Article, quotes: Sequence[tuple[int, Citation]], reading: Reading, words: Words) -> str:
    """What is read: the place of the quote in view, or the title alone."""
    name = title(article, words)
    for number, quote in quotes:
        if number == reading.current:
            around = context(article, quote.start, quote.end)
            badge = f'<span class="wd-number" aria-hidden="true">{number}</span>'
            return f'<div class="wd-here" role="status">{badge}{where(name, around, quote.page, quote.line, words)}</div>'
    return f'<div class="wd-here"><p class="wd-where"><cite>{isolate(name)}</cite></p></div>'


def _further(article: Article, shown: Sequence[Block], number: int, words: Words) -> tuple[str, str]:
    """Buttons to what stands before and after the part that is shown, where there is more."""

    def button(offset: int, label: str) -> str:
        return f'<p class="wd-further"><button type="button" class="wd-open" data-at="{number}.{offset}">{escape(label)}</button></p>'

    if not shown:
        return "", ""
    before = button(max(0, shown[0].start - 1), words.earlier) if shown[0] is not article.blocks[0] else ""
    after = button(shown[-1].end + 1, words.later) if shown[-1] is not article.blocks[-1] else ""
    return before, after


def _cell(group: Sequence[Passage], number: int, heat: Heat, words: Words, stop: bool) -> str:
    """One cell: its length that of its passages, its colour that of the most relevant of them, where it leads."""
    best = max(group, key=lambda passage: heat.get((passage.source, passage.start), 0.0))
    value = heat.get((best.source, best.start), 0.0)
    name = clip(" ".join((best.heading or best.text).split()), 40)
    label = escape(words.map_cell.format(name=name, degree=degree(value, words)) if heat else name)
    length = max(1, group[-1].end - group[0].start)
    return (
        f'<button type="button" class="wd-cell" tabindex="{0 if stop else -1}" data-at="{number}.{best.start}"'
        f' style="flex-grow:{length};--heat:{round(value * 100)}%" aria-label="{label}" title="{label}"></button>'
    )
