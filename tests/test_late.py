"""Late interaction against a loop over tokens."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.late import Late, best_matches, distinct, rarity, unit_rows, vocabulary
from tests.encoders import HashingEncoder

TABLE = np.random.default_rng(2).standard_normal((30, 8)).astype(np.float32)
tokens = st.lists(st.integers(0, 29), max_size=12).map(lambda ids: np.array(ids, dtype=np.int64))


def cosine(a, b):
    return float(TABLE[a] @ TABLE[b] / (np.linalg.norm(TABLE[a]) * np.linalg.norm(TABLE[b])))


@given(tokens, st.lists(tokens, max_size=5))
def test_each_query_token_takes_its_best_match(query, texts):
    rows = distinct(texts)
    occurring = vocabulary([rows], len(TABLE))
    found = best_matches(unit_rows(TABLE[query]), rows, occurring, unit_rows(TABLE[occurring]))
    expected = [[max((cosine(q, t) for t in text), default=0.0) for text in texts] for q in query]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.array(expected).reshape(len(query), len(texts)), atol=1e-5)


def test_a_token_that_is_matched_everywhere_weighs_least():
    weights = rarity(
        np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]], dtype=np.float32)
    )
    assert weights[0] < weights[1] < weights[2] == weights[3]
    assert math.isclose(weights[1], math.log(1 + 2.5 / 1.5), rel_tol=1e-6)


def test_score_is_the_weighted_mean_of_best_matches():
    encoder = HashingEncoder()
    texts = ["亞信會議在上海", "火星上的直升機", "會議"]
    ids = encoder.token_ids(texts)
    late = Late(encoder, distinct(ids))
    scores = late.score("上海會議")
    [query] = encoder.token_ids(["上海會議"])
    unit = unit_rows(encoder.token_vectors)
    best = np.array([[(unit[q] @ unit[text].T).max() for text in ids] for q in query])
    frequency = (best.clip(0) ** 4).sum(1)
    weights = np.log(1 + (3 - frequency + 0.5) / (frequency + 0.5)) * encoder.token_weights[query]
    np.testing.assert_allclose(scores, weights @ best / weights.sum(), atol=1e-5)
    assert scores.argmax() == 0
    assert scores[0] > 0.6 > scores[1:].max()


def test_other_texts_are_scored_with_the_weights_of_the_index():
    encoder = HashingEncoder()
    texts = ["亞信會議在上海", "火星上的直升機", "會議"]
    late = Late(encoder, distinct(encoder.token_ids(texts)))
    np.testing.assert_allclose(
        late.score("上海會議", late.token_ids(texts)), late.score("上海會議"), atol=1e-6
    )
    assert late.score("上海", late.token_ids(["在上海舉行", "", "🙂"])).argmax() == 0
    assert late.score("上海", []).tolist() == []


def test_only_what_is_live_counts_and_in_how_many_pieces_it_lies_does_not():
    encoder = HashingEncoder()
    texts = ["亞信會議在上海", "火星上的直升機", "會議", "上海的會議"]
    ids = encoder.token_ids(texts)
    expected = Late(encoder, distinct([ids[0], ids[2]])).score("上海會議")
    pieces = Late(encoder, distinct(ids[:1]), distinct(ids[1:]), live=np.array([0, 2]))
    np.testing.assert_allclose(pieces.score("上海會議"), expected, atol=1e-6)


def test_many_texts_are_each_matched_with_their_own_tokens():
    rng = np.random.default_rng(3)
    texts = [rng.integers(0, 30, rng.integers(0, 4)) for _ in range(5000)]  # more than are looked at together
    unit = unit_rows(TABLE)
    found = best_matches(unit[:2], distinct(texts), np.arange(30, dtype=np.int32), unit)
    expected = [[(unit[q] @ unit[t].T).max() if len(t) else 0.0 for t in texts] for q in (0, 1)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_query_without_tokens_scores_nothing():
    encoder = HashingEncoder()
    late = Late(encoder, distinct(encoder.token_ids(["上海", ""])))
    assert late.score("🙂").tolist() == [0, 0]
    assert Late(encoder, distinct([])).score("上海").tolist() == []
