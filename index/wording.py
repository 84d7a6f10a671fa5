"""The same thing named in Taiwan and on the Mainland: one list, for matching both and for writing either.

``wording.tsv`` has a line a word: the Mainland's form in Simplified characters, Taiwan's in Traditional ones, and perhaps
a note: ``write`` (only Taiwan's is put for the Mainland's, where text is written: one of the two has other senses too),
``match`` (only matched: its letters also meet by chance). Words that mean different things on the two sides (文件, 程序,
項目, 支持) are not in it: where OpenCC's own list makes 聯合聲明 into 聯合宣告, a text on politics is better left alone. A
word that is the same on both sides guards what stands in it (四川 in 四川普通話).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from index.convert import converter

_FILE = Path(__file__).parent / "wording.tsv"


@cache
def _words() -> tuple[tuple[str, str, str], ...]:
    """(Mainland's form, Taiwan's form, note) of each word."""
    found = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        mainland, taiwan, *note = line.split("\t")
        found.append((mainland, taiwan, note[0] if note else ""))
    return tuple(found)


def _replacing(words: Mapping[str, str]) -> Callable[[str], str]:
    """Replaces the keys by their values, the longest first where several begin at one place."""
    longest = sorted(words, key=len, reverse=True)
    found = re.compile("|".join(map(re.escape, longest)))
    return lambda text: found.sub(lambda match: words[match.group()], text)


def one_side(text: str) -> str:
    """Simplified characters and Mainland words for Traditional ones and Taiwan's: OpenCC's ``tw2sp``, twice.

    Once, it makes 顯著 into 显著, but 显著 into 显着, and 檔案 into 文件, but 文件 into 文档.

    >>> one_side("顯著"), one_side("显著")
    ('显着', '显着')
    """
    convert = converter("tw2sp")
    return convert(convert(text))


@cache
def matching() -> Callable[[str], str]:
    """Makes one of the two forms of a word, in folded text that ``one_side`` has been through.

    That knows few names of people, and of a word of the Mainland in Traditional characters it takes a part for one of
    Taiwan: 哈薩克斯坦 becomes 哈萨克斯坦斯坦.

    >>> matching()("川普访问了哈萨克斯坦斯坦，没说四川普通话")
    '特朗普访问了哈萨克斯坦，没说四川普通话'
    """
    traditional = converter("s2tw")
    forms: dict[str, str] = {}
    for mainland, taiwan, note in _words():
        if note != "write":
            seen = (mainland, traditional(mainland), taiwan)
            forms |= {one_side(form.casefold()): mainland.casefold() for form in seen}
    return _replacing(forms)


@cache
def to_taiwan() -> Callable[[str], str]:
    """Puts Taiwan's words into Traditional text, for those of the Mainland.

    >>> to_taiwan()("軟件的文件"), to_taiwan()("沙特阿拉伯支持聯合聲明")
    ('軟體的文件', '沙烏地阿拉伯支持聯合聲明')
    """
    convert = converter("s2tw")
    return _replacing({convert(mainland): taiwan for mainland, taiwan, note in _words() if note != "match"})


@cache
def to_mainland() -> Callable[[str], str]:
    """Puts the Mainland's words into Simplified text, for those of Taiwan.

    >>> to_mainland()("软体的文件"), to_mainland()("资讯与影片")
    ('软件的文件', '资讯与影片')
    """
    convert = converter("tw2s")
    return _replacing({convert(taiwan): mainland for mainland, taiwan, note in _words() if not note})
