"""The encoder: real models, small ones made here and the bundled one, through the one door load_encoder."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.bundled import BUNDLED
from index.encoder import ContextEncoder, Encoder, TokenEncoder, known_prompts, load_encoder
from index.errors import EncoderError
from index.fold import fold

TEXTS = ["亚信会议在上海举行。", "The summit was held in Shanghai.", "今天天气很好", "reset the router"]


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory):
    """A BERT of random weights with a WordPiece tokenizer, saved as a SentenceTransformer folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", "router", "reset", "the"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(folder / "plain")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=32)
    tokenizer.save_pretrained(folder / "plain")
    transformer = Transformer(str(folder / "plain"))
    pooling = Pooling(16, pooling_mode="mean")
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(modules=[transformer, pooling], prompts=prompts).save(str(folder / "with-prompts"))
    SentenceTransformer(modules=[transformer, pooling]).save(str(folder / "e5-small"))
    SentenceTransformer(modules=[transformer, pooling]).save(str(folder / "other"))
    return folder


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {"[UNK]": 0, "reset": 1, "the": 2, "router": 3}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]], dtype=np.float32)
    folder = tmp_path_factory.mktemp("static")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)]).save(str(folder))
    return folder


def assert_vectors(vectors, rows, dimension):
    assert vectors.dtype == np.float32
    assert vectors.shape == (rows, dimension)
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_transformer_folder_gives_unit_float32_rows(bert_folder):
    encoder = load_encoder(bert_folder / "other")
    assert isinstance(encoder, Encoder)
    assert not isinstance(encoder, TokenEncoder)
    assert encoder.dimension == 16
    assert_vectors(encoder.encode_query(["reset the router"]), 1, 16)
    assert_vectors(encoder.encode_document(TEXTS * 40), 160, 16)
    assert encoder.encode_query([]).shape == (0, 16)


@pytest.mark.parametrize("folder", ["with-prompts", "e5-small"])
def test_the_prompts_of_the_model_or_of_its_family_are_put_before_the_text(bert_folder, folder):
    plain = load_encoder(bert_folder / "other")
    prompted = load_encoder(str(bert_folder / folder))
    for own, prefix in (("encode_query", "query: "), ("encode_document", "passage: ")):
        got = getattr(prompted, own)(["reset the router"])
        np.testing.assert_allclose(got, plain.encode_query([prefix + "reset the router"]), atol=1e-6)
    different = plain.encode_query(["query: reset the router"]) - plain.encode_query(["reset the router"])
    assert np.abs(different).max() > 1e-3


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("intfloat/e5-base-v2", ("query: ", "passage: ")),
        ("BAAI/bge-small-zh-v1.5", ("为这个句子生成表示以用于检索相关文章：", "")),
        ("BAAI/bge-large-en-v1.5", ("Represent this sentence for searching relevant passages: ", "")),
        ("nomic-ai/nomic-embed-text-v1.5", ("search_query: ", "search_document: ")),
        ("sentence-transformers/all-MiniLM-L6-v2", ("", "")),
        ("acme/note5-large", ("", "")),
    ],
)
def test_known_prompts(name, prompts):
    assert known_prompts(name) == prompts


def test_a_static_model_offers_its_tokens(static_folder):
    encoder = load_encoder(static_folder)
    assert isinstance(encoder, TokenEncoder)
    (ids, nothing) = encoder.token_ids(["reset unheard router", "unheard"])
    assert ids.tolist() == [1, 3]
    assert nothing.tolist() == []
    assert encoder.token_vectors.tolist() == [[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]]
    assert encoder.token_weights.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(
        encoder.encode_document(["reset router"]), np.array([[1, 0, 3]]) / np.sqrt(10), atol=1e-6
    )
    assert encoder.encode_query(["unheard"]).tolist() == [[0, 0, 0]]


def test_the_words_of_the_bundled_model_are_the_direction_of_the_sum_of_their_tokens():
    encoder = load_encoder()
    assert isinstance(encoder, ContextEncoder)
    vectors = encoder.words.encode_query(TEXTS)
    assert_vectors(vectors, len(TEXTS), encoder.token_vectors.shape[1])
    for vector, ids in zip(vectors, encoder.token_ids(TEXTS), strict=True):
        total = encoder.token_vectors[ids].sum(0)
        np.testing.assert_allclose(vector, total / np.linalg.norm(total), atol=1e-5)


def test_both_bundled_folders_are_ordinary_sentence_transformers():
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder()
    assert isinstance(encoder, ContextEncoder)
    folded = [fold(text) for text in TEXTS]
    static = SentenceTransformer(str(BUNDLED / "static"), local_files_only=True)
    np.testing.assert_allclose(static.encode(folded), encoder.words.encode_query(TEXTS), atol=1e-5)
    contextual = SentenceTransformer(
        str(BUNDLED / "contextual"), local_files_only=True, model_kwargs={"dtype": "float32"}
    )
    np.testing.assert_allclose(contextual.encode(folded), encoder.encode_query(TEXTS), atol=1e-4)


