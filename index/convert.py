"""OpenCC, which knows the characters of both scripts: the one door to it, opened when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache


@cache
def converter(name: str) -> Callable[[str], str]:
    """The conversion of one of OpenCC's names: "t2s", "s2tw", … Threads may share it.

    >>> converter("t2s")("亞信會議"), converter("s2tw")("亚信会议")
    ('亚信会议', '亞信會議')
    """
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert
