"""`aikultur check`: everything that can be found wrong without sending anything, all of it at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from calendars.channel import ChannelError
from calendars.zone import is_yearly
from culture.census import census
from culture.keys import domain_of
from culture.people import Language, Person
from culture.workdays import Span
from culture.world import World
from mailer.render import Renderer, Trial
from mailer.transport import TransportError
from service.answers import firsts, pilot
from service.answers.look import left_out, missing
from service.messages import grouped
from service.messages.faults import BadInput, Fault
from service.messages.relayed import Relayed
from service.messages.told import Tell, each, nobody
from service.messages.translation import Sentence, say
from service.planning.feeds import reader_of
from service.planning.letters import facts_of, letter_links
from service.planning.links import Links
from service.planning.sample_letters import samples
from service.programmes import brought
from service.settings import meeting_sources, people_source
from service.settings.channel_row import servers_here
from service.settings.config import read_config
from service.settings.headings import ABSENCE_HEADERS, notes
from service.settings.inputs import Inputs, organisation, read_files, read_inputs, warnings
from service.settings.lenient import salvaged
from service.settings.loopback import at_another_port, at_port
from service.settings.oddities import no_folder, oddities
from service.settings.people_file import people_headers
from service.settings.secrets import open_to_others
from service.settings.table_file import open_table
from service.settings.transport_row import transport_of
from store import records

Said = Sentence | Fault | ChannelError | TransportError
"""What is right with a server, or what is wrong with it or with what the config says of it."""

LONG_CLOSED_DAYS = 90
"""A span of closed days that is more likely a slip of the pen than a holiday: no summer is a quarter of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found. `servers` asks them when it is walked through; `path` and `now` are where and when it was looked."""

    path: Path
    now: datetime
    inputs: Inputs
    world: World
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    servers: Iterable[Said]


def check(path: Path, now: datetime, *, everybody: bool, online: bool, tell: Tell = nobody) -> Checked:
    """Look for everything that is wrong. `tell`: for how many people the texts were tried. Raises BadInput for a config that
    cannot be read at all."""
    let_in = not online or _read_group(path, now)  # first, for all else is about the people
    looked = look(path, now)
    inputs, found = looked.inputs, looked.world
    faults = (*looked.faults, *_texts(inputs, found, everybody, tell))
    remembered = () if faults else _remembered(path, now)
    asked = (_servers(path, inputs, found) if let_in else (), transport_of(inputs.source).probe(inputs.source))
    return Checked(
        path=path,
        now=now,
        inputs=inputs,
        world=found,
        faults=faults,
        notes=(*remarks(inputs, found), *remembered),
        servers=chain(*asked) if online else (),
    )


def run(
    path: Path,
    now: datetime,
    language: Language,
    *,
    everybody: bool,
    online: bool,
    echo: Callable[[str], Any],
    tell: Tell = nobody,
) -> int:
    """Say every fault and warning; the exit status. Raises BadInput for a config that cannot be read at all."""
    found = check(path, now, everybody=everybody, online=online, tell=tell)
    for line in grouped.lines(found.faults, language, each=everybody):
        echo(line)
    for note in found.notes:
        echo(say(language, "Note: {text}", text=note.said(language)))
    status = 2 if found.faults else 0
    for said in found.servers:
        echo(_in_words(said).said(language))
        status = status if isinstance(said, Sentence) else 1
    if not status:
        for line in _all_right(found, language):
            echo(line)
    return status


def value(
    path: Path, now: datetime, *, everybody: bool, online: bool, tell: Tell = nobody
) -> tuple[dict[str, Any], int]:
    """The same for a program to read, and the exit status."""
    try:
        found = check(path, now, everybody=everybody, online=online, tell=tell)
    except BadInput as bad:
        return {"faults": grouped.values(bad.faults), "notes": [], "servers": []}, 2
    servers = [{"well": isinstance(said, Sentence), "said": str(_in_words(said))} for said in found.servers]
    status = 1 if not all(one["well"] for one in servers) else 2 if found.faults else 0
    organisation = found.world.organisation
    told = {
        "faults": grouped.values(found.faults),
        "notes": grouped.values(found.notes),
        "servers": servers,
        "people": len(organisation.people),
        "departments": len(organisation.departments),
    }
    return told, status


def _in_words(said: Said) -> Sentence | Fault:
    return Relayed(said.message) if isinstance(said, ChannelError | TransportError) else said


def _all_right(found: Checked, language: Language) -> Iterator[str]:
    """What is said where nothing is wrong: how much there is of everything, and what will be held."""
    organisation, rows = found.world.organisation, tuple(brought("check", "CHECK"))
    fields = {
        "people": Sentence("{count} people", {"count": len(organisation.people)}),
        "departments": Sentence("{count} departments", {"count": len(organisation.departments)}),
    }
    counts = [count.said(language) for row in rows for count in row.counts(organisation)]
    yield say(language, "All right: {people} in {departments}, {rest}.", rest=", ".join(counts), **fields)
    yield from (one.said(language) for row in rows for one in row.tells(organisation, found.world.today))
    yield from _by_store(found.path, found.now, language)


def remarks(inputs: Inputs, found: World) -> list[Fault]:
    """What is allowed and was probably not meant, as far as the files tell. Nothing is written, and no server asked."""
    return [
        *warnings(found.organisation, inputs, found.today),
        *oddities(inputs, found.organisation, found.today),
        *_headings(inputs),
        *_missing(inputs),
        *_left_out(inputs),
        *_over(inputs),
        *(note for row in brought("check", "CHECK") for note in row.notes(inputs, found)),
        *_shut(inputs),
        *_elsewhere(inputs),
        *_clocks(inputs, found.now),
        *open_to_others(inputs.config, inputs.source),
        *inputs.notes,
        *_nobody(inputs),
    ]


def _remembered(path: Path, now: datetime) -> list[Fault]:
    """The same, of what the records know."""
    from service.engine.opening import looking

    with looking(path) as engine:
        world, file = engine.snapshot(now), path.name
        domain = engine.inputs.config.organisation.domain
        used = sorted({domain_of(one.uid) for one in engine.stored.publications().values()} - {"", domain})
        text = 'it is "{now}", and what stands in calendars was made with "{before}". It may never change, or nobody\'s calendar knows its own events again: write that one.'
        found = [Fault(file, "[organisation] domain", Sentence(text, {"now": domain, "before": one})) for one in used]
        if taken_back := engine.plan(now).recalled if world.recalled else None:
            found.append(Fault("store", records.RECALLS, taken_back.sentence(engine.zone)))
        return [*found, *(note for row in brought("check", "CHECK") for note in row.remembered(world, file))]


def _by_store(path: Path, now: datetime, language: Language) -> list[str]:
    """What the store has to do with: who is in the pilot, and the kinds that will be held because they are the first."""
    from service.engine.opening import looking

    with looking(path) as engine:
        pilots = pilot.pilot_lines(engine.inputs, engine.snapshot(now)) if engine.inputs.config.people.only else ()
        return [*(said.said(language) for said in pilots), *firsts.lines(engine, now, language)]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the files come to, and what is wrong with them."""

    inputs: Inputs
    world: World
    faults: tuple[Fault, ...]


