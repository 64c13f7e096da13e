"""What the administrator and HR have written, read and put together. A faulty file keeps the last good one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from culture.called import AS_THEY_ARE, Called, called
from culture.census import Known, bare_number
from culture.endings import NO_ENDINGS, Ending, Endings
from culture.meetings import Meeting, MeetingPlan
from culture.organisation import Organisation
from culture.parts import Parts
from culture.people import NO_PREFERENCE, ChannelName, Defaults, Department, Person, Preference, resolve
from culture.policy import Policy
from culture.roles import manager_of_each
from culture.trouble import RAISED, Troubles
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing, Span, Week
from mailer.words import LANGUAGES
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence, say
from service.programmes import brought
from service.settings import meeting_sources, people_source
from service.settings.catalogue_row import CatalogueRow
from service.settings.channel_row import channels_here, servers_here
from service.settings.config import Config, Source, read_config, sections, tables
from service.settings.declared import declared
from service.settings.endings import endings_told
from service.settings.managers import unknown
from service.settings.meeting_losses import Offer
from service.settings.meeting_sources import read_kept
from service.settings.people_file import Absence, People, read_absences

T = TypeVar("T")
Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything read at one look. `people` is None when there has been no good people file yet."""

    source: Source
    catalogues: Parts  # what each programme brings of its own, and ours
    people: People | None
    departments: Mapping[str, Department]
    called: Called = AS_THEY_ARE  # what departments were called, and which of them share a meeting
    absences: tuple[Absence, ...] = ()
    read_meetings: Mapping[str, tuple[Meeting, ...]] = field(default_factory=dict)  # from calendars, by department
    offers: Mapping[str, Offer] = field(default_factory=dict)  # what those calendars say now and is not believed yet
    endings: Endings = NO_ENDINGS  # what the service logs in with, and when that ends
    notes: tuple[Fault, ...] = ()  # what is worth knowing of them
    faults: tuple[Fault, ...] = ()  # of files that were kept as they had been, and of parked rows
    unusable: tuple[str, ...] = ()  # files that cannot be used as a whole, and are as they were before
    signature: Signature = field(default=(), repr=False)

    @property
    def config(self) -> Config:
        """What the config that was read says."""
        return self.source.config


