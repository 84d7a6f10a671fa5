"""Which language of the interface a browser asks for."""

from __future__ import annotations

from qa.answer import Language

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
