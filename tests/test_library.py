"""A library of articles that lasts: added to, asked in part, written by one process at a time, killed and mended."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.article import Article
from index.codec import article_to_dict
from index.errors import IndexFormatError, SourceError
from index.index import Index
from index.lock import locked
from index.manifest import MANIFEST
from index.ragged import Ragged
from index.read import article_from_text
from index.segment import Segment
from index.storage import Stored, check_folder, read_any, write_folder, writing
from qa.chatbot import Chatbot
from qa.cli import main
from qa.suggest import Suggestions
from tests.encoders import HashingEncoder, PlainEncoder
from tests.test_index import same
from ui.chat import Desk
from ui.page import Page, Visit
from ui.shelf import Shelf

ROOT = Path(__file__).parents[1]
WATER = "水的循環\n\n水從海面蒸發，升到高空後冷卻成雲。全球每年約有五十萬立方公里的水蒸發。"
TOWER = "The Lighthouse\n\nThe lighthouse of Kinmen was built in 1871. It is 32 metres tall."


def article(words: str, source: str) -> Article:
    return article_from_text(words, source=source)


@pytest.fixture
def index() -> Index:
    return Index.build([article(WATER, "water.txt"), article(TOWER, "tower.txt")], HashingEncoder())


@pytest.fixture
def folder(index: Index, tmp_path: Path) -> Path:
    index.save(tmp_path / "a.wenda")
    return tmp_path / "a.wenda"


def load(folder: Path) -> Index:
    return Index.load(folder, HashingEncoder())


# --- adding, replacing, choosing -----------------------------------------------------------------------


def test_adding_the_same_article_again_changes_nothing(index: Index) -> None:
    assert index.add(article(WATER, "water.txt")) is index


def test_a_changed_article_replaces_its_passages_and_only_it_is_encoded(index: Index) -> None:
    encoder = index.encoder
    assert isinstance(encoder, HashingEncoder)
    before = encoder.encoded
    changed = index.add(article(WATER.replace("五十", "六十"), "water.txt"), article(TOWER, "tower.txt"))
    new = [p for p in changed.passages if p.source == "water.txt"]
    assert encoder.encoded - before == len(new)
    assert "五十萬" not in "".join(p.text for p in changed.passages)
    assert "六十萬" in "".join(p.text for p in new)
    assert {a.source for a in changed.articles} == {"water.txt", "tower.txt"}


def test_some_articles_alone_are_an_index_of_those(index: Index) -> None:
    alone = index.only(["tower.txt"])
    assert alone.articles == (index.articles[1],)
    assert same(alone.search("海面", k=9), Index.build(alone.articles, index.encoder).search("海面", k=9))
    with pytest.raises(SourceError, match="no article moon"):
        index.only(["moon.txt"])
    with pytest.raises(SourceError, match="no article moon"):
        index.remove("water.txt", "moon.txt")


def test_a_question_is_asked_of_chosen_articles() -> None:
    bot = Chatbot.from_articles([article(WATER, "water.txt"), article(TOWER, "tower.txt")])
    question = "When was the lighthouse of Kinmen built?"
    assert "1871" in bot.ask(question).text
    assert "1871" in bot.ask(question, sources=["tower.txt"]).text
    assert bot.ask(question, sources=["water.txt"]).abstained
    assert {hit.source for hit in bot.search("水", sources=["tower.txt"])} == {"tower.txt"}
    with pytest.raises(SourceError, match=r"no article moon\.txt; there are: tower\.txt, water\.txt"):
        bot.ask(question, sources=["moon.txt"])


def test_of_a_library_only_what_an_answer_needs_is_read(tmp_path: Path) -> None:
    texts = [TOWER.replace("1871", str(1300 + n)).replace("Kinmen", f"Town{n}") for n in range(600)]
    articles = [article(text, f"{n}.txt") for n, text in enumerate(texts)]
    Index.build(articles, HashingEncoder()).save(tmp_path / "many.wenda")
    bot = Chatbot.load(tmp_path / "many.wenda", encoder=HashingEncoder(), llm="")
    [part] = bot.index._parts
    answer = bot.ask("When was the lighthouse of Town321 built?")
    assert [c.source for c in answer.citations] == ["321.txt"]
    leaning = bot.ask("And how tall is it?", [(answer.question, answer.text)])
    assert "Town321" in leaning.rewritten or "lighthouse" in leaning.rewritten
    bot.ask("What is said about “The Lighthouse”?")
    told = bot.ask("What is the title?")
    assert told.text.startswith("Of the 600 articles here, this is from 24 only. The title is")
    assert len(told.citations) == 24
    assert bot.ask("Hello!").text.count("The Lighthouse") == 24
    page = Page(Shelf(bot, Suggestions()), "en", rated=False)
    turn = Visit(turns=(answer,), shown=1)
    assert "Town321" in str(page.view(turn).panel)
    assert "Town321" in str(page.at_quote(turn, 1))
    desk = Desk(page.shelf)
    assert "Town321" in desk.exported("md", turn, "en")[1]
    assert desk.choose([5, 600, -1], turn, "en").visit.left_out == {"5.txt"}
    assert "The Lighthouse …" in str(desk.back(turn, "en").conversation)
    read = part.segment.articles._made.cache_info()
    assert (
        read.misses == read.currsize <= 320
    )  # those of the coloured map (200) and of the few looked at whole


def test_a_file_added_again_is_a_no_op_and_changed_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "tower.txt"
    file.write_text(TOWER, encoding="utf-8")
    bot = Chatbot.from_files([file])
    index = bot.index
    bot.add(file)
    assert bot.index is index
    file.write_text(TOWER.replace("1871", "1882"), encoding="utf-8")
    bot.add(file)
    assert len(bot.articles) == 1
    assert "1882" in bot.ask("When was the lighthouse built?").text


def test_one_file_by_several_paths_is_one_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "notes" / "tower.txt"
    file.parent.mkdir()
    file.write_text("The tower is 300 m tall.\n", encoding="utf-8")
    bot = Chatbot.from_files(["notes/tower.txt", file, tmp_path / "notes"], encoder=HashingEncoder())
    assert [article.source for article in bot.articles] == ["notes/tower.txt"]
    bot.add(file)
    assert [article.source for article in bot.articles] == ["notes/tower.txt"]
    file.write_text("The tower is 310 m tall.\n", encoding="utf-8")
    bot.add(file)
    assert [(a.source, a.text.strip()) for a in bot.articles] == [
        ("notes/tower.txt", "The tower is 310 m tall.")
    ]

    assert main(["index", "build", "saved", "notes/tower.txt"]) == 0
    capsys.readouterr()
    assert main(["index", "add", "saved", str(file)]) == 0
    assert "0 added, 0 replaced, 1 unchanged; 1 article" in capsys.readouterr().out


def test_a_folder_is_added_past_what_cannot_be_read_with_progress(tmp_path: Path) -> None:
    for folder, words in (("a", WATER), ("b", TOWER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.txt").write_text(words, encoding="utf-8")
    (tmp_path / "a" / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    bot, errors, steps = Chatbot.from_articles([], llm=""), [], []
    bot.add(tmp_path, on_error=errors.append, progress=lambda done, total: steps.append((done, total)))
    assert [a.source for a in bot.articles] == [str(tmp_path / n / "notes.txt") for n in ("a", "b")]
    assert steps == [(4, 4)]
    assert [str(tmp_path / "a" / "broken.pdf") in str(error) for error in errors] == [True]


def test_when_no_file_can_be_read_each_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [tmp_path / "a.pdf", tmp_path / "b.xlsx"]
    for path in bad:
        path.write_bytes(b"%PDF-1.7 broken")
    assert main(["index", "add", str(tmp_path / "lib.wenda"), *map(str, bad)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith(f"wenda: {path}: ") for line, path in zip(lines, bad, strict=True)] == [
        True,
        True,
    ]


# --- on disk -------------------------------------------------------------------------------------------


def test_nothing_is_computed_again(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> object:
        raise AssertionError("computed again")

    with monkeypatch.context() as patch:
        patch.setattr("index.computed.terms", never)
        patch.setattr("index.articles.aliases", never)
        patch.setattr("index.articles.article_from_dict", never)
        patch.setattr(HashingEncoder, "token_ids", never)
        loaded = load(folder)
    assert loaded.search("海面", k=9) == index.search("海面", k=9)


def former(index: Index, folder: Path, version: int) -> None:
    """Write an index as formats 1 and 2 were, but for the terms and tokens of 2, which nobody reads any more."""
    folder.mkdir()

    def put(content: bytes, suffix: str) -> dict[str, str]:
        digest = hashlib.sha256(content).hexdigest()
        (folder / f"{digest[:24]}{suffix}").write_bytes(content)
        return {"file": f"{digest[:24]}{suffix}", "sha256": digest}

    entries, start = [], 0
    for one in index.articles:
        buffer = io.BytesIO()
        np.save(buffer, index.store.vectors[start : start + len(one.passages)])
        start += len(one.passages)
        whole = json.dumps(article_to_dict(one)).encode()
        entry = {
            "source": one.source,
            "article": put(whole, ".json"),
            "vectors": put(buffer.getvalue(), ".npy"),
        }
        entries.append(entry | ({"matching": put(b"terms and tokens", ".npy")} if version > 1 else {}))
    encoder = {"name": index.encoder.name, "dimension": index.encoder.dimension}
    manifest = {"format": version, "encoder": encoder, "articles": entries}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("version", [1, 2])
def test_an_index_of_a_former_format_is_read_and_saved_as_the_newest(
    index: Index, tmp_path: Path, version: int
) -> None:
    folder = tmp_path / "old.wenda"
    former(index, folder, version)
    assert check_folder(folder) == []
    assert list(read_any(folder).articles()) == list(index.articles)
    old = load(folder)
    assert isinstance(old.encoder, HashingEncoder)
    assert old.encoder.encoded == 0
    assert old.search("海面", k=9) == index.search("海面", k=9)
    old.save(folder)
    assert json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["format"] == 3
    assert len(list(folder.iterdir())) == 2
    assert check_folder(folder) == []
    assert load(folder).search("海面", k=9) == index.search("海面", k=9)


def test_a_damaged_file_of_a_former_format_is_named(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "old.wenda"
    former(index, folder, 1)
    for path in [*folder.glob("*.npy"), *folder.glob("*.json")]:
        content = path.read_bytes()
        for damaged in (content[:-9], content[:40] + b"\0" + content[41:], b""):
            path.write_bytes(damaged)
            with pytest.raises(IndexFormatError, match=path.name):
                load(folder)
            if path.name != MANIFEST:
                assert [path.name in line for line in check_folder(folder)] == [True]
        path.write_bytes(content)
    assert load(folder).articles == index.articles


def test_what_the_encoder_gives_beside_vectors_is_kept_and_made_where_it_lacks(
    index: Index, tmp_path: Path
) -> None:
    class WithoutTokens(PlainEncoder):
        name = HashingEncoder.name

    plain = Index.build(index.articles, WithoutTokens())
    plain.save(tmp_path / "plain.wenda")
    [part] = read_any(tmp_path / "plain.wenda").parts
    assert part.segment.rows == {}
    assert load(tmp_path / "plain.wenda").search("海面", k=9) == index.search("海面", k=9)


def test_rows_of_any_name_and_shape_are_stored(index: Index, tmp_path: Path) -> None:
    [whole] = index._parts
    numbers = [np.full((n, 3), n, dtype=np.int8) for n in range(len(whole))]
    rows = {"context": Ragged.of(numbers)}
    part = replace(whole, segment=replace(whole.segment, rows=rows))
    with writing(tmp_path):
        write_folder(tmp_path, Stored("hashing", 64, (part,)))
    [back] = read_any(tmp_path).parts
    assert [row.tolist() for row in back.segment.rows["context"]] == [row.tolist() for row in numbers]
    assert back.segment.rows["context"].values.dtype == np.int8
    half = Segment.join([replace(back, kept=back.kept[1:]), back])
    kept = [*numbers[2:], *numbers]
    assert [row.tolist() for row in half.rows["context"]] == [row.tolist() for row in kept]


def test_adding_writes_only_what_is_new(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != MANIFEST}
    moon = article("月亮\n\n月亮繞著地球轉。", "moon.txt")
    Index.update(folder, lambda old: old.add(moon), HashingEncoder())
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != MANIFEST}
    assert before.items() < after.items()
    assert len(after) == len(before) + 1
    assert {a.source for a in load(folder).articles} == {"water.txt", "tower.txt", "moon.txt"}


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "save"]), st.integers(0, 5), st.integers(0, 2)),
        max_size=14,
    )
)
@settings(deadline=None, max_examples=40)
def test_any_changes_give_the_index_that_building_would(changes: list[tuple[str, int, int]]) -> None:
    """Segments, what is left out of them, and their joining are seen by nobody."""
    texts = ["海面的水。" * 9, "水與雲。\n\n燈塔（Lighthouse）在金門。", "A lighthouse.\n\nWater."]
    index, expected = Index.build([], HashingEncoder()), {}
    with TemporaryDirectory() as folder:
        for change, number, text in changes:
            source = f"{number}.txt"
            if change == "add":
                new = article(texts[text], source)
                if expected.get(source) != new:
                    expected.pop(source, None)
                    expected[source] = new
                index = index.add(new)
            elif change == "remove" and source in expected:
                del expected[source]
                index = index.remove(source)
            elif change == "save":
                index.save(folder)
                index = load(Path(folder))
                assert check_folder(Path(folder)) == []
        built = Index.build(expected.values(), HashingEncoder())
        assert index.articles == built.articles
        assert index.passages == built.passages
        assert [index.by_source[source] for source in expected] == list(index.articles)
        np.testing.assert_array_equal(index.store.vectors, built.store.vectors)
        for query in ("水 lighthouse 金門", "Lighthouse"):
            assert index.expand(query) == built.expand(query)
            assert len(index.lexical) == len(built.lexical)
            for ours, theirs in zip(index.scores(query), built.scores(query), strict=True):
                np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_library_grown_one_by_one_has_few_segments(tmp_path: Path) -> None:
    index = Index.build([], HashingEncoder())
    for number in range(60):
        index = index.add(article(f"第{number}號燈塔。", f"{number}.txt"))
    assert len(index._parts) <= 6  # the logarithm of 60
    assert [a.source for a in index.articles] == [f"{number}.txt" for number in range(60)]


def test_a_file_name_that_is_not_utf8_is_kept(index: Index, tmp_path: Path) -> None:
    source = os.fsdecode(b"caf\xe9.txt")
    index.add(article(TOWER, source)).save(tmp_path)
    loaded = load(tmp_path)
    assert loaded.by_source[source].text == article(TOWER, source).text
    assert loaded.search("lighthouse", sources=[source])[0].source == source


def test_two_writers_never_interleave(index: Index, folder: Path) -> None:
    with locked(folder):
        with pytest.raises(IndexFormatError, match=r"a\.wenda is being written by another process"):
            index.save(folder)
        with pytest.raises(IndexFormatError, match="another process"):
            Index.update(folder, lambda old: old.remove("water.txt"), HashingEncoder())
        assert load(folder).articles == index.articles  # reading needs no lock
    index.remove("water.txt").save(folder)
    assert len(load(folder).articles) == 1


def test_a_reader_keeps_what_it_loaded_while_another_writes(index: Index, folder: Path) -> None:
    reader = load(folder)
    index.remove("water.txt").save(folder)
    assert reader.search("海面", k=9) == index.search("海面", k=9)
    assert reader.store.vectors.tolist() == index.store.vectors.tolist()


_FULL = """
import resource, sys
from pathlib import Path
from index.errors import IndexFormatError
from index.index import Index
from tests.encoders import HashingEncoder
from tests.test_library import TOWER, article
index = Index.load(sys.argv[1], HashingEncoder())
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))  # no file may grow beyond this, as on a full disk
try:
    index.add(article(TOWER * 20, "new.txt")).save(sys.argv[1])
