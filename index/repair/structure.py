"""What the units of a text are: title, author, headings, lists, tables, code and verse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from index.article import BlockKind
from index.repair.lines import HAN, Line, columns, ends_sentence, is_latin, item_marker
from index.repair.measure import Page, is_table_row

# The longest title or heading, in columns: 40 Han characters, or a dozen English words.
_LONGEST_TITLE = 80
_AUTHOR = re.compile(
    r"[（(【\[]?\s*(?:本文)?(?:作\s?者|撰\s?文|撰\s?稿|文字?|執筆|执笔|記者|记者|Authors?|Written by|By)\s*"
    r"(?:[：:／/│|]|(?<=[Bb]y)\s)\s*(?P<name>[^：:。！？]{2,60}?)\s*[）)】\]]?$"
)
_REPORTER = re.compile(rf"(?:記者|记者)\s*(?P<name>[{HAN}]{{2,4}})\s*[／/]\s*\S{{2,12}}$")
_ENGLISH_NAME = re.compile(
    r"(?:[A-Z][\w’'-]*\.?|de|von|van|del|da|and|&|,|der|la)(?:[ ,]+(?:[A-Z][\w’'-]*\.?|de|von|van|del|da|and|&|der|la))*$"
)
_HAN_NAME = re.compile(rf"[{HAN}]{{2,4}}(?:[、，,· 　和與与及][{HAN}]{{2,4}}){{0,3}}$")
# A name in two scripts: 「Chen Wei-ting 陳維廷」, 「陳維廷（Chen Wei-ting）」.
_NAME_TWICE = re.compile(
    rf"(?P<han_first>[{HAN}]+)?\s*[（(]?(?P<latin>[A-Z][A-Za-z\u00c0-\u024f ,.’'-]+?)[）)]?\s*(?P<han>[{HAN}]+)?(?<=[{HAN}A-Za-z）)])"
)
_FAMILY = (
    "王李張张劉刘陳陈楊杨黃黄趙赵吳吴周徐孫孙朱馬马胡郭林何羅罗梁宋鄭郑謝谢韓韩唐馮冯于董蕭萧曹袁鄧邓許许傅沈曾彭呂吕蘇苏盧卢蔣蒋"
    "蔡賈贾丁魏薛葉叶閻阎余潘杜戴鍾钟汪姜范姚譚谭廖鄒邹熊陸陆郝崔邱秦顧顾侯邵孟尹黎喬乔賀贺賴赖龔龚莊庄涂詹簡簡游翁溫温歐欧"
)
_FAMILY_TWO = ("歐陽", "欧阳", "司馬", "司马", "諸葛", "诸葛", "上官", "司徒", "夏侯", "張簡", "范姜")
_NOT_A_NAME = re.compile(
    r"(?:簡介|简介|簡史|温度|溫度|游記|游记|秦朝|宋朝|唐朝|黃金|黄金|馬路|马路|何謂|何谓|何時|何处|周末|周年|余論|余论|曾經|曾经).*"
)
_COMMA_END = re.compile(r"[，、；,;—…]$|——$")
_CODE = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from|return|if|for|while|print|echo|\$|#include|//|/\*)\b|[=!<>]=|=>|->|\w\(.*\)"
)
_STARS = "＊*✽✻✱∗⁎†‡"


@dataclass(frozen=True, slots=True)
class Unit:
    """A block to be: its kind and its rows, each of one or more lines that are joined; rows stay apart.

    ``gap`` says whether a blank line stood before it in the source.
    """

    kind: BlockKind
    rows: tuple[tuple[Line, ...], ...]
    gap: bool

    @property
    def lines(self) -> list[Line]:
        """All its lines, in order."""
        return [line for row in self.rows for line in row]

    @property
    def text(self) -> str:
        """Its words as they stand, for looking at; not what the article's text will be."""
        return "\n".join(_row_text(row) for row in self.rows)


def _row_text(row: Sequence[Line]) -> str:
    joiner = " " if is_latin(row[0].text) else ""
    return joiner.join(line.text for line in row)


