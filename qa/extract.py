"""The answer with no language model: the sentences that answer, quoted as they stand.

What is quoted, and whether anything is, is the scorer's decision; this file turns it into an ``Answer``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.article import Hit
from index.encoder import Encoder
from index.index import Index
from index.language import is_chinese
from qa.answer import Answer, Citation, Language
from qa.cite import cite, verified
from qa.closer import read_closely
from qa.evidence import Evidence, EvidenceReader, Sentence
from qa.ordinals import unmentioned
from qa.phrases import PHRASES
from qa.question import Question
from qa.scorer import Scorer
from qa.values import values

MAX_QUOTES = 3
# A further sentence is quoted when the ranker gives it this share of the best one's probability.
QUOTE_SHARE = 0.15
SHOWN_PASSAGES = 5
# The confidence at which an article in the other language speaks though one in the question's own is silent.
CLEARLY = 0.6
# The cosine from which on sentences in two languages say the same: of the guide's 194, 87% have it with their translation.
SAME = 0.75


@dataclass(frozen=True, slots=True)
class Draft:
    """The sentences that would answer, best first, and the probability (0 to 1) that they do.

    ``reading`` is the logit that the best does, read together with the question; nan where it was not read.
    """

    sentences: tuple[Sentence, ...]
    confidence: float
    reading: float = math.nan


def draft(evidence: Evidence, scorer: Scorer, encoder: Encoder) -> Draft:
    """Choose the sentences to quote from the evidence, of one language throughout; ``encoder`` reads the likeliest.

    Where the evidence is in both languages, the question's own is preferred, unless only the other answers,
    and clearly, with what does not stand in the question's own.
    """
    own = _draft(evidence.where(evidence.crosses == 0), scorer, encoder)
    if own.sentences and own.confidence >= scorer.threshold:
        return own
    other = _draft(evidence.where(evidence.crosses == 1), scorer, encoder)
    if not own.sentences or not other.sentences:
        return own if own.sentences else other
    if other.confidence < CLEARLY:
        return own
    return replace(own, confidence=other.confidence) if _say_the_same(own, other, encoder) else other


def _say_the_same(own: Draft, other: Draft, encoder: Encoder) -> bool:
    """Whether the best sentences are one in two languages: likely to answer, and close."""
    if not own.reading > 0:
        return False
    one, two = encoder.encode_document([own.sentences[0].text, other.sentences[0].text])
    return bool(one @ two >= SAME)


def _draft(evidence: Evidence, scorer: Scorer, encoder: Encoder) -> Draft:
    if not evidence.sentences:
        return Draft((), 0.0)
    evidence = read_closely(evidence, scorer.rank(evidence), encoder)
    scores = scorer.rank(evidence)
    chosen = _chosen(evidence, scores)
    if unmentioned(evidence.question.text, chosen[0].article.text):
        return Draft(chosen, 0.0)
    return Draft(chosen, scorer.confidence(evidence, scores), float(evidence.readings[np.argmax(scores)]))


def _chosen(evidence: Evidence, scores: np.ndarray) -> tuple[Sentence, ...]:
    order = np.argsort(-scores)[:MAX_QUOTES]
    share = np.exp(scores[order] - scores[order[0]])
    picked = [int(i) for i, s in zip(order, share, strict=True) if s >= QUOTE_SHARE]
    if evidence.question.kind == "list" and (following := _enumeration_after(evidence, picked[0])):
        picked.insert(1, following)
    return tuple(evidence.sentences[i] for i in dict.fromkeys(picked))


def _enumeration_after(evidence: Evidence, best: int) -> int | None:
    """The sentence after the best one, where it lists what the best only counts: "There are three. They are …"."""
    following = best + 1
    if following == len(evidence.sentences) or values(evidence.sentences[best].text, "list"):
        return None
    sentence = evidence.sentences[following]
    same = sentence.passage is evidence.sentences[best].passage
    return following if same and values(sentence.text, "list") else None


def quotes(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """Citations of the sentences, in their order; neighbours in the article become one quote."""
    merged: list[tuple[Sentence, int, int]] = []
    for sentence in sentences:
        start, end = sentence.span
        for i, (other, a, b) in enumerate(merged):
            if other.article is not sentence.article:
                continue
            between = sentence.article.text[min(b, end) : max(a, start)]
            if not between.strip() and "\n" not in between:
                merged[i] = (other, min(a, start), max(b, end))
                break
        else:
            merged.append((sentence, start, end))
    return tuple(cite(sentence.article, start, end) for sentence, start, end in merged)


def lead_in(language: Language, quoted: Sequence[Citation]) -> str:
    """What stands before the quotes: it says so where they are in the other language."""
    phrases = PHRASES[language]
    chinese = is_chinese(quoted[0].quote)
    if chinese == (language != "en"):
        return phrases.answer
    return phrases.answer_from_chinese if chinese else phrases.answer_from_english


def quoted_text(lead: str, citations: Sequence[Citation]) -> str:
    """The lead-in and each quote on a line of its own, with its number.

    >>> quoted_text("文中寫道：", [Citation("在上海舉行。", "a.txt", None, 3, 10, 16)])
    '文中寫道：\\n「在上海舉行。」[1]'
    """
    lines = [lead]
    for number, citation in enumerate(citations, 1):
        left, right = "「」" if is_chinese(citation.quote) else "“”"
        lines.append(f"{left}{citation.quote}{right}[{number}]")
    return "\n".join(lines)


def abstention(question: Question, hits: Sequence[Hit], confidence: float = 0.0) -> Answer:
    """The answer that the article does not say, with the nearest passages."""
    phrases = PHRASES[question.language]
    text = phrases.abstain
    if hits:
        text += (" " if question.language == "en" else "") + phrases.abstain_nearest
    return Answer(question.text, question.language, text, True, confidence, (), tuple(hits))


def extract(question: Question, reader: EvidenceReader, scorer: Scorer) -> Answer:
    """Answer a question by quoting, or abstain."""
    index: Index = reader.index
    evidence = reader.read(question)
    hits = evidence.hits[:SHOWN_PASSAGES]
    found = draft(evidence, scorer, index.encoder)
    if not found.sentences or found.confidence < scorer.threshold:
        return abstention(question, hits, found.confidence)
    articles = index.by_source
    citations = verified(quotes(found.sentences), articles)
    text = quoted_text(lead_in(question.language, citations), citations)
    return Answer(question.text, question.language, text, False, found.confidence, citations, tuple(hits))
