"""What can still be read of a saved index, whole or damaged: its articles, and the sources of those that are lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.arrays import mapped
from index.article import Article
from index.errors import IndexFormatError
from index.former import former_article
from index.manifest import entries, made_with, read_manifest
from index.segment import Part, Segment
from index.storage import SUFFIX, read_part


@dataclass(frozen=True, slots=True)
class Lost:
    """An article of which only the source is known, as what is stored of it is damaged."""

    source: str


def survey(folder: Path) -> Iterator[Article | Lost]:
    """The articles of the index in a folder, in order, whatever encoder made it.

    No hashes are compared, so that an article may be changed and yet be here: ``check_folder`` tells.
    Raises ``IndexFormatError`` where there is no index, or its manifest can't be read.
    """
    manifest = read_manifest(folder)
    _, dimension = made_with(folder, manifest)
    for entry in entries(folder, manifest):
        yield from _of_entry(folder, entry, dimension)


def _of_entry(folder: Path, entry: dict[str, Any], dimension: int) -> Iterator[Article | Lost]:
    try:
        if "sources" not in entry:  # a former format: an entry for each article
            yield former_article(folder, entry, dimension).article
            return
        part = read_part(folder, entry, dimension)
    except IndexFormatError:
        yield from map(Lost, entry.get("sources") or [entry["source"]])
        return
    yield from _of_part(part)


def _of_part(part: Part) -> Iterator[Article | Lost]:
    for source, number in zip(part.sources, part.kept.tolist(), strict=True):
        try:
            yield part.segment.articles[number]
        except IndexFormatError:
            yield Lost(source)


def salvage(folder: Path) -> Iterator[Article | Lost]:
    """The articles in the files of a folder whose manifest is lost; those that were taken out may be among them."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            part = Part.whole(Segment.from_arrays(mapped(path)))
            yield from _of_part(part)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue
