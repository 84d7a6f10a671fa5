"""BM25 against its formula, written out."""

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.fold import terms
from index.lexical import K1, B, Lexical

WORDS = ["亞信", "會議", "上海", "summit", "Shanghai", "26", "的"]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


def bm25(query, documents):
    """Lucene's BM25, term by term: idf(t) · tf / (tf + k1 (1 − b + b · length / mean length))."""
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        count, score = Counter(document), 0.0
        for term in query:
            holding = sum(term in d for d in documents)
            idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
            if count[term]:
                score += idf * count[term] / (count[term] + K1 * (1 - B + B * len(document) / mean))
        scores.append(score)
    return scores


@given(st.lists(texts, min_size=1, max_size=6), texts)
def test_scores_are_those_of_the_formula(passages, query):
    documents = [terms(passage) for passage in passages]
    expected = bm25(terms(query), documents) if any(documents) else [0.0] * len(documents)
    scores = Lexical.build(documents).scores(query)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-6)
    assert scores.max() <= Lexical.build(documents).ceiling(query) + 1e-4


def test_a_rare_term_counts_more_than_a_common_one():
    documents = [terms(t) for t in ("第四屆會議在上海", "會議在北京", "會議在東京")]
    assert Lexical.build(documents).scores("上海").argmax() == 0
    assert np.ptp(Lexical.build(documents).scores("會議")) < Lexical.build(documents).scores("上海").max()


def test_the_ceiling_is_approached_by_a_passage_of_nothing_but_the_query():
    lexical = Lexical.build([terms("上海 " * 200), terms("北京")])
    assert 0.95 * lexical.ceiling("上海") < lexical.scores("上海")[0] <= lexical.ceiling("上海")
    assert lexical.scores("上海 Mars")[0] < 0.7 * lexical.ceiling("上海 Mars")
    assert lexical.ceiling("🙂") == 0


def test_what_shares_no_term_scores_nothing():
    lexical = Lexical.build([terms("上海"), terms("Mars")])
    assert lexical.scores("helicopter").tolist() == [0, 0]
    assert lexical.scores("").tolist() == [0, 0]
    assert Lexical.build([]).scores("上海").tolist() == []
    assert Lexical.build([[], []]).scores("上海").tolist() == [0, 0]
