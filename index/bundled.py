"""The bundled bilingual model: words by themselves (``static``) and in context (``contextual``).

The two see different things. A table of 78,000 words knows rare names in both languages and costs nothing; six layers
know what a sentence says. Search and answers use both; the contextual half is read when it is first asked for. The same
layers, slightly changed, read a question and a sentence together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.contextual import Contextual, ContextualEncoder, Parts, read_contextual, read_parts
from index.cross import CrossEncoder, read_cross
from index.errors import EncoderError, reason
from index.fold import fold
from index.static import StaticEncoder, read_static

F32 = npt.NDArray[np.float32]
T = TypeVar("T")
BUNDLED = Path(__file__).parent / "model"


class BundledEncoder:
    """A ``ContextEncoder`` and a ``PairEncoder``: vectors of whole texts, of tokens in context and of words; threads may share it."""

    def __init__(self, name: str, words: StaticEncoder, folder: Path, dimension: int) -> None:
        """Takes finished parts; ``read_bundled`` makes them. ``folder`` is that of the contextual half."""
        self.name = name
        self.dimension = dimension
        self.words = words
        self.token_vectors = words.token_vectors
        self.token_weights = words.token_weights
        self._folder = folder
        self._lock = Lock()

    @cached_property
    def _parts(self) -> Parts:
        return read_parts(self._folder)

    @cached_property
    def _apart(self) -> ContextualEncoder:
        return read_contextual(self._parts, fold)

    @cached_property
    def _together(self) -> CrossEncoder:
        return read_cross(self._parts, fold)

    def _made(self, make: Callable[[], T]) -> T:
        with self._lock:  # two threads that come first must not both make it
            try:
                return make()
            except Exception as error:  # what a damaged file raises differs by its format
                raise _damaged(self._folder, error) from error

    @property
    def _contextual(self) -> ContextualEncoder:
        return self._made(lambda: self._apart)

    def token_ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        """The rows of ``token_vectors`` that make up each text, in order; tokens without a vector are left out."""
        return self.words.token_ids(texts)

    def encode_query(self, texts: Sequence[str]) -> F32:
        """Questions as float32 (n, dimension), unit norm, C-contiguous."""
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> F32:
        """Passages, in the same space."""
        empty = np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([one.whole for one in self.read([[text] for text in texts])]) if texts else empty

    def read(self, texts: Sequence[Sequence[str]]) -> list[Contextual]:
        """Texts in context, each given as its parts: the vector of the whole and of each token (``index.contextual``)."""
        return self._contextual.encode(texts)

    def read_together(self, question: str, sentences: Sequence[tuple[str, str]]) -> F32:
        """For each (text before it, sentence) the logit that the sentence answers, float32 (n,) (``index.cross``)."""
        return self._made(lambda: self._together).score(question, sentences)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens in context each text has: a text made of several has the tokens of all in turn."""
        return self._contextual.count(texts)


def read_bundled(folder: Path = BUNDLED) -> BundledEncoder:
    """The model that comes with the package.

    Raises ``EncoderError`` where a file is missing or damaged; for the contextual half perhaps only when that is
    first asked for.
    """
    try:
        about = [
            json.loads((folder / half / "wenda.json").read_text(encoding="utf-8"))
            for half in ("static", "contextual")
        ]
        config = json.loads((folder / "contextual" / "config.json").read_text(encoding="utf-8"))
        words = read_static(folder / "static", about[0]["name"], fold)
        name = "+".join(str(half["name"]) for half in about)
        return BundledEncoder(name, words, folder / "contextual", int(config["hidden_size"]))
    except Exception as error:  # as above
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> EncoderError:
    return EncoderError(
        f"can't load the model in {folder}: {reason(error)}; it came with Wenda: install that again"
    )
