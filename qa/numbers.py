"""The numbers of a text by their value, whatever they are written in: 4,560億, 456 billion, 二十六, twenty-six, May.

Two texts can then be held to each other across languages. Rules, so that each can be read and tested.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.fold import fold

_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "廿": 20, "卅": 30}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12} | {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12
}  # fmt: skip
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_WORDS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}  # fmt: skip
_ORDINALS = {
    word: i
    for i, word in enumerate(["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 3)
}
MONTHS = {
    month: i
    for i, names in enumerate(
        [
            "january|jan",
            "february|feb",
            "march|mar",
            "april|apr",
            "may",
            "june|jun",
            "july|jul",
            "august|aug",
            "september|sept|sep",
            "october|oct",
            "november|nov",
            "december|dec",
        ],
        1,
    )
    for month in names.split("|")
}
_SCALE_WORDS = r"(?:hundred|thousand|million|billion|trillion)"
UNIT = r"[个名位人国年月日天次项种届艘架座条件份%成倍周岁层万亿元节期号点大本家隻只场组者类]"
_HAN = r"[〇零一二三四五六七八九十百千两廿卅]"
_NUMBER = re.compile(
    rf"(?P<digits>\d+(?:\.\d+)?)(?:\s?(?P<scale>[十百千万亿兆]+|{_SCALE_WORDS}\b))?"
    rf"|(?P<han>{_HAN}+)(?P<hanscale>[万亿兆]*)"
    rf"|\b(?P<words>(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:[ -](?:{'|'.join(_ONES[1:10])})\b)?)(?:\s(?P<wordscale>{_SCALE_WORDS})\b)?\b"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)})\b"
    rf"|(?:(?<=\d )|(?<=\bin )|(?<=\bof ))(?P<month>{'|'.join(MONTHS)})\b|\b(?P<month2>{'|'.join(MONTHS)})(?=\.? \d)"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Words that only look like numbers.
_NOT = re.compile(
    r"百分之|百分点|千万(?=不|要|别)|万一|十分(?!之)|一[些起样般直定旦致向再切律]|统一|唯一|第一手|\b(?:no|any|some|every|which|this|that|each) one\b"
)
_REPUBLIC = re.compile(r"民国\s?(\d+)\s?年")
_ITEM = re.compile(r"(?m)^\s*\d+[.)、]\s")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written (folded), its value, and its value without the scale: 4560 for 4,560億."""

    text: str
    value: float
    bare: float


def han_value(text: str) -> float:
    """What a run of Chinese digits, with 十, 百 and 千 or without, stands for.

    >>> han_value("二十六"), han_value("二〇一四"), han_value("廿一")
    (26.0, 2014.0, 21.0)
    """
    if not set(text) & {*_HAN_UNITS, "廿", "卅"}:
        return float("".join(str(_HAN_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _HAN_UNITS:
            total, digit = total + (digit or 1) * _HAN_UNITS[c], 0
        else:
            digit = _HAN_DIGITS[c]
            if digit >= 20:  # 廿, 卅
                total, digit = total + digit, 0
    return float(total + digit)


def _scaled(value: float, scale: str | None) -> float:
    if not scale:
        return value
    if scale in _SCALES:
        return value * _SCALES[scale]
    for unit in scale:
        value *= _SCALES[unit]
    return value


def _words(text: str) -> float:
    return sum(_WORDS[word] for word in re.split(r"[ -]", text))


def occurrences(text: str) -> Iterator[tuple[re.Match[str], Number]]:
    """The numbers of a ``prepared`` text with where each stands, whether it counts something or not."""
    for match in _NUMBER.finditer(text):
        part = match.groupdict()
        if part["digits"]:
            bare, scale = float(part["digits"]), part["scale"]
        elif part["han"]:
            bare, scale = han_value(part["han"]), part["hanscale"]
        elif part["words"]:
            bare, scale = _words(part["words"]), part["wordscale"]
        elif part["ordinal"]:
            bare, scale = float(_ORDINALS[part["ordinal"]]), None
        else:
            bare, scale = float(MONTHS[part["month"] or part["month2"]]), None
        yield match, Number(match.group(), float(_scaled(bare, scale)), float(bare))


def prepared(text: str) -> str:
    """A text folded, with plain digits, and without the words that only look like numbers."""
    return _NOT.sub(" ", fold(_THOUSANDS.sub("", unicodedata.normalize("NFKC", text))))


def stated(text: str) -> list[Number]:
    """The numbers that a text states, in order; a "one" and a Han digit that counts nothing are not among them.

    >>> [(n.text, n.value) for n in stated("總值4,560億美元，第四屆，統一；May 2014, twenty-six")]
    [('4560亿', 456000000000.0), ('四', 4.0), ('may', 5.0), ('2014', 2014.0), ('twenty-six', 26.0)]
    """
    text = _ITEM.sub("", prepared(text))
    found = []
    for match, number in occurrences(text):
        if match["han"] and len(match.group()) == 1:
            counts = (
                re.match(rf"\s?{UNIT}", text[match.end() :])
                or text[match.start() - 1 : match.start()] == "第"
            )
            if match.group() == "一" or not counts:
                continue
        if match["words"] in {"one", "zero"} and not match["wordscale"]:
            continue
        found.append(number)
    return found


def known(text: str) -> frozenset[float]:
    """Every value that a text could be quoted for: with and without scales, and how many items it lists.

    >>> sorted(known("卡達與孟加拉於民國103年"))
    [2.0, 103.0, 2014.0]
    """
    text = prepared(text)
    values = {v for _, number in occurrences(text) for v in (number.value, number.bare)}
    values |= {float(year) + 1911 for year in _REPUBLIC.findall(text)}
    return frozenset(values | _listed(text))


def _listed(text: str) -> set[float]:
    """The lengths of the lists in a text, which a writer may state: A, B and C are three."""
    found = set()
    for clause in re.split(r"[。;；:：.](?!\d)|，", text):
        joints = len(re.findall(r"、|(?<=\w)[和与及](?=\w)", clause))
        if joints:
            found.add(joints + 1.0)
    for clause in re.split(r"[。;；:：.](?!\d)", text):
        if joints := len(re.findall(r", (?:and |or )?|(?<!,) (?:and|or) ", clause)):
            found.add(joints + 1.0)
    return found


def holds(number: Number, values: frozenset[float]) -> bool:
    """Whether a stated number is among the known values; 4,560 may be quoted from 4,560億 but not the reverse."""
    return any(abs(number.value - value) <= 1e-9 * max(1.0, abs(value)) for value in values)