except IndexFormatError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files, which Windows lacks")
def test_no_room_for_the_files_is_an_error_and_the_old_index_stays(index: Index, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"can't write the index {folder}: ")
    assert "what was saved before is unchanged" in done.stdout
    assert load(folder).articles == index.articles


# In a name space of its own, a process may mount a small file system, and fill it.
_OWN_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]
_FULL_DISK = """
mount -t tmpfs -o size=256k none "$1" && exec "$2" -c '
import subprocess, sys
from pathlib import Path
from index.errors import IndexFormatError
from index.index import Index
from index.storage import check_folder
from tests.encoders import HashingEncoder
from tests.test_library import TOWER, WATER, article
disk, encoder = Path(sys.argv[1]), HashingEncoder()
folder = disk / "a.wenda"
index = Index.build([article(WATER, "water.txt")], encoder)
index.save(folder)
files = sorted(path.name for path in folder.iterdir())
new = article("\\n\\n".join([TOWER] * 200), "new.txt")
(disk / "filler").write_bytes(bytes(128 * 1024))
def grow():
    Index.update(folder, lambda old: old.add(new), encoder)
def intact():
    print(sorted(p.name for p in folder.iterdir()) == files, check_folder(folder),
          Index.load(folder, encoder).articles == index.articles)
try:
    grow()
except IndexFormatError as error:
    print(error)
intact()
(disk / "filler").unlink()
subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
try:
    grow()
except IndexFormatError as error:
    print(error)
intact()
subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
grow()
print(len(Index.load(folder, encoder).articles), check_folder(folder))
' "$1"
"""


