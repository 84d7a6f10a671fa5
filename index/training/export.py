"""Writes the trained models as ordinary sentence-transformers folders: the static one with one byte a number.

``StaticEmbedding`` reads three arrays: ``embeddings`` (rows, d) int8, ``mapping`` (tokens,), the row of each
token, and ``weights`` (tokens,), by which the row is multiplied. The scale that makes a row fit int8 goes into
``weights``; what is lost is below one part in two hundred of the row's largest number.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.layers import WORD_VECTORS
from index.training.vocabulary import Vocabulary

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

F32 = npt.NDArray[np.float32]

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def export(folder: Path, vocabulary: Vocabulary, table: npt.NDArray[np.float32]) -> None:
    """Writes ``folder`` (made if need be): plain ``SentenceTransformer(folder)`` loads it.

    ``table`` is (rows, d); row 0, for the unknown, is written as zeros.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    scale = np.abs(table).max(axis=1) / 127
    scale[0] = 0.0
    rows = np.rint(table / np.maximum(scale, 1e-12)[:, None]).clip(-127, 127).astype(np.int8)
    arrays = {
        "embeddings": rows,
        "mapping": vocabulary.row.astype(np.int32),
        "weights": scale[vocabulary.row].astype(np.float32),
    }
    save_file(arrays, folder / "model.safetensors")
    vocabulary.tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "modules.json").write_text(json.dumps(MODULES, indent=2) + "\n", encoding="utf-8")
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")
    settings: dict[str, object] = {"similarity_fn_name": "cosine", "prompts": {}, "default_prompt_name": None}
    text = json.dumps(settings, indent=2) + "\n"
    (folder / "config_sentence_transformers.json").write_text(text, encoding="utf-8")
    _sign(folder, "wenda-static", "model.safetensors", "tokenizer.json")


def export_contextual(folder: Path, model: SentenceTransformer, projection: F32) -> None:
    """Writes ``folder`` (made if need be) with ``projection``, (d, k), of its tokens beside it.

    Word vectors and the matrices of the layers are written with one byte a number (``pack``), all else in half precision.
    """
    from safetensors.numpy import save_file

    copy.deepcopy(model).half().save(str(folder), create_model_card=False)
    pack(folder / "model.safetensors")
    save_file({"projection": np.ascontiguousarray(projection)}, folder / "tokens.safetensors")
    _plain(folder / "tokenizer.json")
    sign_contextual(folder)


def pack(file: Path) -> None:
    """Writes the large arrays of a model's file as 8-bit floating point numbers (e4m3), which transformers reads as any.

    A word's vector turns by about 1.5 degrees, which a text of several words evens out; a vocabulary may be three times
    as large.
    """
    import torch
    from safetensors.torch import load_file, save_file

    arrays = {
        name: array.float().to(torch.float8_e4m3fn) if is_packed(name, array.ndim) else array
        for name, array in load_file(file).items()
    }
    save_file(arrays, file, metadata={"format": "pt"})


def is_packed(name: str, dimensions: int) -> bool:
    """Whether an array of a contextual model is written with one byte a number.

    >>> is_packed("encoder.layer.0.output.dense.weight", 2), is_packed("encoder.layer.0.output.dense.bias", 1)
    (True, False)
    """
    return name == WORD_VECTORS or (name.startswith("encoder.") and dimensions == 2)


def sign_contextual(folder: Path) -> None:
    """Writes the name of the contextual model of a folder, by what it holds now."""
    _sign(folder, "wenda-contextual", "model.safetensors", "tokenizer.json", "tokens.safetensors")


def _plain(tokenizer: Path) -> None:
    """Takes out of a tokenizer's file how the training batches were cut and filled, which is not the model's."""
    from tokenizers import Tokenizer

    plain = Tokenizer.from_file(str(tokenizer))
    plain.no_truncation()
    plain.no_padding()
    plain.save(str(tokenizer), pretty=False)


def principal_directions(vectors: F32, count: int) -> F32:
    """The ``count`` directions that keep the most of the products of ``vectors``, (n, d): orthonormal columns (d, count).

    >>> principal_directions(np.array([[0, 2], [0, 3], [1, 0]], dtype=np.float32), 1).round(6).tolist()
    [[0.0], [1.0]]
    """
    directions, _, _ = np.linalg.svd(vectors.T @ vectors)
    first: F32 = np.ascontiguousarray(directions[:, :count], dtype=np.float32)
    signs = np.sign(first[np.abs(first).argmax(axis=0), np.arange(first.shape[1])])
    return np.asarray(first * signs, dtype=np.float32)


def _sign(folder: Path, name: str, *files: str) -> None:
    """The model's name, which holds a hash of what it is made of, and the note that texts are folded before it."""
    digest = hashlib.sha256(b"".join((folder / file).read_bytes() for file in files))
    about = {"name": f"{name}-{digest.hexdigest()[:8]}", "fold": True}
    (folder / "wenda.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
