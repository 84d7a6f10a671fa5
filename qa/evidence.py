"""Sentences of the retrieved passages, each with the features by which it is judged as an answer.

A cosine alone says that a sentence is about the same thing as the question; whether it *answers* shows in
more: the kind of value asked for, the question's rare words, the sentences around it, the passage's rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.article import Article, Hit, Passage
from index.context import I8, of_sentences
from index.encoder import ContextEncoder
from index.fold import fold, squash, terms
from index.index import Index
from index.language import is_chinese
from index.split import Span, sentences
from qa.question import Kind, Question
from qa.values import new_values, surroundings

F32 = npt.NDArray[np.float32]

# Kinds that a detector of qa.values can confirm; the others ask for something no pattern finds.
TYPED: tuple[Kind, ...] = (
    "person", "date", "duration", "money", "percent", "number", "place", "reason", "opinion", "how", "list", "yesno",
)  # fmt: skip

FEATURES: tuple[str, ...] = (
    "dense",  # cosine of question and sentence
    "late",  # late interaction of question and sentence
    "coverage",  # share of the question's terms, weighted by rarity, that stand in the sentence
    "context_coverage",  # the same for the sentence with its neighbours and heading
    "context_late",  # late interaction of the question and the sentence with its neighbours and heading
    "context_dense",  # cosine of question and passage
    "passage",  # the passage's fused score, as its distance from the best passage's
    "in_context",  # late interaction in context of question and sentence
    "near_context",  # the same for the sentence with its neighbours and heading
    "measured",  # late interaction of the question with the words around a value that may answer (qa.values)
    "longest",  # longest run of the question's content that stands in the sentence, as a share
    "length",  # log of the number of terms in the sentence
    "opening",  # 1 for the first sentence of its passage
    "footnote",  # 1 for a footnote
    "author",  # 1 for the author line
    *(f"has_{kind}" for kind in TYPED),  # a new value of the kind that is asked for: 1 or 0
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage: ``article.text[span.start:span.end]``."""

    article: Article
    span: Span
    passage: Passage
    folded: str  # its text, folded, without white space
    terms: frozenset[str]

    @property
    def text(self) -> str:
        """The sentence as it stands in the article."""
        return self.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of a passage's sentences before any question is asked."""

    sentences: tuple[Sentence, ...]
    vectors: F32
    read: tuple[I8, ...]  # the tokens of each in context; none where the encoder has none
    tokens: tuple[npt.NDArray[np.int32], ...]
    # Of each sentence with its neighbours and the heading:
    context_tokens: tuple[npt.NDArray[np.int32], ...]
    context_terms: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidate sentences for one question with their features, shape ``(n, len(FEATURES))``, float32.

    ``crosses`` says of each sentence whether its language differs from the question's; ``hits`` are the
    passages that were read, best first. ``matches``, ``(q, n)``, holds the best cosine of each of the
    question's q content tokens in each sentence, ``weights``, ``(q,)``, what each token counts; q is 0 where
    the encoder has no token vectors. ``read_matches`` and ``read_weights`` are the same in context. ``readings``,
    ``(n,)``, are the logits of the sentences that were read together with the question (``qa.closer``), NaN for the rest.
    """

    question: Question
    hits: tuple[Hit, ...]
    sentences: tuple[Sentence, ...]
    features: F32
    crosses: npt.NDArray[np.bool_]
    matches: F32
    weights: F32
    read_matches: F32
    read_weights: F32
    readings: F32

    def where(self, keep: npt.NDArray[np.bool_]) -> Evidence:
        """The evidence without the sentences for which ``keep``, shape ``(n,)``, is False."""
        kept = tuple(sentence for sentence, k in zip(self.sentences, keep, strict=True) if k)
        return replace(
            self,
            sentences=kept,
            features=self.features[keep],
            crosses=self.crosses[keep],
            matches=self.matches[:, keep],
            read_matches=self.read_matches[:, keep],
            readings=self.readings[keep],
        )


def _coverage(wanted: dict[str, float], present: frozenset[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in present) / total if total else 0.0


def _rarity(question_terms: Sequence[str], tables: Sequence[frozenset[str]]) -> dict[str, float]:
    """Inverse document frequency of each term of the question among the candidate sentences."""
    count = len(tables)
    return {
        term: math.log(1 + (count + 1) / (sum(term in table for table in tables) + 0.5))
        for term in set(question_terms)
    }


def longest_run(needle: str, text: str) -> float:
    """Length of the longest piece of ``needle`` that stands in ``text``, as a share of ``needle`` (0 to 1).

    >>> longest_run("亚信会议", "第四届亚信会议在上海"), longest_run("abcd", "xbcx")
    (1.0, 0.5)
    """
    best, start = 0, 0
    # Two pointers: a window that fits is grown, one that does not is moved on.
    for end in range(1, len(needle) + 1):
        while start < end and needle[start:end] not in text:
            start += 1
        best = max(best, end - start)
    return best / len(needle) if needle else 0.0


class EvidenceReader:
    """Reads the sentences of an index's passages; what does not depend on the question is kept."""

    def __init__(self, index: Index) -> None:
        """``index`` is immutable, so that a reader's memory never goes stale."""
        self.index = index
        self._table = lru_cache(maxsize=2048)(self._build_table)

    def _build_table(self, passage: Passage) -> _Table:
        article = self.index.by_source[passage.source]
        spans = sentences(article, passage.start, passage.end)
        texts = [article.text[start:end] for start, end in spans]
        contexts = [" ".join((passage.heading, *texts[max(0, i - 1) : i + 2])) for i in range(len(texts))]
        return _Table(
            sentences=tuple(
                Sentence(article, span, passage, squash(text), frozenset(terms(text)))
                for span, text in zip(spans, texts, strict=True)
            ),
            vectors=self._vectors(texts),
            read=self._read(passage, texts),
            tokens=tuple(self.index.late.token_ids(texts)) if self.index.late else (),
            context_tokens=tuple(self.index.late.token_ids(contexts)) if self.index.late else (),
            context_terms=tuple(frozenset(terms(text)) for text in contexts),
        )

    def _vectors(self, texts: Sequence[str]) -> F32:
        encoder = self.index.encoder
        words = encoder.words if isinstance(encoder, ContextEncoder) else encoder
        return words.encode_document(texts)

    def _read(self, passage: Passage, texts: Sequence[str]) -> tuple[I8, ...]:
        """The tokens of each sentence, out of those of its passage."""
        tokens = self.index.tokens_of(passage)
        encoder = self.index.encoder
        if tokens is None or not isinstance(encoder, ContextEncoder):
            return ()
        return of_sentences(tokens, encoder.token_counts(texts))

    def table(self, passage: Passage) -> _Table:
        """The sentences of a passage with their vectors, ``(n, d)``, token ids and terms."""
        return self._table(passage)

    def read(self, question: Question, passages: int = 20) -> Evidence:
        """The sentences of the best ``passages`` passages for the question, with their features."""
        question = replace(
            question, text=self.index.expand(question.text), content=self.index.expand(question.content)
        )
        hits = tuple(self.index.search(question.text, k=passages))
        # A title shares its words with every question and answers none; who asks for it is answered elsewhere.
        read = [hit for hit in hits if hit.passage.kind != "title"]
        tables = [self._table(hit.passage) for hit in read]
        found = tuple(sentence for table in tables for sentence in table.sentences)
        asked = is_chinese(question.text)
        other = [is_chinese(hit.passage.text) != asked for hit in read]
        crosses = np.repeat(np.array(other, dtype=bool), [len(table.sentences) for table in tables])
        matches, weights = self._matches(question, tables)
        context = self.index.in_context(question.text, [hit.passage for hit in read])
        texts = [tokens for table in tables for tokens in table.read]
        in_context = np.zeros((0, len(found)), dtype=np.float32), np.zeros(0, dtype=np.float32)
        if context and texts:
            in_context = context.match(texts), context.weights
        features = self._features(question, read, tables, *in_context)
        unread = np.full(len(found), np.nan, dtype=np.float32)
        return Evidence(question, hits, found, features, crosses, matches, weights, *in_context, unread)

    def _matches(self, question: Question, tables: Sequence[_Table]) -> tuple[F32, F32]:
        tokens = [array for table in tables for array in table.tokens]
        if self.index.late and tokens:
            return self.index.late.matches(question.content or question.text, tokens)
        return np.zeros((0, sum(len(t.sentences) for t in tables)), np.float32), np.zeros(0, np.float32)

    def _measured(self, question: Question, found: Sequence[Sentence]) -> list[float]:
        """For each sentence, how well the words around a value that may answer match the question (−1 to 1)."""
        parts = [surroundings(sentence.text, question.text, question.kind) for sentence in found]
        if not self.index.late or not any(parts):
            return [0.0] * len(found)
        words = [word for part in parts for word in part]
        scores = iter(
            self.index.late.score(question.content or question.text, self.index.late.token_ids(words))
        )
        return [max((float(next(scores)) for _ in part), default=0.0) for part in parts]

    def _features(
        self, question: Question, hits: Sequence[Hit], tables: Sequence[_Table], read: F32, weights: F32
    ) -> F32:
        if not hits:
            return np.zeros((0, len(FEATURES)), dtype=np.float32)
        vector = self._vectors([question.text])[0]
        share = weights / max(float(weights.sum()), 1e-9)
        in_context, first = share @ read, 0
        tokens = [array for table in tables for array in table.tokens]
        late = iter(self.index.late.score(question.text, tokens) if self.index.late else ())
        context = [array for table in tables for array in table.context_tokens]
        context_late = iter(self.index.late.score(question.text, context) if self.index.late else ())
        rarity = _rarity(
            terms(question.content), [sentence.terms for table in tables for sentence in table.sentences]
        )
        content = fold(question.content).replace(" ", "")
        measured = iter(self._measured(question, [s for table in tables for s in table.sentences]))
        rows = []
        for hit, table in zip(hits, tables, strict=True):
            kind = hit.passage.kind
            dense = table.vectors @ vector
            count = len(table.sentences)
            own = read[:, first : first + count]
            first += count
            for i, sentence in enumerate(table.sentences):
                has = {
                    f"has_{question.kind}": float(new_values(sentence.text, question.text, question.kind) > 0)
                }
                row = {
                    "dense": float(dense[i]),
                    "late": float(next(late, 0.0)),
                    "in_context": float(in_context[first - count + i]),
                    "near_context": float(share @ own[:, max(0, i - 1) : i + 2].max(axis=1)),
                    "measured": next(measured),
                    "coverage": _coverage(rarity, sentence.terms),
                    "context_coverage": _coverage(rarity, table.context_terms[i]),
                    "context_late": float(next(context_late, 0.0)),
                    "context_dense": hit.dense,
                    "passage": hit.score - hits[0].score,
                    "longest": longest_run(content, sentence.folded),
                    "length": math.log1p(len(sentence.terms)),
                    "opening": float(i == 0),
                    "footnote": float(kind == "footnote"),
                    "author": float(kind == "author"),
                }
                rows.append([(row | has).get(name, 0.0) for name in FEATURES])
        return np.array(rows, dtype=np.float32)
