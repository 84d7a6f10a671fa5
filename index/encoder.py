"""Texts to vectors: the bundled bilingual model, or any sentence-transformers model by folder or hub name.

The bundled model never touches the network. A hub name is looked up on this machine first, as
sentence-transformers does, and fetched only where it is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError, reason
from index.fold import fold
from index.static import is_static, read_static

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.contextual import Contextual

Vectors = npt.NDArray[np.float32]
BATCH = 64


@runtime_checkable
class Encoder(Protocol):
    """What the index needs of a model. ``name`` tells one set of vectors from another: it is saved with an index."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def dimension(self) -> int: ...  # noqa: D102

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Questions as float32 (n, dimension), unit norm (a text with no known token: zeros), C-contiguous."""
        ...

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Passages, in the same space."""
        ...


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that has one vector a token, which late interaction can use."""

    @property
    def token_vectors(self) -> Vectors:
        """The table, float32 (vocabulary, dimension); a text is the direction of the sum of its tokens' rows."""
        ...

    @property
    def token_weights(self) -> Vectors:
        """How much each token of a question counts, float32 (vocabulary,), ≥ 0, in whatever language it is."""
        ...

    def token_ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        """The rows of the table that make up each text, in order; tokens without a vector are left out."""
        ...


@runtime_checkable
class ContextEncoder(TokenEncoder, Protocol):
    """An encoder that also tells its tokens in context: what each means in its text."""

    @property
    def words(self) -> Encoder:
        """A quicker encoder, by words alone, in a space of its own: for many short texts, such as sentences."""
        ...

    def read(self, texts: Sequence[Sequence[str]]) -> list[Contextual]:
        """Texts, each given as its parts, which are read together: the vector of the whole and of each token."""
        ...

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens in context each text has: a text made of several has the tokens of all in turn."""
        ...


@runtime_checkable
class PairEncoder(Encoder, Protocol):
    """An encoder that can also read a question and a sentence together, which is slow and sees more."""

    def read_together(self, question: str, sentences: Sequence[tuple[str, str]]) -> Vectors:
        """For each (text before it, sentence) the logit that the sentence answers, float32 (n,); 0 is even odds."""
        ...


# What well-known families of models want before a text, where their own files do not say: the first pattern
# that is found in the lower-cased name, its prompt for a query, its prompt for a document (from their model cards).
PROMPTS: tuple[tuple[str, str, str], ...] = (
    (
        r"e5-.*instruct",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
        "",
    ),
    (r"(?:^|[/-])e5-", "query: ", "passage: "),
    (r"bge-(?:small|base|large)-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"bge-(?:small|base|large)-en", "Represent this sentence for searching relevant passages: ", ""),
    (r"arctic-embed|mxbai-embed", "Represent this sentence for searching relevant passages: ", ""),
    (r"nomic-embed", "search_query: ", "search_document: "),
)


def known_prompts(name: str) -> tuple[str, str]:
    """The prompts (query, document) of a well-known family of models; empty where it needs none.

    >>> known_prompts("intfloat/multilingual-e5-small")
    ('query: ', 'passage: ')
    >>> known_prompts("BAAI/bge-m3")
    ('', '')
    """
    for pattern, query, document in PROMPTS:
        if re.search(pattern, name.lower()):
            return query, document
    return "", ""


class SentenceEncoder:
    """Any SentenceTransformer as an ``Encoder``: its own prompts, or those known for its family.

    ``prepare`` is applied to each text first. Threads may share it: one encodes at a time, because the
    tokenizers of transformers are not made for two.
    """

    def __init__(self, model: SentenceTransformer, name: str, prepare: Callable[[str], str] = str) -> None:
        """Wraps ``model``, and gives it the prompts known for ``name`` where it has none of its own."""
        self.name = name
        self.model = model
        self._prepare = prepare
        self._lock = Lock()
        if not any(model.prompts.values()):
            query, document = known_prompts(name)
            model.prompts |= {"query": query, "document": document}

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.model.get_embedding_dimension() or 0)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Questions as float32 (n, dimension), unit norm (a text with no known token: zeros), C-contiguous."""
        return self._encode(self.model.encode_query, texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Passages, in the same space as the questions."""
        return self._encode(self.model.encode_document, texts)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        ready = [self._prepare(text) for text in texts]
        with self._lock:
            raw = encode(ready, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
        vectors = np.asarray(raw, dtype=np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


def load_encoder(name: str | Path | None = None) -> Encoder:
    """The encoder of that name: None the bundled one, else a folder or a model of the Hugging Face hub.

    Raises EncoderError where there is no such model, or it can't be loaded.

    >>> encoder = load_encoder()
    >>> encoder.encode_query(["誰是作者？"]).shape == (1, encoder.dimension)
    True
    """
    if name is None:
        from index.bundled import read_bundled

        return read_bundled()
    text = str(name)
    folder = Path(text).expanduser()
    if folder.is_dir():
        return _load(str(folder), local=True)
    if isinstance(name, Path) or folder.is_absolute() or text.startswith((".", "~")) or text.count("/") > 1:
        raise EncoderError(
            f"no model at {text}: give the folder of a sentence-transformers model, or a hub name"
        )
    return _load(text, local=False)


def _load(name: str, *, local: bool) -> Encoder:
    if local and not any((Path(name) / file).is_file() for file in ("modules.json", "config.json")):
        raise EncoderError(f"{name} is not a model folder: it has neither modules.json nor config.json")
    try:
        about = _about(Path(name)) if local else {}
        called, prepare = str(about.get("name", name)), fold if about.get("fold") else str
        if local and is_static(Path(name)):
            return read_static(Path(name), called, prepare, known_prompts(name))
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(name, local_files_only=local)
    except Exception as error:  # what a damaged or missing model raises differs by format and library version
        raise EncoderError(_advice(name, local, error)) from error
    if not model.get_embedding_dimension():
        raise EncoderError(f"{name} is not a model that turns text into vectors: choose an embedding model")
    return SentenceEncoder(model, called, prepare)


def _about(folder: Path) -> dict[str, Any]:
    """What Wenda's own training wrote beside a model: its name, and whether texts are folded before it."""
    file = folder / "wenda.json"
    about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return about


def _advice(name: str, local: bool, error: Exception) -> str:
    if local:
        return f"can't load the model in {name}: {reason(error)}"
    return (
        f"can't load the model {name}: it is not on this machine and could not be fetched, or is not an embedding "
        f"model. Check the name and the connection, or leave the encoder out to use the bundled one ({reason(error)})"
    )
