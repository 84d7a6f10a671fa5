"""Does the article answer at all? The features by which the best evidence is judged, and nothing else.

A question that an article does not answer mostly shares its names and its subject; what gives it away is
one word that finds no match near the best sentence, a value of the kind asked for that is not there, or a
year that stands nowhere.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from index.fold import fold, terms
from qa.evidence import FEATURES, TYPED, Evidence

F32 = npt.NDArray[np.float32]

_OF_BEST = (
    "dense",
    "late",
    "coverage",
    "context_coverage",
    "context_late",
    "context_dense",
    "longest",
    "measured",
    "in_context",
    "near_context",
)
JUDGE_FEATURES: tuple[str, ...] = (
    *_OF_BEST,  # of the sentence that the ranker puts first
    "top",  # the ranker's score of that sentence
    "above_mean",  # and how far it stands above the mean of all candidates
    "above_next",  # and above the second
    "unmatched_best",  # the part of the question, by weight, that finds no match in that sentence
    "unmatched_near",  # … in it, its neighbours and the second-best sentence
    "unmatched_any",  # … in any candidate
    "weakest_best",  # the match, as a cosine, of the weightiest tokens' worst in that sentence
    "weakest_near",  # … in it, its neighbours and the second-best
    "weakest_any",  # … in any candidate
    "astray_best",  # what unmatched_best is, in context
    "astray_near",  # … and unmatched_near
    "astray_any",  # … and unmatched_any
    "faintest_best",  # what weakest_best is, in context
    "faintest_near",  # … and weakest_near
    "faintest_any",  # … and weakest_any
    "reading",  # the logit of the best sentence, read together with the question (qa.closer)
    "reading_most",  # … and the highest of any
    "reading_next",  # … and the highest of any but the best
    "missing_number",  # share of the question's numbers that do not stand near the best sentence
    "missing_name",  # share of the question's Latin names that stand in no candidate
    "seen",  # share of the question's terms that stand in some candidate
    "typed_found",  # a new value of the kind asked for stands in one of the three best: 1 or 0
    "typed_missing",  # the kind has a detector, and it finds none in the best: 1 or 0
    "tokens",  # log of the number of tokens in the question
    "candidates",  # log of the number of candidate sentences
    "crosses",  # 1 where question and article differ in language
    *(f"asks_{kind}" for kind in TYPED),  # the kind of the question: 1 or 0
    "bias",  # always 1
)

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Ordinals in words, which only a text in the same language can be held to: 第五屆, the fifth.
_ORDINAL = re.compile(
    r"第[一二三四五六七八九十百]+|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)
_NAME = re.compile(r"\b[A-Z][\w’'-]+|\b[A-Z]{2,}\b")
# A token of less than this share of the weightiest's weight decides nothing.
_WEIGHTY = 0.25


def _missing(wanted: list[str], text: str) -> float:
    return sum(item not in text for item in wanted) / len(wanted) if wanted else 0.0


def _neighbourhood(evidence: Evidence, order: npt.NDArray[np.intp]) -> list[int]:
    """The two best sentences and the neighbours of the best in its passage."""
    best = int(order[0])
    near = {int(i) for i in order[:2]}
    for i in (best - 1, best + 1):
        if 0 <= i < len(order) and evidence.sentences[i].passage is evidence.sentences[best].passage:
            near.add(i)
    return sorted(near)


def _match_features(evidence: Evidence, order: npt.NDArray[np.intp]) -> dict[str, float]:
    """How well the question's tokens are matched, by themselves and in context."""
    return _matched(evidence, order, evidence.matches, evidence.weights, ("unmatched", "weakest")) | _matched(
        evidence, order, evidence.read_matches, evidence.read_weights, ("astray", "faintest")
    )


def _matched(
    evidence: Evidence, order: npt.NDArray[np.intp], matches: F32, weights: F32, names: tuple[str, str]
) -> dict[str, float]:
    """The mean squared lack of a match, and the worst match of a weighty token, in three circles around the best."""
    if not len(weights):
        return {}
    share = weights / max(float(weights.sum()), 1e-9)
    weighty = weights >= _WEIGHTY * weights.max()
    circles = {
        "best": matches[:, order[0]],
        "near": matches[:, _neighbourhood(evidence, order)].max(axis=1),
        "any": matches.max(axis=1),
    }
    found = {f"{names[0]}_{name}": float(share @ np.square(1 - match)) for name, match in circles.items()}
    return found | {f"{names[1]}_{name}": float(match[weighty].min()) for name, match in circles.items()}


def _reading_features(evidence: Evidence, order: npt.NDArray[np.intp]) -> dict[str, float]:
    """What was read of the best sentence, and of those that were read beside it; even odds where nothing was."""
    best, *others = evidence.readings[order].tolist()
    others = [reading for reading in others if not np.isnan(reading)]
    if np.isnan(best):
        return {}
    following = max(others, default=best)
    return {"reading": best, "reading_most": max(best, following), "reading_next": following}


def _text_features(evidence: Evidence, order: npt.NDArray[np.intp]) -> dict[str, float]:
    """What of the question's numbers, names and terms stands in the evidence."""
    question = evidence.question
    folded = fold(question.text).replace(",", "")
    near = " ".join(evidence.sentences[i].folded for i in _neighbourhood(evidence, order)).replace(",", "")
    anywhere = " ".join(sentence.folded for sentence in evidence.sentences)
    if question.language == "en":  # the first word has a capital anyhow
        names = [fold(name) for name in _NAME.findall(question.text)[1:]]
    else:
        names = re.findall(r"[a-z]{2,}", folded)
    asked = set(terms(question.content))
    present = {term for sentence in evidence.sentences for term in asked & sentence.terms}
    numbers = _NUMBER.findall(folded)
    if not evidence.crosses[order[0]]:
        numbers += _ORDINAL.findall(folded)
    return {
        "missing_number": _missing(numbers, near),
        "missing_name": _missing(names, anywhere),
        "seen": len(present) / len(asked) if asked else 1.0,
        "tokens": float(np.log1p(len(evidence.weights) or len(asked))),
    }


def judge_features(evidence: Evidence, scores: F32) -> F32:
    """The features of the judge, float32 ``(len(JUDGE_FEATURES),)``; ``scores``, ``(n,)``, are the ranker's.

    The evidence must hold at least one sentence.
    """
    order = np.argsort(-scores)
    best = int(order[0])
    kind = evidence.question.kind
    typed = evidence.features[order[:3], FEATURES.index(f"has_{kind}")] if kind in TYPED else np.zeros(1)
    found = dict(zip(FEATURES, evidence.features[best].tolist(), strict=True))
    found |= _match_features(evidence, order) | _text_features(evidence, order)
    found |= _reading_features(evidence, order)
    found |= {
        "top": float(scores[best]),
        "above_mean": float(scores[best] - scores.mean()),
        "above_next": float(scores[best] - scores[order[1]]) if len(order) > 1 else 0.0,
        "typed_found": float(typed.max()),
        "typed_missing": float(kind in TYPED and not typed[0]),
        "candidates": float(np.log(len(order))),
        "crosses": float(evidence.crosses[best]),
        f"asks_{kind}": 1.0,
        "bias": 1.0,
    }
    return np.array([found.get(name, 0.0) for name in JUDGE_FEATURES], dtype=np.float32)
