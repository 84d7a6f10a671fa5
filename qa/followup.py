"""A question that leans on the conversation, made to stand alone: by rules, with no model.

Pronouns, 「那年」 and "those countries", ellipsis (「那印度呢？」, "What about India?"), a bare "Why?". What a
word stands for is looked for in the turn before, itself made to stand alone first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.fold import fold
from index.language import is_chinese
from qa.names import countries, names

TURNS = 4  # how far back a chain of follow-ups is read
_END = r"\s*[？?。.！!]*\s*$"
_YEAR = re.compile(r"(?<!\d)(?:1\d{3}|20\d{2})(?!\d)")
_QUOTED = re.compile(r"[「『“]([^」』”\n]*)[」』”]")
_SINGULAR = r"峰會|峰会|會議|会议|組織|组织|協議|协议|協定|协定|政策|聲明|声明|條約|条约|機構|机构|公司|計畫|计划|戰略|战略|橋|桥|塔|城市|地方|事件|人"
_THING = r"summit|meeting|conference|organi[sz]ation|agreement|deal|policy|statement|treaty|company|plan|strategy|bridge|tower|lighthouse|city|place|event|concept"

_THAT_YEAR = re.compile(
    r"那一?年|當年|当年|同一?年|\b(?:in )?(?:that|the same|this) (?:very )?year\b", re.IGNORECASE
)
_COUNTRIES = re.compile(
    r"(?:這|这|那)(?:些|[兩两二三四五幾几]個?|[兩两二三四五幾几]个?)國家?|(?:這|这|那)(?:些|[兩两二三四五幾几]个?)国家?"
    r"|\b(?:those|these|the) (?:two |three |four |five )?countries\b(?! (?:of|in|that|which|are|is)\b)",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r"該國|该国|(?:這|这|那)個?个?(?:國家|国家)|\b(?:that|this) country\b", re.IGNORECASE)
_THINGS = re.compile(
    rf"(?:該|该|此|這個?|这个?|那個?|那个?|這場|那場|这场|那场|這座|那座|这座|那座)(?:{_SINGULAR})|\b(?:that|this) (?:{_THING})\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(?<![其吉])(?:他|她)(?![國国們们人日鄉乡殺杀])|\b(?:he|she|him)\b", re.IGNORECASE)
_PERSONS_OWN = re.compile(r"\b(?:his|her)\b", re.IGNORECASE)
_IT = re.compile(
    r"[它牠](?![們们])|\bit\b(?! (?:true|possible|important|necessary|likely|known|clear|take|rain|mean))(?<!is it)|(?<=\bis )it\b(?! (?:true|possible|important|necessary|likely|known|clear))|\b(?:about|of|does|did|is|was) (?:that|this)\b(?= ?\?|$)",
    re.IGNORECASE,
)
_ITS = re.compile(r"\bits\b", re.IGNORECASE)
_THEY = re.compile(r"他們|他们|她們|她们|它們|它们|\b(?:they|them)\b", re.IGNORECASE)
_THEIR = re.compile(r"\btheir\b", re.IGNORECASE)

_ABOUT = re.compile(
    rf"^(?:那麼?|那么|至於|至于|還有|还有)?\s*(?P<zh>[^，,？?]{{1,20}}?)(?:呢|又如何|又怎麼樣|又怎么样){_END}"
    rf"|^(?:and |but |so |ok,? )?(?:what|how) about (?P<en>.{{1,60}}?){_END}|^and (?P<and>(?:in |for |the )?[\w’' -]{{1,40}}?){_END}",
    re.IGNORECASE,
)
_ASKS_ZH = r"為什麼|为什么|為何|为何|何時|何时|什麼時候|什么时候|哪一?年|(?:在|於)?哪[裡里兒儿]|(?:在|於)?何處|誰|谁|如何|怎麼|怎么|多久"
_BARE = re.compile(
    rf"^(?:那麼?|那么)?(?P<zh>{_ASKS_ZH})(?:呢|做)?{_END}|^(?:and |but )?(?P<en>why|when|where|who|how)(?: (?:is|was) (?:that|it|this))?{_END}",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:多少|[幾几]|哪些|哪[兩两三四五])[個个位種种項项場场名]?([\u4e00-\u9fff]{1,8}?)(?=[？?，]|[在參参出由於于被]|$)"
    r"|\b(?:how many|which|what) ([a-z]+s)\b",
    re.IGNORECASE,
)
_ASKING_ZH = re.compile(rf"{_ASKS_ZH}")
_ASKING_EN = re.compile(r"^(?:why|when|where|who|how(?! many| much))\b", re.IGNORECASE)
_GOES_ON = re.compile(r"^(?:那麼?|那么|還有|还有|另外)[，,]?\s*|^(?:and|also|then),? ", re.IGNORECASE)
_ZH_HEAD = re.compile(
    r"^(?:請問|请问|那麼?|那么)?(?P<head>[^，？?]{2,24}?)(?=在|是|有|由|於|于|為|为|什麼|什么|哪|誰|谁|多少|幾|几|何|如何|怎|的|被|建|距|[長高寬深]|[长宽]|共|現|现)"
)
_EN_HEAD = re.compile(
    r"\b(?P<head>the (?:[\w-]+ ){0,3}?[\w-]+)(?= (?:first|last|ever|have|has|had|be|been|is|are|was|were|do|\w+ed|held|built|made|lit|"
    r"in|on|at|of|to|from|by|for|with|and|that|which)\b|[?.!,]|$)",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """Whether a question can't be understood without the conversation.

    >>> [leans(q) for q in ("那印度呢？", "When was it built?", "亞信會議有多少成員國？", "Why?")]
    [True, True, False, True]
    """
    patterns = (_THAT_YEAR, _COUNTRIES, _COUNTRY, _THINGS, _PERSON, _PERSONS_OWN, _IT, _ITS, _THEY, _THEIR)
    whole = _ABOUT.match(question.strip()) or _BARE.match(question.strip())
    return bool(whole or _GOES_ON.match(question) or any(p.search(question) for p in patterns))


def stand_alone(question: str, history: Sequence[tuple[str, str]], known: Sequence[str] = ()) -> str:
    """The question made to stand alone, or as it is where it does or nothing is found that it leans on.

    ``history`` holds (question, answer text), ``known`` names of the articles.

    >>> turns = [("亞信會議有多少個成員國？", "「亞信會議現在有26個成員國。」[1]")]
    >>> stand_alone("它在哪一年成立？", turns, ["亞信會議"])
    '亞信會議在哪一年成立？'
    >>> stand_alone("What about Bangladesh?", [("When did Qatar join?", "")])
    'When did Bangladesh join?'
    """
    before, given = "", ""
    for earlier, answer in [*history[-TURNS:], (question, "")]:
        before, given = _rewritten(earlier.strip(), before, given, known), answer
    return before


def _rewritten(question: str, before: str, given: str, known: Sequence[str]) -> str:
    if not before or not leans(question):
        return question
    if about := _ABOUT.match(question):
        found = next(value for value in about.groups() if value)
        return _replaced(before, found.strip(), known)
    if bare := _BARE.match(question):
        return _asked_anew(before, bare["zh"] or bare["en"])
    resolved = _resolved(question, before, given, known)
    if resolved == question and (go_on := _GOES_ON.match(question)) and not names(question[go_on.end() :]):
        topic = _topic(before, known)
        rest = question[go_on.end() :]
        if topic and fold(topic) not in fold(rest):
            return f"{topic}{rest}" if is_chinese(rest) else f"{topic}: {rest}"
    return resolved


def _resolved(question: str, before: str, given: str, known: Sequence[str]) -> str:
    """The question with its pronouns and "that year" replaced by what they stand for."""
    chinese = is_chinese(question)
    said = "\n".join(_QUOTED.findall(given)) or given
    topic = _topic(before, known)
    lands = _lands(said, chinese) or _lands(before, chinese)
    several = ("、" if chinese else ", ").join(lands)
    if not chinese and len(lands) > 1:
        several = " and ".join([", ".join(lands[:-1]), lands[-1]])
    person = _person(said, before, known)
    year = next(iter(_YEAR.findall(said) or _YEAR.findall(before)), "")
    replacements = (
        (_THAT_YEAR, year and (f"{year}年" if chinese else f"in {year}")),
        (_COUNTRIES, several),
        (_COUNTRY, lands[0] if lands else ""),
        (_THINGS, topic),
        (_THEY, several if len(lands) > 1 else topic),
        (_THEIR, _own(several if len(lands) > 1 else topic)),
        (_PERSON, person),
        (_PERSONS_OWN, _own(person)),
        (_ITS, _own(topic)),
        (_IT, topic),
    )
    for pattern, value in replacements:
        if value and (match := pattern.search(question)):
            question = f"{question[: match.start()]}{_kept(match.group(), value)}{question[match.end() :]}"
    return question


def _kept(pronoun: str, value: str) -> str:
    """A replacement with the verb or preposition that the pattern took along: "about that" → "about CICA"."""
    words = pronoun.split()
    if len(words) == 2 and words[1].lower() in {"that", "this"}:
        return f"{words[0]} {value}"
    return value


def _own(name: str) -> str:
    return f"{name}’s" if name else ""


def _lands(text: str, chinese: bool) -> list[str]:
    """The countries of a text; in the language of the question where the text has them in both."""
    found = countries(text)
    same = [c for c in found if is_chinese(c) == chinese] or found
    return [_spelled(c, text) for c in same]


def _spelled(name: str, text: str) -> str:
    """A folded name as the text has it: its own characters."""
    if name in text:
        return name
    spans = (text[i : i + size] for size in range(2, 9) for i in range(len(text)))
    return next((span for span in spans if fold(span) == name), name)


def _person(given: str, before: str, known: Sequence[str]) -> str:
    """The first name that is no country's; of a name with a title, the part that the articles know."""
    for text in (given, before):
        lands = {fold(c) for c in countries(text)}
        found = [n for n in names(text) if fold(n) not in lands and not n.isupper()]
        if found:
            parts = [name for name in known if len(name) > 1 and name in found[0]]
            return max(parts, key=len, default=found[0])
    return ""


