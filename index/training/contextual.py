"""A contextual bilingual model to start from: all-MiniLM-L6-v2 under a vocabulary of both languages.

The six layers stay; under them each English word begins at the mean of the input vectors of its word pieces. A Chinese
word begins half way between the mean of its glosses and that of the English words that stand nearest to it in the
static model. The layers know what to do with such a text before any training.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from index.static import read_static
from index.training.data import Pair, is_english
from index.training.start import english_model
from index.training.vocabulary import Vocabulary

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
MARKS = list("。，、；：？！“”‘’（）《》「」『』—…·.,;:?!\"'()[]{}<>-_/\\%$€£&@#*+=|~`°")
Matrix = npt.NDArray[np.float32]


def contextual_tokenizer(vocabulary: Vocabulary) -> tuple[Tokenizer, list[str]]:
    """The tokenizer, and the words of its ids: special tokens, marks, then ``vocabulary.words`` but the unknown.

    Unlike the static model's it keeps punctuation marks, which the layers read.
    """
    words = [*SPECIAL, *dict.fromkeys(MARKS), *vocabulary.words[1:]]
    marks = len(words) - len(vocabulary.words) + 1
    scores = (
        [-30.0] * len(SPECIAL)
        + [-6.0] * (marks - len(SPECIAL))
        + vocabulary.scores[1 : len(vocabulary.words)]
    )
    tokenizer = Tokenizer(
        models.Unigram(list(zip(words, scores, strict=True)), unk_id=1, byte_fallback=False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex(r"\p{Han}+|\p{N}+|\p{L}+|."), "isolated"),
        ]
    )
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer, words


class Pieces:
    """The word pieces of the English original, and the vector that each puts in, float32 (pieces, 384)."""

    def __init__(self) -> None:
        """Reads them from its package."""
        from safetensors.numpy import load_file

        self.tokenizer = Tokenizer.from_file(str(english_model() / "tokenizer.json"))
        self.tokenizer.no_padding()
        weights = load_file(english_model() / "model.safetensors")
        [name] = [key for key in weights if key.endswith("word_embeddings.weight")]
        self.vectors: Matrix = weights[name].astype(np.float32)

    def mean(self, texts: list[str]) -> Matrix:
        """The mean vector of each text's pieces, float32 (n, 384)."""
        encodings = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        rows = [[i for i in e.ids if i != _UNKNOWN_PIECE] or [_UNKNOWN_PIECE] for e in encodings]
        return np.array([self.vectors[ids].mean(0) for ids in rows], dtype=np.float32)


def input_vectors(words: list[str], lexicon: list[Pair], static: Path) -> Matrix:
    """Where each word's input vector begins, float32 (words, 384)."""
    pieces = Pieces()
    vectors = pieces.mean(words)
    for i, special in enumerate(SPECIAL):
        vectors[i] = pieces.vectors[pieces.tokenizer.token_to_id(special)]
    number = {word: i for i, word in enumerate(words)}
    glosses: dict[int, list[str]] = defaultdict(list)
    for zh, gloss in lexicon:
        if zh in number and len(glosses[number[zh]]) < 4:
            glosses[number[zh]].append(gloss)
    for i, texts in glosses.items():
        vectors[i] = pieces.mean(texts).mean(0)
    known = pieces.tokenizer.get_vocab()
    whole = [i for i, word in enumerate(words) if word in known and word.isalpha() and len(word) > 1]
    nearest, found = nearest_english(words, whole, vectors, static)
    glossed = np.array([[i in glosses] for i in found])
    vectors[found] = np.where(glossed, (vectors[found] + nearest) / 2, nearest)
    return vectors


def nearest_english(
    words: list[str], english: list[int], vectors: Matrix, folder: Path
) -> tuple[Matrix, list[int]]:
    """Chinese words that the static model has whole, each as the mean of its five nearest English words.

    ``english`` are the numbers of the English words to choose from, ``vectors`` the input vectors of all. Returns
    the weighted means, float32 (n, 384), and the numbers of the n Chinese words.
    """
    static = read_static(folder, "static")
    rows = [ids[0] if len(ids) == 1 else -1 for ids in static.token_ids(words)]
    table = static.token_vectors / np.maximum(
        np.linalg.norm(static.token_vectors, axis=1, keepdims=True), 1e-9
    )
    english = [i for i in english if rows[i] >= 0]
    chinese = [i for i, word in enumerate(words) if rows[i] >= 0 and not is_english(word)]
    choices = table[[rows[i] for i in english]]
    means = np.zeros((len(chinese), vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(chinese), 2000):
        part = slice(start, start + 2000)
        cosine = table[[rows[i] for i in chinese[part]]] @ choices.T
        best = np.argpartition(-cosine, 5, axis=1)[:, :5]
        weight = np.exp((np.take_along_axis(cosine, best, axis=1) - 1) / 0.05)
        weight /= weight.sum(axis=1, keepdims=True)
        means[part] = np.einsum("nk,nkd->nd", weight, vectors[english][best])
    return means, chinese


_UNKNOWN_PIECE = 100  # [UNK] in the vocabulary of BERT


def starting_model(
    vocabulary: Vocabulary, lexicon: list[Pair], folder: Path, static: Path
) -> SentenceTransformer:
    """The model before any training, written to ``folder`` and loaded from there; ``static`` is the trained static model."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import AutoModel, PreTrainedTokenizerFast

    tokenizer, words = contextual_tokenizer(vocabulary)
    roles = dict(zip(("pad", "unk", "cls", "sep", "mask"), SPECIAL, strict=True))
    make: Any = PreTrainedTokenizerFast
    fast = make(
        tokenizer_object=tokenizer,
        model_max_length=256,
        **{f"{role}_token": token for role, token in roles.items()},
    )
    bert = AutoModel.from_pretrained(str(english_model()), local_files_only=True)
    vectors = torch.from_numpy(input_vectors(words, lexicon, static))
    bert.set_input_embeddings(torch.nn.Embedding(len(words), 384, padding_idx=0, _weight=vectors))
    bert.config.vocab_size = len(words)
    bert.save_pretrained(folder)
    fast.save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=256)
    return SentenceTransformer(modules=[transformer, Pooling(384, pooling_mode="mean"), Normalize()])
