"""A citation is always what stands in the article."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block, Place, SourceMap
from qa.answer import Citation
from qa.cite import cite, verified

TEXT = "山城辦了書展。\n\n共有十二家出版社參加，其中三家來自海外。"
ARTICLE = Article(
    "fair.txt",
    TEXT,
    SourceMap((0, 9), (Place(1), Place(4, page=2))),
    (Block("paragraph", 0, 7), Block("paragraph", 9, len(TEXT))),
)


def test_a_citation_names_the_place_of_its_first_character():
    start = TEXT.index("其中")
    expected = Citation("其中三家來自海外。", "fair.txt", page=2, line=4, start=start, end=len(TEXT))
    assert cite(ARTICLE, start, len(TEXT)) == expected


def test_white_space_around_a_quote_is_not_quoted():
    citation = cite(ARTICLE, 7, 13)
    assert (citation.quote, citation.start, citation.end) == ("共有十二", 9, 13)


def test_nothing_but_white_space_cannot_be_quoted():
    with pytest.raises(ValueError, match=r"fair\.txt: nothing to quote from 7 to 9"):
        cite(ARTICLE, 7, 9)


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_every_citation_that_is_made_is_verified(start, end):
    if TEXT[start:end].strip():
        citation = cite(ARTICLE, start, end)
        assert ARTICLE.text[citation.start : citation.end] == citation.quote
        assert verified([citation], {"fair.txt": ARTICLE}) == (citation,)


def test_a_quote_that_does_not_stand_where_it_says_is_dropped():
    good = cite(ARTICLE, 0, 7)
    wrong = [
        replace(good, quote="山城辦了畫展。"),
        replace(good, start=1),
        replace(good, source="other.txt"),
        replace(good, quote="", end=0),
    ]
    assert verified([*wrong, good], {"fair.txt": ARTICLE}) == (good,)
