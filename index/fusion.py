"""Several scores of the same passages made one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts in the fused score, after it is standardised."""

    dense: float = 1.0
    lexical: float = 1.0
    late: float = 1.0


def standardised(scores: F32) -> F32:
    """Scores of n passages with mean 0 and standard deviation 1; all 0 where they are all alike.

    >>> standardised(np.array([1.0, 3.0], dtype=np.float32)).tolist()
    [-1.0, 1.0]
    """
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-6:
        return np.zeros_like(scores)
    found: F32 = (scores - scores.mean()) / np.float32(spread)
    return found


def fuse(dense: F32, lexical: F32, late: F32 | None, weights: Weights) -> F32:
    """One score a passage, float32 ``(n,)``: the weighted mean of the standardised parts.

    ``late`` is None where the encoder has no token vectors; the others then share its weight.
    """
    total = weights.dense * standardised(dense) + weights.lexical * standardised(lexical)
    sum_of_weights = weights.dense + weights.lexical
    if late is not None:
        total = total + weights.late * standardised(late)
        sum_of_weights += weights.late
    found: F32 = (total / sum_of_weights).astype(np.float32)
    return found
