"""Documents of our own writing for measuring the repair: clean articles, and texts that need no repair at all.

Everything is drawn from one seeded generator, so that a document can be made again from its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Literal

Language = Literal["zh-Hant", "zh-Hans", "en", "mixed"]
LANGUAGES: tuple[Language, ...] = ("zh-Hant", "zh-Hans", "en", "mixed")

_ZH = {
    "誰": [
        "老漁夫",
        "镇上的医师",
        "三位測量員",
        "一隊志工",
        "圖書館員",
        "村裡的孩子",
        "造橋的工匠",
        "我的祖母",
        "兩名氣象員",
        "林務局的巡山員",
        "茶農",
        "鐘錶匠",
        "港務人員",
        "研究小組",
        "書店老闆",
    ],
    "地": [
        "河口",
        "山腳下的小鎮",
        "北岸的燈塔",
        "舊火車站",
        "城南的菜市場",
        "海拔兩千公尺的苗圃",
        "半島西側的鹽田",
        "水庫上游",
        "大學的植物園",
        "雨後的操場",
        "離島的碼頭",
        "老街盡頭",
        "運河邊",
    ],
    "做": [
        "記下每天的水位",
        "修補被風吹壞的屋頂",
        "把種子分給鄰居",
        "替候鳥繫上腳環",
        "重新畫了一張地圖",
        "試著把茶葉多曬一個時辰",
        "量出橋墩下沉的距離",
        "把舊報紙一頁一頁拍成照片",
        "在筆記本裡寫下看到的雲",
        "教孩子辨認星座",
        "用竹子搭起臨時的棚架",
        "清點倉庫裡的木箱",
    ],
    "物": [
        "木橋",
        "水車",
        "石磨",
        "蒸氣火車",
        "手抄本",
        "羅盤",
        "風箏",
        "梯田",
        "堤防",
        "陶甕",
        "鹽倉",
        "渡船",
        "氣球",
        "顯微鏡",
    ],
    "性": [
        "輕巧",
        "笨重",
        "準確",
        "容易受潮",
        "經得起風雨",
        "比想像中便宜",
        "難以修理",
        "適合遠行",
        "不太起眼",
    ],
}
_ZH_SENTENCES = (
    "{誰}在{地}{做}，前後花了{n}天。",
    "{y}年{m}月{d}日清晨，{誰}來到{地}，發現那座{物}已經不見了。",
    "這種{物}{性}，但是每年仍要保養{n}次，否則不出{n}年就會損壞。",
    "「{物}{性}，」{誰}說，「可是我們已經用了{n}年。」",
    "據估計，{地}一帶有{n}座{物}（其中{n}座建於{y}年以前），如今只剩下{p}%。",
    "為什麼{誰}願意在{地}{做}？",
    "原因有三：一是{物}{性}，二是天氣多變，三是人手不足。",
    "{誰}讀過《{物}圖說》與《{地}紀行》，因此{做}。",
    "氣溫降到{t}度時，{物}的表面會結一層薄霜，{誰}便不再{做}。",
    "全長{t}公里的步道從{地}開始，沿途可以看見{物}、{物}和{物}。",
    "沒有人知道第一座{物}是誰造的……也許是{誰}，也許是更早的人。",
    "學者把這個現象叫做「{物}效應」（{l} effect，簡稱{a}），認為它與{地}的地形有關。",
    "{誰}並不同意這種看法；在他們看來，{物}只是{性}而已。",
    "那一年的收成增加了{p}%，總共運走{k}箱，其中{k}箱賣到了{地}。",
    "{誰}之一的瑪倫（{l} {surname}）於{y}年首次提出這個想法，當時幾乎沒有人相信！",
    "不過，{誰}還是決定{做}。",
    "他們使用{a}系統記錄資料，每{n}分鐘傳送一次。",
    "到了傍晚，{地}又安靜下來。",
    "天黑了。",
    "這件事後來被寫進{地}的地方志，成為{誰}常說的故事。",
    "如果說{物}代表過去，那麼{物}就代表將來，{誰}這樣告訴我們。",
    "調查持續到{y}年，範圍包括{地}、{地}以及{地}，共訪問{k}人。",
)
_ZH_HEADINGS = (
    "{物}的由來",
    "{地}的一天",
    "為誰而建的{物}",
    "從{物}到{物}",
    "{誰}的手藝",
    "第{c}章 {物}",
    "{c}、{物}與天氣",
    "結語",
)
_ZH_NOTES = (
    "見{surname}，《{物}圖說》，第{n}頁。",
    "此處指{地}的{物}，不包括{y}年以後所建者。",
    "{誰}在{y}年的訪談中也提到同一件事，但說法略有不同；兩者的差異請看附錄，該處列出了全部{k}筆紀錄。",
)
_EN = {
    "who": [
        "the old fisherman",
        "two surveyors",
        "a team of volunteers",
        "the village librarian",
        "three children from the valley",
        "the bridge builders",
        "my grandmother",
        "the harbour master",
        "a young botanist",
        "the tea growers",
        "the night watchman",
        "Professor Alder",
    ],
    "place": [
        "the mouth of the river",
        "the small town below the hills",
        "the north lighthouse",
        "the old railway station",
        "a well-known botanical garden",
        "the salt pans",
        "the upper reservoir",
        "the far end of the canal",
        "a long-abandoned quarry",
        "the market square",
    ],
    "did": [
        "wrote down the level of the water",
        "repaired the roof that the wind had torn",
        "gave the seeds to the neighbours",
        "drew a new and more accurate map",
        "measured how far the pillars had sunk",
        "photographed every page of the newspapers",
        "taught the children to find the constellations",
        "counted the wooden crates in the warehouse",
    ],
    "thing": [
        "wooden bridge",
        "water wheel",
        "steam engine",
        "handwritten catalogue",
        "compass",
        "terraced field",
        "ferry",
        "microscope",
        "weather balloon",
        "clay jar",
        "signal tower",
    ],
    "quality": [
        "surprisingly light",
        "heavy",
        "hard to repair",
        "cheaper than expected",
        "long-lasting",
        "of little use in the rain",
        "accurate to a fraction of a millimetre",
        "easily damaged",
    ],
}
_EN_SENTENCES = (
    "In {Mon} {y}, {who} {did} at {place}.",
    "The {thing} was {quality}, but it had to be serviced {n} times a year.",
    '"The {thing} is {quality}," said {who}, "and we have used it for {n} years."',
    "About {p} per cent of the {k} objects came from {place} (see the table), and the rest from {place}.",
    "Why did {who} go to {place}?",
    "There were three reasons: the {thing} was {quality}, the weather changed quickly, and help was scarce.",
    "The path, {t} km long, leads from {place} past a {thing} and a {thing}.",
    "Nobody knows who built the first {thing}; perhaps it was {who}.",
    "Dr. {surname} called this the {thing} effect, or {a}, and explained it by the shape of the land.",
    "Temperatures fell to {t} degrees, so {who} stopped work.",
    "The harvest rose by {p}%, and {k} boxes were shipped.",
    "It rained.",
    "That evening {place} was quiet again.",
    "The investigation, which lasted until {y}, covered {place}, {place} and {place}.",
    "Even so, {who} {did}, as the accompanying documentation from {y} unmistakably demonstrates!",
    "A state-of-the-art {thing} (built in {y}) stands near {place}.",
    "The counter-argument, made by {who}, is that a {thing} need not be {quality}.",
)
_EN_HEADINGS = (
    "The Making of a {Thing}",
    "A Day at {place}",
    "Why it matters",
    "Results and Discussion",
    "From {thing} to {thing}",
    "{c}. The {Thing}",
)
_EN_NOTES = (
    "See {surname}, The {Thing} Illustrated, p. {n}.",
    "This refers to {place}, without the part built after {y}.",
    "In an interview of {y} {who} told the same story, though with different numbers; the appendix lists all {k} records and explains how they were collected.",
)
_SURNAMES = [
    "Alder",
    "Birchwood",
    "Castellan",
    "Dunmore",
    "Eastlake",
    "Fairweather",
    "Hollis",
    "Marlowe",
    "Okafor",
    "Quillon",
    "Rosamund",
    "Thackery",
]
_ACRONYMS = ["TWR", "GBX", "NOAQ", "RIVA", "KLD"]
_MONTHS = ["January", "March", "April", "June", "July", "September", "October", "December"]
_ZH_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Document:
    """A clean document: its blocks in order and its footnotes, each with the block and the offset of its mark."""

    blocks: tuple[tuple[str, str], ...]
    notes: tuple[tuple[int, int, str], ...] = ()

    @property
    def text(self) -> str:
        """What a repair should give back: the blocks, then the footnotes, a blank line between."""
        return "\n\n".join([text for _, text in self.blocks] + [text for *_, text in self.notes])


@dataclass(slots=True)
class _Words:
    """Fills the slots of a template."""

    rng: Random
    pool: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, template: str) -> str:
        return re.sub(r"\{([^}]+)\}", lambda match: self.slot(match[1]), template)

    def slot(self, name: str) -> str:
        rng = self.rng
        if name in self.pool:
            return rng.choice(self.pool[name])
        if name == "Thing":
            return rng.choice(self.pool["thing"]).title()
        numbers = {
            "n": lambda: str(rng.randint(2, 40)),
            "y": lambda: str(rng.randint(1850, 2020)),
            "m": lambda: str(rng.randint(1, 12)),
            "d": lambda: str(rng.randint(1, 28)),
            "p": lambda: rng.choice([str(rng.randint(3, 97)), f"{rng.uniform(1, 90):.1f}"]),
            "t": lambda: f"{rng.uniform(1, 30):.1f}",
            "k": lambda: f"{rng.randint(1000, 90000):,}",
            "c": lambda: rng.choice(_ZH_NUMERALS if "誰" in self.pool else "123456"),
            "l": lambda: rng.choice(["Anna", "Tobias", "Maren", "Idris", "Solveig"]),
            "surname": lambda: rng.choice(_SURNAMES),
            "a": lambda: rng.choice(_ACRONYMS),
            "Mon": lambda: rng.choice(_MONTHS),
        }
        return numbers[name]()


@cache
def _simplifier() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in Simplified Chinese."""
    return str(_simplifier().convert(text))  # type: ignore[attr-defined]


