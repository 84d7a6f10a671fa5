"""From features to a decision: which sentences answer, and how likely it is that any does.

Two small linear models, each with one set of weights for a question in the article's language and one for a
question in the other: a ranker (softmax over the candidate sentences) and a judge (logistic, over the best
sentence and its article). ``python -m qa.calibrate`` fits both and writes ``qa/scorer.json``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.fold import fold, terms
from qa.evidence import FEATURES, TYPED, Evidence

F32 = npt.NDArray[np.float32]
SCORER_FILE = Path(__file__).with_name("scorer.json")

_OF_BEST = ("dense", "late", "coverage", "context_coverage", "context_dense", "longest")
JUDGE_FEATURES: tuple[str, ...] = (
    *_OF_BEST,  # of the best sentence
    "margin",  # how far the ranker puts the best above the second, as a difference of probabilities
    "peak",  # how far the best cosine stands above the candidates' mean
    "typed_found",  # a value of the kind asked for stands in the best sentence: 1 or 0
    "typed_missing",  # the kind has a detector, and it finds none: 1 or 0
    "missing_number",  # share of the question's numbers that stand nowhere near the best sentence
    "missing_name",  # share of the question's Latin names that stand in no candidate
    "seen",  # share of the question's terms that stand in any candidate
    "bias",  # always 1
)

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"\b[A-Z][\w’'-]+|\b[A-Z]{2,}\b")


def _missing(wanted: list[str], text: str) -> float:
    return sum(item not in text for item in wanted) / len(wanted) if wanted else 0.0


def judge_features(evidence: Evidence, scores: F32) -> F32:
    """The features of the judge, shape ``(len(JUDGE_FEATURES),)``; ``scores`` are the ranker's, ``(n,)``.

    The evidence must hold at least one sentence.
    """
    order = np.argsort(-scores)
    best = int(order[0])
    row = dict(zip(FEATURES, evidence.features[best].tolist(), strict=True))
    exp = np.exp(scores - scores.max())
    share = exp / exp.sum()
    dense = evidence.features[:, FEATURES.index("dense")]
    kind = evidence.question.kind
    found = row.get(f"has_{kind}", 0.0)
    question = evidence.question.text
    folded = fold(question).replace(",", "")
    near = fold(" ".join(evidence.sentences[i].context for i in order[:2])).replace(",", "")
    anywhere = fold(" ".join(s.text for s in evidence.sentences))
    present = set(terms(anywhere))
    asked = set(terms(evidence.question.content))
    names = [fold(name) for name in _NAME.findall(question)[1:]] if evidence.question.language == "en" else []
    names += re.findall(r"[a-z]{2,}", folded) if evidence.question.language != "en" else []
    extra = {
        "margin": float(share[order[0]] - share[order[1]]) if len(order) > 1 else 1.0,
        "peak": float(dense[best] - dense.mean()),
        "typed_found": found,
        "typed_missing": float(kind in TYPED and not found),
        "missing_number": _missing(_NUMBER.findall(folded), near),
        "missing_name": _missing(names, anywhere),
        "seen": sum(term in present for term in asked) / len(asked) if asked else 1.0,
        "bias": 1.0,
    }
    return np.array([extra.get(name, row.get(name, 0.0)) for name in JUDGE_FEATURES], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights of ranker and judge, each ``(2, features)``: row 0 for the same language, row 1 across.

    ``threshold`` is the confidence (0 to 1) below which Wenda abstains.
    """

    ranker: F32
    judge: F32
    threshold: float

    @classmethod
    def load(cls, path: Path = SCORER_FILE) -> Scorer:
        """Read the weights that come with the package."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            ranker=_table(data["ranker"], FEATURES),
            judge=_table(data["judge"], JUDGE_FEATURES),
            threshold=float(data["threshold"]),
        )

    def save(self, path: Path = SCORER_FILE, **notes: object) -> None:
        """Write the weights by the names of their features, with ``notes`` on how they came about."""
        data = notes | {
            "threshold": round(self.threshold, 4),
            "ranker": _named(self.ranker, FEATURES),
            "judge": _named(self.judge, JUDGE_FEATURES),
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def rank(self, evidence: Evidence) -> F32:
        """A score for each sentence, shape ``(n,)``; the higher, the likelier that it answers."""
        weights = self.ranker[evidence.crosses.astype(np.intp)]
        scores: F32 = (evidence.features * weights).sum(axis=1, dtype=np.float32)
        return scores

    def confidence(self, evidence: Evidence, scores: F32) -> float:
        """The probability (0 to 1) that the article answers the question; 0 without any evidence."""
        if not len(scores):
            return 0.0
        crosses = int(evidence.crosses[int(np.argmax(scores))])
        logit = float(judge_features(evidence, scores) @ self.judge[crosses])
        return 1.0 / (1.0 + float(np.exp(-logit)))


_ROWS = ("same", "cross")


def _table(named: dict[str, dict[str, float]], features: tuple[str, ...]) -> F32:
    return np.array([[named[row].get(name, 0.0) for name in features] for row in _ROWS], dtype=np.float32)


def _named(table: F32, features: tuple[str, ...]) -> dict[str, dict[str, float]]:
    return {
        row: {name: round(float(w), 4) for name, w in zip(features, weights, strict=True)}
        for row, weights in zip(_ROWS, table, strict=True)
    }
