"""Wenda 問答: ask an article a question, get an answer that quotes it.

>>> from qa import Chatbot
>>> Chatbot.default().ask("How many members does CICA have?").abstained
False
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.errors import WendaError
    from qa.answer import Answer, Citation
    from qa.chatbot import Chatbot

__all__ = ["Answer", "Chatbot", "Citation", "WendaError"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that ``import qa`` stays quick."""
    if name == "Chatbot":
        from qa.chatbot import Chatbot

        return Chatbot
    if name in ("Answer", "Citation"):
        from qa import answer

        return getattr(answer, name)
    if name == "WendaError":
        from index.errors import WendaError

        return WendaError
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
