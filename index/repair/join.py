"""Where a wrapped line goes on in the next, and what stands between the two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.repair.lines import HAN, Line, ends_sentence, is_latin, is_wide, item_marker
from index.repair.measure import Page, is_table_row
from index.repair.structure import is_heading_like

# --- what stands between two lines that are joined -------------------------------------------------

_HYPHENS = "-\u00ad\u2010"
_LAST_WORD = re.compile(r"([A-Za-z\u00c0-\u024f]+)[-\u00ad\u2010]$")
_FIRST_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
# Parts of compounds: a hyphen between two such words, or words of the text, is the compound's own.
_COMPOUNDED = re.compile(
    r"well|self|half|high|low|long|short|full|part|large|small|wide|deep|hard|soft|fast|slow|first|second|third|last"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|mid"
    r"|cross|all|ever|open|so|old|new|young|early|late|free|double|single|air|state|world|land|sea|time|life|follow"
    r"|take|set|day|year|cost|user|data|decision|problem|role|record|ground|far|near|north|south|east|west|by|off|on"
    r"|up|down|in|out|over|under|left|right|top|real|same|based|related|called|known|term|scale|range|level|like"
    r"|made|speed|years|days|aged?|class|rate|hand|hearted|minded|looking|being|to|of|the|through|friendly|specific"
    r"|driven|led|owned|run|born|style|sized|shaped|quality|century|language|end|art|art|effect|makers?|water|mark|tech|risk|income|ranking|pressure|definition|powered|fire|light|book|house|work|line|side|point"
)
_PREFIX = re.compile(
    r"non|self|ex|quasi|semi|counter|anti|neo|vice|mid|pro|well|long|short|high|low|half|ill|far|hard"
)
_PARTICIPLE = re.compile(
    r"[a-z]{2,}(?:ed|ing|wn|ept|ought|ung|orn|ient|ive|term)$|[a-z]{6,}(?:ment|ism|ist)$"
)
_NEVER_FIRST = "，、。；：！？」』）》〉】〕］｝”’"
_ONE_WORD = re.compile(
    r"without|within|throughout|whenever|wherever|whatever|whoever|some\w+|any\w+|every\w+|no(?:thing|body|where)"
    r"|nevertheless|therefore|into|onto|upon|under\w+|over\w+|outside|inside|today|tonight|himself|herself|myself"
    r"|newspapers?|lighthouse|upstream|downstream|background|landscape|overall|although|another|become|before|because"
)
_SUSPENDED = frozenset({"and", "or", "to", "及", "或"})


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a text spaces Han against Latin letters and digits: pairs such as ("han", "digit") that take a space.

    ``stray`` says that spaces stand only before Latin and digits, as left by text taken out of a PDF:
    they belong to no style and are dropped.
    """

    spaced: frozenset[tuple[str, str]]
    stray: bool


def spacing_of(lines: Sequence[Line]) -> Spacing:
    """The habit of the lines.

    >>> spacing_of([Line(1, "2014年 5月 20和 21日")]).stray
    True
    >>> sorted(spacing_of([Line(1, "在 2014 年用 Python 寫成")]).spaced)[0]
    ('digit', 'han')
    """
    with_space: Counter[tuple[str, str]] = Counter()
    without_space: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for match in _MEETING.finditer(line.text):
            left, gap, right = (group for group in match.groups() if group is not None)
            (with_space if gap else without_space)[_script(left), _script(right)] += 1
    before = [("han", "digit"), ("han", "latin")]
    after = [("digit", "han"), ("latin", "han")]
    scattered = (
        with_space[before[0]] >= without_space[before[0]]
    )  # before numbers no writer puts a space only there
    stray = (
        scattered
        and sum(with_space[p] for p in before) > sum(without_space[p] for p in before)
        and (sum(without_space[pair] for pair in after) > 4 * sum(with_space[pair] for pair in after))
    )
    spaced: set[tuple[str, str]] = set()
    for pair in before:
        both = (pair, pair[::-1])
        if not stray and sum(with_space[p] for p in both) > sum(without_space[p] for p in both):
            spaced.update(both)
    return Spacing(frozenset(spaced), stray)


_MEETING = re.compile(rf"([{HAN}])( ?)(?=([A-Za-z0-9]))|(?<=([A-Za-z0-9]))( ?)(?=([{HAN}]))")


