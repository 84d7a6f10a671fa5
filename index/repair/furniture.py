"""Running heads, running feet and page numbers: found by what they are and by the sentence they cut."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from index.repair.lines import (
    NUMBER,
    PAGE_NUMBER,
    Line,
    columns,
    ends_sentence,
    is_page_number,
    item_marker,
    without,
)
from index.repair.measure import Page

_BAR = re.compile(r"[│┃｜|]|ISSN|^(?:https?://|www\.)\S+$")
_ISSUE = re.compile(
    r"第\s*[\d一二三四五六七八九十百零○〇]+\s*[卷期號号輯辑冊册]|(?:^|\s)(?:[Vv]ol|[Nn]o|[Ii]ssue)\.?\s*\d"
    r"|學報|学报|[季月週周雙双半年]刊|Journal|Review|Quarterly|Bulletin|Proceedings"
    r"|^\d{1,4}[\s　]*[^\d\s年月日.、)）]|[^\d年月第\s.,，][\s　]+\d{1,4}$"
)
_CAPTION = re.compile(r"[（(]?(?:圖|图|表|照片|[Ff]ig(?:ure)?\.?|[Tt]able)\s*[\d一二三四五六七八九十]")
_PROSE = re.compile(r"[，。；！？]|[a-z][,;.] ")
_INNER_END = re.compile(r"[。！？]|[a-z][.!?] [A-Z]")
_HEADS = frozenset({"head", "issue", "alone"})
# A head or a foot is a short line (columns).
_LONGEST = 90


def without_furniture(lines: Sequence[Line], page: Page | None) -> list[Line]:
    """The lines without running heads, running feet and page numbers.

    The line after each one that was taken out has ``resumes`` set where the text goes on across it.

    >>> texts = ["水從海面蒸發，在高空遇冷成", "水之書", "12", "雲，再落下成雨。", "河水帶著泥沙流向", "水之書", "13", "大海。"]
    >>> [line.text for line in without_furniture([Line(i + 1, t) for i, t in enumerate(texts)], None)][:3]
    ['水從海面蒸發，在高空遇冷成', '雲，再落下成雨。', '河水帶著泥沙流向']
    """
    candidates = _candidates(lines, page)
    dropped = _confirmed(lines, candidates, page)
    return without(lines, dropped)


def _candidates(lines: Sequence[Line], page: Page | None) -> dict[int, str]:
    """Index → why the line may be furniture: "page", "number", "head" (it comes again), "issue" or "alone"."""
    candidates: dict[int, str] = {}
    again: defaultdict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if PAGE_NUMBER.fullmatch(line.text):
            candidates[index] = "page"
        elif NUMBER.fullmatch(line.text):
            candidates[index] = "number"
        elif len(line.text) > 1 and columns(line.text) <= _LONGEST and not ends_sentence(line.text):
            again[_key(line.text)].append(index)
    gaps = sum(line.gap > 0 for line in lines)
    scattered = gaps > len(lines) // 3
    for indices in again.values():
        others = [index for index in indices if not _is_content(lines[index].text)]
        apart = {index: _is_apart(lines, index) for index in others}
        short = {index: _is_short(lines, index, page, again) for index in others}
        beside = all(index - 1 in candidates or index + 1 in candidates for index in others)
        # What comes again inside paragraphs too is text.
        comes_again = len(others) > 1 and (
            all(short.values()) or beside or (not scattered and all(apart.values()))
        )
        for index in others:
            if comes_again:
                candidates[index] = "head"
            elif _BAR.search(lines[index].text) or (short[index] and _ISSUE.search(lines[index].text)):
                candidates[index] = "issue"
            elif short[index] and (apart[index] or not gaps) and not lines[index].text[0].islower():
                candidates[index] = "alone"
    return candidates


def _is_short(
    lines: Sequence[Line], index: int, page: Page | None, again: Mapping[str, Sequence[int]]
) -> bool:
    """Whether the line was broken well short of the page's width, as lines inside a paragraph are not."""
    line = lines[index]
    if page is None or page.width(line) >= 0.8 * page.full(line):
        return False
    # The text goes on after the page's foot and the next one's head: a few lines at most.
    following = index + 1
    while following < min(len(lines), index + 5) and (
        is_page_number(lines[following].text) or len(again.get(_key(lines[following].text), "")) > 1
    ):
        following += 1
    return all(
        page.was_broken(line, other)
        for other in (*lines[index + 1 : index + 2], *lines[following : following + 1])
    )


def is_issue(text: str) -> bool:
    """Whether a short line names the issue of a periodical, as running heads do.

    >>> is_issue("遠景論壇　第十八期"), is_issue("Journal of Water, Vol. 3"), is_issue("水的循環")
    (True, True, False)
    """
    return bool(_BAR.search(text) or _ISSUE.search(text))


