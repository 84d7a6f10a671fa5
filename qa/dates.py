"""The dates of a text as pairs, so that 20 June is not borne out by "20 May and 21 June"."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from qa.numbers import MONTHS, han_value

_HAN_DAY = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_TO = r"[至到和、及與与~—–-]"
_CHINESE = re.compile(
    rf"(?:(?P<republic>民[國国])?\s?(?P<year>\d{{2,4}}|[〇零一二三四五六七八九]{{4}}|{_HAN_DAY})\s?年\s?)?(?P<month>{_HAN_DAY})\s?月份?"
    rf"(?P<days>(?:\s?{_TO}?\s?{_HAN_DAY}\s?[日號号])+|\s?{_HAN_DAY}(?:{_TO}{_HAN_DAY})+\s?[日號号])?"
)
_MONTH = rf"(?P<month>{'|'.join(sorted((m.capitalize() for m in MONTHS), key=len, reverse=True))})\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?!\d)"
_DAYS = rf"(?P<days>{_DAY}(?:(?:\s?(?:,|and|to|or|[-–—])\s?)+{_DAY})*)"
_ENGLISH = [
    re.compile(rf"\b{_DAYS},? (?:of )?{_MONTH}(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"\b{_MONTH} (?:the )?{_DAYS}(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"\b{_MONTH},? (?:of )?(?P<year>\d{{4}})(?P<days>)"),
]


class Pair(NamedTuple):
    """A ``"day"`` of a month, (month, day), or a ``"month"`` of a year, (year, month)."""

    kind: str
    whole: int
    part: int


def _value(text: str) -> int:
    return int(text) if text.isdecimal() else int(han_value(text))


def dates(text: str) -> frozenset[Pair]:
    """The pairs that the dates of a text have, in Chinese or English.

    >>> sorted(dates("2014年5月20日至21日"))
    [Pair(kind='day', whole=5, part=20), Pair(kind='day', whole=5, part=21), Pair(kind='month', whole=2014, part=5)]
    >>> dates("on 20 and 21 May 2014") == dates("民國103年五月二十日、二十一日") == dates("May 20-21, 2014")
    True
    """
    text = unicodedata.normalize("NFKC", text)
    found: set[Pair] = set()
    for match in _CHINESE.finditer(text):
        month, year = _value(match["month"]), _value(match["year"] or "0")
        year += 1911 if match["republic"] else 0
        found |= {Pair("day", month, _value(day)) for day in re.findall(_HAN_DAY, match["days"] or "")}
        if year:
            found.add(Pair("month", year, month))
    for pattern in _ENGLISH:
        for match in pattern.finditer(text):
            month = MONTHS[match["month"].lower().rstrip(".")]
            found |= {Pair("day", month, int(day)) for day in re.findall(r"\d+", match["days"])}
            if match["year"]:
                found.add(Pair("month", int(match["year"]), month))
    return frozenset(found)


def crossed(stated: frozenset[Pair], said: frozenset[Pair]) -> bool:
    """Whether a stated date is put together from two of those that are said: its day from one, its month from the other.

    >>> said = dates("The summit was on 20 May, the fair on 21 June.")
    >>> crossed(dates("6月20日"), said), crossed(dates("5月20日"), said), crossed(dates("3 July"), said)
    (True, False, False)
    """
    return any(
        pair not in said
        and any(other.kind == pair.kind and other.whole == pair.whole for other in said)
        and any(other.kind == pair.kind and other.part == pair.part for other in said)
        for pair in stated
    )
