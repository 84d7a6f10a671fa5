"""The lines of a plain text as they stand in the file, and what can be seen in one line alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

# Characters that take two columns: Han, kana, Hangul, full-width forms, and the marks set as wide in CJK text.
WIDE = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
OPENERS = "「『（《〈【〔［｛“‘(["
CLOSERS = "」』）》〉】〕］｝”’\"')]"
NO_START = CLOSERS + "，、。；：！？,.;:!?…％%"

NUMBER = re.compile(r"[-–—·|│\s]*(\d{1,4})[-–—·|│\s]*")
PAGE_NUMBER = re.compile(
    r"[-–—]\s*\d{1,4}\s*[-–—]"
    r"|[-–—(（\[]?\s*第\s*[\d一二三四五六七八九十百]{1,5}\s*[頁页]\s*(?:[,，/／]?\s*共\s*\d+\s*[頁页])?\s*[-–—)）\]]?"
    r"|(?:[Pp]age|PAGE|[Pp]\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
)

_NARROW = re.compile(f"[^{WIDE}]+")
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# A mark of a footnote may follow the stop: 「……出席。1」.
_SENTENCE_END = re.compile(
    rf"(?:[。！？!?…⋯｡]|(?<!\d)\.|(?<=\d\d)\.)[{re.escape(CLOSERS)}]*(?:\[\d+\]|\d{{1,2}}|[¹²³⁴-⁹①-⑳*＊†✽])?$"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(（])(?:pp?|vol|no|fig|figs|dr|mr|mrs|ms|prof|st|vs|cf|eds?|ch|sec|e\.g|i\.e|[A-Z])\.$",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"[{re.escape(OPENERS)}]*(?:[^\s{WIDE}]+|.)[{re.escape(NO_START)}]*|.", flags=re.DOTALL)
_ITEM = re.compile(
    r"(?P<bullet>[-*+•‧·◦▪■□●○◆◇★※–])[ \t\u3000]+\S"
    r"|(?P<number>\d{1,2}|[a-z])(?P<close>[.)、．])[ \t\u3000]*(?=[^\d\s])"
    r"|[(（](?P<paren>\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})[)）][ \t\u3000]*\S"
    r"|(?P<han>[一二三四五六七八九十]{1,3})、\S"
    r"|(?P<circle>[①-⑳])[ \t\u3000]*\S"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. ``text`` is without the white space around it.

    ``number`` counts from 1; ``indent`` is in columns; ``gap`` is how many blank lines stand before;
    ``page`` counts form feeds from 1, None in a file without any. ``marks`` are footnote marks taken
    out of ``text``, each with the offset at which it stood. ``resumes`` says that something which was
    no part of the text (a running head, a footnote) was taken out just before this line. ``start``
    is the offset of ``text`` in the file's text; ``opens`` says that a paragraph may begin here;
    ``lead`` is the white space before ``text``, where it is more than a stray space.
    """

    number: int
    text: str
    indent: int = 0
    gap: int = 0
    page: int | None = None
    marks: tuple[tuple[int, str], ...] = ()
    resumes: bool = False
    start: int = 0
    opens: bool = False
    lead: str = ""


def split_lines(text: str) -> list[Line]:
    """The lines of ``text`` that are not blank.

    >>> [(line.number, line.indent, line.gap, line.text) for line in split_lines("一\\n\\n  二 \\n")]
    [(1, 0, 0, '一'), (3, 2, 1, '二')]
    """
    lines: list[Line] = []
    page = 1 if "\f" in text else None
    start, number, gap = 0, 1, 0
    ends = [(match.start(), match.end()) for match in _LINE_END.finditer(text)] + [(len(text), len(text))]
    for end, after in ends:
        raw = text[start:end].rstrip()
        stripped = raw.lstrip()
        if stripped:
            lead = raw[: len(raw) - len(stripped)].expandtabs(4)
            indent = columns(lead)
            offset = start + len(raw) - len(stripped)
            lead = lead if indent > 1 else ""
            lines.append(Line(number, stripped, indent, gap, page, start=offset, lead=lead))
            gap = 0
        else:
            gap += 1
        if text[end:after] == "\f":
            page = (page or 0) + 1
        else:
            number += 1
        start = after
    return lines


def without(lines: Sequence[Line], taken: Collection[int]) -> list[Line]:
    """The lines but for those at the indices ``taken``; the line after each gap has ``resumes`` set.

    >>> [(line.text, line.resumes) for line in without(split_lines("一\\n二\\n三"), {1})]
    [('一', False), ('三', True)]
    """
    kept: list[Line] = []
    resumes, gap = False, 0
    for index, line in enumerate(lines):
        if index in taken:
            resumes, gap = True, max(gap, line.gap)
        else:
            kept.append(replace(line, resumes=True, gap=max(gap, line.gap)) if resumes else line)
            resumes, gap = False, 0
    return kept


def columns(text: str) -> int:
    """How many columns ``text`` takes: two for a wide character, one for any other.

    >>> columns("問答 Wenda")
    10
    """
    return 2 * len(text) - sum(map(len, _NARROW.findall(text)))


def is_wide(character: str) -> bool:
    """Whether ``character`` (one, or none) is set two columns wide."""
    return bool(character) and not _NARROW.match(character)


def is_latin(text: str) -> bool:
    """Whether most of the line is set in narrow characters."""
    return 2 * sum(map(len, _NARROW.findall(text))) > columns(text)


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with the line.

    >>> [ends_sentence(t) for t in ("他走了。」", "很多人出席。1", "亞洲相", "costs 3.1", "It rained.", "by Dr.")]
    [True, True, False, False, True, False]
    """
    tail = text[-12:]
    return bool(_SENTENCE_END.search(tail)) and not _ABBREVIATION.search(tail)


def first_token(text: str) -> str:
    """What a typesetter could not have divided at the start of the line.

    >>> first_token("（Shanghai Cooperation"), first_token("國，其後")
    ('（Shanghai', '國，')
    """
    match = _TOKEN.match(text)
    return match.group() if match else ""


def item_marker(text: str) -> tuple[str, str] | None:
    """The kind and the value of a list marker at the start of the line, None where there is none.

    >>> item_marker("- milk"), item_marker("2. Stir"), item_marker("（三）加水"), item_marker("2014. It")
    (('bullet', '-'), ('number', '2'), ('paren', '三'), None)
    """
    match = _ITEM.match(text)
    if not match:
        return None
    kind = match.lastgroup if match.lastgroup != "close" else "number"
    return (kind or "", match.group(kind or 0))


def is_page_number(text: str) -> bool:
    """Whether the line could be a page number and nothing else.

    >>> [is_page_number(text) for text in ("21", "- 7 -", "第 3 頁", "Page 2 of 9", "2014年")]
    [True, True, True, True, False]
    """
    return bool(NUMBER.fullmatch(text) or PAGE_NUMBER.fullmatch(text))
