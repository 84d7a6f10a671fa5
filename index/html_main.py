"""What of a web page is its text: not the navigation, the advertisements, and what only a program reads.

Told by HTML's own elements first (``main``, ``article``, ``nav``, ``aside``), then by names of classes, and last
by how much of a block is links.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NEVER = frozenset(
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
_REFERENCE = re.compile(r"note|backlink|backref", re.IGNORECASE)
_LINKED = 0.6  # a list or a box with this much of its text in links is navigation
_PAGE_PART = re.compile(r"(?:header|footer)(?: \d+)?", re.IGNORECASE)


def main_of(tree: HtmlElement) -> HtmlElement:
    """The one element that HTML says holds the article, else the whole."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = tree.findall(path)
        if len(found) == 1 and len("".join(found[0].itertext()).strip()) > 40:
            return found[0]
    return tree


def is_unseen(element: HtmlElement) -> bool:
    """Whether a reader of the page does not see the element as words: a script, a form, something hidden."""
    return (
        element.tag in NEVER
        or "hidden" in element.attrib
        or bool(_HIDDEN.search(element.get("style", "")))
        or (element.tag in {"a", "sup"} and _is_lost_mark(element))
    )


def is_beside(element: HtmlElement) -> bool:
    """Whether the element stands beside the text of the page: navigation, an advertisement, a foot."""
    tag = element.tag
    if tag in {"html", "body", "main", "article"}:
        return False
    if tag in _OUTSIDE or element.get("role") in _ROLES:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if tag in {"div", "section", "ul", "ol", "header", "p", "span"} and _ASIDE.search(names):
        return True
    if tag == "div" and _PAGE_PART.fullmatch(element.get("title", "")):  # as office programs write them
        return True
    return tag in {"ul", "ol", "dl"} and _linked(element) > _LINKED


def _is_lost_mark(element: HtmlElement) -> bool:
    """Whether this is no more than a mark whose note is nowhere, or the way back from a note."""
    link = element if element.tag == "a" else next(element.iter("a"), None)
    if link is None or not str(link.get("href", "")).startswith("#"):
        return False
    raised = element.tag == "sup" or next(element.iter("sup"), None) is not None
    kind = f"{link.get('class', '')} {link.get('role', '')} {link.get('epub:type', '')}"
    return len("".join(element.itertext()).strip()) <= 5 and (raised or bool(_REFERENCE.search(kind)))


def _linked(element: HtmlElement) -> float:
    """The share of the text that stands in links."""
    total = len("".join("".join(element.itertext()).split()))
    linked = sum(len("".join("".join(link.itertext()).split())) for link in element.iter("a"))
    return linked / total if total else 0.0