def test_a_full_disk_and_a_read_only_one_are_clear_errors_and_the_old_index_stays(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*_OWN_MOUNTS, "true"], check=False).returncode:
        pytest.skip("needs Linux, util-linux's unshare, and user name spaces, which `sysctl` can allow")
    command = [*_OWN_MOUNTS, "sh", "-c", _FULL_DISK, "sh", str(tmp_path), sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    cannot = f"can't write the index {tmp_path / 'a.wenda'}:"
    assert done.stdout.splitlines() == [
        f"{cannot} the disk is full; make room and try again (what was saved before is unchanged)",
        "True [] True",
        f"{cannot} it is read-only; choose another folder (what was saved before is unchanged)",
        "True [] True",
        "2 []",
    ]


_EMBEDDING = """
import sys, time
from index.index import Index
from tests.encoders import HashingEncoder
from tests.test_library import TOWER, article
class Slow(HashingEncoder):
    def encode_document(self, texts):
        print("encoding", flush=True)
        time.sleep(600)
Index.update(sys.argv[1], lambda old: old.add(article(TOWER, "new.txt")), Slow())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes as POSIX does")
def test_a_process_killed_while_it_encodes_leaves_the_old_index(index: Index, folder: Path) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    command = [sys.executable, "-c", _EMBEDDING, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "encoding\n"
        with pytest.raises(IndexFormatError, match="another process"):
            index.save(folder)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    Index.update(folder, lambda old: old.add(article(TOWER, "new.txt")), HashingEncoder())  # the lock is free
    assert [a.source for a in load(folder).articles] == ["water.txt", "tower.txt", "new.txt"]


@pytest.mark.skipif(sys.platform == "win32" or not Path("/proc").is_dir(), reason="needs Linux's /proc")
def test_a_folder_that_cannot_be_made(index: Index) -> None:
    with pytest.raises(IndexFormatError, match="can't write the index /proc/wenda"):
        index.save("/proc/wenda")


# Only the storage, which starts no threads, is forked: a process is killed every few milliseconds.
_KILLER = """
import os, random, signal, sys, time
from itertools import cycle
from pathlib import Path
from index.storage import read_any, write_folder, writing
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
states = [read_any(Path(path)) for path in sys.argv[3:]]
def same(a, b):
    return list(a.articles()) == list(b.articles()) and whole(a) == whole(b)
def whole(state):
    parts = [{name: array.tolist() for name, array in part.segment.arrays().items()} for part in state.parts]
    return parts, [part.kept.tolist() for part in state.parts]
def save(state):
    with writing(folder):
        write_folder(folder, state)
save(states[0])
dice, seen = random.Random(4), set()
for _ in range(rounds):
    child = os.fork()
    if child == 0:
        for state in cycle(dice.sample(states, len(states))):
            save(state)
    time.sleep(dice.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = [number for number, state in enumerate(states) if same(read_any(folder), state)]
    assert len(found) == 1, found
    seen.update(found)
    with writing(folder):  # the lock died with its holder
        pass
print(sorted(seen))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX does")
def test_a_writer_killed_at_any_moment_leaves_one_state_whole(index: Index, tmp_path: Path) -> None:
    more = index.add(article("月亮\n\n月亮繞著地球轉。", "moon.txt"))
    states = [tmp_path / name for name in ("one", "two", "three")]
    for state, path in zip((index, more, more.remove("water.txt")), states, strict=True):
        state.save(path)
    command = [sys.executable, "-c", _KILLER, str(tmp_path / "a.wenda"), "400", *map(str, states)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "[0, 1, 2]\n"  # and every state was met


# --- the command line ----------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "water.txt").write_text(WATER, encoding="utf-8")
    (tmp_path / "tower.txt").write_text(TOWER, encoding="utf-8")
    return tmp_path


def test_index_add_list_remove_check(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, water, tower = (str(files / name) for name in ("lib.wenda", "water.txt", "tower.txt"))

    def wenda(*arguments: str) -> tuple[int, str, str]:
        status = main(["index", *arguments])
        done = capsys.readouterr()
        return status, done.out, done.err

    assert wenda("build", saved, water) == (0, f"{saved}: 1 article, 2 passages\n", "")
    assert wenda("add", saved, water, tower) == (
        0,
        f"{saved}: 1 added, 0 replaced, 1 unchanged; 2 articles\n",
        "",
    )
    (files / "water.txt").write_text(WATER.replace("五十", "六十"), encoding="utf-8")
    status, out, err = wenda("add", saved, water, str(files / "none.pdf"))
    assert (status, out) == (2, f"{saved}: 0 added, 1 replaced, 0 unchanged; 2 articles\n")
    assert err == f"wenda: {files / 'none.pdf'}: no such file; check the name and the folder\n"
    status, out, err = wenda("list", saved)
    assert out.splitlines() == [f"{tower}  The Lighthouse  (2 passages)", f"{water}  水的循環  (2 passages)"]
    _, out, _ = wenda("list", "--json", saved)
    assert [row["source"] for row in json.loads(out)["articles"]] == [tower, water]
    assert wenda("remove", saved, water) == (0, f"{saved}: 1 article removed, 1 left\n", "")
    status, out, err = wenda("remove", saved, water)
    assert (status, out) == (2, "")
    assert f"no article {water}" in err
    assert wenda("check", saved) == (0, f"{saved}: whole\n", "")


def test_check_names_what_is_damaged_and_building_again_mends_it(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, water = files / "lib.wenda", str(files / "water.txt")
    assert main(["index", "build", str(saved), water, str(files / "tower.txt")]) == 0
    [entry] = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["segments"]
    content = (saved / entry["file"]).read_bytes()
    (saved / entry["file"]).write_bytes(content[:-9] + b"forgotten")
    capsys.readouterr()
    assert main(["index", "check", str(saved)]) == 2
    done = capsys.readouterr()
    assert done.err.startswith(f"wenda: {water}, {files / 'tower.txt'}: ")
    assert entry["file"] in done.err
    assert f"wenda index build {saved}" in done.err
    assert main(["index", "build", str(saved), water, str(files / "tower.txt")]) == 0
    assert main(["index", "check", str(saved)]) == 0
    with writing(saved):
        pass


def test_list_says_what_is_damaged_and_lists_what_can_still_be_read(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, water, tower = files / "lib.wenda", str(files / "water.txt"), str(files / "tower.txt")
    (files / "tower.txt").write_text("\n\n".join([TOWER] * 40), encoding="utf-8")
    assert (
        main(["index", "build", str(saved), tower]) == 0
    )  # the larger first, so that the two are not joined
    assert main(["index", "add", str(saved), water]) == 0
    segments = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["segments"]
    path = {source: saved / each["file"] for each in segments for source in each["sources"]}
    whole = {file: file.read_bytes() for file in saved.iterdir()}
    mend = f"wenda: {saved}: 1 file damaged; to mend it, run `wenda index build {saved} FILE…` with the files that `wenda index list` names"

    def listed(*options: str) -> tuple[int, list[str], list[str]]:
        capsys.readouterr()
        status = main(["index", "list", *options, str(saved)])
        done = capsys.readouterr()
        return status, done.out.splitlines(), done.err.splitlines()

    _, [tower_line, water_line], _ = listed()
    for damaged in (b"", whole[path[water]][:-9], bytes(len(whole[path[water]]))):
        path[water].write_bytes(damaged)
        status, out, err = listed()
        assert (status, out) == (2, [tower_line, f"{water}  (damaged)"])
        assert err == [
            f"wenda: {water}: {path[water]} is damaged: its content is not what was saved; "
            "build the index again from the articles",
            mend,
        ]
    path[water].unlink()
    assert listed()[:2] == (2, [tower_line, f"{water}  (damaged)"])
    assert json.loads("\n".join(listed("--json")[1]))["articles"][1] == {"source": water, "damaged": True}
    # A sign of the text is another: it can be read, and is not what was saved.
    path[water].write_bytes(whole[path[water]].replace("海面".encode(), "湖面".encode()))
    status, out, err = listed()
    assert (status, out, err[1]) == (2, [tower_line, water_line], mend)
    path[water].write_bytes(whole[path[water]].replace(b'"blocks"', b"*blocks*"))
    assert listed()[:2] == (2, [tower_line, f"{water}  (damaged)"])
    path[water].write_bytes(whole[path[water]])
    (saved / MANIFEST).write_bytes(whole[saved / MANIFEST][:-20])
    status, out, [line] = listed()
    assert (status, sorted(out)) == (2, sorted([tower_line, water_line]))
    assert line.startswith(f"wenda: {saved / MANIFEST} is damaged: build the index again from the articles")


def _meaning(file: Path, content: bytes | bytearray) -> object:
    """What a file of an index says: white space between the words of its manifest says nothing."""
    try:
        return json.loads(content) if file.name == MANIFEST else bytes(content)
    except ValueError:
        return bytes(content)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_bytes_of_an_index_are_changed_list_and_check_say_so_and_end(data: st.DataObject) -> None:
    with TemporaryDirectory() as scratch:
        saved = Path(scratch) / "a.wenda"
        Index.build([article(WATER, "water.txt"), article(TOWER, "tower.txt")], HashingEncoder()).save(saved)
        file = data.draw(st.sampled_from(sorted(p for p in saved.iterdir() if p.name != ".lock")))
        content = bytearray(file.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(content) - 1) | st.integers(0, min(3_000, len(content) - 1)))
            content[place] = (content[place] + data.draw(st.integers(1, 255))) % 256
        assume(_meaning(file, content) != _meaning(file, file.read_bytes()))
        file.write_bytes(content)
        said = io.StringIO()
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            assert [main(["index", action, str(saved)]) for action in ("list", "check")] == [2, 2]
        assert str(saved) in said.getvalue()


_ADDING = """
import sys
from qa import cli, library
library._ARTICLES = 2
sys.exit(cli.main(["index", "add", *sys.argv[1:]]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe with a name, and kills a process")
def test_adding_many_files_that_is_cut_off_keeps_what_was_saved(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, names = str(files / "lib.wenda"), [str(files / f"{n}.txt") for n in range(4)]
    for number, name in enumerate(names[:3]):
        Path(name).write_text(TOWER.replace("1871", str(1900 + number)), encoding="utf-8")
    assert main(["index", "build", saved, str(files / "water.txt")]) == 0
    os.mkfifo(names[3])
    command = [sys.executable, "-c", _ADDING, saved, *names]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:  # only while someone reads it: two are saved by then, the third is not
                os.close(os.open(names[3], os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                time.sleep(0.02)
            else:
                process.kill()
                break
    assert process.returncode == -signal.SIGKILL
    capsys.readouterr()
    assert main(["index", "check", saved]) == 0
    assert main(["index", "list", "--json", saved]) == 0
    rows = json.loads(capsys.readouterr().out.split("\n", 1)[1])["articles"]
    assert [row["source"] for row in rows] == [str(files / "water.txt"), *names[:2]]
    assert main(["index", "add", saved, *names[:3], names[0]]) == 0
    assert capsys.readouterr().out == f"{saved}: 1 added, 0 replaced, 2 unchanged; 4 articles\n"
