"""What the cross-encoder learns from, and a run of two steps that goes on where it stopped."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from index.bundled import BUNDLED
from index.contextual import read_parts
from index.training.altered import Altering, chinese_names, places
from index.training.answers import Asked, asked_of, cut, group, piece, read_asked
from index.training.config import CrossConfig
from index.training.data import held

torch = pytest.importorskip("torch")

SMALL = CrossConfig(rank=2, hidden=4, steps=2, batch=2, save_every=1, rate=1e-2)
FERRY = "The ferry began to run in 1904. It carries 80 people. Its captain is Ann Lowe. The pier is in Kobe."
TOPIC = next(name for i in range(99) if not held(name := f"topic {i}", 6))
HELD = next(name for i in range(99) if held(name := f"topic {i}", 6))


def write(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(
            (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows
        )


def bilingual(topic, n):
    return {
        "topic": topic,
        "q_zh": f"第{n}號渡輪的船長在東京見了誰？",
        "q_en": f"Whom did the captain of ferry {n} meet in Tokyo?",
        "p_zh": f"第{n}號渡輪很大。船長在東京見了林安。",
        "p_en": f"Ferry {n} is large. Its captain met Ann Lowe in Tokyo.",
        "a_zh": "林安",
        "a_en": "Ann Lowe",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    titles = [name for i in range(99) if not held(name := f"title {i}", 20)]
    asked = {"lang": "en", "source": "made", "title": titles[0], "passage": FERRY}
    reading = [
        asked | {"question": "Who is its captain?", "answer": "Ann Lowe", "answer_start": FERRY.index("Ann")},
        asked | {"question": "Where in Kobe is it?", "answer": "nowhere", "answer_start": 0},
        asked
        | {"question": "How many people?", "answer": "80 people", "answer_start": 44, "title": titles[1]},
    ]
    write(data / "qa_train.jsonl.gz", reading)
    write(data / "bilingual_qa.jsonl.gz", [bilingual(TOPIC, n) for n in range(4)] + [bilingual(HELD, 9)])
    write(data / "glossary.jsonl.gz", [{"zh_hant": "東京", "zh_hans": "东京", "en": "Tokyo", "alt": []}])
    write(data / "lexicon.tsv.gz", ["神戶\tKobe\tcedict", "船長\tcaptain\tcedict", "神戶\tharbour\tcedict"])
    return data


def test_names_are_those_of_the_glossary_and_what_english_writes_large(folder):
    assert chinese_names(folder) == {"東京", "东京"}  # 神戶 is also glossed by a plain word


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("誰在東京見了他？", ("誰在", "見了他？")),
        ("Whom did the captain meet in Tokyo?", ("Whom did the captain meet in ", "?")),
        ("What happened in 1904 at sea?", ("What happened in ", " at sea?")),
    ],
)
def test_one_name_or_number_is_put_for_another(question, kept):
    names = frozenset({"東京", "大阪"})
    alter = Altering(["大阪在哪裡？", "Who met Ann Lowe?"], names, np.random.default_rng(0))
    first, last = kept
    for _ in range(5):
        altered = alter(question)
        assert altered.startswith(first)
        assert altered.endswith(last)
        old, new = question[len(first) : -len(last)], altered[len(first) : -len(last)]
        assert new in ({"大阪"} if old == "東京" else {"Ann Lowe"} if old == "Tokyo" else {new}) - {old}
        assert old != "1904" or 0 < abs(int(new) - 1904) <= 30


def test_a_question_without_name_or_number_is_left():
    assert Altering(["Who met Ann Lowe?"], frozenset(), np.random.default_rng(0))("它有多大？") is None
    assert list(places("it is large", frozenset())) == []


def test_questions_are_read_with_the_sentence_that_answers(folder):
    found = read_asked(folder, SMALL)
    assert {kind: len(some) for kind, some in found.items()} == {"zh": 0, "en": 2, "bilingual": 16}
    captain = found["en"][0]
    assert captain.passage[captain.right] == "its captain is ann lowe."
    assert captain.passage == cut(FERRY)
    assert captain.also == {2}
    crossing = found["bilingual"][1]
    assert crossing.passage[crossing.right] == "its captain met ann lowe in tokyo."
    assert len(crossing.others) == 3
    assert not any("9" in "".join(one.passage) for one in found["bilingual"])  # its topic is held out


def test_of_two_sentences_with_the_answer_the_one_that_was_marked_is_right():
    passage = "Ann Lowe came. It rained. Then Ann Lowe left."

    class Make:
        alter = staticmethod(lambda question: None)
        cut = staticmethod(cut)

    row = {"q": "Who left?", "p": passage, "a": "Ann Lowe", "answer_start": passage.rindex("Ann")}
    one = asked_of(row, ("q", "p", "a"), (), Make, 1.0)
    assert (one.right, one.also, one.altered) == (2, {0, 2}, ())


def test_a_group_has_the_right_sentence_first_and_none_that_holds_the_answer_beside_it():
    told = tuple(f"sentence {i} on tea." for i in range(6))
    other = ("a sentence on tea.", "nothing alike.")
    asked = Asked("which on tea?", told, 2, frozenset({2, 4}), [other], ("which on maps?",), 1.0)
    random = np.random.default_rng(0)
    groups = [group(asked, SMALL, random) for _ in range(40)]
    for one in groups:
        assert one.rows[0] == ("which on tea?", told[1], told[2])
        assert len(one.rows) == SMALL.group
        assert told[4] not in {sentence for *_, sentence in one.rows}
        assert ("which on tea?", "", other[0]) in one.rows  # the most like the right one
        assert one.altered in (None, ("which on maps?", told[1], told[2]))
    assert 8 < sum(one.altered is not None for one in groups) < 32


def test_a_piece_of_a_sentence_asks_for_its_translation():
    pairs = [
        (
            f"第{n}個很長很長的中文句子在這裡說了又說",
            f"sentence {n} goes on and on for many words here",
            "news",
        )
        for n in range(9)
    ]
    random, seen = np.random.default_rng(2), set()
    for _ in range(20):
        one = piece(pairs, SMALL, random)
        asked = one.rows[0][0]
        chinese = not asked.isascii()
        [number] = [n for n, pair in enumerate(pairs) if pair[chinese] == one.rows[0][2]]
        assert asked in pairs[number][not chinese]
        assert len({sentence for *_, sentence in one.rows}) == SMALL.group
        seen.add(chinese)
    assert seen == {True, False}


@pytest.mark.slow
def test_a_run_goes_on_where_it_stopped_and_what_it_writes_reads_alike_and_can_be_taken_up_again(
    folder, tmp_path
):
    from safetensors.torch import load_file

    from index.cross import FILE, read_cross
    from index.training.cross import Learner, Run, Source, export, run_steps

    model = tmp_path / "model"
    shutil.copytree(BUNDLED / "contextual", model)
    translated = [
        (f"這是第{n}個不算短的中文句子", f"this is sentence {n} which is not so very short", "news")
        for n in range(9)
    ]
    source = Source(
        read_asked(folder, SMALL), translated, replace(SMALL, weight={"en": 1, "bilingual": 2, "pieces": 1})
    )

    def trained(stop):
        run = Run.begin(model, SMALL, "cpu")
        run_steps(run, source, SMALL, 0)
        if stop:
            run.save(tmp_path / "checkpoint.pt", 1)
            run = Run.begin(model, SMALL, "cpu")
            assert run.resume(tmp_path / "checkpoint.pt") == 1
        run_steps(run, source, SMALL, 1)
        return run.learner.eval()

    whole, resumed = trained(stop=False), trained(stop=True)
    for left, right in zip(whole.parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(left, right)
    before = (model / "model.safetensors").read_bytes()
    export(whole, model)
    assert (model / "model.safetensors").read_bytes() == before
    told = [("", "its captain is ann lowe."), ("很大。", "船長在東京見了林安。"), ("", "x" * 400)]
    ours = read_cross(read_parts(model)).score("誰是船長?", told)
    with torch.inference_mode():
        theirs = whole.in_halves(whole.pairs([("誰是船長?", *pair) for pair in told])).numpy()
    assert np.abs(theirs).max() > 0.01
    np.testing.assert_allclose(ours, theirs, atol=2e-2)
    again = Learner(model, SMALL).eval()
    again.take(load_file(model / FILE))
    with torch.inference_mode():
        taken = again(again.pairs([("誰是船長?", *pair) for pair in told])).numpy()
    np.testing.assert_allclose(taken, ours, atol=1e-4)
