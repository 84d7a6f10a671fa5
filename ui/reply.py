"""One answer as HTML: pure functions, in which every word that is not ours goes through ``ui.safe``.

What can be clicked carries what it does in ``data-`` attributes (``data-ask``, ``data-cite``, ``data-stop``), which
``page.js`` turns into events; without it the page is still readable from top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.answer import Answer, Language, Usage
from qa.export import plain_text
from qa.language import detect
from ui.safe import escape, isolate
from ui.texts import WORDS, Words

Chips = Sequence[tuple[Language, Sequence[str]]]
"""Example questions by language."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversation is drawn with, beside its turns.

    ``offers`` are questions to ask after the last answer, ``titles`` the names of articles by their source,
    ``ratings`` what the visitor thought of answers, by question; None where nobody asks. What becomes of them is said once, under the last answer.
    """

    offers: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    ratings: Mapping[str, bool] | None = None
    is_last: bool = True


def answer(given: Answer, turn: int, setting: Setting, words: Words, busy: bool = False) -> str:
    """An answer with its quotes marked and numbered, or an abstention; then questions that can be answered."""
    text = asked_as(given, words)
    text += f'<div class="wd-text" lang="{given.language}">{answer_text(given, turn, words)}</div>'
    if busy:
        return waiting(text, words)
    text += caveats(given, words)
    under = _foot(given, turn, words) + tools(given, turn, setting, words)
    foot = f'<div class="wd-under">{under}</div>'
    label = words.offer if given.abstained else words.next
    offer = chip_rows([(given.language, setting.offers)], label)
    if given.abstained:
        badge = f'<p class="wd-badge">{escape(words.not_found)}</p>'
        return f'<div class="wd-answer wd-abstained">{mark("—")}<div>{badge}{text}{foot}{offer}</div></div>'
    return f'<div class="wd-answer">{mark(words.answer_mark)}<div>{text}{foot}{offer}</div></div>'


def asked_as(given: Answer, words: Words) -> str:
    """The question as it was understood, where that is not how it was typed."""
    if not given.rewritten:
        return ""
    return f'<p class="wd-aside">{isolate(words.rewritten.format(question=given.rewritten))}</p>'


def caveats(given: Answer, words: Words) -> str:
    """What a reader should know about an answer: why no model wrote it, and what stands in no passage."""
    lines = [f'<p class="wd-aside" lang="{given.language}">{isolate(given.note)}</p>'] if given.note else []
    if given.flagged:
        values = words.flagged.format(values=" · ".join(given.flagged))
        lines.append(f'<p class="wd-aside wd-flagged">{isolate(values)}</p>')
    return "".join(lines)


def waiting(text: str, words: Words) -> str:
    """An answer as far as it came (HTML), and the way to stop it."""
    stop = f'<p class="wd-foot"><button type="button" class="wd-open" data-stop>{escape(words.stop)}</button></p>'
    return f'<div class="wd-answer wd-busy">{mark(words.answer_mark)}<div>{text}{stop}</div></div>'


def tools(given: Answer, turn: int, setting: Setting, words: Words) -> str:
    """What can be done with an answer: copy it with its references, ask again, and say whether it was useful."""
    copied = escape(plain_text(given, setting.titles))
    parts = [
        f'<button type="button" data-copy="{copied}" data-done="{escape(words.copied)}">{escape(words.copy)}</button>',
        f'<button type="button" data-ask="{escape(given.question)}">{escape(words.again)}</button>',
    ]
    if setting.ratings is not None:
        rated = setting.ratings.get(given.question)
        thanks = f'<span role="status">{escape(words.thanks)}</span>' if rated is not None else ""
        buttons = "".join(
            f'<button type="button" data-rate="{turn}.{value}" aria-pressed="{str(rated is bool(value)).lower()}"'
            f' aria-label="{escape(words.rate)}: {escape(name)}" title="{escape(words.consent)}">{escape(name)}</button>'
            for value, name in ((1, words.good), (0, words.bad))
        )
        consent = f"<small>{escape(words.consent)}</small>" if setting.is_last else ""
        parts.append(f"{buttons}{thanks}{consent}")
    return f'<p class="wd-doing">{"".join(parts)}</p>'


def answer_text(given: Answer, turn: int, words: Words) -> str:
    """The text of an answer: quotes marked, their numbers made links, what no quote supports labelled."""
    parts, done = [], 0
    for start, end in given.unsupported:
        parts.append(_answer_part(given, given.text[done:start], turn, words))
        inside = _answer_part(given, given.text[start:end], turn, words)
        label = f'<small lang="{words.tag}">{escape(words.unsupported)}</small>'
        parts.append(f'<span class="wd-unsupported">{inside}{label}</span>')
        done = end
    return "".join([*parts, _answer_part(given, given.text[done:], turn, words)])


def _answer_part(given: Answer, text: str, turn: int, words: Words) -> str:
    """A piece of an answer. A ``[1]`` inside a quote belongs to the article and stays text, so quotes come first."""
    quotes = {citation.quote for citation in given.citations if citation.quote}
    known = [*sorted(quotes, key=len, reverse=True), *sorted(given.flagged, key=len, reverse=True)]
    pattern = re.compile("|".join([*map(re.escape, known), r" ?\[(\d{1,3})\]"]))
    parts, done = [], 0
    for match in pattern.finditer(text):
        parts.append(isolate(text[done : match.start()]) if match.start() > done else "")
        if match[0] in quotes:
            parts.append(f'<q lang="{detect(match[0])}">{isolate(match[0])}</q>')
        elif match[1] is None:
            parts.append(f'<span class="wd-flag">{isolate(match[0])}</span>')
        elif 1 <= int(match[1]) <= len(given.citations):
            parts.append(_number_link(turn, int(match[1]), words))
        else:
            parts.append(escape(match[0]))
        done = match.end()
    return "".join(parts) + (isolate(text[done:]) if done < len(text) else "")


def chip_rows(chips: Chips, label: str = "") -> str:
    """Example questions as buttons, one row a language."""
    rows = []
    for language, questions in chips:
        buttons = "".join(
            f'<li><button type="button" class="wd-chip" data-ask="{escape(text)}">{isolate(text)}</button></li>'
            for text in questions
        )
        name = escape(label or WORDS[language].own_name)
        rows.append(
            f'<ul class="wd-chips" lang="{language}" aria-label="{name}">{buttons}</ul>' if buttons else ""
        )
    lead = f'<p class="wd-offer">{escape(label)}</p>' if label and any(rows) else ""
    return lead + "".join(rows)


def mark(character: str) -> str:
    """The square before a question or an answer."""
    return f'<span class="wd-mark" aria-hidden="true">{escape(character)}</span>'


def _number_link(turn: int, number: int, words: Words) -> str:
    """The number of a quote; a word joiner keeps it on the line where the quote ends."""
    label = escape(words.open_quote.format(n=number))
    return (
        f'&#8288;<a class="wd-number" href="#source-{number}" data-cite="{turn}.{number}"'
        f' aria-label="{label}">{number}</a>'
    )


def _foot(given: Answer, turn: int, words: Words) -> str:
    """The way to the panel: to the quotes of an answer, to the nearest passages of an abstention."""
    if given.citations:
        count = len(given.citations)
        label = words.quote if count == 1 else words.quotes.format(n=count)
        note = f"<span>{escape(words.confidence.format(percent=round(given.confidence * 100)))}</span>"
    elif given.passages:
        label, note = words.nearest.format(n=len(given.passages)), ""
    else:
        return ""
    if given.usage:
        note += f"<small>{escape(_usage(given.usage, words))}</small>"
    place = f"{turn}.{min(1, len(given.citations))}"
    button = f'<button type="button" class="wd-open" data-cite="{place}">{escape(label)}</button>'
    return f'<p class="wd-foot">{button}{note}</p>'


def _usage(usage: Usage, words: Words) -> str:
    """What an answer cost, as far as it is known."""
    seconds = f"{usage.seconds:.1f}"
    if usage.tokens_in is None or usage.tokens_out is None:
        return words.seconds.format(seconds=seconds)
    sent, received = f"{usage.tokens_in:,}", f"{usage.tokens_out:,}"
    return words.usage.format(sent=sent, received=received, seconds=seconds)
