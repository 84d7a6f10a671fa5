"""The words that the interface has in every language.

Words with a number or a name in them are format strings; ``{n}`` and the like are the same in all languages
(a test compares them).
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The interface in one language; ``tag`` is that language, as HTML's ``lang`` wants it."""

    tag: Language
    own_name: str
    title: str
    motto: str
    choose_language: str
    theme: str
    ask: str
    placeholder: str
    send: str
    upload: str
    drop: str
    back: str
    choose_articles: str
    remove: str
    none_chosen: str
    clear: str
    conversation: str
    invitation: str
    promise: str
    question_mark: str
    answer_mark: str
    thinking: str
    not_found: str
    offer: str
    next: str
    copy: str
    copied: str
    again: str
    stop: str
    stopped: str
    rewritten: str
    unsupported: str
    flagged: str
    usage: str
    seconds: str
    export: str
    kept: str
    rate: str
    good: str
    bad: str
    consent: str
    thanks: str
    quote: str
    quotes: str
    confidence: str
    open_quote: str
    source: str
    whole: str
    beside: str
    source_empty: str
    close: str
    page: str
    line: str
    footnote: str
    to_footnote: str
    from_footnote: str
    article_title: str
    article_author: str
    section: str
    nearest: str
    passages_gone: str
    read_on: str
    why: str
    by_meaning: str
    by_words: str
    by_each_word: str
    in_context: str
    more_articles: str
    untitled: str
    author: str
    length: str
    contents: str
    map: str
    map_empty: str
    map_cell: str
    map_high: str
    map_middle: str
    map_low: str
    earlier: str
    later: str
    clipped: str
    reading: str
    stage_reading: str
    stage_embedding: str
    stage_trying: str
    ready: str
    returned: str
    removed: str
    privacy: str
    question_error: str
    read_error: str
    other_error: str
    limit_error: str
    queue_error: str
    stays: str
    leaves: str
