"""A saved index: a folder of JSON and .npy files, and a manifest that names them with their hashes.

A file is named after its content, so that nothing is ever overwritten: a save writes what is new, then puts
the new manifest in the old one's place in one step. Whatever interrupts it, the folder holds the old index
or the new one. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.article import Article
from index.codec import article_from_dict, article_to_dict
from index.errors import IndexFormatError

F32 = npt.NDArray[np.float32]

FORMAT = 1
MANIFEST = "manifest.json"
# The names that files get here, with those of files half written.
_OURS = re.compile(r"[0-9a-f]{24}\.(?:json|npy)|\.(?:[0-9a-f]{24}|manifest)\.(?:json|npy)\.\d+")
_AGAIN = "build the index again from the articles"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a folder holds: articles with the vectors of their passages, float32 ``(passages, dimension)``."""

    encoder: str
    dimension: int
    articles: tuple[tuple[Article, F32], ...]


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _npy(vectors: F32) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place, down to the disk, then into it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _sync(folder: Path) -> None:
    """Make sure that the folder's list of files is on the disk (Windows neither can nor needs to)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put(folder: Path, content: bytes, suffix: str) -> dict[str, str]:
    """Store content under its own hash; returns the manifest's entry for it."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest[:24]}{suffix}"
    _write(path, content)
    return {"file": path.name, "sha256": digest}


def write_folder(folder: Path, stored: Stored) -> None:
    """Write an index into ``folder``, in place of the one there. Raises ``IndexFormatError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = any(not _OURS.fullmatch(path.name) for path in folder.iterdir())
        if strangers and not (folder / MANIFEST).is_file():
            raise IndexFormatError(f"{folder} holds something that is not an index: choose another folder")
        entries: list[dict[str, object]] = []
        kept = {MANIFEST}
        for article, vectors in stored.articles:
            text = _put(folder, _json(article_to_dict(article)), ".json")
            numbers = _put(folder, _npy(vectors), ".npy")
            entries.append({"source": article.source, "article": text, "vectors": numbers})
            kept |= {text["file"], numbers["file"]}
        _sync(folder)
        encoder = {"name": stored.encoder, "dimension": stored.dimension}
        _write(folder / MANIFEST, _json({"format": FORMAT, "encoder": encoder, "articles": entries}))
        _sync(folder)
        _tidy(folder, kept)
    except OSError as error:
        raise IndexFormatError(f"can't write the index {folder}: {error.strerror or error}") from error


def _tidy(folder: Path, keep: set[str]) -> None:
    """Remove what an earlier index, or a save that was cut off, left behind."""
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in keep:
            path.unlink(missing_ok=True)


def read_folder(folder: Path, *, encoder: str, dimension: int) -> Stored:
    """The index in ``folder``, for the encoder of that name. Raises ``IndexFormatError``."""
    manifest = _manifest(folder)
    try:
        made_by = (str(manifest["encoder"]["name"]), int(manifest["encoder"]["dimension"]))
        entries = [(entry["source"], entry["article"], entry["vectors"]) for entry in manifest["articles"]]
    except (KeyError, TypeError, ValueError) as error:
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}") from error
    if made_by != (encoder, dimension):
        raise IndexFormatError(
            f"{folder} was made with the encoder {made_by[0]} ({made_by[1]} dimensions), "
            f"but is being loaded with {encoder} ({dimension}): load it with encoder={made_by[0]!r}, or {_AGAIN}"
        )
    articles = tuple(_article(folder, source, text, vectors, dimension) for source, text, vectors in entries)
    return Stored(encoder, dimension, articles)


def _manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise IndexFormatError(f"there is no index folder {folder}: save one there first")
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        version = manifest["format"]
    except FileNotFoundError as error:
        raise IndexFormatError(f"{folder} is not an index: it has no {MANIFEST}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}") from error
    if not isinstance(version, int) or version < 1:
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}")
    if version > FORMAT:
        raise IndexFormatError(
            f"{folder} has index format {version}, but this version of wenda reads up to {FORMAT}: upgrade wenda"
        )
    return manifest


def _get(folder: Path, entry: dict[str, str]) -> bytes:
    """The content of a file, checked against its hash."""
    path = folder / Path(entry["file"]).name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IndexFormatError(f"{path} can't be read: {_AGAIN}") from error
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise IndexFormatError(f"{path} is damaged: its content is not what was saved; {_AGAIN}")
    return content


def _article(
    folder: Path, source: str, text: dict[str, str], vectors: dict[str, str], dimension: int
) -> tuple[Article, F32]:
    try:
        article = article_from_dict(json.loads(_get(folder, text)))
        found = np.load(io.BytesIO(_get(folder, vectors)), allow_pickle=False)
    except (KeyError, TypeError, ValueError) as error:
        raise IndexFormatError(f"{folder}: what is stored of {source} is damaged; {_AGAIN}") from error
    if found.shape != (len(article.passages), dimension) or found.dtype != np.float32:
        raise IndexFormatError(f"{folder}: the vectors of {source} do not fit its passages; {_AGAIN}")
    return article, found
