"""The revisit list: tools and use cases once rejected, each with its reason, judged again every 3-6 months. Pure."""

import calendar
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from culture.caretakers import Caretakers
from culture.keys import ItemPeriod
from culture.notice import Notice
from culture.organisation import Organisation
from culture.policy import CLASSES, DataClass, Policy, Tool
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.revisit.settings import RevisitList
from culture.sittings import NO_SITTINGS, Sittings
from culture.world import World


class Verdict(StrEnum):
    """How an item was judged. A text, for templates ask for it by its id."""

    WORKS_NOW = "works-now"
    STILL_NOT = "still-not"
    DROPPED = "dropped"


class What(StrEnum):
    """What an item is. A text as well."""

    TOOL = "tool"
    USE_CASE = "use-case"


class Opening(StrEnum):
    """Why a changed policy brings an item early."""

    ALLOWED = "allowed"  # what it needs may be used now
    NAMED = "named"  # the answers name it, and did not before


class Made(StrEnum):
    """What an item that works now was made for others to try."""

    CHALLENGE = "challenge"
    PROMPT = "prompt"


LATENESS = timedelta(days=30)
"""A notice that is a month late is not sent any more; the item still stands in the list as due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict on an item, kept for good."""

    day: date
    by: str  # a name, as it was given
    verdict: Verdict
    reason: str
    judge: str = ""  # the id of whoever it was, where that is known


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
    owner: str  # person id, where somebody was named
    next_on: date | None
    trigger: str = ""  # what brought it early, as somebody wrote it: "new version"
    opened_by: Opening | None = None  # or what of a changed policy did: said in the language of whoever reads it
    judgements: tuple[Judgement, ...] = ()
    turn: str = (
        ""  # the turn whose retry failed, when it came from the relay: then it was tried, and nobody rejected it
    )
    news: int = 0  # how often news brought it early
    department: str = ""  # the one that tried it, by its key
    needs_tool: Tool | None = None  # what the policy has to allow for it, where it waits for that
    needs_data: DataClass | None = None
    tried_by: tuple[str, ...] = ()  # person ids: whom it did not work for
    became: tuple[Made, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is still to be judged."""
        return self.next_on is not None


@dataclass(frozen=True, slots=True)
class RevisitRecords:
    """What is remembered of the revisit list: its items by id."""

    items: Mapping[str, Revisit] = field(default_factory=dict)


def later(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day, and of the calendar's days where
    that is beyond them."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def judged(item: Revisit, judgement: Judgement) -> Revisit:
    """The item after a judgement: "still not" sets the next date, the others close it. Every one is kept."""
    next_on = later(judgement.day, item.months) if judgement.verdict is Verdict.STILL_NOT else None
    return replace(item, judgements=(*item.judgements, judgement), next_on=next_on, trigger="", opened_by=None)


def triggered(item: Revisit, news: str | Opening, today: date) -> Revisit:
    """The item that is to be judged today because of news about it, whenever it was due; one that was closed is open
    again. The same news on the same day is no other."""
    opening = news if isinstance(news, Opening) else None
    after = replace(item, trigger="" if opening else str(news), opened_by=opening, next_on=today)
    return item if after == item else replace(after, news=item.news + 1)


def opened(items: Iterable[Revisit], before: Policy, after: Policy) -> dict[str, Opening]:
    """The items that waited for what has changed in the policy, by id, and why each need not wait any more. What is
    decided waits for nothing."""
    found = {}
    for item in items:
        if item.open and _allows(after, item) and not _allows(before, item):
            found[item.id] = Opening.ALLOWED
        elif item.open and _names(after, item.name) and not _names(before, item.name):
            found[item.id] = Opening.NAMED
    return found


def _allows(policy: Policy, item: Revisit) -> bool:
    """Whether what the item needs may be used; so of whatever needs nothing."""
    tool = item.needs_tool is None or item.needs_tool in policy.tools
    return tool and CLASSES.index(item.needs_data or "none") <= CLASSES.index(policy.most_sensitive)


def _names(policy: Policy, name: str) -> bool:
    """Whether its answers about tools and data name it in some language, as words of their own."""
    words = r"\s+".join(map(re.escape, name.casefold().split()))
    texts = (text for answer in policy.answers.values() for text in (answer.tools, answer.data))
    return any(re.search(rf"(?<!\w){words}(?!\w)", text.casefold()) for text in texts)


@dataclass(frozen=True, slots=True)
class Ask:
    """That somebody is asked about an item: on which day, and the how manieth time, 0 for the first."""

    day: date
    number: int


OWNER_AFTER = (0, 1)
"""After how many months from its day an item's owner is asked. A month after the last of them it is handed on."""


def last_ask(item: Revisit, today: date) -> Ask | None:
    """When its question was asked last: on its day, a month later, and of another after another month and then each
    time its own months have gone. None for what is decided or not due yet."""
    if item.next_on is None or item.next_on > today:
        return None
    found = Ask(item.next_on, 0)
    for number in itertools.count(1):
        owners = len(OWNER_AFTER)
        after = OWNER_AFTER[number] if number < owners else OWNER_AFTER[-1] + 1 + (number - owners) * item.months
        day = later(item.next_on, after)
        if day > today:
            break
        found = Ask(day, number)
    return found


def due(
    items: Iterable[Revisit],
    owners: Mapping[str, str],
    letter_at: time,
    tz: ZoneInfo,
    now: datetime,
    sittings: Sittings = NO_SITTINGS,
) -> Iterator[Notice]:
    """A notice about each item whose day has come: the last time that somebody is asked. `owners`: by item id, who is
    written to now. What they are to judge together at a meeting, one of the `sittings`, is not asked by letter before."""
    today = now.astimezone(tz).date()
    for item in items:
        ask = last_ask(item, today)
        if ask is None or item.id not in owners:
            continue
        moment = sittings.asked_at(item.id, owners[item.id], datetime.combine(ask.day, letter_at, tz))
        if moment <= now:
            yield Notice(
                kind="revisit",
                period=ItemPeriod(item.id, ask.day, item.news).to_text(),
                person_id=owners[item.id],
                due=moment,
                too_late=moment + LATENESS,
            )


def owners(items: Iterable[Revisit], world: World, today: date) -> dict[str, str]:
    """Who is written to about each item now: its owner, and when it was handed on whoever comes next. Items that find
    nobody at work stay in the list."""
    found = {item.id: _written_to(item, world, today) for item in items}
    return {item_id: person_id for item_id, person_id in found.items() if person_id}


def _written_to(item: Revisit, world: World, today: date) -> str:
    mine, ask = owner(item, world, today), last_ask(item, today)
    others = [one for one in _next(world, today) if one and one != mine]
    handed_on = ask.number - len(OWNER_AFTER) if ask else -1
    if not others or (mine and handed_on < 0):
        return mine
    return others[min(max(handed_on, 0), len(others) - 1)]


def judges(item: Revisit, world: World, today: date) -> frozenset[str]:
    """Who may judge it: whoever is written to, and the owner still when it was handed on."""
    written_to = owners([item], world, today).get(item.id, "")
    return frozenset({written_to, owner(item, world, today)}) - {""}


def owner(item: Revisit, world: World, today: date) -> str:
    """Whose item it is, by id: of those who work here whoever was named, who sees to the tools of the department that
    tried it, who sees to those of all, that department's facilitator. Empty for none: then it is the contact's."""
    organisation, caretakers = world.organisation, world.of(Caretakers)
    after_each_other = (
        item.owner,
        caretakers.of_department.get(item.department, ""),
        caretakers.otherwise,
        organisation.facilitators.get(item.department, ""),
    )
    return next((one for one in after_each_other if _works_here(organisation, one, today)), "")


def _next(world: World, today: date) -> Iterator[str]:
    """To whom an item is handed on: who sees to what is nobody's, then the organisation's contact."""
    otherwise = world.of(Caretakers).otherwise
    if _works_here(world.organisation, otherwise, today):
        yield otherwise
    yield _contact(world.organisation, today)


def _works_here(organisation: Organisation, person_id: str, today: date) -> bool:
    person = organisation.people.get(person_id)
    return person is not None and person.works_here(today)


def _contact(organisation: Organisation, today: date) -> str:
    holder = organisation.holder(organisation.contact_email)
    return holder.id if holder and holder.works_here_after(today) else ""


def from_retries(
    records: RelayRecords, items: Mapping[str, Revisit], organisation: Organisation, today: date
) -> dict[str, Revisit]:
    """New items: challenges whose retry did not work either. The list takes over where the relay gives up. Nobody
    rejected them: instead of that there is where and when they were tried last."""
    known = {item.turn for item in items.values() if item.turn}
    found = {}
    for learning in records.learnings.values():
        turn = records.turns.get(learning.id)
        if learning.outcome is not Outcome.NOT_YET or turn is None or not turn.earlier or turn.id in known:
            continue
        item = _of_retry(turn, learning, organisation, today)
        found[item.id] = replace(item, tried_by=_presenters(turn, records))
    return found


def _of_retry(turn: Turn, learning: Learning, organisation: Organisation, today: date) -> Revisit:
    """The item that a retry becomes which did not work, without who tried it."""
    home, months = organisation.departments.get(turn.department), organisation.of(RevisitList).months
    return Revisit(
        id=f"relay-{turn.id}",
        name=learning.title,
        what=What.USE_CASE,
        rejected_by=home.name if home else "",
        rejected_on=(turn.starts or learning.at.astimezone(organisation.tz)).date(),
        reason=learning.did_not or learning.hard,
        would_change=learning.potential,
        months=months,
        owner="",
        next_on=later(today, months),
        turn=turn.id,
        department=turn.department,
    )


def _presenters(turn: Turn, records: RelayRecords) -> tuple[str, ...]:
    """Who presented it, that time and before."""
    before = records.turns.get(turn.earlier)
    return tuple(dict.fromkeys(one.presenter for one in (turn, before) if one))
