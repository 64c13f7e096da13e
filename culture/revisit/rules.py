"""The revisit list: tools and use cases once rejected, each with its reason, judged again every 3-6 months. Pure."""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from culture.keys import ItemPeriod
from culture.notice import Notice
from culture.organisation import Organisation
from culture.relay.learning import Outcome
from culture.relay.schedule import RelayRecords
from culture.revisit.settings import RevisitList


class Verdict(StrEnum):
    """How an item was judged. A text, for templates ask for it by its id."""

    WORKS_NOW = "works-now"
    STILL_NOT = "still-not"
    DROPPED = "dropped"


class What(StrEnum):
    """What an item is. A text as well."""

    TOOL = "tool"
    USE_CASE = "use-case"


LATENESS = timedelta(days=30)
"""A notice that is a month late is not sent any more; the item still stands in the list as due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict on an item, kept for good."""

    day: date
    by: str  # a name, as it was given
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A tool or use case that was rejected. `next_on` is when it is judged again, None once it is decided."""

    id: str
    name: str
    what: What
    rejected_by: str
    rejected_on: date
    reason: str
    would_change: str  # what would have to change
    months: int
    owner: str  # person id; empty: the programme's contact
    next_on: date | None
    trigger: str = ""  # what brought it early: "new version", "now approved"
    judgements: tuple[Judgement, ...] = ()
    turn: str = ""  # the turn whose retry failed, when it came from the relay

    @property
    def open(self) -> bool:
        """Whether it is still to be judged."""
        return self.next_on is not None


@dataclass(frozen=True, slots=True)
class RevisitRecords:
    """What is remembered of the revisit list: its items by id."""

    items: Mapping[str, Revisit] = field(default_factory=dict)


def later(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def judged(item: Revisit, judgement: Judgement) -> Revisit:
    """The item after a judgement: "still not" sets the next date, the others close it. Every one is kept."""
    next_on = later(judgement.day, item.months) if judgement.verdict is Verdict.STILL_NOT else None
    return replace(item, judgements=(*item.judgements, judgement), next_on=next_on, trigger="")


def triggered(item: Revisit, trigger: str, today: date) -> Revisit:
    """The item brought forward to today by news about it; one that was closed is open again."""
    return replace(item, trigger=trigger, next_on=min(item.next_on or today, today))


def due(
    items: Iterable[Revisit], owners: Mapping[str, str], letter_at: time, tz: ZoneInfo, now: datetime
) -> Iterator[Notice]:
    """A notice to the owner of each item whose day has come. `owners`: by item id, who is written to now."""
    for item in items:
        if item.next_on is None or item.id not in owners:
            continue
        moment = datetime.combine(item.next_on, letter_at, tz)
        if moment <= now:
            yield Notice(
                kind="revisit",
                period=ItemPeriod(item.id, item.next_on).to_text(),
                person_id=owners[item.id],
                due=moment,
                too_late=moment + LATENESS,
            )


def owners(items: Iterable[Revisit], organisation: Organisation, today: date) -> dict[str, str]:
    """Who is written to about each item: its owner, or the organisation's contact when the owner has left or none was
    named. Items whose day finds neither at work stay in the list."""
    people = organisation.people
    holder = organisation.holder(organisation.contact_email)
    contact = holder.id if holder and holder.works_here_after(today) else ""
    found = {}
    for item in items:
        owner = people.get(item.owner)
        found[item.id] = item.owner if owner and owner.works_here(today) else contact
    return {item_id: owner for item_id, owner in found.items() if owner in people}


def from_retries(
    records: RelayRecords, items: Mapping[str, Revisit], organisation: Organisation, today: date
) -> dict[str, Revisit]:
    """New items: challenges whose retry did not work either. The list takes over where the relay gives up."""
    known = {item.turn for item in items.values() if item.turn}
    found = {}
    for learning in records.learnings.values():
        turn = records.turns.get(learning.id)
        if learning.outcome is not Outcome.NOT_YET or turn is None or not turn.earlier or turn.id in known:
            continue
        item = Revisit(
            id=f"relay-{turn.id}",
            name=learning.title,
            what=What.USE_CASE,
            rejected_by=organisation.departments[turn.department].name
            if turn.department in organisation.departments
            else "",
            rejected_on=today,
            reason=learning.did_not or learning.hard,
            would_change=learning.potential,
            months=organisation.of(RevisitList).months,
            owner=organisation.facilitators.get(turn.department, ""),
            next_on=later(today, organisation.of(RevisitList).months),
            turn=turn.id,
        )
        found[item.id] = item
    return found
