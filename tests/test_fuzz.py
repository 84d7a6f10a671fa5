"""Readers on damaged files: each copy is read or refused in one clear line, within bounds of time and memory.

A failure names the file and the seed; ``tests.fuzz.mutant`` makes that copy again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from tests.fuzz import check, mutant, read

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
MADE = sorted(
    file for file in DATA.iterdir() if file.suffix not in {".typ", ".css"} and file.name != "README.md"
)
ENCODINGS = {"tide.md": "big5hkscs", "tea.md": "gb18030", "bees.md": "utf-16", "paper.md": "utf-8"}


def files_of(suffix: str, folder: Path) -> list[Path]:
    """The files of ``tests/data`` of this kind; plain text is the Markdown in the encodings that people use."""
    if suffix != ".txt":
        return [file for file in MADE if file.suffix == suffix]
    for name, encoding in ENCODINGS.items():
        file = folder / Path(name).with_suffix(suffix)
        file.write_bytes((DATA / name).read_text("utf-8").encode(encoding))
    return sorted(folder.glob("*.txt"))


def fuzz(rounds: int, files: Sequence[Path]) -> dict[str, int]:
    """How many of ``rounds`` damaged copies of each file could be read; all others were refused in one line."""
    command = [sys.executable, "-m", "tests.fuzz", str(rounds), *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    *_, last = done.stdout.splitlines()
    assert done.returncode == 0, f"file and seed: {last}; exit {done.returncode}\n{done.stderr[-2000:]}"
    read: dict[str, int] = json.loads(last)
    return read


def test_a_few_damaged_copies_of_every_file_are_read_or_refused(tmp_path: Path) -> None:
    files = [*MADE, *files_of(".txt", tmp_path)]
    read = fuzz(12, files)
    assert read.keys() == {file.name for file in files}
    assert min(read.values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".docx", ".epub", ".pdf"])
def test_thousands_of_damaged_copies_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    files = files_of(suffix, tmp_path)
    rounds = 2400 // len(files)
    read = fuzz(rounds, files)
    assert all(rounds / 5 < count < rounds for count in read.values()), read  # some read, some refused


@pytest.mark.parametrize(
    ("name", "seed"),
    [("paper.chromium.pdf", 209), ("tea.chromium.pdf", 103)],
    ids=["a note without words", "words a billion points off the page"],
)
def test_damage_that_was_once_too_much(name: str, seed: int) -> None:
    article = read(mutant(DATA / name, seed), name)
    assert article is not None
    check(article)


def test_the_same_seed_damages_a_file_in_the_same_way() -> None:
    for file in MADE:
        assert mutant(file, 3) == mutant(file, 3)
        assert len({mutant(file, seed) for seed in range(8)}) > 6, file.name


def test_what_a_file_holds_packed_is_damaged_too() -> None:
    """Most damaged zips can be unpacked, one of their files being another than before."""
    file = DATA / "tide.pandoc.docx"
    whole = {name: zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()}
    changed = 0
    for seed in range(40):
        try:
            with zipfile.ZipFile(BytesIO(mutant(file, seed))) as zipped:
                changed += sum(zipped.read(name) != content for name, content in whole.items()) == 1
        except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, EOFError, ValueError):
            continue
    assert changed > 20
