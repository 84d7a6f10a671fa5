"""What a question asks for: its kind of answer (a person, a date, a reason…), read from its wording.

Rules, not a model: the question words of Chinese and English are a closed list, and a rule can be read,
tested and mended. Folded text is matched, so each Chinese pattern is written once, in Simplified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.fold import fold
from qa.answer import Language
from qa.language import detect

Kind = Literal[
    "person", "date", "duration", "money", "percent", "number", "place", "reason", "opinion", "yesno", "how", "list", "other",
]  # fmt: skip

# The first kind whose pattern is found is taken: the order is from the most to the least telling.
_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "reason",
        r"为什么|为何|何以|因何|原因|为啥|怎么会|为了什么|\bwhy\b|\bhow come\b|\breasons?\b"
        r"|\bwhat (?:caused|led to|prompted|made)\b",
    ),
    (
        "date",
        r"何时|什么时候|什么时间|哪一?年|哪一?[天日]|哪个?月|几月|几号|何年|何日|年份|哪个年代|最晚要?在?什么"
        r"|\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century)\b",
    ),
    (
        "duration",
        r"多久|多长时间|多少时间|几(?:年|天|个月|小时|个小时|分钟|周|日)|多少(?:年|天|个月|小时|分钟|周)"
        r"|\bhow long\b|\bhow many (?:years|days|months|hours|minutes|weeks)\b|\bhow old\b|几岁|多大年纪",
    ),
    (
        "money",
        r"多少钱|多少(?:亿|万)?(?:美?元|欧元|英镑)|总值|金额|价格|票价|学费|费用|营收|成交价|房租|罚款|损失是?多少|售价"
        r"|\bhow much (?:did|does|do|was|were|is|are|money)\b"
        r"|\b(?:what|which) (?:is|was|were|are) the .{0,24}(?:cost|price|value|fare|fee|budget|worth|revenue|rent)\b",
    ),
    (
        "percent",
        r"百分之几|比例|占多|占比|几成|百分比|[率]是?多少|多大比重|保护力"
        r"|\b(?:what|which) (?:percentage|per ?cent|share|proportion|fraction|ratio|rate)\b|\bturnout\b",
    ),
    (
        "number",
        r"多少|几[^乎]|多[大高长远重深快]|数量|人数"
        r"|\bhow (?:many|much|large|big|far|high|tall|deep|often|fast|wide|hot|cold|heavy)\b"
        r"|\bat what (?:temperature|speed|age)|\bwhat (?:number|temperature|depth|height)\b|\bby what\b",
    ),
    ("person", r"谁|哪一?位|何人|什么人|哪个人|\bwho\b|\bwhom\b|\bwhose\b"),
    (
        "list",
        r"哪些|列出|列举|有哪|哪[两二三四五六七八九十]|包括什么|分别是|\blist\b|\bname the\b|\bwhat are\b|\bwhich (?!is\b|was\b|has\b|does\b)\w+s\b",
    ),
    (
        "place",
        r"哪里|哪儿|何处|何地|什么地方|地点|哪(?:一?个|一?座|些)?(?:国家|国|城市|地方|地区|省|县|岛)"
        r"|\bwhere\b|\b(?:which|what) (?:country|countries|city|cities|place|town|region|island|port)\b",
    ),
    (
        "opinion",
        r"建议|看法|观点|立场|主张|评价|评论|批评|意见|态度|怎么看|怎么说|如何看|认为|回应"
        r"|\b(?:recommend|suggest|advise|advice|opinion|views?|stance|position|think|thought|say|said|argue|comment|criticis)",
    ),
    (
        "yesno",
        r"吗\W*$|是否|有没有|是不是|能不能|会不会|可不可以|对不对"
        r"|^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b",
    ),
    ("how", r"如何|怎么|怎样|\bhow\b"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)

_OF_THE_ARTICLE = re.compile(
    r"作者|笔者|本文|文章|文中|论文|英[文语]|\b(?:author|article|paper|text|guide|english)\b"
)

# Words that ask and carry no content of their own; what remains of a question is what it is about.
_ASKING = re.compile(
    r"为什么|为何|什么时候|什么时间|什么地方|何时|哪一?[年天日月个位座些国]|哪里|哪儿|谁|多少|多久|多长时间|几|什么|如何|怎么样?"
    r"|怎样|英[文语](?:的?全?名|简称)?|怎么说|是否|有没有|吗|呢|请问|本文|文章|文中|作者|这篇|请|一共|总共|主要"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|long|often|is|are|was|were|be|been|do|does|did"
    r"|has|have|had|can|could|will|would|should|the|a|an|of|in|on|at|to|for|by|with|from|as|and|or|it|its|that|this"
    r"|there|please|tell|me|according|article|author|text|about|english)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what was read from it. ``content`` is folded, without the words that only ask."""

    text: str
    language: Language
    kind: Kind
    content: str


def kind_of(text: str) -> Kind:
    """The kind of answer that a question asks for.

    >>> [kind_of(q) for q in ("本文作者是誰？", "总值多少钱？", "Why did it fail?", "What is a summit?")]
    ['person', 'money', 'reason', 'other']
    """
    folded = fold(text)
    kind: Kind = next((kind for kind, pattern in _COMPILED if pattern.search(folded)), "other")
    # Every article holds its author's opinions, and no pattern finds them; nor the English of a name.
    return "other" if kind == "opinion" and _OF_THE_ARTICLE.search(folded) else kind


def analyse(text: str, default: Language = "zh-Hant") -> Question:
    """Read a question; ``default`` is the language where its characters leave it open.

    >>> analyse("第四屆亞信會議在哪裡舉行？")
    Question(text='第四屆亞信會議在哪裡舉行？', language='zh-Hant', kind='place', content='第四届亚信会议在 举行')
    """
    content = " ".join(re.findall(r"[\w.%·-]+", _ASKING.sub(" ", fold(text))))
    return Question(text=text, language=detect(text, default), kind=kind_of(text), content=content)
