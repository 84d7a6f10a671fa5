"""What a run needs before its first step: words, first vectors, and the pairs as rows of token ids."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.training.config import Config
from index.training.data import Corpus, Question, read_corpus
from index.training.ragged import Ids, Ragged, ragged
from index.training.start import encode_words, principal, start_vectors
from index.training.vocabulary import Vocabulary, learn


@dataclass(frozen=True)
class Source:
    """One kind of pairs as token rows: pair i joins texts ``left[i]`` and ``right[i]`` of ``texts``."""

    texts: Ragged
    left: Ids
    right: Ids
    group: Ids  # pairs of one group are not each other's wrong answers; −1: none
    chance: npt.NDArray[np.float64]  # adds up to 1


@dataclass(frozen=True)
class Prepared:
    """All that depends only on the data and the configuration, saved beside the checkpoints."""

    vocabulary: Vocabulary
    start: npt.NDArray[np.float32]
    sources: dict[str, Source]
    held_out: list[Question]


def prepare(data: Path, work: Path, config: Config) -> Prepared:
    """Reads the data, chooses the vocabulary and the first vectors; a second call reads what the first saved."""
    saved = work / "prepared.pickle"
    if saved.exists():
        prepared: Prepared = pickle.loads(saved.read_bytes())
        return prepared
    corpus = read_corpus(data, config)
    vocabulary = learn(
        corpus.zh_texts,
        corpus.en_texts,
        corpus.lexicon,
        rows=config.rows,
        latin=config.latin_words,
        names=corpus.names,
    )
    start = first_vectors(vocabulary, corpus, config)
    sources = {name: encode_source(vocabulary, corpus, name, config) for name in corpus.pairs}
    prepared = Prepared(vocabulary, start, sources, corpus.held_out)
    work.mkdir(parents=True, exist_ok=True)
    saved.write_bytes(pickle.dumps(prepared))
    return prepared


def first_vectors(vocabulary: Vocabulary, corpus: Corpus, config: Config) -> npt.NDArray[np.float32]:
    """The vectors that training starts from, float32 (rows, dimension)."""
    latin = [i for i, word in enumerate(vocabulary.words) if i and word.isascii()]
    vectors = principal(encode_words([vocabulary.words[i] for i in latin]), config.dimension)
    english = np.zeros((len(vocabulary.words), config.dimension), dtype=np.float32)
    english[latin] = vectors
    return start_vectors(vocabulary, corpus.lexicon, english, seed=config.seed)


def encode_source(vocabulary: Vocabulary, corpus: Corpus, name: str, config: Config) -> Source:
    """The pairs of one kind as rows of token ids; pairs with an empty side are left out."""
    pairs = corpus.pairs[name]
    number: dict[str, int] = {}
    left = np.array([number.setdefault(a, len(number)) for a, _ in pairs.pairs])
    right = np.array([number.setdefault(b, len(number)) for _, b in pairs.pairs])
    texts = ragged(vocabulary, list(number), config.passage_tokens)
    full = np.diff(texts.starts) > 0
    keep = full[left] & full[right]
    chance = np.array(pairs.weights)[keep]
    return Source(texts, left[keep], right[keep], np.array(pairs.groups)[keep], chance / chance.sum())
