"""A trained contextual model under a wider vocabulary: words that it had to put together get vectors of their own.

A word in pieces costs late interaction most: "stat-ors" matches what has "stat" in it, and nothing that means 定子. What
a new word's vector should be is learned from the words that have one: from its pieces in the English original and from
its translations, by ridge regression. A run that goes on from there (``python -m index.train contextual``) does the rest.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.training.contextual import Pieces
from index.training.data import Corpus, is_english
from index.training.vocabulary import chinese_words, count_tokens, plain

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = npt.NDArray[np.float32]
_WORD = re.compile(r"[a-z]+")
_ARTICLE = re.compile(r"^(?:to|a|an|the) ")
_LONGEST = 24  # letters
_UNSEEN = -12.0  # the score of a Chinese word before it is counted: less than two characters cost


def more_latin(corpus: Corpus, known: set[str], count: int) -> dict[str, float]:
    """``count`` English words that are not ``known``, with how often they occur: half of them are the original's own
    words, the likelier first; the rest the most frequent of the corpus, where a word that is a gloss counts as ten.
    """
    weights = chain(corpus.pairs["sentences"].weights, repeat(1.0))  # of the texts that come first
    found: dict[str, float] = defaultdict(float)
    for text, weight in zip(corpus.en_texts, weights, strict=False):
        for word in _WORD.findall(plain(text)):
            found[word] += min(weight, 1.0)
    for gloss in {_ARTICLE.sub("", gloss) for _, gloss in corpus.lexicon}:
        if _WORD.fullmatch(gloss):
            found[gloss] += 10
    # The original's words are numbered by how often they occur in its own, much larger, corpus.
    number = Pieces().tokenizer.get_vocab()
    own = sorted(filter(_WORD.fullmatch, number), key=number.__getitem__)
    ranked = sorted(found, key=lambda word: (-found[word], word))

    def new(words: list[str], taken: set[str]) -> list[str]:
        return [word for word in words if 1 < len(word) < _LONGEST and word not in taken]

    first = new(own, known)[: count // 2]
    chosen = first + new(ranked, known | {*first})[: count - len(first)]
    return {word: found[word] for word in chosen}


def more_chinese(corpus: Corpus, tokenizer: Tokenizer, known: set[str], count: int) -> dict[str, float]:
    """``count`` Chinese words that are not ``known``, with how often they occur: the most frequent of the lexicon, where
    one that a single English word translates counts as ten.
    """
    words = {word for word in chinese_words(corpus.lexicon) if len(word) > 1} - known
    every = json.loads(tokenizer.to_str())
    every["model"]["vocab"] += [[word, _UNSEEN] for word in sorted(words)]
    found = count_tokens(Tokenizer.from_str(json.dumps(every)), corpus.zh_texts)
    single = {zh for zh, gloss in corpus.lexicon if _WORD.fullmatch(_ARTICLE.sub("", gloss))}
    ranked = sorted(words, key=lambda word: (-found[word] - 10 * (word in single), word))
    return {word: found[word] for word in ranked[:count]}


def regression(features: Matrix, vectors: Matrix, strength: float = 1e-2) -> Callable[[Matrix], Matrix]:
    """Ridge regression with a constant: float32 (n, f) → (n, d). ``strength`` is relative to the features' mean square.

    >>> x = np.array([[0.0], [1.0], [2.0]], dtype=np.float32)
    >>> regression(x, 3 * x + 1, 1e-9)(np.array([[5.0]], dtype=np.float32)).round(3).tolist()
    [[16.0]]
    """
    x = features.astype(np.float64)
    centre, mean = x.mean(axis=0), vectors.mean(axis=0)
    x = x - centre
    square = x.T @ x
    square += np.eye(len(square)) * strength * np.trace(square) / len(square)
    weights = np.linalg.solve(square, x.T @ (vectors - mean))
    return lambda new: ((new - centre) @ weights + mean).astype(np.float32)


def translations(lexicon: Sequence[tuple[str, str]], number: dict[str, int]) -> dict[str, list[int]]:
    """The numbers of the words that translate a word, either way; a gloss is one word with nothing before it."""
    found: dict[str, list[int]] = defaultdict(list)
    for zh, gloss in lexicon:
        en = _ARTICLE.sub("", gloss)
        for word, other in ((zh, en), (en, zh)):
            if other in number and len(found[word]) < 6:
                found[word].append(number[other])
    return found


def new_vectors(words: list[str], old: list[str], vectors: Matrix, corpus: Corpus) -> Matrix:
    """Where the vectors of new words begin, float32 (n, d); ``vectors``, (m, d), are those of the m ``old`` words."""
    number = {word: i for i, word in enumerate(old)}
    pieces = Pieces()
    other = translations(corpus.lexicon, number)

    def characters(some: list[str]) -> Matrix:
        """The mean vector of each word's characters, that of the unknown where none is known."""
        ids = [[number[c] for c in word if c in number] or [1] for word in some]
        return np.array([vectors[one].mean(axis=0) for one in ids], dtype=np.float32)

    def features(some: list[str]) -> tuple[Matrix, npt.NDArray[np.bool_]]:
        """What is known of words by their parts and by their translations, and which have translations."""
        known = np.array([word in other for word in some])
        means = np.array(
            [vectors[other[word]].mean(axis=0) if word in other else vectors[0] for word in some]
        )
        return np.hstack([pieces.mean(some) if is_english(some[0]) else characters(some), means]), known

    found = np.zeros((len(words), vectors.shape[1]), dtype=np.float32)
    for english in (True, False):
        taught = [i for i, w in enumerate(old) if len(w) > 1 and w.isalpha() and is_english(w) == english]
        asked = [i for i, word in enumerate(words) if is_english(word) == english]
        if not asked:
            continue
        (given, has), (wanted, knows) = (
            features([of[i] for i in at]) for of, at in ((old, taught), (words, asked))
        )
        half = given.shape[1] // 2
        goal = vectors[taught]
        begin = regression(given[:, :half], goal)(wanted[:, :half])
        if knows.any() and has.any():
            begin[knows] = regression(given[has], goal[has])(wanted[knows])
        found[asked] = begin
    return found


