"""What the numbers of a text count, so that "2 presidents" is not borne out by "11 presidents and 2 prime ministers"."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.fold import terms
from qa.numbers import UNIT, occurrences, prepared

# Words that stand between a number and what it counts, or in place of it: the number is then left alone.
_PLAIN = frozenset(
    re.findall(
        r"\w+",
        "of the a an to in on at by and or from for per percent more other new his her its their our year day month time"
        " january february march april may june july august september october november december",
    )
)
_HAN = re.compile(rf"\s?{UNIT}?([\u4e00-\u9fff]{{2}})")
_LATIN = re.compile(r"[ -]([a-z]{3,})")


class Count(NamedTuple):
    """So many of a thing: its first word, stemmed, or its first two characters."""

    thing: str
    value: float


def counts(text: str) -> frozenset[Count]:
    """What stands right behind the numbers of a text; years and what follows them are left out.

    >>> sorted(counts("11國總統與2國總理")), sorted(counts("two prime ministers and 11 presidents in 2014"))
    ([Count(thing='总理', value=2.0), Count(thing='总统', value=11.0)], [Count(thing='presid', value=11.0), Count(thing='prime', value=2.0)])
    """
    text = prepared(text)
    found = set()
    for match, number in occurrences(text):
        behind = (_HAN if match["han"] or match["digits"] else _LATIN).match(text, match.end())
        behind = behind or _LATIN.match(text, match.end())
        if behind and behind[1] not in _PLAIN and not 1900 <= number.value <= 2100:
            found.add(Count(behind[1] if not behind[1].isascii() else terms(behind[1])[0], number.value))
    return frozenset(found)


def swapped(stated: frozenset[Count], said: frozenset[Count]) -> bool:
    """Whether a number that is stated of one thing is said of another, and the thing is said to be of another number.

    >>> said = counts("11 presidents, 2 prime ministers and 10 organizations")
    >>> swapped(counts("2 presidents came"), said), swapped(counts("11 presidents and 2 prime ministers"), said)
    (True, False)
    >>> swapped(counts("10 leaders"), said), swapped(counts("3 presidents"), said)
    (False, False)
    """
    things, values = {count.thing for count in said}, {count.value for count in said}
    return any(count not in said and count.thing in things and count.value in values for count in stated)
