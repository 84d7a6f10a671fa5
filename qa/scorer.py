"""From features to a decision: which sentences answer, and how likely it is that any does.

Two small linear models: a ranker (softmax over the candidate sentences; one set of weights for a question in
the article's language, one for a question in the other) and a judge (logistic, over the best evidence).
``python -m qa.calibrate`` fits both and writes ``qa/scorer.json``, in which every weight has a name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.evidence import FEATURES, Evidence
from qa.judge import JUDGE_FEATURES, judge_features

F32 = npt.NDArray[np.float32]
SCORER_FILE = Path(__file__).with_name("scorer.json")
_ROWS = ("same language", "across languages")


@dataclass(frozen=True, slots=True)
class Scorer:
    """The weights of ranker, ``(2, len(FEATURES))``, and judge, ``(len(JUDGE_FEATURES),)``, float32.

    ``reading``, ``(2,)``, is what the ranker gives a sentence's reading, where sentences were read (``qa.closer``).
    ``threshold`` is the confidence (0 to 1) below which Wenda abstains.
    """

    ranker: F32
    reading: F32
    judge: F32
    threshold: float

    @classmethod
    def load(cls, path: Path = SCORER_FILE) -> Scorer:
        """Read the weights that come with the package."""
        data = json.loads(path.read_text(encoding="utf-8"))
        rows = [[data["ranker"][row].get(name, 0.0) for name in FEATURES] for row in _ROWS]
        judge = [data["judge"].get(name, 0.0) for name in JUDGE_FEATURES]
        reading = [data["reading"][row] for row in _ROWS]
        ranked, read, judged = (np.array(some, np.float32) for some in (rows, reading, judge))
        return cls(ranked, read, judged, float(data["threshold"]))

    def save(self, path: Path = SCORER_FILE, **notes: object) -> None:
        """Write the weights by the names of their features, with ``notes`` on how they came about."""
        data = notes | {
            "threshold": round(self.threshold, 4),
            "ranker": {row: _named(FEATURES, self.ranker[i]) for i, row in enumerate(_ROWS)},
            "reading": _named(_ROWS, self.reading),
            "judge": _named(JUDGE_FEATURES, self.judge),
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def rank(self, evidence: Evidence) -> F32:
        """A score for each sentence, float32 ``(n,)``; the higher, the likelier that it answers.

        Where some sentences were read, one that was not counts as the worst of them.
        """
        row = evidence.crosses.astype(np.intp)
        scores: F32 = (evidence.features * self.ranker[row]).sum(axis=1, dtype=np.float32)
        if not (read := ~np.isnan(evidence.readings)).any():
            return scores
        readings = np.where(read, evidence.readings, evidence.readings[read].min())
        return np.asarray(scores + self.reading[row] * readings, dtype=np.float32)

    def confidence(self, evidence: Evidence, scores: F32) -> float:
        """The probability (0 to 1) that the article answers; ``scores`` are ``rank``'s. 0 without evidence."""
        if not len(scores):
            return 0.0
        return float(probability(judge_features(evidence, scores), self.judge))


def probability(features: F32, weights: F32) -> F32:
    """The logistic function of ``features @ weights``: float32 of the shape of the product, 0 to 1.

    >>> float(probability(np.zeros(2, np.float32), np.ones(2, np.float32)))
    0.5
    """
    found: F32 = (1.0 / (1.0 + np.exp(-(features @ weights)))).astype(np.float32)
    return found


def _named(names: Sequence[str], weights: F32) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
