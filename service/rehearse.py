"""A year in seconds: the same tick on a clock of its own, into .eml and .ics files and a story to read."""

import tempfile
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from culture import vitamin
from culture.people import Language, Row
from culture.prompts import first_return
from culture.vitamin import World
from service.choices import choose
from service.config import Source, parse_config
from service.engine import Engine, build
from service.fault import BadInput, Fault, Refused
from service.inputs import read_inputs
from service.people_file import People
from service.plan import Plan
from service.show import kind_name, some
from service.words import Sentence, say

KEYS = {"at", "do", "person", "set", "row", "edit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does at a moment: `choose` for a person, a `join` or `leave` in HR's file, an `edit` of the config."""

    at: datetime
    do: str
    person: str = ""
    values: Mapping[str, Any]


def rehearse(
    path: Path,
    first: date,
    last: date,
    out: Path,
    acts_file: Path | None,
    language: Language,
    echo: Callable[[str], Any],
) -> None:
    """Play the days from `first` to `last`, both included, into the new folder `out`.

    Raises BadInput for a faulty config or acts file, Refused when `out` holds something already.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused(Sentence("{path} is not empty. Name a new folder for --out.", {"path": out}))
    acts = read_acts(acts_file) if acts_file else []
    inputs = read_inputs(path)
    mail = inputs.config.mail.model_copy(update={"transport": "folder", "folder": str((out / "mail").resolve())})
    inputs = replace(inputs, source=replace(inputs.source, config=inputs.config.model_copy(update={"mail": mail})))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        engine = build(path, inputs, Path(scratch), key=b"rehearsal")
        story = Story(language)
        try:
            _play(engine, first, last, acts, story, echo)
            _calendars(engine, out / "calendars", last)
        finally:
            engine.close()
    (out / "timeline.txt").write_text("\n".join(story.lines) + "\n", "utf-8")
    echo(say(language, "{path} holds the letters, the calendars and timeline.txt.", path=out))


def _play(engine: Engine, first: date, last: date, acts: list[Act], story: "Story", echo: Callable[[str], Any]) -> None:
    tz = engine.zone
    now = datetime.combine(first, time(0), tz).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(0), tz).astimezone(UTC)
    waiting = sorted(acts, key=lambda act: act.at.astimezone(UTC) if act.at.tzinfo else act.at.replace(tzinfo=tz))
    month = ""
    outbox = engine.make_outbox()
    while now < end:
        while waiting and _moment(waiting[0], tz) <= now:
            act = waiting.pop(0)
            _do(engine, act, now)
            story.act(act, now.astimezone(tz))
        found = engine.tick(now)
        story.tick(found, now.astimezone(tz))
        moment = now
        while claimed := engine.claim_some(moment):
            outbox.add(claimed, moment)
            outbox.drain(lambda at=moment: at, threading.Event())  # type: ignore[misc]  # the default binds this moment
        if f"{now.astimezone(tz):%Y-%m}" != month:
            month = f"{now.astimezone(tz):%Y-%m}"
            echo(month)
        moments = [vitamin.next_moment(found.world.organisation, now), *(_moment(act, tz) for act in waiting[:1])]
        now = min(moments).astimezone(UTC)
    story.closing(engine.plan(end - timedelta(minutes=1)).world)


def _moment(act: Act, tz: Any) -> datetime:
    return (act.at if act.at.tzinfo else act.at.replace(tzinfo=tz)).astimezone(UTC)


def _do(engine: Engine, act: Act, now: datetime) -> None:
    people = engine.inputs.people or People(rows=())
    match act.do:
        case "choose":
            organisation = engine.plan(now).world.organisation
            person = next((p for p in organisation.people.values() if act.person in (p.id, p.email)), None)
            if person is None:
                raise Refused(Sentence('"{who}" is nobody on {day}.', {"who": act.person, "day": now.date()}))
            before = engine.stored.preference(person.id)
            weekdays, tracks = organisation.vitamin.weekdays, organisation.catalogue.tracks
            engine.stored.prefer(person.id, choose(before, act.values, weekdays=weekdays, tracks=tracks))
        case "join":
            row = Row(**{"department": next(iter(engine.inputs.departments)), **act.values})
            engine.inputs = replace(engine.inputs, people=replace(people, rows=(*people.rows, row)))
        case "leave":
            rows = tuple(row for row in people.rows if act.person not in (row.number, row.email))
            engine.inputs = replace(engine.inputs, people=replace(people, rows=rows))
        case _:
            engine.inputs = _edited(engine, act.values)


def _edited(engine: Engine, edit: Mapping[str, Any]) -> Any:
    """The inputs with keys of the config replaced: {"organisation.closed": [...]}."""
    source = engine.inputs.source
    data = tomllib.loads(source.path.read_text("utf-8"))
    for key, value in edit.items():
        *tables, name = key.split(".")
        table = data
        for part in tables:
            table = table.setdefault(part, {})
        table[name] = value
    config = parse_config(data, source.path.name).model_copy(update={"mail": source.config.mail})
    return replace(engine.inputs, source=Source(config, source.path))


def read_acts(path: Path) -> list[Act]:
    """The acts in a TOML file. Raises BadInput with every fault."""
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("act", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            [Fault(path.name, "", Sentence("The file cannot be read: {error}.", {"error": error}))]
        ) from None
    acts, faults = [], []
    for number, entry in enumerate(entries, 1):
        place = f"act {number}"
        do, at = entry.get("do"), entry.get("at")
        if not isinstance(at, datetime):
            faults.append(
                Fault(
                    path.name,
                    place,
                    Sentence("at is missing or no moment. Write for example at = 2027-02-01T10:00:00."),
                )
            )
        elif do not in ("choose", "join", "leave", "edit") or set(entry) - KEYS:
            faults.append(
                Fault(
                    path.name,
                    place,
                    Sentence(
                        'do must be "choose", "join", "leave" or "edit"; docs/rehearse.md has an example of each.'
                    ),
                )
            )
        else:
            values = entry.get("set") or entry.get("row") or entry.get("edit") or {}
            acts.append(Act(at=at, do=do, person=str(entry.get("person", "")), values=values))
    if faults:
        raise BadInput(faults)
    return acts


class Story:
    """The timeline: one line for whatever a reader would want to know, weeks as headings."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lines: list[str] = []
        self.week = ""

    def tick(self, plan: Plan, local: datetime) -> None:
        for people, text in (
            (plan.census.joined, "New people: {count} ({names})"),
            (plan.census.vanished, "People who have left: {count} ({names})"),
        ):
            if people:
                names = some([person.row.name for person in people], self.language)
                self._line(local, say(self.language, text, count=len(people), names=names))
        kinds: dict[str, list[str]] = {}
        for job in plan.letters:
            kinds.setdefault(job.kind, []).append(job.person.name)
        for kind, of_kind in kinds.items():
            fields = {
                "count": len(of_kind),
                "kind": kind_name(kind, self.language),
                "names": some(of_kind, self.language),
            }
            self._line(local, say(self.language, "{kind}: {count} ({names})", **fields))
        for held in plan.held:
            self._line(local, f"{kind_name(held.kind, self.language)}: {held.reason.said(self.language)}")

    def act(self, act: Act, local: datetime) -> None:
        values = ", ".join(f"{key} = {value}" for key, value in act.values.items())
        self._line(local, " ".join(filter(None, ("·", say(self.language, act.do), act.person, values))))

    def closing(self, world: World) -> None:
        """How far the prompts reached: for each department and track how many fit, and the first that came again."""
        self.lines += ["", say(self.language, "Prompts")]
        for pair in sorted(vitamin.pairs(world.organisation)):
            fitting = len(world.organisation.catalogue.fitting(world.organisation.sector, pair[1]))
            again = first_return(world.history.get(pair, {}))
            text = "{department}, {track}: {count} fit; the first to come again: {day}"
            day = again or say(self.language, "none")
            self.lines.append(
                "  " + say(self.language, text, department=pair[0], track=pair[1], count=fitting, day=day)
            )

    def _line(self, local: datetime, text: str) -> None:
        iso = local.isocalendar()
        week = say(self.language, "Week {week} of {year}", week=iso.week, year=iso.year)
        if week != self.week:
            self.week = week
            self.lines += ["", week]
        self.lines.append(f"  {local:%Y-%m-%d %H:%M}  {text}")


def _calendars(engine: Engine, folder: Path, last: date) -> None:
    """Each person's feed as it stands at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.combine(last, time(12), UTC)
    found = engine.plan(now)
    for person in found.world.organisation.people.values():
        content = engine.feed_content(found.world, person)
        if content:
            (folder / f"{person.email}.ics").write_bytes(content)
