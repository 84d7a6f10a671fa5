"""Learns how Chinese characters spell foreign names, from the names of a lexicon: 佩 is "pay", 恩 is "n", "ne" or "en".

A name's letters are cut into as many pieces as the Chinese form has characters, in every way at once, and each way counts
by how likely it is under the pieces that the characters had in the round before: expectation maximisation, as in joint
source-channel transliteration (Li, Zhang & Su 2004), with one piece a character and no context. Names spelled by pinyin
teach the same table.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import log
from pathlib import Path

from index.fold import fold
from index.sounds import LONGEST, letters
from index.training.data import held, rows

Table = dict[str, dict[str, float]]
"""character → letters → probability."""

PINYIN = 1.5  # how many names a character's syllable counts for
_NAME = re.compile(r"(?:[A-ZÀ-Þ][\w'’-]+)(?: [A-ZÀ-Þ][\w'’-]+){0,3}(?=$| ?[,(])")
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,16}")


def names(folder: Path) -> list[tuple[str, str]]:
    """(Chinese form, its letters) of every name of the lexicon and the glossary, by parts where a dot parts it."""
    found: dict[tuple[str, str], None] = {}
    given = [(zh, en) for zh, en, _ in rows(folder / "lexicon.tsv.gz")]
    glossary = [*rows(folder / "glossary.jsonl.gz")]
    given += [(row[script], row["en"]) for script in ("zh_hant", "zh_hans") for row in glossary]
    for zh, en in given:
        name = _NAME.match(en)
        if not name or not _HAN.fullmatch(zh):
            continue
        parts, words = fold(zh).split("·"), name[0].split()
        if len(parts) == len(words):
            found |= dict.fromkeys((part, letters(word)) for part, word in zip(parts, words, strict=True))
        elif len(parts) == 1:
            joined = [
                "".join(map(letters, words[i:j]))
                for i in range(len(words))
                for j in range(i + 1, len(words) + 1)
            ]
            found |= dict.fromkeys((parts[0], word) for word in joined)
    return [(zh, word) for zh, word in found if 2 <= len(zh) <= 8 and 0.7 <= len(word) / len(zh) <= 5]


def cuts(zh: str, word: str, table: Table | None) -> Iterator[tuple[str, str, float]]:
    """(character, piece, how likely the character has that piece here), over every cut of ``word``."""
    n, m = len(zh), len(word)

    def chance(i: int, start: int, end: int) -> float:
        if table is None:  # at first: pieces near the average length, rarely none
            return float(0.5 ** abs((end - start) - m / n)) * (0.05 if start == end else 1.0)
        return table.get(zh[i], {}).get(word[start:end], 0.0)

    forward = [[0.0] * (m + 1) for _ in range(n + 1)]
    backward = [[0.0] * (m + 1) for _ in range(n + 1)]
    forward[0][0] = backward[n][m] = 1.0
    steps = {
        (i, s, e): chance(i, s, e)
        for i in range(n)
        for s in range(m + 1)
        for e in range(s, min(s + LONGEST, m) + 1)
    }
    for (i, s, e), p in steps.items():
        forward[i + 1][e] += forward[i][s] * p
    for (i, s, e), p in reversed(steps.items()):
        backward[i][s] += backward[i + 1][e] * p
    whole = forward[n][m]
    if whole > 0:
        for (i, s, e), p in steps.items():
            share = forward[i][s] * p * backward[i + 1][e] / whole
            if share > 1e-4:
                yield zh[i], word[s:e], share


def best(zh: str, word: str, table: Table) -> float:
    """The logarithm of the likeliest cut, a character; −9 where there is none."""
    reached = {0: 0.0}
    for character in zh:
        pieces = table.get(character, {})
        fresh: dict[int, float] = {}
        for s, score in reached.items():
            for e in range(s, min(s + LONGEST, len(word)) + 1):
                p = pieces.get(word[s:e], 0.0)
                if p > 0:
                    fresh[e] = max(fresh.get(e, -1e9), score + log(p))
        reached = fresh
    return reached.get(len(word), -9.0 * len(zh)) / len(zh)


def learn(pairs: Sequence[tuple[str, str]], rounds: int = 6, worst: float = -3.5) -> Table:
    """The table; after two rounds, of a name's possible letters only the likeliest are kept, and none worse than ``worst``."""
    table: Table | None = None
    counts: dict[str, dict[str, float]] = {}
    for turn in range(rounds):
        counts = defaultdict(lambda: defaultdict(float))
        kept = pairs
        if table is not None and turn >= 2:
            scored: dict[str, list[tuple[float, str]]] = defaultdict(list)
            for zh, word in pairs:
                scored[zh].append((best(zh, word, table), word))
            kept = [(zh, word) for zh, some in scored.items() for score, word in [max(some)] if score > worst]
        for zh, word in kept:
            for character, piece, share in cuts(zh, word, table):
                counts[character][piece] += share
        table = {
            c: {piece: n / (sum(some.values()) + 0.5) for piece, n in some.items() if n > 0.05}
            for c, some in counts.items()
        }
    return counts


def syllables() -> dict[str, list[str]]:
    """Up to two syllables, without tones, of each of the 3,755 characters of the first level of GB 2312."""
    from pypinyin import Style, pinyin

    cells = (bytes([row, column]) for row in range(0xB0, 0xD8) for column in range(0xA1, 0xFF))
    found = {}
    for character in filter(None, (cell.decode("gb2312", "ignore") for cell in cells)):
        [read] = pinyin(character, style=Style.NORMAL, heteronym=True)
        found[character] = list(dict.fromkeys(letters(one.replace("ü", "v")) for one in read))[:2]
    return found


def shipped(counts: Table, texts: Mapping[str, int], least: float = 0.02) -> dict[str, str]:
    """The table as it is kept: ten times the odds, how often a character was seen, its pieces in hundredths.

    A character that stands far more often in ``texts`` than in names is left out.
    """
    named, written = sum(sum(some.values()) for some in counts.values()), sum(texts.values())
    read = syllables()
    kept = {}
    for character in sorted({*counts, *read}):
        some = dict(counts.get(character, {}))
        for syllable in read.get(character, []):
            some[syllable] = some.get(syllable, 0.0) + PINYIN
        total = sum(some.values())
        odds = log((total / named) / ((texts.get(character, 0) + 5) / written))
        pieces = [
            f"{piece}{round(100 * n / total)}"
            for piece, n in sorted(some.items(), key=lambda item: -item[1])
            if n / total >= least and n >= 0.3
        ]
        if any(piece[0].isalpha() for piece in pieces) and odds > -1.5:
            kept[character] = " ".join([str(round(10 * odds)), str(round(total)), *pieces])
    return kept


def main(argv: list[str] | None = None) -> None:
    """Learns from all names but one in ten, by which ``tests/test_sounds.py`` tells how well it does."""
    parser = argparse.ArgumentParser(prog="python -m index.training.sounds", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--out", type=Path, default=Path("index", "sounds.json"))
    options = parser.parse_args(argv)
    counts = learn([pair for pair in names(options.data) if not held(pair[0], 10)])
    texts = Counter(c for zh, _, _ in rows(options.data / "sentences.tsv.gz") for c in fold(zh))
    news = islice(rows(options.data / "news_zh.txt.gz"), 3_000)
    texts.update(c for line, *_ in news for c in fold(line))
    table = json.dumps(shipped(counts, texts), ensure_ascii=False, indent=0)
    options.out.write_text(table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