def _script(character: str) -> str:
    if character.isdigit():
        return "digit"
    if re.match(f"[{HAN}]", character):
        return "han"
    return "latin" if character.isalpha() else "other"


_STRAY = re.compile(
    rf"(?<=[{HAN}。，、；：！？「」『』《》（）]) (?=[A-Za-z0-9「『《（])|(?<=[A-Za-z0-9」』》）]) (?=[{HAN}])"
)
_STRAY_HAN = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_ENUMERATOR = re.compile(
    r"[（(]?第?[一二三四五六七八九十百\d]{1,4}(?:[章節节篇部編编條条回講讲課课])?[、.)）]?$"
)


def stray_spaces(text: str) -> list[int]:
    """The offsets of spaces that belong to no word, in text from a PDF that scatters them.

    >>> stray_spaces("2014年 5月 20和 21日（Barack Obama）"), stray_spaces("第一章 水")
    ([5, 8, 12], [])
    """
    found = {match.start() for match in _STRAY.finditer(text)}
    han = [match.start() for match in _STRAY_HAN.finditer(text)]
    if len(han) == 1 and not _ENUMERATOR.match(text[: han[0]]):
        found.update(han)
    return sorted(found)


def glue(line: str, following: str, spacing: Spacing, words: frozenset[str] = frozenset()) -> tuple[int, str]:
    """How many characters to drop at the end of ``line``, and what to put between it and ``following``.

    ``words`` are those that stand whole elsewhere in the text: they tell a hyphen from a divided word.

    >>> plain = Spacing(frozenset(), False)
    >>> glue("Air Defense Iden-", "tification Zone", plain), glue("and", "Confidence", plain), glue("建立", "區域", plain)
    ((1, ''), (0, ' '), (0, ''))
    >>> glue("a well-", "known man", plain), glue("Confidence-", "Building", plain), glue("pre-", "and post-war", plain)
    ((0, ''), (0, ''), (0, ' '))
    """
    left, right = line[-1:], following[:1]
    if left in _HYPHENS and len(line) > 1:
        return _after_hyphen(line, following, words)
    if is_wide(left) and is_wide(right):
        return 0, ""
    pair = (_script(left), _script(right))
    if is_wide(left) or is_wide(right):
        return 0, " " if pair in spacing.spaced else ""
    if left in "/–—" and not line[:-1].endswith(" "):
        return 0, ""
    if left in "([“‘" or (right in ",.;:!?)]”’" and not following[1:2].isalnum()):
        return 0, ""
    return 0, " "


def _after_hyphen(line: str, following: str, words: frozenset[str]) -> tuple[int, str]:
    """What becomes of a hyphen at the end of a line."""
    left, right = _LAST_WORD.search(line), _FIRST_WORD.match(following)
    if not left or not right:
        dash = line[-2:-1] in " -" and not is_wide(following[:1])
        return 0, " " if dash else ""
    first, second = left.group(1), right.group()
    if line[-1] == "\u00ad":
        return 1, ""
    if second in _SUSPENDED:
        return 0, " "
    own = _is_own_hyphen(line[: left.start()], first, second, words)
    return (0, "") if own else (1, "")


