"""Running heads, running feet and page numbers: found by what they are and by the sentence they cut."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from index.repair.lines import Line, columns, ends_sentence, item_marker, without
from index.repair.measure import Page

_NUMBER = re.compile(r"[-–—·.|│\s]*(\d{1,4})[-–—·.|│\s]*")
_PAGE_NUMBER = re.compile(
    r"[-–—]\s*\d{1,4}\s*[-–—]"
    r"|[-–—(（\[]?\s*第\s*[\d一二三四五六七八九十百]{1,5}\s*[頁页]\s*(?:[,，/／]?\s*共\s*\d+\s*[頁页])?\s*[-–—)）\]]?"
    r"|(?:[Pp]age|PAGE|[Pp]\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*[/／]\s*\d{1,4}"
)
_BAR = re.compile(r"[│┃｜|]|ISSN|^(?:https?://|www\.)\S+$")
_ISSUE = re.compile(
    r"第\s*[\d一二三四五六七八九十百零○〇]+\s*[卷期號号輯辑冊册]|(?:^|\s)(?:[Vv]ol|[Nn]o|[Ii]ssue)\.?\s*\d"
    r"|學報|学报|[季月週周雙双半年]刊|Journal|Review|Quarterly|Bulletin|Proceedings"
    r"|^\d{1,4}[\s　]*[^\d\s年月日.、)）]|[^\d年月第\s.,，][\s　]+\d{1,4}$"
)
_CAPTION = re.compile(r"[（(]?(?:圖|图|表|照片|[Ff]ig(?:ure)?\.?|[Tt]able)\s*[\d一二三四五六七八九十]")
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


def is_page_number(text: str) -> bool:
    """Whether the line could be a page number and nothing else.

    >>> [is_page_number(text) for text in ("21", "- 7 -", "第 3 頁", "Page 2 of 9", "2014年")]
    [True, True, True, True, False]
    """
    return bool(_NUMBER.fullmatch(text) or _PAGE_NUMBER.fullmatch(text))


def _candidates(lines: Sequence[Line], page: Page | None) -> dict[int, str]:
    """Index → why the line may be furniture: "page", "number", "head" (it comes again) or "issue"."""
    candidates: dict[int, str] = {}
    again: defaultdict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        text = line.text
        if _PAGE_NUMBER.fullmatch(text):
            candidates[index] = "page"
        elif _NUMBER.fullmatch(text):
            candidates[index] = "number"
        elif (
            len(text) > 1 and columns(text) <= _LONGEST and not ends_sentence(text) and not _is_content(text)
        ):
            again[_key(text)].append(index)
            if _BAR.search(text) or (_ISSUE.search(text) and _is_short(lines, index, page)):
                candidates[index] = "issue"
    for indices in again.values():
        if len(indices) > 1:
            candidates.update(dict.fromkeys(indices, "head"))
    return candidates


def _is_short(lines: Sequence[Line], index: int, page: Page | None) -> bool:
    """Whether the line falls well short of the page's width, as lines inside a paragraph do not."""
    return page is not None and page.width(lines[index]) < 0.8 * page.full(lines[index])


def _is_content(text: str) -> bool:
    return bool(_CAPTION.match(text)) or item_marker(text) is not None or text[-1] in "，、；：,;:"


def _key(text: str) -> str:
    """A running head without its page number."""
    return re.sub(r"\s+|^\d+|\d+$", "", re.sub(r"[│|｜·\-–—]", " ", text).strip())


def _confirmed(lines: Sequence[Line], candidates: dict[int, str], page: Page | None) -> set[int]:
    """The candidates that are furniture, run by run: what cuts a sentence, stands beside a page's end, or comes
    again like one that does."""
    sure: set[int] = set()
    keys: set[str] = set()
    runs = _runs(candidates)
    for run in runs:
        if _cuts(lines, run, page):
            sure.update(run)
            keys.update(
                _key(lines[index].text) for index in run if candidates.get(index) in {"head", "issue"}
            )
    numbered = any(candidates.get(index) in {"number", "page"} for index in sure)
    for run in runs:
        heads = [index for index in run if candidates.get(index) in {"head", "issue"}]
        known = any(_key(lines[index].text) in keys for index in heads)
        numbers = [index for index in run if candidates.get(index) in {"number", "page"}]
        if (
            known
            or (numbers and (numbered or (heads and candidates[heads[0]] == "head")))
            or _at_page_end(lines, run)
        ):
            sure.update(index for index in run if index in candidates)
    return sure - _title(lines, sure)


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
    return page is None or not page.was_broken(line, following)


def _at_page_end(lines: Sequence[Line], run: Sequence[int]) -> bool:
    """Whether a form feed stands beside the run."""
    first, last = run[0], run[-1]
    page = lines[first].page
    if page is None:
        return False
    before = first == 0 or lines[first - 1].page != page
    after = last + 1 == len(lines) or lines[last + 1].page != lines[last].page
    return (before and first > 0) or (after and last + 1 < len(lines))


def _title(lines: Sequence[Line], sure: set[int]) -> set[int]:
    """The first line of the file, where the running head repeats the title that stands there."""
    if 0 in sure and 1 not in sure and len(lines) > 1 and ends_sentence(lines[1].text[-40:] or ""):
        return {0}
    return set()
