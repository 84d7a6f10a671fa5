"""The ordinals that a question turns on, as numbers, whatever they are written in.

An article that knows no fifth of anything does not say where the fifth summit was held, however much it
says about the fourth. A first is not asked to be mentioned: "who was the first to …" is an ordinary question.
"""

from __future__ import annotations

import re

from index.fold import fold

_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_UNITS = {"十": 10, "百": 100}
_WORDS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENGLISH = {word: value for value, word in enumerate(_WORDS, 2)}
_HAN_ORDINAL = re.compile(r"第\s*([零一二三四五六七八九十百两〇]+|\d+)")
_ENGLISH_ORDINAL = re.compile(rf"\b(?:({'|'.join(_WORDS)})|(\d+)(?:st|nd|rd|th))\b")


def han_number(text: str) -> int:
    """The value of a folded Chinese numeral below a thousand.

    >>> [han_number(n) for n in ("五", "十", "四十七", "一百零三")]
    [5, 10, 47, 103]
    """
    total, digit = 0, 0
    for char in text:
        if char in _HAN_UNITS:
            total, digit = total + (digit or 1) * _HAN_UNITS[char], 0
        else:
            digit = _HAN_DIGITS[char]
    return total + digit


def ordinals(text: str) -> frozenset[int]:
    """The ordinals in a text, from the second on.

    >>> sorted(ordinals("第三屆峰會與第47屆大會")), sorted(ordinals("the 3rd summit, the first and second day"))
    ([3, 47], [2, 3])
    """
    folded = fold(text)
    han = {int(n) if n.isdigit() else han_number(n) for n in _HAN_ORDINAL.findall(folded)}
    english = {_ENGLISH[word] if word else int(digits) for word, digits in _ENGLISH_ORDINAL.findall(folded)}
    return frozenset((han | english) - {1})


def unmentioned(question: str, text: str) -> bool:
    """Whether the question names an ordinal that the text never mentions.

    >>> unmentioned("第五屆在哪裡舉行？", "第四屆在上海舉行。"), unmentioned("the fourth?", "第四屆在上海舉行。")
    (True, False)
    """
    return not ordinals(question) <= ordinals(text)
