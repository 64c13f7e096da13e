"""What comes in the next days, if nobody edits or does anything: the service itself, on a copy of its records in memory.

The same ticks at the same moments, the letters written and taken by a transport that reaches nobody. So what it says is
what `run --once` would do at those moments, letter for letter, with what the fuse holds then.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from culture.people import Language, Person
from mailer.drain import Outbox
from mailer.transport import Envelope
from service.answers.show import held_value
from service.answers.steady import Steady
from service.answers.watch import Watch
from service.engine.carry_out import clock_held, send_all
from service.engine.engine import Engine
from service.messages.names import NAMES_SHOWN, some
from service.messages.told import Tell, nobody
from service.messages.translation import say
from service.planning.calls import Call
from service.planning.fuse import Held
from service.planning.kinds import kind_name
from service.planning.moments import next_moment
from service.settings.transport_row import transport_of
from store import records
from store.imagined import ImaginedSpool, imagined
from store.letters import LetterRecord

SUBJECTS_SHOWN = 3
"""Of a day and a kind: 40 departments have 40 prompts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What happens at one moment: the letters that go, the calls that are made, and what the fuse holds then."""

    at: datetime
    letters: tuple[LetterRecord, ...]
    calls: tuple[Call, ...]
    held: tuple[Held, ...]
    people: Mapping[str, Person]

    def named(self) -> Iterator[tuple[str, str]]:
        """The kind of each letter and call, and whom it is for."""
        for letter in self.letters:
            person = self.people.get(letter.person)
            yield letter.kinds[0], person.name if person else letter.to
        yield from ((call.kind, name) for call in self.calls for name in call.names)


@dataclass
class Takes:
    """A transport that takes every letter and reaches nobody. `taken` is the ids of the letters."""

    name: str
    taken: list[str] = field(default_factory=list)

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        self.taken.append(envelope.message_id)
        return ""

    def close(self) -> None:
        """Nothing is held open."""


def forecast(
    engine: Engine, now: datetime, until: datetime, tell: Tell = nobody, watch: Watch | None = None
) -> Iterator[Coming]:
    """What happens at `now` and at each moment after it at which something can become due, up to `until` (aware).

    `engine` is only read. It is taken that nobody does anything, that files stay as they are, and that servers take what
    they are given. `tell`: how many of the minutes are foreseen. `watch` sees the letters as they are written.
    """
    first = now
    trial = copy_of(engine)
    watch = watch or Watch()
    trial.write = partial(watch.sketch, trial)
    trial.feeds_too = False  # they are read when somebody asks, and are no news
    trial.notices = Steady(partial(trial.stored.said, way=trial.way)).notices
    transport = Takes(trial.inputs.config.mail.transport)
    outbox = Outbox(
        trial.database,
        trial.spool,
        lambda: transport,
        server=transport_of(trial.inputs.source).server(trial.inputs.source),
        on_settled=trial.settled,
    )
    known = frozenset[str]()  # calls of the moment before: they are not made here, so they are planned again
    while now <= until:
        tell(_minutes(now - first), _minutes(until - first))
        found = trial.tick(now)
        if clock_held(found):
            yield Coming(at=now, letters=(), calls=(), held=found.held, people={})
            return
        calls = {call.key: call for call in found.calls}
        transport.taken.clear()
        send_all(trial, outbox, lambda at=now: at)  # type: ignore[misc]  # the default binds this moment
        yield Coming(
            at=now,
            letters=tuple(trial.letter(key) for key in transport.taken),
            calls=tuple(call for key, call in calls.items() if key not in known),
            held=found.held,
            people=found.world.organisation.people,
        )
        watch.world = found.world
        known = frozenset(calls)
        now = next_moment(replace(found.world, now=now))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def copy_of(engine: Engine) -> Engine:
    """The engine once more, on a copy of its records in memory."""
    made: Engine = replace(engine, database=imagined(engine.database), spool=ImaginedSpool(engine.spool), agenda=None)
    return made


def keep_only(trial: Engine, people: Collection[Person]) -> None:
    """Let a copy know these people and nobody else."""
    ids, emails = {person.id for person in people}, {person.email for person in people}
    if trial.inputs.people:
        rows = tuple(row for row in trial.inputs.people.rows if row.email in emails)
        trial.inputs = replace(trial.inputs, people=replace(trial.inputs.people, rows=rows))
    known = trial.database.table(records.PEOPLE)
    known.remove(doc_ids=list(trial.stored.known().keys() - ids))


def coming_lines(
    found: Iterable[Coming],
    zone: ZoneInfo,
    language: Language,
    shown: int | None = NAMES_SHOWN,
    carries: Callable[[date, int], int] = lambda _, count: count,
    besides: Callable[[date], Iterable[str]] = lambda _: (),
) -> Iterator[str]:
    """For a person to read, a line for each day (in `zone`) and kind: how many letters and calls, the first `shown` names
    (None: all), and what the fuse begins to hold. `carries`: how many letters the window of a day has room for. `besides`: what
    else there is to say of a day."""
    held_before, nothing = set[str](), True
    for day, of_day in groupby(found, key=lambda one: one.at.astimezone(zone).date()):
        moments = list(of_day)
        names, held = _named(moments), _newly_held(moments, held_before)
        held_before.update(key for each in held for key in each.keys)
        yield from _day_lines(day, names, _subjects(moments), held, language, shown)
        yield from besides(day)
        letters = sum(len(one.letters) for one in moments)
        if (room := carries(day, letters)) < letters:
            text = (
                "{day}: the sending window carries {room} of {count} letters, and the others wait until it opens again"
            )
            yield say(language, text, day=day, count=letters, room=room)
        nothing = nothing and not names and not held
    if nothing:
        yield say(language, "Nothing else comes due in these days.")


def _named(moments: Iterable[Coming]) -> dict[str, list[str]]:
    """Whom letters and calls are for, by kind."""
    names = defaultdict[str, list[str]](list)
    for one in moments:
        for kind, name in one.named():
            names[kind].append(name)
    return dict(sorted(names.items()))


def _subjects(moments: Iterable[Coming]) -> Mapping[str, Counter[str]]:
    """How many letters of each kind have which subject."""
    found = defaultdict[str, Counter[str]](Counter)
    for letter in (letter for one in moments for letter in one.letters):
        found[letter.kinds[0]][letter.subject] += 1
    return found


def _newly_held(moments: Iterable[Coming], before: Collection[str]) -> list[Held]:
    """What the fuse begins to hold, where the keys `before` were held already."""
    known, found = set(before), list[Held]()
    for one in moments:
        found += (each for each in one.held if not known.issuperset(each.keys))
        known.update(key for each in one.held for key in each.keys)
    return found


def _day_lines(
    day: date,
    names: Mapping[str, list[str]],
    subjects: Mapping[str, Counter[str]],
    held: Iterable[Held],
    language: Language,
    shown: int | None,
) -> Iterator[str]:
    tell = partial(say, language, day=day)
    for kind, of_kind in names.items():
        listed = some(of_kind, language, shown)
        yield tell("{day}, {kind}: {count} ({names})", kind=kind_name(kind, language), count=len(of_kind), names=listed)
        if kind in subjects:
            counted = [f'"{subject}" {count}' for subject, count in subjects[kind].most_common()]
            yield f"    {some(counted, language, shown if shown is None else SUBJECTS_SHOWN)}"
    for each in held:
        text, why = "{day}, HELD, {kind}: {count}, because: {reason}", each.reason.said(language)
        yield tell(text, kind=kind_name(each.kind, language), count=len(each.keys), reason=why)


def coming_value(one: Coming) -> dict[str, Any]:
    """For a program to read. Moments are UTC."""
    return {
        "at": one.at.astimezone(UTC).isoformat(),
        "letters": [
            {
                "kinds": list(letter.kinds),
                "person": letter.person,
                "name": one.people[letter.person].name if letter.person in one.people else None,
                "to": letter.to,
                "subject": letter.subject,
                "says": list(letter.notices),
            }
            for letter in one.letters
        ],
        "calls": [{"kind": call.kind, "person": call.person.id, "says": list(call.keys)} for call in one.calls],
        "held": [held_value(held) for held in one.held],
    }
