"""A year in seconds: the same tick on a clock of its own, into .eml and .ics files and a story to read."""

import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calendars.event import Event, Words, day_uid
from calendars.feed import document as feed
from calendars.server.in_memory import InMemoryServer
from culture.people import ChannelName, Language, Person
from culture.world import World
from mailer.drain import Outbox
from mailer.outbox import deliver_one, waiting_letters
from service.answers.ahead import Ahead, ahead
from service.answers.ahead_page import page
from service.answers.forecast import Coming, Takes, copy_of
from service.answers.watch import Watch
from service.engine.caller import Caller
from service.engine.engine import Engine
from service.engine.opening import build, looking
from service.messages.faults import Refused
from service.messages.told import Tell, nobody
from service.messages.translation import Sentence, say
from service.planning.kinds import CALLS
from service.planning.moments import next_moment
from service.planning.plan import Plan
from service.programmes import rows
from service.rehearsal.acts_file import DOING, read_acts
from service.rehearsal.stage import ScriptedAct, Stage
from service.rehearsal.timeline import Timeline
from service.settings.inputs import Inputs, read_inputs
from store import records
from store.private import private_folder, replace_privately

KEY = b"rehearsal"

NAMES = " !#$&'()+,-.;=@[]^_`{}~"
"""Signs of an address that may stand in the name of a file as they are; letters and digits may anyway."""

Papers = Mapping[ChannelName, InMemoryServer]
"""The calendars on paper that stand in for each channel's server."""

LONGEST_NAME = 240
"""Bytes: file systems take 255, and the ending needs some."""


def rehearse(
    path: Path,
    first: date,
    last: date,
    out: Path,
    acts_file: Path | None,
    language: Language,
    echo: Callable[[str], Any],
    tell: Tell = nobody,
    *,
    now: datetime | None = None,
) -> None:
    """Play the days from `first` to `last`, both included, into the new folder `out`. `tell`: how many of them are played.
    `now`: play on from what the service remembers at that moment, on a copy in memory; its folder is only read.

    Raises BadInput for a faulty config or acts file, Refused when `out` holds something already; what `looking` raises.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused(Sentence("{path} is not empty. Name a new folder for --out.", {"path": out}))
    acts = read_acts(acts_file) if acts_file else []
    with _stage(path, out, now) as engine:
        story, papers = Timeline(language), defaultdict[ChannelName, InMemoryServer](InMemoryServer)
        watch = Watch(whole=True)
        engine.write = partial(watch.written, engine)
        begin = _midnight(engine, first)
        days = Days(ahead(engine.snapshot(begin).organisation, first, last), watch)
        _play(engine, max(begin, now or begin), last, acts, story, echo, papers, days, tell)
        _calendars(engine, out / "calendars", last, papers)
        _papers_left(engine, out, last)
        played = page(days.found, engine.snapshot(_end(engine, last)).organisation, language)
    replace_privately(out / "index.html", played.encode())
    replace_privately(out / "timeline.txt", ("\n".join(story.lines) + "\n").encode())
    echo(say(language, "{path} holds the letters, the calendars, timeline.txt, and index.html to look at.", path=out))


@contextmanager
def _stage(path: Path, out: Path, now: datetime | None) -> Iterator[Engine]:
    """The engine that plays: on an empty store of its own, or on a copy of the real one in memory, as it is `now`. Its
    letters become files in `out`, which is made; nothing else is written."""
    if now:
        with looking(path) as real:
            copy = copy_of(real)
            _let_go(copy, now)
            # Another key: what is written into files opens nobody's page.
            copy = replace(copy, inputs=_into_files(real.inputs, out), key=KEY, last_tick=None)
            _off_servers(copy)
            private_folder(out)
            yield copy
        return
    inputs = _into_files(read_inputs(path), out)
    private_folder(out)
    with tempfile.TemporaryDirectory() as scratch:
        engine = build(path, inputs, Path(scratch), key=KEY)
        try:
            yield engine
        finally:
            engine.close()


def _let_go(engine: Engine, now: datetime) -> None:
    """Take it that the letters that wait have been sent. They are not among the files: in them are keys to people's pages."""
    takes = Takes(engine.inputs.config.mail.transport)
    for _, letter in waiting_letters(engine.database):
        deliver_one(engine.database, engine.spool, takes, letter, now, engine.settled)


def _off_servers(engine: Engine) -> None:
    """Let calendars on paper begin empty, and be written anew: what people have taken out of theirs stays out."""
    on_server = engine.stored.on_server()
    blocks = [key for key, block in on_server.blocks.items() if not block.left]
    engine.database.table(records.BLOCKS).remove(doc_ids=blocks)
    engine.database.table(records.MEETINGS).remove(doc_ids=list(on_server.meetings))


def _into_files(inputs: Inputs, out: Path) -> Inputs:
    mail = replace(inputs.config.mail, transport="folder", folder=str((out / "mail").resolve()))
    return replace(inputs, source=replace(inputs.source, config=replace(inputs.config, mail=mail)))


def _midnight(engine: Engine, day: date) -> datetime:
    return datetime.combine(day, time(0), engine.zone).astimezone(UTC)


