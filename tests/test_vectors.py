"""FAISS against a matrix product."""

import numpy as np
import pytest

from index.vectors import FaissStore


@pytest.fixture
def unit():
    vectors = np.random.default_rng(1).standard_normal((300, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 7, 250, 1000])
def test_search_is_exact(unit, k):
    stored, queries = unit[:250], unit[250:]
    scores, positions = FaissStore(stored).search(queries, k)
    products = queries @ stored.T
    expected = np.argsort(-products, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(positions, expected)
    np.testing.assert_allclose(scores, np.take_along_axis(products, expected, axis=1), atol=1e-5)
    assert scores.dtype == np.float32


def test_vectors_come_back_as_they_went_in(unit):
    store = FaissStore(unit)
    assert len(store) == 300
    np.testing.assert_array_equal(store.vectors, unit)


def test_an_empty_store_finds_nothing(unit):
    store = FaissStore(np.zeros((0, 32), dtype=np.float32))
    scores, positions = store.search(unit[:2], k=3)
    assert scores.shape == positions.shape == (2, 0)
    assert store.vectors.shape == (0, 32)
