"""What happens when a visitor does something: from one state of the chat to the next, without a widget.

Handlers take the visit and the interface language and return a ``View``: two pieces of HTML and the new
visit. ``ui.app`` wires them to Gradio.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Literal

from index.article import Article
from index.errors import QuestionError, WendaError
from qa import export
from qa.answer import Answer, Language
from qa.feedback import Feedback
from ui import panel
from ui.bring import Brought, Stage, bring
from ui.page import Page, View, Visit, names
from ui.render import Notice, Turn
from ui.shelf import Shelf
from ui.texts import WORDS

TURNS_KEPT = 60  # a visit forgets older turns, so that a page left open all day stays quick
TITLES_TOLD = 8  # in one line of the chat
TURNS_STORED = 20  # in the visitor's browser, which has a few megabytes for us


Refusal = Literal["limit_error", "queue_error"]  # the visitor asks too fast, or too many wait


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves every visitor from one chatbot, unless they brought an article of their own."""

    shelf: Shelf
    feedback: Feedback | None = None

    def serving(self, visit: Visit) -> Shelf:
        """What answers this visitor."""
        return visit.own or self.shelf

    def view(self, visit: Visit, language: Language) -> View:
        """The page as it stands, with no article open in the reading pane."""
        return self._page(visit, language).view(visit)._replace(reader="")

    def ask(self, question: str, visit: Visit, language: Language) -> Iterator[View]:
        """The page as the answer grows; a question that can't be answered becomes a line in the chat."""
        page = self._page(visit, language)
        history = [(turn.question, turn.text) for turn in visit.turns if isinstance(turn, Answer)]
        yield page.view(_with(visit, Notice("thinking", question)), busy=True)
        after = visit
        try:
            if not page.chosen:
                raise QuestionError(page.words.none_chosen)
            with closing(_stream(page, question, history)) as answers:
                for partial in answers:
                    after = _with(visit, partial)
                    yield page.view(after, busy=True)
        except WendaError as error:
            after = _with(visit, _error(error, question))
        yield page.view(after)

    def stopped(self, visit: Visit) -> Visit:
        """The visit with the answer as far as it came, and a line that says that it is not whole."""
        last = visit.turns[-1] if visit.turns else None
        if isinstance(last, Notice) and last.kind == "thinking":
            visit = replace(visit, turns=visit.turns[:-1])
            return _with(visit, Notice("stopped", last.question))
        return _with(visit, Notice("stopped"))

    def refuse(self, kind: Refusal, visit: Visit, language: Language, question: str = "") -> View:
        """The page with a line that says why a question or a file was not taken."""
        return self._page(visit, language).view(_with(visit, Notice(kind, question)))

    def read(self, paths: Sequence[str], visit: Visit) -> Generator[Stage | Brought, None, None]:
        """Reads a visitor's files and adds them to those they brought before; last comes what ``settle`` takes."""
        return bring(paths, self.shelf, visit.own)

    def settle(self, brought: Brought, visit: Visit, language: Language) -> View:
        """Opens what was read, and says for each file that could not be read why."""
        for unread in brought.unread:
            visit = _with(visit, Notice("read_error", detail=f"{unread.name}: {unread.reason}"))
        if brought.shelf is not None:
            # What was just brought is meant to be asked; of what was here before, what was chosen.
            fresh = {article.source for article in brought.articles}
            left_out = visit.left_out - fresh if visit.own else frozenset()
            visit = replace(visit, own=brought.shelf, left_out=left_out)
            visit = _with(visit, Notice("ready", detail=_titles(brought.articles, language)))
        return self.view(visit, language)

    def choose(self, left_out: Sequence[int], visit: Visit, language: Language) -> View:
        """Has the next questions go to all articles but these, by their numbers on the page.

        The ticks stay as they are: drawn anew, they would undo one that was set since.
        """
        articles = self._page(visit, language).articles
        sources = frozenset(articles[number].source for number in left_out if 0 <= number < len(articles))
        return self.view(replace(visit, left_out=sources), language)._replace(picker=None)

    def remove(self, number: int, visit: Visit, language: Language) -> View:
        """Takes one of the visitor's own articles away; the last one stays, as there is ``back`` for that."""
        page = self._page(visit, language)
        if visit.own is None or not 0 <= number < len(page.articles) or len(page.articles) == 1:
            return page.view(visit)
        gone = page.articles[number]
        visit = replace(visit, own=visit.own.without(gone.source), left_out=visit.left_out - {gone.source})
        return self.view(_with(visit, Notice("removed", detail=_titles([gone], language))), language)

    def back(self, visit: Visit, language: Language) -> View:
        """Returns to the article that is served to everyone."""
        notice = Notice("returned", detail=_titles(self.shelf.bot.articles, language))
        return self.view(_with(replace(visit, own=None, left_out=frozenset()), notice), language)

    def clear(self, visit: Visit, language: Language) -> View:
        """Forgets the conversation; a visitor's own article stays open."""
        return self.view(Visit(own=visit.own, left_out=visit.left_out), language)

    def cite(self, turn: int, number: int, visit: Visit, language: Language) -> View:
        """Opens the article at a quote of an earlier answer; number 0 only brings the answer's quotes back."""
        if not 1 <= turn <= len(visit.turns):
            return self.view(visit, language)
        visit = replace(visit, shown=turn)
        page = self._page(visit, language)
        return page.view(visit, current=number)._replace(reader=page.at_quote(visit, number))

    def open(self, article: int, offset: int, visit: Visit, language: Language) -> View:
        """Opens an article at an offset in its text."""
        page = self._page(visit, language)
        return page.view(visit)._replace(reader=page.at(visit, article, offset))

    def rate(self, turn: int, good: bool, visit: Visit, language: Language) -> View:
        """Keeps what the visitor thought of an answer, where feedback is wanted."""
        given = visit.turns[turn - 1] if 1 <= turn <= len(visit.turns) else None
        if self.feedback and isinstance(given, Answer):
            self.feedback.rate(given, good)
            visit = replace(visit, ratings={**visit.ratings, given.question: good})
        return self._page(visit, language).view(visit)

    def exported(self, kind: str, visit: Visit, language: Language) -> tuple[str, str]:
        """The conversation as a file: its name and content, Markdown for "md", else JSON."""
        answers = [turn for turn in visit.turns if isinstance(turn, Answer)]
        # Of many, only those that were quoted are looked at.
        articles = self.serving(visit).bot.index.by_source
        quoted = dict.fromkeys(citation.source for answer in answers for citation in answer.citations)
        titles = names([articles[source] for source in quoted if source in articles], WORDS[language])
        if kind == "md":
            return "wenda.md", export.markdown(answers, titles)
        return "wenda.json", export.conversation_json(answers, titles)

    def records(self, visit: Visit) -> list[dict[str, Any]]:
        """The last answers, for the visitor's own browser to keep."""
        answers = [turn for turn in visit.turns if isinstance(turn, Answer)]
        return [export.record(answer) for answer in answers[-TURNS_STORED:]]

    def restored(self, records: object, visit: Visit) -> Visit:
        """The visit with what the browser had kept; what is not a record is left out."""
        if visit.turns or not isinstance(records, list):
            return visit
        answers = [export.from_record(value) for value in records[-TURNS_STORED:]]
        turns = tuple(answer for answer in answers if answer is not None)
        return replace(visit, turns=turns, shown=len(turns), kept=len(turns))

    def _page(self, visit: Visit, language: Language) -> Page:
        return Page(self.serving(visit), language, self.feedback is not None, visit.left_out)


def _stream(page: Page, question: str, history: Sequence[tuple[str, str]]) -> Generator[Answer, None, None]:
    """What the chatbot gives, in an iterator that can be closed."""
    yield from page.shelf.bot.stream(question, history, sources=page.sources)


def _with(visit: Visit, turn: Turn) -> Visit:
    """The visit with one turn more; the panel shows the quotes of an answer, and none for anything else."""
    turns = (*visit.turns, turn)[-TURNS_KEPT:]
    forgotten = len(visit.turns) + 1 - len(turns)
    return replace(
        visit,
        turns=turns,
        shown=len(turns) if isinstance(turn, Answer) else 0,
        kept=max(0, visit.kept - forgotten),
    )


def _titles(articles: Sequence[Article], language: Language) -> str:
    """The names of some articles; of many, those of the first."""
    titles = [panel.title(article, WORDS[language]) for article in articles[:TITLES_TOLD]]
    return " · ".join(titles) + (" …" if len(articles) > TITLES_TOLD else "")


def _error(error: WendaError, question: str) -> Notice:
    return Notice(
        "question_error" if isinstance(error, QuestionError) else "other_error", question, str(error)
    )