def _end(engine: Engine, last: date) -> datetime:
    """The last minute of the last day."""
    return _midnight(engine, last + timedelta(days=1)) - timedelta(minutes=1)


@dataclass
class Days:
    """What is seen of the days that are played."""

    found: Ahead
    watch: Watch
    before: World | None = None  # of the first moment

    def add(self, engine: Engine, found: Plan, letters: Iterable[str], now: datetime) -> None:
        """What happened at a moment: these letters went, and every call of the plan."""
        self.before = self.before or found.world
        self.found.add(
            Coming(
                at=now,
                letters=tuple(engine.letter(key) for key in letters),
                calls=found.calls,
                held=found.held,
                people=found.world.organisation.people,
            ),
            self.watch.texts,
        )


def _carry_out(engine: Engine, outbox: Outbox, callers: Iterable[Caller], now: datetime) -> list[str]:
    """Send all letters that are due, and make all calls; the ids of the letters."""
    letters = list[str]()
    while claimed := engine.claim_some(now):
        letters += claimed
        outbox.add(claimed, now)
        outbox.drain(lambda: now, threading.Event())
    for caller in callers:
        while work := engine.ready_calls(caller, now):
            caller.hand_over(work)
            caller.drain(lambda: now, threading.Event())
    return letters


def _play(
    engine: Engine,
    now: datetime,
    last: date,
    acts: list[ScriptedAct],
    story: Timeline,
    echo: Callable[[str], Any],
    papers: Papers,
    days: Days,
    tell: Tell,
) -> None:
    tz, begin, end = engine.zone, now, _midnight(engine, last + timedelta(days=1))
    waiting = sorted(acts, key=lambda act: act.at.astimezone(UTC) if act.at.tzinfo else act.at.replace(tzinfo=tz))
    month = ""
    outbox, stage = engine.make_outbox(), Stage(engine)
    callers = engine.servers.make_callers(lambda name: papers[name])
    while now < end:
        tell((now - begin).days, (end - begin).days)
        while waiting and _moment(waiting[0], tz) <= now:
            act = waiting.pop(0)
            story.act(stage.named(act, now), now.astimezone(tz))
            for text in stage.play(act, DOING[act.do], now):
                story.note(text, now.astimezone(tz))
        found = _ticked(engine, now)
        story.tick(found, now.astimezone(tz))
        days.add(engine, found, _carry_out(engine, outbox, callers, now), now)
        if f"{now.astimezone(tz):%Y-%m}" != month:
            month = f"{now.astimezone(tz):%Y-%m}"
            echo(month)
        moments = [
            next_moment(replace(found.world, now=now)),
            *(_moment(act, tz) for act in waiting[:1]),
        ]
        now = min(moments).astimezone(UTC)
    after = engine.snapshot(end - timedelta(minutes=1))
    story.closing(after)
    days.found.close(days.before or after, after)


def _ticked(engine: Engine, now: datetime) -> Plan:
    """A tick; nothing on paper needs an administrator's approval, so what is only on paper is approved."""
    found = engine.tick(now)
    if unapproved := [held for held in found.held if held.kind in CALLS]:
        for held in unapproved:
            engine.stored.approve(held, now)
        found = engine.tick(now)
    return found


def _moment(act: ScriptedAct, tz: Any) -> datetime:
    return (act.at if act.at.tzinfo else act.at.replace(tzinfo=tz)).astimezone(UTC)


def _calendars(engine: Engine, folder: Path, last: date, papers: Papers) -> None:
    """Each person's calendar as it stands at the end: their feed, or what was written into Outlook."""
    private_folder(folder)
    now = datetime.combine(last, time(12), UTC)
    found = engine.plan(now)
    for person in found.world.organisation.people.values():
        content = _outlook(person, papers, now) or engine.feed_content(found.world, person)
        if content:
            replace_privately(folder / f"{file_name(person)}.ics", content)


def _papers_left(engine: Engine, out: Path, last: date) -> None:
    """What else a programme would have to show when the last day is over."""
    end = _end(engine, last)
    for left in rows("left", "LEFT"):
        for name, content in left(engine, end).items():
            private_folder((out / name).parent)
            replace_privately(out / name, content)


def file_name(person: Person) -> str:
    """The address, as far as it can name a file: a slash is escaped, and one that is too long is the person's id."""
    name = quote(person.email, safe=NAMES)
    return name if len(name.encode()) <= LONGEST_NAME else quote(person.id, safe=NAMES)


def _outlook(person: Person, papers: Papers, now: datetime) -> bytes:
    """What was written into the person's Outlook calendar, as a file; empty when nothing was."""
    found = papers[person.channel].calendars.get(person.email)
    if found is None:
        return b""
    events = [
        Event(
            uid=day_uid(person.id, shown.starts.date(), "rehearsal.invalid"),
            starts=shown.starts.astimezone(person.tz),
            ends=shown.ends.astimezone(person.tz),
            busy="free",
            reminder_minutes=None,
            words=Words(summary=shown.title or "", description=shown.text or ""),
        )
        for shown in found.occurrences()
    ]
    return feed.calendar(person.name, events, now, person.zone)
