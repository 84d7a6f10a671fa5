"""How often the sentence that answers comes first: ``python -m benchmarks.sentences DATA_FOLDER``.

Two collections. LAReQA (Roy et al. 2020; the questions of XQuAD): the answering sentence among all sentences of the other
language, mAP, which with one right sentence is the mean of 1 / rank. And, with ``--article`` and ``--questions``, the
sentences of an article of your own, recall@1 by the language of the question.

"dense" is the encoder alone, "fused" the search with each sentence a passage of its own, "ranker" the whole program: the
sentences of the passages found, in the order in which the answer would quote them. Nothing here is used to choose anything.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from benchmarks.retrieval import Collection, article_of, score
from index.article import Article
from index.fusion import Weights
from index.index import Index
from index.read import read_article
from index.split import sentences
from qa.closer import read_closely
from qa.evidence import EvidenceReader
from qa.gold import read_questions
from qa.question import analyse
from qa.scorer import Scorer


@dataclass(frozen=True)
class Asked:
    """A question, and where its answer stands: a character of an article."""

    question: str
    source: str
    at: int


@dataclass(frozen=True)
class Task:
    """Questions on the sentences of some articles: ``spans[s]`` are the sentences of article s, in order."""

    name: str
    articles: dict[str, Article]
    spans: dict[str, list[tuple[int, int]]]
    asked: list[Asked]


def lareqa(data: Path) -> Iterator[Task]:
    """Questions in one language, sentences in the other; the sentences are those of LAReQA."""
    both = {}
    for language in ("en", "zh"):
        with gzip.open(data / "test" / f"lareqa.{language}.json.gz", "rt", encoding="utf-8") as file:
            both[language] = [p for row in json.load(file)["data"] for p in row["paragraphs"]]
    for asked, told in (("en", "zh"), ("zh", "en")):
        yield _lareqa(f"LAReQA {asked}→{told}", both[asked], both[told])


def _lareqa(name: str, asked: list[Any], told: list[Any]) -> Task:
    questions = {qa["id"]: qa["question"] for paragraph in asked for qa in paragraph["qas"]}
    articles = {str(i): article_of(i, paragraph["context"]) for i, paragraph in enumerate(told)}
    spans = {str(i): [(a, b) for a, b in paragraph["sentence_breaks"]] for i, paragraph in enumerate(told)}
    found = [
        Asked(questions[qa["id"]], str(i), qa["answers"][0]["answer_start"])
        for i, paragraph in enumerate(told)
        for qa in paragraph["qas"]
    ]
    return Task(name, articles, spans, found)


def of_article(article: Article, questions: Path) -> Iterator[Task]:
    """The answerable questions on an article, those in Chinese and those in English."""
    squeezed = [(i, c) for i, c in enumerate(article.text) if not c.isspace()]
    flat = "".join(c for _, c in squeezed)
    [gold] = [one for one in read_questions(questions) if one.text is None]
    spans = {article.source: [(a, b) for a, b in sentences(article)]}
    for name, languages in (("zh", ("zh-Hant", "zh-Hans")), ("en", ("en",))):
        asked = [
            Asked(q.text, article.source, squeezed[flat.index("".join(q.evidence.split()))][0])
            for q in gold.questions
            if q.evidence and q.lang in languages
        ]
        yield Task(f"{Path(article.source).name}, {name}", {article.source: article}, spans, asked)


def ranks_as_passages(task: Task, encoder: str | None) -> dict[str, npt.NDArray[np.int64]]:
    """The rank (0 is best) of the right sentence for each question, by the encoder alone and fused."""
    place = [(source, span) for source, spans in task.spans.items() for span in spans]
    texts = [task.articles[source].text[start:end] for source, (start, end) in place]
    right = [
        next(i for i, (source, (a, b)) in enumerate(place) if source == q.source and a <= q.at < b)
        for q in task.asked
    ]
    scores = score(Collection(task.name, texts, [q.question for q in task.asked], right), encoder)
    found = {}
    for name, part in (("dense", scores.dense), ("fused", scores.fused(Weights()))):
        own = part[np.arange(len(right)), right]
        found[name] = (part >= own[:, None]).sum(axis=1) - 1
    return found


def ranks_in_passages(task: Task, encoder: str | None) -> npt.NDArray[np.int64]:
    """The rank of the right sentence by the ranker of answers; far down where its passage was not read."""
    index = Index.build(task.articles.values(), encoder)
    reader, scorer = EvidenceReader(index), Scorer.load()
    ranks = []
    for q in tqdm(task.asked, desc=task.name, leave=False):
        evidence = reader.read(analyse(q.question))
        evidence = read_closely(evidence, scorer.rank(evidence), index.encoder)
        order = np.argsort(-scorer.rank(evidence), kind="stable")
        rank = 10_000
        for position, i in enumerate(order):
            sentence = evidence.sentences[i]
            if sentence.article.source == q.source and sentence.span.start <= q.at < sentence.span.end:
                rank = position
                break
        ranks.append(rank)
    return np.array(ranks)


def measure(task: Task, encoder: str | None) -> dict[str, dict[str, float]]:
    """mAP and recall@1 of each way."""
    ranks = ranks_as_passages(task, encoder) | {"ranker": ranks_in_passages(task, encoder)}
    return {
        name: {"mAP": float((1 / (rank + 1)).mean()), "R@1": float((rank == 0).mean())}
        for name, rank in ranks.items()
    }


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as Markdown."""
    lines = ["| sentences | by | mAP | R@1 |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {way} | {values['mAP']:.3f} | {values['R@1']:.3f} |"
        for name, ways in results.items()
        for way, values in ways.items()
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sentences", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--article", type=Path, help="an article of your own")
    parser.add_argument(
        "--questions", type=Path, help="questions on it, as for wenda evaluate, with evidence"
    )
    parser.add_argument("--encoder", help="a folder or a hub name; default: the bundled model")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    options = parser.parse_args(argv)
    tasks = list(lareqa(options.data))
    if options.article and options.questions:
        tasks += of_article(read_article(options.article), options.questions)
    results = {task.name: measure(task, options.encoder) for task in tasks}
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
