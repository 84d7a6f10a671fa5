"""The width of the page: whether a text was wrapped, and at which width.

Each line that ends inside a sentence votes for every width that could have made it end there: it fits,
and the first word of the next line would not have. A wrapped text agrees on a width; a poem, a list or
text with one paragraph a line does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.repair.lines import (
    Line,
    columns,
    ends_sentence,
    first_token,
    is_latin,
    is_page_number,
    is_wide,
    item_marker,
)

# Narrower than this, lines that agree are verse or a list, not a page (columns).
_NARROWEST = 20
# Set by a program, nearly all lines agree exactly; set with stretched spaces, most agree nearly.
_EXACT, _AGREED, _NEARLY = 0.85, 0.6, 0.7
_COMMA_END = re.compile(r"[，、；：,;:]$")
_INNER_STOP = re.compile(r"[，。；：！？]|[a-z][,;.] ")
_CLAUSE = re.compile(r"[，。；！？]|[a-z][,;.] ")
_TABLE_ROW = re.compile(r"\t.*\S|\|.*\|.*\||\S {3,}\S+.* {3,}\S")

Measure = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Page:
    """The measure of a wrapped text: the width of its Han lines and of its Latin lines.

    Widths are counted by ``measure``: columns, or plain characters. ``slack`` is 0 for text wrapped by a
    program, whose widths are exact, and larger where a page was set with stretched spaces. ``lost`` is
    the width of the indent that first lines had on the page and lack in the text.
    """

    measure: Measure
    han: int
    latin: int
    slack: int
    lost: int

    def width(self, line: Line) -> int:
        """The width of the line, its indent included where it is more than a stray space."""
        return _width(self.measure, line)

    def full(self, line: Line) -> int:
        """The width of a full line in the script of this one."""
        return self.latin if is_latin(line.text) else self.han

    def room(self, line: Line, following: Line) -> int:
        """How much would have been left on the line, had the next word stood on it; negative if it would not fit."""
        lost = self.lost if line.opens else 0
        return self.full(line) - self.width(line) - lost - _need(self.measure, line, following)

    def was_broken(self, line: Line, following: Line) -> bool:
        """Whether the next word would have fitted on the line, so that somebody broke it on purpose."""
        room, full = self.room(line, following), self.full(line)
        if ends_sentence(line.text):
            return room >= self.slack
        if self.slack:
            return room >= full // 4
        # A first line may lack an indent of four columns that it had: only one that looks like a heading
        # was broken for so little.
        indent = 4 if self.measure is columns else 2
        begins = following.text[0]
        prose = _CLAUSE.search(line.text) or begins == "（" or (begins.isascii() and not begins.isupper())
        return room >= (indent if line.opens and prose else 0)

    def opened(self, lines: Sequence[Line]) -> list[Line]:
        """The lines, with those that may begin a paragraph marked."""
        marked: list[Line] = []
        for line in lines:
            before = marked[-1] if marked else None
            opens = before is None or ends_sentence(before.text) or self.was_broken(before, line)
            marked.append(replace(line, opens=opens))
        return marked


@dataclass(frozen=True, slots=True)
class _Pair:
    """A line that ends inside a sentence, the next one, and whether a paragraph may begin with the first."""

    line: Line
    following: Line
    opens: bool


@dataclass(frozen=True, slots=True)
class _Vote:
    """A width, the indent lost at first lines, and how many of how many lines agree exactly."""

    width: int
    lost: int
    exact: int
    total: int

    @property
    def share(self) -> float:
        """The share of lines that agree exactly."""
        return self.exact / self.total


def is_table_row(line: Line) -> bool:
    """Whether the line is set in columns of a table."""
    return bool(_TABLE_ROW.search(line.text))


def page_of(lines: Sequence[Line]) -> Page | None:
    """The page that the lines were wrapped to, or None where they were not wrapped."""
    pairs = []
    opens = True
    for line, following in pairwise(_text_lines(lines)):
        done = ends_sentence(line.text)
        if not (done or item_marker(following.text) or is_table_row(line)):
            pairs.append(_Pair(line, following, opens))
        # After a sentence, or after a heading, which is much shorter.
        opens = done or 3 * len(line.text) < 2 * len(following.text)
    measures: tuple[Measure, ...] = (columns, len)
    found = [page for page in (_agreed(measure, lines, pairs) for measure in measures) if page]
    return max(found, key=lambda entry: entry[0])[1] if found else None


def _text_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers and lines that come again, which say nothing of the page's width."""
    times = Counter(line.text for line in lines)
    return [line for line in lines if times[line.text] == 1 and not is_page_number(line.text)]


