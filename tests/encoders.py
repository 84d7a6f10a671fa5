"""A real encoder without a trained model: each term hashed to a fixed random vector, a text their mean."""

import zlib

import numpy as np

from index.contextual import Contextual
from index.fold import terms


class HashingEncoder:
    """A ``TokenEncoder`` whose cosine grows with the terms that two texts share."""

    name = "hashing"

    def __init__(self, dimension=64, size=4096):
        self.dimension = dimension
        self.token_vectors = np.random.default_rng(0).standard_normal((size, dimension)).astype(np.float32)
        self.token_weights = np.random.default_rng(1).uniform(0.5, 2.0, size).astype(np.float32)
        self.encoded = 0  # texts so far, so that a test can tell what was encoded again

    def token_ids(self, texts):
        size = len(self.token_vectors)
        return [np.array([zlib.crc32(t.encode()) % size for t in terms(x)], dtype=np.int64) for x in texts]

    def encode_document(self, texts):
        self.encoded += len(texts)
        return self.encode_query(texts)

    def encode_query(self, texts):
        vectors = np.stack([self.token_vectors[ids].sum(axis=0) for ids in self.token_ids(texts)])
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)


class PlainEncoder:
    """The same without token vectors, as a model of the hub is."""

    name = "plain"

    def __init__(self):
        self._hashing = HashingEncoder()
        self.dimension = self._hashing.dimension

    def encode_query(self, texts):
        return self._hashing.encode_query(texts)

    def encode_document(self, texts):
        return self._hashing.encode_document(texts)


class ReadingEncoder(HashingEncoder):
    """A ``ContextEncoder``: each token is its own vector and a little of that of the one before it."""

    name = "reading"

    @property
    def words(self):
        return HashingEncoder(self.dimension, len(self.token_vectors))

    def read(self, texts):
        self.encoded += len(texts)
        found = []
        for parts in texts:
            ids = np.concatenate([np.zeros(0, dtype=np.int64), *self.token_ids(parts)])
            own = self.token_vectors[ids]
            vectors = own + 0.2 * np.roll(own, 1, axis=0)
            peak = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
            whole = own.sum(axis=0) / max(float(np.linalg.norm(own.sum(axis=0))), 1e-9)
            tokens = np.rint(vectors / peak * 127).astype(np.int8)
            found.append(Contextual(whole, tokens, self.token_weights[ids]))
        return found

    def token_counts(self, texts):
        return [len(ids) for ids in self.token_ids(texts)]
