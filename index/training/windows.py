"""Passages and what is asked of them, out of translated documents: the Chinese sentence, the English page, and back.

There are few questions in one language on a passage in the other. But a sentence, a piece of it left out, asks for the
passage that it was taken from, and a translated document has that passage in the other language too: an inverse cloze
task (Lee, Chang & Toutanova 2019) across languages. The passages before and after it are the wrong answers.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from index.training.data import Pairs

LONE = frozenset({"fenix_tatoeba", "tatoeba_challenge_test", "tatoeba_manythings", "3am_captions", "ud_pud"})
"""Sources whose neighbouring sentences have nothing to do with each other."""

_UNIT = re.compile(r"[a-z0-9]+[^a-z0-9]*|.")


def window_pairs(
    name: str, rows: Sequence[tuple[str, str, str]], weight: dict[str, float], room: int, seed: int
) -> Pairs:
    """Folded (zh, en, source) in the order of their documents → (cut sentence, passage of the other language).

    Passages have about ``room`` Chinese characters or half as many; first all with a Chinese question, then all with an
    English one. The forms of one passage are one group.

    >>> rows = [(f"第{i}句話說的是別的事情，每句都不同。", f"sentence {i} says another thing, each its own.", "a") for i in range(40)]
    >>> pairs = window_pairs("windows", rows, {}, 100, 7)
    >>> pairs.pairs[0][1].isascii(), pairs.pairs[-1][0].isascii(), len(pairs.pairs) == 2 * len(set(pairs.groups))
    (True, True, True)
    """
    random = np.random.default_rng(seed)
    asked: dict[str, list[tuple[str, str]]] = {"zh": [], "en": []}
    weights: list[float] = []
    groups: list[int] = []
    for source, document in groupby(rows, key=lambda row: row[2]):
        if source in LONE:
            continue
        for window in _windows([(zh, en) for zh, en, _ in document], room, random):
            said = [pair for pair in window if len(pair[0]) >= 12 and len(pair[1]) >= 40]
            if len(window) < 2 or not said:
                continue
            zh, en = said[random.integers(len(said))]
            asked["zh"].append((without_a_piece(zh, random), " ".join(e for _, e in window)))
            asked["en"].append((without_a_piece(en, random), "".join(z for z, _ in window)))
            weights.append(weight.get(source, 1.0))
            groups.append(zlib.crc32(asked["en"][-1][1].encode()))
    return Pairs(name, asked["zh"] + asked["en"], 2 * weights, 2 * groups)


def _windows(
    sentences: list[tuple[str, str]], room: int, random: np.random.Generator
) -> Iterator[list[tuple[str, str]]]:
    """Runs of neighbouring sentences, end to end."""
    window: list[tuple[str, str]] = []
    limit = room
    for pair in sentences:
        window.append(pair)
        if sum(len(zh) for zh, _ in window) >= limit:
            yield window
            window, limit = [], room // int(random.integers(1, 3))


def without_a_piece(sentence: str, random: np.random.Generator) -> str:
    """``sentence`` without a run of a fifth to a half of its words or characters.

    >>> without_a_piece("一二三四五六七八九十", np.random.default_rng(1))
    '一二三四五九十'
    """
    units = _UNIT.findall(sentence)
    length = max(int(len(units) * random.uniform(0.2, 0.5)), 1)
    start = int(random.integers(0, max(len(units) - length, 1)))
    return "".join(units[:start] + units[start + length :]).strip()
