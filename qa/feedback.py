"""What visitors thought of answers, kept in a file of JSON lines on this machine, if its owner wants that."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from index.errors import WendaError
from qa.answer import Answer
from qa.export import record


@dataclass(frozen=True, slots=True)
class Feedback:
    """Ratings appended to a file, one JSON object a line: ``time`` (UTC), ``good``, and the answer's own JSON.

    Nothing is written that the visitor did not rate, and nothing about who the visitor is.
    """

    path: Path
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def into(cls, path: str | Path) -> Feedback:
        """Ratings into a file, which is made if need be. Raises ``WendaError`` where it can't be written."""
        try:
            with Path(path).open("a", encoding="utf-8"):
                return cls(Path(path))
        except OSError as error:
            raise WendaError(f"Cannot write feedback to {path} ({error.strerror}).") from error

    def rate(self, answer: Answer, good: bool) -> None:
        """Append one rating."""
        rating = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "good": good, **record(answer)}
        line = json.dumps(rating, ensure_ascii=False) + "\n"
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line)
