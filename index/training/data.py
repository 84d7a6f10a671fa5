"""Reads the training data into pairs of texts that should lie close together.

The data folder is described by its own README; the files read here are the ones it lists for training,
never those under ``test/``. All text is folded on the way in: the model sees one script and one case.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.fold import fold
from index.training.config import Config

Pair = tuple[str, str]


@dataclass(frozen=True)
class Pairs:
    """Pairs of one kind; ``weights[i]`` is how often pair i is drawn. A text may stand in many pairs.

    The texts of pairs of one group (≥ 0; −1: none) answer each other's questions, so that none of them is a wrong
    answer to another. Neighbours in the list come from one article where there are articles.
    """

    name: str
    pairs: list[Pair]
    weights: list[float]
    groups: list[int]


@dataclass(frozen=True)
class Question:
    """A question, its passage and the sentence around its answer, in any mix of the two languages."""

    question: str
    passage: str
    sentence: str
    kind: str  # "zh→zh", "en→zh", …: language of the question → language of the passage
    fact: str  # the same for all forms of one passage
    weight: float = 1.0  # how often it is drawn


@dataclass(frozen=True)
class Corpus:
    """All that training reads. ``held_out`` questions (by topic or title) are for evaluation only."""

    pairs: dict[str, Pairs]
    held_out: list[Question]
    zh_texts: list[str]
    en_texts: list[str]
    lexicon: list[Pair]  # (Chinese word, English gloss)
    names: list[str]
    translated: list[tuple[str, str, str]]  # (Chinese, English, source) in the order of their documents


def rows(path: Path) -> Iterator[Any]:
    """The rows of a .jsonl.gz (dicts) or .tsv.gz (lists of strings)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line) if ".jsonl" in path.name else line.rstrip("\n").split("\t")


def held(key: str, one_in: int) -> bool:
    """Whether a topic or title belongs to the development part: the same answer on every machine.

    >>> held("history", 1)
    True
    """
    return zlib.crc32(key.encode()) % one_in == 0


def is_english(text: str) -> bool:
    """Whether a text has no Chinese character.

    >>> is_english("naïve café"), is_english("the word 中")
    (True, False)
    """
    return not any("\u3400" <= character <= "\u9fff" for character in text)


def sentence_around(passage: str, start: int) -> str:
    """The sentence of ``passage`` that holds the character at ``start``, by the plainest rule.

    >>> sentence_around("一。二三。四", 2)
    '二三。'
    >>> sentence_around("One. Two three. Four", 6)
    'Two three. '
    """
    begin = 1 + max(passage.rfind(mark, 0, start) for mark in ("。", "！", "？", "\n", ". ", "! ", "? "))
    ends = [passage.find(mark, start) for mark in ("。", "！", "？", "\n", ". ", "! ", "? ")]
    end = min((e for e in ends if e >= 0), default=len(passage))
    return passage[begin : end + 1].lstrip() + (" " if passage[end + 1 : end + 2] == " " else "")


def read_corpus(folder: Path, config: Config) -> Corpus:
    """Everything under ``folder`` that training uses.

    Raises FileNotFoundError where a file of the data README is missing.
    """
    translated = [
        (fold(zh), fold(en), source)
        for name in ("sentences.tsv.gz", "sentences_docs.tsv.gz")
        for zh, en, source in rows(folder / name)
    ]
    weights = [config.source_weight.get(source, 1.0) for _, _, source in translated]
    sentences = Pairs("sentences", [(zh, en) for zh, en, _ in translated], weights, [-1] * len(translated))
    lexicon = read_lexicon(folder / "lexicon.tsv.gz")
    glossary, names = read_glossary(folder / "glossary.jsonl.gz")
    bilingual = read_bilingual(folder / "bilingual_qa.jsonl.gz")
    single = read_questions(folder / "qa_train.jsonl.gz", config)
    held_out = [q for q, out in bilingual + single if out]
    kept = [q for q, out in bilingual if not out]
    pairs = {
        "sentences": sentences,
        "lexicon": plain_pairs("lexicon", lexicon),
        "glossary": plain_pairs("glossary", glossary),
        "bilingual": bilingual_pairs("bilingual", kept),
    }
    for name, kind in (("questions_zh", "zh→zh"), ("questions_en", "en→en")):
        some = [q for q, out in single if not out and q.kind == kind]
        pairs[name] = question_pairs(name, some, config.room)
    asked = [q for q, out in bilingual + single if not out]
    zh = [zh for zh, _ in sentences.pairs] + [
        t for q in asked if q.kind == "zh→zh" for t in (q.question, q.passage)
    ]
    en = [en for _, en in sentences.pairs] + [
        t for q in asked if q.kind == "en→en" for t in (q.question, q.passage)
    ]
    news = [fold(line) for i, (line, *_) in enumerate(rows(folder / "news_zh.txt.gz")) if i < config.news]
    forms = [form for pair in names for form in pair]
    return Corpus(pairs, held_out, zh + news, en, lexicon + names, forms, translated)


