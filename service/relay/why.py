"""Why somebody is next in the relay, or not yet: from what the records and the rule say, in words for a colleague. Pure.

Why somebody could not be there stays theirs: nobody's absence, break or free weekday is named, not their own either
(DESIGN 4.6), for whoever reads this is often not the one it is about.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from culture.organisation import Organisation
from culture.people import Language, Person
from culture.relay import schedule as relay
from culture.relay.deeds import Did, Waiting
from culture.relay.hindered import unable
from culture.relay.schedule import RelayRecords
from culture.relay.season import without_turns
from culture.relay.settings import Relay
from culture.relay.turns import Hindrance, Tie, Turn, TurnList, Why, unsaid
from culture.world import World
from service.messages.translation import say, word
from service.relay.learnings import department_name

SELECTIONS = 5
"""How many of the last selections are told: beyond that nobody remembers what happened."""

MEETINGS = 6
"""How many of the next meetings are looked at for what stands in the way."""

AHEAD = (12, 60)
"""How many turns are projected to find somebody's next: the design's dozen, and where the future gets too thin."""


def explained(world: World, person: Person) -> dict[str, Any]:
    """What there is to say about a person's turns at the world's moment, for a program to read.

    `counts` is what they count as in the list, out of `low` and one more. Days are those of meetings.
    """
    organisation, department = world.organisation, world.organisation.called.table(person.department)
    named = department_name(organisation, person.department)
    found: dict[str, Any] = {
        "person": person.id,
        "name": person.name,
        "department": named,
        "department_id": person.department,
    }
    every = world.of(RelayRecords).turns.values()  # whoever moved to another department may have one in the old one
    coming = [_coming(world, turn, person) for turn in every if turn.open and _concerns(turn, person)]
    found["coming"] = coming
    if not relay.runs(organisation, department):
        return {**found, "relay": False}
    if not person.in_relay:  # and nothing else: what would tell since when, or why
        return {**found, "relay": True, "listed": False}
    list_ = world.of(RelayRecords).standings.get(department, TurnList())
    standing = list_.of(person.id)
    turns = world.of(RelayRecords).of_department(department)
    counts = max(standing.level, list_.floor)
    new_until = _new_until(organisation, list_, person)
    return {
        **found,
        "relay": True,
        "listed": True,
        "turns": standing.turns,
        "ahead": standing.ahead,
        "counts": counts,
        "low": list_.floor,
        "last": _last(turns, person),
        "since": standing.since,
        "new_until": new_until if new_until and new_until > world.today else None,
        "selections": list(_selections(world, turns, list_, person)),
        "hindered": _hindered(world, list_, turns, person),
        "without_turns": without(world, department),
        "next": _next(world, person),
    }


def _new_until(organisation: Organisation, list_: TurnList, person: Person) -> date | None:
    since = max((day for day in (person.started, list_.of(person.id).since) if day), default=None)
    settle = timedelta(days=organisation.of(Relay).settle_days)
    return min(since, date.max - settle) + settle if since else None


def _last(turns: list[Turn], person: Person) -> date | None:
    held = (t.starts.date() for t in turns if t.state == "held" and t.presenter == person.id and t.starts)
    return max(held, default=None)


def _concerns(turn: Turn, person: Person) -> bool:
    return person.id in (turn.person, turn.presenter)


def _coming(world: World, turn: Turn, person: Person) -> dict[str, Any]:
    earlier = world.of(RelayRecords).turns.get(turn.earlier)
    return {
        "turn": turn.id,
        "kind": turn.kind,
        "counts": turn.counts,
        "day": turn.starts.date() if turn.starts else None,
        "waits": "" if turn.starts else _waits_for(turn),
        "for": world.organisation.name_of(turn.person) if turn.presenter == person.id != turn.person else "",
        "by": world.organisation.name_of(turn.presenter) if turn.presenter != person.id else "",
        "again": earlier.starts.date() if earlier and earlier.starts else None,
        **_choice(turn.why),
    }


def _waits_for(turn: Turn) -> str:
    """Why a turn without a meeting lost the one it had."""
    lost = next((deed for deed in reversed(turn.deeds) if deed.what in (Did.WAITS, Did.MISSED)), None)
    return str((lost and lost.why) or Waiting.MISSED)


def _choice(why: Why | None) -> dict[str, Any]:
    """By what somebody was chosen; empty for a turn for which nobody was. Who could not be chosen is not told: that a
    colleague was not there is as much their own as why."""
    if why is None:
        return {"level": None, "among": None, "tie": None}
    return {"level": why.level, "among": why.among, "tie": str(why.tie)}


def _selections(world: World, turns: list[Turn], list_: TurnList, person: Person) -> Iterator[dict[str, Any]]:
    """The last selections, newest first: who was chosen, and why this person was not."""
    tz = world.organisation.tz
    chosen = [turn for turn in turns if turn.why and turn.state != "withdrawn"]
    for turn in chosen[: -SELECTIONS - 1 : -1]:
        assert turn.why is not None
        on, since = turn.announced.astimezone(tz).date(), list_.of(person.id).since
        yield {
            "turn": turn.id,
            "on": on,
            "day": _first_day(turn),
            "chosen": world.organisation.name_of(turn.person),
            "chosen_id": turn.person,
            "why_not": "" if turn.person == person.id else str(_why_not(turn.why, person, on, since)),
        }


def _why_not(why: Why, person: Person, on: date, since: date | None) -> Hindrance | Tie:
    """Why this person, on the list `since` then, was not chosen on that day."""
    if person.id in why.instead:
        return Hindrance.COUNTED
    if hindrance := why.away.get(person.id):
        return unsaid(hindrance)
    return Hindrance.NOT_LISTED if since and on < since else why.tie


def _first_day(turn: Turn) -> date | None:
    """The day of the meeting for which the turn was announced, wherever it went since."""
    return next((deed.to.date() for deed in turn.deeds if deed.what is Did.MOVED and deed.to), None)


def _hindered(world: World, list_: TurnList, turns: list[Turn], person: Person) -> list[dict[str, Any]]:
    """The next meetings that are still to be filled, and what stands in the person's way at each."""
    seated = [turn.starts.date() for turn in turns if turn.open and turn.starts]
    first = max([world.today, *seated]) + timedelta(days=1)
    found = relay.meetings(world.organisation, person.department, first, first + relay.SEARCHED)[:MEETINGS]
    unreached = Hindrance.NOT_REACHED if person.id in world.of(RelayRecords).told.unreached else None
    reasons = ((meeting.day, unable(world.organisation, list_, person, meeting.day)) for meeting in found)
    found_reasons = ((day, unsaid(reason) if reason else unreached) for day, reason in reasons)
    return [{"day": day, "reason": str(reason or "")} for day, reason in found_reasons]


