"""What matching sees of a text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import wording
from index.convert import converter
from index.fold import fold, terms
from qa.language import in_script


def test_fold_brings_scripts_words_widths_and_cases_together():
    assert fold("歐巴馬") == fold("奥巴马")
    assert fold("卡達與駭客") == "卡塔尔与黑客"
    assert fold("ＣＩＣＡ　２０１４") == fold("Cica 2014")
    assert fold("STRASSE") == fold("Straße")


def test_every_word_of_the_list_is_matched_as_one_from_all_sides():
    for line in Path(wording.__file__).with_name("wording.tsv").read_text(encoding="utf-8").splitlines():
        mainland, taiwan, *note = line.split("\t")
        assert note in ([], ["write"], ["match"]), line
        if note != ["write"]:
            forms = {mainland, taiwan, converter("s2tw")(mainland), converter("s2hk")(mainland)}
            assert {fold(f"在{form}說") for form in forms} == {fold(f"在{mainland}说")}, line


def test_a_word_is_not_looked_for_inside_another():
    assert fold("四川普通話") == "四川普通话"
    assert fold("納米比亞") == fold("纳米比亚") == "纳米比亚"


@pytest.mark.parametrize(
    ("text", "taiwan"),
    [
        ("中国支持该项目的文件和程序，发表联合声明", "中國支持該項目的文件和程序，發表聯合聲明"),
        ("沙特阿拉伯的网络与软件", "沙烏地阿拉伯的網路與軟體"),
        ("沙特阿拉伯的網絡與軟件", "沙烏地阿拉伯的網路與軟體"),
        ("特朗普在哈萨克斯坦", "川普在哈薩克"),
        ("普京", "普丁"),
    ],
)
def test_text_is_written_with_the_words_of_taiwan_and_only_those(text, taiwan):
    assert in_script(text, "zh-Hant") == taiwan
    assert in_script(taiwan, "zh-Hant") == taiwan


def test_text_is_written_with_the_words_of_the_mainland_and_only_those():
    assert in_script("歐巴馬談網路軟體的文件與影片", "zh-Hans") == "奥巴马谈网络软件的文件与影片"


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


@pytest.mark.parametrize(
    ("taiwan", "mainland"),
    [
        ("顯著", "显著"),
        ("以茶著稱", "以茶著称"),
        ("檔案夾", "文件夹"),
        ("程式", "程序"),
        ("尼日", "尼日尔"),
        ("尼日爾河", "尼日尔河"),
    ],
)
def test_what_opencc_makes_of_a_word_is_made_of_its_other_form_too(taiwan, mainland):
    assert fold(taiwan) == fold(mainland) == fold(fold(taiwan))


@given(st.text())
def test_fold_is_stable_and_terms_see_only_the_folded_text(text):
    assert terms(text) == terms(fold(text)) or "," in fold(text) or "’" in text
    assert all(term and not any(char.isspace() for char in term) for term in terms(text))
