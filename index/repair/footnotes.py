"""Footnotes: taken out of the text that they cut, and tied to the place of their mark."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.repair.lines import (
    CLOSERS,
    HAN,
    OPENERS,
    Line,
    ends_sentence,
    is_page_number,
    is_wide,
    item_marker,
    without,
)
from index.repair.measure import Page

_STARS = "＊*✽✻✱∗⁎"
_SUPERSCRIPTS = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")
# What a number may count, so that it is no mark: 「，2個」, 「、10 月」.
_COUNTED = r"\s?(?:[年月日號号時时點点分秒個个位名人國国次屆届種种項项條条歲岁天週周倍公元美億亿萬万千百％%餘多、，,.．：:–—~～/第-]|[至到]\d)"
_LEAD = re.compile(
    rf"(?P<star>[{_STARS}†‡])[ \t\u3000]*(?=[^\s{re.escape(_STARS)}])"
    r"|(?P<circle>[①-⑳])[ \t\u3000]*(?=\S)"
    r"|(?P<super>[¹²³⁴-⁹⁰]{1,3})[ \t\u3000]*(?=\S)"
    r"|[\[［〔【](?:註|注)?\s*(?P<bracket>\d{1,3})[\]］〕】][ \t\u3000:：]*(?=\S)"
    r"|[註注]\s*(?P<note>\d{1,3})\s*[:：.、][ \t\u3000]*(?=\S)"
    r"|(?P<digit>\d{1,3})(?:[.．、:：]?[ \t\u3000]+)(?=\S)"
    rf"|(?P<bare>\d{{1,2}})(?!{_COUNTED})(?=[{HAN}「《])"
)
_SPOT = re.compile(rf"(?<=\S)([{_STARS}†‡①-⑳]|[¹²³⁴-⁹⁰]{{1,3}}|(?<!\d)\d{{1,3}}(?!\d))")
# How many places that could be a mark are looked at, at either end of the text in question.
_REACH = 100
_AUTHOR_NOTE = re.compile(r"本?文?作者|筆者|The author|About the author", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote found: lines ``first`` to ``end`` (exclusive), its mark and the white space after it ``lead`` long.

    ``place`` is the line at which its mark stands in the text and the mark's span there, None if it has none.
    """

    mark: str
    first: int
    end: int
    lead: int
    place: tuple[int, tuple[int, int]] | None


def find_notes(lines: Sequence[Line], page: Page | None) -> list[Note]:
    """The footnotes among the lines, in order.

    A line is a footnote's first where its number stands as a mark in the text before it, and where it
    cuts a sentence, follows a blank line or another footnote; a star may also stand behind it, at the
    title or the author.

    >>> lines = [Line(i, t) for i, t in enumerate(["海水鹹，1河水", "1 據水文站記載。", "淡。"], 1)]
    >>> find_notes(lines, None)
    [Note(mark='1', first=1, end=2, lead=2, place=(0, (4, 5)))]
    """
    notes: list[Note] = []
    spots = _spots(lines)
    numbered = 0
    claimed = (0, 0)
    cuts = False  # whether the notes at this place cut a sentence
    index = 1
    while index < len(lines):
        lead = _LEAD.match(lines[index].text)
        if not lead or not _may_begin(lines, index, notes):
            index += 1
            continue
        kind = lead.lastgroup or ""
        mark = lead.group(kind).translate(_SUPERSCRIPTS)
        expected = not mark.isdecimal() or (mark == "1" or numbered < int(mark) <= numbered + 3)
        at = spots.get(_family(lead.group(kind)), [])
        place = _place_of(lines, at, lead.group(kind), kind, claimed, index) if expected else None
        about_author = kind == "star" and _AUTHOR_NOTE.match(lines[index].text, lead.end())
        if place is None and not about_author:
            index += 1
            continue
        if not (notes and notes[-1].end == index):
            cuts = not ends_sentence(lines[index - 1].text)
        end = _end_of(lines, index, page, cuts=cuts)
        notes.append(Note(mark, index, end, lead.end(), place))
        if place and place[0] < index and mark.isdecimal():
            numbered, claimed = int(mark), (place[0], place[1][1])
        index = end
    return notes


def without_notes(
    lines: Sequence[Line], notes: Sequence[Note]
) -> tuple[list[Line], list[tuple[str, list[Line]]]]:
    """The lines without the footnotes, their marks set apart in ``Line.marks``; and each note's mark and lines."""
    body = list(lines)
    # From right to left, so that the spans on one line stay true.
    for note in sorted(notes, key=lambda note: note.place or (0, (0, 0)), reverse=True):
        if note.place:
            at, span = note.place
            body[at] = _without_mark(body[at], span, note.mark)
    taken: set[int] = set()
    bodies: list[tuple[str, list[Line]]] = []
    for note in notes:
        taken.update(range(note.first, note.end))
        own = body[note.first : note.end]
        own[0] = replace(own[0], text=own[0].text[note.lead :])
        bodies.append((note.mark, own))
    return without(body, taken), bodies