def _is_apart(lines: Sequence[Line], index: int) -> bool:
    """Whether blank lines stand around the line."""
    return lines[index].gap > 0 and (index + 1 == len(lines) or lines[index + 1].gap > 0)


def _is_content(text: str) -> bool:
    """Whether the line is text by its looks: a caption, an item, or with a sentence's end in it."""
    inside = bool(_INNER_END.search(text)) or text[-1] in "，、；：,;:"
    return inside or bool(_CAPTION.match(text)) or item_marker(text) is not None


def _key(text: str) -> str:
    """A running head without its page number."""
    return re.sub(r"\s+|^\d+|\d+$", "", re.sub(r"[│|｜·\-–—]", " ", text).strip())


def _confirmed(lines: Sequence[Line], candidates: dict[int, str], page: Page | None) -> set[int]:
    """The candidates that are furniture, run by run: what cuts a sentence, stands beside a page's end, or comes
    again like one that does."""
    runs = [
        run
        for run in _runs(candidates)
        if any(candidates[index] != "alone" for index in run) or _inside_prose(lines, run, page)
    ]
    sure = {index for run in runs if _cuts(lines, run, page) or _at_page_end(lines, run) for index in run}
    keys = {_key(lines[index].text) for index in sure if candidates[index] in _HEADS}
    numbered = any(candidates[index] not in _HEADS for index in sure)
    # A line that comes again is a running head where it mostly stands beside a page number.
    heads = Counter(_key(lines[i].text) for i, why in candidates.items() if why == "head")
    beside = Counter(
        _key(lines[index].text)
        for run in runs
        if any(candidates[other] not in _HEADS for other in run)
        for index in run
        if candidates[index] == "head"
    )
    keys.update(key for key, count in beside.items() if count > 1 and 2 * count >= heads[key])
    for run in runs:
        known = any(candidates[index] in _HEADS and _key(lines[index].text) in keys for index in run)
        numbers = [index for index in run if candidates[index] not in _HEADS]
        if known or (numbers and (numbered or _is_numbered_page(lines, numbers, candidates, page))):
            sure.update(index for index in run if candidates[index] != "alone")
    return sure - _title(lines, sure, page)


def _inside_prose(lines: Sequence[Line], run: Sequence[int], page: Page | None) -> bool:
    """Whether a short line without any other sign stands inside a paragraph of prose: one, with text around it."""
    before, after = run[0] - 1, run[-1] + 1
    return (
        len(run) == 1
        and _cuts(lines, run, page)
        and lines[after].indent < 2
        and bool(_PROSE.search(lines[before].text + "\n" + lines[max(before - 1, 0)].text))
    )


def _is_numbered_page(
    lines: Sequence[Line], numbers: Sequence[int], candidates: dict[int, str], page: Page | None
) -> bool:
    """Whether a number alone is a page's: of a wrapped text, and no year and no chapter."""
    if any(candidates[index] == "page" for index in numbers):
        return True
    if page is None:
        return False
    digits = NUMBER.fullmatch(lines[numbers[0]].text)
    return digits is not None and 1 < int(digits[1]) < 1000


def _runs(candidates: dict[int, str]) -> list[list[int]]:
    """Neighbouring candidates."""
    runs: list[list[int]] = []
    for index in sorted(candidates):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _cuts(lines: Sequence[Line], run: Sequence[int], page: Page | None) -> bool:
    """Whether a sentence goes on across the run."""
    before, after = run[0] - 1, run[-1] + 1
    if before < 0 or after >= len(lines):
        return False
    line, following = lines[before], lines[after]
    if ends_sentence(line.text) or line.text[-1] in "：:":
        return False
    if page is None:  # one paragraph a line: a long line that ends in mid-sentence
        return columns(line.text) > _LONGEST / 2 and bool(_PROSE.search(line.text))
    return not page.was_broken(line, following)


def _at_page_end(lines: Sequence[Line], run: Sequence[int]) -> bool:
    """Whether a form feed stands beside the run."""
    first, last = run[0], run[-1]
    page = lines[first].page
    if page is None:
        return False
    before = first == 0 or lines[first - 1].page != page
    after = last + 1 == len(lines) or lines[last + 1].page != lines[last].page
    return (before and first > 0) or (after and last + 1 < len(lines))


def _title(lines: Sequence[Line], sure: set[int], page: Page | None) -> set[int]:
    """The first line of the file, where the running head repeats the title that stands there."""
    if 0 not in sure or 1 in sure or len(lines) < 3 or page is None:
        return set()
    text_follows = ends_sentence(lines[1].text) or not page.was_broken(lines[1], lines[2])
    return {0} if text_follows else set()
