"""A question and a sentence read together: what the bundled reader tells apart, and how it is used."""

from __future__ import annotations

import numpy as np
import pytest

from index.encoder import PairEncoder, load_encoder
from index.index import Index
from index.read import article_from_text
from qa.closer import READ, read_closely
from qa.evidence import EvidenceReader
from qa.question import analyse
from qa.scorer import Scorer
from tests.encoders import HashingEncoder

FERRY = "渡輪於1904年開始行駛。船長是林安。碼頭在島的北岸。票價是二十元。"


class Overlap(HashingEncoder):
    """A ``PairEncoder`` that counts the characters two texts share; ``pairs`` are what it was given."""

    def __init__(self):
        super().__init__()
        self.pairs = []

    def read_together(self, question, sentences):
        self.pairs += sentences
        return np.array([len(set(question) & set(text)) for _, text in sentences], dtype=np.float32)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("渡輪是哪一年開始行駛的？", "渡輪於1904年開始行駛。", "渡輪的船長是林安。"),
        ("Who is the captain of the ferry?", "渡輪的船長是林安。", "渡輪於1904年開始行駛。"),
        ("船长是谁？", "The captain of the ferry is Ann Lowe.", "The ferry began to run in 1904."),
        (
            "When was the bridge in Taiwan opened?",
            "The bridge in Taiwan opened in 1936.",
            "It is 90 metres long.",
        ),
    ],
)
def test_it_tells_what_answers_from_what_does_not(encoder, question, right, wrong):
    good, bad = encoder.read_together(question, [("", right), ("", wrong)])
    assert good > 0 > bad


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("疫苗在英國是哪一年核准的？", "疫苗在台灣是哪一年核准的？"),
        (
            "In which year was the vaccine approved in England?",
            "In which year was the vaccine approved in Japan?",
        ),
    ],
)
def test_a_question_on_another_place_is_less_answered(encoder, asked, other):
    told = [("", "疫苗於2020年在英國獲得核准。")]
    assert encoder.read_together(asked, told)[0] > encoder.read_together(other, told)[0] + 1


def test_a_sentence_is_read_alike_alone_and_among_others(encoder):
    pairs = [("", "渡輪於1904年開始行駛。"), ("碼頭在北岸。", "船長是林安。"), ("", "長" * 500), ("", "")]
    together = encoder.read_together("誰是船長？", pairs)
    assert together.dtype == np.float32
    alone = [encoder.read_together("誰是船長？", [pair])[0] for pair in pairs]
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert encoder.read_together("誰是船長？", []).shape == (0,)


def test_both_scripts_are_read_alike(encoder):
    [one] = encoder.read_together("誰是船長？", [("", "渡輪的船長是林安。")])
    [other] = encoder.read_together("谁是船长？", [("", "渡轮的船长是林安。")])
    assert one == other


def evidence_of(encoder, question):
    reader = EvidenceReader(Index.build([article_from_text(FERRY * 3, source="ferry")], encoder))
    return reader.read(analyse(question))


def test_the_likeliest_sentences_are_read_each_with_the_one_before_it():
    encoder = Overlap()
    evidence = evidence_of(encoder, "船長是誰？")
    scores = np.arange(len(evidence.sentences), 0, -1).astype(np.float32)
    assert np.isnan(evidence.readings).all()
    read = read_closely(evidence, scores, encoder)
    assert (~np.isnan(read.readings)).tolist() == [i < READ for i in range(len(scores))]
    assert encoder.pairs[:2] == [("", "渡輪於1904年開始行駛。"), ("渡輪於1904年開始行駛。", "船長是林安。")]
    assert read.readings[1] == 3.0  # 船, 長, 是
    kept = read.where(np.arange(len(scores)) == 1)
    assert kept.readings.tolist() == [3.0]


def test_an_encoder_that_reads_nothing_together_changes_nothing():
    encoder = HashingEncoder()
    assert not isinstance(encoder, PairEncoder)
    evidence = evidence_of(encoder, "船長是誰？")
    assert read_closely(evidence, np.zeros(len(evidence.sentences), np.float32), encoder) is evidence


def test_what_was_not_read_counts_as_the_worst_that_was():
    encoder, scorer = Overlap(), Scorer.load()
    evidence = evidence_of(encoder, "船長是誰？")
    first = scorer.rank(evidence)
    read = read_closely(evidence, first, encoder)
    readings = np.where(np.isnan(read.readings), np.nanmin(read.readings), read.readings)
    expected = first + scorer.reading[read.crosses.astype(int)] * readings
    np.testing.assert_allclose(scorer.rank(read), expected, rtol=1e-6)
