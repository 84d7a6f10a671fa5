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
class Answer:
    """The answer to one question.

    ``text`` is what to show, with ``[1]``, ``[2]``… after each quote of ``citations``. ``confidence`` is
    the calibrated probability (0 to 1) that the article answers the question; ``abstained`` is True when
    it does not, and then ``citations`` is empty. ``passages`` are the nearest, best first.
    """

    question: str
    language: Language
    text: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...] = ()
    passages: tuple[Hit, ...] = ()

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
