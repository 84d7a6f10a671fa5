"""Questions half in the other language: words replaced by what the lexicon says of them.

Few question sets ask in one language of a passage in the other. Word by word, a lexicon makes some more: the
order of words stays foreign, the names and things are those of the other language (as in CoSDA-ML, Qin et al. 2020).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from index.training.data import Pair, is_english

_WORD = re.compile(r"[a-z]+|[^a-z]+")
_COMMON = frozenset(
    {"a", "an", "the", "of", "to", "in", "is", "are", "was", "were", "and", "or", "for", "on", "by", "be"}
)


class Glosser:
    """Replaces words by their translation. ``cut`` cuts a Chinese text into words.

    >>> glosser = Glosser([("首都", "capital"), ("巴西", "brazil"), ("的", "of")], lambda text: ["巴西", "的", "首都"])
    >>> glosser("巴西的首都", np.random.default_rng(1), 1.0)
    ' brazil  of  capital '
    >>> glosser("capital of brazil", np.random.default_rng(1), 1.0)
    '首都 of 巴西'
    """

    def __init__(self, lexicon: Sequence[Pair], cut: Callable[[str], list[str]]) -> None:
        """Keeps glosses of up to three plain words, and no more than four of a word."""
        self._cut = cut
        self._english: dict[str, list[str]] = defaultdict(list)
        self._chinese: dict[str, list[str]] = defaultdict(list)
        for zh, gloss in lexicon:
            words = re.sub(r"^(?:to|a|an|the) ", "", gloss).split()
            if (
                len(words) > 3
                or not all(word.isalpha() and word.isascii() for word in words)
                or is_english(zh)
            ):
                continue
            if len(self._english[zh]) < 4:
                self._english[zh].append(" ".join(words))
            if len(words) == 1 and len(zh) > 1 and len(self._chinese[words[0]]) < 4:
                self._chinese[words[0]].append(zh)

    def __call__(self, text: str, random: np.random.Generator, share: float) -> str:
        """``text``, folded, with about ``share`` of its words replaced."""
        if is_english(text):
            return "".join(self._into_chinese(word, random, share) for word in _WORD.findall(text))
        return "".join(self._into_english(word, random, share) for word in self._cut(text))

    def _into_chinese(self, word: str, random: np.random.Generator, share: float) -> str:
        choices = self._chinese.get(word) or self._chinese.get(word.removesuffix("s"))
        if not choices or word in _COMMON or random.random() > share:
            return word
        return choices[random.integers(len(choices))]

    def _into_english(self, word: str, random: np.random.Generator, share: float) -> str:
        choices = self._english.get(word)
        if not choices or random.random() > share:
            return word
        return f" {choices[random.integers(len(choices))]} "
