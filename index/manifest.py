"""The manifest of a saved index: its format, the encoder that made it, its files with their hashes and sizes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.errors import IndexFormatError

FORMAT = 3
"""Raised when what is stored changes. 1 and 2, which had files for each article, are read by ``index.former``."""
MANIFEST = "manifest.json"
_AGAIN = "build the index again from the articles"


def _json(value: dict[str, Any]) -> bytes:
    # A file name that is not UTF-8 has lone surrogates in Python; ``json.loads`` takes them back from bytes.
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "surrogatepass")


def _seal(manifest: dict[str, Any]) -> str:
    """The hash of a manifest, but for the hash in it."""
    return hashlib.sha256(_json({k: v for k, v in manifest.items() if k != "sha256"})).hexdigest()


def manifest_of(encoder: str, dimension: int, segments: Sequence[dict[str, Any]]) -> bytes:
    """The manifest of these segments: of each ``file``, ``sha256``, ``size`` in bytes, and ``sources``, which count."""
    manifest = {
        "format": FORMAT,
        "encoder": {"name": encoder, "dimension": dimension},
        "segments": list(segments),
    }
    return _json(manifest | {"sha256": _seal(manifest)})


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a folder, of this format or a former one. Raises ``IndexFormatError``."""
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
    if version == FORMAT and manifest.get("sha256") != _seal(manifest):
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}")
    return manifest


def made_with(folder: Path, manifest: dict[str, Any]) -> tuple[str, int]:
    """The name and the dimension of the encoder. Raises ``IndexFormatError``."""
    try:
        return str(manifest["encoder"]["name"]), int(manifest["encoder"]["dimension"])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}") from error


def entries(folder: Path, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """What the manifest says of each segment, or, in a former format, of each article."""
    newest = manifest["format"] == FORMAT
    found = manifest.get("segments" if newest else "articles")
    needed = {"file", "sha256", "size", "sources"} if newest else {"source", "article", "vectors"}
    if not isinstance(found, list) or not all(
        isinstance(entry, dict) and needed <= entry.keys() for entry in found
    ):
        raise IndexFormatError(f"{folder / MANIFEST} is damaged: {_AGAIN}")
    return found


def named_files(manifest: dict[str, Any]) -> Iterator[str]:
    """The files that a manifest names, in whatever format."""
    for entry in (*manifest.get("segments", ()), *manifest.get("articles", ())):
        yield from (
            value["file"] for value in (entry, *entry.values()) if isinstance(value, dict) and "file" in value
        )
