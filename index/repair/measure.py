"""The width of the page: whether a text was wrapped, and at which width.

Each line that ends inside a sentence votes for every width that could have made it end there: it fits,
and the first word of the next line would not have. A wrapped text agrees on a width; a poem, a list or
text with one paragraph a line does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.repair.lines import Line, columns, ends_sentence, first_token, is_latin, is_wide, item_marker

# Narrower than this, lines that agree are verse or a list, not a page (columns).
_NARROWEST = 20
_COMMA_END = re.compile(r"[，、；：,;:]$")
_INNER_STOP = re.compile(r"[，。；：！？]|[a-z][,;.] ")
_TABLE_ROW = re.compile(r"\t.*\S|\|.*\|.*\||\S {3,}\S+.* {3,}\S")

Measure = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Page:
    """The measure of a wrapped text: the width of its Han lines and of its Latin lines.

    ``slack`` is 0 for text wrapped by a program, whose widths are exact, and larger where a page was
    set with stretched spaces. Widths are counted by ``measure``: columns, or plain characters.
    """

    measure: Measure
    han: int
    latin: int
    slack: int

    def width(self, line: Line) -> int:
        """The width of the line, its indent included where it is more than a stray space."""
        return self.measure(line.text) + (line.indent if line.indent > 1 else 0)

    def full(self, line: Line) -> int:
        """The width of a full line in the script of this one."""
        return self.latin if is_latin(line.text) else self.han

    def room(self, line: Line, following: Line) -> int:
        """How much would have been left on the line, had the next word stood on it; negative if it would not fit."""
        return self.full(line) - self.width(line) - _need(self.measure, line.text, following.text)

    def was_broken(self, line: Line, following: Line) -> bool:
        """Whether the next word would have fitted on the line, so that somebody broke it on purpose."""
        room = self.room(line, following)
        if not self.slack:
            return room >= 0
        return room >= self.slack if ends_sentence(line.text) else room >= self.full(line) // 4


def is_table_row(line: Line) -> bool:
    """Whether the line is set in columns of a table."""
    return bool(_TABLE_ROW.search(line.text))


def page_of(lines: Sequence[Line]) -> Page | None:
    """The page that the lines were wrapped to, or None where they were not wrapped."""
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if not ends_sentence(line.text)
        and not line.text.endswith(("-", "\u00ad", "\u2010"))
        and not item_marker(following.text)
        and not is_table_row(line)
    ]
    measures: tuple[Measure, ...] = (columns, len)
    found = [page for page in (_agreed(measure, lines, pairs) for measure in measures) if page]
    return max(found, key=lambda entry: entry[0])[1] if found else None


def _agreed(
    measure: Measure, lines: Sequence[Line], pairs: Sequence[tuple[Line, Line]]
) -> tuple[float, Page] | None:
    """The page on which most of the lines agree under this measure, with their share."""
    widths: dict[bool, int] = {}
    votes = total = exact = 0
    for latin in (False, True):
        mine = [pair for pair in pairs if is_latin(pair[0].text) == latin]
        group = [line for line in lines if is_latin(line.text) == latin]
        result = _vote(measure, mine, group)
        if result:
            widths[latin] = result[0]
            exact += result[1]
            votes += result[2]
            total += len(mine)
    if not widths:
        return None
    han = widths.get(False, widths.get(True, 0))
    latin_width = widths.get(True, han)
    slack = 0 if exact >= 0.85 * total else 3
    return exact / total + votes / 1e6, Page(measure, han, latin_width, slack)


def _vote(
    measure: Measure, pairs: Sequence[tuple[Line, Line]], group: Sequence[Line]
) -> tuple[int, int, int] | None:
    """The width of one script's lines, how many agree exactly and how many nearly; None where they do not agree."""
    if not pairs:
        return None
    spans = [_span(measure, *pair) for pair in pairs]
    width, exact = _most_covered(spans)
    loose_width, loose = _most_covered((low - 4, high + 1) for low, high in spans)
    if exact < 0.6 * len(pairs):
        if len(pairs) < 12 or loose < 0.7 * len(pairs):
            return None
        width = _commonest([low for low, _ in spans], loose_width)
    if not _credible(measure, width, pairs, group):
        return None
    return width, exact, loose


def _credible(
    measure: Measure, width: int, pairs: Sequence[tuple[Line, Line]], group: Sequence[Line]
) -> bool:
    """Whether lines that agree on a width are a page and not verse, a list, or one long line."""
    if width < _NARROWEST * (1 if measure is columns else 0.5):
        return False
    wider = sum(_width(measure, line) > 1.25 * width for line in group)
    if wider > 0.15 * len(group):
        return False
    if len(pairs) > 3 and sum(bool(_COMMA_END.search(line.text)) for line, _ in pairs) > 0.6 * len(pairs):
        return False
    # One or two lines are little to go by: they must read like prose that goes on, not like a heading.
    return len(pairs) > 2 or any(
        _INNER_STOP.search(line.text) or following.text[:1].islower() for line, following in pairs
    )


def _width(measure: Measure, line: Line) -> int:
    return measure(line.text) + (line.indent if line.indent > 1 else 0)


def _span(measure: Measure, line: Line, following: Line) -> tuple[int, int]:
    """The least and the greatest width at which ``line`` would have been wrapped where it was."""
    width = _width(measure, line)
    return width, width + _need(measure, line.text, following.text) - 1


def _need(measure: Measure, text: str, following: str) -> int:
    """The width that the first word of the next line would have taken on this one."""
    space = not (is_wide(text[-1:]) or is_wide(following[:1]))
    return measure(first_token(following)) + space


def _most_covered(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The least width covered by the most spans, and by how many."""
    steps: Counter[int] = Counter()
    for low, high in spans:
        steps[low] += 1
        steps[high + 1] -= 1
    best = (0, 0)
    covering = 0
    for width in sorted(steps):
        covering += steps[width]
        if covering > best[1]:
            best = (width, covering)
    return best


def _commonest(widths: Sequence[int], near: int) -> int:
    """The commonest width within a few columns of ``near``: stretched lines are a little off to both sides."""
    counts = Counter(width for width in widths if abs(width - near) <= 6)
    return max(counts, key=lambda width: (counts[width], width)) if counts else near
