"""The tokens: a Unigram tokenizer whose scores are the logarithms of counted word frequencies.

Chinese words come from the lexicon and the glossary, English words from the corpus; single characters and
frequent pieces of words stand behind them, so that no text falls through. Counts are found by cutting the
corpus with the current scores and counting again (hard expectation–maximisation; Kudo 2018, "Subword
regularization", is the model). Each Traditional or Taiwan form of a word is a token too, tied to the row of
the folded form: an unfolded text reaches the same vectors.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.convert import converter
from index.fold import fold

_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_NOT_HAN = re.compile(rf"\d+|[^\W\d_{_HAN}]+")
UNKNOWN = "<unk>"


@dataclass(frozen=True)
class Vocabulary:
    """``tokens[i]`` has score ``scores[i]`` and the vector of row ``row[i]``; token 0 is unknown, row 0.

    ``counts[r]`` is how often row r occurs in the corpus (float64, ≥ 0); ``words[r]`` is its folded form.
    """

    tokens: list[str]
    scores: list[float]
    row: npt.NDArray[np.int64]
    words: list[str]
    counts: npt.NDArray[np.float64]

    def tokenizer(self) -> Tokenizer:
        """The tokenizer, ready to be saved as ``tokenizer.json``."""
        return build_tokenizer(list(zip(self.tokens, self.scores, strict=True)))


def build_tokenizer(scored: list[tuple[str, float]]) -> Tokenizer:
    """A tokenizer that cuts a text into the likeliest tokens; ``scored[0]`` stands for the unknown.

    >>> build_tokenizer([("<unk>", -20.0), ("我", -6.0), ("们", -7.0), ("我们", -5.0)]).encode("我们,我").tokens
    ['我们', '我']
    """
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed"),
            pre_tokenizers.Split(Regex(r"\p{Han}+|\p{N}+"), "isolated"),
        ]
    )
    return tokenizer


def count_tokens(tokenizer: Tokenizer, texts: Sequence[str], chunk: int = 4000) -> Counter[str]:
    """How often each token occurs when ``tokenizer`` cuts ``texts``."""
    size = tokenizer.get_vocab_size()
    total = np.zeros(size, dtype=np.int64)
    for start in range(0, len(texts), chunk):
        for encoding in tokenizer.encode_batch_fast(
            list(texts[start : start + chunk]), add_special_tokens=False
        ):
            np.add.at(total, encoding.ids, 1)
    return Counter({str(tokenizer.id_to_token(i)): int(n) for i, n in enumerate(total) if n})


def plain(text: str) -> str:
    """``text`` as the tokenizer's own normaliser leaves it."""
    return str(_NORMALIZER.normalize_str(text))


_NORMALIZER = normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()])


def learn(
    zh_texts: Sequence[str],
    en_texts: Sequence[str],
    lexicon: Sequence[tuple[str, str]],
    *,
    rows: int,
    latin: int,
    names: Sequence[str] = (),
    fewest: int = 0,
    rounds: int = 2,
) -> Vocabulary:
    """Chooses ``rows`` words, ``latin`` of them not Chinese, and counts them in the texts.

    ``lexicon`` holds folded Chinese words with an English gloss; ``names`` are folded names in either language,
    whose words are kept however rare they are. Characters seen fewer than ``fewest`` times are left out.
    """
    words = latin_words([*en_texts, *zh_texts], [gloss for _, gloss in lexicon], names, latin)
    seen = Counter(c for text in zh_texts for c in text)
    atoms = {word for word in chinese_words(lexicon) if len(word) > 1 or seen[word] >= fewest}
    characters = {c for c, n in seen.items() if n >= max(fewest, 3) and _HAN_RUN.fullmatch(c)}
    characters.update(
        c for name in (*atoms, *names) for c in name if _HAN_RUN.fullmatch(c) and seen[c] >= max(fewest, 1)
    )
    # One guess to begin with: every word as likely as the next, so that the fewest words win.
    scored = dict.fromkeys(atoms, -9.0) | dict.fromkeys(characters, -11.0)
    counts: Counter[str] = Counter()
    for _ in range(rounds):
        tokenizer = build_tokenizer([(UNKNOWN, -30.0), *scored.items()])
        counts = count_tokens(tokenizer, zh_texts)
        total = sum(counts.values())
        scored = {w: math.log((counts[w] + 0.3) / total) for w in scored}
    single = sorted((w for w in scored if len(w) == 1), key=lambda w: (-counts[w], w))
    named = set(names)
    longer = sorted((w for w in scored if len(w) > 1), key=lambda w: (w not in named, -counts[w], len(w), w))
    chinese = single + longer[: max(rows - 1 - len(words) - len(single), 0)]
    return assemble(chinese, counts, words, variants_of(chinese))