def widen(model: Path, corpus: Corpus, latin: int, chinese: int) -> SentenceTransformer:
    """The model of the folder ``model`` with so many more English and Chinese words, to be saved and trained on."""
    import torch
    from sentence_transformers import SentenceTransformer

    student = SentenceTransformer(str(model), local_files_only=True, model_kwargs={"dtype": torch.float32})
    tokenizer = student.tokenizer.backend_tokenizer
    saved = json.loads(tokenizer.to_str())
    scored = saved["model"]["vocab"]
    old = [word for word, _ in scored]
    bert: Any = student[0].auto_model
    vectors = bert.get_input_embeddings().weight.detach().numpy()
    more = more_latin(corpus, set(old), latin), more_chinese(corpus, tokenizer, set(old), chinese)
    # Counts of words that have a score already tell what a count is worth.
    total = {
        english: _total(scored, tokenizer, corpus.en_texts if english else corpus.zh_texts, english)
        for english in (True, False)
    }
    words = [word for counts in more for word in counts]
    scored += [
        [word, math.log((n + 0.3) / total[is_english(word)])] for counts in more for word, n in counts.items()
    ]
    saved["model"]["vocab"] = [[word, round(score, 3)] for word, score in scored]  # shorter by a quarter
    table = np.concatenate([vectors, new_vectors(words, old, vectors, corpus)])
    tokenizer.model = Tokenizer.from_str(json.dumps(saved)).model
    bert.set_input_embeddings(
        torch.nn.Embedding(len(table), table.shape[1], 0, _weight=torch.from_numpy(table))
    )
    bert.config.vocab_size = len(table)
    return student


def _total(
    scored: Sequence[tuple[str, float]], tokenizer: Tokenizer, texts: Sequence[str], english: bool
) -> float:
    """How many words the scores of a language were counted on, as its 200 most frequent words tell."""
    known = {word: score for word, score in scored if is_english(word) == english and word[0].isalpha()}
    counts = count_tokens(tokenizer, texts)
    frequent = [(word, n) for word, n in counts.most_common() if word in known][:200]
    return math.exp(float(np.median([math.log(n) - known[word] for word, n in frequent])))
