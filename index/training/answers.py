"""What the cross-encoder learns from: questions, the sentence that answers each, and sentences that do not.

Wrong sentences stand around the right one or in other passages under its title. Wrong questions are made by
``index.training.altered``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.fold import fold, squash
from index.read import article_from_text
from index.split import sentences
from index.training.altered import Altering, chinese_names
from index.training.config import CrossConfig
from index.training.data import held, rows

Passage = tuple[str, ...]  # its sentences, folded


@dataclass(frozen=True)
class Asked:
    """A question of which ``passage[right]`` is the answer; ``also`` are all its sentences that hold the answer.

    ``others`` are passages beside it; ``altered`` forms of the question that the sentence does not answer.
    """

    question: str
    passage: Passage
    right: int
    also: frozenset[int]
    others: Sequence[Passage]
    altered: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Group:
    """What is read for one question: (question, before, sentence), the first the one that answers, if any does."""

    rows: list[tuple[str, str, str]]
    altered: tuple[str, str, str] | None  # a question that the first sentence does not answer


def cut(passage: str) -> Passage:
    """The sentences of a passage, folded."""
    article = article_from_text(" ".join(passage.split()), source="passage")
    spans = [span for block in article.blocks for span in sentences(article, block.start, block.end)]
    return tuple(fold(article.text[start:end]) for start, end in spans)


@dataclass(frozen=True)
class Making:
    """How questions are altered and passages cut."""

    alter: Callable[[str], str | None]
    cut: Callable[[str], Passage]


def read_asked(folder: Path, config: CrossConfig) -> dict[str, list[Asked]]:
    """The questions of the data folder by kind, without those that are held out."""
    reading = [row for row in rows(folder / "qa_train.jsonl.gz") if row["answer"]]
    bilingual = list(rows(folder / "bilingual_qa.jsonl.gz"))
    questions = [row["question"] for row in reading]
    questions += [row[q] for row in bilingual for q in ("q_zh", "q_en")]
    alter = Altering(questions, chinese_names(folder), np.random.default_rng(config.seed))
    make = Making(alter, cache(cut))
    found: dict[str, list[Asked]] = {"zh": [], "en": [], "bilingual": []}
    for language, one in _reading(reading, make, config):
        found[language].append(one)
    found["bilingual"] = list(_bilingual(bilingual, make))
    return found


def asked_of(
    row: dict[str, Any],
    fields: tuple[str, str, str],
    others: Sequence[str],
    make: Making,
    weight: float,
) -> Asked | None:
    """The question, passage and answer in these fields of a row; None where no sentence holds the answer."""
    question, passage, answer = (row[field] for field in fields)
    told = make.cut(passage)
    holding = [i for i, sentence in enumerate(told) if squash(answer) in squash(sentence)]
    if not holding:
        return None
    right = holding[0]
    if (start := row.get("answer_start")) is not None:
        before = len("".join(passage[:start].split()))
        ends = np.cumsum([len("".join(sentence.split())) for sentence in told])
        at = int(np.searchsorted(ends, before, side="right"))
        right = at if at in holding else right
    altered = tuple(fold(one) for one in (make.alter(question), make.alter(question)) if one)
    beside = [make.cut(other) for other in others]
    return Asked(fold(question), told, right, frozenset(holding), beside, altered, weight)


def _reading(
    reading: Sequence[dict[str, Any]], make: Making, config: CrossConfig
) -> Iterator[tuple[str, Asked]]:
    titled: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in reading:
        titled[row["source"], row["title"]][row["passage"]] = None
    for row in reading:
        if held(row["title"] or row["passage"][:20], 20):
            continue
        together = titled[row["source"], row["title"]]
        # A title of very many passages is no article.
        others = [p for p in together if p != row["passage"]] if 0 < len(together) <= config.article else []
        weight = config.data.source_weight.get(row["source"], 1.0)
        if one := asked_of(row, ("question", "passage", "answer"), others, make, weight):
            yield row["lang"][:2], one


def _bilingual(bilingual: Sequence[dict[str, Any]], make: Making) -> Iterator[Asked]:
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in bilingual:
        topics[row["topic"]].append(row)
    for row in bilingual:
        if held(row["topic"], 6):
            continue
        beside = [other for other in topics[row["topic"]] if other is not row][:60]
        for asked in ("zh", "en"):
            for told in ("zh", "en"):
                fields = f"q_{asked}", f"p_{told}", f"a_{told}"
                if one := asked_of(row, fields, [other[f"p_{told}"] for other in beside], make, 1.0):
                    yield one


def units(text: str) -> set[str]:
    """What two texts may share: words, or in Chinese pairs of characters.

    >>> sorted(units("上海市")), sorted(units("a city"))
    (['上海', '海市'], ['a', 'city'])
    """
    return set(text.split()) if text.isascii() else {text[i : i + 2] for i in range(len(text) - 1)}


def group(asked: Asked, config: CrossConfig, random: np.random.Generator) -> Group:
    """The right sentence, those around it that share most with the question and one by chance, and one or more of others.

    Of the sentences of other passages first the one that is most like the right one.
    """
    told = asked.passage
    wrong = [int(i) for i in random.permutation(len(told)) if i not in asked.also]
    near = sorted(wrong, key=lambda i: -len(units(asked.question) & units(told[i])))[:2]
    chosen = [(told, i) for i in (asked.right, *near, *[i for i in wrong if i not in near][:1])]
    room = config.group - len(chosen)
    if asked.others and room > 0:
        some = random.permutation(len(asked.others))[:12]
        beside = [(asked.others[k], i) for k in some for i in range(len(asked.others[k]))]
        right = units(told[asked.right])
        alike = [len(right & units(p[i])) / (5 + len(p[i])) for p, i in beside]
        order = [int(np.argmax(alike)), *random.permutation(len(beside))]
        chosen += [beside[k] for k in dict.fromkeys(order)][:room]
    read = [(asked.question, passage[i - 1] if i else "", passage[i]) for passage, i in chosen]
    if not asked.altered or random.random() > config.altered:
        return Group(read, None)
    return Group(read, (asked.altered[random.integers(len(asked.altered))], *read[0][1:]))


def piece(
    translated: Sequence[tuple[str, str, str]], config: CrossConfig, random: np.random.Generator
) -> Group:
    """A piece of a sentence as the question, in the other language its translation and the sentences around that."""
    while True:
        at = int(random.integers(len(translated) - config.group))
        block = translated[at : at + config.group]
        keep = config.data.source_weight.get(block[0][2], 1.0) / max(config.data.source_weight.values())
        if len({source for *_, source in block}) > 1 or random.random() > keep:
            continue
        side, which = int(random.integers(2)), int(random.integers(config.group))
        text = block[which][side]
        words = text.split() if side else text
        count = int(random.integers(4, 11)) * (1 if side else 2)
        if len(words) < 2 * count:
            continue
        first = int(random.integers(len(words) - count + 1))
        asked = (" " if side else "").join(words[first : first + count])
        order = [which, *(i for i in range(config.group) if i != which)]
        told = [(asked, block[i - 1][1 - side] if i else "", block[i][1 - side]) for i in order]
        return Group(told, None)
