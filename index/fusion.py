"""Several scores of the same passages made one.

The parts are added on their own scales, not standardised over the passages that happen to be indexed: a score
then means the same in a page and in a library, and a part that knows nothing of a query (BM25, where
question and passages are in two languages) is near zero everywhere instead of being blown up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts in the fused score.

    The defaults were chosen on development questions: ``python -m benchmarks.retrieval DATA_FOLDER --dev``.
    """

    dense: float = 0.5
    lexical: float = 0.5
    late: float = 1.0
    context: float = 1.0


def fuse(dense: F32, lexical: F32, late: F32 | None, context: F32 | None, weights: Weights) -> F32:
    """One score a passage, float32 ``(n,)``, −1 to 1: the weighted mean of the parts.

    Each is float32 ``(n,)``: ``dense``, ``late`` and ``context`` −1 to 1, ``lexical`` as a share of the highest
    score that the query could get, 0 to 1. ``late`` and ``context`` are None where the encoder has no token
    vectors, without context or in it.

    >>> one, none = np.array([1.0], dtype=np.float32), np.array([0.0], dtype=np.float32)
    >>> fuse(one, none, one, None, Weights(1, 1, 2, 4)).tolist(), fuse(one, none, None, one, Weights(1, 1, 2, 4)).tolist()
    ([0.75], [0.8333333134651184])
    """
    total = weights.dense * dense + weights.lexical * lexical
    of_all = weights.dense + weights.lexical
    for part, weight in ((late, weights.late), (context, weights.context)):
        if part is not None:
            total = total + weight * part
            of_all += weight
    found: F32 = (total / of_all).astype(np.float32)
    return found
