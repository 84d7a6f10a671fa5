"""A language model, as Wenda needs one: messages in, text out as it is written; and how the user names it.

``MODEL@URL`` is any server that speaks the OpenAI protocol (Ollama, llama.cpp, vLLM, LM Studio, hosted ones),
``local:NAME`` a Hugging Face model in this process. Without a name none is used, and no server is asked that
was not named: a question goes nowhere by default.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

from index.errors import WendaError

Role = Literal["system", "user", "assistant"]
Failure = Literal[
    "down", "slow", "busy", "key", "model", "long", "cut", "malformed", "empty", "refused", "error", "language", "unsupported",
]  # fmt: skip

OPENAI = "https://api.openai.com/v1"
CONTEXT = 8192  # tokens that a model is taken to hold, unless WENDA_LLM_CONTEXT says otherwise
TIMEOUT = 30.0  # seconds to a server's first word, unless WENDA_LLM_TIMEOUT says otherwise
PAUSE = 15.0  # seconds between two, unless WENDA_LLM_PAUSE says otherwise
_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


class ModelError(WendaError):
    """A language model that can't be used, or did not answer; ``failure`` says how, the message how in words."""

    def __init__(self, message: str, failure: Failure = "error") -> None:
        """``message`` is one line for whoever runs Wenda; it never holds a key."""
        super().__init__(message)
        self.failure: Failure = failure


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what a model writes; ``finish`` and the token counts come with the last, None where not told.

    ``finish`` is "stop", or "length" where the model was stopped at ``most`` tokens.
    """

    text: str = ""
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@runtime_checkable
class Model(Protocol):
    """What writes answers."""

    @property
    def name(self) -> str:
        """The name that it is known by."""
        ...

    @property
    def context(self) -> int:
        """How many tokens it takes, what it writes included."""
        ...

    def count(self, text: str) -> int:
        """How many tokens a text has, or no fewer than it has."""
        ...

    def write(self, messages: Sequence[Message], most: int) -> Generator[Piece, None, None]:
        """What it writes, at most so many tokens, piece by piece; closing the iterator stops the model.

        Raises ``ModelError``, also after some pieces.
        """
        ...


def estimate(text: str) -> int:
    """No fewer tokens than usual tokenizers make of a text: 1.5 for a Han character, 0.5 for any other.

    >>> estimate("亞信會議"), estimate("members")
    (6, 4)
    """
    han = len(_HAN.findall(text))
    return math.ceil(1.5 * han + 0.5 * (len(text) - han))


def open_model(spec: str | Model | None, environment: Mapping[str, str] | None = None) -> Model | None:
    """The model of a name; None where there is none: ``spec`` is "", or None and WENDA_LLM is not set.

    A key is read from WENDA_LLM_KEY; OPENAI_API_KEY is only sent to OpenAI itself. Raises ``ModelError`` for a
    name that can't be understood, and for a local model that can't be loaded.

    >>> model = open_model("qwen3:8b@http://localhost:11434/v1", {})
    >>> model.name, model.context
    ('qwen3:8b', 8192)
    """
    if spec is not None and not isinstance(spec, str):
        return spec
    given = os.environ if environment is None else environment
    name = (given.get("WENDA_LLM", "") if spec is None else spec).strip()
    if not name:
        return None
    if name.startswith("local:"):
        from qa.llm_local import LocalModel

        return LocalModel.load(
            name.removeprefix("local:").strip(), _number(given, "WENDA_LLM_CONTEXT", CONTEXT)
        )
    from qa.llm_server import ServerModel

    model, url = _parts(name)
    key = given.get("WENDA_LLM_KEY") or (given.get("OPENAI_API_KEY") if url == OPENAI else None)
    return ServerModel(
        model,
        url,
        key or "",
        context=_number(given, "WENDA_LLM_CONTEXT", CONTEXT),
        timeout=float(_number(given, "WENDA_LLM_TIMEOUT", int(TIMEOUT))),
        pause=float(_number(given, "WENDA_LLM_PAUSE", int(PAUSE))),
    )


def _parts(spec: str) -> tuple[str, str]:
    """The model and the address of ``MODEL@URL``; a model's name may have an @ of its own."""
    named = re.fullmatch(r"(.*?)@(\w+://.*)", spec)
    model, url = named.groups() if named else ("", "")
    parts = urlsplit(url)
    if not model or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelError(
            f"The language model {_no_secret(spec)!r} can't be understood: write MODEL@URL, for instance"
            " qwen3:8b@http://localhost:11434/v1, or local:NAME.",
            "model",
        )
    if parts.username or parts.password:
        raise ModelError(
            "The address of a language model must not hold a password: put the key in WENDA_LLM_KEY.", "key"
        )
    return model, url.rstrip("/")


def _no_secret(spec: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", spec)


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ModelError(f"{name} must be a whole number above 0, not {text!r}.")
    return int(text)
