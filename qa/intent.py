"""Questions about the conversation or the article as a whole, told by their wording.

A pattern must account for the whole question: 「文章在說什麼」 asks for a summary, 「文章怎麼說習近平」 does not,
since a name remains when the pattern has been taken out.
"""

from __future__ import annotations

import re
from typing import Literal

from index.fold import fold

Intent = Literal[
    "greeting", "thanks", "goodbye", "help", "title", "author", "post", "sections", "view", "summary"
]

_ARTICLE_ZH = r"(?:这篇|这份|这个|本|该|此|全)?(?:篇)?(?:文章|论文|文|报告|文件|文献|文本|导读|指南)"
_ARTICLE_EN = (
    r"(?:(?:this|the|that|your) )?(?:article|paper|text|document|essay|report|guide|piece|study|work)"
)
_SOFT = r"(?:请问|请|麻烦|帮我|帮忙|可以|可否|能否|能不能|一下|吗|呢|吧|啊|呀|please|can you|could you|would you|tell me|me|for me|briefly|in short)"

_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "greeting",
        r"你好|您好|嗨|哈[罗啰喽]|早安?|午安|晚安|早上好|下午好|hi|hello|hey|good (?:morning|afternoon|evening)|there",
    ),
    ("thanks", r"谢谢你?您?|多谢|感谢|thanks?(?: you)?|thx|thank you|so much|very much|a lot"),
    ("goodbye", r"再见|拜拜|掰掰|bye|goodbye|see you"),
    (
        "help",
        r"你(?:能|可以|会)(?:做|干|帮我做|回答)?(?:些)?什么(?:事|问题)?|你是谁|你(?:有)?(?:什么|哪些)功能|(?:怎么|如何)(?:使?用)(?:你|这个)?"
        r"|我(?:能|可以)问(?:你)?(?:些)?什么|说明|帮助|help|what can (?:you|i) (?:do|ask)(?: you)?(?: here)?|who are you"
        r"|what are you|how do (?:i|you) (?:use|work)(?: this| it)?|how does (?:this|it) work",
    ),
    (
        "title",
        rf"(?:{_ARTICLE_ZH})?的?(?:标题|题目|篇名|题名)(?:是|叫|为)?(?:什么)?|(?:{_ARTICLE_ZH})叫什么(?:名字)?"
        rf"|what(?:'s| is) the title(?: of {_ARTICLE_EN})?|what is {_ARTICLE_EN} called|title",
    ),
    (
        "author",
        rf"(?:{_ARTICLE_ZH})?(?:的)?(?:作者|笔者|撰稿人)(?:是|为|叫)?(?:谁|哪一?位|什么(?:名字)?|何人)?"
        rf"|(?:谁|哪一?位|何人)(?:是|写[了的]?|撰写[了的]?)(?:{_ARTICLE_ZH})?(?:的)?(?:作者)?"
        rf"|(?:{_ARTICLE_ZH})(?:是)?(?:由)?(?:谁|哪一?位|何人)(?:所)?(?:写|撰写|作)(?:的)?"
        rf"|who (?:wrote|is the author of|authored|is the writer of) (?:{_ARTICLE_EN}|this|it)"
        rf"|who(?:'s| is) the author|(?:name of )?the author(?: of {_ARTICLE_EN})?|author|by whom was {_ARTICLE_EN} written",
    ),
    (
        "post",
        r"(?:作者|笔者)(?:现在|目前|是)?(?:在|于)?(?:哪里|哪儿|何处|什么(?:单位|机构|地方))?(?:任职|就职|供职|服务|工作|上班)"
        r"(?:于|在)?(?:哪里|哪儿|何处|(?:哪个?|什么)(?:单位|机构|大学|学校|机关|研究所|地方))?"
        r"|(?:作者|笔者)(?:现在|目前)?的?(?:现职|职务|职称|头衔|单位|身[份分]|职业|背景)(?:是|为)?(?:什么|哪里)?"
        r"|where does the author work|what does the author do"
        r"|what(?:'s|’s| is) the author(?:'s|’s) (?:position|affiliation|job|profession|post|title|background)",
    ),
    (
        "sections",
        rf"(?:{_ARTICLE_ZH})?(?:里|中)?(?:总共|一共|共)?(?:有|分为|分成|包[括含])?(?:哪些|哪几个|几个|什么|多少个?)?"
        r"(?:小?章节|小?节|段落|部分|小?标题|大纲|目录|结构|架构)(?:有哪些|是什么|如何|为何)?"
        rf"|(?:which|what)(?: are the)? (?:sections|headings|parts|chapters)(?: are there| does {_ARTICLE_EN} have)?"
        rf"(?: (?:in|of) {_ARTICLE_EN})?|(?:list |show )?(?:all )?(?:the )?(?:sections|headings|table of contents|outline|structure)"
        rf"(?: (?:in|of) {_ARTICLE_EN})?|how is {_ARTICLE_EN} (?:organi[sz]ed|structured)|are there",
    ),
    (
        "view",
        r"(?:本文|文章|论文)?(?:的)?(?:作者|笔者)(?:本人|最后|最终)?(?:的|有|提出|提出了|有何|持)?(?:什么|哪些|怎样的|何种|何)?(?:样的)?"
        r"(?:主要|核心|最终)?(?:观点|看法|立场|主张|建议|结论|意见|态度|认为|怎么看|怎么想|论点)(?:是)?(?:什么|为何|如何|了|哪些)?"
        r"|(?:本文|文章|论文)(?:的)?(?:结论|建议|主张|论点)(?:是)?(?:什么|为何)?|结论是什么|(?:有)?(?:什么|哪些)建议"
        rf"|what (?:does|do|did|is|are) the (?:author|writer)s?(?:'s|’s|')? (?:(?:main |own )?(?:think|views?|opinion|position|stance"
        rf"|recommendations?|recommend|suggestions?|suggest|conclude|conclusions?|argue|arguments?|propose|proposals?|advice|want))"
        rf"|what (?:does|do) {_ARTICLE_EN} (?:recommend|conclude|propose|suggest|argue)"
        rf"|what (?:is|are) (?:the|its) (?:main )?(?:conclusions?|recommendations?|argument)(?: of {_ARTICLE_EN})?"
        r"|(?:the )?author(?:'s|’s) (?:view|opinion|recommendation|conclusion|position|stance)s?",
    ),
    (
        "summary",
        rf"(?:{_ARTICLE_ZH})?(?:主要)?(?:是)?(?:在)?(?:说|讲|谈|谈论|讨论|关于|描述|写)(?:些|了|的是|的)?(?:什么|啥)(?:内容|事)?(?:的)?"
        rf"|(?:{_ARTICLE_ZH})?(?:的)?(?:主要|核心)?(?:内容|主旨|大意|重点|摘要|主题|要点|梗概)(?:是|有)?(?:什么|哪些|为何)?"
        rf"|(?:给我)?(?:简要|简单)?(?:总结|摘要|概括|概述|归纳|介绍)(?:{_ARTICLE_ZH})?(?:的)?(?:内容|重点|大意)?|{_ARTICLE_ZH}|主要|用?[一两三四五几]句话"
        rf"|summar(?:y|ise|ize)(?: of)?(?: {_ARTICLE_EN}| this| it)?|what(?:'s| is| does) {_ARTICLE_EN} (?:mainly )?(?:about|say|discuss)"
        rf"|what(?:'s| is) (?:this|it) (?:mainly )?about|(?:what (?:is|are) the |the |give a |give |a )?(?:main|key|central) (?:points?|ideas?|arguments?|topics?|message|takeaways?|theme)"
        rf"(?: (?:of|in) {_ARTICLE_EN})?|tl;?dr|overview(?: of {_ARTICLE_EN})?|a short summary(?: of {_ARTICLE_EN})?|give|in (?:a few|one|two|three) sentences?",
    ),
)
_COMPILED = tuple((intent, re.compile(pattern)) for intent, pattern in _PATTERNS)
_SOFT_WORDS = re.compile(_SOFT)
# No question about the whole article is longer; a bound keeps the patterns away from pasted text.
_MAX_CHARS = 80


def intent_of(question: str) -> Intent | None:
    """The intent of a question about the conversation or the whole article, None for any other question.

    >>> [intent_of(q) for q in ("這篇文章在說什麼？", "本文作者是誰？", "Hello!", "文章怎麼說習近平？")]
    ['summary', 'author', 'greeting', None]
    """
    folded = fold(question)
    if len(folded) > _MAX_CHARS:
        return None
    for intent, pattern in _COMPILED:
        rest, found = pattern.subn(" ", folded)
        if found and not re.search(r"\w", _SOFT_WORDS.sub(" ", rest)):
            return intent
    return None
