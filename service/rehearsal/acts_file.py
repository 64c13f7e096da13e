"""What people do in a rehearsal: read from a TOML file, and carried out by what the commands and pages use as well."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from culture.people import Person, Row
from culture.relay import schedule as relay
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.workdays import Span
from service.acts import learnings, revisits
from service.acts.choices import values_of
from service.acts.requests import RelayAct
from service.acts.table import ACTS
from service.acts.who import meant
from service.engine.choices_log import choose
from service.engine.engine import Engine
from service.messages.faults import BadInput, Fault, Refused
from service.messages.translation import Sentence
from service.settings.config import Source, parse_config
from service.settings.inputs import read_files
from service.settings.people_file import Absence, People
from service.settings.text_file import read_toml

KEYS = {"at", "do", "person", "with", "item", "set", "row", "edit", "first", "last"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
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

    def play(self, act: Act, now: datetime) -> Iterator[Sentence]:
        """Carry out an act. What is not possible then is a sentence for the timeline, and the year goes on."""
        try:
            DOING[act.do](self, act, now)
        except Refused as refusal:
            yield refusal.sentence
        except BadInput as bad:
            yield from (
                Sentence("{field}: {fault}", {"field": f.place or f.file, "fault": f.sentence}) for f in bad.faults
            )

    # --- people and config

    def choose(self, act: Act, now: datetime) -> None:
        person, organisation = self._person(act.person, now), self.engine.snapshot(now).organisation
        changes = values_of(
            act.values,
            weekdays=organisation.of(Vitamin).weekdays,
            tracks=organisation.of(Catalogue).tracks,
            channels=organisation.channels,
        )
        chosen = replace(self.engine.stored.preference(person.id), **changes)
        choose(self.engine.stored, person.id, chosen, "rehearsal", now)

    def join(self, act: Act, now: datetime) -> None:
        row = Row(**{"department": next(iter(self.engine.inputs.departments)), **act.values})
        self._people((*self._rows(), row))

    def leave(self, act: Act, now: datetime) -> None:
        """A leaving date in HR's file: yesterday was their last day."""
        last = now.astimezone(self.engine.zone).date() - timedelta(days=1)
        self._people(
            tuple(replace(row, left=last) if act.person in (row.number, row.email) else row for row in self._rows())
        )

    def absent(self, act: Act, now: datetime) -> None:
        absence = Absence(line=0, who=act.person, span=Span(act.values["first"], act.values["last"]))
        inputs = self.engine.inputs
        self.engine.inputs = replace(inputs, absences=(*inputs.absences, absence))

    def edit(self, act: Act, now: datetime) -> None:
        """Replace keys of the config: {"organisation.closed": [...]}."""
        for key, value in act.values.items():
            *tables, name = key.split(".")
            table = self._config
            for part in tables:
                table = table.setdefault(part, {})
            table[name] = value
        before = self.engine.inputs
        config = parse_config(self._config, before.source.path.name).model_copy(update={"mail": before.config.mail})
        after = read_files(Source(config, before.source.path), before)
        # Who joined, left or is away here was never in a file.
        self.engine.inputs = replace(after, people=before.people, absences=before.absences)

    def _rows(self) -> tuple[Row, ...]:
        return (self.engine.inputs.people or People(rows=())).rows

    def _people(self, rows: tuple[Row, ...]) -> None:
        people = self.engine.inputs.people or People(rows=())
        self.engine.inputs = replace(self.engine.inputs, people=replace(people, rows=rows))

    # --- turns

    def pass_on(self, act: Act, now: datetime) -> None:
        turn = self._turn(act, now)
        self._do(RelayAct(person_id=turn.presenter, doing="pass", about=turn.id), now)

    def swap(self, act: Act, now: datetime) -> None:
        """The question and a yes in one; `asked` alone leaves it open."""
        turn, colleague = self._turn(act, now), self._person(act.colleague, now)
        asks = RelayAct(person_id=turn.presenter, doing="swap", about=turn.id, values={"colleague": colleague.id})
        self._do(asks, now)
        answer = {"yes": "accept", "no": "decline"}.get(act.values.get("answer", "yes"))
        if answer:
            self._do(RelayAct(person_id=colleague.id, doing=answer, about=turn.id), now)

    def volunteer(self, act: Act, now: datetime) -> None:
        person, organisation = self._person(act.person, now), self.engine.snapshot(now).organisation
        day: date = act.values["day"]
        found = relay.meetings(organisation, person.department, day, day)
        if not found:
            raise Refused(Sentence("There is no such meeting any more."))
        self._do(RelayAct(person_id=person.id, doing="volunteer", about=found[0].id), now)

    def undo(self, act: Act, now: datetime) -> None:
        person = self._person(act.person, now)
        every = self.engine.stored.relay().turns.values()
        mine = [turn for turn in every if any(deed.by == person.id for deed in turn.deeds)]
        turn = max(mine, key=lambda one: max(deed.at for deed in one.deeds if deed.by == person.id), default=None)
        self._do(RelayAct(person_id=person.id, doing="undo", about=turn.id if turn else ""), now)

    def missed(self, act: Act, now: datetime) -> None:
        turn = self._last(act, now)
        self._do(RelayAct(person_id=turn.presenter, doing="missed", about=turn.id, by="facilitator"), now)

    def _do(self, act: RelayAct, now: datetime) -> None:
        ACTS[act.doing].carry_out(self.engine, act, now)

    def _turn(self, act: Act, now: datetime) -> Turn:
        """The person's next turn."""
        person = self._person(act.person, now)
        mine = (t for t in self._records(now).turns.values() if t.open and t.presenter == person.id)
        turn = min(mine, key=lambda one: one.starts or datetime.max.replace(tzinfo=now.tzinfo), default=None)
        if turn is None:
            raise Refused(Sentence("{name} has no turn to come.", {"name": person.name}))
        return turn

    def _last(self, act: Act, now: datetime) -> Turn:
        """The person's last turn that has been held."""
        person = self._person(act.person, now)
        mine = [t for t in self._records(now).turns.values() if t.state == "held" and t.presenter == person.id]
        if not mine:
            raise Refused(Sentence("{name} has not presented yet.", {"name": person.name}))
        return max(mine, key=lambda one: one.number)

    def _records(self, now: datetime) -> RelayRecords:
        return self.engine.snapshot(now).of(RelayRecords)

    # --- what was learned, and the revisit list

    def learn(self, act: Act, now: datetime) -> None:
        values = {key: str(value) for key, value in act.values.items()}
        learnings.write_learning(self.engine, self._last(act, now).id, learnings.read_entry(values), now)

    def discover(self, act: Act, now: datetime) -> None:
        self._person(act.person, now)  # there must be one; without a name nothing is kept of them
        learnings.note_discovery(self.engine, act.values["text"], now)

    def reject(self, act: Act, now: datetime) -> None:
        values = {key: str(value) for key, value in act.values.items()}
        organisation = self.engine.snapshot(now).organisation
        today = now.astimezone(self.engine.zone).date()
        revisits.add(self.engine, revisits.read_item(values, organisation, today))

    def judge(self, act: Act, now: datetime) -> None:
        revisits.judge(self.engine, act.item, {key: str(value) for key, value in act.values.items()}, now)

    def trigger(self, act: Act, now: datetime) -> None:
        revisits.trigger(self.engine, act.item, act.values["news"], now)

    def _person(self, who: str, now: datetime) -> Person:
        world = self.engine.snapshot(now)
        found = meant(world.organisation.people.values(), who, world.today)
        if not found:
            raise Refused(Sentence('"{who}" is nobody on {day}.', {"who": who, "day": now.date()}))
        if len(found) > 1:
            fields = {"text": who, "names": ", ".join(f"{one.name} ({one.id})" for one in found[:5])}
            raise Refused(Sentence('"{text}" fits several: {names}. Write the id.', fields))
        return found[0]


