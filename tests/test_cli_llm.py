"""The command line with a language model, and with chosen articles of a saved index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.answer import Answer, Usage
from qa.cli import main
from qa.measured import recall, written_figures
from tests.scripted import Reply, serving

QUESTION = "When did Qatar and Bangladesh join CICA?"
WROTE = (
    'Qatar and Bangladesh joined on 20 May 2014.[1: "On 20 May 2014 Qatar and Bangladesh signed"] '
    "Narendra Modi chaired 17 meetings."
)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENDA_LLM", raising=False)


def test_ask_with_a_model_shows_what_is_not_borne_out(capsys):
    with serving(WROTE) as script:
        assert main(["ask", "--llm", script.spec, QUESTION]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "Qatar and Bangladesh joined on 20 May 2014.[1] Narendra Modi chaired 17 meetings.\n"
    )
    assert "\n[1] guide.en.md:" in out
    assert "    On 20 May 2014 Qatar and Bangladesh signed\n" in out
    assert "Not borne out by a quote: Narendra Modi chaired 17 meetings.\n" in out
    assert "In none of the passages: 17, Narendra Modi\n" in out


def test_ask_as_json_has_all_that_a_model_adds(capsys):
    with serving(WROTE) as script:
        main(["ask", "--json", "--llm", script.spec, QUESTION])
    answer = json.loads(capsys.readouterr().out)
    [(start, end)] = answer["unsupported"]
    assert answer["answer"][start:end] == "Narendra Modi chaired 17 meetings."
    assert answer["flagged"] == ["17", "Narendra Modi"]
    assert (answer["usage"]["tokens_in"], answer["usage"]["calls"], answer["note"]) == (100, 1, "")


def test_a_model_that_fails_is_one_line_after_the_quoted_answer(capsys):
    with serving(Reply(status=401, error="no")) as script:
        assert main(["ask", "--llm", script.spec, QUESTION]) == 0
    done = capsys.readouterr()
    assert done.err == ""
    assert done.out.rstrip().endswith(
        "The language model did not accept the key, so the article is quoted instead."
    )


def test_a_name_that_names_no_model_is_bad_input(capsys):
    assert main(["ask", "--llm", "@nowhere", QUESTION]) == 2
    done = capsys.readouterr()
    assert (done.out, done.err.count("\n")) == ("", 1)
    assert "write MODEL@URL" in done.err


def test_the_environment_is_heeded_and_can_be_overruled(capsys, monkeypatch):
    with serving(WROTE) as script:
        monkeypatch.setenv("WENDA_LLM", script.spec)
        main(["ask", "--json", QUESTION])
        main(["ask", "--json", "--llm", "", QUESTION])
        main(["search", "CICA"])
        assert len(script.requests) == 1


@pytest.mark.slow
def test_evaluate_tells_how_good_the_models_citations_are(capsys, tmp_path):
    questions = tmp_path / "questions.jsonl"
    rows = [
        {"question": QUESTION, "answers": ["20 May 2014"]},
        {"question": "How do I reset my router?", "answers": []},
    ]
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with serving(WROTE) as script:
        assert main(["evaluate", "--questions", str(questions), "--llm", script.spec, "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert main(["evaluate", "--questions", str(questions), "--llm", script.spec]) == 0
    everything = report["groups"][0]
    assert everything["answer_right"]["share"] == 1.0
    assert everything["abstained"]["share"] == 1.0
    written = everything["written"]
    assert (written["answers"], written["stood"], written["language"]) == (1, 1.0, 1.0)
    assert (written["citation_recall"], written["citation_precision"]) == (0.5, 1.0)
    assert (written["tokens_in"], written["tokens_out"]) == (100.0, 20.0)
    table = capsys.readouterr().out
    assert "| citation recall | citation precision |" in table
    assert "| 50.0% | 100.0% |" in table


def test_without_a_model_there_are_no_figures_of_one():
    assert written_figures([Answer("?", "en", "x", False, 0.5)]) is None


def test_the_figures_are_means_over_answers_as_alce_has_them():
    usage = Usage(10, 2, 1.0, 1, written=4, exact=2, repaired=1, precise=3)
    one = Answer("?", "en", "Tea grows.[1] It rains.", False, 0.5, unsupported=((14, 23),), usage=usage)
    two = Answer(
        "?", "zh-Hant", "甲乙丙。[1]", False, 0.5, usage=Usage(30, 4, 3.0, 1, written=1, exact=1, precise=1)
    )
    gone = Answer("?", "en", "The article says:", False, 0.5, note="down", usage=Usage(None, None, 5.0, 1))
    figures = written_figures([one, two, gone])
    assert figures is not None
    assert (figures.answers, figures.stood) == (3, 2 / 3)
    assert (recall(one), recall(two), figures.citation_recall) == (0.5, 1.0, 0.75)
    assert (figures.citation_precision, figures.quotes_exact) == ((0.75 + 1) / 2, (0.5 + 1) / 2)
    assert (figures.tokens_in, figures.tokens_out, figures.seconds) == (20, 3, 3.0)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("two")
    tea, tram = folder / "tea.txt", folder / "tram.txt"
    tea.write_text("茶樓的歷史\n\n茶樓開業於1901年，位於河邊。\n", encoding="utf-8")
    tram.write_text("電車的歷史\n\n電車開業於1925年，路線沿著河邊。\n", encoding="utf-8")
    assert main(["index", "build", str(folder / "both.wenda"), str(tea), str(tram)]) == 0
    return folder / "both.wenda", str(tea), str(tram)


@pytest.mark.slow
def test_source_chooses_the_articles_that_are_asked(saved, capsys):
    index, tea, tram = saved
    for source, year in ((tea, "1901"), (tram, "1925")):
        main(["ask", "--index", str(index), "--source", source, "--json", "開業於哪一年？"])
        answer = json.loads(capsys.readouterr().out)
        assert {passage["source"] for passage in answer["passages"]} == {source}
        assert year in json.dumps(answer)
        main(["search", "--index", str(index), "--source", source, "--json", "河邊"])
        assert {p["source"] for p in json.loads(capsys.readouterr().out)["passages"]} == {source}
    main(["search", "--index", str(index), "--source", tea, "--source", tram, "--json", "河邊"])
    assert {p["source"] for p in json.loads(capsys.readouterr().out)["passages"]} == {tea, tram}


def test_a_source_that_is_not_there_is_bad_input(saved, capsys):
    assert main(["ask", "--index", str(saved[0]), "--source", "no.txt", "誰？"]) == 2
    assert "no.txt" in capsys.readouterr().err
