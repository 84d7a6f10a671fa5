"""What stands above the box, as HTML: the articles that a question goes to, and how far an upload is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from index.article import Article
from qa.language import detect
from ui.bring import Stage
from ui.panel import title
from ui.safe import escape, isolate
from ui.texts import Words

TICKED = 200  # articles at most


def picker(articles: Sequence[Article], left_out: Collection[str], removable: bool, words: Words) -> str:
    """A box to tick for each article, where there are several; ``left_out`` are sources not to be asked.

    A large library is asked as a whole. Ticks carry ``data-choose``, the number of their article, and buttons ``data-remove``.
    """
    if not 2 <= len(articles) <= TICKED:
        return ""
    items = "".join(
        _item(number, title(article, words), article, article.source not in left_out, removable, words)
        for number, article in enumerate(articles)
    )
    label = escape(words.choose_articles)
    return f'<fieldset class="wd-picker"><legend>{label}</legend><ul>{items}</ul></fieldset>'


def progress(stage: Stage, names: str, words: Words) -> str:
    """How far the reading of some files is, in words and as a bar, and the way to stop it."""
    text = {
        "reading": words.stage_reading,
        "embedding": words.stage_embedding,
        "trying": words.stage_trying,
    }[stage.kind]
    told = escape(text.format(n=f"{stage.done:,}", m=f"{stage.total:,}"))
    return (
        f'<div class="wd-progress"><p>{escape(words.reading)} <span>{isolate(names)}</span></p>'
        f'<progress max="100" value="{stage.percent}" aria-label="{told}">{stage.percent}%</progress>'
        f'<p class="wd-foot"><span role="status">{told}</span>'
        f'<button type="button" class="wd-open" data-halt>{escape(words.stop)}</button></p></div>'
    )


def _item(number: int, name: str, article: Article, chosen: bool, removable: bool, words: Words) -> str:
    checked = " checked" * chosen
    out = ""
    if removable:
        label = escape(words.remove.format(name=name))
        out = f'<button type="button" data-remove="{number}" aria-label="{label}" title="{label}">×</button>'
    return (
        f'<li><label title="{escape(name)}"><input type="checkbox" data-choose="{number}"{checked}>'
        f'<span lang="{detect(article.text[:500])}">{isolate(name)}</span></label>{out}</li>'
    )