def clean(rng: Random, language: Language, *, notes: bool = False) -> Document:
    """A clean document: a title (mostly), headings, paragraphs; footnotes if asked for."""
    blocks: list[tuple[str, str]] = []
    if rng.random() < 0.8:
        blocks.append(("title", _heading(rng, _one(rng, language))))
    for section in range(rng.randint(1, 4)):
        if section and rng.random() < 0.7:
            heading = _heading(rng, _one(rng, language))
            # A heading that comes again could not be told from a running head.
            if all(heading != text for _, text in blocks):
                blocks.append(("heading", heading))
        blocks.extend(("paragraph", _paragraph(rng, _one(rng, language))) for _ in range(rng.randint(1, 5)))
    found: list[tuple[int, int, str]] = []
    if notes:
        for index, (kind, text) in enumerate(blocks):
            if kind == "paragraph" and len(text) > 60 and rng.random() < 0.5:
                stops = [
                    m.end() for m in re.finditer(r"(?<!\d)[，。；](?!\d)|(?<=[a-z])[,.;](?= )", text[:-4])
                ]
                if stops:
                    found.append((index, rng.choice(stops), _note(rng, _one(rng, language))))
    return Document(tuple(blocks), tuple(found))


def _one(rng: Random, language: Language) -> Language:
    return rng.choice(LANGUAGES[:3:2]) if language == "mixed" else language


