"""Names that an article itself gives in both languages: 歐巴馬（Barack Obama）, the Suez Canal (蘇伊士運河).

An article that calls a thing by its foreign name once, in brackets, goes on to use its own. No encoder knows
every name, but the article has said what it means: a question that asks by the one form is searched for by
the other as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

Group = tuple[str, ...]
"""Forms of one name."""

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_QUOTED = r"[「『《〈“]([^」』》〉”]{2,30})[」』》〉”]"
# 歐巴馬（Barack Obama）: what stands before the bracket, quoted or not, and what stands in it.
_HAN_FIRST = re.compile(rf"(?:{_QUOTED}|([{_HAN}·．‧]{{2,16}}))\s*[（(]([A-Za-z][^（()）]{{1,160}})[）)]")
# Barack Obama (歐巴馬), "Pivot to Asia" (重返亞洲): capitalised words, perhaps joined by small ones.
_LATIN_FIRST = re.compile(
    rf"(?<!\bof )\b((?:[A-Z][\w’'-]*)(?: (?:of|the|on|for|in|to|de|[A-Z][\w’'-]*)){{0,8}})[”\"’]? ?[（(]([{_HAN}·．‧、]{{2,16}})[）)]"
)
_CALLED = re.compile(
    r"^(?:以下|下稱|下称|又|也|英文|本文|文中|縮寫|缩写|全)*(?:簡稱|简称|稱|称|名|為|为|also|or|hereafter|abbreviated)*[:：\s]*"
)
_MOST_FORMS = 8
# What the names of institutions, places and events end in.
_NO_PERSON = "會会議议盟壇坛織织海島岛洋國国洲場场區区河山省市縣县廊戰战話话院所部局平衡約约署州"


def _pieces(gloss: str) -> Iterator[str]:
    """The names in a bracket: "World Tea Fair，簡稱 WTEF，以下簡稱「茶展」或「茶會」" has four."""
    for piece in re.split(r"[，,；;]", gloss):
        quoted = re.findall(_QUOTED, piece)
        yield from quoted or [_CALLED.sub("", piece.strip()).strip()]


def _recurring(run: str, text: str) -> str:
    """The longest end of ``run`` that stands in ``text`` more than once, "" where none does.

    No space shows where a Chinese name begins, but the name comes again and the words before it do not.
    Two characters that end a longer run are more often 大會 or 論壇 than a name.
    """
    ends = (run[i:] for i in range(max(1, len(run) - 2)))
    return next((end for end in ends if text.count(end) > 1), "")


def _surname(name: str, han: str) -> Iterator[str]:
    """The last word of a personal name, by which people ask: Barack Obama, Obama."""
    words = name.split()
    capitals = all(word[:1].isupper() and word.isalpha() for word in words)
    if 2 <= len(words) <= 3 and capitals and 0 < len(han) <= 7 and han[-1] not in _NO_PERSON:
        yield words[-1]


def aliases(text: str) -> tuple[tuple[str, ...], ...]:
    """Groups of forms of one name, as the text gives them in brackets. Forms of a group are distinct.

    >>> aliases("四月歐巴馬（Barack Obama）訪日。歐巴馬重申承諾。")
    (('歐巴馬', 'Barack Obama', 'Obama'),)
    >>> aliases("「亞信會議」（Conference on Trust，簡稱CTA）開幕。亞信會議有成員。")
    (('亞信會議', 'Conference on Trust', 'CTA'),)
    """
    groups: list[tuple[str, ...]] = []
    for quoted, run, gloss in _HAN_FIRST.findall(text):
        han = quoted or _recurring(run, text)
        forms = [form for form in (han, *_pieces(gloss)) if len(form) > 1]
        forms += [short for form in forms for short in _surname(form, han)]
        groups.append(tuple(dict.fromkeys(forms))[:_MOST_FORMS])
    for latin, gloss in _LATIN_FIRST.findall(text):
        forms = [latin.removeprefix("The ").removeprefix("the "), *gloss.split("、"), *_surname(latin, gloss)]
        groups.append(tuple(dict.fromkeys(form for form in forms if len(form) > 1)))
    return tuple(group for group in dict.fromkeys(groups) if len(group) > 1)


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(form)}\b" if form.isascii() else re.escape(form), re.IGNORECASE)


def expand(query: str, groups: Iterable[Group], count: Callable[[str], int]) -> str:
    """The query with each name in the form of the other language, where the texts mostly call it by that one.

    ``count`` says how often a form stands in the texts. The asked form gives way: it stands in the bracket only,
    and would find nothing but that sentence.

    >>> expand("When did Obama visit?", [("歐巴馬", "Barack Obama", "Obama")], "歐巴馬訪日，歐巴馬離日。".count)
    'When did 歐巴馬 visit?'
    """
    lower = query.lower()  # a library has many names: only those that may be asked for are looked at closely
    others: dict[str, dict[str, None]] = {}
    for group in groups:
        for form in group:
            if form.lower() in lower and _pattern(form).search(query):
                found = dict.fromkeys(other for other in group if other.isascii() != form.isascii())
                others[form] = others.get(form, {}) | found
    for form in sorted(others, key=lambda form: -len(form)):
        # Ten thousand articles may each have a form of their own, and to count one is to read them all.
        best = max(list(others[form])[:_MOST_FORMS], key=count, default="")
        if best and count(best) > 2 * count(form):
            query = _pattern(form).sub(lambda _, best=best: best, query)  # type: ignore[misc]
    return query
