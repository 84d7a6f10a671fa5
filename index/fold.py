"""What matching sees of a text: one script, one case, one width; the reader always sees the original.

Traditional characters *and* Taiwan's words become Simplified and Mainland ones (OpenCC's ``tw2sp``, and the words of
``index.wording``), since an article and a question about it are often not written on the same side of the strait.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.wording import matching, one_side

# A comma between a digit and exactly three more: 4,560 and 1,000,000, but not "in 2014, 26".
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Runs of Han, numbers with their decimals, words of any alphabet (with don't and l'eau whole).
_RUNS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<number>\d+(?:\.\d+)*)|(?P<word>[^\W\d_{_HAN}]+(?:['’][^\W\d_{_HAN}]+)*)"
)


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """The stem of a word. A stemmer keeps the word that it is at, so threads must not share one."""
    import snowballstemmer

    stem: str = snowballstemmer.stemmer("english").stemWord(word)
    return stem


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, Simplified, Mainland words.

    The length may change, so offsets into the result are not offsets into ``text``.

    >>> fold("歐巴馬談駭客與ＣＩＣＡ")
    '奥巴马谈黑客与cica'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return matching()(one_side(folded))


def squash(text: str) -> str:
    """Folded, without white space: the form in which a piece of text is looked for in another.

    >>> squash("Ａnn  Lowe 在臺灣")
    'annlowe在台湾'
    """
    return "".join(fold(text).split())


def terms(text: str) -> list[str]:
    """The index terms of a text, in order: Han characters and pairs, stemmed Latin words, whole numbers.

    Pairs of neighbouring characters stand in for Chinese words, which no space marks; they retrieve as
    well as a word segmenter does, with no dictionary (measured: see ``benchmarks/retrieval.py``).

    >>> terms("26個成員國")
    ['26', '个', '成', '员', '国', '个成', '成员', '员国']
    >>> terms("Its members’ 4,560 Summits, 3.5%")
    ['it', 'member', '4560', 'summit', '3.5']
    """
    found: list[str] = []
    for run in _RUNS.finditer(fold(_THOUSANDS.sub("", text))):
        token = run.group()
        if run.lastgroup == "han":
            found += token
            found += [token[i : i + 2] for i in range(len(token) - 1)]
        elif run.lastgroup == "number":
            found.append(token)
        else:
            found.append(_stem(token.replace("’", "'")))
    return found