def _said(rng: Random, language: Language, chinese: tuple[str, ...], english: tuple[str, ...]) -> str:
    if language == "en":
        text = _Words(rng, _EN).fill(rng.choice(english))
        return text[:1].upper() + text[1:]
    text = _Words(rng, _ZH).fill(rng.choice(chinese))
    return simplified(text) if language == "zh-Hans" else text


def _paragraph(rng: Random, language: Language) -> str:
    count = rng.choice([1, 2, 3, 4, 5, 6, 8])
    joiner = " " if language == "en" else ""
    return joiner.join(_said(rng, language, _ZH_SENTENCES, _EN_SENTENCES) for _ in range(count))


def _heading(rng: Random, language: Language) -> str:
    return _said(rng, language, _ZH_HEADINGS, _EN_HEADINGS)


def _note(rng: Random, language: Language) -> str:
    return _said(rng, language, _ZH_NOTES, _EN_NOTES)


# --- texts that need no repair ------------------------------------------------------------------------

_POEMS = {
    "zh-Hant": (
        "風過了田埂\n雲還沒有走，\n燕子低低地飛\n像一句沒說完的話",
        "山路彎彎雨未停，\n茶煙細細過前庭。\n舊船不問潮來去，\n只載秋聲與晚星。",
    ),
    "zh-Hans": (
        "夜里有人点灯\n灯下没有影子\n只有一本翻开的书\n和半杯凉了的茶",
        "小桥流过三月水，\n旧巷传来卖花声。",
    ),
    "en": (
        "The mill has lost its wheel of oak,\nthe stream has lost its sound,\nand still the miller's fire and smoke\ngo up without a sound.",
        "A lamp, a book,\na door that will not close,\nand snow",
    ),
}
_LISTS = (
    "- {0}\n- {1}\n- {2}",
    "1. {0}\n2. {1}\n3. {2}",
    "（一）{0}\n（二）{1}\n（三）{2}",
    "* {0}\n* {1}\n* {2}",
)
_CODE = (
    "```python\ndef level(reading):\n    # 單位是公分\n    return reading * 2.5\n\nprint(level(4))\n```",
    "    for (i = 0; i < 3; i++) {\n        measure(i);\n    }",
    '~~~\n$ wenda ask "橋有多長？"\n300 公尺\n~~~',
)
_TABLES = (
    "| 年 | 水位 |\n|---|---|\n| 1901 | 2.5 |\n| 1902 | 2.7 |",
    "| Year | Bridges |\n|------|---------|\n| 1901 | 12 |\n| 1902 | 14 |",
)
_AUTHORS = {"zh-Hant": "作者：林曉青", "zh-Hans": "文／陈小明", "en": "By Anna Quillon"}


