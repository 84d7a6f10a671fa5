"""The bundled encoder finds the passage that answers, on articles written for development."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from index.encoder import load_encoder
from index.fold import fold
from index.index import Index
from index.read import article_from_text, read_article

SHARED = Path(os.environ.get("WENDA_SHARED", Path(__file__).parents[1].parent / "shared"))
needs_shared = pytest.mark.skipif(
    not (SHARED / "gold").is_dir(), reason=f"no gold questions in {SHARED}: set WENDA_SHARED to their folder"
)


def bare(text):
    return "".join(fold(text).split())


def lines(name):
    return [json.loads(line) for line in (SHARED / "gold" / name).read_text(encoding="utf-8").splitlines()]


def found(index, questions, k):
    """For each language, which of its answerable questions have their evidence in the best k passages."""
    by_language = defaultdict(list)
    for row in questions:
        if row.get("evidence"):
            hits = index.search(row["question"], k)
            by_language[row["lang"][:2]].append(
                any(bare(row["evidence"]) in bare(h.passage.text) for h in hits)
            )
    return by_language


@needs_shared
def test_evidence_is_among_the_best_five_passages_of_the_paper():
    index = Index.build([read_article(SHARED / "article" / "cica-2014.txt")])
    result = found(index, lines("article_dev.jsonl"), k=5)
    assert set(result) == {"zh", "en"}
    assert sum(result["zh"]) / len(result["zh"]) >= 0.97
    assert sum(result["en"]) / len(result["en"]) >= 0.90


@needs_shared
def test_evidence_is_found_within_and_across_languages_in_short_articles():
    encoder = load_encoder()
    same, across = [], []
    for row in lines("articles_dev.jsonl"):
        index = Index.build([article_from_text(row["text"], source=row["id"], title=row["title"])], encoder)
        for language, result in found(index, row["questions"], k=2).items():
            (same if row["lang"].startswith(language) else across).extend(result)
    assert len(same) + len(across) == 160
    assert sum(same) / len(same) >= 0.97
    assert sum(across) / len(across) >= 0.95
