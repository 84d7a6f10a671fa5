"""PDF with text → text made whole, by what the page shows and by the rules of ``index.repair``.

``characters`` what PDFium finds · ``lines`` lines in reading order, column by column · ``rows`` a line and how it was
set · ``furniture`` running heads and page numbers · ``notes`` footnotes and endnotes · ``document`` paragraphs and
headings, by place and size.
"""

from __future__ import annotations

from index.pdf.document import read_pdf

__all__ = ["read_pdf"]
