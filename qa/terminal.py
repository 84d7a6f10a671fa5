"""How answers, passages and mistakes look in a terminal. Pure: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Hit
from qa.answer import Answer
from qa.evaluate import Outcome, Report
from qa.phrases import PHRASES

SHORT = 200  # characters of a passage that is only offered, not asked for
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def answer_text(answer: Answer, *, colour: bool = False) -> str:
    """The answer and the place of each quote; for an abstention the nearest passages, shortened."""
    places = [
        f"[{number}] {_place(one.source, one.line, one.page, colour)}"
        + ("" if one.quote in answer.text else "\n" + _indent(one.quote))
        for number, one in enumerate(answer.citations, start=1)
    ]
    parts = [
        _safe(answer.rewritten and f"→ {answer.rewritten}"),
        _safe(answer.text.strip()),
        "\n".join(places),
    ]
    if answer.abstained:
        parts += [_passage(hit, colour, SHORT) for hit in answer.passages[:3]]
    parts += [_safe(line) for line in _doubts(answer)]
    return "\n\n".join(part for part in parts if part)


def _doubts(answer: Answer) -> list[str]:
    """What is to be said about an answer that a language model wrote, or should have written."""
    phrases = PHRASES[answer.language]
    lines = [answer.note] if answer.note else []
    if answer.unsupported:
        pieces = " / ".join(answer.text[start:end] for start, end in answer.unsupported)
        lines.append(phrases.not_borne_out + pieces)
    if answer.flagged:
        lines.append(phrases.not_there + phrases.comma.join(answer.flagged))
    return lines


def passages_text(hits: Sequence[Hit], *, colour: bool = False) -> str:
    """The passages, best first, each with its rank, score and place."""
    return "\n\n".join(
        f"{rank}. {hit.score:.3f}  {_passage(hit, colour)}" for rank, hit in enumerate(hits, start=1)
    )


def mistakes_text(report: Report) -> str:
    """Every question that went wrong: what was asked and expected, and what came back."""
    return "\n\n".join(
        f"{one.question.id} ({one.question.lang}) {one.question.text}\n"
        + _indent("\n".join([*wrong, f"answer: {' '.join(one.answer.text.split())[:300]}"]))
        for one in report.outcomes
        if (wrong := _wrong(one))
    )


def _wrong(one: Outcome) -> list[str]:
    question, answer = one.question, one.answer
    return [
        text
        for text, is_so in (
            (
                f"evidence not in the first passages: {question.evidence}",
                question.evidence and not one.found_at,
            ),
            ("abstained", question.answerable and answer.abstained),
            (
                f"none of these is in the answer: {' | '.join(question.answers)}",
                question.answers and not answer.abstained and not one.right,
            ),
            (
                f"answered, confidence {answer.confidence:.2f}, though the article does not say",
                not question.answerable and not answer.abstained,
            ),
            ("a quote is not in the article", one.true_quotes < len(answer.citations)),
        )
        if is_so
    ]


def _passage(hit: Hit, colour: bool, most: int | None = None) -> str:
    text = hit.passage.text
    if most is not None and len(text) > most:
        text = text[:most].rstrip() + "…"
    return f"{_place(hit.source, hit.passage.line, hit.passage.page, colour)}\n{_indent(text)}"


def _place(source: str, line: int, page: int | None, colour: bool) -> str:
    text = f"{_safe(source)}:{line}" + (f" (page {page})" if page is not None else "")
    return f"\x1b[2m{text}\x1b[0m" if colour else text


def _indent(text: str) -> str:
    return "\n".join("    " + line for line in _safe(text).splitlines() if line.strip())


def _safe(text: str) -> str:
    """The text without control characters, which could move the cursor or set the terminal's title."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