def units_of(lines: Sequence[Line], broken: Sequence[bool]) -> list[Unit]:
    """The units that the lines form when they are cut after each line that is ``broken``."""
    rows: list[list[Line]] = []
    for index, line in enumerate(lines):
        if index == 0 or broken[index - 1]:
            rows.append([line])
        else:
            rows[-1].append(line)
    units: list[Unit] = []
    first = 0
    census = _Census.of(rows)
    while first < len(rows):
        kind, length = _run(rows, first, census)
        units.append(
            Unit(kind, tuple(tuple(row) for row in rows[first : first + length]), rows[first][0].gap > 0)
        )
        first += length
    return _with_headings(units)


@dataclass(frozen=True, slots=True)
class _Census:
    """Of every row, how many of a sort stand before it, so that a long run of rows is not counted for each.

    ``end`` is the row after the last that no blank line parts from it. The rest are running totals, one
    longer than the rows: code, indented rows, those that no poem has, and those that do not end a sentence.
    """

    end: list[int]
    code: list[int]
    indented: list[int]
    not_verse: list[int]
    open_ended: list[int]

    @classmethod
    def of(cls, rows: Sequence[list[Line]]) -> _Census:
        """Looks at each row once."""

        def total(wanted: Callable[[list[Line]], bool]) -> list[int]:
            return list(accumulate(map(wanted, rows), initial=0))

        end = list(range(1, len(rows) + 1))
        for index in range(len(rows) - 2, -1, -1):
            if rows[index + 1][0].gap == 0 and not rows[index + 1][0].resumes:
                end[index] = end[index + 1]
        return cls(
            end,
            code=total(lambda row: bool(_CODE.search(row[0].text))),
            indented=total(lambda row: row[0].indent >= 2),
            not_verse=total(lambda row: len(row) > 1 or not _may_be_verse(row[0].text)),
            open_ended=total(lambda row: not ends_sentence(row[0].text)),
        )


def _run(rows: Sequence[list[Line]], first: int, census: _Census) -> tuple[BlockKind, int]:
    """The kind of the unit that begins at row ``first``, and how many rows it takes."""
    end = census.end[first]
    length = end - first

    def share(totals: list[int]) -> int:
        return totals[end] - totals[first]

    if length < 2 and not item_marker(rows[first][0].text):
        return "paragraph", 1
    items = _leading(rows, first, end, lambda row: item_marker(row[0].text) is not None)
    if items:
        return ("list", items) if items > 1 or not _heads_text(rows, first) else ("paragraph", 1)
    tabled = _leading(rows, first, end, lambda row: len(row) == 1 and is_table_row(row[0]))
    if tabled > 1:
        return "table", tabled
    if length > 1 and share(census.code) * 2 > length and share(census.indented):
        return "code", length
    # A poem of three lines or more mostly ends no sentence with its lines: spares most a long look.
    may = not share(census.not_verse) and (length == 2 or 2 * share(census.open_ended) >= length)
    if may and is_verse([row[0].text for row in rows[first:end]]):
        return "verse", length
    return "paragraph", 1


def _may_be_verse(text: str) -> bool:
    return item_marker(text) is None and not author_of(text)


def _leading(rows: Sequence[list[Line]], first: int, end: int, wanted: Callable[[list[Line]], bool]) -> int:
    """How many rows from ``first`` on, before ``end``, are ``wanted`` without a break."""
    count = 0
    while first + count < end and wanted(rows[first + count]):
        count += 1
    return count


def _heads_text(rows: Sequence[list[Line]], index: int) -> bool:
    """Whether a row that begins with a number is a heading: short, no sentence, and no item follows."""
    row = rows[index]
    return (
        len(row) == 1
        and is_title_like(row[0].text)
        and index + 1 < len(rows)
        and item_marker(rows[index + 1][0].text) is None
    )


def is_verse(texts: Sequence[str]) -> bool:
    """Whether short lines are lines of a poem.

    >>> is_verse(["風過了田", "雲還沒有走，", "燕子低低地飛"]), is_verse(["今天下雨。", "明天放晴。"])
    (True, False)
    """
    if len(texts) < 2 or max(map(columns, texts)) > 56:
        return False
    commas = sum(bool(_COMMA_END.search(text)) for text in texts)
    open_ended = sum(not ends_sentence(text) for text in texts)
    if len(texts) == 2:
        return commas == 1 and columns(texts[0]) == columns(texts[1])
    return 2 * open_ended >= len(texts) and open_ended > 1


