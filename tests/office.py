"""Documents written as flat OpenDocument text, for LibreOffice to set: real headings, columns, heads and footnotes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="no soffice: apt install libreoffice-writer-nogui"
)
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium: apt install it")

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles>
<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties style:punctuation-wrap="simple" fo:text-align="justify" fo:margin-bottom="{space}"
 fo:text-indent="{indent}"/><style:text-properties fo:font-size="11pt" style:font-size-asian="11pt" fo:language="en" fo:country="US"
 style:font-name-asian="Noto Serif CJK TC" fo:hyphenate="{hyphenate}"/></style:style>
<style:style style:name="Title" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
<style:text-properties fo:font-size="18pt" style:font-size-asian="18pt"/></style:style>
<style:style style:name="A" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:default-outline-level="1" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.3cm" fo:keep-with-next="always"/>
<style:text-properties fo:font-size="14pt" style:font-size-asian="14pt"/></style:style>
<style:style style:name="F" style:family="paragraph"><style:text-properties fo:font-size="9pt" style:font-size-asian="9pt"/></style:style>
<text:notes-configuration text:note-class="footnote" text:citation-style-name="S" text:citation-body-style-name="S"/>
<style:style style:name="S" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
</office:styles>
<office:automatic-styles><style:page-layout style:name="P"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"
 fo:margin="2.2cm">{columns}</style:page-layout-properties>
<style:header-style><style:header-footer-properties fo:min-height="1cm" fo:margin-bottom="0.5cm"/></style:header-style>
<style:footer-style><style:header-footer-properties fo:min-height="1cm"/></style:footer-style></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P">
<style:header><text:p text:style-name="A">{head}</text:p></style:header>
<style:footer><text:p text:style-name="A"><text:page-number/></text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>{body}</office:text></office:body></office:document>"""
_COLUMNS = '<style:columns fo:column-count="2" fo:column-gap="0.8cm"/>'
_STYLES = {"T": "Title", "H": "Heading_20_1"}
_FOOTNOTE = (
    r'<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
    r'<text:p text:style-name="F">\1</text:p></text:note-body></text:note>'
)
_NOTE = re.compile(r"\{\{(.*?)\}\}")


def document(
    blocks: list[tuple[str, str]],
    *,
    columns: bool = False,
    head: str = "",
    indent: str = "0cm",
    space: str = "0.25cm",
    hyphenate: bool = False,
) -> str:
    """Blocks are (style, words): T title, A centred line, H heading, Standard paragraph; ``{{words}}`` is a footnote."""
    body = []
    for style, words in blocks:
        inner = _NOTE.sub(_FOOTNOTE, escape(words))
        tag = 'text:h text:outline-level="1"' if style == "H" else "text:p"
        body.append(f'<{tag} text:style-name="{style}">{inner}</{tag.split(maxsplit=1)[0]}>')
    return _DOCUMENT.format(
        columns=_COLUMNS if columns else "",
        head=escape(head),
        indent=indent,
        space=space,
        hyphenate=str(hyphenate).lower(),
        body="\n".join(body),
    )


def convert(source: Path, kind: str) -> Path:
    """The file that LibreOffice makes of ``source``, beside it: "pdf", "docx", …"""
    command = ["soffice", f"-env:UserInstallation=file://{source.parent}/profile", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return source.with_suffix(f".{kind}")


def set_by_office(folder: Path, text: str, kind: str) -> Path:
    """A flat document set by LibreOffice."""
    source = folder / "document.fodt"
    source.write_text(text, encoding="utf-8")
    return convert(source, kind)


def printed(folder: Path, html: str) -> Path:
    """A page as chromium prints it to PDF."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [
        f"--user-data-dir={folder}/profile",
        f"--print-to-pdf={folder / 'page.pdf'}",
        str(folder / "page.html"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / "page.pdf"
