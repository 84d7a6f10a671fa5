"""From a question that stands alone to the answer in quotes, and to what a language model is asked instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from index.article import Passage
from index.encoder import TokenEncoder, load_encoder
from qa.answer import Answer
from qa.evidence import EvidenceReader
from qa.extract import abstention, extract
from qa.generate import Request
from qa.intent import intent_of
from qa.language import is_supported
from qa.overview import about_section, advice_for, overview
from qa.phrases import PHRASES
from qa.question import Question
from qa.scorer import Scorer

# Passages that a language model is given, as far as they fit; so many of the nearest come before the quoted ones.
PASSAGES, NEAREST = 10, 3


def quoted_answer(asked: Question, reader: EvidenceReader, scorer: Scorer) -> tuple[Answer, bool]:
    """The answer in quotes, and whether a language model could say it better."""
    if not is_supported(asked.text):
        return replace(abstention(asked, ()), text=PHRASES[asked.language].unsupported), False
    intent = intent_of(asked.text)
    if intent and (answer := overview(intent, asked.text, asked.language, reader)):
        return answer, intent in ("summary", "view")
    for whole in (about_section, advice_for):
        if answer := whole(asked.text, asked.language, reader):
            return answer, True
    return extract(asked, reader, scorer), True


def growing(answer: Answer) -> Iterator[Answer]:
    """A quoted answer a quote at a time; the last is the whole one."""
    lines = answer.text.split("\n")
    for count in range(1, len(lines)):
        text = "\n".join(lines[:count])
        yield replace(answer, text=text, citations=answer.citations[: count - 1], passages=())
    yield answer


def request_for(asked: Question, reader: EvidenceReader, quoted: Answer) -> Request:
    """What a model is asked: the nearest passages, those that are quoted, then more of the nearest.

    Of an answer about the whole article there are no nearest passages, only the quoted ones.
    """
    articles = reader.index.by_source
    found = [hit.passage for hit in reader.index.search(asked.text, k=PASSAGES)] if quoted.passages else []
    cited = (
        passage
        for citation in quoted.citations
        for passage in articles[citation.source].passages
        if passage.start < citation.end and passage.end > citation.start and passage.kind != "title"
    )
    passages: dict[Passage, None] = dict.fromkeys([*found[:NEAREST], *cited, *found])
    return Request(asked, tuple(passages)[: max(PASSAGES, len(quoted.citations))], articles, quoted)


def token_encoder(reader: EvidenceReader) -> TokenEncoder:
    """An encoder with token vectors: the index's own, or else the bundled one."""
    encoder = reader.index.encoder
    if not isinstance(encoder, TokenEncoder):
        encoder = load_encoder(None)
    assert isinstance(encoder, TokenEncoder), "the bundled encoder has token vectors"
    return encoder