def chinese_words(lexicon: Sequence[tuple[str, str]]) -> set[str]:
    """The Chinese words of a lexicon, without long ones that are made of others.

    A treaty's name is better cut into its words, which then meet theirs in a question one by one; a word that
    one English word translates stays whole.

    >>> sorted(chinese_words([("禁止", "ban"), ("武器", "arms"), ("禁止武器条约", "arms ban treaty"), ("条约", "treaty")]))
    ['条约', '武器', '禁止']
    """
    known = {zh for zh, _ in lexicon if _HAN_RUN.fullmatch(zh) and len(zh) <= 8}
    whole = {zh for zh, gloss in lexicon if " " not in gloss}
    return {word for word in known if len(word) < 5 or word in whole or not is_compound(word, known)}


def is_compound(word: str, known: set[str]) -> bool:
    """Whether ``word`` can be cut into two or more words of ``known``, of two characters or more each."""
    return any(
        word[:i] in known and (word[i:] in known or is_compound(word[i:], known))
        for i in range(2, len(word) - 1)
    )


def latin_words(
    texts: Sequence[str], glosses: Sequence[str], names: Sequence[str], keep: int
) -> Counter[str]:
    """The ``keep`` likeliest words, numbers and pieces that are not Chinese, with their counts.

    A word of a gloss counts as ten: the texts are long on computing, the lexicon knows the rest of the world.
    """
    found: Counter[str] = Counter()
    for text in texts:
        found.update(_NOT_HAN.findall(plain(text)))
    for gloss in glosses:
        found.update(dict.fromkeys(_NOT_HAN.findall(plain(gloss)), 10))
    letters = Counter({c: 1 for word in found for c in word})
    letters = Counter({c: n for c, n in letters.items() if c.isascii() or ord(c) < 0x500})
    pieces: Counter[str] = Counter()
    ranked = [(w, n) for w, n in found.most_common() if len(w) < 24]
    for word, _ in ranked[keep // 2 : keep * 3]:
        for size in (2, 3, 4, 5, 6):
            pieces.update({word[:size]: 1, word[-size:]: 1} if len(word) > size else {})
    digits = Counter({f"{n:02d}": 1 for n in range(100)} | {str(n): 1 for n in range(1000, 2100)})
    named = Counter({word: 1 for name in names for word in _NOT_HAN.findall(plain(name))})
    fallback = letters + digits + named + Counter(dict(pieces.most_common(keep // 8)))
    chosen: Counter[str] = Counter(dict.fromkeys(fallback, 1))
    for word, n in ranked:
        if word in chosen:
            chosen[word] += n
        elif len(chosen) < keep:
            chosen[word] = n
    return chosen


def assemble(
    chinese: list[str], counts: Counter[str], latin: Counter[str], variants: Iterable[str]
) -> Vocabulary:
    """Words, scores and tied forms in their final order: unknown, Chinese, the rest, then the tied forms."""
    total = {True: sum(counts[w] for w in chinese) + 1, False: sum(latin.values()) + 1}
    words = [UNKNOWN, *chinese, *(w for w in latin if w not in counts)]
    number = {w: i for i, w in enumerate(words)}
    occurs = [0.0] + [float(counts[w]) if w in counts else float(latin.get(w, 0)) for w in words[1:]]
    is_chinese = [bool(_HAN_RUN.fullmatch(w)) for w in words]
    scores = [round(math.log((n + 0.3) / total[zh]), 3) for n, zh in zip(occurs, is_chinese, strict=True)]
    scores[0] = -30.0
    tokens, row = list(words), list(range(len(words)))
    for form in sorted(set(variants)):
        target = number.get(fold(form))
        if target and form not in number and _HAN_RUN.fullmatch(form):
            tokens.append(form)
            scores.append(scores[target])
            row.append(target)
    return Vocabulary(tokens, scores, np.array(row), words, np.array(occurs))


def variants_of(words: Sequence[str]) -> set[str]:
    """The Traditional forms of folded words, as written in general, in Taiwan and with Taiwan's words."""
    forms: set[str] = set()
    for name in ("s2t", "s2tw", "s2twp", "s2hk"):
        forms.update(map(converter(name), words))
    return forms - set(words)
