"""What is read from a question's wording: language, script, kind, intent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fold import fold
from qa.intent import intent_of
from qa.language import detect, is_supported, script
from qa.question import analyse, kind_of
from qa.values import new_values, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第四屆會議在哪裡舉行？", "zh-Hant"),
        ("第四届会议在哪里举行？", "zh-Hans"),
        ("Where was the summit held?", "en"),
        ("What does 兩大之間難為小 mean?", "en"),
        ("CICA 有幾個成員國？", "zh-Hant"),
        ("歐巴馬訪問了哪些國家", "zh-Hant"),
        ("金砖国家包括哪些国家？", "zh-Hans"),
    ],
)
def test_language_and_script_of_a_question(text, expected):
    assert detect(text) == expected


def test_a_question_in_characters_of_both_scripts_takes_the_default():
    assert script("上海在哪") is None
    assert detect("上海在哪", default="zh-Hans") == "zh-Hans"
    assert detect("上海在哪", default="zh-Hant") == "zh-Hant"
    assert detect("上海在哪", default="en") == "zh-Hant"  # it is Chinese, whatever came before


@pytest.mark.parametrize("text", ["加盟国はいくつですか", "몇 개국입니까?", "🙂🙂", "?!…", "123"])
def test_what_is_neither_chinese_nor_english_is_not_supported(text):
    assert not is_supported(text)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("研究所的第一任所長是誰？", "person"),
        ("藏经洞是谁发现的？", "person"),
        ("Who designs the menu?", "person"),
        ("倫理委員會是哪一年成立的？", "date"),
        ("When did Shui Qingxia take charge?", "date"),
        ("馬達的保固幾年？", "duration"),
        ("How long is the motor covered by warranty?", "duration"),
        ("2022年基金亏损了多少钱？", "money"),
        ("What is the adult fare per trip?", "money"),
        ("支持獨立的票占多少？", "percent"),
        ("By what percentage had sales fallen?", "percent"),
        ("議會有幾席？", "number"),
        ("How many tugs took part?", "number"),
        ("第四屆峰會在哪裡舉行？", "place"),
        ("Which country chairs the forum?", "place"),
        ("為什麼作者說這是不智的選擇？", "reason"),
        ("What caused the delay?", "reason"),
        ("金磚國家包括哪些國家？", "list"),
        ("Which countries did he visit?", "list"),
        ("決議對成員國有約束力嗎？", "yesno"),
        ("Is the decision binding?", "yesno"),
        ("市長對台灣有什麼建議？", "opinion"),
        ("作者對台灣有什麼建議？", "other"),
        ("What did the mayor say about the tram?", "opinion"),
        ("紅燈閃爍代表什麼？", "other"),
        ("What is a bifurcated needle?", "other"),
    ],
)
def test_kind_of_question(question, kind):
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("你好！", "greeting"),
        ("Hi there", "greeting"),
        ("謝謝您", "thanks"),
        ("Thank you very much!", "thanks"),
        ("再见", "goodbye"),
        ("你可以做什麼？", "help"),
        ("請問你是誰？", "help"),
        ("What can you do?", "help"),
        ("文章的標題是什麼？", "title"),
        ("What is the title of this paper?", "title"),
        ("本文作者是誰？", "author"),
        ("这篇文章是谁写的？", "author"),
        ("谁写的这篇文章？", "author"),
        ("Who wrote this article?", "author"),
        ("作者任職於哪個單位？", "post"),
        ("Where does the author work?", "post"),
        ("文章有哪些章節？", "sections"),
        ("Which sections are there?", "sections"),
        ("這篇文章在說什麼？", "summary"),
        ("请用三句话总结本文", "summary"),
        ("Summarise this article", "summary"),
        ("Can you give me a short summary of the text?", "summary"),
        ("作者的建議是什麼？", "view"),
        ("What does the author recommend?", "view"),
        ("What are the author's recommendations?", "view"),
    ],
)
def test_intents(question, intent):
    assert intent_of(question) == intent


@pytest.mark.parametrize(
    "question",
    [
        "《紅樓夢》的作者是誰？",
        "Who wrote Pride and Prejudice?",
        "作者為什麼反對民主同盟？",
        "文章怎麼說習近平？",
        "What does the article say about Taiwan?",
        "Hello Kitty 是哪一年誕生的？",
        "Which parts of the lock need batteries?",
        "這本書的結論是誰寫的？",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_no_intent(question):
    assert intent_of(question) is None


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("會議於2014年5月20日舉行", "date", True),
        ("It was founded in May 1952.", "date", True),
        ("總值4,560億美元", "money", True),
        ("最高可罰全球年營業額的7%", "percent", True),
        ("目前的準確率是八成五", "percent", True),
        ("因為電壓偏低", "reason", True),
        ("progress was slow because of shortages", "reason", True),
        ("村長林秀鳳說", "person", True),
        ("The needle was invented by Benjamin Rubin.", "person", True),
        ("天氣很好", "date", False),
        ("天氣很好", "money", False),
        ("天氣很好", "person", False),
    ],
)
def test_values_of_a_kind(text, kind, found):
    assert bool(values(text, kind)) is found


def test_a_value_that_the_question_names_is_not_new():
    assert new_values("2014年的峰會", "2014年發生了什麼？", "date") == 0
    assert new_values("2014年的峰會在2013年籌備", "2014年的峰會何時籌備？", "date") == 1


@given(st.text(max_size=200))
def test_any_text_can_be_analysed(text):
    question = analyse(text)
    assert question.text == text
    assert question.content == fold(question.content) or question.content
    assert intent_of(text) is None or isinstance(intent_of(text), str)
