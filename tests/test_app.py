"""The real server, driven by a client and a browser that no one here wrote."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from index.computed import Progress
from index.errors import WendaError
from qa.answer import Answer, passage_dict
from qa.chatbot import MAX_QUESTION, Chatbot
from qa.feedback import Feedback
from tests import scripted
from tests.conftest import served
from ui import app
from ui.bring import Brought, Stage, embedded
from ui.chat import TURNS_KEPT, Desk
from ui.doors import Limiter
from ui.events import Events, Session
from ui.page import View, Visit
from ui.render import Notice
from ui.shelf import Shelf
from ui.texts import WORDS

QUESTIONS = {
    "zh-Hant": "第四屆亞信峰會在哪裡舉行？",
    "zh-Hans": "第四届亚信峰会在哪里举行？",
    "en": "Where did the fourth CICA summit take place?",
}
PLACES = {"zh-Hant": "上海", "zh-Hans": "上海", "en": "Shanghai"}
UNANSWERABLE = "富士山有多高？"
OWN = "# 湖邊的燈塔\n\n## 建造\n\n這座燈塔在1873年由工程師林阿土建造。燈塔高三十二公尺，牆是白色的。\n"


@pytest.fixture
def client(url: str) -> Client:
    """A new visitor."""
    return Client(url, verbose=False)


@pytest.fixture(scope="module")
def desk(bot: Chatbot) -> Desk:
    return Desk(Shelf.of(bot))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "lighthouse.md"
    path.write_text(OWN, encoding="utf-8")
    return path


def chat(client: Client, question: str, language: str = "zh-Hant") -> tuple[str, str]:
    """What the conversation and the panel show once the answer is whole."""
    conversation, panel, *_ = client.submit(question, language, api_name="/chat").result()
    return conversation, panel


@pytest.mark.parametrize("language", QUESTIONS)
def test_ask_gives_programs_the_json_of_the_answer(client: Client, bot: Chatbot, language: str) -> None:
    given = client.predict(QUESTIONS[language], api_name="/ask")
    assert given == bot.ask(QUESTIONS[language]).to_dict()
    assert given["language"] == language
    assert PLACES[language] in given["answer"]


def test_search_gives_programs_the_passages(client: Client, bot: Chatbot) -> None:
    hits = bot.search("上海", k=3)
    assert client.predict("上海", 3, api_name="/search") == {
        "query": "上海",
        "passages": [passage_dict(hit) for hit in hits],
    }


def test_the_two_endpoints_are_all_that_programs_are_shown(client: Client) -> None:
    endpoints: dict[str, Any] = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/search"}
    assert all(endpoint["description"] for endpoint in endpoints.values())


@pytest.mark.parametrize("question", ["", "   \n", "問" * (MAX_QUESTION + 1)])
def test_a_bad_question_is_one_clear_line(client: Client, bot: Chatbot, question: str) -> None:
    with pytest.raises(WendaError) as expected:
        bot.ask(question)
    with pytest.raises(AppError, match="question") as met:
        client.predict(question, api_name="/ask")
    assert str(expected.value) in str(met.value)
    conversation, _ = chat(client, question, "en")
    assert WORDS["en"].question_error in conversation
    assert "Traceback" not in conversation


@pytest.mark.parametrize("language", QUESTIONS)
def test_the_chat_answers_with_quotes_and_their_sources(client: Client, bot: Chatbot, language: str) -> None:
    conversation, panel = chat(client, QUESTIONS[language], language)
    answer = bot.ask(QUESTIONS[language])
    assert f'lang="{language}"' in conversation
    assert PLACES[language] in conversation
    assert 'data-cite="1.1"' in conversation
    assert panel.count("<mark>") == len(answer.citations)
    assert WORDS[language].nearest.format(n=len(answer.passages)) in panel


def test_visitors_at_once_each_get_their_own_answer(url: str, bot: Chatbot) -> None:
    questions = [QUESTIONS["zh-Hant"], QUESTIONS["en"], UNANSWERABLE, "Who first proposed CICA?"]

    def visit(number: int) -> list[tuple[str, str]]:
        client = Client(url, verbose=False)
        mine = [questions[(number + turn) % len(questions)] for turn in range(3)]
        return [(question, client.predict(question, api_name="/ask")["answer"]) for question in mine]

    with ThreadPoolExecutor(max_workers=8) as visitors:
        given = [pair for pairs in visitors.map(visit, range(8)) for pair in pairs]
    expected = {question: bot.ask(question).text for question in questions}
    assert given == [(question, expected[question]) for question, _ in given]


def test_the_answer_grows(client: Client) -> None:
    job = client.submit(QUESTIONS["zh-Hant"], "zh-Hant", api_name="/chat")
    job.result()
    shown = [conversation for conversation, *_ in job.outputs()]
    assert len(shown) > 1
    assert 'aria-busy="true"' in shown[0]
    assert 'aria-busy="true"' not in shown[-1]


def test_an_abstention_says_so_and_opens_the_nearest_passages(client: Client) -> None:
    conversation, panel = chat(client, UNANSWERABLE)
    assert '<div class="wd-answer wd-abstained">' in conversation
    assert WORDS["zh-Hant"].not_found in conversation
    assert '<details class="wd-nearest" open>' in panel


def test_turns_add_up_and_can_be_cleared(client: Client) -> None:
    chat(client, QUESTIONS["zh-Hant"])
    conversation, _ = chat(client, QUESTIONS["en"])
    assert conversation.count('class="wd-turn"') == 2
    conversation, *_ = client.predict("zh-Hant", api_name="/clear")
    assert 'class="wd-turn"' not in conversation


def test_switching_the_language_keeps_the_conversation(client: Client) -> None:
    chat(client, QUESTIONS["zh-Hant"])
    result = client.predict("en", api_name="/switch")
    text = str(result)
    assert QUESTIONS["zh-Hant"] in text
    assert WORDS["en"].placeholder in text
    assert WORDS["zh-Hant"].promise not in text


@pytest.mark.parametrize(
    ("accept", "language"), [("zh-TW,en;q=0.5", "zh-Hant"), ("zh-CN", "zh-Hans"), ("de", "en")]
)
def test_the_page_opens_in_the_language_of_the_browser(url: str, accept: str, language: str) -> None:
    client = Client(url, verbose=False, headers={"accept-language": accept})
    page = str(client.predict([], api_name="/greet"))
    assert WORDS[language].promise in page  # type: ignore[index]
    assert WORDS[language].stays in page  # type: ignore[index]


def test_own_files_are_read_and_stay_with_their_visitor(client: Client, url: str, own: Path) -> None:
    conversation, panel, *_ = client.predict([handle_file(str(own))], "zh-Hant", api_name="/read")
    assert WORDS["zh-Hant"].ready in conversation
    assert "湖邊的燈塔" in panel
    conversation, panel = chat(client, "燈塔是哪一年建造的？")
    assert "1873年" in panel
    assert (
        "lighthouse.md" not in panel
    )  # the title is known, the upload's name and folder are nobody's concern
    stranger = Client(url, verbose=False)
    for shown in chat(stranger, "燈塔是哪一年建造的？"):
        assert "1873" not in shown
        assert "湖邊" not in shown
    assert "1873" not in str(stranger.predict("燈塔是哪一年建造的？", api_name="/ask"))
    conversation, panel, *_ = client.predict("zh-Hant", api_name="/back")
    assert WORDS["zh-Hant"].returned in conversation
    assert "湖邊的燈塔" not in panel


@pytest.mark.slow
def test_own_files_are_gone_when_their_visitor_has_been_away_for_the_stated_time(
    saved: str, own: Path
) -> None:
    assert app.KEPT_SECONDS == 3600  # what `Words.privacy` promises
    with served("--index", saved, first="import ui.app; ui.app.KEPT_SECONDS = 4") as url:
        client = Client(url, verbose=False)
        client.predict([handle_file(str(own))], "zh-Hant", api_name="/read")
        for _ in range(3):  # longer in all, but never away
            sleep(2)
            assert "1873年" in chat(client, "燈塔是哪一年建造的？")[1]
        sleep(6)
        for shown in chat(client, "燈塔是哪一年建造的？"):
            assert "1873" not in shown
            assert "湖邊" not in shown


@pytest.mark.slow
def test_a_language_model_writes_and_the_chat_shows_what_no_quote_supports(
    own: Path, saved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = "The fourth CICA summit took place in Shanghai (上海) on 20 and 21 May 2014."
    with scripted.serving(f"“{quote}” [1] It cost 5 billion dollars.") as script:
        monkeypatch.setenv("WENDA_LLM", script.spec)
        with served("--index", saved) as url:
            assert script.requests == []  # not for the questions that are suggested
            client = Client(url, verbose=False)
            host = script.url.removeprefix("http://").split("/")[0]
            assert WORDS["en"].leaves.format(host=host) in str(client.predict("en", api_name="/switch"))
            conversation, _ = chat(client, QUESTIONS["en"], "en")
            assert f'<q lang="en"><bdi>{quote}</bdi></q>' in conversation
            assert 'data-cite="1.1"' in conversation
            unsupported = (
                '<bdi>It cost </bdi><span class="wd-flag"><bdi>5 billion</bdi></span><bdi> dollars.</bdi>'
            )
            assert f'<span class="wd-unsupported">{unsupported}<small lang="en">' in conversation
            assert WORDS["en"].flagged.format(values="5 billion") in conversation
            assert "100 tokens sent, 20 received" in conversation
            client.predict([handle_file(str(own))], "en", api_name="/read")
            chat(client, "燈塔是哪一年建造的？", "en")
            assert (
                "林阿土" in scripted.requests_text(script)[-1]
            )  # it is asked about a visitor's own article too


@pytest.mark.parametrize(("name", "content"), [("empty.txt", b""), ("noise.txt", bytes(range(256)) * 9)])
def test_a_bad_file_is_one_clear_line_and_changes_nothing(
    client: Client, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    conversation, panel, *_ = client.predict([handle_file(str(path))], "en", api_name="/read")
    assert WORDS["en"].read_error in conversation
    assert name in conversation
    assert "/gradio/" not in conversation
    assert "CICA" in panel


def brought(desk: Desk, visit: Visit, *paths: Path) -> View:
    """The page after some files were read."""
    *_, last = desk.read([str(path) for path in paths], visit)
    assert isinstance(last, Brought)
    return desk.settle(last, visit, "en")


def sources(visit: Visit) -> list[str]:
    assert visit.own is not None
    return [article.source for article in visit.own.bot.articles]


@pytest.fixture(scope="module")
def two(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """A visitor who brought two articles, one after the other."""
    lake, sea = (tmp_path_factory.mktemp("two") / name for name in ("lighthouse.md", "tower.md"))
    lake.write_text(OWN, encoding="utf-8")
    sea.write_text(OWN.replace("1873", "1999").replace("湖邊的燈塔", "海邊的燈塔"), encoding="utf-8")
    return brought(desk, brought(desk, Visit(), lake).visit, sea).visit


def test_two_files_of_one_name_are_two_articles(desk: Desk, tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "notes.txt")
        paths[-1].write_text(f"This is the note in folder {folder}.\n", encoding="utf-8")
    assert sources(brought(desk, Visit(), *paths).visit) == ["notes.txt", "notes.txt (2)"]


def test_a_file_that_cannot_be_read_costs_that_file_alone(client: Client, own: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 9)
    files = [handle_file(str(path)) for path in (tmp_path / "empty.txt", own, tmp_path / "noise.txt")]
    conversation, panel, *_ = client.predict(files, "en", api_name="/read")
    assert conversation.count(WORDS["en"].read_error) == 2
    assert "empty.txt: the file is empty" in conversation
    assert "noise.txt: this is not a text file" in conversation
    assert "湖邊的燈塔" in panel


def test_what_is_halted_ends_at_its_next_step_and_what_was_not_taken_halts_nothing(
    desk: Desk, own: Path
) -> None:
    session, do = Session(), Events(desk, Limiter(0))
    reading = do.read([str(own)], session, "zh-Hant", gr.Request(username="wu"))
    assert next(reading)[-1] != ""  # how far it is
    do.untold()
    assert next(reading)[-1] != ""
    do.halt(session)
    assert [step[-1] for step in reading] == [""]
    assert session.visit.own is None


def test_reading_tells_each_stage(desk: Desk, own: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.md"  # more passages than are encoded at once, each of them short
    long.write_text("".join(f"# Lamp {n}\n\nIt is lit.\n\n" for n in range(300)), encoding="utf-8")
    *stages, last = desk.read([str(own), str(long)], Visit())
    assert isinstance(last, Brought)
    assert last.shelf is not None
    count = len(last.shelf.bot.index.passages)
    assert stages[:2] == [Stage("reading", 1, 2), Stage("reading", 2, 2)]
    assert stages[-1] == Stage("trying")
    embedding = [stage for stage in stages if isinstance(stage, Stage) and stage.kind == "embedding"]
    assert embedding[0].done == 0
    assert len(embedding) > 2
    assert {stage.total for stage in embedding} == {count}
    assert embedding[-1].done == count
    percents = [stage.percent for stage in stages if isinstance(stage, Stage)]
    assert percents == sorted(percents)


def test_reading_that_nobody_waits_for_ends() -> None:
    reported, ended = Event(), Event()

    def work(progress: Progress) -> None:
        try:
            for done in count():
                progress(done, 100)
                reported.set()
        finally:
            ended.set()

    stages = embedded(work)
    assert next(stages) == Stage("embedding", 0, 100)
    stages.close()
    assert ended.is_set()


def test_an_error_of_the_work_is_raised_where_its_stages_are_read() -> None:
    def work(progress: Progress) -> None:
        progress(1, 2)
        raise WendaError("no")

    stages = embedded(work)
    assert next(stages).done == 1
    with pytest.raises(WendaError, match="no"):
        next(stages)


def test_files_add_up_and_the_chosen_ones_are_asked(desk: Desk, two: Visit) -> None:
    assert sources(two) == ["lighthouse.md", "tower.md"]
    question = "燈塔是哪一年建造的？"
    for left_out, year, other in (([0], "1999年", "1873年"), ([1], "1873年", "1999年")):
        chosen = desk.choose(left_out, two, "zh-Hant")
        assert chosen.picker is None  # a tick that was set since stays
        *_, last = desk.ask(question, chosen.visit, "zh-Hant")
        assert last.picker is not None
        assert last.picker.count(" checked") == 1
        answer = last.visit.turns[-1]
        assert isinstance(answer, Answer)
        assert year in answer.text
        assert other not in answer.text
        assert {hit.source for hit in answer.passages} == {sources(two)[1 - left_out[0]]}
    nothing = desk.choose([0, 1], two, "zh-Hant").visit
    *_, last = desk.ask(question, nothing, "zh-Hant")
    assert WORDS["zh-Hant"].none_chosen in last.conversation
    assert desk.choose([], nothing, "zh-Hant").visit == two


def test_a_question_is_suggested_only_where_a_chosen_article_answers_it(desk: Desk, two: Visit) -> None:
    assert two.own is not None
    kept = two.own.answered_by(["tower.md"])
    assert {source for each in kept.found if each.kind != "whole" for source, _ in each.places} <= {
        "tower.md"
    }
    assert two.own.answered_by(sources(two)) == two.own.suggestions


def test_an_article_can_be_taken_away_but_the_last_stays(desk: Desk, two: Visit) -> None:
    left = desk.remove(0, desk.choose([0], two, "en").visit, "en")
    assert sources(left.visit) == ["tower.md"]
    assert left.visit.left_out == frozenset()
    assert left.picker == ""
    assert f"{WORDS['en'].removed} <span><bdi>湖邊的燈塔</bdi></span>" in left.conversation
    assert sources(desk.remove(0, left.visit, "en").visit) == ["tower.md"]
    assert desk.remove(0, Visit(), "en").visit == Visit()
    assert desk.back(two, "en").visit.own is None


def test_a_stopped_answer_says_that_it_is_not_whole(desk: Desk) -> None:
    first, second, *_ = desk.ask(QUESTIONS["en"], Visit(), "en")
    before, amid = desk.stopped(first.visit), desk.stopped(second.visit)
    assert before.turns == (Notice("stopped", QUESTIONS["en"]),)
    assert f'data-ask="{QUESTIONS["en"]}"' in desk.view(before, "en").conversation
    assert amid.turns == (*second.visit.turns, Notice("stopped"))
    assert WORDS["en"].stopped in desk.view(amid, "en").conversation


def test_a_stopped_answer_grows_no_more(desk: Desk) -> None:
    session, request = Session(), gr.Request(username="wu")
    do = Events(desk, Limiter(0))
    growing = do.ask(QUESTIONS["en"], session, "en", request)
    next(growing)
    assert WORDS["en"].stopped in do.stop(session, "en")[0]
    assert [WORDS["en"].stopped in conversation for conversation, *_ in growing] == [True]
    assert session.visit.turns == (Notice("stopped", QUESTIONS["en"]),)
    assert do.stop(session, "en")[2].visit.turns == session.visit.turns  # a late click changes nothing


def test_an_answer_that_is_given_up_before_it_is_stopped_says_so_too(desk: Desk) -> None:
    session, do = Session(), Events(desk, Limiter(0))
    growing = do.ask(QUESTIONS["en"], session, "en", gr.Request(username="wu"))
    next(growing)
    growing.close()  # type: ignore[attr-defined] # as Gradio does, before or after it calls what stops it
    assert WORDS["en"].stopped in do.stop(session, "en")[0]


def test_a_new_question_leaves_the_one_before_as_it_is(desk: Desk) -> None:
    session, request = Session(), gr.Request(username="wu")
    do = Events(desk, Limiter(0))
    first = do.ask(QUESTIONS["zh-Hant"], session, "en", request)
    next(first)
    *_, _last = do.ask(QUESTIONS["en"], session, "en", request)
    assert [conversation.count('class="wd-turn"') for conversation, *_ in first] == [2]
    assert [turn.question for turn in session.visit.turns] == [QUESTIONS["zh-Hant"], QUESTIONS["en"]]


def test_what_is_opened_while_an_answer_grows_stays_open(desk: Desk, two: Visit) -> None:
    session, request = Session(), gr.Request(username="wu")
    growing = Events(desk, Limiter(0)).ask(QUESTIONS["en"], session, "en", request)
    assert next(growing)[-1] == ""  # the box is emptied once
    session.visit = replace(session.visit, own=two.own)
    *_, last = growing
    assert session.visit.own is two.own
    assert isinstance(session.visit.turns[-1], Answer)
    assert "湖邊的燈塔" in last[0]


def test_a_question_cannot_become_markup(client: Client) -> None:
    attack = '<img src=x onerror="alert(1)"> 亞信會議有幾個成員國？ <script>alert(2)</script>'
    conversation, panel = chat(client, attack)
    assert "<img" not in conversation + panel
    assert "<script" not in conversation + panel
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in conversation


def test_old_turns_are_forgotten(desk: Desk) -> None:
    visit = Visit(turns=(Notice("returned", detail="old"),) * TURNS_KEPT)
    *_, last = desk.ask(QUESTIONS["en"], visit, "en")
    assert len(last.visit.turns) == TURNS_KEPT
    assert last.visit.shown == TURNS_KEPT


def test_a_number_opens_the_article_at_the_quote(desk: Desk) -> None:
    *_, asked = desk.ask(QUESTIONS["en"], Visit(), "zh-Hant")
    assert asked.reader is None
    opened = desk.cite(1, 1, asked.visit, "zh-Hant")
    quote = asked.visit.turns[0].citations[0].quote  # type: ignore[union-attr]
    assert opened.reader is not None
    assert f'<mark class="wd-current" data-number="1" tabindex="-1">{quote}</mark>' in opened.reader
    assert 'data-article="1"' in opened.reader  # to a reader of Chinese, the English article is the second
    assert desk.cite(1, 0, asked.visit, "en").reader is None
    assert desk.cite(9, 1, asked.visit, "en").reader == ""
    assert desk.open(0, 500, asked.visit, "en").reader != desk.open(1, 500, asked.visit, "en").reader
    assert desk.open(7, 0, asked.visit, "en").reader is None


def test_the_browser_gives_back_what_it_kept(desk: Desk) -> None:
    *_, last = desk.ask(QUESTIONS["zh-Hant"], Visit(), "zh-Hant")
    records = desk.records(last.visit)
    restored = desk.restored([{"forged": True}, *records], Visit())
    assert [turn.text for turn in restored.turns] == [last.visit.turns[0].text]  # type: ignore[union-attr]
    opened = desk.cite(1, 1, restored, "zh-Hant")
    assert opened.reader is not None
    assert 'class="wd-current"' in opened.reader
    assert opened.panel is not None
    assert WORDS["zh-Hant"].passages_gone in opened.panel
    *_, again = desk.ask(QUESTIONS["en"], restored, "zh-Hant")
    assert again.visit.kept == 1
    assert again.panel is not None
    assert WORDS["zh-Hant"].passages_gone not in again.panel
    assert desk.restored("junk", Visit()) == Visit()
    assert desk.restored(records, last.visit) == last.visit


def test_a_conversation_is_exported(client: Client, bot: Chatbot, desk: Desk) -> None:
    *_, last = desk.ask(QUESTIONS["en"], Visit(), "en")
    name, content = desk.exported("json", last.visit, "en")
    assert name == "wenda.json"
    assert json.loads(content)["turns"] == [bot.ask(QUESTIONS["en"]).to_dict()]
    name, content = desk.exported("md", last.visit, "en")
    assert name == "wenda.md"
    assert content.startswith(f"## {QUESTIONS['en']}\n")
    assert "line 19" in content


def test_ratings_are_kept_only_where_they_are_wanted(desk: Desk, tmp_path: Path) -> None:
    *_, last = desk.ask(QUESTIONS["en"], Visit(), "en")
    assert "data-rate" not in last.conversation
    assert desk.rate(1, True, last.visit, "en").visit == last.visit
    asking = Desk(desk.shelf, Feedback.into(tmp_path / "ratings.jsonl"))
    rated = asking.rate(1, True, last.visit, "en")
    assert 'data-rate="1.1" aria-pressed="true"' in rated.conversation
    assert json.loads((tmp_path / "ratings.jsonl").read_text(encoding="utf-8"))["question"] == QUESTIONS["en"]


def test_a_taken_port_is_a_clear_error(bot: Chatbot, url: str) -> None:
    port = int(url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(WendaError, match=f"Cannot serve on 127.0.0.1:{port}"):
        app.start(bot, port=port)
