"""Names known by their sound: 塞缪尔 spells Samuel, and 塞繆爾·佩恩 Samuel Payne, though no dictionary has them.

A foreign name in a Chinese text is spelled by characters that sound like it, and a Chinese name in an English text by
pinyin. The table says which letters each character spells and how likely (``index/training/sounds.py`` learned it); the
likeliest cut of a name's letters into as many pieces as characters says how well two forms agree, as in joint
source-channel transliteration (Li, Zhang & Su 2004). A question that asks by the one form is searched for by the other.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import log

from index.fold import fold

LONGEST = 6
"""Letters that one character spells, at most."""

ENOUGH = 14.5
"""What ``likeness`` a form must reach to be taken for a name's other form."""

_ODDS = 0.5  # how much it counts that characters are those of names
_UNSEEN = log(0.2)  # how much less a piece counts that a character only spells the consonants of
_SILENT = 3.0  # how much it counts against a form that one of its characters spells nothing
# Capitalised words, MacArthur too, but neither NATO nor a part of China-Russia.
_LATIN = re.compile(r"(?<![\w-])(?:[A-ZÀ-Þ][a-zß-ɏ]+){1,2}(?![\w-])")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


def letters(word: str) -> str:
    """A name's plain letters.

    >>> letters("Dvořák's")
    'dvoraks'
    """
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in plain if "a" <= c <= "z")


def consonants(piece: str) -> str:
    """What of a piece is heard through all spellings: its consonants, those that sound alike written alike.

    >>> consonants("pay"), consonants("qui"), consonants("phee")
    ('p', 'k', 'f')
    """
    plain = piece.replace("ph", "f").replace("ck", "k").translate(str.maketrans("cqzv", "kksw"))
    return "".join(c for c in plain if c not in "aeiouyh" and c != "w")


@dataclass(frozen=True)
class Spelling:
    """How one character spells: ``odds``, the logarithm of how much more often it stands in names than in texts; of
    pieces of letters, and of their consonants, the logarithm of how much likelier each is than with any character."""

    odds: float
    pieces: Mapping[str, float]
    heard: Mapping[str, float]


Table = Mapping[str, Spelling]


def read_table(lines: Mapping[str, str]) -> Table:
    """From lines of the form ``"21 40 ne31 en22 9"``: ten times the odds, how often it was seen, pieces in hundredths."""
    seen: dict[str, tuple[float, int, dict[str, float], dict[str, float]]] = {}
    every: Counter[str] = Counter()
    every_heard: Counter[str] = Counter()
    for character, line in lines.items():
        odds, times, *rest = line.split()
        chances: dict[str, float] = {}
        heard: dict[str, float] = {}
        for item in rest:
            piece = item.rstrip("0123456789")
            chances[piece] = int(item[len(piece) :]) / 100
            if piece:
                heard[consonants(piece)] = heard.get(consonants(piece), 0.0) + chances[piece]
        seen[character] = int(odds) / 10, int(times), chances, heard
        every.update({piece: p * int(times) for piece, p in chances.items()})
        every_heard.update({piece: p * int(times) for piece, p in heard.items()})
    total = sum(times for _, times, _, _ in seen.values())
    return {
        character: Spelling(
            odds,
            {
                piece: log(p * total / every[piece]) if piece else log(p) - _SILENT
                for piece, p in chances.items()
            },
            {piece: log(p * total / every_heard[piece]) + _UNSEEN for piece, p in heard.items()},
        )
        for character, (odds, _, chances, heard) in seen.items()
    }


@cache
def table() -> Table:
    """The table that the program holds, by folded character."""
    return read_table(json.loads(files("index").joinpath("sounds.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=1 << 14)
def _heard(word: str) -> Mapping[tuple[int, int], str]:
    """The consonants of each piece of a word, by where it begins and ends."""
    return {
        (s, e): consonants(word[s:e])
        for s in range(len(word))
        for e in range(s + 1, min(s + LONGEST, len(word)) + 1)
    }


def likeness(word: str, han: str, spellings: Table) -> tuple[float, int, int]:
    """How much likelier it is that a stretch of ``han`` spells all of ``word`` than that both stand there by chance: a
    logarithm, and where the stretch begins and ends. (0, 0, 0) where none does. ``word`` has plain letters only.

    >>> score, start, end = likeness("samuel", "是塞缪尔的", table())
    >>> score > ENOUGH, "是塞缪尔的"[start:end]
    (True, '塞缪尔')
    """
    heard, length = _heard(word), len(word)
    found = (0.0, 0, 0)
    reached: dict[int, tuple[float, int]] = {}
    for i, character in enumerate(han):
        spelling = spellings.get(character)
        before, reached = reached, {}
        if spelling is None:
            continue
        for s, (score, start) in [(0, (0.0, i)), *before.items()]:
            for e in range(s or 1, min(s + LONGEST, length) + 1):
                p = spelling.pieces.get(word[s:e])
                if p is None and (p := spelling.heard.get(heard[s, e]) if e > s else None) is None:
                    continue
                whole = score + p + (_ODDS * spelling.odds if e > s else 0.0)
                if e not in reached or whole > reached[e][0]:
                    reached[e] = (whole, start)
        if length in reached and reached[length][0] > found[0] and i > reached[length][1]:
            found = (reached[length][0], reached[length][1], i + 1)
    return found


@dataclass(frozen=True)
class Names:
    """What may be a name: ``stretches`` of characters that spell names, folded, and capitalised ``words``.

    >>> Names.of("塞繆爾在 Boston 出生。")
    Names(stretches=frozenset({'塞缪尔'}), words=frozenset({'Boston'}))
    """

    stretches: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Names:
        """Those of a text."""
        stretches: set[str] = set()
        for run in _HAN.findall(fold(text)) if _HAN.search(text) else []:
            marked = "".join(c if c in table() else " " for c in run)
            stretches.update(part for part in marked.split() if len(part) > 1)
        return cls(frozenset(stretches), frozenset(w for w in _LATIN.findall(text) if len(w) > 3))


def by_sound(query: str, names: Names, unknown: Callable[[str], bool]) -> str:
    """The question with its names as the texts spell them, of which ``names`` are, where they have the other form only.

    Only words of the question that are ``unknown``, which an encoder has no vector for, are looked for.

    >>> by_sound("Who was Samuel Payne?", Names.of("塞繆爾·佩恩在此出生。"), lambda word: word == "Samuel")
    'Who was 塞缪尔 Payne?'
    >>> by_sound("塞繆爾在哪裡出生？", Names.of("Samuel Payne was born here."), lambda word: True)
    ' Samuel 在哪里出生?'
    """
    asked = Names.of(query)
    found: dict[str, tuple[float, str]] = {}
    for word in asked.words if names.stretches else ():
        if unknown(word):
            score, form = max(_parts(word, names.stretches))
            if score >= ENOUGH:
                found[word] = (score, form)
    for word in names.words if asked.stretches else ():
        for score, form in _parts(word, asked.stretches):
            good = score >= max(ENOUGH, found.get(form, (0.0, ""))[0])
            if good and not any(form in other for other in names.stretches):
                found[form] = (score, f" {word} ")
    for name, (_, form) in found.items():
        query = (query if name in query else fold(query)).replace(name, form)
    return query


def _parts(word: str, stretches: Iterable[str]) -> Iterator[tuple[float, str]]:
    """The best ``likeness`` of a word and each stretch of characters, and that part of the stretch."""
    plain, spellings = letters(word), table()
    for stretch in stretches:
        score, start, end = likeness(plain, stretch, spellings)
        yield score, stretch[start:end]
