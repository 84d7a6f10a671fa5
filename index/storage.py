"""A saved index: a folder with a file of arrays for each segment, and a manifest that names them with their hashes.

A file is named after its content, so that nothing is ever overwritten: a save writes what is new, then puts
the new manifest in the old one's place in one step. Whatever interrupts it, the folder holds the old index
or the new one. One process writes at a time; who reads meanwhile keeps what it has read. Nothing is pickled.

Files are mapped, not read: what is loaded is checked for its size and its parts, ``check_folder`` for every byte.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.arrays import Sink, mapped, pour
from index.article import Article
from index.errors import IndexFormatError
from index.former import FormerArticle, former_article
from index.lock import locked
from index.manifest import FORMAT, MANIFEST, entries, made_with, manifest_of, named_files, read_manifest
from index.segment import Part, Saved, Segment

SUFFIX = ".safetensors"
# The names that files get here or got in former formats, with those of files half written.
_OURS = re.compile(
    r"[0-9a-f]{24}\.(?:safetensors|json|npy)|\.lock|\.(?:[0-9a-f]{24}|manifest)\.(?:safetensors|json|npy)\.\d+"
)
_TRIES = 5  # to read an index that others keep writing
_NAMED = 3  # sources, in a line about a damaged file
_AGAIN = "build the index again from the articles"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a folder holds: parts; or, in a former format, articles with their vectors."""

    encoder: str
    dimension: int
    parts: tuple[Part, ...]
    former: tuple[FormerArticle, ...] = ()

    def articles(self) -> Iterator[Article]:
        """The articles, in order."""
        yield from (entry.article for entry in self.former)
        yield from (part.segment.articles[i] for part in self.parts for i in part.kept.tolist())


def _write(path: Path, fill: Callable[[Sink], object]) -> None:
    """Write a file whole or not at all: beside its place, down to the disk, then into it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            fill(file.write)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)  # half a file would take the room that is lacking
        raise


def _sync(folder: Path) -> None:
    """Make sure that the folder's list of files is on the disk (Windows neither can nor needs to)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put(folder: Path, segment: Segment) -> Saved:
    """Store a segment under its own hash, unless it was loaded from there or is there already."""
    known = segment.saved
    if known and known.folder == folder.resolve() and _size(folder / known.name) == known.size:
        return known
    arrays = segment.arrays()
    digest = hashlib.sha256()
    pour(arrays, digest.update)
    sha256 = digest.hexdigest()
    path = folder / f"{sha256[:24]}{SUFFIX}"
    if not _holds(path, sha256):
        _write(path, lambda sink: pour(arrays, sink))
    return Saved(folder.resolve(), path.name, sha256, path.stat().st_size)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


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
        files = [_put(folder, part.segment) for part in stored.parts]
        segments = [
            {"file": file.name, "sha256": file.sha256, "size": file.size, "sources": part.sources}
            for file, part in zip(files, stored.parts, strict=True)
        ]
        content = manifest_of(stored.encoder, stored.dimension, segments)
        _sync(folder)
        _write(folder / MANIFEST, lambda sink: sink(content))
        _sync(folder)
        _tidy(folder)
    except OSError as error:
        with suppress(OSError, IndexFormatError):
            _tidy(folder)  # what was written in vain
        raise _unwritable(folder, error) from error


def _tidy(folder: Path) -> None:
    """Remove what an earlier index, or a save that was cut off, left behind."""
    keep = {MANIFEST, *named_files(read_manifest(folder))}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in keep:
            with suppress(
                PermissionError
            ):  # Windows keeps a file that a reader has open: until the next save
                path.unlink(missing_ok=True)


