"""The articles of an index saved in format 1 or 2, which had a JSON file and a file of vectors for each.

The vectors are kept, so that nothing is encoded again unless the encoder has tokens in context too; what else is
matched is computed from the texts.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.article import Article
from index.codec import article_from_dict
from index.errors import IndexFormatError

_AGAIN = "build the index again from the articles"


@dataclass(frozen=True, slots=True)
class FormerArticle:
    """An article and the vectors of its passages, float32 ``(passages, dimension)``."""

    article: Article
    vectors: npt.NDArray[np.float32]


def former_article(folder: Path, entry: Mapping[str, Any], dimension: int) -> FormerArticle:
    """An article as the manifest of a former format names it. Raises ``IndexFormatError``."""
    source = entry["source"]
    try:
        article = article_from_dict(json.loads(_get(folder, entry["article"])))
        vectors = np.load(io.BytesIO(_get(folder, entry["vectors"])), allow_pickle=False)
    except (KeyError, TypeError, ValueError, IndexError, EOFError) as error:
        raise IndexFormatError(f"{folder}: what is stored of {source} is damaged; {_AGAIN}") from error
    if vectors.shape != (len(article.passages), dimension) or vectors.dtype != np.float32:
        raise IndexFormatError(f"{folder}: the vectors of {source} do not fit its passages; {_AGAIN}")
    return FormerArticle(article, vectors)


def _get(folder: Path, entry: Mapping[str, str]) -> bytes:
    """The content of a file, checked against its hash."""
    path = folder / Path(entry["file"]).name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IndexFormatError(f"{path} can't be read: {_AGAIN}") from error
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise IndexFormatError(f"{path} is damaged: its content is not what was saved; {_AGAIN}")
    return content
