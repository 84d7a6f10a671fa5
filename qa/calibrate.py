"""Fit the answer scorer: ``python -m qa.calibrate DATA_FOLDER GOLD_FOLDER`` writes ``qa/scorer.json``.

DATA_FOLDER holds the files ``bilingual_qa.jsonl.gz`` and ``qa_train.jsonl.gz``, of which only the questions are used
that the model was not trained on; GOLD_FOLDER the development articles ``articles_dev.jsonl``. Both are fitted on; the
threshold, and the figures that are printed, come from cross-validation by article: no scorer judges an article that it
was fitted on.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.encoder import Encoder, load_encoder
from index.fold import squash
from index.index import Index
from qa.cases import Case, Kind, article_cases, bilingual_cases, gold_cases, reading_cases
from qa.closer import read_closely
from qa.evidence import FEATURES, Evidence, EvidenceReader
from qa.judge import JUDGE_FEATURES, judge_features
from qa.question import analyse
from qa.scorer import Scorer

if TYPE_CHECKING:
    import torch

F32 = npt.NDArray[np.float32]
SEED = 20240521
# The share of answerable development questions that may go unanswered.
FALSE_ABSTENTION = 0.055
GOLD_WEIGHT = 5.0
FAR_WEIGHT = 3.0


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

    @property
    def weight(self) -> float:
        """How much the case counts: one on an article that people wrote more; the far ones, which are few, too."""
        gold = GOLD_WEIGHT if self.case.source.startswith("gold") else 1.0
        return gold * (FAR_WEIGHT if self.case.kind == "far" else 1.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scorer makes of a case; ``first_right`` is the rank, from 1, of the first right sentence."""

    kind: Kind
    source: str
    crosses: int
    confidence: float
    first_right: int | None


def examples(cases: Sequence[Case], encoder: Encoder) -> list[Example]:
    """Search each case's article for its question, as the program does."""
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


def _ranking(ranker: F32) -> Scorer:
    """A scorer that ranks by the features alone: no reading, no judge and no threshold yet."""
    return Scorer(ranker, np.zeros(2, np.float32), np.zeros(len(JUDGE_FEATURES), np.float32), 0.0)


def closely(data: Sequence[Example], ranker: F32, encoder: Encoder) -> list[Example]:
    """The examples with their likeliest sentences read together with the question."""
    scorer = _ranking(ranker)
    return [
        replace(e, evidence=read_closely(e.evidence, scorer.rank(e.evidence), encoder))
        for e in tqdm(data, desc="reading", mininterval=5)
    ]


Loss = Callable[["torch.Tensor"], "torch.Tensor"]


def _ranker_loss(chosen: Sequence[Example], values: Sequence[F32]) -> Loss:
    """Softmax over each question's sentences, ``values`` (n, f) each: minus the log of the share that goes to right ones."""
    import torch

    sizes = torch.tensor([len(e.right) for e in chosen])
    group = torch.repeat_interleave(torch.arange(len(chosen)), sizes)
    features = torch.from_numpy(np.concatenate(values))
    right = torch.from_numpy(np.concatenate([e.right for e in chosen]))
    each = torch.tensor([e.weight for e in chosen])

    def loss(weights: torch.Tensor) -> torch.Tensor:
        exp = torch.exp(features @ weights)
        total = torch.zeros(len(chosen)).index_add(0, group, exp)
        good = torch.zeros(len(chosen)).index_add(0, group, exp * right)
        return -(each * torch.log(good / total)).sum() / each.sum()

    return loss


def _judge_loss(features: F32, answers: F32, each: F32) -> Loss:
    """Weighted logistic loss of "the article answers"."""
    import torch

    x, y, w = (torch.from_numpy(array) for array in (features, answers, each))

    def loss(weights: torch.Tensor) -> torch.Tensor:
        each_loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights, y, reduction="none")
        return (w * each_loss).sum() / w.sum()

    return loss


def _minimise(loss: Loss, size: int, decay: float) -> F32:
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
    rows = [[e for e in right if e.crosses == row] for row in (0, 1)]
    return np.stack(
        [
            _minimise(_ranker_loss(chosen, [e.evidence.features for e in chosen]), len(FEATURES), decay=1e-3)
            for chosen in rows
        ]
    )


def fit_reading(data: Sequence[Example], ranker: F32) -> tuple[F32, F32]:
    """The ranker's weights ``(2, len(FEATURES))`` and those of a reading ``(2,)``, of which each counts best beside the other."""
    unread = _ranking(ranker)
    alone = replace(unread, ranker=np.zeros_like(ranker), reading=np.ones(2, np.float32))
    rows = []
    for row in (0, 1):
        chosen = [e for e in data if e.right.any() and e.crosses == row]
        both = [np.stack([one.rank(e.evidence) for one in (unread, alone)], axis=1) for e in chosen]
        rows.append(_minimise(_ranker_loss(chosen, both), 2, decay=1e-3))
    scale, reading = np.stack(rows, axis=1)
    return np.asarray(ranker * scale[:, None], np.float32), np.asarray(reading, np.float32)


