"""Where the acts of a rehearsal are played: what people do, by what the commands and pages use as well."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from culture.people import Person, Row
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.workdays import Span
from service.acts.choices import values_of
from service.acts.recall import recall, take_up
from service.acts.requests import Act
from service.acts.table import ACTS
from service.acts.who import meant
from service.engine.choices_log import choose
from service.engine.engine import Engine
from service.messages.faults import BadInput, Refused
from service.messages.translation import Sentence
from service.settings.config import Source, parse_config
from service.settings.inputs import read_files
from service.settings.people_file import Absence, People
from service.settings.text_file import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAct:
    """What somebody does at a moment; docs/rehearse.md has an example of each."""

    at: datetime
    do: str
    person: str = ""
    colleague: str = ""
    item: str = ""
    values: Mapping[str, Any]


class Stage:
    """Where acts are played: the engine of a rehearsal, and the edits that the config has seen."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._config = read_toml(engine.inputs.source.path)

    def play(self, act: ScriptedAct, do: "Doing", now: datetime) -> Iterator[Sentence]:
        """Carry out an act. What is not possible then is a sentence for the timeline, and the year goes on."""
        try:
            do(self, act, now)
        except Refused as refusal:
            yield refusal.sentence
        except BadInput as bad:
            yield from (
                Sentence("{field}: {fault}", {"field": f.place or f.file, "fault": f.sentence}) for f in bad.faults
            )

    # --- people and config

    def choose(self, act: ScriptedAct, now: datetime) -> None:
        """Somebody chooses on the personal page."""
        person, organisation = self.person(act.person, now), self.engine.snapshot(now).organisation
        changes = values_of(
            act.values,
            weekdays=organisation.of(Vitamin).days,
            tracks=organisation.of(Catalogue).tracks,
            channels=organisation.channels,
        )
        chosen = replace(self.engine.stored.preference(person.id), **changes)
        choose(self.engine.stored, person.id, chosen, "rehearsal", now)

    def join(self, act: ScriptedAct, now: datetime) -> None:
        """HR's file gets a row."""
        row = Row(**{"department": next(iter(self.engine.inputs.departments)), **act.values})
        self._people((*self._rows(), row))

    def leave(self, act: ScriptedAct, now: datetime) -> None:
        """A leaving date in HR's file: yesterday was their last day."""
        last = now.astimezone(self.engine.zone).date() - timedelta(days=1)
        self._people(
            tuple(replace(row, left=last) if act.person in (row.number, row.email) else row for row in self._rows())
        )

    def absent(self, act: ScriptedAct, now: datetime) -> None:
        """HR's absences get a span."""
        absence = Absence(line=0, who=act.person, span=Span(act.values["first"], act.values["last"]))
        inputs = self.engine.inputs
        self.engine.inputs = replace(inputs, absences=(*inputs.absences, absence))

    def edit(self, act: ScriptedAct, now: datetime) -> None:
        """Replace keys of the config: {"organisation.closed": [...]}."""
        for key, value in act.values.items():
            *tables, name = key.split(".")
            table = self._config
            for part in tables:
                table = table.setdefault(part, {})
            table[name] = value
        before = self.engine.inputs
        config = replace(parse_config(self._config, before.source.path.name), mail=before.config.mail)
        after = read_files(Source(config, before.source.path), before)
        # Who joined, left or is away here was never in a file.
        self.engine.inputs = replace(after, people=before.people, absences=before.absences)

    def recall(self, act: ScriptedAct, now: datetime) -> None:
        """The administrator takes all back."""
        recall(self.engine, now)

    def take_up(self, act: ScriptedAct, now: datetime) -> None:
        """The administrator takes it up again."""
        take_up(self.engine, now)

    def do(self, act: Act, now: datetime) -> None:
        """What somebody does on a page or by the command line."""
        ACTS[act.doing].carry_out(self.engine, act, now)

    def _rows(self) -> tuple[Row, ...]:
        return (self.engine.inputs.people or People(rows=())).rows

    def _people(self, rows: tuple[Row, ...]) -> None:
        people = self.engine.inputs.people or People(rows=())
        self.engine.inputs = replace(self.engine.inputs, people=replace(people, rows=rows))

    def person(self, who: str, now: datetime) -> Person:
        """Who is meant. Raises Refused for nobody, or several."""
        world = self.engine.snapshot(now)
        found = meant(world.organisation.people.values(), who, world.today)
        if not found:
            raise Refused(Sentence('"{who}" is nobody on {day}.', {"who": who, "day": now.date()}))
        if len(found) > 1:
            fields = {"text": who, "names": ", ".join(f"{one.name} ({one.id})" for one in found[:5])}
            raise Refused(Sentence('"{text}" fits several: {names}. Write the id.', fields))
        return found[0]

    def named(self, act: ScriptedAct, now: datetime) -> ScriptedAct:
        """The act with people's names instead of the ids, numbers and addresses that stand in the file."""
        return replace(act, person=self._name(act.person, now), colleague=self._name(act.colleague, now))

    def _name(self, who: str, now: datetime) -> str:
        with suppress(Refused):  # nobody, or several: as it stands there
            return self.person(who, now).name if who else ""
        return who


Doing = Callable[[Stage, ScriptedAct, datetime], None]
