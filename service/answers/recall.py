"""What `aikultur recall` would take back, or what is left when it has. Nothing is changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from culture.organisation import local_date
from culture.people import ChannelName, Language
from service.acts.recall import Queued, queued
from service.answers.show import moment
from service.engine.engine import Engine
from service.messages.names import some
from service.messages.translation import say
from service.planning.calls import Call
from service.planning.fuse import digest
from service.planning.recalled import Standing, standing
from service.planning.snapshot import as_told


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRecall:
    """What stands in calendars, by channel; the letters that are on their way; how many letters and calls are due and not
    made. `names` are everybody's, by id. `since`: it is recalled already."""

    since: datetime | None
    number: str
    standing: Mapping[ChannelName, Standing]
    names: Mapping[str, str]
    queued: Queued
    letters: int
    calls: int


def number(engine: Engine, now: datetime) -> str:
    """The number that a recall is carried out by: of this store, for a day of the organisation's. It names no list, for
    what has come since it was shown is taken back too."""
    day = local_date(now, engine.inputs.config.organisation.zone)
    return digest([engine.links.public_id("recall"), day.isoformat()])


def to_recall(engine: Engine, now: datetime) -> ToRecall:
    """All of it, as it is at `now`."""
    found = engine.plan(now)
    due = (*found.letters, *found.calls, *found.waiting, *found.yielding, *found.held_back)
    calls = sum(isinstance(one, Call) for one in due)
    return ToRecall(
        since=found.world.recalled,
        number=number(engine, now),
        standing=standing(found.world, as_told(engine.stored, engine.way), engine.stored.on_server()),
        names={person.id: person.name for person in found.world.organisation.people.values()},
        queued=queued(engine),
        letters=len(due) - calls,
        calls=calls,
    )


def lines(engine: Engine, found: ToRecall, language: Language, shown: int | None) -> Iterator[str]:
    """For a person to read."""
    tell = partial(say, language)
    if found.since:
        yield tell("Recalled since {since}.", since=moment(found.since, engine.zone))
    for channel, stands in found.standing.items():
        names = some([found.names.get(one, one) for one in stands.people], language, shown)
        text = "In calendars ({channel}), blocks: {blocks}, single events: {events} ({names})"
        yield tell(text, channel=channel, blocks=len(stands.blocks), events=len(stands.events), names=names)
    if not found.standing:
        yield tell("Nothing of the service's stands in calendars.")
    if found.since is None:
        yield tell("Letters that wait and can be taken back: {count}", count=len(found.queued.back))
    yield tell("Letters that go on, for a server may have them or they cancel: {count}", count=len(found.queued.go_on))
    yield tell("Due and not made yet: {letters} letters, {calls} calls", letters=found.letters, calls=found.calls)
    if found.since:
        yield tell("Take the service up again with: aikultur recall --end")
        return
    yield tell("What a mail server has accepted cannot be taken back; what is past in calendars stays.")
    yield tell("Nothing is changed yet. Take all of it back with: aikultur recall {number}", number=found.number)


def value(found: ToRecall) -> dict[str, Any]:
    """The same for a program to read."""
    return {
        "recalled": found.since,
        "digest": found.number,
        "standing": {
            channel: {
                "blocks": len(one.blocks),
                "events": len(one.events),
                "people": [{"id": key, "name": found.names.get(key, "")} for key in one.people],
            }
            for channel, one in found.standing.items()
        },
        "letters": {"back": len(found.queued.back), "go_on": len(found.queued.go_on), "due": found.letters},
        "calls": found.calls,
    }