def look(path: Path, now: datetime) -> Looked:
    """Read everything, and find what is wrong with it; no text is tried. Raises BadInput for a config that cannot be read
    at all."""
    inputs, wrong = _inputs(path)
    world, unknown = _world(inputs, now)
    return Looked(inputs, world, (*wrong, *inputs.faults, *unknown, *no_folder(inputs)))


def _inputs(path: Path) -> tuple[Inputs, Sequence[Fault]]:
    """What can be read, and the faults of the config: further faults are looked for behind them."""
    try:
        return read_inputs(path), ()
    except BadInput as bad:
        source = salvaged(path)
        if source is None:
            raise
        return read_files(source), bad.faults


def _world(inputs: Inputs, now: datetime) -> tuple[World, tuple[Fault, ...]]:
    """The organisation as it would be on a first day, from the files alone."""
    rows = inputs.people.rows if inputs.people else ()
    joined = census(
        {}, rows, new_id=lambda row: row.number or row.account or row.email, now=now, today=now.date(), gone=now.date()
    ).joined
    made, unknown = organisation(inputs, {person.id: person for person in joined}, {}, now.date())
    return World(made, now), unknown


def _headings(inputs: Inputs) -> Iterator[Fault]:
    """Columns of HR's files that nobody uses: a leaving date under a heading of its own goes unseen."""
    settings = inputs.config.people
    file = None if settings.group else settings.file
    for name, headers, ruled in (
        (file, people_headers(settings), settings.skip),
        (settings.absences, ABSENCE_HEADERS, ()),
    ):
        with suppress(BadInput):  # a file that cannot be used is said already
            if name:
                table = open_table(inputs.source.resolve(name), headers)
                yield from notes(name, table.heading, headers, table.line, ruled=ruled)


