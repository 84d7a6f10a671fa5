"""The benchmarks' own arithmetic: ranks of sentences and tables of figures, on inputs small enough to check by eye."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import sentences, speed
from index.read import article_from_text
from tests.encoders import HashingEncoder

TEXT = """# Orchard

Red apples ripen in the early autumn. Green pears ripen in late summer.

The wooden cider press was built in 1911. A stone wall keeps the deer out."""
ASKED = [
    ("en", "When do green pears ripen?", "Green pears ripen in late summer."),
    ("en", "When do red apples ripen in late summer?", "Red apples ripen in the early autumn."),
    ("zh-Hant", "cider press 是哪一年造的？", "The wooden cider press was\n built in 1911."),
    ("en", "What does it cost?", ""),
]


@pytest.fixture
def tasks(tmp_path):
    rows = [{"lang": lang, "question": text, "evidence": evidence} for lang, text, evidence in ASKED]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return list(sentences.of_article(article_from_text(TEXT, source="orchard.md"), file))


def test_the_questions_on_an_article_are_sorted_by_language_and_placed_by_their_evidence(tasks):
    assert [task.name for task in tasks] == ["orchard.md, zh", "orchard.md, en"]
    for task in tasks:
        text = task.articles["orchard.md"].text
        told = [text[a:b] for a, b in task.spans["orchard.md"]]
        assert told == ["# Orchard", ASKED[1][2], ASKED[0][2], *told[3:]]
        assert told[3:] == ["The wooden cider press was built in 1911.", "A stone wall keeps the deer out."]
    placed = [[(q.question, text[q.at :].split(" ")[0]) for q in task.asked] for task in tasks]
    assert placed == [[(ASKED[2][1], "The")], [(ASKED[0][1], "Green"), (ASKED[1][1], "Red")]]


def test_the_rank_of_a_sentence_is_how_many_score_no_worse(tasks):
    zh, en = (sentences.ranks_as_passages(task, HashingEncoder(dimension=512)) for task in tasks)
    assert {name: rank.tolist() for name, rank in zh.items()} == {"dense": [0], "fused": [0]}
    # The second question has more words of the sentence on pears than of the one on apples, which answers it.
    assert {name: rank.tolist() for name, rank in en.items()} == {"dense": [0, 1], "fused": [0, 1]}


def test_a_sentence_that_the_program_does_not_read_is_far_down(tasks):
    task = tasks[0]
    lost = sentences.Asked(task.asked[0].question, "elsewhere.md", 0)
    both = sentences.Task(task.name, task.articles, task.spans, [*task.asked, lost])
    assert sentences.ranks_in_passages(both, HashingEncoder()).tolist() == [0, 10_000]


def test_figures_of_sentences_are_means_over_the_ranks(monkeypatch, tasks):
    monkeypatch.setattr(sentences, "ranks_as_passages", lambda *_: {"dense": np.array([0, 1, 3])})
    monkeypatch.setattr(sentences, "ranks_in_passages", lambda *_: np.array([0, 0, 4]))
    found = sentences.measure(tasks[0], None)
    assert found["dense"] == pytest.approx({"mAP": 7 / 12, "R@1": 1 / 3})
    assert found["ranker"] == pytest.approx({"mAP": 11 / 15, "R@1": 2 / 3})
    assert sentences.table({"orchard": found}).splitlines() == [
        "| sentences | by | mAP | R@1 |",
        "|---|---|---|---|",
        "| orchard | dense | 0.583 | 0.333 |",
        "| orchard | ranker | 0.733 | 0.667 |",
    ]


def test_speed_is_told_side_by_side():
    bundled = {"start to first answer, s": 1.23456, "passages of the article": 7, "peak memory, MB": 512.26}
    other = {"start to first answer, s": 12.0, "passages of the article": 7, "peak memory, MB": 1536.4}
    assert speed.table({"bundled": bundled, "hub/model": other}).splitlines() == [
        "| | bundled | hub/model |",
        "|---|---|---|",
        "| start to first answer, s | 1.235 | 12 |",
        "| passages of the article | 7 | 7 |",
        "| peak memory, MB | 512.3 | 1536 |",
    ]


def test_speed_is_measured_from_the_start_of_the_process(monkeypatch):
    monkeypatch.setenv("WENDA_SPEED_BEGAN", "1700000000.5")
    assert speed._started() == 1700000000.5
