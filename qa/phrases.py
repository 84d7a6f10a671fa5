"""The words Wenda itself says in an answer, in each language. Everything else is quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.answer import Language
from qa.llm import Failure


@dataclass(frozen=True, slots=True)
class Phrases:
    """Lead-ins and whole replies in one language; ``{…}`` are filled in by ``str.format``."""

    answer: str
    answer_from_chinese: str
    answer_from_english: str
    other_language: str
    abstain: str
    abstain_nearest: str
    unsupported: str
    greeting: str
    thanks: str
    goodbye: str
    help: str
    title: str
    author: str
    summary: str
    sections: str
    no_sections: str
    of_many: str
    view: str
    suggestion_heading: str
    suggestion_summary: str
    suggestion_author: str
    suggestion_view: str
    failures: Mapping[Failure, str]  # what a language model did not do; ``quoted`` goes on from it
    quoted: str
    not_borne_out: str
    not_there: str
    comma: str


PHRASES: dict[Language, Phrases] = {
    "zh-Hant": Phrases(
        answer="文中寫道：",
        answer_from_chinese="文中寫道：",
        answer_from_english="文章是英文，原文寫道：",
        other_language="文章是英文。",
        abstain="文章沒有說明這一點。",
        abstain_nearest="附上最接近的段落，供您參考。",
        unsupported="請用中文或英文提問。",
        greeting="您好！我會依據《{titles}》回答問題，並逐字引用原文。請問想知道什麼？",
        thanks="不客氣！還想知道文章裡的什麼，儘管問。",
        goodbye="再見！",
        help="您可以用中文或英文問我《{titles}》的內容：人、時、地、數字、原因、作者的看法，或請我摘要、列出章節。"
        "每個答案都逐字引用原文並標出位置；文章沒說的，我會直說。",
        title="標題是：",
        author="作者是：",
        summary="以下是文章的重點，逐字引自原文：",
        sections="文章分為這些部分：",
        no_sections="文章沒有分節標題。",
        of_many="這裡共有{all}篇文章，以下只取自{some}篇。",
        view="作者的看法與建議，原文如下：",
        suggestion_heading="關於「{heading}」，文章說了什麼？",
        suggestion_summary="這篇文章在說什麼？",
        suggestion_author="本文作者是誰？",
        suggestion_view="作者有什麼建議？",
        failures={
            "down": "連不上語言模型",
            "slow": "語言模型太久沒有回應",
            "busy": "語言模型目前太忙",
            "key": "語言模型不接受這把金鑰",
            "model": "伺服器上沒有這個語言模型",
            "long": "段落超過語言模型的長度上限",
            "cut": "語言模型寫到一半中斷了",
            "malformed": "語言模型的回覆無法解讀",
            "empty": "語言模型沒有寫出任何內容",
            "refused": "語言模型不願回答",
            "error": "語言模型發生錯誤",
            "language": "語言模型沒有用提問的語言回答",
            "unsupported": "語言模型寫的內容在文章裡找不到依據",
        },
        quoted="{failure}，因此改為逐字引用原文。",
        not_borne_out="引文不足以支持：",
        not_there="段落裡沒有：",
        comma="、",
    ),
    "zh-Hans": Phrases(
        answer="文中写道：",
        answer_from_chinese="文中写道：",
        answer_from_english="文章是英文，原文写道：",
        other_language="文章是英文。",
        abstain="文章没有说明这一点。",
        abstain_nearest="附上最接近的段落，供您参考。",
        unsupported="请用中文或英文提问。",
        greeting="您好！我会依据《{titles}》回答问题，并逐字引用原文。请问想知道什么？",
        thanks="不客气！还想知道文章里的什么，尽管问。",
        goodbye="再见！",
        help="您可以用中文或英文问我《{titles}》的内容：人、时、地、数字、原因、作者的看法，或请我概括、列出章节。"
        "每个答案都逐字引用原文并标出位置；文章没说的，我会直说。",
        title="标题是：",
        author="作者是：",
        summary="以下是文章的重点，逐字引自原文：",
        sections="文章分为这些部分：",
        no_sections="文章没有分节标题。",
        of_many="这里共有{all}篇文章，以下只取自{some}篇。",
        view="作者的看法与建议，原文如下：",
        suggestion_heading="关于“{heading}”，文章说了什么？",
        suggestion_summary="这篇文章在说什么？",
        suggestion_author="本文作者是谁？",
        suggestion_view="作者有什么建议？",
        failures={
            "down": "连不上语言模型",
            "slow": "语言模型太久没有响应",
            "busy": "语言模型目前太忙",
            "key": "语言模型不接受这个密钥",
            "model": "服务器上没有这个语言模型",
            "long": "段落超过语言模型的长度上限",
            "cut": "语言模型写到一半中断了",
            "malformed": "语言模型的回复无法解读",
            "empty": "语言模型没有写出任何内容",
            "refused": "语言模型不愿回答",
            "error": "语言模型发生错误",
            "language": "语言模型没有用提问的语言回答",
            "unsupported": "语言模型写的内容在文章里找不到依据",
        },
        quoted="{failure}，因此改为逐字引用原文。",
        not_borne_out="引文不足以支持：",
        not_there="段落里没有：",
        comma="、",
    ),
    "en": Phrases(
        answer="The article says:",
        answer_from_chinese="The article is in Chinese; its own words are:",
        answer_from_english="The article says:",
        other_language="The article is in Chinese. ",
        abstain="The article does not say.",
        abstain_nearest="The passages that come nearest are given with this answer.",
        unsupported="Please ask in Chinese or English.",
        greeting="Hello! I answer questions about “{titles}” and quote it word for word. What would you like to know?",
        thanks="You are welcome. Ask me anything else about the article.",
        goodbye="Goodbye!",
        help="Ask me in Chinese or English about “{titles}”: people, dates, places, figures, reasons, the author’s "
        "views; or ask for a summary or the list of sections. Every answer quotes the text word for word and says "
        "where the quote stands; what the article does not say, I will not make up.",
        title="The title is:",
        author="The author is:",
        summary="These are the main points, in the article’s own words:",
        sections="The article has these sections:",
        no_sections="The article has no section headings.",
        of_many="Of the {all} articles here, this is from {some} only. ",
        view="The author’s view and recommendations, in the article’s own words:",
        suggestion_heading="What does the article say about “{heading}”?",
        suggestion_summary="What is this article about?",
        suggestion_author="Who wrote this article?",
        suggestion_view="What does the author recommend?",
        failures={
            "down": "The language model can’t be reached",
            "slow": "The language model took too long",
            "busy": "The language model is too busy",
            "key": "The language model did not accept the key",
            "model": "The server has no such language model",
            "long": "The passages are too long for the language model",
            "cut": "The language model broke off in the middle",
            "malformed": "The language model’s reply could not be read",
            "empty": "The language model wrote nothing",
            "refused": "The language model would not answer",
            "error": "The language model failed",
            "language": "The language model did not keep to the language of the question",
            "unsupported": "What the language model wrote is not borne out by the article",
        },
        quoted="{failure}, so the article is quoted instead.",
        not_borne_out="Not borne out by a quote: ",
        not_there="In none of the passages: ",
        comma=", ",
    ),
}
