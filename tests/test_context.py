"""Late interaction in context, against numpy by brute force; and an index whose encoder reads in context."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from index.context import NEAR, InContext, best_in
from index.contextual import Contextual
from index.index import CANDIDATES, Index
from index.late import rarity, unit_rows
from index.read import article_from_text
from tests.encoders import ReadingEncoder

TEXT = "第一節 概況\n\n亞信會議在上海舉行。日本是觀察員。\n\nThe summit was held in May. Members met in Shanghai."


def _tokens(seed: int, lengths: list[int], k: int = 6) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.integers(-127, 128, (t, k)).astype(np.int8) for t in lengths]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 9), min_size=0, max_size=6), st.integers(0, 4))
def test_best_matches_are_those_of_brute_force(seed, lengths, asked):
    texts = _tokens(seed, lengths)
    question = unit_rows(np.random.default_rng(seed + 1).standard_normal((asked, 6)).astype(np.float32))
    found = best_in(question, texts)
    assert found.shape == (asked, len(texts))
    for i, text in enumerate(texts):
        rows = unit_rows(text.astype(np.float32))
        for j, token in enumerate(question):
            assert abs(found[j, i] - max((float(token @ row) for row in rows), default=0.0)) < 1e-5


def test_a_token_that_counts_nothing_is_left_out_and_a_rare_one_counts_more():
    common, rare, mark = np.eye(3, 8, dtype=np.float32) * 127
    passages = [np.stack([common, mark]), np.stack([common, rare]), np.stack([common])]
    question = Contextual(
        np.zeros(8, np.float32),
        np.stack([common, rare, mark]).astype(np.int8),
        np.array([1.0, 1.0, 0.0], dtype=np.float32),
    )
    asked = InContext(question, [p.astype(np.int8) for p in passages])
    assert asked.matches.round(3).tolist() == [[1, 1, 1], [0, 1, 0]]
    np.testing.assert_allclose(asked.weights, rarity(asked.matches))
    assert asked.weights[1] > 5 * asked.weights[0]
    assert int(asked.scores().argmax()) == 1
    assert asked.match([rare[None].astype(np.int8)]).tolist() == [[0.0], [1.0]]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 3 * NEAR), min_size=0, max_size=5), st.integers(0, 4))
def test_a_passage_counts_by_its_best_stretch(seed, lengths, asked):
    texts = _tokens(seed, lengths)
    random = np.random.default_rng(seed + 1)
    tokens = random.integers(-127, 128, (asked, 6)).astype(np.int8)
    question = InContext(Contextual(np.zeros(6, np.float32), tokens, np.ones(asked, np.float32)), texts)
    share = question.weights / max(question.weights.sum(), 1e-9)
    for text, score in zip(texts, question.scores(), strict=True):
        cosines = unit_rows(tokens.astype(np.float32)) @ unit_rows(text.astype(np.float32)).T
        places = [cosines[:, at : at + NEAR] for at in range(0, len(text), NEAR // 2)]
        assert abs(score - max((float(share @ near.max(axis=1)) for near in places), default=0.0)) < 1e-5


def test_words_that_stand_together_count_more_than_words_far_apart():
    one, other, filler = (np.eye(3, 8) * 127).astype(np.int8)
    together = np.stack([one, other] + [filler] * 78)
    apart = np.stack([one] + [filler] * 78 + [other])
    question = Contextual(np.zeros(8, np.float32), np.stack([one, other]), np.ones(2, np.float32))
    asked = InContext(question, [together, apart])
    assert asked.matches.tolist() == [[1, 1], [1, 1]]
    assert asked.scores().tolist() == [1.0, 0.5]


def _article(text: str = TEXT, source: str = "a.txt") -> Article:
    return article_from_text(text, source=source)


def test_an_index_keeps_the_tokens_of_its_passages_and_finds_by_them():
    index = Index.build([_article()], ReadingEncoder())
    assert index.context is not None
    for passage in index.passages:
        tokens = index.tokens_of(passage)
        assert tokens is not None
        assert len(tokens)
        assert tokens.dtype == np.int8
    best = index.search("觀察員", k=1)[0]
    assert "日本是觀察員" in best.passage.text
    assert best.context > 0.5


def test_tokens_follow_their_article_through_add_remove_save_and_load(tmp_path):
    encoder = ReadingEncoder()
    both = Index.build([_article()], encoder).add(_article("第二篇。貓在花園裡。", "b.txt"))
    expected = {p: np.array(both.tokens_of(p)) for p in both.passages}
    both.save(tmp_path / "x.wenda")
    for index in (
        both,
        Index.load(tmp_path / "x.wenda", encoder),
        both.remove("a.txt"),
        both.only(["a.txt"]),
    ):
        assert index.passages
        for passage in index.passages:
            np.testing.assert_array_equal(index.tokens_of(passage), expected[passage])


def test_what_was_read_is_not_read_again_when_an_article_is_added():
    encoder = ReadingEncoder()
    index = Index.build([_article()], encoder)
    encoder.encoded = 0
    added = index.add(_article("貓在花園裡。", "b.txt"))
    assert encoder.encoded == len(added.passages) - len(index.passages)


def test_in_a_large_index_only_the_best_candidates_are_looked_at_in_context():
    lines = [f"第{n}條。編號{n}的文字。" for n in range(CANDIDATES + 40)]
    articles = [_article(line, f"{n}.txt") for n, line in enumerate(lines)]
    index = Index.build(articles, ReadingEncoder())
    hits = index.search("編號7的文字", k=len(index.passages) // 3)
    assert hits[0].source == "7.txt"
    assert all(hit.context > 0 for hit in hits)
    parts = index.search("編號7的文字", k=len(index.passages))
    assert len(parts) == len(index.passages)
