"""Every number that shapes the static model, the contextual one and the cross-encoder, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Config:
    """The recipe. Change a number here and the run is another run; its seed makes it the same run again."""

    seed: int = 7
    dimension: int = 256
    kept: int = 128  # of these numbers, turned so that the first say the most, as many are shipped
    rows: int = 78_000  # token vectors; several tokens (Traditional, Simplified, Taiwan's word) share one
    latin_words: int = 33_000  # of these rows, English words and pieces of words
    epochs: int = 3
    steps_per_epoch: int = 350
    learning_rate: float = 6e-3
    warmup: float = 0.05  # share of all steps
    temperature: float = 0.05
    news: int = 6_000  # news documents read for counting words
    passage_tokens: int = 320  # longer passages are cut: contrast needs no more
    room: int = 0  # characters of a passage around its answer that are kept; 0: all
    batch: dict[str, int] = field(
        default_factory=lambda: {
            "sentences": 1024,
            "lexicon": 2048,
            "glossary": 1024,
            "bilingual": 512,
            "questions_zh": 384,
            "questions_en": 384,
        }
    )
    # Neighbours drawn together, from one article: the passages that are hardest to tell apart.
    block: dict[str, int] = field(
        default_factory=lambda: {"bilingual": 8, "questions_zh": 8, "questions_en": 8}
    )
    # How often each source is drawn, relative to the others.
    weight: dict[str, float] = field(
        default_factory=lambda: {
            "sentences": 0.36,
            "lexicon": 0.12,
            "glossary": 0.08,
            "bilingual": 0.18,
            "questions_zh": 0.14,
            "questions_en": 0.12,
        }
    )
    # A step's loss is contrast of whole texts + late_weight × contrast by late interaction, on a part of the batch.
    late_weight: float = 0.5
    late_batch: int = 64
    late_temperature: float = 0.05
    # How often a sentence pair or a question is drawn, by the source's name; 1 where nothing is said.
    source_weight: dict[str, float] = field(
        default_factory=lambda: {
            "wmt_newstest_2017_2024_no_ntrex": 4.0,
            "tico19_test": 2.0,
            "ud_pud": 3.0,
            "bible_chiun_bsb_hant": 0.2,
            "fenix_tatoeba": 0.6,
            "3am_captions": 0.6,
            "python_docs_zh_cn": 0.5,
            "iot_tw_mt": 0.3,
            "iot_cn_mt": 0.3,
            "plurality_tw": 3.0,
            "tfdocs_nb_cn": 0.5,
            "squadshifts_new_wiki": 2.0,
            "squadshifts_reddit": 0.4,
            "squadshifts_amazon_reviews": 0.4,
            "qed_nq.dev": 2.0,
        }
    )


@dataclass(frozen=True)
class ContextualConfig:
    """Every number of the contextual model's run. ``data`` says how the sources are read and weighed."""

    seed: int = 7
    rows: int = 33_000  # words
    latin_words: int = 12_500  # of these, words and pieces that are not Chinese
    fewest: int = 6  # a rarer character is unknown
    steps: int = 6_000
    token_rate: float = 1.5e-3
    layer_rate: float = 1e-4
    warmup: float = 0.03  # share of all steps
    down: float = 0.35  # the last share of all steps, where the rates fall to nothing
    temperature: float = 0.05  # of whole texts
    late_temperature: float = 0.03  # of late interaction
    pull: float = 3.0  # weight of the pull towards the English original, against the contrast
    longest: int = 256  # tokens
    short: int = 160  # tokens of a question and its passage; of longer ones a batch has fewer pairs
    glossed: float = 0.4  # how often a question has words of the other language put in
    one_word: float = 6.0  # how often an entry of the lexicon is drawn that is one word, against others
    pool: int = 24  # batches drawn at once and sorted by length, so that little is padded
    save_every: int = 200
    token_dimension: int = 128  # of a token as an index keeps it
    sample: int = 20  # one pair in so many shows in which directions tokens lie
    batch: dict[str, int] = field(
        default_factory=lambda: {
            "sentences": 48,
            "lexicon": 240,
            "glossary": 96,
            "bilingual": 24,
            "questions_zh": 20,
            "questions_en": 20,
            "windows": 20,
        }
    )
    # Neighbours drawn together, from one article: the passages that are hardest to tell apart.
    block: dict[str, int] = field(
        default_factory=lambda: {"bilingual": 4, "questions_zh": 5, "questions_en": 5, "windows": 4}
    )
    weight: dict[str, float] = field(
        default_factory=lambda: {
            "sentences": 0.30,
            "lexicon": 0.10,
            "glossary": 0.05,
            "bilingual": 0.20,
            "questions_zh": 0.15,
            "questions_en": 0.11,
            "windows": 0.15,
        }
    )
    data: Config = field(default_factory=lambda: Config(room=400))


@dataclass(frozen=True)
class CrossConfig:
    """Every number of the cross-encoder's run."""

    seed: int = 3
    rank: int = 12  # of the change of a matrix; of those that attention compares, twice as much
    hidden: int = 64  # units of the network that gives the logit
    steps: int = 1_400
    rate: float = 1.2e-3
    warmup: float = 0.04  # share of all steps
    batch: int = 12  # questions a step
    group: int = 5  # sentences read for a question
    altered: float = (
        0.5  # how often a question is also read with another's name or number in it, where it has one
    )
    right: float = 2.5  # how much a right sentence counts against a wrong one
    article: int = 31  # passages under one title, of which more are no article
    save_every: int = 200
    weight: dict[str, float] = field(
        default_factory=lambda: {"zh": 0.30, "en": 0.22, "bilingual": 0.33, "pieces": 0.15}
    )
    data: Config = field(default_factory=Config)
