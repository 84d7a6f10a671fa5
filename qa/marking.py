"""How an answer is marked: is an accepted answer in it, and did the search find the evidence?

Texts are compared after folding (`index.fold`: NFKC, case, Traditional → Simplified, Taiwan → Mainland
words), without white space. Folding replaces whole words, so a piece cut out of the middle of one may fold
otherwise than the word does; hence texts are compared without the last two steps as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from index.article import Article, Hit
from index.fold import fold
from qa.answer import Answer

QUOTE_NUMBER = re.compile(r"\[\d+\]")
# White space, but not that which keeps two numbers apart: "21, 2014".
SPACE = re.compile(r"(?<![\d.,])\s+|\s+(?!\d)")


def _forms(text: str) -> tuple[str, str]:
    return unicodedata.normalize("NFKC", text).casefold(), fold(text)


def contains(text: str, piece: str) -> bool:
    """True where the text has the piece.

    >>> contains("共有 24 個\\n成員國。", "24个成员国"), contains("24 members", "25")
    (True, False)
    """
    forms = zip(_forms("".join(text.split())), _forms("".join(piece.split())), strict=True)
    return any("".join(small.split()) in "".join(large.split()) for large, small in forms)


def says(text: str, piece: str) -> bool:
    """As `contains`, but the numbers at the ends of the piece count only as whole numbers.

    >>> says("May 21, 2014", "2014"), says("in 2014", "4"), says("5.4 per cent", "5"), says("5 位", "5位")
    (True, False, False, True)
    """
    forms = zip(_forms(SPACE.sub("", text)), _forms(SPACE.sub("", piece)), strict=True)
    return any(re.search(_whole(small), large) for large, small in forms)


def _whole(piece: str) -> str:
    left = right = ""
    if number := re.match(r"\d+", piece):
        # Not the end of 15, of 1.5, nor (three digits) of 1,500.
        left = r"(?<!\d)(?<!\d\.)" + (r"(?<!\d,)" if len(number[0]) == 3 else "")
    if piece[-1:].isdigit():
        right = r"(?!\d)(?!\.\d)(?!,\d{3}(?!\d))"
    return left + re.escape(piece) + right


def accepts(answer: Answer, accepted: Sequence[str]) -> bool:
    """True where the answer (its words without the quote numbers, or a quote) says an accepted answer."""
    texts = [QUOTE_NUMBER.sub("", answer.text), *(citation.quote for citation in answer.citations)]
    return any(says(text, piece) for text in texts for piece in accepted)


def found_at(evidence: str, hits: Sequence[Hit], articles: Sequence[Article]) -> int | None:
    """The smallest k (from 1) for which the first k hits have the evidence; None where none has.

    Hits that are neighbours in their article (nothing but white space between them) count as one piece
    of text, so evidence that spans two passages is found once both are.
    """
    texts = {article.source: article.text for article in articles}
    for k in range(1, len(hits) + 1):
        spans: list[tuple[str, int, int]] = []
        for source, start, end in sorted((hit.source, hit.start, hit.end) for hit in hits[:k]):
            if spans and spans[-1][0] == source and not texts[source][spans[-1][2] : start].strip():
                spans[-1] = (source, spans[-1][1], max(end, spans[-1][2]))
            else:
                spans.append((source, start, end))
        if any(contains(texts[source][start:end], evidence) for source, start, end in spans):
            return k
    return None
