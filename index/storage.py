"""A saved index: a folder of JSON and .npy files, and a manifest that names them with their hashes.

A file is named after its content, so that nothing is ever overwritten: a save writes what is new, then puts
the new manifest in the old one's place in one step. Whatever interrupts it, the folder holds the old index
or the new one. One process writes at a time; who reads meanwhile keeps what it has read. Nothing is pickled.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.article import Article
from index.codec import article_from_dict, article_to_dict
from index.errors import IndexFormatError
from index.lock import locked
from index.matching import Ids, Matching, pack, unpack

F32 = npt.NDArray[np.float32]

FORMAT = 2
"""Raised when what is stored changes; 1 lacked the terms and tokens, which are computed when it is loaded."""
MANIFEST = "manifest.json"
# The names that files get here, with those of files half written.
_OURS = re.compile(r"[0-9a-f]{24}\.(?:json|npy)|\.lock|\.(?:[0-9a-f]{24}|manifest)\.(?:json|npy)\.\d+")
_TRIES = 5  # to read an index that others keep writing
_AGAIN = "build the index again from the articles"


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article, the vectors of its passages, float32 ``(passages, dimension)``, and what else is matched."""

    article: Article
    vectors: F32
    matching: Matching | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a folder holds."""

    encoder: str
    dimension: int
    articles: tuple[StoredArticle, ...]


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _npy(numbers: F32 | Ids) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(numbers), allow_pickle=False)
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
    if not _holds(
        path, digest
    ):  # what an earlier save wrote, unless it is damaged, need not be written again
        _write(path, content)
    return {"file": path.name, "sha256": digest}


def _holds(path: Path, digest: str) -> bool:
    """Whether a file has the content of this hash."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Makes the folder and holds its lock, for ``write_folder``. Raises ``IndexFormatError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> IndexFormatError:
    advice = {
        errno.ENOSPC: "the disk is full; make room and try again",
        errno.EDQUOT: "your quota of the disk is full; make room and try again",
        errno.EROFS: "it is read-only; choose another folder",
        errno.EACCES: "you may not write there; choose another folder, or change its permissions",
    }.get(error.errno or 0, error.strerror or str(error))
    return IndexFormatError(f"can't write the index {folder}: {advice} (what was saved before is unchanged)")


def write_folder(folder: Path, stored: Stored) -> None:
    """Write an index into ``folder``, in place of the one there, inside ``writing``. Raises ``IndexFormatError``."""
    try:
        strangers = any(not _OURS.fullmatch(path.name) for path in folder.iterdir())
        if strangers and not (folder / MANIFEST).is_file():
            raise IndexFormatError(f"{folder} holds something that is not an index: choose another folder")
        entries: list[dict[str, object]] = []
        kept = {MANIFEST}
        for entry in stored.articles:
            files = _put_article(folder, entry)
            entries.append({"source": entry.article.source, **files})
            kept |= {file["file"] for file in files.values()}
        _sync(folder)
        encoder = {"name": stored.encoder, "dimension": stored.dimension}
        _write(folder / MANIFEST, _json({"format": FORMAT, "encoder": encoder, "articles": entries}))
        _sync(folder)
        _tidy(folder, kept)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _put_article(folder: Path, entry: StoredArticle) -> dict[str, dict[str, str]]:
    """The files of one article, as the manifest names them."""
    whole = article_to_dict(entry.article)
    files = {"vectors": _put(folder, _npy(entry.vectors), ".npy")}
    if entry.matching is not None:
        whole["matching"], numbers = pack(entry.matching)
        files["matching"] = _put(folder, _npy(numbers), ".npy")
    return {"article": _put(folder, _json(whole), ".json"), **files}


def _tidy(folder: Path, keep: set[str]) -> None:
    """Remove what an earlier index, or a save that was cut off, left behind."""
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in keep:
            path.unlink(missing_ok=True)


def read_folder(folder: Path, *, encoder: str, dimension: int) -> Stored:
    """The index in ``folder``, for the encoder of that name; the vectors stay in their files until they are used.

    Raises ``IndexFormatError``.
    """
    for _ in range(_TRIES):
        manifest = _manifest(folder)
        try:
            return _stored(folder, manifest, encoder, dimension)
        except IndexFormatError:
            if _manifest(folder) == manifest:
                raise
        # Another process has put a new index in its place meanwhile: that one, then.
    raise IndexFormatError(f"{folder} changes faster than it can be read: try again when writing is done")


