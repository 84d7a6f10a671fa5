"""How good the answers are that a language model wrote: figures by which to choose one.

Citation recall and precision are those of ALCE (Gao et al. 2023), each first for an answer and then the mean
over answers. ALCE asks a model of natural language inference whether a quote supports a sentence; here
`qa.verify` decides it by rules, so the figures compare models with each other, not with published ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import fmean

from index.sentence import split_sentences
from qa.answer import Answer
from qa.language import detect
from qa.marking import QUOTE_NUMBER


@dataclass(frozen=True, slots=True)
class Written:
    """The figures of answers that a model was asked for; None where no answer tells.

    ``stood`` is the share of answers that were not replaced by the quoted one. Of those: ``citation_recall``
    is the share of sentences that their quotes support, ``citation_precision`` the share of the citations
    which the model wrote that support what they are cited for, ``quotes_exact`` the share that it copied as
    the text has them, from the passage it named, ``language`` the share in the language and script of the
    question. ``tokens_in``, ``tokens_out`` and ``seconds`` are the mean for an answer, of all.
    """

    answers: int
    stood: float
    citation_recall: float | None
    citation_precision: float | None
    quotes_exact: float | None
    language: float | None
    tokens_in: float | None
    tokens_out: float | None
    seconds: float


def written_figures(answers: Sequence[Answer]) -> Written | None:
    """The figures of those answers for which a model was asked; None where it was for none."""
    asked = [(answer, answer.usage) for answer in answers if answer.usage is not None]
    if not asked:
        return None
    stood = [(answer, used) for answer, used in asked if not answer.note]
    said = [(answer, used) for answer, used in stood if not answer.abstained]
    return Written(
        answers=len(asked),
        stood=len(stood) / len(asked),
        citation_recall=_mean([recall(answer) for answer, _ in said]),
        citation_precision=_mean([used.precise / used.written for _, used in said if used.written]),
        quotes_exact=_mean([used.exact / used.written for _, used in said if used.written]),
        language=_mean([float(_keeps_language(answer)) for answer, _ in said]),
        tokens_in=_mean([used.tokens_in for _, used in asked if used.tokens_in is not None]),
        tokens_out=_mean([used.tokens_out for _, used in asked if used.tokens_out is not None]),
        seconds=fmean(used.seconds for _, used in asked),
    )


def recall(answer: Answer) -> float:
    """The share of an answer's sentences that are not among its unsupported ones (0 to 1).

    >>> recall(Answer("?", "en", "It has 26 members.[1] So it is large.", False, 0.9, unsupported=((22, 37),)))
    0.5
    """
    lines = QUOTE_NUMBER.sub("", answer.text).split("\n")
    total = sum(bool(line[start:end].strip()) for line in lines for start, end in split_sentences(line))
    total = max(total, len(answer.unsupported), 1)
    return 1 - len(answer.unsupported) / total


def _keeps_language(answer: Answer) -> bool:
    return detect(QUOTE_NUMBER.sub("", answer.text), answer.language) == answer.language


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def written_table(groups: Sequence[tuple[str, Written]]) -> str:
    """The figures of each group as a Markdown table."""
    names = [field.name for field in fields(Written)]
    head = ["", *(name.replace("_", " ") for name in names)]
    rows = [[group, *(_cell(name, getattr(written, name)) for name in names)] for group, written in groups]
    lines = [head, ["---", *("---:" for _ in names)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name == "answers":
        return str(value)
    if name == "seconds":
        return f"{value:.2f}"
    return f"{value:.0f}" if name.startswith("tokens") else f"{value:.1%}"
