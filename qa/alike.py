"""Do two pieces of text speak of the same things, in one language or two? By late interaction of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.encoder import TokenEncoder
from index.fold import squash
from index.late import rarity, unit_rows

F32 = npt.NDArray[np.float32]

# The cosine from which on two words are forms of one name: "China" and "Chinese" have 0.72, and of 154 countries 1%
# have more with another of them. The mean of a name's words from which on it may be the same name in another
# language: each of those countries has more.
SAME_NAME, ACROSS = 0.7, 0.5
# What a token of a name weighs at least, by ``token_weights``: "Smith" 7.96, "Leaders" 7.70.
RARE = 7.9


class Alike:
    """Compares statements with the n sentences of some passages, by the token vectors of an encoder."""

    def __init__(self, sentences: Sequence[str], encoder: TokenEncoder) -> None:
        """``encoder`` is only asked for its token vectors."""
        self._encoder = encoder
        self._tokens = [self._vectors(text) for text in sentences]
        self._asked = lru_cache(maxsize=64)(self._ask)  # one claim is held to many sentences

    def scores(self, claim: str) -> F32:
        """How much of a statement each sentence has, float32 ``(n,)``, −1 to 1."""
        return np.array([self.score(claim, (i,)) for i in range(len(self._tokens))], dtype=np.float32)

    def score(self, claim: str, sentences: Sequence[int]) -> float:
        """How much of a statement these sentences have together (−1 to 1).

        That is the mean of its tokens' best cosines, each weighted by how rare it is among the sentences and
        how telling in general.
        """
        asked, weights = self._asked(claim)
        tokens = np.concatenate([self._tokens[i] for i in sentences])
        if not len(asked) or not len(tokens):
            return 0.0
        best = (asked @ tokens.T).max(axis=1)
        return float(weights @ best / max(float(weights.sum()), 1e-9))

    def has_name(self, text: str, name: str, least: float = SAME_NAME) -> bool:
        """Whether every word of a name is in a text, or one that is ``least`` as like it as a cosine."""
        if squash(name) in squash(text):
            return True
        cosines = self._cosines(name, text)
        return bool(len(cosines) and cosines.min() >= least)

    def has_translation(self, text: str, name: str) -> bool:
        """Whether a text in the other language may have a name: its words are, on the whole, like some of the text's."""
        cosines = self._cosines(name, text)
        return bool(len(cosines) and cosines.mean() >= ACROSS)

    def likeness(self, word: str, other: str) -> float:
        """The mean of the best cosines of a word's tokens with those of another, −1 to 1; 0 where one has none."""
        cosines = self._cosines(word, other)
        return float(cosines.mean()) if len(cosines) else 0.0

    def _cosines(self, name: str, text: str) -> F32:
        """The best cosine of each token of a name in a text, float32 ``(q,)``; none where the text has no token."""
        asked, there = self._vectors(name), self._vectors(text)
        if not len(asked) or not len(there):
            return np.zeros(0, dtype=np.float32)
        best: F32 = (asked @ there.T).max(axis=1)
        return best

    def is_common(self, word: str) -> bool:
        """Whether a word is too common to be a name; one that the vocabulary only has in pieces is not."""
        ids = self._encoder.token_ids([word])[0]
        return len(ids) == 1 and bool(self._encoder.token_weights[ids[0]] < RARE)

    def _vectors(self, text: str) -> F32:
        """The unit vectors of a text's different tokens, float32 ``(t, d)``."""
        ids = np.unique(self._encoder.token_ids([text])[0])
        return unit_rows(self._encoder.token_vectors[ids])

    def _ask(self, claim: str) -> tuple[F32, F32]:
        """The unit vectors of a statement's q tokens, ``(q, d)``, and what each counts, ``(q,)``."""
        ids = self._encoder.token_ids([claim])[0]
        asked = unit_rows(self._encoder.token_vectors[ids])
        matches = [(asked @ t.T).max(axis=1) if len(t) else np.zeros(len(asked)) for t in self._tokens]
        found = np.array(matches, dtype=np.float32).reshape(len(self._tokens), len(asked)).T
        weights: F32 = rarity(found) * self._encoder.token_weights[ids]
        return asked, weights
