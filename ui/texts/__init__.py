"""Every word of the interface: one file a language, one record of words (``Words``) that all of them fill."""

from __future__ import annotations

from qa.answer import Language
from ui.texts.accept import language_of
from ui.texts.en import EN
from ui.texts.words import Words
from ui.texts.zh_hans import ZH_HANS
from ui.texts.zh_hant import ZH_HANT

WORDS: dict[Language, Words] = {words.tag: words for words in (ZH_HANT, ZH_HANS, EN)}

__all__ = ["WORDS", "Words", "language_of"]
