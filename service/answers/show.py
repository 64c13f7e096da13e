"""Plans, histories and states as text for the command line, and as values for `--json`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from culture.census import Known
from culture.people import Language, Person
from culture.sending import window_opens
from culture.workdays import Week
from culture.world import World
from service.answers.answers import ANSWERS
from service.messages.grouped import lines, values
from service.messages.names import NAMES_SHOWN, some
from service.messages.translation import say
from service.planning.calls import Call
from service.planning.fuse import Held
from service.planning.jobs import Job
from service.planning.kinds import kind_name
from service.planning.plan import Plan

Action = TypeVar("Action", bound=Job | Call)


def plan_lines(plan: Plan, language: Language, shown: int | None = NAMES_SHOWN) -> Iterator[str]:
    """The plan for a person to read: counts, the first `shown` names of each (None: all), and what the fuse holds."""
    if plan.recalled:
        yield plan.recalled.sentence(plan.world.organisation.tz).said(language)
    elif plan.does_nothing() and not plan.held and not plan.waiting and not plan.yielding:
        yield say(language, "Nothing to do: everything that should stand in calendars and have been said is done.")
    yield from _new_lines(plan, language, shown)
    yield from _inherited_lines(plan, language, shown)
    yield from _action_lines(plan, language, shown)
    for held in plan.held:
        yield say(
            language,
            "HELD, {kind}: {count}, because: {reason}. Approve exactly these with: aikultur apply {digest}",
            count=len(held.keys),
            kind=kind_name(held.kind, language),
            reason=held.reason.said(language),
            digest=held.digest,
        )
    yield from lines(plan.faults, language, each=shown is None)


def _new_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """What is new in the plan's world: people, feeds, turns, items to judge again."""
    tell, census = partial(say, language), plan.census
    for people, text in (
        (census.joined, "New people: {count} ({names})"),
        (census.changed, "People with other details: {count} ({names})"),
        (census.vanished, "People whose row is missing: {count} ({names})"),
        (census.outside, "People who are not in the pilot any more: {count} ({names})"),
    ):
        if people:
            yield tell(text, count=len(people), names=some([person.row.name for person in people], language, shown))
    if census.vanished:
        yield tell("They get nothing and lose nothing; from {day} on they have left.", day=_last_gone(census.vanished))
    if plan.feeds:
        yield tell("Feeds that change: {count}", count=len(plan.feeds))
    for row in ANSWERS:
        yield from row.lines(plan, language, shown)
    if plan.overruled:
        names = some([person.name for person in plan.overruled], language, shown)
        text = 'Chose a calendar themselves, and have no block, for channel = "none" outranks that: {count} ({names})'
        yield tell(text, count=len(plan.overruled), names=names)


def _last_gone(vanished: Iterable[Known]) -> date:
    return max(person.gone for person in vanished if person.gone)


def _inherited_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """Who has got somebody else's address, and what to write when they are one person."""
    text = (
        "{before} ({was}) is now {name} ({id}) with the same address: another person. "
        "If it is the same: aikultur people same {was} {id}"
    )
    for before, now in plan.inherited[:shown]:
        yield say(language, text, before=before.row.name, was=before.id, name=now.row.name, id=now.id)
    if more := len(plan.inherited[shown:]) if shown is not None else 0:
        yield say(
            language, "And {count} more addresses that are another person's now. All: aikultur plan --all", count=more
        )


def _action_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """What is done now, what waits, and what is too late."""
    tell, counted = partial(say, language), partial(_counted, language=language, shown=shown)
    now: list[Job | Call] = [*plan.letters, *plan.calls]  # no kind is both
    for kind, actions in by_kind(now).items():
        yield tell("Now, {kind}: {count} ({names})", **counted(kind, actions))
    if plan.questions:
        count = sum(len(one.people) for one in plan.questions)
        yield tell("People whose free minutes are looked for: {count}", count=count)
    yield from _waiting_lines(plan, language, shown)
    if plan.too_late:
        late = Counter(notice.kind for notice in plan.too_late)
        parts = ", ".join(f"{kind_name(kind, language)} {count}" for kind, count in sorted(late.items()))
        yield tell("Too late, and not sent: {parts}", parts=parts)