def read_inputs(path: Path, before: Inputs | None = None) -> Inputs:
    """Read the config at `path` and the files it names.

    A bad config raises BadInput when there is none `before` to keep. No other file ever does: the last good one
    stays (for people that is the store, for prompts and challenges our own catalogues), and its faults are said.
    """
    before_reading = stamp(path.resolve())  # before it is read: an edit meanwhile is seen at the next look
    try:
        source = read_config(path)
    except BadInput as bad:
        if before is None:
            raise
        read = read_files(before.source, before)
        return replace(
            read,
            faults=(*bad.faults, *read.faults),
            unusable=(path.name, *read.unusable),
            signature=(before_reading, *read.signature[1:]),
        )
    read = read_files(source, before)
    return replace(read, signature=(before_reading, *read.signature[1:]))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files of a config while they are read: what is wrong, and which cannot be used as a whole."""

    source: Source
    faults: list[Fault] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)

    def read(self, name: str | None, reader: Callable[[Path | None], T], kept: Callable[[], T]) -> T:
        """What `reader` makes of the file, else what was `kept`."""
        try:
            return reader(self.source.resolve(name) if name else None)
        except BadInput as bad:
            self.faults.extend(bad.faults)
            self.unusable.append(name or "")
            return kept()


def read_files(source: Source, before: Inputs | None = None) -> Inputs:
    """The files that a config names; what cannot be used is as it was `before`, and said."""
    signed, settings, reading = signature(source), source.config, _Reading(source)
    rows: list[CatalogueRow] = list(brought("catalogue", "CATALOGUE"))
    loaded = [
        reading.read(row.own(settings), partial(row.load, settings), partial(_before, row, settings, before))
        for row in rows
    ]
    people, of_rows = _people(reading, before)
    absences, parked = reading.read(
        settings.people.absences,
        lambda path: read_absences(path) if path else ((), ()),
        lambda: (before.absences if before else (), ()),
    )
    calendars = read_kept(source)
    proofs = [found for _, server in servers_here(settings) if (found := server.ends(source))]
    return Inputs(
        source=source,
        catalogues=Parts().having(*loaded),
        people=people,
        departments=settings.departments,
        called=called(settings.departments),
        absences=absences,
        read_meetings=calendars.meetings,
        offers=calendars.offers,
        endings=Endings(tuple(one for one in proofs if isinstance(one, Ending))),
        notes=(*people_source.notes(source), *calendars.notes, *(one for one in proofs if isinstance(one, Fault))),
        faults=(*reading.faults, *of_rows, *parked, *calendars.faults),
        unusable=tuple(reading.unusable),
        signature=signed,
    )


def _people(reading: _Reading, before: Inputs | None) -> tuple[People | None, tuple[Fault, ...]]:
    """The people, and the faults of their rows; none of rows that are as they were `before`."""
    source, told = reading.source, reading.source.config.people.told
    known = before.people if before else None
    people = reading.read(told, lambda _: people_source.read(source), lambda: known)
    if (fault := people_source.fault(source)) and told not in reading.unusable:
        reading.faults.append(fault)
        reading.unusable.append(told)
    return people, (people.faults if people and people is not known else ())


def _before(row: CatalogueRow, config: Config, before: Inputs | None) -> object:
    """The catalogue while its file cannot be used: as it was, else ours alone."""
    ours = row.load(config, None)
    return before.catalogues.of(type(ours)) if before else ours


def keeping(running: Config, read: Inputs) -> Inputs:
    """What was `read`, with the sections that a running service has built its threads and sockets on.

    Where those were edited a fault says that they take effect at the next start.
    """
    config: Config = _as_running(running, read.config)
    waiting = [one.holds for one in sections() if one.told.waits]
    kept = (running.brought.find(one) for one in waiting)
    config = replace(config, brought=config.brought.without(*waiting).having(*filter(None, kept)))
    if config == read.config:
        return read
    names = [one.path for one in tables() if "." not in one.path]
    changed = [f"[{name}]" for name in names if config.named(name) != read.config.named(name)]
    sentence = Sentence("what was edited here takes effect when the service is started again.")
    fault = Fault(read.source.path.name, ", ".join(changed), sentence)
    return replace(read, source=replace(read.source, config=config), faults=(*read.faults, fault))


def _as_running(running: Any, read: Any) -> Any:
    """A section that was `read`, its keys that wait for the next start as in the one that is `running`."""
    kept = {}
    for one, _, key in declared(type(read)):
        before, now = getattr(running, one.name), getattr(read, one.name)
        if key.waits:
            kept[one.name] = before
        elif is_dataclass(now) and isinstance(before, type(now)):
            kept[one.name] = _as_running(before, now)
    return replace(read, **kept)


def signature(source: Source) -> Signature:
    """What tells that a file may have changed: name, size and time of change of each one we read."""
    config = source.config
    names = [
        None if config.people.group else config.people.file,
        config.people.absences,
        *(row.own(config) for row in brought("catalogue", "CATALOGUE")),
        *(server.proof(config) for _, server in servers_here(config)),
    ]
    paths = [source.path, *(source.resolve(name) for name in names if name)]
    paths += [*people_source.stamps(source), *meeting_sources.stamps(source)]
    if config.mail.own_templates:
        paths += sorted(source.resolve(config.mail.own_templates).rglob("*.j2"))
    return tuple(stamp(path) for path in paths)


def stamp(path: Path) -> tuple[str, int, int]:
    """Name, size and time of change (nanoseconds); -1 and -1 where there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_size, status.st_mtime_ns


NOBODY: Mapping[str, Person] = {}


def organisation(
    inputs: Inputs,
    known: Mapping[str, Known],
    preferences: Mapping[str, Preference],
    today: date,
    before: Mapping[str, Person] = NOBODY,
    troubles: Troubles = RAISED,
) -> tuple[Organisation, tuple[Fault, ...]]:
    """The organisation of these inputs and people as it is `today`, and the faults that only show when the people are
    known.

    Who is as in `before` is taken from there: 100,000 people twice would be 70 MB.
    """
    config = inputs.config
    home = config.organisation
    defaults = Defaults(language=home.language, languages=LANGUAGES, zone=home.zone, channel=config.calendar.channel)
    usable = channels_here(config)
    people = {}
    for person_id, person in known.items():
        with troubles.of(person_id, "choices"):
            preference = _possible(preferences.get(person_id), usable)
            found = _person(person, preference, inputs.departments, defaults, person.missing(today))
            same = before.get(person_id)
            people[person_id] = same if same == found else found
    absences, faults = _absences(inputs, known)
    missing = frozenset(one.id for one in known.values() if one.missing(today))
    made = Organisation(
        name=home.name,
        sector=home.sector,
        language=home.language,
        zone=home.zone,
        contact_name=home.contact_name,
        contact_email=home.contact_email,
        defaults=defaults,
        closing=closing(config),
        policy=Policy(
            answers=config.policy.answers,
            most_sensitive=config.policy.most_sensitive,
            tools=config.policy.tools,
        ),
        window=config.mail.window,
        departments=inputs.departments,
        called=inputs.called,
        people=people,
        absences=absences,
        channels=usable,
        meeting_plans=_meeting_plans(inputs),
        facilitators=_facilitators(inputs, people, missing),
        managers=_managers(config, people, missing, today),
        missing=missing,
        outside=frozenset(one.id for one in known.values() if one.outside),
        parts=_parts(inputs),
    )
    return made, faults


