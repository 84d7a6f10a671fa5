"""HTML → its main text: headings, paragraphs, lists, tables and notes, without navigation and advertisements.

What is main is told by HTML's own elements first (``main``, ``article``, ``nav``, ``aside``), then by names of
classes, and last by how much of a block is links. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.article import BlockKind
from index.decode import decode
from index.errors import ReadError
from index.repair.compose import Repaired
from index.shapes import Shape, spaced, whole

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "canvas",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "button",
        "select",
        "input",
        "textarea",
        "head",
        "rt",
        "rp",
        "dialog",
        "menu",
    ]
)
_OUTSIDE = frozenset({"nav", "aside", "footer"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "dialog"})
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|footer|site-header|masthead|toolbar|share|sharing|social"
    r"|related|recommend\w*|comments?|cookie\w*|advert\w*|ads?|promo|popup|modal|pagination|skip-link|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
_CHARSET = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE
)
_REFERENCE = re.compile(r"note|backlink|backref", re.IGNORECASE)
_DEEPEST = 200
_LINKED = 0.6  # a list or a box with this much of its text in links is navigation
_SITE = re.compile(r"\s+[-–—|｜_»]\s+[^-–—|｜_»]{1,40}$")


def read_html(data: bytes, name: str) -> Repaired:
    """The main text of a web page; a place is the line of the file. Raises ReadError where there is none."""
    body = parsed(data, name)
    title = spaced(body.findtext(".//title") or "").strip()
    author = next(
        (str(e.get("content", "")) for e in body.iter("meta") if e.get("name", "").lower() == "author"), ""
    )
    shapes = list(shapes_of(_main(body), main_only=True))
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


def _main(tree: HtmlElement) -> HtmlElement:
    """The one element that HTML says holds the article, else the whole."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = tree.findall(path)
        if len(found) == 1 and len("".join(found[0].itertext()).strip()) > 40:
            return found[0]
    return tree


def _with_title(shapes: list[Shape]) -> list[Shape]:
    """The shapes from the first heading of the first level on, which is the title, where it stands near the top."""
    for index, shape in enumerate(shapes[:8]):
        if shape.kind == "heading" and shape.level == 1:
            return [*shapes[:index], Shape("title", shape.text, shape.line), *shapes[index + 1 :]]
    return shapes


# --- the tree, block by block ------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """The shapes found so far, and the words that have not found theirs."""

    main_only: bool
    shapes: list[Shape] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    line: int = 1

    def flush(self, kind: BlockKind = "paragraph", level: int = 0) -> None:
        """End the block at hand."""
        lines = [spaced(line).strip() for line in "".join(self.words).split("\0")]
        text = "\n".join(line for line in lines if line)
        self.words.clear()
        if text:
            verse: BlockKind = "verse" if kind == "paragraph" and text.count("\n") > 1 else kind
            self.shapes.append(Shape(verse, text, self.line, level))

    def visit(self, element: HtmlElement, depth: int = 0) -> None:
        """An element with all that is in it; its tail is the parent's."""
        tag = element.tag
        if not isinstance(tag, str) or depth > _DEEPEST or self._is_passed_over(element, tag):
            return
        if tag in _BLOCKS:
            self.flush()
            self.line = int(element.sourceline or self.line)
        if tag in {"ul", "ol", "dl"}:
            self._add("list", "\n".join(_items(element)))
        elif tag == "table" and _is_data(element):
            self._add("table", "\n".join(_rows(element)))
        elif tag == "pre":
            self._add("code", "".join(element.itertext()).strip("\n").replace("\r", ""))
        elif tag == "br":
            self.words.append("\0")
        else:
            self.words.append(element.text or "")
            for child in element:
                self.visit(child, depth + 1)
                self.words.append(child.tail or "")
            if tag[0] == "h" and tag[1:] in {"1", "2", "3", "4", "5", "6"}:
                self.words[:] = ["".join(self.words).replace("\0", " ")]
                self.flush("heading", int(tag[1:]))
            elif tag in _BLOCKS or tag in {"td", "th", "tr"}:
                self.flush()

    def _add(self, kind: BlockKind, text: str) -> None:
        if text.strip():
            self.shapes.append(Shape(kind, text, self.line))

    def _is_passed_over(self, element: HtmlElement, tag: str) -> bool:
        if tag in _NEVER or "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
            return True
        if tag in {"a", "sup"} and _is_reference(element):
            return True
        if not self.main_only or tag in {"html", "body", "main", "article"}:
            return False
        if tag in _OUTSIDE or element.get("role") in _ROLES:
            return True
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if tag in {"div", "section", "ul", "ol", "header", "p", "span"} and _ASIDE.search(names):
            return True
        return tag in {"ul", "ol", "dl"} and _linked(element) > _LINKED


def _is_reference(element: HtmlElement) -> bool:
    """Whether this is no more than the mark of a note, or the way back from a note."""
    link = element if element.tag == "a" else next(element.iter("a"), None)
    if link is None or not str(link.get("href", "")).startswith("#"):
        return False
    raised = element.tag == "sup" or next(element.iter("sup"), None) is not None
    kind = (
        f"{link.get('class', '')} {link.get('role', '')} {link.get('{http://www.idpf.org/2007/ops}type', '')}"
    )
    return len("".join(element.itertext()).strip()) <= 5 and (raised or bool(_REFERENCE.search(kind)))


def shapes_of(root: HtmlElement, *, main_only: bool) -> Iterator[Shape]:
    """The blocks of a tree in order; with ``main_only``, without what stands beside the text."""
    walk = _Walk(main_only)
    walk.visit(root)
    walk.flush()
    yield from walk.shapes


def _linked(element: HtmlElement) -> float:
    """The share of the text that stands in links."""
    total = len("".join("".join(element.itertext()).split()))
    linked = sum(len("".join("".join(link.itertext()).split())) for link in element.iter("a"))
    return linked / total if total else 0.0


def _words(element: HtmlElement) -> str:
    """The words of an element on one line, without scripts and readings set above the signs."""
    parts: list[str] = [element.text or ""]
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and child.tag not in _NEVER:
            parts += [" " if child.tag in _BLOCKS or child.tag == "br" else "", child.text or ""]
        parts.append(child.tail or "")
    return spaced("".join(parts)).strip()


def _items(element: HtmlElement) -> Iterator[str]:
    """The items of a list, each on a line with its mark; an item of a list inside has two spaces before it."""
    inner = {id(e): 0 for e in element.iter("ul", "ol")}
    number = 0
    for item in element.iter("li", "dt", "dd"):
        words = item.text or ""
        for child in item:
            if isinstance(child.tag, str) and child.tag not in {"ul", "ol", "dl"} and child.tag not in _NEVER:
                words += (" " if child.tag in _BLOCKS else "") + _words(child)
            words += child.tail or ""
        depth = sum(id(parent) in inner for parent in item.iterancestors()) - 1
        number = number + 1 if depth <= 0 else number
        ordered = item.tag == "li" and element.tag == "ol" and depth <= 0
        mark = f"{number}. " if ordered else "- " if item.tag == "li" else ""
        if spaced(words).strip():
            yield f"{'  ' * max(0, depth)}{mark}{spaced(words).strip()}"


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data and not the layout of the page."""
    return (
        next(table.iter("ul", "p", "div", "h1", "h2", "h3"), None) is None
        or next(table.iter("th"), None) is not None
    )


def _rows(table: HtmlElement) -> Iterator[str]:
    for row in table.iter("tr"):
        cells = [_words(cell).replace("|", "/") for cell in row if cell.tag in {"td", "th"}]
        if any(cells):
            yield f"| {' | '.join(cells)} |"
