"""Training cases for the answer scorer: questions on articles in which the answer is known to stand or not.

Unanswerable questions that look answerable are rare in public data, so they are made: the sentence that
answers is left out of the article, and all that surrounds it stays. What the model was trained on is no case: it is
surer there than it will be.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index.article import Article
from index.fold import squash
from index.read import article_from_text, read_article
from index.split import sentences
from index.training.data import held

Kind = Literal["answerable", "near", "far"]


@dataclass(frozen=True, slots=True)
class Case:
    """A question on an article; ``evidence`` are the answers that a right sentence holds, folded.

    ``evidence`` is empty where the article does not answer.
    """

    article: Article
    question: str
    evidence: tuple[str, ...]
    kind: Kind
    source: str


def _rows(path: Path) -> list[dict[str, Any]]:
    with (
        gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as f
    ):
        return [json.loads(line) for line in f]


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n\n".join(" ".join(text.split()) for text in texts)


def bilingual_cases(path: Path, rng: random.Random, count: int) -> Iterator[Case]:
    """Articles of passages on one topic, asked in either language.

    Near: a question of the same topic whose passage was left out. Far: a question of another topic.
    """
    rows = [row for row in _rows(path) if held(row["topic"], 6)]
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    large = [topic for topic, members in topics.items() if len(members) >= 6]
    for n in range(count):
        topic = rng.choice(large)
        members = rng.sample(topics[topic], len(topics[topic]))
        size = min(rng.randint(4, 40), len(members) - 2)
        inside, outside = members[:size], members[size:]
        language = rng.choice(("zh", "en"))
        text = _paragraphs(row[f"p_{language}"] for row in inside)
        article = article_from_text(text, source=f"bilingual-{n}")
        for row in rng.sample(inside, 3):
            asked = rng.choice(("zh", "en"))
            yield Case(article, row[f"q_{asked}"], (squash(row[f"a_{language}"]),), "answerable", "bilingual")
        yield Case(article, rng.choice(outside)[f"q_{rng.choice(('zh', 'en'))}"], (), "near", "bilingual")
        other = rng.choice([t for t in large if t != topic])
        yield Case(
            article, rng.choice(topics[other])[f"q_{rng.choice(('zh', 'en'))}"], (), "far", "bilingual"
        )


_LONG_FORM = {"cmrc2018.train", "drcd.dev", "squadshifts_new_wiki"}


def reading_cases(path: Path, rng: random.Random, count: int) -> Iterator[Case]:
    """Articles of one to eight passages under one title, asked in their own language."""
    titles: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(path):
        if row["source"] in _LONG_FORM and row["answer"] and held(row["title"], 20):
            titles[row["source"], row["title"]][row["passage"]].append(row)
    by_source = {
        source: [item for item in titles.items() if item[0][0] == source] for source in sorted(_LONG_FORM)
    }
    for n in range(count):
        source = rng.choice(sorted(_LONG_FORM))
        _, passages = rng.choice(by_source[source])
        chosen = rng.sample(sorted(passages), min(len(passages), rng.randint(1, 8)))
        article = article_from_text(_paragraphs(chosen), source=f"{source}-{n}")
        for row in rng.sample(passages[chosen[0]], min(2, len(passages[chosen[0]]))):
            yield Case(article, row["question"], (squash(row["answer"]),), "answerable", source)
        row = rng.choice(passages[chosen[0]])
        yield Case(_without(article, squash(row["answer"])), row["question"], (), "near", source)
        _, others = rng.choice(by_source[source])
        yield Case(article, rng.choice(others[rng.choice(sorted(others))])["question"], (), "far", source)


def _without(article: Article, answer: str) -> Article:
    """The article without any sentence that holds the answer."""
    kept: list[str] = []
    for block in article.blocks:
        spans = sentences(article, block.start, block.end)
        texts = [article.text[start:end] for start, end in spans]
        kept.append(" ".join(text for text in texts if answer not in squash(text)))
    return article_from_text(_paragraphs(filter(None, kept)) or "—", source=article.source + "-cut")


def gold_cases(path: Path, rng: random.Random, wide: int = 2) -> Iterator[Case]:
    """The short articles of the gold file, each with answerable, near and far questions.

    Every article comes alone and ``wide`` times more among others in its language, since the same question
    must be judged alike in a page and in a long text.
    """
    rows = _rows(path)
    for row in rows:
        others = [other for other in rows if other is not row and other["lang"][:2] == row["lang"][:2]]
        for n in range(1 + wide):
            company = rng.sample(others, min(len(others), rng.randint(2, 8))) if n else []
            at = rng.randint(0, len(company))
            texts = [f"{r['title']}\n\n{r['text']}" for r in (*company[:at], row, *company[at:])]
            article = article_from_text("\n\n".join(texts), source=row["id"])
            yield from _gold_questions(row, article, "gold-wide" if n else "gold")


def article_cases(article: Path, questions: Path) -> Iterator[Case]:
    """The development questions on one long article; those that it does not answer count as far."""
    read = read_article(article)
    for row in _rows(questions):
        evidence = tuple(map(squash, filter(None, (row["evidence"], *row["answers"]))))
        yield Case(read, row["question"], evidence, "answerable" if evidence else "far", "gold-long")


def _gold_questions(row: dict[str, Any], article: Article, source: str) -> Iterator[Case]:
    for question in row["questions"]:
        evidence = (squash(question["evidence"]), *map(squash, question["answers"]))
        yield Case(article, question["question"], evidence, "answerable", source)
    for question in row["unanswerable"]:
        yield Case(article, question["question"], (), question["kind"], source)