def whole(rng: Random, *, markdown: bool) -> str:
    """A text that needs no repair: paragraphs, one a line or set apart by blank lines, lists, poems; in Markdown
    also headings, code, tables and quotations."""
    language = _one(rng, rng.choice(LANGUAGES))
    document = clean(rng, language)
    between = "\n\n" if markdown else rng.choice(["\n\n", "\n\n", "\n"])
    parts: list[str] = []
    for kind, text in document.blocks:
        mark = {"title": "# ", "heading": "## "}.get(kind, "") if markdown else ""
        parts.append(mark + text)
        if kind == "title" and rng.random() < 0.3:
            parts.append(_AUTHORS[language])
        if kind == "paragraph" and rng.random() < 0.4:
            parts.append(_other(rng, language, markdown=markdown))
    if rng.random() < 0.1:
        parts = parts[:1]
    return between.join(parts) + rng.choice(["", "\n"])


def _other(rng: Random, language: Language, *, markdown: bool) -> str:
    """A list or a poem, or what only Markdown has."""
    items = [_said(rng, language, _ZH_HEADINGS, _EN_HEADINGS) for _ in range(3)]
    shapes = [rng.choice(_LISTS).format(*items), rng.choice(_POEMS[language])]
    if markdown:
        quoted = "> " + _paragraph(rng, language)
        poem = rng.choice(_POEMS[language]).replace("\n", rng.choice(["  \n", "\\\n", "\n"]))
        shapes += [rng.choice(_CODE), rng.choice(_TABLES), quoted, poem]
    return rng.choice(shapes)