def read_any(folder: Path) -> Stored:
    """The index in ``folder``, whatever encoder made it. Raises ``IndexFormatError``."""
    name, dimension = made_with(folder, _manifest(folder))
    return read_folder(folder, encoder=name, dimension=dimension)


def _stored(folder: Path, manifest: dict[str, Any], encoder: str, dimension: int) -> Stored:
    made_by = made_with(folder, manifest)
    if made_by != (encoder, dimension):
        raise IndexFormatError(
            f"{folder} was made with the encoder {made_by[0]} ({made_by[1]} dimensions), "
            f"but is being loaded with {encoder} ({dimension}): load it with encoder={made_by[0]!r}, or {_AGAIN}"
        )
    entries = _entries(folder, manifest)
    return Stored(encoder, dimension, tuple(_article(folder, entry, dimension) for entry in entries))


def made_with(folder: Path, manifest: dict[str, Any]) -> tuple[str, int]:
    """The name and the dimension of the encoder. Raises ``IndexFormatError``."""
    try:
        return str(manifest["encoder"]["name"]), int(manifest["encoder"]["dimension"])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}") from error


def _entries(folder: Path, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    entries = manifest.get("articles")
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and {"source", "article", "vectors"} <= entry.keys() for entry in entries
    ):
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}")
    return entries


def check_folder(folder: Path) -> list[str]:
    """What is wrong with the index in ``folder``, a line each; none where it is whole.

    Every file is read and compared with its hash, every article with its vectors. Raises ``IndexFormatError``
    where there is no index or its manifest can't be read.
    """
    manifest = _manifest(folder)
    _, dimension = made_with(folder, manifest)
    wrong: list[str] = []
    for entry in _entries(folder, manifest):
        try:
            _article(folder, entry, dimension)
        except IndexFormatError as error:
            wrong.append(f"{entry['source']}: {error}")
    return wrong


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


def _get(folder: Path, entry: dict[str, str]) -> bytes | mmap.mmap:
    """The content of a file, checked against its hash; it stays on the disk until it is used."""
    path = folder / Path(entry["file"]).name
    try:
        with path.open("rb") as file:
            content = (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                if os.fstat(file.fileno()).st_size
                else b""
            )
    except OSError as error:
        raise IndexFormatError(f"{path} can't be read: {_AGAIN}") from error
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise IndexFormatError(f"{path} is damaged: its content is not what was saved; {_AGAIN}")
    return content


def _array(content: bytes | mmap.mmap) -> npt.NDArray[Any]:
    """The array of a .npy file, without a copy. Raises ``ValueError``."""
    head = io.BytesIO(content[:256])  # the header of an array of plain numbers is shorter
    version = np.lib.format.read_magic(head)
    if version != (1, 0):
        raise ValueError("no array")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(head)
    if fortran or dtype.hasobject:
        raise ValueError("no plain array")
    return np.frombuffer(content, dtype=dtype, offset=head.tell()).reshape(shape)


def _article(folder: Path, entry: dict[str, Any], dimension: int) -> StoredArticle:
    source = entry["source"]
    try:
        whole = json.loads(bytes(_get(folder, entry["article"])))
        article = article_from_dict(whole)
        found = _array(_get(folder, entry["vectors"]))
        matching = None
        if "matching" in entry:
            matching = unpack(whole["matching"], _array(_get(folder, entry["matching"])))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise IndexFormatError(f"{folder}: what is stored of {source} is damaged; {_AGAIN}") from error
    if found.shape != (len(article.passages), dimension) or found.dtype != np.float32:
        raise IndexFormatError(f"{folder}: the vectors of {source} do not fit its passages; {_AGAIN}")
    if matching and len(matching.terms) != len(article.passages):
        raise IndexFormatError(f"{folder}: the terms of {source} do not fit its passages; {_AGAIN}")
    return StoredArticle(article, found, matching)
