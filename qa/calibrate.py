"""Fit the answer scorer: ``python -m qa.calibrate DATA_FOLDER GOLD_FOLDER`` writes ``qa/scorer.json``.

DATA_FOLDER holds the training files ``bilingual_qa.jsonl.gz`` and ``qa_train.jsonl.gz``, GOLD_FOLDER the
development articles ``articles_dev.jsonl``. The ranker and the judge are fitted on cases made of the training
files; the threshold, and the figures that are printed, come from the development articles, which take part
in the judge's fit only in the folds that do not hold them (cross-validation by article).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.encoder import load_encoder
from index.index import Index
from qa.cases import Case, bilingual_cases, gold_cases, reading_cases, squash
from qa.evidence import FEATURES, Evidence, EvidenceReader
from qa.question import analyse
from qa.scorer import JUDGE_FEATURES, Scorer, judge_features

if TYPE_CHECKING:
    import torch

F32 = npt.NDArray[np.float32]
SEED = 20240521
# The share of answerable development questions that may go unanswered; the issue allows 0.08.
FALSE_ABSTENTION = 0.05


@dataclass(frozen=True, slots=True)
class Example:
    """A case with its evidence; ``right`` marks the sentences that answer, shape ``(n,)``."""

    case: Case
    evidence: Evidence
    right: npt.NDArray[np.bool_]

    @property
    def crosses(self) -> int:
        """1 where question and article differ in language, else 0."""
        return int(self.evidence.crosses[0])


def examples(cases: Sequence[Case]) -> list[Example]:
    """Search each case's article for its question, as the program does."""
    encoder = load_encoder()
    readers: dict[int, EvidenceReader] = {}
    found = []
    for case in tqdm(cases, desc="cases", mininterval=5):
        key = id(case.article)
        if key not in readers:
            readers.clear()  # cases come article by article
            readers[key] = EvidenceReader(Index.build([case.article], encoder))
        evidence = readers[key].read(analyse(case.question))
        if evidence.sentences:
            texts = [squash(sentence.text) for sentence in evidence.sentences]
            right = np.array([any(e in text for e in case.evidence) for text in texts], dtype=bool)
            found.append(Example(case, evidence, right))
    return found


Loss = Callable[["torch.Tensor"], "torch.Tensor"]


def _ranker_loss(chosen: Sequence[Example]) -> Loss:
    """Softmax over each question's sentences: minus the log of the share that goes to right ones."""
    import torch

    sizes = torch.tensor([len(e.right) for e in chosen])
    group = torch.repeat_interleave(torch.arange(len(chosen)), sizes)
    features = torch.from_numpy(np.concatenate([e.evidence.features for e in chosen]))
    right = torch.from_numpy(np.concatenate([e.right for e in chosen]))

    def loss(weights: torch.Tensor) -> torch.Tensor:
        exp = torch.exp(features @ weights)
        total = torch.zeros(len(chosen)).index_add(0, group, exp)
        good = torch.zeros(len(chosen)).index_add(0, group, exp * right)
        return -torch.log(good / total).mean()

    return loss


