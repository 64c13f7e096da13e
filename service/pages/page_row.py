"""A page of a programme: what it is asked for, and the row that brings it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from culture.organisation import Organisation
from culture.people import Person
from culture.world import World
from service.messages.translation import Sentence
from service.pages.act_form import Written
from service.pages.html_pages import Page, Way
from service.pages.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: whose page, when, what to look for in it, and the form that came back, if one did. `query`: what
    its address asks for."""

    page: Page
    view: View
    person: Person
    now: datetime
    form_token: str
    own_page: str  # the way to the personal page; empty for an outsider, who has none
    calendar: str  # the address of the department's feed; empty: none to show
    query: Mapping[str, str] = field(default_factory=dict)
    written: Written | None = None
    problem: Sentence | None = None

    @property
    def search(self) -> str:
        """The words to look for."""
        return self.query.get("q", "")

    @property
    def done(self) -> str:
        """A key of DONE, else nothing is said."""
        return self.query.get("done", "")

    @property
    def organisation(self) -> Organisation:
        """As the view has it."""
        return self.view.organisation

    @property
    def today(self) -> date:
        """The reader's own date."""
        return self.organisation.today(self.person, self.now)

    def say(self, text: str, /, **fields: Any) -> str:
        """A sentence in the reader's language."""
        return self.page.say(text, **fields)

    def moment(self, starts: datetime) -> str:
        """The day and time in words, inside a sentence."""
        return self.say(
            "{day} at {time}", day=self.page.day(starts.date(), self.today), time=self.page.tongue.clock(starts.time())
        )

    def name(self, person_id: str) -> str:
        """The name of a colleague; a word for one who is no longer known."""
        person = self.organisation.people.get(person_id)
        return person.name if person else self.say("A colleague")


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """A page of a programme, as HTML.

    `path` is the first part of its address, `/PATH/TOKEN`, and what its links are signed for. `way`: how others speak of
    it to somebody; None where nothing on it is for them. `news`: what stands on their own page beside the way to it.
    """

    path: str
    html: Callable[[Asked], str]
    way: Callable[[World, Person], Way | None]
    news: Callable[[Page, World, Person], Sequence[str]] = _nothing
