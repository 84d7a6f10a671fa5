"""Whether a text is Chinese or English, whatever names of the other language stand in it."""

from __future__ import annotations

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
# A name given in the other language too, as in 歐巴馬（Barack Obama）: it does not change what the text is.
_GLOSS = re.compile(r"[（(][^（()）]*[)）]")
_ENGLISH_ASKING = re.compile(
    r"\b(?:what|who|whom|whose|which|when|where|why|how|does|do|did|is|are|was|were)\b", re.IGNORECASE
)


def is_chinese(text: str) -> bool:
    """True where Han characters outweigh Latin words; an English question word weighs as much as several.

    >>> is_chinese("什麼是 Nuclear Security Summit？"), is_chinese("What does 兩大之間難為小 mean?")
    (True, False)
    """
    text = _GLOSS.sub("", text) or text
    latin = len(LATIN.findall(text)) + 4 * len(_ENGLISH_ASKING.findall(text))
    return 1.5 * len(HAN.findall(text)) > latin
