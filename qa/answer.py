"""What every door gives back: an answer with its checked quotes, and the one JSON made of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from index.article import Hit

Language = Literal["zh-Hant", "zh-Hans", "en"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that stands in its article: ``quote == article.text[start:end]``, always.

    ``line`` and ``page`` (None where the source has no pages) are those of the source file, from 1.
    """

    quote: str
    source: str
    page: int | None
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model used for one answer, and how its quotes fared.

    ``tokens_in`` and ``tokens_out`` are as the server counts them, over all calls; None where it does not
    tell. ``seconds`` is the time spent waiting for it. Of the citations that it wrote (``written``), ``exact``
    stood in the text as quoted, ``repaired`` were put right, and ``precise`` support what they are cited for.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float = 0.0
    calls: int = 0
    written: int = 0
    exact: int = 0
    repaired: int = 0
    precise: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    ``text`` is what to show, with ``[1]``, ``[2]``… after what the quotes of ``citations`` support.
    ``confidence`` is the calibrated probability (0 to 1) that the article answers the question; ``abstained``
    is True when it does not, and then ``citations`` is empty. ``passages`` are the nearest, best first.

    ``rewritten`` is the question made to stand alone, "" where it did already. The rest is for answers
    that a language model wrote: ``note`` is one line that says why the quoted answer stands here in place of
    a written one, "" where it does not; ``unsupported`` are the spans (start, end) of ``text`` that no quote
    supports, in order; ``flagged`` are numbers, dates and names of ``text`` that stand in none of the
    passages, as they are written in it; ``usage`` is None where no model was asked.
    """

    question: str
    language: Language
    text: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...] = ()
    passages: tuple[Hit, ...] = ()
    rewritten: str = ""
    note: str = ""
    unsupported: tuple[tuple[int, int], ...] = ()
    flagged: tuple[str, ...] = ()
    usage: Usage | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command line, the web chat and the REST endpoints."""
        return {
            "question": self.question,
            "language": self.language,
            "answer": self.text,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 4),
            "citations": [asdict(citation) for citation in self.citations],
            "passages": [passage_dict(hit) for hit in self.passages],
            "rewritten": self.rewritten,
            "note": self.note,
            "unsupported": [list(span) for span in self.unsupported],
            "flagged": list(self.flagged),
            "usage": None if self.usage is None else asdict(self.usage),
        }


def passage_dict(hit: Hit) -> dict[str, Any]:
    """The JSON of one passage that was found."""
    return {
        "text": hit.passage.text,
        "score": round(hit.score, 4),
        "source": hit.source,
        "start": hit.start,
        "end": hit.end,
    }