def _is_own_hyphen(before: str, first: str, second: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to a compound, rather than to a word divided at the line's end."""
    if (
        not second[0].islower() or len(first) == 1 or before.endswith("-")
    ):  # Asia-Pacific, e-mail, state-of-the-art
        return True
    if f"{first}-{second}".lower() in words or (first + second).lower() in words:
        return f"{first}-{second}".lower() in words
    if _ONE_WORD.fullmatch((first + second).lower()):
        return False
    known = [
        _COMPOUNDED.fullmatch(word) or (len(word) > 2 and word in words) for word in (first.lower(), second)
    ]
    return all(known) or bool(_PREFIX.fullmatch(first.lower()) and _PARTICIPLE.fullmatch(second))


# --- where a line goes on ----------------------------------------------------------------------------


def breaks(lines: Sequence[Line], page: Page | None) -> list[bool]:
    """For each line but the last, whether the text breaks after it (a paragraph ends, an item begins).

    Lines that were surely wrapped, and lines that were surely broken, teach how much a blank line, an
    indent or a short first line says in this text (naive Bayes); the doubtful ones are decided by that.
    """
    pairs = list(pairwise(lines))
    if page is None:
        return [not (b.resumes and not ends_sentence(a.text) and a.text[-1] not in "：:") for a, b in pairs]
    sure = [_certainty(page, *pair) for pair in pairs]
    weights = _weights(page, pairs, sure)
    result: list[bool] = []
    item: tuple[str, str] | None = None
    for index, (line, following) in enumerate(pairs):
        marker = item_marker(following.text)
        begins_item = sure[index] is not False or follows(item, marker) or line.text[-1] in "：:；;"
        if (marker and begins_item) or is_table_row(line) or is_table_row(following):
            broken = True
        elif following.text[0] in _NEVER_FIRST or (line.text[-1] in _HYPHENS and following.text[0].islower()):
            broken = False
        elif sure[index] is True:
            broken = True
        else:
            heading = (
                ends_sentence(line.text)
                and index + 1 < len(pairs)
                and _is_broken_off(page, *pairs[index + 1])
            )
            broken = heading or _odds(page, line, following, weights) > 1
        if broken:
            item = marker
        result.append(broken)
    return result


def _certainty(page: Page, line: Line, following: Line) -> bool | None:
    """True where a line was broken on purpose, False where it was wrapped, None where it may be either."""
    if page.was_broken(line, following):
        return True
    return None if ends_sentence(line.text) else False


def _is_broken_off(page: Page, line: Line, following: Line) -> bool:
    """Whether the line is short and ends no sentence: a heading."""
    return not ends_sentence(line.text) and page.was_broken(line, following)


_Weights = dict[str, tuple[float, float]]


def _signs(page: Page, line: Line, following: Line) -> dict[str, bool]:
    """What may tell that a paragraph begins with ``following``."""
    missing = page.full(following) - page.width(following)
    narrow = 0 < missing <= page.lost + 1 and missing >= page.lost - 1 and not ends_sentence(following.text)
    signs = {
        "indent": following.indent > 1,
        "narrow": page.lost > 0 and narrow,
    }
    # Where something was taken out between the two lines, the blank lines were around that.
    return signs if following.resumes else {"blank": following.gap > 0, **signs}


def _weights(page: Page, pairs: Sequence[tuple[Line, Line]], sure: Sequence[bool | None]) -> _Weights:
    """How often each sign stands at a sure break and at a sure wrap (smoothed)."""
    counts = {True: Counter[str](), False: Counter[str]()}
    totals = Counter(certain for certain in sure if certain is not None)
    for pair, certain in zip(pairs, sure, strict=True):
        if certain is not None:
            counts[certain].update(sign for sign, shown in _signs(page, *pair).items() if shown)
    return {
        sign: (
            (counts[True][sign] + 0.5) / (totals[True] + 1),
            (counts[False][sign] + 0.5) / (totals[False] + 1),
        )
        for sign in ("blank", "indent", "narrow")
    }


def _odds(page: Page, line: Line, following: Line, weights: _Weights) -> float:
    """The odds that a paragraph begins with ``following``, which would not have fitted on the line before."""
    if ends_sentence(line.text):
        odds = 0.2
    else:  # a heading that fills its line, or a sentence that goes on
        exact = not page.slack and not page.lost
        heading = exact and line.opens and is_heading_like(line.text) and not following.text[0].islower()
        odds = 0.2 if heading else 0.002
    if ends_sentence(line.text) and is_latin(line.text) != is_latin(following.text):
        odds *= 20  # one language ends, another begins
    for sign, shown in _signs(page, line, following).items():
        broken, wrapped = weights[sign]
        odds *= broken / wrapped if shown else (1 - broken) / (1 - wrapped)
    return odds


def follows(item: tuple[str, str] | None, marker: tuple[str, str] | None) -> bool:
    """Whether ``marker`` is the next of the list that ``item`` belongs to."""
    if item is None or marker is None or item[0] != marker[0]:
        return False
    if item[0] == "bullet":
        return item[1] == marker[1]
    order = "一二三四五六七八九十" if item[1] in "一二三四五六七八九" else None
    if order:
        return marker[1] == order[order.index(item[1]) + 1]
    if item[1].isdigit() and marker[1].isdigit():
        return int(marker[1]) == int(item[1]) + 1
    return len(item[1]) == len(marker[1]) == 1 and ord(marker[1]) == ord(item[1]) + 1
