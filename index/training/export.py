"""Writes the trained vectors as an ordinary sentence-transformers folder, one byte a number.

``StaticEmbedding`` reads three arrays: ``embeddings`` (rows, d) int8, ``mapping`` (tokens,), the row of each
token, and ``weights`` (tokens,), by which the row is multiplied. The scale that makes a row fit int8 goes into
``weights``; what is lost is below one part in two hundred of the row's largest number.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.training.vocabulary import Vocabulary

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def export(folder: Path, vocabulary: Vocabulary, table: npt.NDArray[np.float32]) -> None:
    """Writes ``folder`` (made if need be): plain ``SentenceTransformer(folder)`` loads it.

    ``table`` is (rows, d); row 0, for the unknown, is written as zeros.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    scale = np.abs(table).max(axis=1) / 127
    scale[0] = 0.0
    rows = np.rint(table / np.maximum(scale, 1e-12)[:, None]).clip(-127, 127).astype(np.int8)
    arrays = {
        "embeddings": rows,
        "mapping": vocabulary.row.astype(np.int32),
        "weights": scale[vocabulary.row].astype(np.float32),
    }
    save_file(arrays, folder / "model.safetensors")
    vocabulary.tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "modules.json").write_text(json.dumps(MODULES, indent=2) + "\n", encoding="utf-8")
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")
    settings: dict[str, object] = {"similarity_fn_name": "cosine", "prompts": {}, "default_prompt_name": None}
    text = json.dumps(settings, indent=2) + "\n"
    digest = hashlib.sha256(
        (folder / "model.safetensors").read_bytes() + (folder / "tokenizer.json").read_bytes()
    )
    about = {"name": f"wenda-static-{digest.hexdigest()[:8]}", "fold": True}
    (folder / "wenda.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text(text, encoding="utf-8")
