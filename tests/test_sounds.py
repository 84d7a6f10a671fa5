"""Names known by their sound, and the table that says how characters spell."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from index import Index, article_from_text
from index.sounds import ENOUGH, Names, by_sound, letters, likeness, table
from index.training.data import held

SHARED = Path(os.environ.get("WENDA_SHARED", Path(__file__).parents[1].parent / "shared"))


def everything(_word: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("question", "text", "expanded"),
    [
        ("Who is Mearsheimer?", "米爾斯海默認為大國政治是悲劇。", "Who is 米尔斯海默?"),
        ("When did MacArthur land?", "麥克阿瑟在仁川登陸。", "When did 麦克阿瑟 land?"),
        ("Who built Dujiangyan?", "李冰修建了都江堰。", "Who built 都江堰?"),
        ("馬克士威提出了什麼？", "Maxwell put forward four equations.", " Maxwell 提出了什么?"),
        ("纳坦雅胡何时就任？", "Netanyahu took office in 1996.", " Netanyahu 何时就任？"),
    ],
)
def test_a_name_is_searched_for_as_the_text_spells_it(question, text, expanded):
    assert by_sound(question, Names.of(text), everything) == expanded


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Where did NATO meet?", "那托在布魯塞爾。"),  # letters are not a sound
        ("When was the summit held?", "第一屆峰會在上海舉行。"),
        (
            "麥克阿瑟何時登陸？",
            "麥克阿瑟（MacArthur）在仁川登陸。",
        ),  # the text has the form that is asked for
        ("Who is Mearsheimer?", "The tragedy of great powers."),
        ("誰？", ""),
    ],
)
def test_what_needs_no_other_form_stays(question, text):
    assert by_sound(question, Names.of(text), everything) == question


def test_a_word_that_the_encoder_knows_is_left_to_it():
    assert (
        by_sound("Who is Mearsheimer?", Names.of("米爾斯海默"), lambda word: False) == "Who is Mearsheimer?"
    )


def test_an_index_looks_for_the_names_that_its_encoder_does_not_know():
    index = Index.build(
        [article_from_text(text, source=text) for text in ("格爾尼卡在西班牙。", "倫敦在英國。")]
    )
    assert index.expand("Where is Guernica?") == "Where is 格尔尼卡?"
    assert index.expand("Where is London?") == "Where is London?"
    assert [hit.passage.source for hit in index.search("Where is Guernica?")] == [
        "格爾尼卡在西班牙。",
        "倫敦在英國。",
    ]


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="needs the training data in ../shared/data")
def test_names_that_it_did_not_learn_are_told_from_others():
    from index.training.sounds import names

    apart = [(zh, en) for zh, en in names(SHARED / "data") if held(zh, 10) and len(en) >= 5]
    spells = table()
    # Of the lexicon's entries only a part are names by sound: those are told by all of the letters being spelled.
    sounding = [(zh, en) for zh, en in apart if likeness(en, zh, spells)[0] >= ENOUGH]
    assert len({zh for zh, _ in sounding}) > 300
    chosen = random.Random(7).sample(sounding, 60)
    others = [zh for zh, _ in random.Random(8).sample(apart, 200)]
    right = 0
    for zh, en in chosen:
        best = max([*others, zh], key=lambda other: likeness(en, other, spells)[0])
        right += best == zh or best in zh or zh in best
    assert right >= 54


def test_letters_are_plain():
    assert [letters(word) for word in ("Łódź", "Márquez", "O'Neill’s")] == ["odz", "marquez", "oneills"]
