"""A language model behind a server that speaks the OpenAI protocol, through OpenAI's own client.

What a second try can mend is tried again: a server that is busy or away for a moment. All else is a
``ModelError`` at once.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, cast

from qa.llm import PAUSE, Failure, Message, ModelError, Piece, estimate
from qa.llm_wait import SilentError, in_time

if TYPE_CHECKING:
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

TRIES = 3
LONGEST_WAIT = 20.0  # seconds; nobody waits longer for a server that says "later"
_CONNECT = 5.0  # seconds to be connected in
_CHARACTERS = 16  # that a token has at most, on the whole: a server that heeds no limit is left then
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_KINDS: dict[int, Failure] = {
    401: "key",
    403: "key",
    404: "model",
    408: "slow",
    429: "busy",
    503: "busy",
    529: "busy",
}


class ServerModel:
    """One model of one server. Threads may share it."""

    def __init__(
        self,
        name: str,
        url: str,
        key: str = "",
        *,
        context: int,
        timeout: float,
        pause: float = PAUSE,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """``timeout`` is the longest wait for the first word, in seconds, ``pause`` that between two, where it is less.

        ``sleep`` waits between tries.
        """
        self.name = name
        self.url = url
        self.context = context
        self._key = key
        self._timeout = timeout
        self._pause = min(pause, timeout)
        self._sleep = sleep

    def __repr__(self) -> str:
        """Without the key."""
        return f"ServerModel({self.name!r}, {self.url!r})"

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI, Timeout

        # Servers on this machine want no key, but the client wants one.
        return OpenAI(
            api_key=self._key or "none",
            base_url=self.url,
            organization="",
            project="",
            timeout=Timeout(self._timeout, connect=min(_CONNECT, self._timeout)),
            max_retries=0,
            default_headers={"Connection": "close"},  # one that is hung up on must be nobody else's meanwhile
        )

    def count(self, text: str) -> int:
        """No fewer tokens than the text has, as a rule: servers do not say beforehand."""
        return estimate(text)

    def write(self, messages: Sequence[Message], most: int) -> Generator[Piece, None, None]:
        """What the model writes, as it comes; closing the iterator closes the connection. Raises ``ModelError``."""
        from openai import OpenAIError

        begun = False
        try:
            stream, since = self._opened(messages, most)
            first = self._timeout - (time.monotonic() - since)
            for piece in in_time(_read(stream, most), first, self._pause, lambda: _hang_up(stream)):
                begun = True
                yield piece
        except ModelError:
            raise
        except SilentError:
            raise ModelError(*self._said("slow")) from None
        except (OpenAIError, ValueError, OSError, AttributeError, TypeError, IndexError) as error:
            raise self._error(error, begun=begun) from None
        except Exception as error:  # the client lets errors of its HTTP library through once a stream is open
            if not type(error).__module__.startswith("httpx"):
                raise
            slow = "Timeout" in type(error).__name__
            raise ModelError(*self._said("slow" if slow else "cut")) from None

    def _opened(self, messages: Sequence[Message], most: int) -> tuple[Stream[ChatCompletionChunk], float]:
        """The open stream, after as many tries as help, and when the last try began, by ``time.monotonic``."""
        from openai import APIConnectionError, APIStatusError, OpenAIError

        plain = [{"role": m.role, "content": m.content} for m in messages]
        sent = cast("list[ChatCompletionMessageParam]", plain)
        for attempt in range(1, TRIES + 1):
            since = time.monotonic()
            try:
                stream = self._client.chat.completions.create(
                    model=self.name,
                    messages=sent,
                    max_tokens=most,
                    temperature=0,
                    stream=True,
                    stream_options={"include_usage": True},
                )
                return stream, since
            except OpenAIError as error:
                again = isinstance(error, APIConnectionError) and not _is_timeout(error)
                again |= isinstance(error, APIStatusError) and error.status_code in _AGAIN
                wait = _wait(error, attempt)
                if not again or attempt == TRIES or wait > LONGEST_WAIT:
                    raise
                self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _error(self, error: Exception, *, begun: bool) -> ModelError:
        from openai import APIConnectionError, APIStatusError, BadRequestError

        if isinstance(error, APIConnectionError):
            return ModelError(*self._said("slow" if _is_timeout(error) else "cut" if begun else "down"))
        if isinstance(error, BadRequestError) or getattr(error, "status_code", 0) == 413:
            text = str(error).lower()
            if "context" in text or "too long" in text or "too large" in text or "maximum" in text:
                return ModelError(*self._said("long"))
        if isinstance(error, APIStatusError):
            return ModelError(
                *self._said(_KINDS.get(error.status_code, "error"), f" (HTTP {error.status_code})")
            )
        return ModelError(*self._said("malformed"))

    def _said(self, failure: Failure, more: str = "") -> tuple[str, Failure]:
        """One line on a failure, and the failure."""
        what = {
            "down": "can't be reached",
            "slow": f"said nothing for {self._timeout:g} seconds, or {self._pause:g} in the middle: set"
            " WENDA_LLM_TIMEOUT or WENDA_LLM_PAUSE",
            "busy": "is too busy",
            "key": "did not accept the key: set WENDA_LLM_KEY",
            "model": f"has no model {self.name!r}",
            "long": "finds the question and its passages too long: set WENDA_LLM_CONTEXT to what the model holds",
            "cut": "broke off in the middle of its answer",
            "malformed": "did not answer as the OpenAI protocol has it",
        }
        return f"The language model server {self.url} {what.get(failure, 'failed')}{more}.", failure


def _read(stream: Stream[ChatCompletionChunk], most: int) -> Generator[Piece, None, None]:
    """The pieces of what a server sends, streamed or not, cut off where it heeds no limit. Raises ``ModelError`` and others."""
    room = most * _CHARACTERS
    with closing(stream):
        plain = "application/json" in stream.response.headers.get("content-type", "")
        for piece in _whole(stream.response.read()) if plain else _pieces(stream):
            yield Piece(piece.text[:room], piece.finish, piece.tokens_in, piece.tokens_out)
            room -= max(1, len(piece.text))
            if room < 0 and piece.finish is None:
                yield Piece(finish="length")
                return


def _hang_up(stream: Stream[ChatCompletionChunk]) -> None:
    """End a connection that another thread may be reading from, which then hears of it; that one closes it."""
    network = stream.response.extensions.get("network_stream")
    connection = network.get_extra_info("socket") if network is not None else None
    if connection is not None:
        with suppress(OSError):  # it has ended by itself
            connection.shutdown(socket.SHUT_RDWR)


def _pieces(stream: Stream[ChatCompletionChunk]) -> Generator[Piece, None, None]:
    """The pieces of a stream of completion chunks, some of them empty. Raises ``ModelError`` where it ends too early."""
    finish: str | None = None
    begun = False
    for chunk in stream:
        begun = True
        used = getattr(chunk, "usage", None)
        if used is not None:
            yield Piece(tokens_in=used.prompt_tokens, tokens_out=used.completion_tokens)
        for choice in chunk.choices or ():
            finish = choice.finish_reason or finish
            # While a model thinks aloud elsewhere it writes nothing here, and yet it is at work.
            yield Piece((choice.delta.content if choice.delta is not None else "") or "")
    if not begun:
        raise ModelError(
            "The language model server did not answer as the OpenAI protocol has it.", "malformed"
        )
    if finish is None:
        raise ModelError("The language model broke off in the middle of its answer.", "cut")
    if finish == "content_filter":
        raise ModelError("The language model would not answer.", "refused")
    yield Piece(finish="length" if finish == "length" else "stop")


def _whole(body: bytes) -> Generator[Piece, None, None]:
    """The pieces of a completion in one piece, from a server that does not stream. Raises ``ModelError``, ``ValueError``."""
    from openai.types.chat import ChatCompletion

    given = ChatCompletion.model_validate_json(body)
    choice = given.choices[0]
    if choice.finish_reason == "content_filter":
        raise ModelError("The language model would not answer.", "refused")
    used = given.usage
    yield Piece(
        choice.message.content or "",
        "length" if choice.finish_reason == "length" else "stop",
        used.prompt_tokens if used else None,
        used.completion_tokens if used else None,
    )


def _is_timeout(error: Exception) -> bool:
    from openai import APITimeoutError

    return isinstance(error, APITimeoutError)


def _wait(error: Exception, attempt: int) -> float:
    """Seconds until the next try: what the server asks for, in seconds or as a date, else 0.5, then 1 …"""
    response = getattr(error, "response", None)
    asked = str(response.headers.get("retry-after", "")) if response is not None else ""
    if re.fullmatch(r"\d+(?:\.\d+)?", asked):
        return float(asked)
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    return float(0.5 * 2 ** (attempt - 1))
