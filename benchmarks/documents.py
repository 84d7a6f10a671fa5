"""Documents of our own writing for measuring the repair: clean ones, and the same ones as a PDF would give them.

Everything is drawn from one seeded generator, so that a document can be made again from its number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from random import Random
from typing import Literal

Language = Literal["zh-Hant", "zh-Hans", "en", "mixed"]
LANGUAGES: tuple[Language, ...] = ("zh-Hant", "zh-Hans", "en", "mixed")
Blanks = Literal["paragraphs", "random", "none", "every"]

_ZH = {
    "誰": "老漁夫 镇上的医师 三位測量員 一隊志工 圖書館員 村裡的孩子 造橋的工匠 我的祖母 兩名氣象員 林務局的巡山員 茶農 鐘錶匠 港務人員 研究小組 書店老闆".split(),
    "地": "河口 山腳下的小鎮 北岸的燈塔 舊火車站 城南的菜市場 海拔兩千公尺的苗圃 半島西側的鹽田 水庫上游 大學的植物園 雨後的操場 離島的碼頭 老街盡頭 運河邊".split(),
    "做": "記下每天的水位 修補被風吹壞的屋頂 把種子分給鄰居 替候鳥繫上腳環 重新畫了一張地圖 試著把茶葉多曬一個時辰 量出橋墩下沉的距離 把舊報紙一頁一頁拍成照片 在筆記本裡寫下看到的雲 教孩子辨認星座 用竹子搭起臨時的棚架 清點倉庫裡的木箱".split(),
    "物": "木橋 水車 石磨 蒸氣火車 手抄本 羅盤 風箏 梯田 堤防 陶甕 鹽倉 渡船 氣球 顯微鏡".split(),
    "性": "輕巧 笨重 準確 容易受潮 經得起風雨 比想像中便宜 難以修理 適合遠行 不太起眼".split(),
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
_ZH_HEADINGS = ("{物}的由來", "{地}的一天", "為誰而建的{物}", "從{物}到{物}", "{誰}的手藝", "第{c}章 {物}", "{c}、{物}與天氣", "結語")
_ZH_NOTES = (
    "見{surname}，《{物}圖說》，第{n}頁。",
    "此處指{地}的{物}，不包括{y}年以後所建者。",
    "{誰}在{y}年的訪談中也提到同一件事，但說法略有不同；兩者的差異請看附錄，該處列出了全部{k}筆紀錄。",
)
_EN = {
    "who": "the old fisherman|two surveyors|a team of volunteers|the village librarian|three children from the valley|the bridge builders|my grandmother|the harbour master|a young botanist|the tea growers|the night watchman|Professor Alder".split("|"),
    "place": "the mouth of the river|the small town below the hills|the north lighthouse|the old railway station|a well-known botanical garden|the salt pans|the upper reservoir|the far end of the canal|a long-abandoned quarry|the market square".split("|"),
    "did": "wrote down the level of the water|repaired the roof that the wind had torn|gave the seeds to the neighbours|drew a new and more accurate map|measured how far the pillars had sunk|photographed every page of the newspapers|taught the children to find the constellations|counted the wooden crates in the warehouse".split("|"),
    "thing": "wooden bridge|water wheel|steam engine|handwritten catalogue|compass|terraced field|ferry|microscope|weather balloon|clay jar|signal tower".split("|"),
    "quality": "surprisingly light|heavy|hard to repair|cheaper than expected|long-lasting|of little use in the rain|accurate to a fraction of a millimetre|easily damaged".split("|"),
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
_EN_HEADINGS = ("The Making of a {Thing}", "A Day at {place}", "Why it matters", "Results and Discussion", "From {thing} to {thing}", "{c}. The {Thing}")
_EN_NOTES = (
    "See {surname}, The {Thing} Illustrated, p. {n}.",
    "This refers to {place}, without the part built after {y}.",
    "In an interview of {y} {who} told the same story, though with different numbers; the appendix lists all {k} records and explains how they were collected.",
)
_SURNAMES = "Alder Birchwood Castellan Dunmore Eastlake Fairweather Hollis Marlowe Okafor Quillon Rosamund Thackery".split()
_ACRONYMS = "TWR GBX NOAQ RIVA KLD".split()
_MONTHS = "January March April June July September October December".split()
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
                stops = [m.end() for m in re.finditer(r"(?<!\d)[，。；](?!\d)|(?<=[a-z])[,.;](?= )", text[:-4])]
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


# --- damage ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Damage:
    """How a document is set and taken out again."""

    width: int  # columns
    by_characters: bool  # the width counts characters, not columns
    kinsoku: bool  # no comma or stop begins a line
    hyphenate: bool
    blanks: Blanks
    indent: str  # before the first line of a paragraph
    lost_indent: bool  # the first line is shorter, but its indent was not extracted
    page_lines: int  # lines on a page; 0: no pages
    head: str
    numbers: str  # how a page number is written, "" for none


def draw(rng: Random, language: Language, document: Document) -> Damage:
    """Some damage, at a width that leaves no doubt where the paragraphs of the document end, if one is found."""
    blanks: Blanks = rng.choice(["paragraphs", "random", "random", "none", "every"])
    indent = rng.choice(["", "", "　　", "  "]) if language != "en" else rng.choice(["", "", "    "])
    by_characters = language in {"zh-Hant", "zh-Hans"} and rng.random() < 0.4
    damage = Damage(
        width=0,
        by_characters=by_characters,
        kinsoku=rng.random() < 0.6,
        hyphenate=rng.random() < 0.5,
        blanks=blanks,
        indent=indent,
        lost_indent=bool(indent) and rng.random() < 0.5,
        page_lines=rng.choice([0, rng.randint(8, 30)]),
        head=rng.choice(["", "山海季刊 第12期", "Notes on Rivers and Roads", "山與海"]),
        numbers=rng.choice(["", "{}", "- {} -", "第{}頁", "Page {}"]),
    )
    for _ in range(40):
        damage = replace(damage, width=rng.randint(18, 42) if by_characters else rng.randint(36, 84))
        if not is_doubtful(document, damage):
            break
    return damage


def is_doubtful(document: Document, damage: Damage) -> bool:
    """Whether nothing on the page tells where some paragraph ends: its last line is full and no blank line or
    indent sets the next one off."""
    if damage.blanks == "paragraphs":
        return False
    measure = len if damage.by_characters else _columns
    for (kind, text), (next_kind, following) in pairwise(document.blocks):
        if next_kind == "paragraph" and kind == "paragraph" and damage.indent and not damage.lost_indent:
            continue
        last = wrap(Random(0), text, damage, indent=damage.indent if kind == "paragraph" else "")[-1]
        first = _bound(_TOKENS.findall(following), kinsoku=True)[0]
        if measure(last) + measure(first) + 3 > damage.width:
            return True
    return False


_MARK = "\ue000"  # where a footnote's mark stands while the text is wrapped


def damaged(rng: Random, document: Document, damage: Damage) -> str:
    """The document as the text of a page would come out."""
    lines: list[tuple[str, bool]] = []  # and whether a block ends with it
    marks = {(block, offset): number for number, (block, offset, _) in enumerate(document.notes, 1)}
    for index, (kind, text) in enumerate(document.blocks):
        for (block, offset), number in sorted(marks.items(), reverse=True):
            if block == index:
                text = f"{text[:offset]}{_MARK}{number}{_MARK}{text[offset:]}"
        wrapped = wrap(rng, text, damage, indent=damage.indent if kind == "paragraph" else "")
        lines.extend((line, last == len(wrapped)) for last, line in enumerate(wrapped, 1))
    pages = _pages(lines, damage.page_lines)
    # A running head that is seen once could be a heading.
    head = damage.head if len(pages) > 3 else ""
    out: list[str] = []
    for number, page in enumerate(pages, 1):
        if head and number > 1:
            out.extend(["", head, ""])
        for line, ends in page:
            out.append(re.sub(f"{_MARK}(\\d+){_MARK}", r"\1", line))
            if _blank_after(rng, damage.blanks, ends=ends):
                out.append("")
        for mark in re.findall(f"{_MARK}(\\d+){_MARK}", "".join(line for line, _ in page)):
            note = wrap(rng, f"{mark} {document.notes[int(mark) - 1][2]}", damage, indent="")
            out.extend(["", *note])
        if damage.page_lines and damage.numbers:
            out.extend(["", damage.numbers.format(number + 16), ""])
    return "\n".join(out)


def _pages(lines: list[tuple[str, bool]], size: int) -> list[list[tuple[str, bool]]]:
    if not size:
        return [lines]
    return [lines[first : first + size] for first in range(0, len(lines), size)]


def _blank_after(rng: Random, blanks: Blanks, *, ends: bool) -> bool:
    if blanks == "random":
        return rng.random() < (0.8 if ends else 0.4)
    return blanks == "every" or (blanks == "paragraphs" and ends)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


_TOKENS = re.compile(rf"{_MARK}\d+{_MARK}| +|[^\s\u2e80-\uffef]+|.", flags=re.DOTALL)
_CANT_START = "，。、；：！？」』）》”’%）…"
_CANT_END = "「『（《“‘"


def wrap(rng: Random, text: str, damage: Damage, *, indent: str) -> list[str]:
    """The text wrapped greedily; no word is divided but by hyphenation."""
    measure = len if damage.by_characters else _columns
    tokens = _bound(_TOKENS.findall(text), kinsoku=damage.kinsoku)
    lines: list[str] = []
    current = indent
    for token in tokens:
        room = damage.width - measure(re.sub(_MARK, "", current))
        if measure(re.sub(_MARK, "", token.rstrip(" "))) <= room or not current.strip():
            current += token
            continue
        head, rest = _divided(rng, token, room) if damage.hyphenate else ("", token)
        lines.append((current + head).rstrip(" "))
        current = rest.lstrip(" ")
    lines.append(current.rstrip(" "))
    if indent and damage.lost_indent:
        lines[0] = lines[0].lstrip(" 　")
    return [line for line in lines if line.strip(" ")]


def _bound(tokens: list[str], *, kinsoku: bool) -> list[str]:
    """The tokens, with footnote marks, and marks of punctuation if asked for, bound to the word before or after."""
    bound: list[str] = []
    for token in tokens:
        leans = kinsoku and bound and (token[0] in _CANT_START or bound[-1][-1] in _CANT_END)
        if bound and (leans or token[0] == _MARK):
            bound[-1] += token
        else:
            bound.append(token)
    return bound


def _divided(rng: Random, token: str, room: int) -> tuple[str, str]:
    """A long word divided by a hyphen so that its head fits into the room."""
    match = re.fullmatch(r"([A-Za-z]{7,})([.,;:!?\"]*)", token)
    if not match or room < 4:
        return "", token
    cut = min(room - 1, len(match[1]) - 3)
    return token[:cut] + "-", token[cut:]
