"""The footnotes of web pages and books: which links are marks, and which elements are the notes that they lead to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Roles of DPUB-ARIA, types of EPUB 3, and the classes that pandoc, Word, LibreOffice and MediaWiki write.
_NOTE_KINDS = frozenset({"doc-footnote", "doc-endnote", "footnote", "endnote", "rearnote"})
_MARK_KINDS = frozenset({"doc-noteref", "noteref"})
_NOTE_CLASS = re.compile(r"note|cite|reference|backlink|backref", re.IGNORECASE)
_BACK = re.compile(
    r"\s*[\[(（]?\s*(?:[\^↑↩⤴⏎◄←*†‡]\ufe0e?|back|返回|\d{1,3}|[a-z])\s*[\])）.、]?\s*", re.IGNORECASE
)
_BRACKETS = "[]()（）〔〕【】［］ \t\r\n"
_BODIES = frozenset({"li", "p", "aside", "div", "dd", "dt", "blockquote"})
_TOO_MUCH = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "main", "article"})
# The longest mark (characters, with its brackets) and the longest note.
_LONGEST_MARK, _LONGEST_NOTE = 8, 4000


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a page or of a book: ``marks`` are elements, each with the note that it leads to (None where another
    mark led there before); ``bodies`` are the notes, each with its mark.

    ``backs`` are the links from a note to its mark, which are no words of it.
    """

    marks: Mapping[HtmlElement, HtmlElement | None] = field(default_factory=dict)
    bodies: Mapping[HtmlElement, str] = field(default_factory=dict)
    backs: frozenset[HtmlElement] = frozenset()


def find_notes(pages: Sequence[tuple[str, HtmlElement]]) -> Notes:
    """The notes of these pages, each a path and its tree, in reading order.

    A mark is a link to a note; what it leads to is one if it says so, or if the link is raised or says so and
    the note stands after it. A note to which several marks lead is tied to the first.

    >>> from lxml import html
    >>> page = html.fromstring("<div><p>水<sup><a href='#n'>1</a></sup>。<p id='n'>鹹的。</div>")
    >>> notes = find_notes([("", page)])
    >>> [mark.tag for mark in notes.marks], [(body.tag, mark) for body, mark in notes.bodies.items()]
    (['sup'], [('p', '1')])
    """
    order: dict[HtmlElement, int] = {}
    targets: dict[tuple[str, str], HtmlElement] = {}
    links: list[tuple[str, HtmlElement]] = []
    for path, tree in pages:
        for element in tree.iter("*"):
            order[element] = len(order)
            for key in (element.get("id"), element.get("name") if element.tag == "a" else None):
                if key:
                    targets.setdefault((path, key), element)
            if element.tag == "a" and "#" in element.get("href", ""):
                links.append((path, element))
    marks: dict[HtmlElement, HtmlElement | None] = {}
    bodies: dict[HtmlElement, str] = {}
    is_note = cache(_is_note)  # many links may lead to one large element
    for path, link in links:
        body = _body(targets.get(_address(path, link)))
        mark = _mark(link)
        if body is None or not mark or not (order[link] < order[body] or _says(body, _NOTE_KINDS)):
            continue
        if any(parent in bodies for parent in link.iterancestors()):
            continue  # the way back, or a note to a note
        if is_note(body) and (_says(body, _NOTE_KINDS) or _is_mark(link)):
            marks[_raised(link)] = None if body in bodies else body
            bodies.setdefault(body, mark)
    for number, element in enumerate((e for e in order if _says(e, _NOTE_KINDS) and _is_note(e)), 1):
        if not any(parent in bodies for parent in (element, *element.iterancestors())):
            bodies[element] = str(number)  # its mark is missing
    if len(set(bodies.values())) < len(bodies):  # each chapter begins with 1 again
        bodies = {body: str(number) for number, body in enumerate(bodies, 1)}
    return Notes(marks, bodies, frozenset(_backs(bodies)))


def _address(path: str, link: HtmlElement) -> tuple[str, str]:
    """The page and the element that a link leads to."""
    page, _, key = unquote(str(link.get("href", ""))).partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(path), page)) if page else path), key


def _body(target: HtmlElement | None) -> HtmlElement | None:
    """The block that holds what a link leads to."""
    while target is not None and target.tag not in _BODIES and not _says(target, _NOTE_KINDS):
        target = target.getparent()
    return target


def _is_note(body: HtmlElement) -> bool:
    """Whether an element is small enough for a note, and no part of the page."""
    return (
        0 < len("".join(body.itertext()).strip()) <= _LONGEST_NOTE
        and next(body.iter(*_TOO_MUCH), None) is None
    )


def _mark(link: HtmlElement) -> str:
    text = "".join(link.itertext())
    return text.strip(_BRACKETS) if len(text) <= _LONGEST_MARK else ""


def _says(element: HtmlElement, kinds: frozenset[str]) -> bool:
    said = f"{element.get('role', '')} {element.get('epub:type', '')}".split()
    return not kinds.isdisjoint(said)


def _is_mark(link: HtmlElement) -> bool:
    parent = link.getparent()
    raised = next(link.iter("sup"), None) is not None or (parent is not None and parent.tag == "sup")
    around = [link, *([parent] if parent is not None else []), *link.iterchildren("*")]
    names = " ".join(f"{e.get('class', '')} {e.get('style', '')}" for e in around)
    return raised or _says(link, _MARK_KINDS) or bool(_NOTE_CLASS.search(names))


def _raised(link: HtmlElement) -> HtmlElement:
    """The link with the ``sup`` around it, if it holds nothing else."""
    parent = link.getparent()
    if (
        parent is not None
        and parent.tag == "sup"
        and "".join(parent.itertext()).strip(_BRACKETS) == _mark(link)
    ):
        return parent
    return link


def _backs(bodies: Mapping[HtmlElement, str]) -> Iterator[HtmlElement]:
    """The links out of notes that lead back: short, to a place in a page."""
    for body in bodies:
        for link in body.iter("a"):
            if "#" in link.get("href", "") and _BACK.fullmatch("".join(link.itertext())):
                holder = _raised(link)
                parent = holder.getparent()
                around = (
                    parent is not None and parent is not body and _NOTE_CLASS.search(parent.get("class", ""))
                )
                yield parent if around and len("".join(parent.itertext())) <= 2 * _LONGEST_MARK else holder
