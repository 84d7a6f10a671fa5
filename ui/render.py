"""The conversation as HTML: its turns, one after the other, and what stands above and below them. Pure, as ``ui.reply``."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.article import Article
from qa.answer import Answer
from qa.language import detect
from ui import reply
from ui.panel import more, title
from ui.reply import Chips, Setting
from ui.safe import clip, escape, isolate
from ui.texts import Words

TITLES_SHOWN = 6  # articles named above the first question
QUESTION_SHOWN = 600  # characters of a question that are shown back; qa decides how many it answers


@dataclass(frozen=True, slots=True)
class Notice:
    """A turn that is not an answer: an error, an article that was opened, an answer that is waited for.

    ``kind`` names its words.
    """

    kind: Literal[
        "thinking",
        "stopped",
        "ready",
        "removed",
        "returned",
        "question_error",
        "read_error",
        "other_error",
        "limit_error",
        "queue_error",
    ]
    question: str = ""
    detail: str = ""

    @property
    def is_error(self) -> bool:
        """True where something went wrong."""
        return self.kind.endswith("_error")


Turn = Answer | Notice


def brand(words: Words) -> str:
    """The head of the page: the seal, the name and the switch between light and dark."""
    label = escape(words.theme)
    return (
        '<div class="wd-brand"><span class="wd-seal" aria-hidden="true">問答</span>'
        f"<p><strong>{escape(words.title)}</strong><span>{escape(words.motto)}</span></p>"
        f'<button type="button" class="wd-theme" data-theme-switch aria-label="{label}" title="{label}">◐</button></div>'
        f'<p class="wd-drop" aria-hidden="true">{escape(words.drop)}</p>'
    )


def leaves(host: str, words: Words) -> str:
    """Whether what is asked leaves this computer, and to which ``host`` (none: it does not)."""
    return f'<p class="wd-leaves">{escape(words.leaves.format(host=host) if host else words.stays)}</p>'


def conversation(
    turns: Sequence[Turn], opening: str, setting: Setting, words: Words, busy: bool = False
) -> str:
    """The whole conversation under its ``opening`` (HTML); ``busy`` while its last answer still grows."""
    earlier = replace(setting, offers=(), is_last=False)
    parts = [
        turn_html(
            turn,
            number,
            setting if number == len(turns) else earlier,
            words,
            busy=busy and number == len(turns),
        )
        for number, turn in enumerate(turns, start=1)
    ]
    end = ending(words) if not busy and any(isinstance(turn, Answer) for turn in turns) else ""
    return (
        f'<div class="wd-log" role="log" tabindex="0" lang="{words.tag}" aria-label="{escape(words.conversation)}">'
        f"{opening}{''.join(parts)}{end}</div>"
    )


def turn_html(turn: Turn, number: int, setting: Setting, words: Words, busy: bool = False) -> str:
    """One question and what came of it; ``number`` counts from 1."""
    if isinstance(turn, Answer):
        body = reply.answer(turn, number, setting, words, busy=busy)
    else:
        body = (
            reply.waiting(
                f'<div class="wd-text wd-thinking" role="status">{escape(words.thinking)}</div>', words
            )
            if busy
            else notice(turn, words)
        )
    asked = question(turn.question, words) if turn.question else ""
    return (
        f'<article class="wd-turn" id="turn-{number}" aria-busy="{str(busy).lower()}">{asked}{body}</article>'
    )


def ending(words: Words) -> str:
    """What stands under the last turn: the ways to take the conversation along, and where it is kept."""
    buttons = "".join(
        f'<button type="button" class="wd-open" data-export="{kind}">{name}</button>'
        for kind, name in (("md", "Markdown"), ("json", "JSON"))
    )
    return f'<p class="wd-ending">{escape(words.export)} {buttons}<small>{escape(words.kept)}</small></p>'


def download(name: str, content: str) -> str:
    """A link that holds a whole file; ``page.js`` follows it at once, so no file is left on the server."""
    kind = "text/markdown" if name.endswith(".md") else "application/json"
    data = b64encode(content.encode("utf-8", errors="replace")).decode("ascii")
    return f'<a class="wd-download" download="{escape(name)}" href="data:{kind};charset=utf-8;base64,{data}">{escape(name)}</a>'


def question(text: str, words: Words) -> str:
    """The question as it was asked, cut where it is very long."""
    note = (
        f"<small>{escape(words.clipped.format(n=f'{len(text):,}'))}</small>"
        if len(text) > QUESTION_SHOWN
        else ""
    )
    shown = f'<span lang="{detect(text[:QUESTION_SHOWN])}">{isolate(clip(text, QUESTION_SHOWN))}{note}</span>'
    return f'<h2 class="wd-question">{reply.mark(words.question_mark)}{shown}</h2>'


def notice(given: Notice, words: Words) -> str:
    """An error or a piece of news, as one friendly line and its detail."""
    detail = f" <span>{isolate(given.detail)}</span>" if given.detail else ""
    again = ""
    full = " wd-full" * (given.kind == "queue_error")  # style.css hides what Gradio says of it, in English
    kind, role = (f"wd-error{full}", "alert") if given.is_error else ("wd-news", "status")
    privacy = f"<small>{escape(words.privacy)}</small>" if given.kind == "ready" else ""
    if given.question.strip():
        again = (
            f'<p class="wd-doing"><button type="button" data-ask="{escape(given.question)}">'
            f"{escape(words.again)}</button></p>"
        )
    return f'<div class="wd-notice {kind}" role="{role}"><p>{escape(getattr(words, given.kind))}{detail}</p>{privacy}{again}</div>'


def welcome(articles: Sequence[Article], chips: Chips, words: Words) -> str:
    """What stands above the first question: the articles at hand, what to expect, questions to try."""
    names = "".join(
        f'<p lang="{detect(each.text[:500])}"><button type="button" data-at="{number}.0">{isolate(title(each, words))}</button></p>'
        for number, each in enumerate(articles[:TITLES_SHOWN])
    )
    names += more(len(articles) - TITLES_SHOWN, words) if len(articles) > TITLES_SHOWN else ""
    return (
        f'<section class="wd-welcome"><h1>{escape(words.invitation)}</h1><div class="wd-titles">{names}</div>'
        f'<p class="wd-promise">{escape(words.promise)}</p>{reply.chip_rows(chips)}</section>'
    )
