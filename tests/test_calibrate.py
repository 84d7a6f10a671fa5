"""How the scorer comes about: the cases it is fitted on, the fit, and the file of its weights."""

from __future__ import annotations

import gzip
import json
import random

import numpy as np
import pytest

from index.encoder import load_encoder
from index.fold import squash
from index.training.data import held
from qa.calibrate import closely, examples, fit, fit_ranker, threshold_for
from qa.cases import bilingual_cases, gold_cases
from qa.evidence import FEATURES
from qa.judge import JUDGE_FEATURES
from qa.scorer import SCORER_FILE, Scorer


def held_out(topic):
    """The topic under a name that training leaves out, as cases must be."""
    return next(name for i in range(99) if held(name := f"{topic} {i}", 6))


TOPICS = {
    held_out("tea"): [
        ("陸羽", "Lu Yu", "《茶經》", "The Classic of Tea"),
        ("榮西", "Eisai", "《喫茶養生記》", "Kissa Yojoki"),
    ],
    held_out("maps"): [
        ("麥卡托", "Mercator", "世界地圖集", "an atlas"),
        ("裴秀", "Pei Xiu", "製圖六體", "six principles"),
    ],
}


def bilingual_rows():
    for topic, people in TOPICS.items():
        for n in range(4):
            for zh, en, work_zh, work_en in people:
                yield {
                    "topic": topic,
                    "q_zh": f"{zh}在哪一年寫了{work_zh}第{n + 2}卷？",
                    "q_en": f"When did {en} write volume {n + 2} of {work_en}?",
                    "p_zh": f"{zh}在{700 + n}年寫了{work_zh}第{n + 2}卷。後人至今還在讀。",
                    "p_en": f"{en} wrote volume {n + 2} of {work_en} in the year {700 + n}. It is still read.",
                    "a_zh": f"{700 + n}年",
                    "a_en": str(700 + n),
                }


GOLD = {
    "id": "g1",
    "lang": "en",
    "title": "The Ferry",
    "text": "The ferry began to run in 1904. It carries 80 people. Its captain is Ann Lowe.",
    "questions": [
        {
            "question": "When did the ferry begin to run?",
            "answers": ["1904"],
            "evidence": "began to run in 1904",
        },
        {"question": "誰是船長？", "answers": ["Ann Lowe"], "evidence": "Its captain is Ann Lowe"},
    ],
    "unanswerable": [
        {"question": "How deep is the harbour?", "kind": "near"},
        {"question": "Who wrote Faust?", "kind": "far"},
    ],
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with gzip.open(folder / "bilingual_qa.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in bilingual_rows())
    (folder / "gold.jsonl").write_text(json.dumps(GOLD, ensure_ascii=False), encoding="utf-8")
    made = list(bilingual_cases(folder / "bilingual_qa.jsonl.gz", random.Random(1), 12))
    return made, list(gold_cases(folder / "gold.jsonl", random.Random(1), wide=0))


def test_made_cases_are_what_they_say(cases):
    made, _ = cases
    assert {case.kind for case in made} == {"answerable", "near", "far"}
    for case in made:
        text = squash(case.article.text)
        assert case.kind != "answerable" or case.evidence[0] in text
        assert case.kind == "answerable" or case.evidence == ()


def test_cases_are_made_alike_from_one_seed(tmp_path):
    with gzip.open(tmp_path / "b.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in bilingual_rows())
    once, again = (list(bilingual_cases(tmp_path / "b.jsonl.gz", random.Random(3), 5)) for _ in range(2))
    assert [(c.question, c.kind) for c in once] == [(c.question, c.kind) for c in again]


def test_gold_cases_keep_their_kinds(cases):
    _, gold = cases
    assert [(c.kind, c.question) for c in gold] == [
        ("answerable", "When did the ferry begin to run?"),
        ("answerable", "誰是船長？"),
        ("near", "How deep is the harbour?"),
        ("far", "Who wrote Faust?"),
    ]


def test_a_fitted_ranker_puts_right_sentences_first_and_the_judge_tells_what_is_answered(cases):
    made, gold = cases
    encoder = load_encoder()
    found = examples([*made, *gold], encoder)
    data = closely(found, fit_ranker(found), encoder)
    scorer = fit(data)
    assert scorer.ranker.shape == (2, len(FEATURES))
    assert scorer.reading.shape == (2,)
    assert scorer.reading[0] > 0
    firsts = [e.right[scorer.rank(e.evidence).argmax()] for e in data if e.case.evidence]
    assert np.mean(firsts) > 0.9
    confidence = {
        kind: np.mean(
            [scorer.confidence(e.evidence, scorer.rank(e.evidence)) for e in data if e.case.kind == kind]
        )
        for kind in ("answerable", "far")
    }
    assert confidence["answerable"] > 0.7
    assert confidence["far"] < 0.3


def test_what_the_model_was_trained_on_makes_no_case(tmp_path):
    rows = list(bilingual_rows())
    learned = next(name for i in range(99) if not held(name := f"topic {i}", 6))
    with gzip.open(tmp_path / "b.jsonl.gz", "wt", encoding="utf-8") as file:
        for row in [*rows, *({**row, "topic": learned, "p_zh": "學過的。"} for row in rows)]:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    made = list(bilingual_cases(tmp_path / "b.jsonl.gz", random.Random(1), 12))
    assert made
    assert not any("學過" in case.article.text for case in made)


def test_the_threshold_lets_the_given_share_go_unanswered():
    confidence = [i / 100 for i in range(100)]
    threshold = threshold_for(confidence, false_abstention=0.07)
    assert sum(c < threshold for c in confidence) == 7


def test_a_saved_scorer_comes_back(tmp_path):
    scorer = Scorer.load()
    scorer.save(tmp_path / "scorer.json", seed=1)
    again = Scorer.load(tmp_path / "scorer.json")
    np.testing.assert_allclose(again.ranker, scorer.ranker, atol=1e-4)
    np.testing.assert_allclose(again.reading, scorer.reading, atol=1e-4)
    np.testing.assert_allclose(again.judge, scorer.judge, atol=1e-4)


def test_every_weight_that_comes_with_wenda_belongs_to_a_feature():
    data = json.loads(SCORER_FILE.read_text(encoding="utf-8"))
    for row in data["ranker"].values():
        assert set(row) == set(FEATURES)
    assert set(data["judge"]) == set(JUDGE_FEATURES)
    assert 0 < data["threshold"] < 1