def fit(data: Sequence[Example]) -> Scorer:
    """Ranker, reading and judge from the examples; the threshold is left open."""
    ranker, reading = fit_reading(data, fit_ranker(data))
    scorer = replace(_ranking(ranker), reading=reading)
    return replace(scorer, judge=fit_judge(data, scorer))


def fit_judge(data: Sequence[Example], scorer: Scorer) -> F32:
    """The judge's weights, ``(len(JUDGE_FEATURES),)``, fitted on features brought to one scale."""
    features = np.stack([judge_features(e.evidence, scorer.rank(e.evidence)) for e in data])
    answers = np.array([bool(e.case.evidence) for e in data], dtype=np.float32)
    each = np.array([e.weight for e in data], dtype=np.float32)
    scale = features.std(axis=0)
    middle = np.where(scale > 0, features.mean(axis=0), 0)
    scale = np.where(scale > 0, scale, 1)
    fitted = _minimise(
        _judge_loss(((features - middle) / scale).astype(np.float32), answers, each),
        len(JUDGE_FEATURES),
        decay=2e-3,
    )
    weights: F32 = (fitted / scale).astype(np.float32)
    weights[JUDGE_FEATURES.index("bias")] -= weights @ middle.astype(np.float32)
    return weights


def threshold_for(confidence: Sequence[float], false_abstention: float = FALSE_ABSTENTION) -> float:
    """The confidence that all but ``false_abstention`` of the answerable questions reach.

    >>> threshold_for([0.1, 0.5, 0.6, 0.7], false_abstention=0.25)
    0.5
    """
    return float(sorted(confidence)[int(len(confidence) * false_abstention)])


def _cross_validated(gold: Sequence[Example], made: Sequence[Example], folds: int = 5) -> list[Verdict]:
    """What a scorer that has not seen an article makes of its questions."""
    names = sorted({e.case.article.source for e in gold})
    found: list[Verdict] = []
    for number in tqdm(range(folds), desc="folds"):
        held = set(names[number::folds])
        known = [*made, *(e for e in gold if e.case.article.source not in held)]
        scorer = fit(known)
        for e in gold:
            if e.case.article.source in held:
                scores = scorer.rank(e.evidence)
                order = np.argsort(-scores)
                first = int(np.argmax(e.right[order])) + 1 if e.right.any() else None
                found.append(
                    Verdict(
                        e.case.kind, e.case.source, e.crosses, scorer.confidence(e.evidence, scores), first
                    )
                )
    return found


def report(verdicts: Sequence[Verdict], threshold: float) -> dict[str, float]:
    """Figures on the development articles: the right sentence among the best 1, 2, 3, and abstentions."""
    figures: dict[str, float] = {}
    for row, name in enumerate(("same language", "across languages")):
        firsts = [v.first_right for v in verdicts if v.crosses == row and v.kind == "answerable"]
        for best in (1, 2, 3):
            figures[f"{name}, right in best {best}"] = float(
                np.mean([f is not None and f <= best for f in firsts])
            )
    for kind in ("answerable", "near", "far"):
        for source in sorted({v.source for v in verdicts if v.kind == kind}):
            asked = [v for v in verdicts if v.kind == kind and v.source == source]
            figures[f"abstains, {kind}, {source}"] = float(np.mean([v.confidence < threshold for v in asked]))
    return {name: round(value, 3) for name, value in figures.items()}


def main(argv: Sequence[str] | None = None) -> None:
    """Fit, print the figures and write ``qa/scorer.json``."""
    parser = argparse.ArgumentParser(prog="python -m qa.calibrate", description="Fit the answer scorer.")
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("gold", type=Path, help="folder of the development questions")
    parser.add_argument("--articles", type=int, default=300, help="made articles of each kind")
    parser.add_argument("--article", type=Path, help="the article that article_dev.jsonl asks about")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    args = parser.parse_args(argv)
    rng = random.Random(SEED)
    encoder = load_encoder()
    made = examples(
        [
            *bilingual_cases(args.data / "bilingual_qa.jsonl.gz", rng, args.articles),
            *reading_cases(args.data / "qa_train.jsonl.gz", rng, args.articles),
        ],
        encoder,
    )
    written = [*gold_cases(args.gold / "articles_dev.jsonl", rng)]
    if args.article:
        written += article_cases(args.article, args.gold / "article_dev.jsonl")
    gold = examples(written, encoder)
    first = fit_ranker([*made, *gold])
    made, gold = closely(made, first, encoder), closely(gold, first, encoder)
    verdicts = _cross_validated(gold, made)
    threshold = threshold_for([v.confidence for v in verdicts if v.kind == "answerable"])
    figures = report(verdicts, threshold)
    for name, value in figures.items():
        print(f"{name:34} {value:.3f}")
    if not args.dry_run:
        replace(fit([*made, *gold]), threshold=threshold).save(
            command="python -m qa.calibrate DATA_FOLDER GOLD_FOLDER --article ARTICLE",
            seed=SEED,
            encoder=encoder.name,
            development=figures,
        )


if __name__ == "__main__":
    main()
