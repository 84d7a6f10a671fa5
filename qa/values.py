"""The values that can answer a typed question, found in a sentence: dates, sums, numbers, people, places.

All patterns are matched against folded text (lower case, Simplified), the Latin names against the text as
written, since a capital letter is what shows a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from index.fold import fold
from qa.question import Kind

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_HAN_NUMBER = r"[零一二三四五六七八九十百千万亿两几半数]+"
_NUMBER = rf"(?:{_DIGITS}\s*[十百千万亿兆]*|{_HAN_NUMBER})"
_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?"
    r"|millions?|billions?|trillions?|dozens?|half|quarter|thirds?|twice|once|first|second)"
)
_EN_NUMBER = rf"(?:{_DIGITS}|\b{_WORD_NUMBER}\b)(?:[\s-]+{_WORD_NUMBER}\b)*"
_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_UNITS = r"(?:年|个?月|[日天周]|星期|小时|分钟|秒|世纪|years?|months?|days?|weeks?|hours?|minutes?|seconds?|decades?|centur(?:y|ies))"

_PATTERNS: dict[Kind, str] = {
    "date": (
        rf"{_NUMBER}\s*年|\d+\s*[月日]|{_HAN_NUMBER}[月日]|[上下]午|\d+世纪|年[初底末中]|[今明去前昨后]年|民国"
        rf"|\b1\d{{3}}\b|\b20\d{{2}}\b|\b{_MONTHS}\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
        r"|\b\d+ ?[ap]\.?m\b|\b\d+(?:st|nd|rd|th) century\b|[点时]以[前后]"
    ),
    "duration": rf"(?:{_NUMBER}|{_EN_NUMBER})[\s-]*(?:余|多|来)?\s*{_UNITS}|[多余]年|岁|\baged?\b",
    "money": (
        r"(?:美|欧|日|港|台|加|澳)?元|英镑|法郎|人民币|卢布|克朗|比索|日圆|块钱|免费|[$€£¥]"
        r"|\b(?:dollars?|euros?|pounds?|yuan|yen|francs?|kroner|rubles?|pesos?|cents?|pence|free)\b"
    ),
    "percent": (
        r"%|百分之|[一二三四五六七八九两\d]成|分之|一半|\bper ?cent|\bpercent|\bhalf\b|\bthirds?\b|\bquarters?\b"
        r"|\bout of\b|\b\d+ to \d+\b|\d+[比:]\d+"
    ),
    "number": (
        rf"{_DIGITS}|[零一二三四五六七八九十百千万亿两数]{{1,}}(?:[个名位人只座条张次度节级站岁件项辆艘架枚颗位种所家篇本国例吨层倍]|[多余]|公|毫|米)"
        rf"|\b{_WORD_NUMBER}\b"
    ),
    "reason": (
        r"因为|由于|因此|为了|以防|以免|起因|源于|肇因|导致|造成|所以|因而|原因|理由|缘于|基于|鉴于|促使|使得?|让|避免|才能?|便于|以便"
        r"|\b(?:because|since|due|owing|so that|therefore|caused?|reasons?|led|result(?:ed)?|in order|thanks"
        r"|prompted|blamed?|avoid|prevent|mainly|as)\b"
    ),
    "place": (
        r"[在于往赴抵从到自][^，。；]{0,10}?[国市省县岛港湾海河州区镇乡村里街路站馆场山城京地厅楼寺厂园所外]"
        r"|\b(?:in|at|to|from|near|off|on|of)\s+(?:the\s+)?\w+"
    ),
    "how": r"通过|透过|借|以[^及]|用|按|先|再|然后|\b(?:by|through|using|with|via|first|then)\b",
    "list": r"、[^、。]{1,16}、|、[^、。]{1,16}[和与及]|包括|以及|分别|\b\w+, [^,.]{1,30},? (?:and|or)\b",
    "opinion": (
        r"应该?|需要|必须|须|建议|呼吁|认为|主张|表示|指出|强调|批评|评论|警告|坦言|直言|期待|担心|希望|说"
        r"|\b(?:should|must|ought|needs?|recommend|suggest|argu|think|thought|said|says|warn|believ|call|critici|hope)"
    ),
    "yesno": r"不|没|无|非|是|有|可|能|\bnot?\b|\bnever\b|\bonly\b",
}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}

_LATIN_NAME = re.compile(
    r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+(?:\s+(?:(?:de|van|von|bin|al|of)\s+)?[A-Z][\w'’-]+)*"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛范彭郎鲁韦昌马苗方俞任袁柳史唐"
    "费薛雷贺倪汤罗毕郝安常傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄米贝明戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童颜郭梅盛林钟徐邱骆高夏"
    "蔡田樊胡凌霍万柯卢莫房解应丁邓洪包左石崔吉龚程邢裴陆荣翁荀惠曲封储靳段焦巴弓谷车侯全班秋仲伊宫宁仇栾甘祖武符刘景詹龙叶"
    "黎白蒲邰卓池乔能闻党翟谭劳申冉郦雍温庄晏柴瞿阎连习艾容向古易廖终居衡耿满匡国文东欧利师巩聂曾关游盖肖"
)
_HAN_PERSON = re.compile(
    rf"[\u4e00-\u9fff]{{1,8}}[·・．‧•][\u4e00-\u9fff]{{1,8}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[（(说指认表强宣曾在则任担是获与和、，。])"
    r"|(?:总统|主席|总理|首相|部长|外长|国务卿|大使|教授|博士|医师|医生|市长|县长|村长|校长|院长|所长|主任|经理|执行长|总裁|导演|画家|作家|记者|道士"
    r"|学者|研究员|营养师|讲师|教练|队长|球员|志工|居民|科学家|工程师|设计师|农民|先生|女士|阿嬷|阿公|爵士)"
)


def _people(text: str) -> list[str]:
    return [m.group() for m in _LATIN_NAME.finditer(text)] + [
        m.group() for m in _HAN_PERSON.finditer(fold(text))
    ]


def values(text: str, kind: Kind) -> list[str]:
    """The strings in ``text`` that could answer a question of ``kind``; empty for kind "other".

    >>> values("本次售價為4,560億美元", "number"), values("She died in April 1958.", "date")
    (['4,560'], ['april', '1958'])
    >>> values("村長林秀鳳說", "person")
    ['村长', '林秀凤']
    """
    if kind == "person":
        return _people(text)
    pattern = _COMPILED.get(kind)
    return [m.group().strip() for m in pattern.finditer(fold(text))] if pattern else []


def new_values(text: str, question: str, kind: Kind) -> int:
    """How many values of ``kind`` the text has that the question does not already name.

    >>> new_values("2014年在上海舉行", "2014年的峰會在哪一年？", "date")
    0
    """
    known: Callable[[str], bool] = fold(question).__contains__
    return sum(not known(fold(value)) for value in values(text, kind))


# Kinds whose values are short and stand beside what they measure.
MEASURED: tuple[Kind, ...] = ("date", "duration", "money", "percent", "number")
_CLAUSE_END = re.compile(r"[，。；：、！？,;:!?「」『』（）()“”及和与]|\.\s| and ")
_CLAUSES = re.compile(r"[，；。]|[,;.]\s")
_WIDTH = {True: 10, False: 36}  # characters on either side of a value, in Chinese and in other text


def surroundings(text: str, question: str, kind: Kind) -> list[str]:
    """The words in which a question of ``kind`` may be answered, each to be matched with the question by itself.

    For a measured kind these are the words on either side of each new value, within its clause, folded: what
    the value is *of*. For any other kind they are the clauses with a new value, all of them for kind "other".

    >>> surroundings("現有26個成員國及11個觀察員，涵蓋東亞", "有多少個觀察員？", "number")
    ['现有26个成员国', '11个观察员']
    """
    if kind not in MEASURED:
        clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
        return clauses if kind == "other" else [c for c in clauses if new_values(c, question, kind)]
    folded, asked = fold(text), fold(question)
    found = []
    for match in _COMPILED[kind].finditer(folded):
        if match.group().strip() in asked:
            continue
        width = _WIDTH[
            folded[max(0, match.end() - 1)] >= "\u4e00" or folded[match.end() : match.end() + 1] >= "\u4e00"
        ]
        before = folded[max(0, match.start() - width) : match.start()]
        after = folded[match.end() : match.end() + width]
        before = _CLAUSE_END.split(before)[-1]
        after = _CLAUSE_END.split(after)[0]
        found.append(before + match.group() + after)
    return found
