"""How often the right passage is found: ``python -m benchmarks.retrieval DATA_FOLDER``.

Prints nDCG@10, recall@1 and recall@5 of the fused score and of each part alone, as Markdown. Each question has
one right passage; a passage with the same score as the right one counts as above it. With ``--dev`` it uses
development questions instead, which training has not seen, and prints what the weights of ``index.fusion``
were chosen by. The files under DATA_FOLDER/test are never used to choose anything.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.article import Article, Block, Passage, Place, SourceMap
from index.fusion import Weights, fuse
from index.index import Index
from index.training.data import held, rows

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Collection:
    """Questions, and the passages among which each has its one right answer: ``right[i]`` is its number."""

    name: str
    passages: Sequence[str]
    questions: Sequence[str]
    right: Sequence[int]


@dataclass(frozen=True)
class Scores:
    """The parts of a collection's scores, as ``fuse`` takes them, each float32 (questions, passages)."""

    dense: F32
    lexical: F32
    late: F32 | None
    context: F32 | None
    right: Sequence[int]

    def fused(self, weights: Weights) -> F32:
        return fuse(self.dense, self.lexical, self.late, self.context, weights)


def collect(
    name: str, found: Sequence[dict[str, Any]], asked: str = "question", told: str = "passage"
) -> Collection:
    """Each row asks ``row[asked]`` and is answered by ``row[told]``."""
    number: dict[str, int] = {}
    for row in found:
        number.setdefault(row[told], len(number))
    wanted = [row for row in found if not row.get("distractor")]
    return Collection(name, list(number), [r[asked] for r in wanted], [number[r[told]] for r in wanted])


def test_collections(data: Path) -> Iterator[Collection]:
    """The collections whose figures are reported."""
    zh, en = ([*rows(data / "test" / f"xquad.{language}.test.jsonl.gz")] for language in ("zh", "en"))
    both = [
        {"q_zh": a["question"], "p_zh": a["passage"], "q_en": b["question"], "p_en": b["passage"]}
        for a, b in zip(zh, en, strict=True)
    ]
    if [row["id"] for row in zh] != [row["id"] for row in en]:
        raise ValueError(f"{data / 'test'}: the Chinese and the English XQuAD are not in the same order")
    for asked, told in product(("zh", "en"), repeat=2):
        yield collect(f"XQuAD {asked}→{told}", both, f"q_{asked}", f"p_{told}")
    yield collect("DRCD test", [*rows(data / "test" / "drcd.test.jsonl.gz")])
    yield collect("CMRC 2018 dev", [*rows(data / "test" / "cmrc2018.dev.jsonl.gz")])
    yield from bilingual(data)


def bilingual(data: Path) -> Iterator[Collection]:
    """Aligned questions: those of topics that training leaves out, among the passages of all topics."""
    found = [row | {"distractor": not held(row["topic"], 6)} for row in rows(data / "bilingual_qa.jsonl.gz")]
    for asked, told in product(("zh", "en"), repeat=2):
        yield collect(f"bilingual {asked}→{told}", found, f"q_{asked}", f"p_{told}")
    # Both languages in one pool, as where an article has a translation beside it.
    mixed = [
        row | {"q": row[f"q_{asked}"], "p": row[f"p_{told}"]}
        for row, (asked, told) in zip(found, [("zh", "en"), ("en", "zh")] * len(found), strict=False)
    ]
    yield collect("bilingual mixed", mixed, "q", "p")


def dev_collections(data: Path, size: int = 700) -> Iterator[Collection]:
    """Questions on titles that training leaves out, among passages of the same source, and the bilingual ones."""
    questions = [*rows(data / "qa_train.jsonl.gz")]
    for source in ("drcd.dev", "cmrc2018.train", "squadshifts_new_wiki", "qed_nq.dev"):
        of_source = [row for row in questions if row["source"] == source]
        marked = [
            row | {"distractor": not held(row["title"] or row["passage"][:20], 20)} for row in of_source
        ]
        marked.sort(key=lambda row: row["distractor"])
        kept = set(list(dict.fromkeys(row["passage"] for row in marked))[:size])
        yield collect(source, [row for row in marked if row["passage"] in kept])
    yield from bilingual(data)


def article_of(number: int, text: str) -> Article:
    """A passage as an article of one passage, so that it is found whole."""
    source = str(number)
    place = SourceMap((0,), (Place(1),))
    whole = Passage(source, text, 0, len(text))
    return Article(source, text, place, (Block("paragraph", 0, len(text)),), passages=(whole,))


def score(collection: Collection, encoder: str | None) -> Scores:
    """All parts of all scores."""
    index = Index.build([article_of(i, text) for i, text in enumerate(collection.passages)], encoder)
    asked = [index.expand(q) for q in tqdm(collection.questions, desc=collection.name, leave=False)]
    parts = [index.scores(question) for question in tqdm(asked, desc=collection.name, leave=False)]
    dense, lexical, late, context = (np.stack(part) for part in zip(*parts, strict=True))
    ceilings = np.array([[index.lexical.ceiling(question) or 1] for question in asked])
    share = (lexical / ceilings).astype(np.float32)
    return Scores(
        dense, share, late if index.late else None, context if index.context else None, collection.right
    )


def figures(scores: F32, right: Sequence[int]) -> dict[str, float]:
    """nDCG@10, recall@1 and recall@5 of scores, float32 (questions, passages)."""
    own = scores[np.arange(len(right)), list(right)]
    rank = (scores >= own[:, None]).sum(axis=1) - 1
    return {
        "nDCG@10": float(np.where(rank < 10, 1 / np.log2(rank + 2), 0).mean()),
        "R@1": float((rank < 1).mean()),
        "R@5": float((rank < 5).mean()),
    }


def measure(scores: Scores, weights: Weights) -> dict[str, dict[str, float]]:
    """The figures of the fused score and of each part."""
    parts = {
        "fused": scores.fused(weights),
        "dense": scores.dense,
        "lexical": scores.lexical,
        "late": scores.late,
        "context": scores.context,
    }
    return {name: figures(part, scores.right) for name, part in parts.items() if part is not None}


def search_weights(scored: Sequence[Scores]) -> list[tuple[float, Weights]]:
    """The mean nDCG@10 over the collections of every choice of weights, best first; late counts 1 throughout."""
    steps = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
    tried = [
        Weights(dense, lexical, 1.0, context) for dense, lexical, context in product(steps, steps, steps)
    ]
    means = [float(np.mean([figures(s.fused(w), s.right)["nDCG@10"] for s in scored])) for w in tried]
    return sorted(zip(means, tried, strict=True), key=lambda pair: -pair[0])


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as Markdown."""
    lines = ["| collection | part | nDCG@10 | R@1 | R@5 |", "|---|---|---|---|---|"]
    for name, parts in results.items():
        for part, values in parts.items():
            lines.append(
                f"| {name} | {part} | " + " | ".join(f"{value:.3f}" for value in values.values()) + " |"
            )
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--encoder", help="a folder or a hub name; default: the bundled model")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    parser.add_argument("--dev", action="store_true", help="development questions, and a search for weights")
    options = parser.parse_args(argv)
    collections = dev_collections(options.data) if options.dev else test_collections(options.data)
    scored = {collection.name: score(collection, options.encoder) for collection in collections}
    results = {name: measure(scores, Weights()) for name, scores in scored.items()}
    print(table(results))
    if options.dev:
        for mean, weights in search_weights([*scored.values()])[:10]:
            print(f"{mean:.4f} {weights}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