def test_a_text_in_parts_is_read_as_one_and_counted_by_its_parts():
    encoder = load_encoder()
    assert isinstance(encoder, ContextEncoder)
    parts = ["第一節", "亞信會議在上海舉行。", "The summit was held in May."]
    [whole] = encoder.read([parts])
    assert len(whole.tokens) == sum(encoder.token_counts(parts)) == len(whole.weights)
    assert np.abs(whole.tokens).max(axis=1).tolist() == [127] * len(whole.tokens)
    np.testing.assert_allclose(whole.whole, encoder.encode_document(["\n".join(parts)])[0], atol=1e-5)


def test_of_a_text_that_is_too_long_the_end_is_not_read():
    encoder = load_encoder()
    assert isinstance(encoder, ContextEncoder)
    [long] = encoder.read([["上海。" * 400]])
    assert long.tokens[:510].any(axis=1).all()
    assert not long.tokens[510:].any()


def test_the_bundled_model_needs_no_transformers():
    code = "import sys; from index.encoder import load_encoder; load_encoder().encode_query(['問題']); "
    code += "print([name for name in ('transformers', 'sentence_transformers') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_weight_of_a_token_is_known_for_every_row():
    encoder = load_encoder()
    assert isinstance(encoder, TokenEncoder)
    weights = encoder.token_weights
    assert weights.shape == encoder.token_vectors.shape[:1]
    assert weights.dtype == np.float32
    (ids,) = encoder.token_ids(["the kazakhstan"])
    assert 0 <= weights[ids[0]] < weights[ids[1]]


def test_the_bundled_model_sees_one_word_in_both_scripts():
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(BUNDLED / "static"), local_files_only=True)
    pairs = [("亞信會議在臺灣", "亚信会议在台湾"), ("網路與軟體", "网络与软件"), ("歐巴馬", "奥巴马")]
    encoder = load_encoder()
    for taiwan, mainland in pairs:
        for encode in (encoder.encode_query, plain.encode):
            left, right = encode([taiwan, mainland])
            assert left @ right > 0.99, (taiwan, mainland)


def test_the_bundled_model_finds_the_sentence_across_languages():
    encoder = load_encoder()
    english = [
        "The summit was held in Shanghai.",
        "The bank raised its interest rates.",
        "He planted three apple trees in the garden.",
    ]
    chinese = ["他在花園裡種了三棵蘋果樹。", "高峰會在上海舉行。", "銀行提高了利率。"]
    best = (encoder.encode_query(english) @ encoder.encode_document(chinese).T).argmax(1)
    assert best.tolist() == [1, 2, 0]


def test_the_bundled_model_is_small_and_stable_in_name():
    assert sum(file.stat().st_size for file in BUNDLED.rglob("*") if file.is_file()) <= 64_000_000
    assert load_encoder().name == load_encoder().name
    assert load_encoder().name.startswith("wenda-static-")
    assert "+wenda-contextual-" in load_encoder().name


@pytest.mark.parametrize("which", ["bert", "static"])
def test_threads_may_share_an_encoder(which, bert_folder, static_folder):
    encoder = load_encoder(static_folder if which == "static" else bert_folder / "other")
    texts = [f"reset {'the ' * (i % 7)}router" for i in range(40)]
    alone = [encoder.encode_query([text]) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: encoder.encode_query([text]), texts))
    for left, right in zip(alone, together, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-6)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(EncoderError, match=r"no model at .*nowhere"):
        load_encoder(tmp_path / "nowhere")
    with pytest.raises(EncoderError, match=r"no model at \./nowhere"):
        load_encoder("./nowhere")


def test_a_folder_that_holds_no_model_is_named(tmp_path):
    with pytest.raises(EncoderError, match=r"neither modules\.json nor config\.json"):
        load_encoder(tmp_path)
    (tmp_path / "config.json").write_text("{not json", encoding="utf-8")
    with pytest.raises(EncoderError, match="can't load the model in"):
        load_encoder(str(tmp_path))


def test_a_hub_name_that_cannot_be_fetched_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderError, match=r"no-such-group/no-such-model.*Check the name") as caught:
        load_encoder("no-such-group/no-such-model")
    assert "\n" not in str(caught.value)


def test_loading_the_bundled_model_asks_no_network(monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError(f"the network was touched: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert Path(BUNDLED, "static", "modules.json").is_file()
    load_encoder().encode_query(["問題"])