def _waiting_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """What waits for the sending window, and what until tomorrow."""
    tell, counted = partial(say, language), partial(_counted, language=language, shown=shown)
    window = [one for one in plan.waiting if not one.may_go(plan.world, plan.world.now)]
    for kind, waiting in by_kind(window).items():
        text = "Waiting for the sending window, which opens {when}, {kind}: {count} ({names})"
        yield tell(text, when=_window_opens(plan.world, waiting), **counted(kind, waiting))
    for kind, waiting in by_kind(one for one in plan.waiting if one not in window).items():
        text = "Waiting until tomorrow, for they have had a letter about a turn today, {kind}: {count} ({names})"
        yield tell(text, **counted(kind, waiting))
    for kind, yielding in by_kind(plan.yielding).items():
        text = "Waiting for their next letter, for nobody gets more than two a week, {kind}: {count} ({names})"
        yield tell(text, **counted(kind, yielding))


def _counted(kind: str, actions: Sequence[Job | Call], language: Language, shown: int | None) -> dict[str, Any]:
    names = some([name for action in actions for name in action.names], language, shown)
    return {"kind": kind_name(kind, language), "count": len(actions), "names": names}


def _window_opens(world: World, waiting: Iterable[Job | Call]) -> str:
    """When the first of those who wait may be written to."""
    opens = [window_opens(world.organisation, one.person, world.now) for one in waiting]
    return moment(min((one for one in opens if one), default=None), ZoneInfo(world.organisation.zone))


def plan_value(plan: Plan) -> dict[str, Any]:
    """The plan for a program to read."""
    return {
        "now": plan.world.now.isoformat(),
        "people": {
            "joined": _named(plan.census.joined),
            "changed": _named(plan.census.changed),
            "missing": _named(plan.census.vanished),
            "outside": _named(plan.census.outside),
        },
        "inherited": [{"before": before.id, "now": now.id} for before, now in plan.inherited],
        "feeds": sorted(plan.feeds),
        "overruled": _named(plan.overruled),
        "letters": _job_values(plan.letters),
        "calls": _job_values(plan.calls),
        "waiting": _job_values(plan.waiting),
        "yielding": _job_values(plan.yielding),
        "too_late": [notice.key for notice in plan.too_late],
        "held": [held_value(held) for held in plan.held],
        "recalled": plan.recalled.value() if plan.recalled else None,
        "faults": values(plan.faults),
        **{name: value for row in ANSWERS for name, value in row.values(plan).items()},
    }


def _named(people: Iterable[Known | Person]) -> list[dict[str, str]]:
    return [{"id": one.id, "name": one.row.name if isinstance(one, Known) else one.name} for one in people]


def held_value(held: Held) -> dict[str, Any]:
    """What the fuse holds, for a program to read."""
    return {"kind": held.kind, "reason": str(held.reason), "digest": held.digest, "keys": list(held.keys)}


def by_kind(jobs: Iterable[Action]) -> dict[str, list[Action]]:
    """The jobs of each kind, in the order in which they came; the kinds by their ids."""
    found: dict[str, list[Action]] = defaultdict(list)
    for job in jobs:
        found[job.kind].append(job)
    return dict(sorted(found.items()))


def week_line(week: str, numbers: Mapping[str, Mapping[str, int]], language: Language) -> str:
    """What was sent in an ISO week, from its numbers by kind: sent, dropped, in_doubt, too_late."""
    named = Week.parse(week)
    sent = {kind_name(kind, language): of_kind["sent"] for kind, of_kind in numbers.items() if of_kind.get("sent")}
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(sent.items()))
    parts = [say(language, "{count} sent", count=sum(sent.values())) + (f" ({kinds})" if kinds else "")]
    for what, text in (
        ("dropped", "{count} given up"),
        ("in_doubt", "{count} in doubt and sent again"),
        ("too_late", "{count} too late"),
    ):
        count = sum(of_kind.get(what, 0) for of_kind in numbers.values())
        if count:
            parts.append(say(language, text, count=count))
    return f"{say(language, 'Week {week} of {year}', week=named.number, year=named.year)}: {', '.join(parts)}."


def moment(when: datetime | str | None, zone: Any) -> str:
    """A moment as people read it, in `zone`; a dash for none."""
    if not when:
        return "-"
    value = datetime.fromisoformat(when) if isinstance(when, str) else when
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _job_values(jobs: Iterable[Job | Call]) -> list[dict[str, Any]]:
    return [
        {
            "kind": job.kind,
            "person": job.person.id,
            "name": job.person.name,
            "to": job.person.email,
            "says": list(job.keys),
        }
        for job in jobs
    ]
