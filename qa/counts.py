"""What the numbers of a text count, so that "2 presidents" is not borne out by "11 presidents and 2 prime ministers"."""

from __future__ import annotations

import re
from collections.abc import Callable
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


# Words of two languages that stand for one thing have at least this cosine ("members" and 成员 0.83), and less than
# that, by far, with what is not it (观察 0.05).
ONE_THING, ANOTHER = 0.5, 0.25


class Count(NamedTuple):
    """So many of a thing: its first word, or its first two characters."""

    thing: str
    value: float


def counts(text: str) -> frozenset[Count]:
    """What stands right behind the numbers of a text; years and what follows them are left out.

    >>> sorted(counts("11國總統與2國總理"))
    [Count(thing='总理', value=2.0), Count(thing='总统', value=11.0)]
    >>> sorted(counts("two prime ministers and 11 presidents in 2014"))
    [Count(thing='presidents', value=11.0), Count(thing='prime', value=2.0)]
    """
    text = prepared(text)
    found = set()
    for match, number in occurrences(text):
        behind = _HAN.match(text, match.end()) if match["han"] or match["digits"] else None
        behind = behind or _LATIN.match(text, match.end())
        if behind and behind[1] not in _PLAIN and not 1900 <= number.value <= 2100:
            found.add(Count(behind[1], number.value))
    return frozenset(found)


def swapped(stated: frozenset[Count], said: frozenset[Count], like: Callable[[str, str], float]) -> bool:
    """Whether a number that is stated of one thing is said of another, and the thing is said to be of another number.

    ``like`` gives the cosine of two words, for those of two languages.

    >>> said = counts("11 presidents, 2 prime ministers and 10 organizations")
    >>> swapped(counts("2 presidents came"), said, like=lambda a, b: 0.0)
    True
    >>> swapped(counts("11 presidents and 2 prime ministers"), said, like=lambda a, b: 0.0)
    False
    >>> swapped(counts("10 leaders"), said, like=lambda a, b: 0.0)
    False
    """

    def alike(one: str, other: str) -> float:
        if one.isascii() == other.isascii():
            return float(terms(one) == terms(other))
        return like(one, other)

    for thing, value in stated:
        same = [alike(thing, count.thing) for count in said if count.value == value]
        other = [alike(thing, count.thing) for count in said if count.value != value]
        if same and other and max(same) <= ANOTHER and max(other) >= ONE_THING:
            return True
    return False