def _missing(inputs: Inputs) -> Iterator[Fault]:
    """The departments that rows of the people file name and the config lacks, where they are not said one by one."""
    absent = missing(inputs.faults)
    if sum(absent.values()) > grouped.EXAMPLES:
        text = "{count} departments of {origin} are missing here. aikultur people look lists them, with the lines to paste."
        yield Fault(
            inputs.source.path.name,
            "[departments]",
            Sentence(text, {"count": len(absent), "origin": people_source.origin(inputs.source)}),
        )


def _left_out(inputs: Inputs) -> Iterator[Fault]:
    """How many rows of the people file are no people's."""
    if inputs.people and inputs.people.left_out:
        yield Fault(inputs.config.people.told, "", left_out(inputs.people.left_out))


def _over(inputs: Inputs) -> Iterator[Fault]:
    """Who has left before they began: HR keeps the last day of an earlier employment, and nobody hears from them."""
    rows = inputs.people.rows if inputs.people else ()
    over = [row.name for row in rows if row.started and row.left and row.left < row.started]
    if over:
        text = "{count} have a last day that is before their first, so they get nothing (such as {names}). Empty it for whoever works here again."
        fields = {"count": len(over), "names": ", ".join(over[:3])}
        yield Fault(inputs.config.people.told, "left", Sentence(text, fields))


def _nobody(inputs: Inputs) -> Iterator[Fault]:
    """Addresses of the pilot that nobody has."""
    wanted = inputs.config.pilot
    there = {row.email for row in inputs.people.rows} if inputs.people else set()
    for address in sorted(wanted.addresses - there) if wanted and inputs.people else ():
        text = "{email} is nobody in the people file. Write the address as it stands there, or take the entry out."
        yield Fault(inputs.source.path.name, "[people] only", Sentence(text, {"email": address}))


def _shut(inputs: Inputs) -> Iterator[Fault]:
    """Spans of closed days longer than any holiday: allowed, and then everything waits."""
    spans = (one for one in inputs.config.organisation.closed if isinstance(one, Span))
    for span in spans:
        if (span.last - span.first).days >= LONG_CLOSED_DAYS:
            text = "closed from {first} to {last}: until then no letter goes and nothing stands in calendars."
            sentence = Sentence(text, {"first": f"{span.first}", "last": f"{span.last}"})  # as they stand there
            yield Fault(inputs.source.path.name, "[organisation] closed", sentence)


def _elsewhere(inputs: Inputs) -> Iterator[Fault]:
    """An address in letters that leads to this machine, but not to the service: the example's, when its port was changed.
    Allowed, for a proxy of this machine may stand there."""
    web = inputs.config.web
    if web.enabled and at_another_port(web.public_url, web.port):
        text = 'letters carry "{url}", but the pages are on port {port}. Unless something of yours stands there and passes it on, write public_url = "{wanted}".'
        fields = {"url": web.public_url, "port": web.port, "wanted": at_port(web.public_url, web.port)}
        yield Fault(inputs.source.path.name, "[web] public_url", Sentence(text, fields))


