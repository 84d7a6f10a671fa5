"""A chatbot and what its articles are good to be asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from index.index import Index
from qa.chatbot import Chatbot
from qa.suggest import Suggestions


@dataclass(frozen=True, slots=True)
class Shelf:
    """A chatbot and the questions that its articles answer."""

    bot: Chatbot
    suggestions: Suggestions

    @classmethod
    def of(cls, bot: Chatbot) -> Shelf:
        """Tries the suggestions, which takes a second or two; no language model is asked for that."""
        return cls(bot, Suggestions.of(Chatbot(bot.index)))

    def holding(self, index: Index) -> Shelf:
        """A shelf with other articles, which are asked in the same way."""
        return Shelf.of(self._asking(index))

    def without(self, source: str) -> Shelf:
        """A shelf without one of its articles. Raises ``SourceError`` where it has none of that source."""
        index = self.bot.index.remove(source)
        return Shelf(self._asking(index), self.answered_by(set(index.by_source)))

    def _asking(self, index: Index) -> Chatbot:
        """A chatbot that answers from another index in the same way."""
        return Chatbot(index, model=self.bot.model)

    def answered_by(self, sources: Collection[str]) -> Suggestions:
        """The questions that these articles answer; what is asked of an article as a whole, any of them does."""
        return Suggestions(
            tuple(
                each
                for each in self.suggestions.found
                if each.kind == "whole" or all(source in sources for source, _ in each.places)
            )
        )