def without(world: World, department: str) -> list[dict[str, Any]]:
    """The next meetings of a department at which there are no turns, and why."""
    list_ = world.of(RelayRecords).standings.get(department, TurnList())
    first = world.today + timedelta(days=1)
    found = relay.meetings(world.organisation, department, first, first + relay.SEARCHED)[:MEETINGS]
    told = world.of(RelayRecords).told
    reasons = ((meeting.day, without_turns(world.organisation, list_, told, meeting.day)) for meeting in found)
    return [{"day": day, "reason": str(reason)} for day, reason in reasons if reason]


def _next(world: World, person: Person) -> date | None:
    members = len(relay.members(world.organisation, person.department, world.today))
    count = min(max(AHEAD[0], 2 * members), AHEAD[1])
    coming = relay.projected(world.organisation, world.of(RelayRecords), person.department, world.now, count)
    return next((turn.starts.date() for turn in coming if turn.presenter == person.id and turn.starts), None)


# --- in words ---------------------------------------------------------------------------------------------


def told(found: Mapping[str, Any], language: Language) -> Iterator[str]:
    """The same for a person to read."""

    def tell(text: str, **fields: Any) -> str:
        return say(language, text, **fields)

    name = found["name"]
    if not found["relay"]:
        yield tell("{name} is in {department}, where there is no relay.", name=name, department=found["department"])
    for turn in found["coming"]:
        yield _told_turn(turn, name, language)
    if not found["relay"]:
        return
    if not found["listed"]:
        yield tell("{name} is not on the list.", name=name)
        return
    yield from _told_standing(found, language)
    yield from _told_hindrance(found, language)
    if found["next"]:
        yield tell("As it looks today, {name} is chosen next for {day}.", name=name, day=found["next"])
    else:
        yield tell("As far as can be seen today, {name} is not chosen again yet.", name=name)
    if found["selections"]:
        yield tell("The last times somebody was chosen:")
    for one in found["selections"]:
        yield _told_selection(one, name, language)


