"""The likeliest sentences read together with the question, which shows what vectors made apart do not (``index.cross``)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder, PairEncoder
from qa.evidence import Evidence

# How many sentences are read. Eight answer no better on the development articles (qa.calibrate), and take twice as long.
READ = 4


def read_closely(evidence: Evidence, scores: npt.NDArray[np.float32], encoder: Encoder) -> Evidence:
    """The evidence with ``readings`` of its best sentences by ``scores``, ``(n,)``; as it is where the encoder has none."""
    if not isinstance(encoder, PairEncoder) or not evidence.sentences:
        return evidence
    best = np.argsort(-scores, kind="stable")[:READ]
    pairs = [(_before(evidence, int(i)), evidence.sentences[i].text) for i in best]
    readings = np.full(len(scores), np.nan, dtype=np.float32)
    readings[best] = encoder.read_together(evidence.question.text, pairs)
    return replace(evidence, readings=readings)


def _before(evidence: Evidence, number: int) -> str:
    """The sentence before one in its passage; empty for the first."""
    sentence, before = evidence.sentences[number], evidence.sentences[max(number - 1, 0)]
    return before.text if number and before.passage is sentence.passage else ""