def _agreed(measure: Measure, lines: Sequence[Line], pairs: Sequence[_Pair]) -> tuple[float, Page] | None:
    """The page on which most of the lines agree under this measure, with their share."""
    both = _vote(measure, pairs, lines)
    if both and _is_exact(both.exact, both.total):
        return both.share, Page(measure, both.width, both.width, 0, both.lost)
    votes: dict[bool, _Vote] = {}
    unheard = 0  # lines of a script that agree on nothing
    for latin in (False, True):
        mine = [pair for pair in pairs if is_latin(pair.line.text) == latin]
        vote = _vote(measure, mine, [line for line in lines if is_latin(line.text) == latin])
        if vote:
            votes[latin] = vote
        else:
            unheard += len(mine)
    # A line or two of one script say less than the many of the other.
    for latin in (False, True):
        if latin in votes and votes[latin].total < 3 and (not latin) in votes and votes[not latin].total > 8:
            del votes[latin]
    han, latin_vote = votes.get(False, votes.get(True)), votes.get(True, votes.get(False))
    if han is None or latin_vote is None:
        return None
    exact = sum(vote.exact for vote in votes.values())
    total = sum(vote.total for vote in votes.values()) + unheard
    slack = 0 if _is_exact(exact, total) else 3
    return exact / total, Page(measure, han.width, latin_vote.width, slack, max(han.lost, latin_vote.lost))


def _is_exact(exact: int, total: int) -> bool:
    """Whether so many lines agree that the widths are a program's; one heading among few lines is no disagreement."""
    return exact >= min(total - 1, _EXACT * total)


def _vote(measure: Measure, pairs: Sequence[_Pair], group: Sequence[Line]) -> _Vote | None:
    """The width on which these lines agree, None where they do not."""
    if not pairs:
        return None
    # Short lines are headings or a title: they do not speak against a page.
    usual = sorted(_width(measure, pair.line) for pair in pairs)[3 * len(pairs) // 4]
    pairs = [pair for pair in pairs if 2 * _width(measure, pair.line) >= usual]
    # A first line may lack the indent it had: the others are surer.
    spans = [_span(measure, pair) for pair in pairs if not pair.opens]
    spans = spans or [_span(measure, pair) for pair in pairs]
    width, exact = _most_covered(spans)
    if len(spans) >= 12 and not _is_exact(exact, len(spans)):
        nearby, near = _most_covered((low - 4, high + 1) for low, high in spans)
        if near < _NEARLY * len(spans):
            return None
        width = _commonest([low for low, _ in spans], nearby)
    elif exact < _AGREED * len(spans):
        return None
    elif len(spans) < 8:
        # Few votes leave room: lines that end a sentence may be wider.
        most = min(high for low, high in spans if low <= width <= high)
        width = max(
            (w for w in (_width(measure, line) for line in group) if width < w <= most), default=width
        )
    if not _credible(measure, width, pairs, group):
        return None
    opening = [_span(measure, pair) for pair in pairs if pair.opens]
    # An indent is mostly of four columns, or of two; it was lost where the first lines say so.
    indents = (4, 2) if measure is columns else (2, 1, 4)
    lost = max(indents, key=lambda indent: _covering(opening, width - indent))
    flush, short = _covering(opening, width), _covering(opening, width - lost)
    if short < flush + 2 and not short > flush == 0:
        lost = 0
    inside = [_span(measure, pair) for pair in pairs if not pair.opens]
    return _Vote(width, lost, _covering(inside, width) + _covering(opening, width - lost), len(pairs))


def _covering(spans: Iterable[tuple[int, int]], width: int) -> int:
    return sum(low <= width <= high for low, high in spans)


def _credible(measure: Measure, width: int, pairs: Sequence[_Pair], group: Sequence[Line]) -> bool:
    """Whether lines that agree on a width are a page and not verse, a list, or one long line."""
    if width < _NARROWEST * (1 if measure is columns else 0.5):
        return False
    wider = sum(_width(measure, line) > 1.25 * width for line in group)
    if wider > 0.15 * len(group):
        return False
    if len(pairs) > 3 and sum(bool(_COMMA_END.search(pair.line.text)) for pair in pairs) > 0.6 * len(pairs):
        return False
    # One or two lines are little to go by: they must read like prose that goes on, not like a heading.
    return len(pairs) > 2 or any(
        _INNER_STOP.search(pair.line.text) or pair.following.text[:1].islower() for pair in pairs
    )


def _width(measure: Measure, line: Line) -> int:
    marks = sum(len(mark) for _, mark in line.marks)  # they stood on the line too
    return measure(line.lead) + measure(line.text) + marks


def _span(measure: Measure, pair: _Pair) -> tuple[int, int]:
    """The least and the greatest width at which the line would have been wrapped where it was."""
    width = _width(measure, pair.line)
    return width, width + _need(measure, pair.line, pair.following) - 1


def _need(measure: Measure, line: Line, following: Line) -> int:
    """The width that the first word of the next line would have taken on this one."""
    space = not (is_wide(line.text[-1:]) or is_wide(following.text[:1]))
    token = first_token(following.text)
    marks = sum(len(mark) for offset, mark in following.marks if offset <= len(token))
    return measure(token) + marks + space


def _most_covered(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """A width covered by the most spans, the widest such span's least one, and by how many."""
    steps: Counter[int] = Counter()
    for low, high in spans:
        steps[low] += 1
        steps[high + 1] -= 1
    best = (0, 0)
    covering = 0
    for width in sorted(steps):
        covering += steps[width]
        if covering >= best[1]:
            best = (width, covering)
    return best


def _commonest(widths: Sequence[int], near: int) -> int:
    """The commonest width within a few columns of ``near``: stretched lines are a little off to both sides."""
    counts = Counter(width for width in widths if abs(width - near) <= 6)
    return max(counts, key=lambda width: (counts[width], width)) if counts else near