def _told_selection(one: Mapping[str, Any], name: str, language: Language) -> str:
    fields = {key: one[key] for key in ("on", "day")} | {"chosen": one["chosen"] or say(language, "A colleague")}
    if not one["why_not"]:
        return say(language, "  {on}, for {day}: {chosen}.", **fields)
    why_not = word("not-chosen", one["why_not"]).said(language)
    return say(language, "  {on}, for {day}: {chosen}. {name} {why_not}.", name=name, why_not=why_not, **fields)


def _told_turn(turn: Mapping[str, Any], name: str, language: Language) -> str:
    if turn["day"] is None:
        why = word("waiting", turn["waits"])
        return say(
            language,
            "{name} has a turn that waits for another meeting, because: {why} ({turn}).",
            name=name,
            why=why,
            turn=turn["turn"],
        )
    fields = {"name": name, "day": turn["day"], "turn": turn["turn"]}
    if turn["by"]:
        return say(language, "{other} presents for {name} on {day}, after a swap ({turn}).", other=turn["by"], **fields)
    if turn["for"]:
        return say(
            language, "{name} presents for {other} on {day}, after a swap ({turn}).", other=turn["for"], **fields
        )
    begins = say(language, "{name} presents on {day} ({turn}).", **fields)
    return f"{begins} {_why(turn, name, language)}".rstrip()


def _why(turn: Mapping[str, Any], name: str, language: Language) -> str:
    if turn["kind"] == "volunteer":
        counts = "{name} volunteered, and it counts as their next ordinary turn."
        return say(language, counts if turn["counts"] else "{name} volunteered.", name=name)
    if turn["kind"] == "retry":
        if turn["again"]:
            return say(language, "What did not work yet on {day} is tried again.", day=turn["again"])
        return say(language, "What did not work yet is tried again.")
    if turn["tie"] is None:
        return ""
    if turn["among"] == 1:  # a number would name the others
        return say(language, "{name} was next of those who could be chosen.", name=name)
    return word("chosen", turn["tie"], among=turn["among"], name=name).said(language)


def _told_standing(found: Mapping[str, Any], language: Language) -> Iterator[str]:
    name = found["name"]
    if found["last"]:
        yield say(language, "{name} last presented on {day}.", name=name, day=found["last"])
    elif not found["coming"]:
        yield say(language, "{name} has not presented yet.", name=name)
    if found["since"]:
        text = "{name} joined the list on {day}, and began in the middle of it: what was before is not owed."
        yield say(language, text, name=name, day=found["since"])
    if found["new_until"]:
        text = "Whoever is new listens first: {name} can be chosen for meetings from {day} on."
        yield say(language, text, name=name, day=found["new_until"])
    yield from _told_count(found, language)
    if found["ahead"]:
        text = "{name} has volunteered: when the list next comes to {name}, that turn counts, and a colleague is chosen instead."
        yield say(language, text, name=name)


def _told_count(found: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What the person's turns count as, and who comes first by that."""
    name, low, counts = found["name"], found["low"], found["counts"]
    extra = counts - found["turns"]
    if extra > 0:
        text = "{name} counts as having had {count} turns: {turns} announced, {extra} by joining later, passing or being away."
        yield say(language, text, name=name, count=counts, turns=found["turns"], extra=extra)
    elif counts:
        yield say(language, "{name} has had {count} turns, those announced among them.", name=name, count=counts)
    if counts <= low:
        yield say(language, "Nobody has had fewer, so {name} is among those who come next.", name=name)
    elif low:
        yield say(language, "Those who have had {count} turns come before {name}.", name=name, count=low)
    else:
        yield say(language, "Those who have had none come before {name}.", name=name)


def _told_hindrance(found: Mapping[str, Any], language: Language) -> Iterator[str]:
    for reason, days in by_reason(found["without_turns"]):
        text = "There are no presentations on {days}: {reason}."
        yield say(language, text, days=days, reason=word("waiting", reason))
    for reason, days in by_reason(found["hindered"]):
        text = "{name} cannot be chosen for {days}: {reason}."
        yield say(language, text, name=found["name"], days=days, reason=word("hindrance", reason))


def by_reason(meetings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[date, ...]]]:
    """Each reason there is, with the days of its meetings."""
    found: dict[str, list[date]] = {}
    for meeting in meetings:
        if meeting["reason"]:
            found.setdefault(meeting["reason"], []).append(meeting["day"])
    yield from ((reason, tuple(days)) for reason, days in found.items())
