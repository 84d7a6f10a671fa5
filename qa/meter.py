"""What a language model uses for one answer, counted while it writes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import perf_counter

from qa.answer import Usage
from qa.llm import Message, Model


@dataclass(slots=True)
class Meter:
    """What the model has used so far, over all calls."""

    usage: Usage = field(default_factory=Usage)
    stopped: bool = False  # whether the model was stopped at the most that it may write

    def pieces(self, model: Model, messages: Sequence[Message], most: int) -> Generator[str, None, None]:
        """What the model writes, at most so many tokens, piece by piece; counts tokens and the seconds spent waiting.

        Raises ``ModelError``; closing the generator stops the model.
        """
        self.usage = replace(self.usage, calls=self.usage.calls + 1)
        self.stopped = False
        with closing(model.write(messages, most)) as stream:
            while True:
                begun = perf_counter()
                try:
                    piece = next(stream, None)
                finally:
                    seconds = round(self.usage.seconds + perf_counter() - begun, 3)
                    self.usage = replace(self.usage, seconds=seconds)
                if piece is None:
                    return
                self.stopped = self.stopped or piece.finish == "length"
                self._add(piece.tokens_in, piece.tokens_out)
                if piece.text:
                    yield piece.text

    def _add(self, tokens_in: int | None, tokens_out: int | None) -> None:
        if tokens_in is not None or tokens_out is not None:
            self.usage = replace(
                self.usage,
                tokens_in=(self.usage.tokens_in or 0) + (tokens_in or 0),
                tokens_out=(self.usage.tokens_out or 0) + (tokens_out or 0),
            )