def is_title_like(text: str) -> bool:
    """Whether a line could be a title or a heading: short, and no sentence.

    >>> is_title_like("亞洲的水"), is_title_like("亞洲的水很多。"), is_title_like("Rivers of Asia")
    (True, False, True)
    """
    return (
        columns(text) <= _LONGEST_TITLE
        and not ends_sentence(text)
        and text[-1] not in "，、；：,;:"
        and "。" not in text
        and len(text.split()) <= 16
        and any(character.isalnum() for character in text)
    )


def is_heading_like(text: str) -> bool:
    """Whether a line could be a title or a heading and has no comma in it, as most have none.

    >>> is_heading_like("亞洲的水"), is_heading_like("亞洲的水，一條一條的")
    (True, False)
    """
    return is_title_like(text) and not re.search(r"[，；：、,;:]", text)


def author_of(text: str) -> str:
    """The author that a line names, "" where it names none.

    >>> author_of("作者：王小明"), author_of("By Jane Doe"), author_of("文／李四"), author_of("作者認為水很重要。")
    ('王小明', 'Jane Doe', '李四', '')
    """
    if columns(text) > _LONGEST_TITLE:
        return ""
    match = _AUTHOR.match(text) or _REPORTER.match(text)
    if not match:
        return ""
    name = match.group("name").strip()
    if re.match(r"[Bb]y\s", text) and not _ENGLISH_NAME.match(name):
        return ""
    return name


def is_name(text: str) -> bool:
    """Whether a short line is nothing but names of people.

    >>> is_name("李曉明"), is_name("Jane Doe"), is_name("前言"), is_name("The sea"), is_name("Li Xiaoming 李曉明")
    (True, True, False, False, True)
    """
    both = _NAME_TWICE.fullmatch(text)
    if both and bool(both["han"]) != bool(both["han_first"]):
        return is_name(both["latin"]) and is_name(both["han"] or both["han_first"])
    if re.search(f"[{HAN}]", text):
        names = re.split(r"[、，,· 　和與与及]", text)
        return bool(_HAN_NAME.match(text)) and all(
            (name[0] in _FAMILY or name.startswith(_FAMILY_TWO)) and not _NOT_A_NAME.match(name)
            for name in names
            if name
        )
    return (
        2 <= len(text.split()) <= 5
        and bool(_ENGLISH_NAME.match(text))
        and not re.match(r"(?:The|A|An|In|On|Of) ", text)
    )


def _with_headings(units: list[Unit]) -> list[Unit]:
    """The units, with those paragraphs that are headings marked."""
    result: list[Unit] = []
    for index, unit in enumerate(units):
        following = units[index + 1] if index + 1 < len(units) else None
        if (
            unit.kind == "paragraph"
            and following
            and following.kind != "verse"
            and len(unit.lines) <= 2
            and is_title_like(unit.text)
        ):
            result.append(replace(unit, kind="heading"))
        else:
            result.append(unit)
    # A heading heads something: of several in a row at the end, none does.
    return result


def masthead(lines: Sequence[Line], page: Page) -> tuple[list[int], list[int]]:
    """The indices of the lines of the title and of the author, where they stand inside the text.

    The author is a line that names one, or a name with a footnote's star; the title is the short lines
    before it. Both empty where the text shows none.
    """
    for index, line in enumerate(lines[:-1]):
        starred = any(mark in _STARS for _, mark in line.marks)
        if not (author_of(line.text) or (starred and is_name(line.text))):
            continue
        first = index
        while first > 0 and index - first < 3 and _is_title_line(lines[first - 1], lines[first], page):
            first -= 1
            if lines[first].gap > 0 and lines[first].text[-1] not in "：:" and first < index - 0:
                break
        if first < index:
            return list(range(first, index)), [index]
    return [], []


def _is_title_line(line: Line, following: Line, page: Page) -> bool:
    return page.was_broken(line, following) and is_title_like(line.text.rstrip("：:") or "。")


def heading_level(text: str) -> int:
    """1 for a chapter or a plain heading, 2 and more for what its numbering puts below.

    >>> heading_level("一、前言"), heading_level("（二）方法"), heading_level("2.1 Method")
    (1, 2, 2)
    """
    if re.match(r"[（(]", text) and item_marker(text):
        return 2
    numbers = re.match(r"\d+((?:\.\d+)*)", text)
    return 1 + numbers.group(1).count(".") if numbers else 1
