"""What matching sees of a text."""

from hypothesis import given
from hypothesis import strategies as st

from index.fold import fold, terms


def test_fold_brings_scripts_words_widths_and_cases_together():
    assert fold("歐巴馬") == fold("奥巴马")
    assert fold("卡達與駭客") == "卡塔尔与黑客"
    assert fold("ＣＩＣＡ　２０１４") == fold("Cica 2014")
    assert fold("STRASSE") == fold("Straße")


def test_terms_of_both_scripts_are_the_same():
    assert terms("臺灣的軟體工程師") == terms("台湾的软件工程师")


def test_han_terms_are_characters_and_pairs_that_no_sign_parts():
    assert terms("亞信，會議") == ["亚", "信", "亚信", "会", "议", "会议"]
    assert terms("第4屆") == ["第", "4", "届"]


def test_latin_words_are_stemmed():
    assert terms("Summits, summit; SUMMIT's") == ["summit"] * 3
    assert terms("cooperating cooperation") == ["cooper", "cooper"]


def test_a_number_is_one_term_however_it_is_written():
    assert terms("4,560億") == terms("4560億") == terms("４,５６０亿")
    assert terms("1,000,000") == ["1000000"]
    assert terms("3.14") == ["3.14"]
    assert terms("in 2014, 26 and 1,2") == ["in", "2014", "26", "and", "1", "2"]


def test_text_without_words_has_no_terms():
    assert terms("🙂 —— ……！") == []
    assert terms("") == []


@given(st.text())
def test_fold_is_stable_and_terms_see_only_the_folded_text(text):
    assert terms(text) == terms(fold(text)) or "," in fold(text) or "’" in text
    assert all(term and not any(char.isspace() for char in term) for term in terms(text))
