"""The organisation's answers to what every prompt raises, and how far it goes with AI. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, get_args

from culture.people import Language
from culture.settings import Key, Size

DataClass = Literal["none", "public", "own", "internal"]
"""What a prompt or challenge needs to be done, the most harmless first: nothing; what everybody can read; one's own words
and drafts, without names; papers, figures or mails of others in the organisation. Personal data: never."""

Tool = Literal["chat", "word", "excel", "outlook", "powerpoint", "teams", "browser", "phone"]

Question = Literal["tools", "data", "responsible", "vision", "jobs", "learning"]
"""What people ask before they begin; the first three at every prompt. Each is a key of [policy.LANGUAGE]."""

CLASSES: tuple[DataClass, ...] = get_args(DataClass)
TOOLS: tuple[Tool, ...] = get_args(Tool)
QUESTIONS: tuple[Question, ...] = get_args(Question)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The organisation's answers in one language, its table: to the three questions every prompt raises, and to three
    more that management may not have answered yet (None)."""

    tools: Annotated[str, Size(1, 600), Key("Which tools are approved.")]
    data: Annotated[str, Size(1, 600), Key("Which data may be shared.")]
    responsible: Annotated[str, Size(1, 600), Key("Who is responsible when it goes wrong.")]
    vision: Annotated[
        str | None,
        Size(1, 600),
        Key("What you want AI for here.", example='"..."'),
    ] = None
    jobs: Annotated[
        str | None,
        Size(1, 600),
        Key("What it means for people's jobs.", example='"..."'),
    ] = None
    learning: Annotated[
        str | None,
        Size(1, 600),
        Key("How people can learn it, and in which time.", example='"..."'),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Those answers in every language they were written in, at least one; and what they come to for the catalogues."""

    answers: Mapping[Language, PolicyText]
    most_sensitive: DataClass = "own"
    tools: tuple[Tool, ...] = TOOLS

    def text(self, language: Language) -> PolicyText:
        """The answers in that language; those that were not written in it, in another."""
        found = self.answers.get(language) or next(iter(self.answers.values()))
        if found.vision and found.jobs and found.learning:
            return found
        return replace(
            found,
            vision=found.vision or self._elsewhere("vision"),
            jobs=found.jobs or self._elsewhere("jobs"),
            learning=found.learning or self._elsewhere("learning"),
        )

    def _elsewhere(self, question: str) -> str | None:
        return next(filter(None, (getattr(one, question) for one in self.answers.values())), None)

    def answer(self, question: Question, language: Language) -> str:
        """The answer in that language; where it was not written in it, in another; empty while it is open."""
        return getattr(self.text(language), question) or ""

    def table(self, language: Language) -> Language:
        """In which table of answers, by its language, one more is written: that of the language where there is one."""
        return language if language in self.answers else next(iter(self.answers))

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that are answered in no language."""
        return tuple(one for one in QUESTIONS if not any(getattr(text, one) for text in self.answers.values()))

    def allows(self, data: DataClass, tool: Tool) -> bool:
        """Whether something may be dealt that needs such material and that tool."""
        return tool in self.tools and CLASSES.index(data) <= CLASSES.index(self.most_sensitive)
