"""How well vectors find the right passage: on the held-out part of the training data, after each epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.training.data import Question


def ndcg_at_10(scores: npt.NDArray[np.float32], right: Sequence[int]) -> float:
    """The mean nDCG@10 of queries with one right document each; ``scores`` is (queries, documents).

    >>> ndcg_at_10(np.array([[0.9, 0.1], [0.8, 0.2]], dtype=np.float32), [0, 1])
    0.8154648767857288
    """
    rank = ranks(scores, right)
    return float(np.where(rank < 10, 1 / np.log2(rank + 2), 0.0).mean())


def ranks(scores: npt.NDArray[np.float32], right: Sequence[int]) -> npt.NDArray[np.int64]:
    """How many documents stand above the right one, for each query (int64, 0 is best)."""
    own = scores[np.arange(len(right)), list(right)]
    better: npt.NDArray[np.int64] = (scores > own[:, None]).sum(1)
    return better


def passages_of(questions: Sequence[Question]) -> tuple[list[str], list[int]]:
    """The different passages of ``questions``, and for each question the number of its own."""
    number: dict[str, int] = {}
    right = [number.setdefault(q.passage, len(number)) for q in questions]
    return list(number), right


def standardised(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each query's scores with mean 0 and deviation 1, so that different scores can be added."""
    spread: npt.NDArray[np.float32] = scores.std(1, keepdims=True)
    result: npt.NDArray[np.float32] = (scores - scores.mean(1, keepdims=True)) / np.maximum(spread, 1e-6)
    return result
