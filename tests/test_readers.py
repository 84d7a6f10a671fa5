"""Readers of documents, on files made by the programs that people use: LibreOffice and Chromium."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from index.article import Article
from index.encoder import load_encoder
from index.errors import ReadError
from index.fold import fold
from index.index import Index
from index.read import article_files, read_article, read_articles
from qa.chatbot import Chatbot
from tests.office import convert, document, needs_chromium, needs_office, printed, set_by_office

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
RAIN = (
    "水從海面蒸發，升到高空後冷卻成雲，再落下成為雨水{{見《水之書》第二章。}}，流回大海。全球每年約有五十萬立方公里的水蒸發，"
    "其中九成又落回海裡，剩下的一成由風帶到陸地上空，落成雨雪，匯入江河湖泊，最後還是流回大海，如此往復不已。"
)
FLOOD = (
    "Water that falls on the mountains runs off in streams{{See the survey of 2019.}} and carries sand and gravel down to the plain, "
    "where the current slackens and the load is dropped. Every flood raises the bed of the river a little, so that in the end "
    "it flows between its own banks above the fields on either side."
)
MIXED = "2019年，研究人員用Python寫了一個模型（Model for Rivers），算出基隆（Keelung）每年降雨3772毫米。"
SIMPLIFIED = "云里的水滴越来越大，最后落下成雨，流回大海。山区的雨水汇成溪流，溪流带着泥沙流到平原，水流变慢，泥沙便沉积下来。"
BLOCKS = [
    ("T", "水的循環"),
    ("A", "作者：王小明"),
    ("H", "蒸發與降雨"),
    ("Standard", RAIN),
    ("Standard", SIMPLIFIED * 3),
    ("H", "Floods"),
    *[("Standard", f"Survey {n} found this. {FLOOD}" if n > 1 else FLOOD) for n in range(1, 5)],
    ("Standard", MIXED * 3),
    *[("Standard", words) for words in (RAIN.replace("五十", "六十"), RAIN.replace("五十", "七十"))],
    ("H", "結論"),
    ("Standard", SIMPLIFIED * 8),
]


def bare(words: str) -> str:
    """Words without notes."""
    return words if "{{" not in words else words[: words.index("{{")] + words[words.index("}}") + 2 :]


EXPECTED = [bare(words) for _, words in BLOCKS]
NOTES = ["見《水之書》第二章。", *["See the survey of 2019."] * 4, *["見《水之書》第二章。"] * 2]


def blocks_of(article: Article) -> list[str]:
    return [article.text[b.start : b.end] for b in article.blocks if b.kind != "footnote"]


def check_article(article: Article, *, notes: bool = True) -> None:
    assert blocks_of(article) == EXPECTED
    assert (article.title, article.author) == ("水的循環", "王小明")
    headings = [article.text[b.start : b.end] for b in article.blocks if b.kind == "heading"]
    assert headings == ["蒸發與降雨", "Floods", "結論"]
    if notes:
        assert [article.text[n.start : n.end] for n in article.footnotes] == NOTES
        first, second = article.footnotes[:2]
        assert first.anchor is not None
        assert article.text[: first.anchor].endswith("再落下成為雨水")
        assert second.anchor is not None
        assert article.text[: second.anchor].endswith("runs off in streams")


@pytest.mark.slow
@needs_office
def test_pdf_of_one_column_with_footnotes(tmp_path: Path) -> None:
    article = read_article(
        set_by_office(tmp_path, document(BLOCKS, head="水之書", indent="0.8cm", space="0cm"), "pdf")
    )
    check_article(article)
    last = article.passages[-len(NOTES) - 1]
    assert last.page is not None
    assert last.page > 1
    assert article.passages[0].page == 1
    assert "水之書" not in "".join(blocks_of(article))


@pytest.mark.slow
@needs_office
def test_word_keeps_headings_footnotes_and_order(tmp_path: Path) -> None:
    check_article(read_article(set_by_office(tmp_path, document(BLOCKS, head="水之書"), "docx")))


@pytest.mark.slow
@needs_office
def test_epub_by_office(tmp_path: Path) -> None:
    article = read_article(set_by_office(tmp_path, document(BLOCKS), "epub"))
    assert [words for words in blocks_of(article) if words not in NOTES] == EXPECTED
    assert (article.title, article.author) == ("水的循環", "王小明")


PAGE = """<!doctype html><html lang=zh-Hant><head><meta charset=utf-8><title>水的循環 - 水利網</title><style>{style}</style></head>
<body><nav><a href=/>首頁</a> <a href=/news>新聞</a></nav><h1>水的循環</h1><p>作者：王小明</p>{body}
<footer>版權所有</footer></body></html>"""


@pytest.mark.slow
@needs_chromium
def test_pdf_printed_by_a_browser_in_two_columns(tmp_path: Path) -> None:
    style = (
        "@page{size:A4;margin:2cm;@top-center{content:'水之書　第三期'}@bottom-center{content:counter(page)}}"
        "nav,footer{display:none} main{columns:2;column-gap:1cm;text-align:justify;hyphens:auto}"
        "p{margin:0;text-indent:2em} body{font:11pt/1.5 'Noto Serif CJK TC'}"
    )
    words = [bare(words) for kind, words in BLOCKS if kind == "Standard"] * 3
    body = "<main>" + "".join(f"<p lang={'en' if w.isascii() else 'zh'}>{w}</p>" for w in words) + "</main>"
    article = read_article(printed(tmp_path, PAGE.format(style=style, body=body)))
    assert blocks_of(article) == ["水的循環", "作者：王小明", *words]
    assert article.title == "水的循環"


@pytest.mark.slow
@needs_chromium
@pytest.mark.parametrize(
    "style",
    [
        "main{columns:2;text-align:justify;hyphens:auto} p{margin:0;text-indent:1.5em}",
        "p{margin:0;text-indent:2em;text-align:justify}",
        "p{margin:0 0 1em}",
    ],
    ids=["columns", "justified", "ragged"],
)
def test_english_printed_by_a_browser(tmp_path: Path, style: str) -> None:
    three = [
        bare(FLOOD),
        "In the nineteenth century, engineers of the Confidence-Building school measured 3.5 metres of sediment at the "
        "internationally recognised station; nobody had expected the accumulation to continue for another century.",
        "A third paragraph is here to say that the identification of the sources was completed in 1871 by Vladimir Brown "
        "(see Figure 2), who walked along the river from its mouth to its source in a single summer.",
    ]
    words = [f"In case {n}: {one}" for n in range(1, 7) for one in three]
    style = "@page{size:A4;margin:2cm} body{font:11pt/1.3 serif} nav,footer{display:none}" + style
    page = (
        PAGE.replace("zh-Hant", "en")
        .replace("水的循環", "The River and its Bed")
        .replace("作者：王小明", "By John Smith")
    )
    body = "<main>" + "".join(f"<p>{w}</p>" for w in words) + "</main>"
    article = read_article(printed(tmp_path, page.format(style=style, body=body)))
    assert blocks_of(article) == ["The River and its Bed", "By John Smith", *words]
    assert (article.title, article.author) == ("The River and its Bed", "John Smith")


@pytest.mark.slow
@needs_chromium
def test_vertical_text_is_read_column_by_column_from_the_right(tmp_path: Path) -> None:
    style = (
        "body{writing-mode:vertical-rl;height:16cm;font:14pt 'Noto Serif CJK TC'} nav,footer{display:none}"
    )
    words = [RAIN.replace("{{見《水之書》第二章。}}", ""), SIMPLIFIED, "在二〇一九年寫成（Pacific Ocean）。"]
    article = read_article(
        printed(tmp_path, PAGE.format(style=style, body="".join(f"<p>{w}</p>" for w in words)))
    )
    assert blocks_of(article) == ["水的循環", "作者：王小明", *words]


def test_html_keeps_the_text_and_leaves_the_navigation(tmp_path: Path) -> None:
    body = (
        "<div class=content><p>水會<b>蒸發</b>，<br>升到高空<sup><a href=#n1>1</a></sup>。</p><h2>降雨</h2><ul><li>雨<li>雪<ul><li>雹</ul></ul>"
        "<table><tr><th>地方<th>雨量<tr><td>基隆<td>3772</table><pre>a  = 1\nb = 2</pre></div>"
        "<div class='sidebar'><h3>熱門文章</h3><a href=/1>颱風來襲</a></div><script>alert('x')</script><p hidden>看不見"
    )
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(style="p{}", body=body), encoding="utf-8")
    article = read_article(file)
    assert [(b.kind, article.text[b.start : b.end]) for b in article.blocks] == [
        ("title", "水的循環"),
        ("author", "作者：王小明"),
        ("paragraph", "水會蒸發，\n升到高空。"),
        ("heading", "降雨"),
        ("list", "- 雨\n- 雪\n  - 雹"),
        ("table", "| 地方 | 雨量 |\n| 基隆 | 3772 |"),
        ("code", "a  = 1\nb = 2"),
    ]
    assert article.author == "王小明"


def test_html_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    file = tmp_path / "old.htm"
    file.write_bytes("<meta charset=big5><title>水</title><p>亞洲的水從海面蒸發。".encode("big5"))
    article = read_article(file)
    assert (article.text, article.title) == ("亞洲的水從海面蒸發。", "水")


# --- files that can't be read --------------------------------------------------------------------------


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


def pdf_of_nothing() -> bytes:
    from pypdfium2 import PdfDocument

    data = io.BytesIO()
    document = PdfDocument.new()
    document.new_page(595, 842)
    document.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("scan.pdf", pdf_of_nothing, "text recognition"),
        ("broken.pdf", lambda: b"%PDF-1.7\nnothing more", "broken"),
        ("text.pdf", "水會蒸發。".encode, "no PDF"),
        ("paper.txt", pdf_of_nothing, "rename it to .pdf"),
        ("photo.docx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "picture"),
        ("old.docx", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        (
            "book.docx",
            (DATA / "tide.pandoc.epub").read_bytes,
            "this is an EPUB.* rename it to .epub",
        ),
        (
            "essay.epub",
            (DATA / "tide.pandoc.docx").read_bytes,
            "a Word document.* rename it to .docx",
        ),
        ("table.docx", lambda: zipped({"xl/workbook.xml": b"x"}), "an Excel workbook.* save it as one of"),
        ("other.docx", lambda: zipped({"a.txt": b"x"}), "no Word document"),
        ("other.epub", lambda: zipped({"a.txt": b"x"}), "no EPUB"),
        ("bomb.docx", lambda: zipped({"word/document.xml": b"\0" * 150_000_000}), "100 MB"),
        ("empty.html", lambda: b"<html><body><script>go()</script></body></html>", "no text"),
        ("deep.html", lambda: b"<div>" * 100_000, "no text|nest|web page"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, name: str, data: object, says: str) -> None:
    assert callable(data)
    file = tmp_path / name
    file.write_bytes(data())
    with pytest.raises(ReadError, match=says) as raised:
        read_article(file)
    assert str(raised.value).startswith(str(file))


@pytest.mark.slow
@needs_office
def test_a_pdf_with_a_password(tmp_path: Path) -> None:
    source = tmp_path / "locked.fodt"
    source.write_text(document([("Standard", "水會蒸發。")]), encoding="utf-8")
    options = 'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"x"}}'
    convert(source, options)
    with pytest.raises(ReadError, match="needs a password"):
        read_article(tmp_path / "locked.pdf")


# --- folders -------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "b.txt").write_text("水會蒸發，升到高空成雲。", encoding="utf-8")
    (tmp_path / "inner" / "a.md").write_text("# 河\n\n河水流向大海。", encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes.xyz").write_text("?", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("?", encoding="utf-8")
    return tmp_path


def test_a_folder_stands_for_the_files_in_it(library: Path) -> None:
    names = [str(Path(path).relative_to(library)) for path in article_files(library)]
    assert names == ["b.txt", "broken.pdf", "inner/a.md"]


def test_the_first_bad_file_stops_unless_the_caller_wants_the_others(library: Path) -> None:
    with pytest.raises(ReadError, match=r"broken\.pdf"):
        list(read_articles([library]))
    errors: list[ReadError] = []
    articles = list(read_articles([library, library / "missing.txt"], on_error=errors.append))
    assert [Path(article.source).name for article in articles] == ["b.txt", "a.md"]
    assert [Path(str(error).split(":")[0]).name for error in errors] == ["broken.pdf", "missing.txt"]
    bot = Chatbot.from_files([library], on_error=errors.append)
    assert len(bot.articles) == 2


def test_a_folder_with_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no file in this folder"):
        article_files(tmp_path)


SHARED = Path(os.environ.get("WENDA_SHARED", ROOT.parent / "shared"))
PAPER = SHARED / "article" / "cica-2014.txt"


def as_blocks(article: Article) -> list[tuple[str, str]]:
    """An article as the blocks of ``document``, its notes at their marks."""
    found = []
    for block in article.blocks:
        words = article.text[block.start : block.end]
        notes = [
            n for n in article.footnotes if n.anchor is not None and block.start <= n.anchor <= block.end
        ]
        for note in sorted(notes, key=lambda n: -(n.anchor or 0)):
            at = (note.anchor or 0) - block.start
            words = f"{words[:at]}{{{{{article.text[note.start : note.end]}}}}}{words[at:]}"
        if block.kind != "footnote":
            found.append(({"title": "T", "author": "A", "heading": "H"}.get(block.kind, "Standard"), words))
    return found


@pytest.mark.slow
@needs_office
@pytest.mark.skipif(not PAPER.is_file(), reason=f"no {PAPER}: set WENDA_SHARED to the folder that has it")
def test_the_paper_as_pdf_is_searched_as_well_as_its_text(tmp_path: Path) -> None:
    rows = [
        json.loads(line) for line in (SHARED / "gold" / "article_dev.jsonl").read_text("utf-8").splitlines()
    ]
    encoder = load_encoder()

    def recall(article: Article) -> float:
        index = Index.build([article], encoder)
        asked = [row for row in rows if row.get("evidence")]
        found = [
            any(
                bare_of(row["evidence"]) in bare_of(hit.passage.text)
                for hit in index.search(row["question"], 5)
            )
            for row in asked
        ]
        return sum(found) / len(found)

    text = read_article(PAPER)
    blocks = as_blocks(text)
    one = document(blocks, indent="0.8cm", space="0cm")
    two = document(blocks, columns=True, head="遠景論壇　第十八期", hyphenate=True)
    expected = recall(text)
    for layout in (one, two):
        article = read_article(set_by_office(tmp_path, layout, "pdf"))
        assert (article.title, article.author) == (text.title, text.author)
        assert len(article.footnotes) == len(text.footnotes)
        assert recall(article) >= expected - 0.02


def bare_of(text: str) -> str:
    return "".join(fold(text).split())
