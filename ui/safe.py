"""Text that we did not write, made safe to stand inside our HTML.

Nothing is dropped: markup is shown as the characters it is made of, and characters that are invisible or
that reorder the ones around them are shown by their code point.
"""

from __future__ import annotations

import html
import re
import unicodedata

# Joiners shape Indic and Persian words and emoji; on their own they cannot mislead.
_ALLOWED = frozenset("\n\t\u200c\u200d")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CANDIDATE = re.compile(r"[^\x20-\x7e\u3000-\u9fff\uff00-\uffe6]")


def escape(text: str) -> str:
    """The text as HTML that shows every character of it and does nothing, in element or attribute.

    >>> escape('<b onclick="x()">')
    '&lt;b onclick=&quot;x()&quot;&gt;'
    >>> escape("a\u202eb")
    'a⟦U+202E⟧b'
    """
    return html.escape(_CANDIDATE.sub(_visible, text.replace("\r\n", "\n")), quote=True)


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ALLOWED or unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return f"⟦U+{ord(character):04X}⟧"


def isolate(text: str) -> str:
    """The escaped text in an element of its own, whose direction does not reach its surroundings.

    >>> isolate("שלום & more")
    '<bdi>שלום &amp; more</bdi>'
    """
    return f"<bdi>{escape(text)}</bdi>"


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters of the text, the last of them an ellipsis where it was cut.

    >>> clip("問" * 5, 5), clip("問" * 6, 5)
    ('問問問問問', '問問問問…')
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"
