"""Which language and script a question is written in, so that the answer keeps to it."""

from __future__ import annotations

import re

from index.convert import converter
from index.language import HAN, LATIN, is_chinese
from index.wording import to_mainland, to_taiwan
from qa.answer import Language

KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def _changed(text: str, conversion: str) -> int:
    """How many characters the conversion would replace: evidence for the other script."""
    text = text.replace("台", "")  # Simplified by the book, and written in Taiwan every day
    converted = converter(conversion)(text)
    return sum(a != b for a, b in zip(text, converted, strict=False)) + abs(len(text) - len(converted))


def script(text: str) -> Language | None:
    """The script of Chinese text; None where every character belongs to both scripts.

    >>> script("亞信會議"), script("亚信会议"), script("上海在哪")
    ('zh-Hant', 'zh-Hans', None)
    """
    traditional, simplified = _changed(text, "t2s"), _changed(text, "s2t")
    if traditional == simplified:
        return None
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def detect(text: str, default: Language = "zh-Hant") -> Language:
    """The language and script of a text; ``default`` decides what the text itself leaves open.

    >>> detect("第四屆在哪裡舉行？"), detect("第四届在哪里举行？"), detect("Where was it held?")
    ('zh-Hant', 'zh-Hans', 'en')
    >>> detect("上海在哪？", default="zh-Hans"), detect("🙂", default="en")
    ('zh-Hans', 'en')
    """
    if is_chinese(text):
        return script(text) or (default if default != "en" else "zh-Hant")
    return "en" if LATIN.search(text) else default


def is_supported(text: str) -> bool:
    """False for text in which Chinese or English words are not to be found, or kana or hangul are.

    >>> is_supported("有多少成員國？"), is_supported("加盟国はいくつですか"), is_supported("🙂?!")
    (True, False, False)
    """
    return not KANA_OR_HANGUL.search(text) and bool(HAN.search(text) or LATIN.search(text))


def in_script(text: str, language: Language) -> str:
    """Chinese text in the script of a language and with the words of its side of the strait; other text as it stands.

    >>> in_script("软件会议", "zh-Hant"), in_script("軟體會議", "zh-Hans"), in_script("CICA", "en")
    ('軟體會議', '软件会议', 'CICA')
    >>> in_script("沙特阿拉伯的網絡安全項目", "zh-Hant")
    '沙烏地阿拉伯的網路安全項目'
    """
    if language == "en":
        return text
    if script(text) not in (None, language):
        text = converter("s2tw" if language == "zh-Hant" else "tw2s")(text)
    return to_taiwan()(text) if language == "zh-Hant" else to_mainland()(text)
