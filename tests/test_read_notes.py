"""Footnotes of web pages and books: taken out of the text and tied to their marks, however the page writes them."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.article import Article
from index.epub import read_epub
from index.html import read_html
from index.repair import Repaired

TEXT = "<p>海水是鹹的{one}，河水是淡的{two}。</p><p>河水流進大海，鹽分留了下來，日積月累。</p>"


def noted(found: Repaired | Article) -> list[tuple[str, str, str]]:
    """Each footnote: its mark, its words, and the text just before its mark."""
    return [
        (n.mark, found.text[n.start : n.end], "" if n.anchor is None else found.text[: n.anchor][-4:])
        for n in found.footnotes
    ]


def body_of(found: Repaired) -> list[str]:
    return [found.text[b.start : b.end] for b in found.blocks if b.kind != "footnote"]


NOTES = [("1", "平均鹽度千分之三十五。", "水是鹹的"), ("2", "死海是例外。", "水是淡的")]

WAYS = {
    "plain": (
        "<sup><a href='#fn{n}'>{n}</a></sup>",
        "<p id='fn{n}'><sup>{n}</sup> {words}</p>",
    ),
    "numbered": ("<a href='#fn{n}'><sup>[{n}]</sup></a>", "<p><a name='fn{n}'></a>{n}. {words}</p>"),
    "aria": (
        "<a role='doc-noteref' id='r{n}' href='#fn{n}'>{n}</a>",
        "<aside role='doc-footnote' id='fn{n}'><p>{words} <a role='doc-backlink' href='#r{n}'>↩︎</a></p></aside>",
    ),
    "epub": (
        "<a epub:type='noteref' href='#fn{n}'>{n}</a>",
        "<aside epub:type='footnote' id='fn{n}'><p><a href='#r{n}'>{n}</a>{words}</p></aside>",
    ),
    "wiki": (
        "<sup id='cite_ref-{n}' class='reference'><a href='#cite_note-{n}'>[{n}]</a></sup>",
        "<li id='cite_note-{n}'><span class='mw-cite-backlink'><b><a href='#cite_ref-{n}'>^</a></b></span> "
        "<span class='reference-text'>{words}</span></li>",
    ),
    "office": (
        "<a class='sdfootnoteanc' name='a{n}' href='#s{n}'><sup>{n}</sup></a>",
        "<div id='f{n}'><p class='sdfootnote'><a class='sdfootnotesym' name='s{n}' href='#a{n}'>{n}</a>{words}</p></div>",
    ),
    "word": (
        "<a style='mso-footnote-id:ftn{n}' href='#_ftn{n}' name='_ftnref{n}'><span class=MsoFootnoteReference>[{n}]</span></a>",
        "<div id=ftn{n}><p class=MsoFootnoteText><a href='#_ftnref{n}' name='_ftn{n}'><span class=MsoFootnoteReference>"
        "[{n}]</span></a> {words}</p></div>",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_footnotes_of_a_page_are_tied_to_their_marks(way: str) -> None:
    mark, body = WAYS[way]
    notes = "".join(body.format(n=number, words=words) for number, words, _ in NOTES)
    page = TEXT.format(one=mark.format(n=1), two=mark.format(n=2)) + (
        f"<ol>{notes}</ol>" if "<li" in notes else f"<hr>{notes}"
    )
    found = read_html(f"<html><body>{page}</body></html>".encode(), "page.html")
    assert noted(found) == NOTES
    assert body_of(found) == [
        "海水是鹹的，河水是淡的。",
        "河水流進大海，鹽分留了下來，日積月累。",
    ]


def test_notes_that_stand_beside_the_main_text_are_kept() -> None:
    mark = "<sup><a href='#n1'>1</a></sup>"
    main = f"<main>{TEXT.format(one=mark, two='')}</main>"
    page = f"{main}<footer><p id=n1>1. 平均鹽度千分之三十五。</p><p>版權所有</p></footer>"
    found = read_html(page.encode(), "page.html")
    assert noted(found) == NOTES[:1]
    assert "版權" not in found.text


def test_marks_in_lists_tables_and_headings() -> None:
    page = (
        "<h1>海<sup><a href=#n1>1</a></sup></h1><ul><li>鹽 <sup><a href=#n2>2</a></sup><li>水</ul>"
        "<table><tr><th>地<th>鹽度<tr><td>死海<sup><a href=#n3>3</a></sup><td>34</table>"
        "<p id=n1>甲。<p id=n2>乙。<p id=n3>丙。"
    )
    found = read_html(page.encode(), "page.html")
    assert body_of(found) == ["海", "- 鹽\n- 水", "| 地 | 鹽度 |\n| 死海 | 34 |"]
    assert noted(found) == [("1", "甲。", "海"), ("2", "乙。", "\n- 鹽"), ("3", "丙。", "| 死海")]


def test_a_note_with_two_marks_is_tied_to_the_first() -> None:
    mark = "<sup><a href='#n1'>1</a></sup>"
    found = read_html((TEXT.format(one=mark, two=mark) + "<p id=n1>甲。").encode(), "page.html")
    assert noted(found) == [("1", "甲。", "水是鹹的")]


@pytest.mark.parametrize(
    "page",
    [
        "<p>見<a href='#s2'>2</a>節。<p>再往下是第二節的開頭，說的是鹽。<h2 id=s2>第二節</h2><p>鹽。",
        "<p>見<a href='#s2'>下文</a>。<p id=s2>鹽從河裡來，一直留在海裡。",
        "<p>2<sup>10</sup>是1024，<a href='#s2'>第二節</a>有證明，這裡先不細說。<div id=s2><p>鹽。</div>",
    ],
)
def test_links_inside_a_page_are_no_marks(page: str) -> None:
    assert read_html(page.encode(), "page.html").footnotes == ()


def book(chapters: dict[str, str]) -> bytes:
    items = "".join(f"<item id='{n}' href='{n}.xhtml' media-type='application/xhtml+xml'/>" for n in chapters)
    spine = "".join(f"<itemref idref='{n}'/>" for n in chapters)
    files = {
        "META-INF/container.xml": "<container><rootfiles><rootfile full-path='b/c.opf'/></rootfiles></container>",
        "b/c.opf": f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{f"b/{n}.xhtml": f"<html><body>{words}</body></html>" for n, words in chapters.items()},
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


def test_notes_of_a_book_in_a_chapter_of_their_own() -> None:
    mark = "<a epub:type='noteref' href='notes.xhtml#n{n}'>{n}</a>"
    found = read_epub(
        book(
            {
                "one": "<h1>海</h1>" + TEXT.format(one=mark.format(n=1), two=""),
                "two": "<h1>河</h1>" + TEXT.format(one="", two=mark.format(n=2)),
                "notes": "<h1>註釋</h1><ol><li id='n1'>平均鹽度千分之三十五。</li><li id='n2'>死海是例外。</li></ol>",
            }
        ),
        "book.epub",
    )
    assert noted(found) == NOTES
    first, second = found.footnotes
    assert first.anchor is not None
    assert second.anchor is not None
    assert first.anchor < found.text.index("河\n") < second.anchor


def test_chapters_that_count_their_notes_from_one_are_counted_through() -> None:
    mark, note = "<sup><a href='#n1'>1</a></sup>", "<aside epub:type='footnote' id='n1'>{}</aside>"
    chapter = TEXT.format(one=mark, two="")
    found = read_epub(
        book({"one": chapter + note.format("甲。"), "two": chapter + note.format("乙。")}), "book.epub"
    )
    assert noted(found) == [("1", "甲。", "水是鹹的"), ("2", "乙。", "水是鹹的")]
    assert found.footnotes[0].anchor != found.footnotes[1].anchor
