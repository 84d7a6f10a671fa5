"""A language model behind real HTTP: what it is sent, how its answer grows, and every way in which it fails."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Passage
from index.errors import WendaError
from qa.chatbot import Chatbot
from qa.language import detect
from qa.llm import CONTEXT, Message, ModelError, estimate, open_model
from qa.llm_server import ServerModel
from qa.phrases import PHRASES
from qa.prompt import NO_ANSWER, answer_messages, fence_for, fitting, size
from tests.scripted import Reply, Script, chunk, requests_text, serving

QUESTION = "When did Qatar and Bangladesh join CICA?"
GOOD = (
    'Qatar and Bangladesh joined on 20 May 2014.[1: "On 20 May 2014 Qatar and Bangladesh signed"] '
    'CICA was proposed by Kazakhstan.[2: "first proposed by Kazakhstan"]'
)
SECRET = "sk-secret-of-the-test"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "WENDA_LLM",
        "WENDA_LLM_KEY",
        "WENDA_LLM_CONTEXT",
        "WENDA_LLM_TIMEOUT",
        "WENDA_LLM_PAUSE",
        "OPENAI_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)


def with_model(bot: Chatbot, script: Script, **options: object) -> Chatbot:
    """The chatbot of the tests with the scripted model, which never really waits between tries."""
    timeout = options.pop("timeout", 5.0)
    pause = options.pop("pause", timeout)
    context = options.pop("context", CONTEXT)
    waits = options.pop("waits", [])
    limits = {"context": context, "timeout": timeout, "pause": pause, "sleep": waits.append}
    model = ServerModel("scripted", script.url, SECRET, **limits)
    return Chatbot(bot.index, model=model, **options)


def test_a_written_answer_cites_what_stands_in_the_text(bot):
    with serving(GOOD) as script:
        answer = with_model(bot, script).ask(QUESTION)
    texts = {article.source: article.text for article in bot.articles}
    assert answer.text.startswith("Qatar and Bangladesh joined on 20 May 2014.[1]")
    assert [c.quote for c in answer.citations] == [
        "On 20 May 2014 Qatar and Bangladesh signed",
        "first proposed by Kazakhstan",
    ]
    assert all(texts[c.source][c.start : c.end] == c.quote for c in answer.citations)
    assert (answer.note, answer.unsupported, answer.flagged, answer.abstained) == ("", (), (), False)
    assert answer.usage is not None
    assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.calls) == (100, 20, 1)
    assert (answer.usage.written, answer.usage.precise) == (2, 2)


@pytest.mark.parametrize("usage", [True, False])
def test_a_server_that_does_not_stream_answers_too(bot, usage):
    with serving(Reply(GOOD, plain=True, usage=usage)) as script:
        answer = with_model(bot, script).ask(QUESTION)
    with serving(Reply(GOOD, usage=usage)) as script:
        streamed = with_model(bot, script).ask(QUESTION)
    assert (answer.text, answer.citations) == (streamed.text, streamed.citations)
    assert answer.usage is not None
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == ((100, 20) if usage else (None, None))


def test_what_the_server_is_sent(bot):
    with serving(GOOD) as script:
        with_model(bot, script).ask(QUESTION)
    [request] = script.requests
    assert request["path"] == "/v1/chat/completions"
    assert (request["model"], request["stream"], request["temperature"]) == ("scripted", True, 0)
    assert request["max_tokens"] == 1024
    assert script.keys == [f"Bearer {SECRET}"]
    [text] = requests_text(script)
    assert QUESTION in text
    assert "On 20 May 2014 Qatar and Bangladesh signed" in text


def test_the_answer_grows_and_citations_appear_as_they_are_verified(bot):
    with serving(Reply(GOOD, pieces=30)) as script:
        partial = list(with_model(bot, script).stream(QUESTION))
        assert with_model(bot, script).ask(QUESTION).text == partial[-1].text
    counts = [len(answer.citations) for answer in partial]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2}
    assert len(partial) > 5
    assert not any('"' in answer.text or "[1:" in answer.text for answer in partial)


def test_what_no_quote_supports_is_marked_and_what_is_made_up_is_flagged(bot):
    wrote = GOOD + ' Narendra Modi chaired 17 meetings.[1: "Qatar and Bangladesh signed"]'
    with serving(wrote) as script:
        answer = with_model(bot, script).ask(QUESTION)
    [(start, end)] = answer.unsupported
    assert answer.text[start:end] == "Narendra Modi chaired 17 meetings."
    assert set(answer.flagged) == {"17", "Narendra Modi"}
    assert len(answer.citations) == 2


_BROKEN = chunk(delta={"content": "Qatar joined"})
FAILURES = [
    ("key", Reply(status=401, error="Incorrect API key"), 1),
    ("model", Reply(status=404, error="model not found"), 1),
    ("busy", Reply(status=429, error="slow down", headers={"Retry-After": "3600"}), 1),
    ("busy", Reply(status=429, error="slow down", headers={"Retry-After": "1"}), 3),
    (
        "busy",
        Reply(status=429, error="slow down", headers={"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
        1,
    ),
    (
        "busy",
        Reply(status=429, error="slow down", headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        3,
    ),
    ("error", Reply(status=500, error="oops"), 3),
    ("error", Reply(status=500, error="oops", headers={"Retry-After": "soon"}), 3),
    ("cut", Reply(GOOD, cut=True), 2),
    (
        "cut",
        Reply(raw=b"%x\r\n%b\r\nff\r\n" % (len(_BROKEN), _BROKEN), headers={"Transfer-Encoding": "chunked"}),
        2,
    ),
    ("malformed", Reply(raw=b"data: {not json\n\n"), 2),
    ("malformed", Reply(raw=b"<html>a login page</html>"), 2),
    ("malformed", Reply(raw=b"{}", plain=True), 2),
    ("malformed", Reply(raw=b'{"choices": []}', plain=True), 2),
    ("refused", Reply("", finish="content_filter", plain=True), 1),
    ("empty", Reply(""), 2),
    ("empty", Reply("<think>Nothing comes to mind"), 2),
    ("refused", Reply("", finish="content_filter"), 1),
    ("long", Reply(status=400, error="This model's maximum context length is 512 tokens"), 2),
    ("language", Reply("卡達與孟加拉在2014年5月20日加入。[1]"), 2),
    ("unsupported", Reply("The moon is made of cheese.[1]"), 1),
]


@pytest.mark.parametrize(("failure", "reply", "requests"), FAILURES)
def test_where_the_model_fails_the_article_is_quoted_and_one_line_says_why(bot, failure, reply, requests):
    waits: list[float] = []
    with serving(reply) as script:
        answer = with_model(bot, script, waits=waits).ask(QUESTION)
        assert len(script.requests) == requests
    phrases = PHRASES["en"]
    assert answer.note == phrases.quoted.format(failure=phrases.failures[failure])
    assert "\n" not in answer.note
    quoted = Chatbot(bot.index).ask(QUESTION)
    assert (answer.text, answer.citations, answer.confidence) == (
        quoted.text,
        quoted.citations,
        quoted.confidence,
    )
    if reply.headers.get("Retry-After") == "1":
        assert waits == [1.0, 1.0]  # as the server asked
    if failure == "error":
        assert waits == [0.5, 1.0]


def test_a_server_that_is_down_or_silent(bot):
    with serving(GOOD) as script:
        pass
    answer = with_model(bot, script).ask(QUESTION)  # nobody listens any more
    assert PHRASES["en"].failures["down"] in answer.note
    with serving(Reply(hang=True)) as script:
        answer = with_model(bot, script, timeout=0.3).ask(QUESTION)
    assert PHRASES["en"].failures["slow"] in answer.note


@pytest.mark.parametrize("comments", [False, True])
@pytest.mark.parametrize(("late", "limits"), [(0, {"timeout": 0.3}), (2, {"timeout": 60.0, "pause": 0.3})])
def test_a_server_that_falls_silent_is_left_before_it_goes_on(bot, late, limits, comments):
    with serving(Reply(GOOD, late=late, comments=comments)) as script:
        *_, answer = with_model(bot, script, **limits).stream(QUESTION)
        assert len(script.requests) == 1
    phrases = PHRASES["en"]
    assert answer.note == phrases.quoted.format(failure=phrases.failures["slow"])
    assert (answer.text, answer.abstained) == (Chatbot(bot.index).ask(QUESTION).text, False)


def test_a_silent_server_is_hung_up_on(bot):
    with serving(Reply(GOOD, late=0, comments=True)) as script:
        with_model(bot, script, timeout=0.3).ask(QUESTION)
        assert script.left.wait(10)


def test_a_model_that_thinks_where_nobody_reads_it_is_not_silent(bot):
    thinking = chunk(delta={"reasoning_content": "hm"})
    with serving(
        Reply(raw=30 * thinking + chunk(delta={"content": GOOD}) + chunk(finish_reason="stop"))
    ) as script:
        assert with_model(bot, script).ask(QUESTION).note == ""


def test_a_server_that_heeds_no_limit_is_left(bot):
    with serving(Reply("word " * 1000, endless=True)) as script:
        [*_, last] = with_model(bot, script).model.write([Message("user", "Go on.")], 100)
        assert script.left.wait(10)
    assert last.finish == "length"


def test_how_long_a_server_may_be_silent_is_set_by_the_environment():
    def limits(given):
        model = open_model("m@http://localhost/v1", given)
        return model._timeout, model._pause

    assert limits({}) == (30.0, 15.0)
    assert limits({"WENDA_LLM_TIMEOUT": "90", "WENDA_LLM_PAUSE": "40"}) == (90.0, 40.0)
    assert limits({"WENDA_LLM_TIMEOUT": "10"}) == (10.0, 10.0)


@pytest.mark.parametrize(
    "first",
    [
        Reply(status=503, error="loading"),
        Reply(status=429, error="wait", headers={"Retry-After": "0"}),
        Reply(GOOD, cut=True),
        Reply(""),
        Reply("卡達與孟加拉在2014年加入。[1]"),
        Reply(status=400, error="maximum context length exceeded"),
    ],
)
def test_what_a_second_try_mends_is_tried_again(bot, first):
    with serving(first, GOOD) as script:
        answer = with_model(bot, script).ask(QUESTION)
        assert len(script.requests) == 2
    assert answer.note == ""
    assert "On 20 May 2014 Qatar and Bangladesh signed" in answer.citations[0].quote


def test_after_an_over_long_prompt_fewer_passages_are_sent(bot):
    with serving(Reply(status=400, error="maximum context length"), GOOD) as script:
        with_model(bot, script, context=4096).ask(QUESTION)
    first, second = requests_text(script)
    assert len(second) < 0.8 * len(first)


def test_after_an_answer_in_another_language_the_model_is_reminded(bot):
    with serving("卡達與孟加拉在2014年加入。[1]", GOOD) as script:
        with_model(bot, script).ask(QUESTION)
    first, second = requests_text(script)
    assert ("Answer in English.\n" in first + "\n", second.endswith("Answer in English.")) == (False, True)


def test_an_answer_that_was_stopped_at_its_longest_keeps_what_is_verified(bot):
    with serving(Reply(GOOD + " And then the", finish="length")) as script:
        answer = with_model(bot, script).ask(QUESTION)
    assert (len(answer.citations), answer.note) == (2, "")
    assert "And then the" not in answer.text


def test_where_the_search_is_unsure_the_model_is_not_asked(bot):
    with serving(GOOD) as script:
        answer = with_model(bot, script).ask("How do I reset my router?")
        assert (answer.abstained, answer.usage, script.requests) == (True, None, [])


@pytest.mark.parametrize("wrote", [NO_ANSWER, f"{NO_ANSWER}.", f"<think>hm</think>\n{NO_ANSWER}"])
def test_the_model_may_abstain_after_that(bot, wrote):
    with serving(wrote) as script:
        answers = list(with_model(bot, script).stream(QUESTION))
    assert all(NO_ANSWER not in answer.text for answer in answers)
    last = answers[-1]
    assert (last.abstained, last.citations, last.note) == (True, (), "")
    assert last.usage is not None
    assert last.text.startswith(PHRASES["en"].abstain)


def test_a_greeting_needs_no_model(bot):
    with serving(GOOD) as script:
        assert with_model(bot, script).ask("Hello!").usage is None
        assert script.requests == []


def test_a_summary_is_written_from_the_passages_that_are_quoted(bot):
    with serving(
        "Wu Dongye advises Taiwan to keep a balance between mainland China and the United States.[1]"
    ) as script:
        answer = with_model(bot, script).ask("What is this article about?")
        assert len(script.requests) == 1
    assert answer.usage is not None


@pytest.mark.parametrize(
    ("question", "wrote", "expected"),
    [
        ("卡達何時加入亞信會議？", "卡达和孟加拉于2014年5月20日签署加入文件。[1]", "zh-Hant"),
        ("卡达何时加入亚信会议？", "卡達與孟加拉於2014年5月20日簽署加入文件。[1]", "zh-Hans"),
    ],
)
def test_the_script_of_the_question_is_kept(bot, question, wrote, expected):
    with serving(wrote) as script:
        answer = with_model(bot, script).ask(question)
    assert (answer.note, answer.language) == ("", expected)
    assert detect(answer.text) == expected


def test_who_asks_in_traditional_chinese_reads_the_words_of_taiwan(bot):
    with serving("卡塔爾和孟加拉在2014年5月20日簽署了加入文件。[1]") as script:
        answer = with_model(bot, script).ask("卡達何時加入亞信會議？")
    assert answer.text == "卡達和孟加拉在2014年5月20日簽署了加入文件。[1]"
    assert (answer.note, answer.flagged) == ("", ())


def test_a_model_that_goes_round_in_circles_is_stopped_and_read_once(bot):
    with serving(Reply("Qatar and Bangladesh signed on 20 May 2014. ", endless=True)) as script:
        answer = with_model(bot, script).ask(QUESTION)
        assert script.left.wait(10)
    assert answer.text == "Qatar and Bangladesh signed on 20 May 2014.[1]"
    assert answer.note == ""


def test_an_answer_in_english_from_a_chinese_article(bot):
    chinese = Chatbot(bot.index.only(["guide.zh-Hant.md"]))
    wrote = 'Qatar and Bangladesh signed the accession documents in Shanghai on 20 May 2014.[1: "2014年5月20日，卡達與孟加拉在上海簽署加入文件"]'
    with serving(wrote) as script:
        answer = with_model(chinese, script).ask(QUESTION)
    assert answer.note == ""
    assert [c.quote for c in answer.citations] == ["2014年5月20日，卡達與孟加拉在上海簽署加入文件"]


def test_a_question_that_is_given_up_stops_the_request(bot):
    with serving(Reply("Qatar joined. ", endless=True)) as script:
        answers = with_model(bot, script).stream(QUESTION)
        next(answers)
        answers.close()
        assert script.left.wait(10)


def test_identical_questions_are_asked_once_only_where_that_is_wanted(bot):
    with serving(GOOD) as script:
        plain, remembering = with_model(bot, script), with_model(bot, script, cache=2)
        for chatbot in (plain, remembering):
            assert chatbot.ask(QUESTION) == chatbot.ask(QUESTION) or chatbot is plain
        assert len(script.requests) == 2 + 1


def test_a_failure_is_not_remembered(bot):
    with serving(Reply(status=401, error="no"), GOOD) as script:
        chatbot = with_model(bot, script, cache=2)
        assert chatbot.ask(QUESTION).note
        assert chatbot.ask(QUESTION).note == ""


def test_the_key_is_shown_nowhere(bot, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    with serving(Reply(status=401, error="bad key")) as script:
        chatbot = with_model(bot, script)
        answer = chatbot.ask(QUESTION)
        assert SECRET not in repr(chatbot.model) + json.dumps(answer.to_dict())
        with pytest.raises(ModelError) as raised:
            list(chatbot.model.write([Message("user", "x")], 5))
    assert SECRET not in str(raised.value) + caplog.text + "".join(capsys.readouterr())
    assert "WENDA_LLM_KEY" in str(raised.value)


def test_the_environment_names_the_model_and_the_key(bot, monkeypatch):
    monkeypatch.setenv("WENDA_LLM_KEY", "from-the-environment")
    with serving(GOOD) as script:
        monkeypatch.setenv("WENDA_LLM", script.spec)
        assert Chatbot.default().ask(QUESTION).usage is not None
        assert Chatbot.default(llm="").ask(QUESTION).usage is None
    assert script.keys == ["Bearer from-the-environment"]


def test_openais_key_is_sent_to_openai_only():
    given = {"OPENAI_API_KEY": "theirs"}
    assert open_model("m@http://localhost:1/v1", given)._key == ""
    assert open_model("gpt-x@https://api.openai.com/v1/", given)._key == "theirs"


@pytest.mark.parametrize(
    "spec",
    [
        "@http://localhost/v1",
        "gpt-x",
        "m@ftp://x/v1",
        "m@http://",
        "m@http://user:pw@host/v1",
        "local:",
        "local:/no/such/model",
    ],
)
def test_a_name_that_names_no_model_is_one_clear_line(spec):
    with pytest.raises(WendaError) as raised:
        open_model(spec, {})
    assert "\n" not in str(raised.value)
    assert "pw" not in str(raised.value)


def test_a_setting_that_is_no_number_is_one_clear_line():
    with pytest.raises(ModelError, match="WENDA_LLM_CONTEXT must be a whole number above 0, not 'many'"):
        open_model("m@http://localhost/v1", {"WENDA_LLM_CONTEXT": "many"})


TEXTS = st.text(st.sampled_from("茶山水abc <>/\n0123"), max_size=400)


@given(st.text(max_size=60), st.lists(TEXTS, max_size=6), st.integers(500, 3000))
@settings(deadline=None)
def test_the_budget_is_kept(question, texts, room):
    passages = [Passage("a", text, 0, len(text)) for text in texts]
    kept = fitting(question, "en", passages, room, estimate)
    if kept:
        assert size(answer_messages(question, "en", kept, remind=True), estimate) <= room
    left_out = [p for p in passages if p not in kept]
    for passage in left_out:  # it would not have fitted with those before it
        assert size(answer_messages(question, "en", [*kept, passage], remind=True), estimate) > room - 64


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_passage_can_close_its_fence(texts):
    assert not any(fence_for(texts) in text for text in texts)
