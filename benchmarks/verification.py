"""How well written answers are checked: 200 with a planted error each, and 200 without, in English and Chinese.

    python -m benchmarks.verification

The statements are our own words about the bundled guide (`benchmarks.claims`); passages are the ones that a
search finds. An error counts as caught when the statement ends up unsupported or, where only its citation
was spoilt, when every quote that is left stands in a sentence that bears it out. No model is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.claims import CLAIMS, FABRICATED, Claim
from index.article import Passage
from index.split import sentences
from qa.chatbot import Chatbot
from qa.cite import locate
from qa.language import is_chinese
from qa.verify import Checked, Verifier
from qa.written import statements

PASSAGES = 8


@dataclass(frozen=True, slots=True)
class Case:
    """What a model wrote about some passages; ``kind`` is the error planted in it, or how a correct one is written."""

    kind: str
    claim: Claim
    raw: str
    passages: tuple[Passage, ...]
    wrong: bool  # the statement itself is false: no quote can bear it out


def _given(bot: Chatbot, claim: Claim) -> tuple[tuple[Passage, ...], int]:
    """The passages for a statement, the one with its quote among them, and its number."""
    found = [hit.passage for hit in bot.search(claim.text, k=PASSAGES)]
    every = (passage for article in bot.articles for passage in article.passages)
    home = next(passage for passage in every if locate(claim.quote, passage.text))
    passages = found if home in found else [*found[:-1], home]
    return tuple(passages), passages.index(home) + 1


def correct(bot: Chatbot, claims: Sequence[Claim] = CLAIMS) -> Iterator[Case]:
    """Each statement in the five ways in which models cite: as asked, and less well."""
    for claim in claims:
        passages, number = _given(bot, claim)
        words = claim.quote.split(" ")
        looser = claim.quote.upper() if not is_chinese(claim.quote) else claim.quote.translate(_WIDE)
        half = claim.quote[: len(claim.quote) * 3 // 4].rsplit(" ", 1)[0] if len(words) > 5 else claim.quote
        ways = {
            "as asked": f'{claim.text}[{number}: "{claim.quote}"]',
            "full-width": f"{claim.text}【{number}：「{claim.quote}」】",
            "no quote": f"{claim.text}[{number}]",
            "case and width": f'{claim.text[:-1]} [{number}: "{looser}"]{claim.text[-1]}',
            "shortened": f'{claim.text}[{number}: "{half}…"]',
        }
        yield from (Case(kind, claim, raw, passages, wrong=False) for kind, raw in ways.items())


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def planted(bot: Chatbot, claims: Sequence[Claim] = CLAIMS) -> Iterator[Case]:
    """Each statement with each of the five errors."""
    for i, claim in enumerate(claims):
        passages, number = _given(bot, claim)
        other = claims[(i + 7) % len(claims)]
        passages, other_number = _with(passages, number, _given(bot, other))
        elsewhere, sentence = _elsewhere(bot, passages, number, i)
        fabricated = FABRICATED[i % len(FABRICATED)]
        altered = claim.text.replace(*claim.number, 1)
        invented = claim.text.replace(*claim.name, 1)
        assert claim.text not in {altered, invented}, claim.text
        for kind, raw, wrong in (
            ("wrong quote", f'{claim.text}[{number}: "{fabricated}"]', False),
            ("altered number", f'{altered}[{number}: "{claim.quote}"]', True),
            ("swapped citation", f'{claim.text}[{other_number}: "{other.quote}"]', False),
            ("invented name", f'{invented}[{number}: "{claim.quote}"]', True),
            ("quote from another passage", f'{claim.text}[{elsewhere}: "{sentence}"]', False),
        ):
            yield Case(kind, claim, raw, passages, wrong)


def _with(
    passages: tuple[Passage, ...], number: int, other: tuple[tuple[Passage, ...], int]
) -> tuple[tuple[Passage, ...], int]:
    """The passages with that of another statement among them, and its number."""
    home = other[0][other[1] - 1]
    if home not in passages:
        passages = (*passages, home)
    return passages, passages.index(home) + 1


def _elsewhere(bot: Chatbot, passages: tuple[Passage, ...], number: int, turn: int) -> tuple[int, str]:
    """A sentence of another of the passages, word for word, and the number of its passage."""
    texts = {article.source: article for article in bot.articles}
    options = [
        (n, texts[p.source].text[start:end])
        for n, p in enumerate(passages, 1)
        if n != number
        for start, end in sentences(texts[p.source], p.start, p.end)
        if '"' not in texts[p.source].text[start:end]
    ]
    return options[turn * 5 % len(options)]


def checked(bot: Chatbot, case: Case) -> tuple[Checked, ...]:
    """What verification makes of a case."""
    articles = {article.source: article for article in bot.articles}
    verifier = Verifier(case.passages, articles, bot.index.encoder)  # type: ignore[arg-type]
    return tuple(verifier.check(one) for one in statements(case.raw))


def passes(bot: Chatbot, case: Case) -> bool:
    """Whether a correct statement is supported, nothing of it is flagged, and it is one statement."""
    found = checked(bot, case)
    return len(found) == 1 and found[0].supported and not found[0].flagged


def caught(bot: Chatbot, case: Case) -> bool:
    """Whether a planted error is caught."""
    found = checked(bot, case)
    if case.wrong:
        return not any(one.supported for one in found)
    return all(_bears(citation.quote, case.claim) for one in found for citation in one.citations)


# What else a quote may have in place of a number or name of a statement.
FORMS = {
    "CICA": ("亞信",),
    "亞信會議": ("CICA", "亞信"),
    "Jiang Zemin": ("江澤民",),
    "Hu Jintao": ("胡錦濤",),
    "胡錦濤": ("Hu Jintao",),
    "Russia": ("俄羅斯",),
    "Wu Dongye": ("article", "文"),
    "456": ("4,560",),
    "Five": ("five",),
}


def _bears(quote: str, claim: Claim) -> bool:
    """Whether a quote has the statement's own words for it, or both its number and its name, in either language."""
    if locate(claim.quote, quote) or locate(quote, claim.quote):
        return True
    return all(
        any(form in quote for form in (part, *FORMS.get(part, ())))
        for part in (claim.number[0], claim.name[0])
    )


def main() -> None:
    bot = Chatbot.default(llm="")
    for title, cases, good in (("caught", planted(bot), caught), ("passed", correct(bot), passes)):
        hits: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for case in cases:
            ok = good(bot, case)
            total[case.kind] += 1
            hits[case.kind] += ok
            if not ok:
                print(f"  not {title}: {case.kind}: {case.raw}")
        for kind in total:
            print(f"{title}: {kind}: {hits[kind]} of {total[kind]}")
        print(f"{title}: {hits.total() / total.total():.1%} ({hits.total()} of {total.total()})\n")


if __name__ == "__main__":
    main()