def _judge_loss(features: F32, answers: F32, weights_of: F32) -> Loss:
    """Weighted logistic loss of "the article answers"."""
    import torch

    x, y, each = (torch.from_numpy(array) for array in (features, answers, weights_of))

    def loss(weights: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(x @ weights, y, weight=each)

    return loss


def _minimise(loss: Loss, size: int, decay: float = 1e-3) -> F32:
    """The weights, shape ``(size,)``, that minimise a convex loss plus ``decay`` times their squares."""
    import torch

    weights = torch.zeros(size, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        value = loss(weights) + decay * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().numpy().astype(np.float32)


def fit_ranker(data: Sequence[Example]) -> F32:
    """The ranker's weights, ``(2, len(FEATURES))``, from the cases whose answer was retrieved."""
    right = [e for e in data if e.right.any()]
    return np.stack(
        [_minimise(_ranker_loss([e for e in right if e.crosses == row]), len(FEATURES)) for row in (0, 1)]
    )


def fit_judge(data: Sequence[Example], ranker: F32, gold_weight: float = 5.0) -> F32:
    """The judge's weights, ``(2, len(JUDGE_FEATURES))``; a written question counts ``gold_weight`` times."""
    scorer = Scorer(ranker, np.zeros((2, len(JUDGE_FEATURES)), dtype=np.float32), 0.5)
    rows = []
    for row in (0, 1):
        chosen = [e for e in data if e.crosses == row]
        features = np.stack([judge_features(e.evidence, scorer.rank(e.evidence)) for e in chosen])
        answers = np.array([bool(e.case.evidence) for e in chosen], dtype=np.float32)
        each = np.array([gold_weight if e.case.source == "gold" else 1.0 for e in chosen], dtype=np.float32)
        rows.append(_minimise(_judge_loss(features, answers, each), len(JUDGE_FEATURES)))
    return np.stack(rows)


def threshold_for(confidence: Sequence[float], false_abstention: float = FALSE_ABSTENTION) -> float:
    """The confidence that all but ``false_abstention`` of the answerable questions reach.

    >>> threshold_for([0.1, 0.5, 0.6, 0.7], false_abstention=0.25)
    0.5
    """
    return float(sorted(confidence)[int(len(confidence) * false_abstention)])


def _cross_validated(gold: Sequence[Example], made: Sequence[Example], ranker: F32, folds: int = 10) -> F32:
    """The confidence in each gold example of a judge that has not seen its article, shape ``(len(gold),)``."""
    names = sorted({e.case.article.source for e in gold})
    confidence = np.zeros(len(gold), dtype=np.float32)
    for fold_number in range(folds):
        held = set(names[fold_number::folds])
        known = [e for e in gold if e.case.article.source not in held]
        scorer = Scorer(ranker, fit_judge([*made, *known], ranker), 0.0)
        for i, e in enumerate(gold):
            if e.case.article.source in held:
                confidence[i] = scorer.confidence(e.evidence, scorer.rank(e.evidence))
    return confidence


def report(gold: Sequence[Example], ranker: F32, confidence: F32, threshold: float) -> dict[str, float]:
    """Figures on the development articles: best sentence right, best two right, and abstentions."""
    scorer = Scorer(ranker, np.zeros((2, len(JUDGE_FEATURES)), dtype=np.float32), threshold)
    figures: dict[str, float] = {}
    for row, name in enumerate(("same", "cross")):
        answerable = [e for e in gold if e.crosses == row and e.case.evidence]
        for best in (1, 2, 3):
            hits = [e.right[np.argsort(-scorer.rank(e.evidence))[:best]].any() for e in answerable]
            figures[f"{name}: right in best {best}"] = float(np.mean(hits))
    for kind in ("answerable", "near", "far"):
        silent = [c < threshold for e, c in zip(gold, confidence, strict=True) if e.case.kind == kind]
        figures[f"abstains, {kind}"] = float(np.mean(silent))
    return {name: round(value, 3) for name, value in figures.items()}


def main(argv: Sequence[str] | None = None) -> None:
    """Fit, print the figures and write ``qa/scorer.json``."""
    parser = argparse.ArgumentParser(prog="python -m qa.calibrate", description="Fit the answer scorer.")
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("gold", type=Path, help="folder of the development questions")
    parser.add_argument("--articles", type=int, default=600, help="made articles of each kind")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    args = parser.parse_args(argv)
    rng = random.Random(SEED)
    made = examples(
        [
            *bilingual_cases(args.data / "bilingual_qa.jsonl.gz", rng, args.articles),
            *reading_cases(args.data / "qa_train.jsonl.gz", rng, args.articles),
        ]
    )
    gold = examples(list(gold_cases(args.gold / "articles_dev.jsonl")))
    ranker = fit_ranker(made)
    confidence = _cross_validated(gold, made, ranker)
    threshold = threshold_for([c for e, c in zip(gold, confidence, strict=True) if e.case.evidence])
    figures = report(gold, ranker, confidence, threshold)
    for name, value in figures.items():
        print(f"{name:28} {value:.3f}")
    if not args.dry_run:
        scorer = Scorer(ranker, fit_judge([*made, *gold], ranker), threshold)
        scorer.save(
            command="python -m qa.calibrate DATA GOLD",
            seed=SEED,
            encoder=load_encoder().name,
            development=figures,
        )


if __name__ == "__main__":
    main()