def _parts(inputs: Inputs) -> Parts:
    """What the programmes bring, their sections and their catalogues; and what ends."""
    config = inputs.config
    weeks = max((server.weeks(config) for _, server in servers_here(config)), default=0)
    vitamin = config.of(Vitamin)
    title = {language: vitamin.title.get(language) or say(language, "AI time") for language in LANGUAGES}
    vitamin = replace(vitamin, title=title, prompt_weeks=weeks)
    return config.brought.having(vitamin, inputs.endings, *inputs.catalogues.values())


def with_choice(made: Organisation, inputs: Inputs, known: Known, preference: Preference) -> Organisation:
    """The organisation when one person has chosen anew; nobody else is looked at."""
    possible = _possible(preference, made.channels)
    person = _person(known, possible, inputs.departments, made.defaults, known.id in made.missing)
    return replace(made, people={**made.people, person.id: person})


def _possible(preference: Preference | None, channels: tuple[ChannelName, ...]) -> Preference:
    """What a person chose, but for a channel that there is no longer."""
    if preference is None:
        return NO_PREFERENCE
    return preference if preference.channel in (None, *channels) else replace(preference, channel=None)


def _person(
    known: Known, preference: Preference, departments: Mapping[str, Department], defaults: Defaults, missing: bool
) -> Person:
    key = known.row.department
    # A department that was taken out of the config keeps its people until HR's file says otherwise.
    department = departments.get(key) or Department(key=key, name=key)
    person = resolve(known.id, known.row, preference, department, defaults, known.first_seen)
    if known.gone is None or missing:
        return person
    last = date.fromordinal(known.gone.toordinal() - 1)
    return replace(person, left=min(person.left or last, last))


def _absences(inputs: Inputs, known: Mapping[str, Known]) -> tuple[dict[str, tuple[Span, ...]], tuple[Fault, ...]]:
    """Absences by person id, and a fault for each line about nobody we know. Who is nobody cannot be said while there has
    been no people file that could be read."""
    found, nobodys = _away(inputs, known), list[Absence]()
    ids = _by_what_absences_name(known) if inputs.absences else {}
    for absence in inputs.absences:
        person_id = ids.get(absence.who) or ids.get(absence.who.lower()) or ids.get(bare_number(absence.who))
        if person_id:
            found.setdefault(person_id, []).append(absence.span)
        else:
            nobodys.append(absence)
    return {key: tuple(spans) for key, spans in found.items()}, tuple(_about_nobody(inputs, nobodys))


def _away(inputs: Inputs, known: Mapping[str, Known]) -> dict[str, list[Span]]:
    """The absences that come with the people themselves, by person id; only of those who have some."""
    away = inputs.people.away if inputs.people else {}
    if not away:
        return {}
    found = {one.id: [*away.get(one.row.account or "", ())] for one in known.values()}
    return {key: spans for key, spans in found.items() if spans}


def _by_what_absences_name(known: Mapping[str, Known]) -> dict[str, str]:
    """Person ids by number, else by address, else by the number without its leading zeros."""
    stays = [(one.gone or one.row.left, one) for one in known.values()]
    ids = by_last_day((last, bare_number(one.row.number), one.id) for last, one in stays if one.row.number)
    ids |= by_last_day((last, one.row.email, one.id) for last, one in stays)
    return ids | by_last_day((last, one.row.number, one.id) for last, one in stays if one.row.number)


def _about_nobody(inputs: Inputs, absences: Sequence[Absence]) -> Iterator[Fault]:
    """A fault for each of these that is about nobody in the people file either."""
    if not absences or not inputs.people:
        return
    in_file = _in_file(inputs)
    for absence in absences:
        if absence.who.lower() not in in_file:
            text = '"{who}" is nobody in {origin}. Write a number or an address that stands there.'
            said = Sentence(text, {"who": absence.who, "origin": people_source.origin(inputs.source)})
            yield Fault(inputs.config.people.absences or "", f"{absence.line}:person", said)