def read_folder(folder: Path, *, encoder: str, dimension: int) -> Stored:
    """The index in ``folder``, for the encoder of that name; all but the names stays on the disk until it is used.

    Raises ``IndexFormatError``.
    """
    for _ in range(_TRIES):
        manifest = read_manifest(folder)
        try:
            return _stored(folder, manifest, encoder, dimension)
        except IndexFormatError:
            if read_manifest(folder) == manifest:
                raise
        # Another process has put a new index in its place meanwhile: that one, then.
    raise IndexFormatError(f"{folder} changes faster than it can be read: try again when writing is done")


def read_any(folder: Path) -> Stored:
    """The index in ``folder``, whatever encoder made it. Raises ``IndexFormatError``."""
    name, dimension = made_with(folder, read_manifest(folder))
    return read_folder(folder, encoder=name, dimension=dimension)


def _stored(folder: Path, manifest: dict[str, Any], encoder: str, dimension: int) -> Stored:
    made_by = made_with(folder, manifest)
    if made_by != (encoder, dimension):
        raise IndexFormatError(
            f"{folder} was made with the encoder {made_by[0]} ({made_by[1]} dimensions), "
            f"but is being loaded with {encoder} ({dimension}): load it with encoder={made_by[0]!r}, or {_AGAIN}"
        )
    found = entries(folder, manifest)
    if manifest["format"] < FORMAT:
        former = tuple(former_article(folder, entry, dimension) for entry in found)
        return Stored(encoder, dimension, (), former)
    return Stored(encoder, dimension, tuple(read_part(folder, entry, dimension) for entry in found))


def read_part(folder: Path, entry: dict[str, Any], dimension: int) -> Part:
    """A segment as the manifest names it, its size and its parts checked. Raises ``IndexFormatError``."""
    path = folder / Path(entry["file"]).name
    if _size(path) is None:
        raise IndexFormatError(f"{path} can't be read: {_AGAIN}")
    try:
        file = Saved(folder.resolve(), path.name, entry["sha256"], entry["size"])
        if _size(path) != file.size:
            raise ValueError("its size is not what was saved")
        segment = Segment.from_arrays(mapped(path), file)
        if segment.vectors.dtype != np.float32 or segment.vectors.shape[1:] != (dimension,):
            raise ValueError("its vectors are not those of the encoder")
        whole, wanted = Part.whole(segment), set(entry["sources"])
        kept = np.array([i for i, source in enumerate(whole.sources) if source in wanted], dtype=np.int64)
        if len(kept) != len(wanted):
            raise ValueError("its articles are not those of the manifest")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise IndexFormatError(f"{path} is damaged: its content is not what was saved; {_AGAIN}") from error
    return replace(whole, kept=kept)


def check_folder(folder: Path) -> list[str]:
    """What is wrong with the index in ``folder``, a line for each damaged file; none where it is whole.

    Every file is read and compared with its hash, every article put together. Raises ``IndexFormatError``
    where there is no index or its manifest can't be read.
    """
    manifest = read_manifest(folder)
    _, dimension = made_with(folder, manifest)
    wrong: list[str] = []
    for entry in entries(folder, manifest):
        try:
            if manifest["format"] < FORMAT:
                former_article(folder, entry, dimension)
            else:
                _check(folder, entry, dimension)
        except IndexFormatError as error:
            sources = entry["sources"] if "sources" in entry else [entry["source"]]
            more = f" and {len(sources) - _NAMED} more" if len(sources) > _NAMED else ""
            wrong.append(f"{', '.join(sources[:_NAMED])}{more}: {error}")
    return wrong


def _check(folder: Path, entry: dict[str, Any], dimension: int) -> None:
    part = read_part(folder, entry, dimension)
    path = folder / entry["file"]
    if not _holds(path, entry["sha256"]):
        raise IndexFormatError(f"{path} is damaged: its content is not what was saved; {_AGAIN}")
    for i, count in zip(part.kept.tolist(), part.segment.articles.counts[part.kept].tolist(), strict=True):
        if len(part.segment.articles[i].passages) != count:
            raise IndexFormatError(
                f"{path}: the passages of an article are not as many as its vectors; {_AGAIN}"
            )
