"""EPUB → text: the chapters in the order in which the book is read, each read as a page of HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.errors import ReadError
from index.html import parsed
from index.html_blocks import shapes_of
from index.html_notes import find_notes
from index.package import Package
from index.repair.compose import Repaired
from index.shapes import Shape, whole

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_CONTAINER = "META-INF/container.xml"
_LOCKED = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html"})


def read_epub(data: bytes, name: str) -> Repaired:
    """The text of a book; a place is the block, counted from 1.

    Raises ReadError where the file is broken, protected, or holds no text.
    """
    package = Package(data, name)
    broken = ReadError(f"{name}: the file is broken or no EPUB; download it again")
    root = _xml(package.read(_CONTAINER))
    path = (
        next((str(e.get("full-path", "")) for e in root.iter("{*}rootfile")), "") if root is not None else ""
    )
    book = _xml(package.read(path))
    if book is None:
        raise broken
    shapes = _shapes(package, book, posixpath.dirname(path), name)
    if not shapes:
        locked = _LOCKED in package.names
        raise ReadError(
            f"{name}: the book is protected and can't be read; use a copy without protection"
            if locked
            else f"{name}: no text in this book; pictures of text need text recognition first"
        )
    return whole(
        _numbered(shapes),
        title=_said(book, "title").replace("Unknown Title", ""),
        author=_said(book, "creator"),
    )


def _xml(content: bytes) -> _Element | None:
    """A small XML file as a tree, None where it is none."""
    from lxml import etree

    try:
        return etree.fromstring(
            content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except (etree.LxmlError, ValueError):
        return None


def _said(book: _Element, key: str) -> str:
    return next(
        (" ".join((e.text or "").split()) for e in book.iter(f"{{http://purl.org/dc/elements/1.1/}}{key}")),
        "",
    )


def _shapes(package: Package, book: _Element, folder: str, name: str) -> list[Shape]:
    """The blocks of all chapters; a note may stand in another chapter than its mark."""
    pages = list(_pages(package, book, folder, name))
    bodies = (page.find(".//body") for _, page in pages)
    roots = [page if body is None else body for body, (_, page) in zip(bodies, pages, strict=True)]
    return shapes_of(roots, main_only=False, notes=find_notes(pages))


def _pages(package: Package, book: _Element, folder: str, name: str) -> Iterator[tuple[str, HtmlElement]]:
    """The chapters in reading order, each with its path in the package."""
    items = {item.get("id"): item for item in book.iter("{*}item")}
    for reference in book.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if (
            item is None
            or item.get("media-type") not in _PAGES
            or "nav" in item.get("properties", "").split()
        ):
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href", "")))))
        try:
            yield path, parsed(package.read(path), name)
        except ReadError:  # one chapter that holds nothing
            continue


def _numbered(shapes: list[Shape]) -> Iterator[Shape]:
    """The shapes with their numbers; the first heading is the title where it stands first.

    A book shows its title on a page of its own and again at the first chapter: once is enough.
    """
    title = shapes[0].text if shapes[0].kind == "heading" else ""
    for number, shape in enumerate(shapes, 1):
        if number == 1 and title:
            yield replace(shape, line=number, kind="title", level=0)
        elif number > 6 or shape.kind != "heading" or shape.text != title:
            yield replace(shape, line=number)
