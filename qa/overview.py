"""Answers about an article as a whole: its title, author, sections, summary and recommendations.

Like every answer they quote; the words around the quotes are in ``qa.phrases``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from index.article import Article, Passage
from index.fold import fold
from index.index import Index
from index.language import is_chinese
from index.split import units
from qa.answer import Answer, Citation, Language
from qa.cite import cite
from qa.evidence import EvidenceReader, Sentence
from qa.extract import lead_in, quoted_text
from qa.intent import Intent
from qa.phrases import PHRASES

MAX_POINTS = 6
MAX_ADVICE = 4
MANY = 24  # articles; of a larger library no more are looked at as a whole
_LONGEST_NAME = 24  # characters of whom advice is asked for; a longer question asks for something else
# Shorter sentences say too little to stand alone, longer ones are no summary.
_UNITS = (16, 120)
_LEAST_ADVICE = 10

_ADVICE = re.compile(
    r"应该?(?!对)|必须|须|需要|建议|呼吁|当务之急|不智|才有|才能|有助|前提|可以思考|符合|值得|与其|不如|(?:唯有|只有)(?=.{0,40}才)"
    r"|(?:作者|笔者|我)认为"
    r"|\b(?:should|must|ought|needs? to|recommend\w*|suggest\w*|advis\w*|argu\w+|only (?:if|by|then)|unwise|(?:top|first|urgent) priority|in my (?:view|opinion)|i (?:think|believe))\b"
)

# 「台灣該怎麼做？」: asks for advice; what remains of it is whom the advice is for.
_ASKS_ADVICE = re.compile(
    r"建议|(?:应该?|该|要|可以?)(?:怎么|怎样|如何|做什么|做些什么)|怎么(?:做|办)|\bshould\b|\brecommend\w*|\bsuggest\w*|\badvi[cs]e\b"
)
_ADVICE_WORDS = re.compile(
    r"作者|笔者|本文|文章|什么|哪些|有|对|给|于|的|吗|呢|应该?|该|要|可以?|怎么|怎样|如何|做|办|些"
    r"|\b(?:what|does|do|did|the|author|article|according|to|for|about|on|how|and|in|is|are|of|any|make|give|there|writer)\b"
)
_MATCHED = 0.7  # the late interaction with a sentence from which on it speaks of whom the advice is for
_ABOUT = re.compile(
    r"(?:关于|有关).+(?:说|讲|谈|写|提)了?(?:些)?什么|\bwhat does .{1,24} say about\b|\bwhat is said about\b"
)


def in_language(articles: Sequence[Article], language: Language) -> list[Article]:
    """The articles written in the language of the question, or all where none is; of the first ``MANY``."""
    chinese, looked_at = language != "en", list(articles[:MANY])
    return [a for a in looked_at if is_chinese(a.text) == chinese] or looked_at


def nearest(text: str, index: Index) -> list[Article]:
    """The articles of the passages nearest to a text, nearest first; all, in order, of a small library."""
    if len(index.articles) <= MANY or not text.strip():
        return list(index.articles[:MANY])
    sources = dict.fromkeys(hit.source for hit in index.search(text, k=MANY))
    return [index.by_source[source] for source in sources]


def overview(intent: Intent, question: str, language: Language, reader: EvidenceReader) -> Answer | None:
    """The answer to a question about the conversation or the whole article.

    None where the article shows no title or author to quote: then the question is one like any other.
    """
    phrases = PHRASES[language]
    known = reader.index.articles
    articles = in_language(known, language)
    more = ["…"] if len(known) > MANY else []
    titles = "》、《".join([*(a.title or a.source for a in articles), *more])
    if intent in ("greeting", "thanks", "goodbye", "help"):
        return _reply(question, language, getattr(phrases, intent).format(titles=titles))
    if not articles:
        return None
    if intent in ("title", "author", "post"):
        lead = phrases.answer if intent == "post" else getattr(phrases, intent)
        found = [c for a in articles for c in _front(a, intent)]
    elif intent == "sections":
        found = [cite(a, b.start, b.end) for a in articles for b in a.blocks if b.kind == "heading"]
        lead = phrases.sections if found else phrases.no_sections
    else:
        found = [c for a in articles for c in (_view if intent == "view" else _outline)(a, reader)]
        lead = getattr(phrases, intent)
    if not found and intent != "sections":
        return None
    if len(known) > MANY:  # so that nobody takes these for all there are
        lead = phrases.of_many.format(all=f"{len(known):,}", some=len(articles)) + lead
    return _reply(question, language, lead, found)


def about_section(question: str, language: Language, reader: EvidenceReader) -> Answer | None:
    """The main points under a heading that the question names, None where it names none.

    「關於「重修的經過」，文章說了什麼？」 is what Wenda itself suggests, heading by heading.
    """
    folded = fold(question)
    if not _ABOUT.search(folded):
        return None
    for article in in_language(nearest(question, reader.index), language):
        headings = {p.heading for p in article.passages if p.heading and fold(p.heading) in folded}
        if headings:
            heading = max(headings, key=len)
            part = [p for p in article.passages if p.heading == heading and p.kind in ("paragraph", "list")]
            found = [cite(article, *sentence.span) for sentence in _central(part, reader)]
            return _reply(question, language, PHRASES[language].answer, found) if found else None
    return None


def advice_for(question: str, language: Language, reader: EvidenceReader) -> Answer | None:
    """What the article says should be done, by or for the one that the question names; None where it says nothing."""
    folded = fold(question)
    someone = " ".join(_ADVICE_WORDS.sub(" ", _ASKS_ADVICE.sub(" ", folded)).split()).strip(" ?？。.")
    late = reader.index.late
    if not _ASKS_ADVICE.search(folded) or not someone or len(someone) > _LONGEST_NAME or not late:
        return None
    for article in in_language(nearest(question, reader.index), language):
        plain = [s for _, s in _advising(article, reader)]
        scores = late.score(reader.index.expand(someone), late.token_ids([s.text for s in plain]))
        found = [s for s, score in zip(plain, scores, strict=True) if score >= _MATCHED][-MAX_ADVICE:]
        if found:
            quoted = [cite(article, *sentence.span) for sentence in found]
            return _reply(question, language, PHRASES[language].view, quoted)
    return None


def _central(passages: Sequence[Passage], reader: EvidenceReader, most: int = 3) -> list[Sentence]:
    """The sentences nearest to the mean of a section's, in the order of the text."""
    centre = _centroid(passages, reader)
    return _best(_nearness(passages, centre, reader), most)


