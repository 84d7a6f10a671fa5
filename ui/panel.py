"""The panel beside the chat as HTML: quotes in their context, the nearest passages, the articles at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from index.article import Article, Hit
from qa.answer import Answer, Citation
from qa.language import detect
from ui.place import Context, context, find
from ui.safe import escape, isolate
from ui.texts import Words

Heat = Mapping[tuple[str, int], float]
"""How relevant passages are to a question (``qa.relevance``), by source and start."""


def source_panel(
    given: Answer | None,
    turn: int,
    articles: Sequence[Article],
    abouts: str,
    words: Words,
    current: int = 0,
    heat: Heat | None = None,
    kept: bool = False,
) -> str:
    """The panel beside the chat: the quotes of one answer in their context, and the articles at hand (``abouts``).

    ``turn`` is the number of the answer, ``current`` that of the quote to bring into view (0: none). ``kept``
    is an answer that came back from the visitor's browser, which does not keep passages.
    """
    if given is None:
        body = f'<p class="wd-empty">{escape(words.source_empty)}</p>'
    else:
        cards = "".join(
            card(citation, turn, number, articles, words, current=number == current)
            for number, citation in enumerate(given.citations, start=1)
        )
        body = f'<ol class="wd-cards">{cards}</ol>' if cards else ""
        body += nearest(given, articles, words, heat or {})
        if kept and not given.passages:
            body += f'<p class="wd-empty">{escape(words.passages_gone)}</p>'
    return (
        f'<section class="wd-source" data-turn="{turn}" tabindex="0" aria-label="{escape(words.source)}">'
        f"{views('source', words)}{body}{abouts}</section>"
    )


def views(chosen: str, words: Words) -> str:
    """The head of the panel: the switch between the sources and the whole article, and the way out on a phone."""
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{str(view == chosen).lower()}">{escape(name)}</button>'
        for view, name in (("source", words.source), ("reader", words.whole))
    )
    return (
        f'<header><div class="wd-views" role="group" aria-label="{escape(words.beside)}">{buttons}</div>'
        f'<button type="button" class="wd-close" data-close aria-label="{escape(words.close)}">×</button></header>'
    )


def card(
    citation: Citation,
    turn: int,
    number: int,
    articles: Iterable[Article],
    words: Words,
    current: bool = False,
) -> str:
    """A numbered quote, marked in its context, with its article, heading, page and line."""
    article = find(articles, citation.source)
    # An answer may be older than the article that now bears its source's name.
    if article is None or article.text[citation.start : citation.end] != citation.quote:
        around, name, lost = (
            Context("", citation.quote, "", "", "paragraph"),
            PurePath(citation.source).name,
            " wd-lost",
        )
    else:
        around, name, lost = context(article, citation.start, citation.end), title(article, words), ""
    place = where(name, around, citation.page, citation.line, words)
    text = f"{escape(around.before)}<mark>{escape(around.quote)}</mark>{escape(around.after)}"
    return (
        f'<li class="wd-card{" wd-current" * current}{lost}" id="source-{number}" data-number="{number}" tabindex="-1">'
        f'<a class="wd-number" href="#source-{number}" data-cite="{turn}.{number}"'
        f' aria-label="{escape(words.open_quote.format(n=number))}">{number}</a>'
        f'<blockquote lang="{detect(around.quote)}"><bdi>{text}</bdi></blockquote>{place}</li>'
    )


def nearest(given: Answer, articles: Sequence[Article], words: Words, heat: Heat) -> str:
    """The passages nearest to the question, folded away unless they are all there is."""
    if not given.passages:
        return ""
    items = "".join(_passage(hit, articles, words, heat) for hit in given.passages)
    label = escape(words.nearest.format(n=len(given.passages)))
    is_open = " open" if given.abstained else ""
    return f'<details class="wd-nearest"{is_open}><summary>{label}</summary><ol>{items}</ol></details>'


def about(article: Article, number: int, inside: str, words: Words) -> str:
    """An article at hand: its title, which opens it, its author and length, and what there is ``inside``."""
    facts = [words.author.format(name=article.author)] if article.author else []
    facts.append(words.length.format(n=f"{len(article.text):,}"))
    name = isolate(title(article, words))
    return (
        f'<section class="wd-about" lang="{detect(article.text[:500])}">'
        f'<h3><button type="button" class="wd-go" data-at="{number}.0">{name}</button></h3>'
        f"<p>{' · '.join(map(isolate, facts))}</p>{inside}</section>"
    )


def more(count: int, words: Words) -> str:
    """How many articles there are beyond those that are shown."""
    return f'<p class="wd-empty">{escape(words.more_articles.format(n=f"{count:,}"))}</p>'


def title(article: Article, words: Words) -> str:
    """The name that readers see: the title, or the file's name without its folder (plain text, not escaped)."""
    return article.title or PurePath(article.source).name or words.untitled


def degree(relevance: float, words: Words) -> str:
    """How relevant something is (0 to 1), in plain words."""
    return words.map_high if relevance >= 0.66 else words.map_middle if relevance >= 0.33 else words.map_low


def _passage(hit: Hit, articles: Sequence[Article], words: Words, heat: Heat) -> str:
    article, passage = find(articles, hit.source), hit.passage
    name = title(article, words) if article else PurePath(hit.source).name
    around = Context("", passage.text, "", passage.heading, passage.kind)
    place = where(name, around, passage.page, passage.line, words)
    paragraphs = "".join(f"<p>{isolate(part)}</p>" for part in passage.text.split("\n\n"))
    more = ""
    if article:
        at = f"{articles.index(article)}.{hit.start}"
        more = f'<button type="button" class="wd-open" data-at="{at}">{escape(words.read_on)}</button>'
    known = heat.get((hit.source, hit.start))
    how = "" if known is None else f"<span>{escape(degree(known, words))}</span>"
    more = f'<div class="wd-more">{how}{more}{found_by(hit, words)}</div>'
    return f'<li><blockquote lang="{detect(passage.text)}">{paragraphs}</blockquote>{place}{more}</li>'


def found_by(hit: Hit, words: Words) -> str:
    """For the curious: by what a passage was found, each kind of likeness as a bar and a number."""
    rows = "".join(
        f'<dt>{escape(name)}</dt><dd><meter min="0" max="1" value="{min(1.0, max(0.0, share)):.2f}"'
        f' aria-hidden="true"></meter> {value:.2f}</dd>'
        for name, value, share in (
            (words.by_meaning, hit.dense, hit.dense),
            # BM25 has no upper end; most passages that share the rare words of a question stay below 20.
            (words.by_words, hit.lexical, hit.lexical / 20),
            (words.by_each_word, hit.late, hit.late),
            (words.in_context, hit.context, hit.context),
        )
    )
    return f'<details class="wd-why"><summary>{escape(words.why)}</summary><dl>{rows}</dl></details>'


def where(name: str, around: Context, page: int | None, line: int, words: Words) -> str:
    """Where something stands: the article, the section or kind of text, page and line."""
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
