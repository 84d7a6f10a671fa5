"""Reading files: encodings, Markdown, and everything that can be wrong with a file."""

import codecs
from pathlib import Path

import pytest

from index.errors import ReadError
from index.read import MAX_BYTES, READERS, article_from_text, read_article, read_articles

HANT = "亞洲的河流\n\n河水從山上流下來，帶著細沙和落葉。漁夫說：「這條河每年都會改道一次。」\n"
HANS = "亚洲的河流\n\n河水从山上流下来，带着细沙和落叶。渔夫说：“这条河每年都会改道一次。”\n"
ENGLISH = "Rivers of Asia\n\nThe river comes down from the hills – it’s brown with “fine sand”.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (HANT, name)
            for name in (
                "utf-8",
                "utf-8-sig",
                "utf-16",
                "utf-16-le",
                "utf-16-be",
                "big5",
                "cp950",
                "gb18030",
                "utf-32",
            )
        ),
        *(
            (HANS, name)
            for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk")
        ),
        *((ENGLISH, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "河.txt"
    file.write_bytes(text.encode(encoding))
    assert read_article(file).text == text


@pytest.mark.parametrize("text", ["你好嗎？", "天氣很好。", "鹽田與港口", "水的循環與氣候的關係"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "big5"])
def test_short_texts(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "short.txt"
    file.write_bytes(text.encode(encoding))
    assert read_article(file).text == text


def test_byte_order_marks_are_no_text(tmp_path: Path) -> None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
    ):
        file = tmp_path / "marked.txt"
        file.write_bytes(mark + HANT.encode(encoding))
        assert read_article(file).title == "亞洲的河流"


def test_line_ends_of_other_systems(tmp_path: Path) -> None:
    for end in ("\r\n", "\r"):
        file = tmp_path / "ends.txt"
        file.write_bytes(HANT.replace("\n", end).encode())
        assert read_article(file).text == HANT


def test_half_a_character_at_the_end_is_let_pass(tmp_path: Path) -> None:
    file = tmp_path / "cut.txt"
    file.write_bytes((HANT * 50).encode()[:-3])
    assert read_article(file).text.startswith(HANT)


def test_source_is_the_path_as_given_and_passages_are_cut(tmp_path: Path) -> None:
    file = tmp_path / "河.txt"
    file.write_text(HANT, encoding="utf-8")
    article = read_article(str(file))
    assert article.source == str(file)
    assert article.passages
    assert all(article.text[p.start : p.end] == p.text and p.source == str(file) for p in article.passages)


def test_sources_are_paths_so_that_files_of_one_name_stay_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    for folder in (tmp_path, tmp_path / "a"):
        (folder / "notes.txt").write_text(HANT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    given = ["notes.txt", "./notes.txt", "a/../notes.txt", "a", "./a/", "a//notes.txt"]
    short = ["notes.txt"] * 3 + [str(Path("a/notes.txt"))] * 3
    assert [article.source for article in read_articles(given)] == short
    assert [article.source for article in read_articles(["."])] == [short[0], short[-1]]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("space.txt", " \n\t\u3000\n".encode(), "empty"),
        ("mark.txt", codecs.BOM_UTF8, "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4, "a picture"),
        ("zeros.md", bytes(1000), "not a text file"),
        ("noise.txt", bytes((i * 7919 + i * i) % 256 for i in range(5000)), "not a text file"),
        ("paper.xyz", b"text", "no reader for '.xyz'"),
        (
            "page.txt",
            b"<!DOCTYPE html>\n<p>Water.",
            "a web page, whatever its name says; rename it to .htm or",
        ),
        ("page.docx", b"\xef\xbb\xbf<?xml version='1.0'?>\n<html><p>Water.", "this is a web page"),
        ("empty.pdf", b"", "the file is empty"),
        ("packed.txt", b"\x1f\x8b\x08" + bytes(20), "a compressed file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(ReadError, match=says) as raised:
        read_article(file)
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere\.txt: no such file"):
        read_article(tmp_path / "nowhere.txt")
    with pytest.raises(ReadError, match="this is a folder"):
        read_article(tmp_path)
    with pytest.raises(ReadError, match="no such file"):
        read_article("bad\0name.txt")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as handle:
        handle.truncate(50_000_000)  # a hole: no disk is used
    assert file.stat().st_size > MAX_BYTES
    with pytest.raises(ReadError, match="50 MB is more than the 20 MB"):
        read_article(file)


def test_empty_text_is_refused() -> None:
    with pytest.raises(ReadError, match="nothing: the file is empty"):
        article_from_text(" \n", source="nothing")


def test_a_given_title_stands() -> None:
    assert article_from_text(HANT, source="x", title="別的").title == "別的"


def test_readers_are_found_by_suffix_in_any_case(tmp_path: Path) -> None:
    assert {".txt", ".md", ".markdown"} <= set(READERS)
    file = tmp_path / "NOTES.MD"
    file.write_text("# 水\n\n水會流。\n", encoding="utf-8")
    assert read_article(file).title == "水"


MARKDOWN = """---
title: ignored when empty
---

# The Canal

By Anna Quillon

A first paragraph,
softly wrapped.[^a]

## Locks ##

- one
- two
  - inner

1. first
2. second

| Year | Ships |
|------|-------|
| 1901 | 12 |

```python
# not a heading
print("x")
```

> A quotation of the master.

A lamp, a book,\\
a door.

Setext
------

[^a]: It was dug by hand.
"""


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("*Mary Smith*", "Mary Smith"),
        ("**林小明**", "林小明"),
        ("Mary Smith and Li Xiaoming 李曉明", "Mary Smith and Li Xiaoming 李曉明"),
        ("*An island lost at sea*", ""),
        ("它建於1887年。", ""),
    ],
)
def test_a_name_alone_under_a_markdown_title_is_the_author(line: str, author: str) -> None:
    article = article_from_text(f"# The Lighthouse\n\n{line}\n\nIt was lit.\n", source="a.md", markdown=True)
    assert article.author == author
    assert [block.kind for block in article.blocks][1] == ("author" if author else "paragraph")


def test_markdown_blocks_and_offsets() -> None:
    article = article_from_text(MARKDOWN, source="canal.md", markdown=True)
    assert article.text == MARKDOWN
    assert article.title == "ignored when empty"
    assert article.author == "Anna Quillon"
    found = [(block.kind, block.level, article.text[block.start : block.end]) for block in article.blocks]
    assert found == [
        ("title", 0, "The Canal"),
        ("author", 0, "By Anna Quillon"),
        ("paragraph", 0, "A first paragraph,\nsoftly wrapped.[^a]"),
        ("heading", 2, "Locks"),
        ("list", 0, "- one\n- two\n  - inner"),
        ("list", 0, "1. first\n2. second"),
        ("table", 0, "| Year | Ships |\n|------|-------|\n| 1901 | 12 |"),
        ("code", 0, '```python\n# not a heading\nprint("x")\n```'),
        ("paragraph", 0, "A quotation of the master."),
        ("verse", 0, "A lamp, a book,\\\na door."),
        ("heading", 2, "Setext"),
        ("footnote", 0, "It was dug by hand."),
    ]
    (note,) = article.footnotes
    assert (note.mark, note.anchor) == ("a", MARKDOWN.index("[^a]"))
    assert article.place(MARKDOWN.index("Setext")).line == 35


def test_markdown_lines_are_those_of_the_file() -> None:
    article = article_from_text(MARKDOWN, source="canal.md", markdown=True)
    for number, line in enumerate(MARKDOWN.split("\n"), 1):
        if line.strip():
            offset = sum(len(other) + 1 for other in MARKDOWN.split("\n")[: number - 1])
            assert article.place(offset).line == number