DOING: Mapping[str, Callable[[Stage, Act, datetime], None]] = {
    "choose": Stage.choose,
    "join": Stage.join,
    "leave": Stage.leave,
    "absent": Stage.absent,
    "edit": Stage.edit,
    "pass": Stage.pass_on,
    "swap": Stage.swap,
    "volunteer": Stage.volunteer,
    "undo": Stage.undo,
    "missed": Stage.missed,
    "learn": Stage.learn,
    "discover": Stage.discover,
    "reject": Stage.reject,
    "judge": Stage.judge,
    "trigger": Stage.trigger,
}


def read_acts(path: Path) -> list[Act]:
    """The acts in a TOML file. Raises BadInput with every fault."""
    entries = read_toml(path).get("act", [])
    acts, faults = [], []
    for number, entry in enumerate(entries, 1):
        wrong = _wrong(entry)
        if wrong:
            faults.append(Fault(path.name, f"act {number}", wrong))
        else:
            acts.append(_act(entry))
    if faults:
        raise BadInput(faults)
    return acts


def _wrong(entry: Mapping[str, Any]) -> Sentence | None:
    if not isinstance(entry.get("at"), datetime):
        return Sentence("at is missing or no moment. Write for example at = 2027-02-01T10:00:00.")
    if entry.get("do") not in DOING or set(entry) - KEYS:
        text = "do must be one of {verbs}; docs/rehearse.md has an example of each."
        return Sentence(text, {"verbs": ", ".join(DOING)})
    return None


def _act(entry: Mapping[str, Any]) -> Act:
    days = {key: entry[key] for key in ("first", "last") if key in entry}
    return Act(
        at=entry["at"],
        do=entry["do"],
        person=str(entry.get("person", "")),
        colleague=str(entry.get("with", "")),
        item=str(entry.get("item", "")),
        values={**(entry.get("set") or entry.get("row") or entry.get("edit") or {}), **days},
    )