def _in_file(inputs: Inputs) -> frozenset[str]:
    """By what absences may name whoever stands in the people file: one who is not in the pilot, or had everything about
    them erased."""
    rows = inputs.people.rows if inputs.people else ()
    return frozenset(text.lower() for row in rows for text in (row.email, row.number) if text)


def closing(config: Config) -> Closing:
    """When the organisation is closed."""
    home = config.organisation
    return Closing(
        country=home.country,
        spans=tuple(item for item in home.closed if isinstance(item, Span)),
        yearly=frozenset(item for item in home.closed if isinstance(item, tuple)),
        quiet_weeks=frozenset(item for item in home.quiet_weeks if isinstance(item, Week)),
        quiet_week_numbers=frozenset(item for item in home.quiet_weeks if isinstance(item, int)),
    )


def _meeting_plans(inputs: Inputs) -> dict[str, MeetingPlan]:
    config, home = inputs.config, inputs.config.organisation.zone
    return {
        key: MeetingPlan(
            department=key,
            zone=section.zone or home,
            rhythm=section.meeting.rhythm,
            amendments=section.meeting.changes,
            read=inputs.read_meetings.get(key, ()),
            known=not section.meeting.is_read or key in inputs.read_meetings,
        )
        for key, section in config.departments.items()
        if section.meeting
    }


def by_last_day(given: Iterable[tuple[date | None, str, str]]) -> dict[str, str]:
    """Person ids by address or number, from (last day at work, address or number, id).

    Of several it is whoever stays longest: who has left may have passed theirs on.
    """
    listed = [one for one in given if one[1]]  # nobody is found by no address
    leaving = sorted((last, text, person_id) for last, text, person_id in listed if last)
    return {text: person_id for _, text, person_id in leaving} | {text: who for last, text, who in listed if not last}


def _facilitators(inputs: Inputs, people: Mapping[str, Person], missing: frozenset[str]) -> dict[str, str]:
    """Who sees to each department's relay: who is named there, else the organisation's contact, if they work here. Those
    who share a meeting have one."""
    ids, config = _by_address(people, missing), inputs.config
    named = {key: config.departments[inputs.called.table(key)].facilitator for key in config.departments}
    contact = ids.get(config.organisation.contact_email.lower(), "")
    return {key: ids.get((email or "").lower(), contact) for key, email in named.items()}


def _managers(config: Config, people: Mapping[str, Person], missing: frozenset[str], today: date) -> dict[str, str]:
    """The manager of each department, where one is decided."""
    ids = _by_address(people, missing)
    named = {key: ids.get((section.manager or "").lower(), "") for key, section in config.departments.items()}
    return manager_of_each(named, people, config.departments, today)


def _by_address(people: Mapping[str, Person], missing: frozenset[str]) -> dict[str, str]:
    # Who has a row comes last, and so before who has none today and may have passed the address on.
    listed = sorted(people.values(), key=lambda one: one.id not in missing)
    return by_last_day((one.left, one.email, one.id) for one in listed)


def warnings(made: Organisation, inputs: Inputs, today: date) -> list[Fault]:
    """What is allowed but probably not meant: empty departments, a channel that nobody has, and what the programmes find.

    Nothing about people while no people file could be read: that is said, and all else would follow from it."""
    file = inputs.source.path.name
    found = [*_empty_departments(made, inputs, today), *_nobody(made, file)]
    if inputs.people is not None:
        found += unknown(made, file, today)
    found += endings_told(made, file, today)
    for row in brought("check", "CHECK"):
        found += [one for one in row.warnings(made, file, today) if one not in found]  # several may say the same
    return found


def _empty_departments(made: Organisation, inputs: Inputs, today: date) -> Iterator[Fault]:
    if inputs.people is None:
        return
    there = [person for person in made.people.values() if person.works_here(today)]
    nobody = Sentence("nobody of {origin} is in this department.", {"origin": people_source.origin(inputs.source)})
    for key in made.departments:
        if not any(person.department == key for person in there):
            yield Fault(inputs.source.path.name, f"[departments.{key}]", nobody)


def _nobody(made: Organisation, file: str) -> Iterator[Fault]:
    """Where the config takes every block out of calendars."""
    places = {"[calendar] channel": made.defaults.channel}
    places |= {f"[departments.{key}] channel": one.channel for key, one in made.departments.items() if one.channel}
    for place, channel in places.items():
        if channel == "none":
            text = '"none": nobody here has a block in a calendar, also who chose one. aikultur plan names them.'
            yield Fault(file, place, Sentence(text))
