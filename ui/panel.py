"""The panel beside the chat as HTML: quotes in their context, the nearest passages, the articles at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from index.article import Article, Hit
from qa.answer import Answer, Citation
from qa.language import detect
from ui.place import Context, context, find
from ui.safe import escape, isolate
from ui.texts import Words


def source_panel(
    given: Answer | None, turn: int, articles: Sequence[Article], words: Words, current: int = 0
) -> str:
    """The panel beside the chat: the quotes of one answer in their context, and the articles at hand.

    ``turn`` is the number of the answer, ``current`` that of the quote to bring into view (0: none).
    """
    if given is None:
        body = f'<p class="wd-empty">{escape(words.source_empty)}</p>'
    else:
        cards = "".join(
            card(citation, number, articles, words, current=number == current)
            for number, citation in enumerate(given.citations, start=1)
        )
        body = (f'<ol class="wd-cards">{cards}</ol>' if cards else "") + nearest(given, articles, words)
    return (
        f'<section class="wd-source" data-turn="{turn}" aria-label="{escape(words.source)}">'
        f"<header><h2>{escape(words.source)}</h2>"
        f'<button type="button" class="wd-close" data-close aria-label="{escape(words.close)}">×</button></header>'
        f"{body}{''.join(about(article, words, is_open=given is None) for article in articles)}</section>"
    )


def card(
    citation: Citation, number: int, articles: Iterable[Article], words: Words, current: bool = False
) -> str:
    """A numbered quote, marked in its context, with its article, heading, page and line."""
    article = find(articles, citation.source)
    # An answer may be older than the article that now bears its source's name.
    if article is None or article.text[citation.start : citation.end] != citation.quote:
        around, name = Context("", citation.quote, "", "", "paragraph"), PurePath(citation.source).name
    else:
        around, name = context(article, citation.start, citation.end), title(article, words)
    where = _where(name, around, citation.page, citation.line, words)
    text = f"{escape(around.before)}<mark>{escape(around.quote)}</mark>{escape(around.after)}"
    return (
        f'<li class="wd-card{" wd-current" * current}" id="source-{number}" data-number="{number}" tabindex="-1">'
        f'<span class="wd-number" aria-hidden="true">{number}</span>'
        f'<blockquote lang="{detect(around.quote)}"><bdi>{text}</bdi></blockquote>{where}</li>'
    )


def nearest(given: Answer, articles: Iterable[Article], words: Words) -> str:
    """The passages nearest to the question, folded away unless they are all there is."""
    if not given.passages:
        return ""
    items = "".join(_passage(hit, articles, words) for hit in given.passages)
    label = escape(words.nearest.format(n=len(given.passages)))
    is_open = " open" if given.abstained else ""
    return f'<details class="wd-nearest"{is_open}><summary>{label}</summary><ol>{items}</ol></details>'


def about(article: Article, words: Words, is_open: bool = True) -> str:
    """An article at hand: its title, author, length and headings, which fold away."""
    facts = [words.author.format(name=article.author)] if article.author else []
    facts.append(words.length.format(n=f"{len(article.text):,}"))
    headings = [block for block in article.blocks if block.kind == "heading"]
    items = "".join(
        f'<li class="wd-level-{min(block.level, 4)}">{isolate(article.text[block.start : block.end])}</li>'
        for block in headings
    )
    summary = f"<summary>{escape(words.contents)}</summary>"
    contents = f"<details{' open' * is_open}>{summary}<ul>{items}</ul></details>" if items else ""
    return (
        f'<section class="wd-about" lang="{detect(article.text[:500])}"><h3>{isolate(title(article, words))}</h3>'
        f"<p>{' · '.join(map(isolate, facts))}</p>{contents}</section>"
    )


def title(article: Article, words: Words) -> str:
    """The name that readers see: the title, or the file's name without its folder (plain text, not escaped)."""
    return article.title or PurePath(article.source).name or words.untitled


def _passage(hit: Hit, articles: Iterable[Article], words: Words) -> str:
    article, passage = find(articles, hit.source), hit.passage
    name = title(article, words) if article else PurePath(hit.source).name
    around = Context("", passage.text, "", passage.heading, passage.kind)
    where = _where(name, around, passage.page, passage.line, words)
    paragraphs = "".join(f"<p>{isolate(part)}</p>" for part in passage.text.split("\n\n"))
    return f'<li><blockquote lang="{detect(passage.text)}">{paragraphs}</blockquote>{where}</li>'


def _where(name: str, around: Context, page: int | None, line: int, words: Words) -> str:
    kinds = {"footnote": words.footnote, "title": words.article_title, "author": words.article_author}
    parts = [f"<cite>{isolate(name)}</cite>"]
    if around.kind in kinds:
        parts.append(escape(kinds[around.kind]))
    elif around.heading:
        parts.append(isolate(words.section.format(heading=around.heading)))
    if page is not None:
        parts.append(escape(words.page.format(n=page)))
    parts.append(escape(words.line.format(n=line)))
    return f'<p class="wd-where">{" · ".join(parts)}</p>'