def _topic(question: str, known: Sequence[str]) -> str:
    """What a question is about: a name of the articles, any name, or the words it opens with."""
    folded = fold(question)
    chinese = is_chinese(question)
    head = (_ZH_HEAD if chinese else _EN_HEAD).search(question)
    there = [name for name in known if len(name) > 1 and fold(name) in folded]
    if there:
        longest = max(there, key=len)
        # 第四屆亞信峰會 says more than 亞信.
        return head["head"] if head and chinese and fold(longest) in fold(head["head"]) else longest
    if found := [n for n in names(question) if n]:
        return _spelled(found[0], question)
    return head["head"] if head else ""


def _asked_for(new: str, before: str, known: Sequence[str]) -> str:
    """What a question counts or lists, where ``new`` is no name: of members, when the next is "observers"."""
    folded = fold(new)
    if names(new) or any(fold(name) in folded for name in known):
        return ""
    counted = _COUNTED.search(before)
    return next((part for part in counted.groups() if part), "") if counted else ""


def _replaced(before: str, new: str, known: Sequence[str]) -> str:
    """The question before with the word of the same kind replaced by ``new``."""
    chinese = is_chinese(before)
    if (year := _YEAR.search(before)) and (asked := _YEAR.search(new)):
        return before.replace(year.group(), asked.group(), 1)
    new = new if chinese else re.sub(r"^(?:in|for) ", "", new)
    lands = _lands(before, chinese)
    if countries(new) and lands:
        return before.replace(lands[0], new, 1)
    old = _asked_for(new, before, known) or _topic(before, known)
    if old and old in before:
        return before.replace(old, new, 1)
    return f"{new}：{before}" if chinese else f"{new}: {before}"


def _asked_anew(before: str, asking: str) -> str:
    """The question before with another question word: "Where was it held?", "When?" → "When was it held?"."""
    if is_chinese(asking):
        if _ASKING_ZH.search(before):
            return _ASKING_ZH.sub(asking, before, count=1)
        return f"{asking}{before}"
    asking = asking.capitalize()
    if _ASKING_EN.match(before):
        return _ASKING_EN.sub(asking, before, count=1)
    return f"{asking}? {before}"
