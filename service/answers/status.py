"""How the service is. Read from the store; addresses stay with the administrator."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from calendars.server.meeting import MeetingState
from calendars.server.standing import BlockState
from culture.people import ON_SERVER, ChannelName, Language, Person
from culture.world import World
from mailer.dispatcher import Trouble, trouble
from mailer.drain import LETTERS
from mailer.outbox import stage
from mailer.parked import by_cause
from service.answers import firsts
from service.answers.carried import carried_lines
from service.answers.pilot import pilot_lines
from service.answers.pilot import value as pilot_value
from service.answers.show import moment, plan_lines, week_line
from service.engine.carry_out import all_is_well, clock_held
from service.engine.engine import Engine
from service.engine.health import LATE_SECONDS
from service.engine.reports import UNTOLD, why_untold
from service.engine.retention import counts, total, unreadable_letters, unsettled
from service.messages.faults import Fault
from service.messages.grouped import values
from service.messages.names import NAMES_SHOWN
from service.messages.relayed import Relayed
from service.messages.translation import say
from service.planning.moments import next_moment
from service.planning.plan import Plan
from service.settings.channel_row import channels_here, servers_here, told_apart
from service.settings.endings import endings_told
from store import records
from store.daemon import failing, last_tick, running
from store.letters import LetterRecord

UNREADABLE = (
    "A letter cannot be read: aikultur store verify says why, aikultur store discard {table} {key} takes it out."
)

CAUSES_SHOWN = 10
"""Why letters are parked, the most frequent first; `outbox list` has every cause."""

WEEKS_SHOWN = 5
"""This week and the last month."""


def status_lines(
    engine: Engine, now: datetime, language: Language, found: Plan | None = None, *, each: bool = False
) -> Iterator[str]:
    """The status for a person to read, `each` fault for itself on demand. `found` is the plan at `now`, if that is made
    already."""
    found = found or engine.plan(now)
    value = status_value(engine, now, found)
    tell, zone = partial(say, language), engine.zone
    yield from _service_lines(value, tell, zone)
    yield from _letter_lines(value, tell, zone, language)
    servers = dict(servers_here(engine.inputs.config))
    among = bool(told_apart(servers))
    for name, server in servers.items():
        yield from _server_lines(value[name], server.called, tell, zone, runs=value["daemon"] is not None, among=among)
    for pilot in pilot_lines(engine.inputs, found.world):
        yield pilot.said(language)
    for said in value["later"]:
        yield tell("Waiting: {said}", said=Relayed(said))
    for note in _notes(engine, found):
        yield tell("Note: {text}", text=note.said(language))
    shown = None if each else NAMES_SHOWN
    yield from plan_lines(found, language, shown)
    yield from carried_lines(found, engine.rate(), language, shown)
    yield from firsts.ahead_lines(engine, language)
    if untold := why_untold(engine, found, now):
        yield tell(UNTOLD, why=untold)


def _notes(engine: Engine, found: Plan) -> list[Fault]:
    source, world = engine.inputs.source, found.world
    return [*engine.inputs.notes, *endings_told(world.organisation, source.path.name, world.today)]


def _service_lines(value: Mapping[str, Any], tell: Callable[..., str], zone: ZoneInfo) -> Iterator[str]:
    for one in value["failing"]:
        yield tell("Fails since {since}: {said}", since=moment(one["since"], zone), said=one["said"])
    if value["overdue"]:
        text = "Since {when} a tick is due that has not succeeded. Look at what the service says, and start it again."
        yield tell(text, when=moment(value["overdue"], zone))
    daemon = value["daemon"]
    if daemon:
        yield tell(
            "Running since {started}, process {pid}.", started=moment(daemon["started"], zone), pid=daemon["pid"]
        )
    else:
        yield tell("Not running. Start it with aikultur run.")
    yield tell(
        "Last tick: {when}. Next moment: {next}.",
        when=moment(value["last_tick"], zone),
        next=moment(value["next"], zone),
    )


def _letter_lines(
    value: Mapping[str, Any], tell: Callable[..., str], zone: ZoneInfo, language: Language
) -> Iterator[str]:
    yield tell(
        "Letters: {sent} sent, {claimed} on the way, {parked} parked, {dropped} given up, {doubt} in doubt and sent again.",
        **value["letters"],
    )
    yield from (week_line(week, numbers, language) for week, numbers in value["weeks"].items())
    yield tell("People: {people}. Feeds: {feeds}. Series by mail: {series}.", **value["counts"])
    for key in value["unreadable_letters"]:
        yield tell(UNREADABLE, table=records.LETTERS, key=key)
    for cut in value["cut_off"]:
        text = "Lines of the journal that the disk had not confirmed and did not keep, found at {when}: {lines}. They lie in {file}."
        yield tell(text, when=moment(cut["at"], zone), lines=cut["lines"], file=cut["file"])
    for said in value["refused"]:
        one = "Parked: {to}: {said} (aikultur outbox list)"
        several = "Parked: {count} letters: {said} (aikultur outbox list)"
        yield tell(one if said["count"] == 1 else several, **said | {"said": Relayed(said["said"])})
    if down := value["trouble"]:
        asked = "No letter gets through since {since}: {said} The next one is tried at {next}."
        later = "No letter gets through since {since}: {said} The first run after {next} tries again."
        yield tell(
            asked if value["daemon"] else later,  # nobody tries anything at a moment when nothing runs
            since=moment(down["since"], zone),
            said=Relayed(down["said"]),
            next=moment(down["next"], zone),
        )


def _server_lines(
    known: Mapping[str, Any], server: str, tell: Callable[..., str], zone: ZoneInfo, *, runs: bool, among: bool
) -> Iterator[str]:
    """How things are on a server; `among`: there are others, so it is named."""
    text = "Blocks in Outlook: {standing}, left alone because their owners changed them: {left}, waiting for another try: {failing}."
    named = "Blocks in Outlook on {server}: {standing}, left alone because their owners changed them: {left}, waiting for another try: {failing}."
    yield tell(named if among else text, server=server, **known["counts"])
    for said in known["failing"]:
        yield tell("Not in the calendar yet: {who}: {said}", who=said["who"], said=Relayed(said["said"]))
    if down := known["trouble"]:
        asked = "{server} is left alone since {since}: {said} It is asked again at {next}."
        later = "{server} is left alone since {since}: {said} The first run after {next} asks it again."
        yield tell(
            asked if runs else later,
            server=server,
            since=moment(down["since"], zone),
            said=Relayed(down["said"]),
            next=moment(down["next"], zone),
        )


def status_value(engine: Engine, now: datetime, found: Plan | None = None) -> dict[str, Any]:
    """The status for a program to read. `found` is the plan at `now`, if that is made already."""
    found = found or engine.plan(now)
    numbers, open_ = counts(engine.database), list(unsettled(engine.database))
    daemon = running(engine.folder)
    fails = failing(engine.folder)
    return {
        "failing": [{"what": what, "since": since.isoformat(), "said": said} for what, since, said in fails],
        "overdue": _overdue(engine, found, now) if daemon else None,
        "daemon": _process(daemon),
        "last_tick": last_tick(engine.folder),
        "next": next_moment(replace(found.world, now=now)).isoformat(),
        "letters": _letters(numbers, open_),
        "weeks": dict(list(numbers.items())[-WEEKS_SHOWN:]),
        "counts": _counts(engine, found.world),
        "unreadable_letters": unreadable_letters(engine.database)[:CAUSES_SHOWN],
        "cut_off": _cut_offs(engine),
        "refused": _refused(open_),
        "trouble": _trouble(engine),
        **{name: _server(engine, name, found.world.organisation.people) for name in sorted(ON_SERVER)},
        "later": _later(open_),
        **firsts.value(engine),
        **pilot_value(engine.inputs, found.world),
        "untold": str(why_untold(engine, found, now) or ""),
        "held": [{"kind": held.kind, "digest": held.digest, "count": len(held.keys)} for held in found.held],
        "recalled": found.recalled.value() if found.recalled else None,
        "too_late": len(found.too_late),
        "inherited": [{"before": before.id, "now": now.id} for before, now in found.inherited],
        "faults": values(found.faults),
        "notes": values(_notes(engine, found)),
    }


def is_well(engine: Engine, value: Mapping[str, Any], found: Plan) -> bool:
    """Whether nothing is held, parked or failing."""
    return all_is_well(engine, found) and not value["failing"] and not value["overdue"]


def _overdue(engine: Engine, found: Plan, now: datetime) -> str | None:
    """When a tick of the running service was due that has not succeeded for LATE_SECONDS; None when none was."""
    if clock_held(found):
        return None  # a clock that is not believed is told as what it is
    ticked = last_tick(engine.folder)
    if ticked is None or ticked > now:
        return None
    due = next_moment(replace(found.world, now=ticked))
    return due.isoformat() if now - due > timedelta(seconds=LATE_SECONDS) else None


def _process(daemon: tuple[int, datetime] | None) -> dict[str, Any] | None:
    return {"pid": daemon[0], "started": daemon[1].isoformat()} if daemon else None


def _letters(numbers: Mapping[str, records.Numbers], open_: Sequence[LetterRecord]) -> dict[str, int]:
    """How many letters there are of each state."""
    stands = Counter(letter.state for letter in open_)
    return {
        "sent": total(numbers, "sent"),
        "claimed": stands["claimed"],
        "parked": stands["parked"],
        "dropped": total(numbers, "dropped"),
        "doubt": total(numbers, "in_doubt") + sum(letter.in_doubt for letter in open_),
    }


def _counts(engine: Engine, world: World) -> dict[str, int]:
    """How many people work here, how many of them have a feed, and how many series stand by invitation."""
    there = [person for person in world.organisation.people.values() if person.works_here(world.today)]
    return {
        "people": len(there),
        "feeds": sum(person.channel == "feed" for person in there),
        "series": sum(publication.series is not None for publication in engine.stored.publications().values()),
    }


def _cut_offs(engine: Engine) -> list[dict[str, Any]]:
    cuts = engine.database.cut_offs()
    return [{"at": cut.at.isoformat(), "lines": cut.lines, "file": str(cut.file)} for cut in cuts]


def _refused(open_: Sequence[LetterRecord]) -> list[dict[str, Any]]:
    """Why letters are parked, the most frequent first."""
    causes = by_cause(open_)[:CAUSES_SHOWN]
    return [{"count": cause.count, "to": cause.letters[0].to, "said": cause.said} for cause in causes]


def _later(open_: Sequence[LetterRecord]) -> list[str]:
    """Why letters wait to be tried again, a few of the reasons."""
    return sorted({letter.said for letter in open_ if stage(letter) == "later" and letter.said})[:5]


def _trouble(engine: Engine) -> dict[str, Any] | None:
    """What keeps every letter from getting through, since when, and when the server is asked again."""
    return _told(trouble(engine.database, LETTERS))


def _told(found: Trouble | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"said": found.said, "since": found.since.isoformat(), "next": found.next.isoformat()}


def _whose(one: BlockState | MeetingState, people: Mapping[str, Person]) -> str:
    """Whose calendar it is about: an address, or the names of all who attend together."""
    if one.person_id in people:
        return people[one.person_id].email
    invited = one.invited if isinstance(one, MeetingState) else ()
    return one.person_id or ", ".join(people[key].name for key in invited if key in people)


def _server(engine: Engine, channel: ChannelName, people: Mapping[str, Person]) -> dict[str, Any] | None:
    """How things are on the server of a channel; None where there is none."""
    if channel not in channels_here(engine.inputs.config):
        return None
    known = engine.stored.on_server().on(channel)
    blocks, failing = known.blocks.values(), [one for _, one in known.failing()]
    down = trouble(engine.database, channel)
    return {
        "counts": {
            "standing": sum(one.stands is not None for one in blocks),
            "left": sum(bool(one.left) for one in blocks),
            "failing": len(failing),
        },
        "failing": [
            {"who": who, "said": one.said.removeprefix(f"{who}: ")}
            for one in failing[:10]
            for who in [_whose(one, people)]
        ],
        "trouble": _told(down),
    }
