"""Static models, read without the libraries they were made with: a table of vectors and a tokenizer.

A ``StaticEmbedding`` of sentence-transformers is a lookup and a sum. Doing just that here spares the reader
seconds of importing torch, and gives the same vectors (a test compares the two).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.late import telling

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


class StaticEncoder:
    """A table of token vectors: a text is the direction of the sum of its tokens' rows. Threads may share it.

    ``table`` is float32 (rows, dimension); token t of ``tokenizer`` has row ``row[t]`` (words that mean the
    same may share one). ``prepare`` is applied to each text first; ``query`` and ``document`` are prompts.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Tokenizer,
        table: Vectors,
        row: Ids,
        *,
        prepare: Callable[[str], str] = str,
        query: str = "",
        document: str = "",
    ) -> None:
        """Takes finished parts; ``read_static`` makes them from a folder."""
        self.name = name
        self.token_vectors = table
        self._tokenizer = tokenizer
        self._row = row
        self._prepare = prepare
        self._prompts = (query, document)
        self._known = np.any(table, axis=1)

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.token_vectors.shape[1])

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Questions as float32 (n, dimension), unit norm (a text with no known token: zeros), C-contiguous."""
        return self._encode([self._prompts[0] + text for text in texts])

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Passages, in the same space as the questions."""
        return self._encode([self._prompts[1] + text for text in texts])

    def token_ids(self, texts: Sequence[str]) -> list[Ids]:
        """The rows of the table that make up each text, in order; tokens without a vector are left out."""
        ready = [self._prepare(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(ready, add_special_tokens=False)
        rows = [self._row[np.asarray(encoding.ids, dtype=np.int64)] for encoding in encodings]
        return [row[self._known[row]] for row in rows]

    @cached_property
    def token_weights(self) -> Vectors:
        """How much each token of a question counts: rarity × length of its vector, float32 (rows,), ≥ 0.

        Rarity is ``index.late.telling`` by the scores of a Unigram tokenizer, and 1 with any other.
        They are those of the language, not of the indexed documents: an English word among Chinese documents
        is not rare. The product finds more than either factor alone (see the model card).
        """
        length: Vectors = np.linalg.norm(self.token_vectors, axis=1)
        model = json.loads(self._tokenizer.to_str())["model"]
        if model["type"] != "Unigram":
            return length
        best = np.full(len(length), -np.inf)
        np.maximum.at(best, self._row, [score for _, score in model["vocab"]])
        return np.asarray(telling(best) * length, dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, ids in zip(vectors, self.token_ids(texts), strict=True):
            vector[:] = self.token_vectors[ids].sum(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(norms > 0, norms, 1)
        return vectors


def is_static(folder: Path) -> bool:
    """Whether a sentence-transformers folder is a table of token vectors and nothing else that changes directions."""
    modules = folder / "modules.json"
    if not modules.is_file():
        return False
    kinds = [module["type"].rsplit(".", 1)[-1] for module in json.loads(modules.read_text(encoding="utf-8"))]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


def read_static(
    folder: Path, name: str, prepare: Callable[[str], str] = str, prompts: tuple[str, str] = ("", "")
) -> StaticEncoder:
    """The static model of a folder for which ``is_static`` holds.

    ``prompts`` (query, document) serve where the folder brings none. Raises OSError, ValueError or KeyError where
    a file is missing or damaged.
    """
    from tokenizers import Tokenizer

    place = folder / json.loads((folder / "modules.json").read_text(encoding="utf-8"))[0]["path"]
    tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    table, row = _read_table(place / "model.safetensors")
    query, document = _own_prompts(folder) or prompts
    return StaticEncoder(name, tokenizer, table, row, prepare=prepare, query=query, document=document)


def _read_table(file: Path) -> tuple[Vectors, Ids]:
    """The float32 rows of a model, and the row of each token."""
    from safetensors.numpy import load_file

    arrays = load_file(file)
    if "embedding.weight" in arrays:
        table = np.ascontiguousarray(arrays["embedding.weight"], dtype=np.float32)
        return table, np.arange(len(table))
    table = arrays["embeddings"].astype(np.float32)
    row = arrays.get("mapping", np.arange(len(table))).astype(np.int64)
    if "weights" not in arrays:
        return table, row
    scale = np.zeros(len(table), dtype=np.float32)
    scale[row] = arrays["weights"]
    if np.array_equal(scale[row], arrays["weights"]):
        return table * scale[:, None], row
    return table[row] * arrays["weights"].astype(np.float32)[:, None], np.arange(len(row))


def _own_prompts(folder: Path) -> tuple[str, str] | None:
    file = folder / "config_sentence_transformers.json"
    prompts = json.loads(file.read_text(encoding="utf-8")).get("prompts", {}) if file.is_file() else {}
    found = prompts.get("query") or "", prompts.get("document") or ""
    return found if any(found) else None
