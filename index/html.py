"""HTML → its main text: headings, paragraphs, lists, tables and notes, without navigation and advertisements.

What is main is told by HTML's own elements first (``main``, ``article``, ``nav``, ``aside``), then by names of
classes, and last by how much of a block is links. Nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from index.decode import decode
from index.errors import ReadError
from index.html_blocks import SIGN, shapes_of
from index.html_main import main_of
from index.html_notes import find_notes
from index.repair.compose import Repaired
from index.shapes import Shape, spaced, whole

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE
)
_SITE = re.compile(r"\s+[-–—|｜_»]\s+[^-–—|｜_»]{1,40}$")


def read_html(data: bytes, name: str) -> Repaired:
    """The main text of a web page; a place is the line of the file. Raises ReadError where there is none."""
    body = parsed(data, name)
    title = spaced(body.findtext(".//title") or "").strip()
    author = next(
        (str(e.get("content", "")) for e in body.iter("meta") if e.get("name", "").lower() == "author"), ""
    )
    shapes = shapes_of([main_of(body)], main_only=True, notes=find_notes([("", body)]))
    if not shapes:
        raise ReadError(
            f"{name}: no text on this page; it may be made by a script: save what the browser shows"
        )
    return whole(_with_title(shapes), title=_SITE.sub("", title), author=author.strip())


def parsed(data: bytes, name: str) -> HtmlElement:
    """The page as a tree. Raises ReadError where it is no text or nests without end."""
    from lxml import etree, html

    declared = _CHARSET.search(data[:2000])
    text = None
    if declared and b"\0" not in data:
        try:
            text = data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = None
    text = decode(data) if text is None else text
    if text is None or not text.strip():
        raise ReadError(f"{name}: this is not a web page, or its encoding is unknown; save it again as UTF-8")
    text = text.replace(SIGN, "").replace("\0", "")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadError(
            f"{name}: this is not a web page ({str(error)[:80]}); open it in a browser and save it"
        ) from error
    return tree


def _with_title(shapes: list[Shape]) -> list[Shape]:
    """The shapes from the first heading of the first level on, which is the title, where it stands near the top."""
    for index, shape in enumerate(shapes[:8]):
        if shape.kind == "heading" and shape.level == 1:
            return [*shapes[:index], replace(shape, kind="title", level=0), *shapes[index + 1 :]]
    return shapes
