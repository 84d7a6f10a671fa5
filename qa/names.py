"""The names in a sentence that somebody wrote: what must not be made up. Rules; they rather miss one than see one too many."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from index.fold import fold

_LATIN = re.compile(r"[A-Z][\w’'-]*(?:[ ·-](?:(?:of|the|de|van|von|bin|al) )?[A-Z][\w’'-]*)*")
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "his",
        "her",
        "their",
        "our",
        "my",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "of",
        "to",
        "with",
        "as",
        "and",
        "or",
        "but",
        "if",
        "so",
        "when",
        "where",
        "while",
        "who",
        "what",
        "which",
        "why",
        "how",
        "after",
        "before",
        "during",
        "since",
        "until",
        "although",
        "because",
        "however",
        "yes",
        "no",
        "not",
        "there",
        "here",
        "all",
        "both",
        "each",
        "some",
        "many",
        "most",
        "more",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "first",
        "second",
        "third",
        "fourth",
        "finally",
        "also",
        "then",
        "thus",
        "moreover",
        "according",
        "under",
        "over",
        "between",
        "among",
        "despite",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
_TITLE = "總統|总统|主席|總理|总理|首相|部長|部长|外長|外长|大使|教授|博士|國務卿|国务卿|市長|市长|校長|校长|院長|院长|主任|先生|女士|工程師|工程师|記者|记者|學者|学者|作者|醫師|医师|村長|村长|執行長|执行长"
_SURNAMES = (
    "趙錢孫李周吳鄭王馮陳褚衛蔣沈韓楊朱秦許何呂施張孔曹嚴華金魏陶姜謝鄒喻柏章蘇潘葛范彭魯韋馬苗方俞任袁柳唐費薛雷賀倪湯羅郝安常"
    "傅齊康伍余顧孟黃穆蕭尹姚邵汪毛戴宋龐熊紀舒項祝董梁杜阮藍賈江童顏郭梅盛林鍾徐邱駱高夏蔡田樊胡凌霍萬柯盧莫房丁鄧洪包左石崔吉"
    "龔程邢裴陸榮翁曲段焦巴谷車侯全班秋甘武劉景詹葉黎白蒲池喬翟譚勞申冉溫莊晏柴閻艾容向古易廖耿文歐利師聶曾關游蓋習賴侯"
    "赵钱孙吴郑冯陈卫蒋韩杨许吕张严华谢邹苏鲁韦马费贺汤罗齐顾黄萧庞纪项蓝贾颜钟骆万卢邓龚陆荣车刘叶乔谭劳温庄阎欧师聂关盖习赖"
)
_AFTER_TITLE = re.compile(
    rf"(?:{_TITLE})([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[，。、；：（(說说指認认表強强在於于與与和及的是也曾將将主建批提訪访出宣目今昨明前後后共都不未已還还又即正最等之有任擔担從从向把被讓让到去會会能要應应必對对\d]|$)"
)
_BEFORE_VERB = re.compile(
    rf"(?:^|(?<=[，。、；：由和與与及對对向請请]))([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=(?:總統|总统|主席|教授|先生|女士|認為|认为|表示|指出|強調|强调|主張|主张|批評|批评|建議|建议|說|说|警告|提出|主持|設計|设计|創立|创立|訪問|访问|出席))"
)
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·・．‧•][\u4e00-\u9fff]{1,8})+")
_TITLED = re.compile(r"[《〈]([^《》〈〉\n]{2,40})[》〉]")


@cache
def _countries() -> re.Pattern[str]:
    """Every country, folded, the longest first."""
    rows = (files("qa") / "countries.txt").read_text(encoding="utf-8").split("\n")
    names = {fold(name) for row in rows for name in row.split("\t")[:1] if name}
    return re.compile("|".join(sorted(names, key=len, reverse=True)))


def countries(text: str) -> list[str]:
    """The countries that a text names in Chinese, folded, or in English, as written; each once, in order.

    >>> countries("卡達與孟加拉原為觀察員"), countries("Qatar and the United States")
    (['卡塔尔', '孟加拉'], ['Qatar', 'United States'])
    """
    folded = [(m.start(), m.group()) for m in _countries().finditer(fold(text))]
    latin = [(m.start(), m.group()) for m in _english_countries().finditer(text)]
    return list(dict.fromkeys(name for _, name in sorted(folded) + sorted(latin)))


@cache
def country_forms() -> tuple[tuple[str, ...], ...]:
    """The names of each country, in Chinese (Taiwan's) and in English.

    >>> ("卡達", "Qatar") in country_forms()
    True
    """
    rows = (files("qa") / "countries.txt").read_text(encoding="utf-8").split("\n")
    return tuple(tuple(row.split("\t")) for row in rows if row)


@cache
def _english_countries() -> re.Pattern[str]:
    rows = (files("qa") / "countries.txt").read_text(encoding="utf-8").split("\n")
    names = [name for row in rows for name in row.split("\t")[1:] if name]
    return re.compile(
        r"\b(?:" + "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) + r")\b"
    )


def names(text: str) -> list[str]:
    """The names of people, places and works that a sentence gives, each once; Chinese countries are folded.

    A lone word at the beginning of an English sentence has its capital anyhow, and is left out where it is a common one.

    >>> names("Xi Jinping met Modi in Shanghai."), names("主席莫迪訪問印度，並出版《新亞洲》。")
    (['Xi Jinping', 'Modi', 'Shanghai'], ['莫迪', '新亞洲', '印度'])
    """
    found = [m for pattern in (_AFTER_TITLE, _BEFORE_VERB, _TITLED) for m in pattern.findall(text)]
    found += _DOTTED.findall(text)
    for match in _LATIN.finditer(text):
        words = match.group().split(" ")
        while words and words[0].lower().removesuffix("’s").removesuffix("'s") in _SMALL:
            words.pop(0)
        name = re.sub(r"(?:’s|'s)$", "", " ".join(words))
        if len(name) > 1:
            found.append(name)
    found += _countries().findall(fold(text))
    return list(dict.fromkeys(found))
