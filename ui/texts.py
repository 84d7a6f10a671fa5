"""Every word of the interface, in 繁體中文, 简体中文 and English: one frozen record of words a language.

Words with a number or a name in them are format strings; ``{n}`` and the like are the same in all three
(a test compares them).
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The interface in one language; ``tag`` is that language, as HTML's ``lang`` wants it."""

    tag: Language
    own_name: str
    title: str
    motto: str
    choose_language: str
    theme: str
    ask: str
    placeholder: str
    send: str
    upload: str
    back: str
    clear: str
    conversation: str
    invitation: str
    promise: str
    question_mark: str
    answer_mark: str
    not_found: str
    offer: str
    next: str
    copy: str
    copied: str
    again: str
    stop: str
    export: str
    kept: str
    rate: str
    good: str
    bad: str
    consent: str
    thanks: str
    quote: str
    quotes: str
    confidence: str
    open_quote: str
    source: str
    whole: str
    beside: str
    source_empty: str
    close: str
    page: str
    line: str
    footnote: str
    article_title: str
    article_author: str
    section: str
    nearest: str
    read_on: str
    why: str
    by_meaning: str
    by_words: str
    by_each_word: str
    article: str
    articles: str
    untitled: str
    author: str
    length: str
    contents: str
    map: str
    map_empty: str
    map_cell: str
    map_high: str
    map_middle: str
    map_low: str
    earlier: str
    later: str
    clipped: str
    reading: str
    ready: str
    returned: str
    privacy: str
    question_error: str
    read_error: str
    other_error: str
    limit_error: str