def _nearness(
    passages: Sequence[Passage], centre: np.ndarray, reader: EvidenceReader
) -> list[tuple[float, Sentence]]:
    """The sentences of the passages, each with the product of its vector and ``centre``, ``(d,)``."""
    tables = [reader.table(passage) for passage in passages]
    return [
        (float(vector @ centre), sentence)
        for table in tables
        for sentence, vector in zip(table.sentences, table.vectors, strict=True)
    ]


def _best(scored: Sequence[tuple[float, Sentence]], most: int) -> list[Sentence]:
    """The ``most`` sentences of the highest score, in the order of the text."""
    best = sorted(scored, key=lambda option: -option[0])[:most]
    return sorted((sentence for _, sentence in best), key=lambda s: s.span)


def _reply(question: str, language: Language, text: str, found: Sequence[Citation] = ()) -> Answer:
    phrases = PHRASES[language]
    if found and is_chinese(" ".join(c.quote for c in found)) != (language != "en"):
        text = lead_in(language, found) if text == phrases.answer else phrases.other_language + text
    return Answer(question, language, quoted_text(text, found), False, 1.0, tuple(found))


def _view(article: Article, reader: EvidenceReader) -> list[Citation]:
    return [cite(article, *sentence.span) for sentence in advice(article, reader)]


def _outline(article: Article, reader: EvidenceReader) -> list[Citation]:
    """The title, then each point of the summary under the heading of its section."""
    points = summary(article, reader)
    headings = {block.start: block.end for block in article.blocks if block.kind == "heading"}
    found = _front(article, "title") if points else []
    shown: set[int] = set()
    for sentence in points:
        start = max((start for start in headings if start < sentence.span[0]), default=None)
        if start is not None and sentence.passage.heading and start not in shown:
            shown.add(start)
            found.append(cite(article, start, headings[start]))
        found.append(cite(article, *sentence.span))
    return found


def _front(article: Article, intent: Intent) -> list[Citation]:
    """The title or author line; with the author, the footnote on that line, which alone tells the post."""
    kind = "title" if intent == "title" else "author"
    lines = [block for block in article.blocks if block.kind == kind]
    notes = [
        note
        for note in article.footnotes
        if note.anchor is not None and any(line.start <= note.anchor <= line.end for line in lines)
    ]
    shown = [(line.start, line.end) for line in lines if intent != "post"]
    shown += [(note.start, note.end) for note in notes if intent != "title"]
    return [cite(article, start, end) for start, end in shown]


def summary(article: Article, reader: EvidenceReader) -> list[Sentence]:
    """The most central sentence of each section, in the order of the article, at most ``MAX_POINTS``.

    Central is what lies nearest to the mean of the section's sentences and of the article's (centroid
    method: Radev et al. 2004). An article with few headings is summarised by its paragraphs.
    """
    body = [p for p in article.passages if p.kind in ("paragraph", "list")]
    sections = [list(group) for _, group in groupby(body, key=lambda p: p.heading)]
    if len(sections) < 3:
        sections = [[p] for p in body]
    scored = []
    middle = _centroid(body, reader)
    for section in sections:
        near = _nearness(section, _centroid(section, reader) + middle, reader)
        options = [option for option in near if _UNITS[0] <= units(option[1].text) <= _UNITS[1]]
        if options:
            scored.append(max(options, key=lambda option: option[0]))
    return _best(scored, MAX_POINTS)


def _centroid(passages: Sequence[Passage], reader: EvidenceReader) -> np.ndarray:
    vectors = [reader.table(passage).vectors for passage in passages]
    mean: np.ndarray = (
        np.concatenate(vectors).mean(axis=0) if vectors else np.zeros(reader.index.encoder.dimension)
    )
    return mean / (np.linalg.norm(mean) or 1.0)


def _advising(article: Article, reader: EvidenceReader) -> list[tuple[float, Sentence]]:
    """The sentences that say what should be done, in order, the later and the plainer the higher scored.

    Conclusions stand at the end of an article and speak of what ought to be.
    """
    body = [s for p in article.passages if p.kind == "paragraph" for s in reader.table(p).sentences]
    scored = [(len(_ADVICE.findall(fold(s.text))) + 2 * i / len(body), s) for i, s in enumerate(body)]
    return [
        (score, s) for score, s in scored if _ADVICE.search(fold(s.text)) and units(s.text) >= _LEAST_ADVICE
    ]


def advice(article: Article, reader: EvidenceReader) -> list[Sentence]:
    """The plainest of these sentences, in the order of the text; a summary where there are none."""
    return _best(_advising(article, reader), MAX_ADVICE) or summary(article, reader)