def read_lexicon(path: Path) -> list[Pair]:
    """(Chinese word, English gloss), folded, each once."""
    return list(dict.fromkeys((fold(zh), fold(en)) for zh, en, _ in rows(path) if zh and en))


def read_glossary(path: Path) -> tuple[list[Pair], list[Pair]]:
    """All pairs of forms of each name, and the pairs (Chinese form, English name) alone."""
    pairs: dict[Pair, None] = {}
    names: dict[Pair, None] = {}
    for row in rows(path):
        forms = list(
            dict.fromkeys(fold(f) for f in (row["zh_hant"], row["zh_hans"], row["en"], *row["alt"]) if f)
        )
        english = fold(row["en"])
        pairs |= dict.fromkeys((a, b) for a in forms for b in forms if a < b)
        names |= dict.fromkeys((f, english) for f in forms if f and not f.isascii())
    return list(pairs), list(names)


def read_bilingual(path: Path) -> list[tuple[Question, bool]]:
    """The aligned questions in all four directions, each with whether it is held out (by topic)."""
    found = []
    for row in rows(path):
        out = held(row["topic"], 6)
        for asked in ("zh", "en"):
            for told in ("zh", "en"):
                question, passage, answer = (
                    fold(row[f"q_{asked}"]),
                    fold(row[f"p_{told}"]),
                    fold(row[f"a_{told}"]),
                )
                sentence = sentence_around(passage, max(passage.find(answer), 0))
                found.append((Question(question, passage, sentence, f"{asked}→{told}", row["p_zh"]), out))
    return found


def read_questions(path: Path, config: Config) -> list[tuple[Question, bool]]:
    """The questions of one language, each with whether it is held out (one title in twenty)."""
    found = []
    for row in rows(path):
        language = row["lang"][:2]
        passage = fold(row["passage"])
        sentence = fold(sentence_around(row["passage"], max(row["answer_start"] or 0, 0)))
        kind, weight = f"{language}→{language}", config.source_weight.get(row["source"], 1.0)
        question = Question(fold(row["question"]), passage, sentence, kind, passage, weight)
        clean = row["source"] in {"cmrc2018.train", "drcd.dev", "squadshifts_new_wiki", "qed_nq.dev"}
        found.append((question, clean and held(row["title"] or row["passage"][:20], 20)))
    return found


def around(question: Question, room: int) -> str:
    """``room`` Chinese characters of the passage or half as many (English: × 3), the answering sentence among them.

    A model that reads so much of a passage must see the answer there. Which part is kept depends on the question alone;
    ``room`` 0 keeps the whole.

    >>> around(Question("誰？", "一。二。三四。五。六。", "三四。", "zh→zh", ""), 6)
    '三四。'
    """
    chance = zlib.crc32(question.question.encode())
    room = (room >> (chance & 1)) * (3 if is_english(question.passage) else 1)
    spare = room - len(question.sentence)
    if not room or len(question.passage) <= room:
        return question.passage
    at = question.passage.find(question.sentence)
    first = min(max(at - (chance >> 1) % max(spare, 1), 0), len(question.passage) - room)
    return question.passage[first : max(first + room, at + len(question.sentence))]


def plain_pairs(name: str, pairs: list[Pair]) -> Pairs:
    """Pairs drawn evenly, without groups."""
    return Pairs(name, pairs, [1.0] * len(pairs), [-1] * len(pairs))


def question_pairs(name: str, questions: list[Question], room: int = 0) -> Pairs:
    """Question → passage and question → answering sentence, evenly; of a long passage what ``around`` keeps.

    Other sentences of the same passage are wrong answers, and good ones to learn from: each is its own group.
    """
    pairs = [(q.question, around(q, room)) for q in questions] + [(q.question, q.sentence) for q in questions]
    facts = [q.fact for q in questions] + [q.sentence for q in questions]
    weights = 2 * [q.weight for q in questions]
    return Pairs(name, pairs, weights, [zlib.crc32(fact.encode()) for fact in facts])


def bilingual_pairs(name: str, questions: list[Question]) -> Pairs:
    """The four directions one after the other, then the questions and passages as translations."""
    pairs: list[Pair] = []
    facts: list[str] = []
    for kind in ("zh→zh", "en→en", "zh→en", "en→zh"):
        some = [q for q in questions if q.kind == kind]
        for target in ("passage", "sentence"):
            pairs += [(q.question, getattr(q, target)) for q in some]
            facts += [q.fact for q in some]
    chinese = [q for q in questions if q.kind == "zh→zh"]
    english = [q for q in questions if q.kind == "en→en"]
    for part in ("question", "passage", "sentence"):
        pairs += [(getattr(zh, part), getattr(en, part)) for zh, en in zip(chinese, english, strict=True)]
        facts += [q.fact for q in chinese]
    return Pairs(name, pairs, [1.0] * len(pairs), [zlib.crc32(fact.encode()) for fact in facts])