def cuts_text(lines: Sequence[Line], notes: Sequence[Note]) -> bool:
    """Whether a footnote stands inside a sentence of an unwrapped text."""
    taken = {index for note in notes for index in range(note.first, note.end)}
    return any(
        note.end < len(lines)
        and note.end not in taken
        and note.first - 1 not in taken
        and not ends_sentence(lines[note.first - 1].text)
        for note in notes
    )


def _may_begin(lines: Sequence[Line], index: int, notes: Sequence[Note]) -> bool:
    """Whether a footnote could begin here: in mid-sentence, after another one, or after a blank line, where
    「1. 」 is rather a heading or an item of a list."""
    line, before = lines[index], lines[index - 1]
    if not ends_sentence(before.text) or (notes and notes[-1].end == index):
        return True
    return line.gap > 0 and item_marker(line.text) is None


_Place = tuple[int, tuple[int, int]]


def _spots(lines: Sequence[Line]) -> dict[str, list[int]]:
    """Mark → the lines in which something stands that could be it, so that each line is looked through once."""
    spots: defaultdict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        for mark in {_family(match.group(1)) for match in _SPOT.finditer(line.text)}:
            spots[mark].append(index)
    return spots


def _family(mark: str) -> str:
    """The mark, all stars being one."""
    return "*" if mark in _STARS else mark


def _place_of(
    lines: Sequence[Line], spots: Sequence[int], mark: str, kind: str, claimed: tuple[int, int], index: int
) -> _Place | None:
    """The line and the span at which the mark stands in the text: before the note, or for a star also after it."""
    first, begin = claimed if kind in {"digit", "bare"} else (0, 0)
    before = spots[bisect_left(spots, first) : bisect_left(spots, index)]
    if len(before) > 2 * _REACH:  # near the mark of the note before, or near this one
        before = [*before[:_REACH], *before[-_REACH:]]
    after = spots[bisect_right(spots, index) :][:_REACH] if kind == "star" else []
    for pattern in _patterns(mark, kind):
        for at in (*before, *after):
            match = pattern.search(lines[at].text, begin if at == claimed[0] else 0)
            if match:
                return at, match.span()
    return None


@lru_cache(maxsize=256)
def _patterns(mark: str, kind: str) -> tuple[re.Pattern[str], ...]:
    """How a mark stands in a sentence, the surest way first."""
    if kind == "star":
        family = _STARS if mark in _STARS else mark
        return (re.compile(rf"(?<=\S)[{re.escape(family)}](?=$|[\s，。、；：！？」』）)》{HAN}])"),)
    if kind in {"circle", "super"}:
        return (re.compile(rf"(?<=\S){re.escape(mark)}(?![¹²³⁴-⁹⁰])"),)
    if kind in {"bracket", "note"}:
        return (
            re.compile(rf"(?<=\S)[\[［〔【（(](?:註|注)?\s*{mark}[\]］〕】）)]|(?<=\S)[註注]\s*{mark}(?!\d)"),
        )
    letter = rf"[A-Za-z\u00c0-\u024f{HAN}{re.escape(CLOSERS)}]"
    after_stop = rf"(?:(?<=[。！？])|(?<=[。！？.!?][{re.escape(CLOSERS)}])|(?<={letter}[.!?]))"
    after_mark = rf"(?:(?<=[，、；：{re.escape(CLOSERS)}])|(?<={letter}[,;:]))"
    goes_on = rf"(?=$|\s|[^\W\d_]|[{re.escape(CLOSERS + OPENERS)}])"
    return (
        re.compile(rf"(?<=\S)\[{mark}\]|(?:{after_stop}|{after_mark}){mark}(?!{_COUNTED}){goes_on}"),
        re.compile(rf"{after_stop}{mark}{goes_on}"),
        re.compile(rf"(?<={letter}){mark}(?=$|[\s。，；：！？])(?!{_COUNTED})"),
    )


def _end_of(lines: Sequence[Line], start: int, page: Page | None, *, cuts: bool) -> int:
    """The index after the last line of the footnote that begins at ``start``."""
    if page is None:
        return start + 1
    widest = 0
    for index in range(start, len(lines) - 1):
        line, following = lines[index], lines[index + 1]
        lead = _LEAD.match(following.text)
        if (
            (lead and lead.lastgroup != "bare")
            or is_page_number(following.text)
            or following.page != line.page
        ):
            return index + 1
        # Notes are often set smaller, so that their lines hold more than the page's.
        room = page.room(line, following) + max(0, widest - page.full(line))
        short = room >= (page.slack if ends_sentence(line.text) or not page.slack else page.full(line) // 4)
        widest = max(widest, page.width(line))
        # After a sentence that fills its line the note may go on; but where it cuts a sentence, that must.
        if short or (ends_sentence(line.text) and (following.gap or cuts)):
            return index + 1
    return len(lines)


def _without_mark(line: Line, span: tuple[int, int], mark: str) -> Line:
    """The line with a mark cut out of its text and recorded with its offset."""
    start, end = span
    head, tail = line.text[:start], line.text[end:]
    if is_wide(head[-1:]):
        tail = tail.lstrip(" ")
    shift = len(line.text) - len(head) - len(tail)
    moved = ((offset if offset <= start else offset - shift, other) for offset, other in line.marks)
    return replace(line, text=head + tail, marks=tuple(sorted((*moved, (start, mark)))))
