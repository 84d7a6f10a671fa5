"""Questions that lean on the conversation: what they become, by rules and by a model, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chatbot import Chatbot
from qa.followup import leans, stand_alone
from qa.rewrite import rewritten_by
from tests.scripted import Reply, serving
from tests.test_llm import with_model

KNOWN = ["亞信會議", "CICA", "歐巴馬", "Barack Obama", "Obama"]
MEMBERS = ("亞信會議有多少個成員國？", "文中寫道：\n「亞信會議現在有26個成員國和11個觀察員。」[1]")
NEWEST = (
    "最新的兩個成員是誰？",
    "文中寫道：\n「2014年5月20日，卡達與孟加拉在上海簽署加入文件，成為亞信會議的正式會員國。」[1]",
)
QATAR = (
    "When did Qatar join CICA?",
    "The article says:\n“On 20 May 2014 Qatar and Bangladesh signed the documents of accession.”[1]",
)
SUMMIT = (
    "Where was the fourth CICA summit held?",
    "The article says:\n“The fourth CICA summit took place in Shanghai (上海) on 20 and 21 May 2014.”[1]",
)
WHO = (
    "Who visited Japan in April 2014?",
    "The article says:\n“US President Barack Obama (歐巴馬) visited Japan, South Korea, Malaysia and the Philippines.”[1]",
)
LIT = ("When was the lighthouse first lit?", "The article says:\n“It was lit on 4 October 1868.”[1]")


@pytest.mark.parametrize(
    ("turns", "question", "expected"),
    [
        ([MEMBERS], "它的宗旨是什麼？", "亞信會議的宗旨是什麼？"),
        ([MEMBERS], "該組織的宗旨是什麼？", "亞信會議的宗旨是什麼？"),
        ([NEWEST], "那年還發生了什麼事？", "2014年還發生了什麼事？"),
        ([NEWEST], "這兩個國家原本是什麼身分？", "卡達、孟加拉原本是什麼身分？"),
        ([("哈薩克在哪一年提出亞信會議？", "「哈薩克在1992年10月提出。」[1]")], "那印度呢？", "印度在哪一年提出亞信會議？"),
        ([("2002年的峰會誰出席？", "「江澤民出席。」[1]")], "那2006年呢？", "那2006年呢？".replace("那2006年呢？", "2006年的峰會誰出席？")),
        ([("第四屆亞信峰會在哪裡舉行？", "「在上海舉行。」[1]")], "什麼時候？", "第四屆亞信峰會什麼時候舉行？"),
        ([QATAR], "What about Bangladesh?", "When did Bangladesh join CICA?"),
        ([QATAR], "And India?", "When did India join CICA?"),
        ([QATAR], "What else happened that year?", "What else happened in 2014?"),
        ([QATAR], "What were those countries before?", "What were Qatar and Bangladesh before?"),
        ([SUMMIT], "When?", "When was the fourth CICA summit held?"),
        ([SUMMIT], "Who attended it?", "Who attended CICA?"),
        ([WHO], "What did he say in Japan?", "What did Barack Obama say in Japan?"),
        ([LIT], "Who designed it?", "Who designed the lighthouse?"),
        ([LIT], "What is its height?", "What is the lighthouse’s height?"),
        ([QATAR, ("What about Bangladesh?", "“On 20 May 2014 Qatar and Bangladesh signed.”[1]")], "And Iran?", "When did Iran join CICA?"),
    ],
)  # fmt: skip
def test_a_question_that_leans_is_made_to_stand_alone(turns, question, expected):
    assert stand_alone(question, turns, KNOWN) == expected


@pytest.mark.parametrize(
    "question",
    [
        "亞信會議有多少個成員國？",
        "其他國家有哪些？",
        "吉他是什麼？",
        "How many members does CICA have?",
        "Is it true that CICA has 26 members?",
        "Where was the fourth CICA summit held?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question):
    assert not leans(question)
    assert stand_alone(question, [QATAR], KNOWN) == question


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_conversation_gives_a_question(question, before, given):
    assert isinstance(stand_alone(question, [(before, given)], KNOWN), str)
    assert stand_alone(question, [], KNOWN) == question.strip()


def test_the_rewritten_question_is_what_is_asked_and_is_shown(bot):
    plain = Chatbot(bot.index)
    answer = plain.ask("What about India?", [("Which corridor links China and Pakistan?", "")])
    assert answer.question == "What about India?"
    assert answer.rewritten == "Which corridor links China and India?" or "India" in answer.rewritten
    alone = plain.ask(answer.rewritten)
    assert (alone.text, alone.citations, alone.rewritten) == (answer.text, answer.citations, "")
    assert answer.to_dict()["rewritten"] == answer.rewritten


def test_the_word_of_the_same_kind_gives_way(bot):
    answer = Chatbot(bot.index).ask("那觀察員呢？", [MEMBERS])
    assert answer.rewritten == "亞信會議有多少個觀察員？"
    assert "11個觀察員" in answer.citations[0].quote


def test_a_model_rewrites_where_there_is_one(bot):
    wrote = 'Qatar and Bangladesh joined on 20 May 2014.[1: "On 20 May 2014 Qatar and Bangladesh signed"]'
    with serving("When did Bangladesh become a member of CICA?", wrote) as script:
        answer = with_model(bot, script).ask("What about Bangladesh?", [QATAR])
        assert len(script.requests) == 2
        assert QATAR[0] in script.requests[0]["messages"][1]["content"]
    assert answer.rewritten == "When did Bangladesh become a member of CICA?"
    assert answer.question == "What about Bangladesh?"
    assert answer.usage is not None
    assert (answer.usage.calls, answer.usage.tokens_in) == (2, 200)


@pytest.mark.parametrize(
    "wrote",
    [
        "When did Narendra Modi join CICA?",  # a name that nobody said
        "When did Bangladesh join CICA in 1987?",  # a number that nobody said
        "孟加拉何時加入？",  # another language
        "Sure!\nHere is the question:",
        "When did Bangladesh join CICA?\nWhen did Qatar join CICA?",
        "When did Bangladesh join CICA, " + 20 * "and when, " + "and when?",  # far longer than a question
        Reply("When did Bangladesh join CICA", finish="length"),  # not whole
        "",
        Reply(status=500, error="oops"),
    ],
)
def test_what_a_model_makes_up_is_not_asked(bot, wrote):
    with serving(wrote) as script:
        model = with_model(bot, script).model
        found, used = rewritten_by(model, "What about Bangladesh?", "en", [QATAR])
    assert (found, used.calls) == ("", 1)


def test_a_long_question_may_be_rewritten_to_a_long_one(bot):
    question = "What about Bangladesh" + ", which is on the Bay of Bengal" * 12 + "?"
    wrote = question.replace("What about Bangladesh", "When did Bangladesh join CICA")
    with serving(wrote) as script:
        assert rewritten_by(with_model(bot, script).model, question, "en", [QATAR])[0] == wrote


def test_where_the_model_rewrites_too_much_or_too_slowly_the_rules_do_it(bot):
    much, late = "When did Bangladesh join, " + 30 * "and when, " + "and when?", Reply("When?", late=0)
    with serving(much, "Bangladesh joined on 20 May 2014.[1]") as script:
        answer = with_model(bot, script).ask("What about Bangladesh?", [QATAR])
    assert answer.rewritten == "When did Bangladesh join CICA?"
    with serving(late) as script:
        model = with_model(bot, script, timeout=60.0).model
        assert rewritten_by(model, "When was that?", "en", [SUMMIT], patience=0.3)[0] == ""