WORDS: dict[Language, Words] = {
    "zh-Hant": Words(
        tag="zh-Hant",
        own_name="繁體",
        title="問答",
        motto="逐字引文，句句有出處",
        choose_language="介面語言",
        theme="切換明暗",
        ask="問題",
        placeholder="問這篇文章……",
        send="發問",
        upload="讀我的文章",
        back="回到隨附文章",
        clear="重新開始",
        conversation="對話",
        invitation="想知道什麼，問文章。",
        promise="答案逐字引自文章，編號可查原文；文章沒說的，就說沒有。",
        question_mark="問",
        answer_mark="答",
        not_found="文章沒有說",
        offer="文章答得上來的，例如",
        next="接著問",
        copy="複製",
        copied="已複製",
        again="再問一次",
        stop="停止",
        export="匯出對話",
        kept="這段對話只存在您的瀏覽器裡；按「重新開始」就刪除。",
        rate="這個答案",
        good="有用",
        bad="沒用",
        consent="按下評價，就同意把這一題的問題、答案和評價存進伺服器上的檔案，供改進之用；不記是誰。",
        thanks="謝謝",
        quote="1 則引文",
        quotes="{n} 則引文",
        confidence="把握 {percent}%",
        open_quote="看第 {n} 則引文的出處",
        source="出處",
        whole="全文",
        beside="側欄顯示",
        source_empty="點答案裡的編號，原文就會在這裡打開。",
        close="關閉",
        page="第 {n} 頁",
        line="第 {n} 行",
        footnote="註腳",
        article_title="標題",
        article_author="作者欄",
        section="「{heading}」一節",
        nearest="文章裡最接近的 {n} 段",
        read_on="在全文裡讀",
        why="怎麼找到的",
        by_meaning="意思相近",
        by_words="用詞相同",
        by_each_word="逐詞對得上",
        article="這篇文章",
        articles="這 {n} 篇文章",
        untitled="未題名",
        author="作者：{name}",
        length="{n} 字",
        contents="目錄",
        map="文章各段與問題的相關程度；點一下就到那一段",
        map_empty="文章的各段；點一下就到那一段",
        map_cell="{name}：{degree}",
        map_high="很相關",
        map_middle="有些相關",
        map_low="不太相關",
        earlier="前面還有",
        later="後面還有",
        clipped="共 {n} 字，這裡只顯示開頭",
        reading="正在讀：",
        ready="讀好了，請發問：",
        returned="回到隨附的文章：",
        privacy="只有你看得到你的檔案；一小時沒用就刪除。",
        question_error="這個問題沒辦法回答。",
        read_error="這個檔案讀不了。",
        other_error="沒有做成。",
        limit_error="問得太快了，請過一分鐘再問。",
    ),
    "zh-Hans": Words(
        tag="zh-Hans",
        own_name="简体",
        title="问答",
        motto="逐字引文，句句有出处",
        choose_language="界面语言",
        theme="切换明暗",
        ask="问题",
        placeholder="问这篇文章……",
        send="提问",
        upload="读我的文章",
        back="回到自带文章",
        clear="重新开始",
        conversation="对话",
        invitation="想知道什么，问文章。",
        promise="答案逐字引自文章，编号可查原文；文章没说的，就说没有。",
        question_mark="问",
        answer_mark="答",
        not_found="文章没有说",
        offer="文章答得上来的，例如",
        next="接着问",
        copy="复制",
        copied="已复制",
        again="再问一次",
        stop="停止",
        export="导出对话",
        kept="这段对话只存在您的浏览器里；按“重新开始”就删除。",
        rate="这个答案",
        good="有用",
        bad="没用",
        consent="按下评价，就同意把这一题的问题、答案和评价存进服务器上的文件，供改进之用；不记是谁。",
        thanks="谢谢",
        quote="1 条引文",
        quotes="{n} 条引文",
        confidence="把握 {percent}%",
        open_quote="看第 {n} 条引文的出处",
        source="出处",
        whole="全文",
        beside="侧栏显示",
        source_empty="点答案里的编号，原文就会在这里打开。",
        close="关闭",
        page="第 {n} 页",
        line="第 {n} 行",
        footnote="脚注",
        article_title="标题",
        article_author="作者栏",
        section="“{heading}”一节",
        nearest="文章里最接近的 {n} 段",
        read_on="在全文里读",
        why="怎么找到的",
        by_meaning="意思相近",
        by_words="用词相同",
        by_each_word="逐词对得上",
        article="这篇文章",
        articles="这 {n} 篇文章",
        untitled="无标题",
        author="作者：{name}",
        length="{n} 字",
        contents="目录",
        map="文章各段与问题的相关程度；点一下就到那一段",
        map_empty="文章的各段；点一下就到那一段",
        map_cell="{name}：{degree}",
        map_high="很相关",
        map_middle="有些相关",
        map_low="不太相关",
        earlier="前面还有",
        later="后面还有",
        clipped="共 {n} 字，这里只显示开头",
        reading="正在读：",
        ready="读好了，请提问：",
        returned="回到自带的文章：",
        privacy="只有你看得到你的文件；一小时没用就删除。",
        question_error="这个问题没办法回答。",
        read_error="这个文件读不了。",
        other_error="没有做成。",
        limit_error="问得太快了，请过一分钟再问。",
    ),
    "en": Words(
        tag="en",
        own_name="EN",
        title="Wenda",
        motto="Every answer quotes its source",
        choose_language="Interface language",
        theme="Switch between light and dark",
        ask="Question",
        placeholder="Ask the article…",
        send="Ask",
        upload="Read a file",
        back="Back to the included article",
        clear="Start again",
        conversation="Conversation",
        invitation="Ask the article.",
        promise="Answers quote it word for word; each number opens the source. What it does not say, Wenda does not say.",
        question_mark="Q",
        answer_mark="A",
        not_found="The article does not say",
        offer="It can answer, for example",
        next="Ask next",
        copy="Copy",
        copied="Copied",
        again="Ask again",
        stop="Stop",
        export="Export the conversation",
        kept="This conversation is kept in your browser only; “Start again” deletes it.",
        rate="This answer",
        good="Useful",
        bad="Not useful",
        consent="By rating you agree that this question, its answer and your rating are stored in a file on this server, to improve it; not who you are.",
        thanks="Thank you",
        quote="1 quote",
        quotes="{n} quotes",
        confidence="confidence {percent}%",
        open_quote="Open the source of quote {n}",
        source="Source",
        whole="Article",
        beside="Shown beside the chat",
        source_empty="Choose a number in an answer and the original opens here.",
        close="Close",
        page="page {n}",
        line="line {n}",
        footnote="footnote",
        article_title="title",
        article_author="author line",
        section="under “{heading}”",
        nearest="The {n} nearest passages",
        read_on="Read it in the article",
        why="How it was found",
        by_meaning="Similar meaning",
        by_words="Same words",
        by_each_word="Matched word by word",
        article="This article",
        articles="These {n} articles",
        untitled="Untitled",
        author="by {name}",
        length="{n} characters",
        contents="Contents",
        map="How relevant each passage is to the question; choose one to read it",
        map_empty="The passages of the article; choose one to read it",
        map_cell="{name}: {degree}",
        map_high="very relevant",
        map_middle="somewhat relevant",
        map_low="hardly relevant",
        earlier="What comes before",
        later="What comes after",
        clipped="{n} characters in all; only the beginning is shown",
        reading="Reading:",
        ready="Read and ready for questions:",
        returned="Back to the included article:",
        privacy="Only you can see your files; they are deleted after an hour without use.",
        question_error="This question can’t be answered as it is.",
        read_error="This file can’t be read.",
        other_error="That did not work.",
        limit_error="That is too fast: please ask again in a minute.",
    ),
}

# Language tags without a script say which one their readers use (Unicode CLDR, likely subtags).
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")


def language_of(accept: str | None) -> Language:
    """The interface language for an ``Accept-Language`` header; English where it names none of ours.

    >>> language_of("fr;q=0.9, zh-TW;q=0.8, en;q=0.5")
    'zh-Hant'
    >>> language_of("zh-CN,zh;q=0.9"), language_of("de"), language_of(None)
    ('zh-Hans', 'en', 'en')
    """
    for tag in _by_preference(accept or ""):
        if tag.startswith(_TRADITIONAL):
            return "zh-Hant"
        if tag == "zh" or tag.startswith("zh-"):
            return "zh-Hans"
        if tag == "en" or tag.startswith("en-"):
            return "en"
    return "en"


def _by_preference(accept: str) -> list[str]:
    """The language tags of the header in lower case, most wanted first; those with quality 0 are left out."""
    weighted = []
    for position, part in enumerate(accept.lower().split(",")[:50]):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, position, tag.strip()))
    return [tag for *_, tag in sorted(weighted)]