def _clocks(inputs: Inputs, now: datetime) -> Iterator[Fault]:
    """Zones in which Outlook cannot follow the clock."""
    file = inputs.source.path.name
    zones = {inputs.config.organisation.zone: (file, "[organisation] zone")}
    for key, department in inputs.departments.items():
        zones.setdefault(department.zone or "", (file, f"[departments.{key}] zone"))
    for row in inputs.people.rows if inputs.people else ():
        zones.setdefault(row.zone or "", (inputs.config.people.told, f"zone {row.zone}"))
    for zone, place in zones.items():
        if zone and not is_yearly(zone, now.year):
            text = 'the clock of "{zone}" changes by no yearly rule, so Outlook may show its times an hour wrong for some weeks of the year.'
            yield Fault(*place, Sentence(text, {"zone": zone}))


def _texts(inputs: Inputs, world: World, everybody: bool, tell: Tell) -> list[Fault]:
    """Every text tried for one person of each sort, or for everybody."""
    own = inputs.config.mail.own_templates
    people = list(world.organisation.people.values()) if everybody else _one_of_each(world)
    found = Renderer(inputs.source.resolve(own) if own else None).check(_tried(inputs, world, each(people, tell)))
    return [Fault("own-templates", "", Relayed(text)) for text in found]


def _tried(inputs: Inputs, world: World, people: Iterable[Person]) -> Iterator[Trial]:
    """Every text as these people would get it, made as it is asked for: of 3,000 they would fill the memory. What the frame
    of a letter says to whoever is new is tried for the first of each language."""
    languages = set[Language]()
    for person in people:
        links = letter_links(Links(b"check", inputs.config.web.public_url), person, 1, world.now)
        reader = reader_of(world, person, links)
        made = samples(world, person)
        yield from (Trial(reader, facts_of(made.world, job)) for job in made.jobs.values())
        news = (False,) if person.language in languages else (False, True)
        languages.add(person.language)
        yield from (Trial(replace(reader, new=new), [one]) for one in made.shapes for new in news)
        yield Trial(reader, (), [(one.template, one.values) for one in made.events])


def _one_of_each(world: World) -> list[Person]:
    """People of each language, and in it of each department, track and channel: nobody who brings nothing new."""
    people, met = list[Person](), set[tuple[object, ...]]()
    for person in world.organisation.people.values():
        of = ("department", person.department), ("track", person.track), ("channel", person.channel)
        sorts = {(person.language, *one) for one in of}
        if not sorts <= met:
            people.append(person)
            met |= sorts
    return people


def _read_group(path: Path, now: datetime) -> bool:
    """Read the group that people come from, where they do; what is wrong with that is among the faults of the files. False
    where the login was refused by that: it is not tried again at once."""
    from service.engine.opening import opened

    with suppress(BadInput):  # a bad config is told in its place
        if read_config(path).config.people.group:
            with opened(path) as engine:
                refused = {*engine.database.table(records.LOGINS).keys()}
                people_source.collect(engine.inputs.source, engine.servers.session, now)
                return {*engine.database.table(records.LOGINS).keys()} <= refused
    return True


def _servers(path: Path, inputs: Inputs, world: World) -> Iterator[Sentence | Fault | ChannelError]:
    """What the calendar servers say, asked about those who have their block on each, and about the mailboxes that
    departments' meetings are read from; not about these where a server lets nobody in."""
    here = list(servers_here(inputs.config))
    if not here:
        return
    from service.engine.opening import opened

    with opened(path) as engine:
        source, open_to_us = engine.inputs.source, True
        for name, server in here:
            everybody = world.organisation.people.values()
            there = sorted(one.email for one in everybody if one.channel == name and one.email)
            for said in server.probe(source, engine.database, engine.key, there):
                open_to_us &= not isinstance(said, ChannelError) or said.about == "person"
                yield said
        if open_to_us:
            yield from meeting_sources.tried(source, world.today, engine.servers.session)
