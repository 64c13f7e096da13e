"""A year in seconds: the same tick on a clock of its own, into .eml and .ics files and a story to read."""

import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calendars.event import Event, Words, day_uid
from calendars.feed import document as feed
from calendars.server.in_memory import InMemoryServer
from culture.people import ChannelName, Language, Person
from mailer.drain import Outbox
from service.engine.caller import Caller
from service.engine.engine import Engine
from service.engine.opening import build
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
from service.settings.inputs import read_inputs
from store.private import private_folder, replace_privately

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
) -> None:
    """Play the days from `first` to `last`, both included, into the new folder `out`. `tell`: how many of them are played.

    Raises BadInput for a faulty config or acts file, Refused when `out` holds something already.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused(Sentence("{path} is not empty. Name a new folder for --out.", {"path": out}))
    acts = read_acts(acts_file) if acts_file else []
    inputs = read_inputs(path)
    mail = replace(inputs.config.mail, transport="folder", folder=str((out / "mail").resolve()))
    inputs = replace(inputs, source=replace(inputs.source, config=replace(inputs.config, mail=mail)))
    private_folder(out)
    with tempfile.TemporaryDirectory() as scratch:
        engine = build(path, inputs, Path(scratch), key=b"rehearsal")
        story, papers = Timeline(language), defaultdict[ChannelName, InMemoryServer](InMemoryServer)
        try:
            _play(engine, first, last, acts, story, echo, papers, tell)
            _calendars(engine, out / "calendars", last, papers)
            _papers_left(engine, out, last)
        finally:
            engine.close()
    replace_privately(out / "timeline.txt", ("\n".join(story.lines) + "\n").encode())
    echo(say(language, "{path} holds the letters, the calendars and timeline.txt.", path=out))


def _carry_out(engine: Engine, outbox: Outbox, callers: Iterable[Caller], now: datetime) -> None:
    """Send all letters that are due, and make all calls."""
    while claimed := engine.claim_some(now):
        outbox.add(claimed, now)
        outbox.drain(lambda: now, threading.Event())
    for caller in callers:
        while work := engine.ready_calls(caller, now):
            caller.hand_over(work)
            caller.drain(lambda: now, threading.Event())


def _play(
    engine: Engine,
    first: date,
    last: date,
    acts: list[ScriptedAct],
    story: Timeline,
    echo: Callable[[str], Any],
    papers: Papers,
    tell: Tell,
) -> None:
    tz = engine.zone
    now = datetime.combine(first, time(0), tz).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(0), tz).astimezone(UTC)
    waiting = sorted(acts, key=lambda act: act.at.astimezone(UTC) if act.at.tzinfo else act.at.replace(tzinfo=tz))
    month = ""
    outbox, stage = engine.make_outbox(), Stage(engine)
    callers = engine.servers.make_callers(lambda name: papers[name])
    while now < end:
        tell((now.astimezone(tz).date() - first).days, (last - first).days + 1)
        while waiting and _moment(waiting[0], tz) <= now:
            act = waiting.pop(0)
            story.act(stage.named(act, now), now.astimezone(tz))
            for text in stage.play(act, DOING[act.do], now):
                story.note(text, now.astimezone(tz))
        found = _ticked(engine, now)
        story.tick(found, now.astimezone(tz))
        _carry_out(engine, outbox, callers, now)
        if f"{now.astimezone(tz):%Y-%m}" != month:
            month = f"{now.astimezone(tz):%Y-%m}"
            echo(month)
        moments = [
            next_moment(replace(found.world, now=now)),
            *(_moment(act, tz) for act in waiting[:1]),
        ]
        now = min(moments).astimezone(UTC)
    story.closing(engine.snapshot(end - timedelta(minutes=1)))


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
    end = datetime.combine(last + timedelta(days=1), time(0), engine.zone).astimezone(UTC) - timedelta(minutes=1)
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
