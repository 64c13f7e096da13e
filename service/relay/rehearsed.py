"""What people do about turns in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import date, datetime

from culture.relay import schedule as relay
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from service.acts.requests import Act
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.rehearsal.stage import Doing, ScriptedAct, Stage
from service.relay import learnings
from service.relay.records import relay_records


def pass_on(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The person's next turn goes to whoever is next."""
    turn = _turn(stage, act, now)
    stage.do(Act(person_id=turn.presenter, doing="pass", about=turn.id), now)


def swap(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The question and a yes in one; `asked` alone leaves it open."""
    turn, colleague = _turn(stage, act, now), stage.person(act.colleague, now)
    asks = Act(person_id=turn.presenter, doing="swap", about=turn.id, values={"colleague": colleague.id})
    stage.do(asks, now)
    answer = {"yes": "accept", "no": "decline"}.get(act.values.get("answer", "yes"))
    if answer:
        stage.do(Act(person_id=colleague.id, doing=answer, about=turn.id), now)


def volunteer(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody would like a turn on `day`, which is `extra` or counts as their next one."""
    person, organisation = stage.person(act.person, now), stage.engine.snapshot(now).organisation
    day: date = act.values["day"]
    runs = relay.runs(organisation, person.department)
    found = relay.meetings(organisation, person.department, day, day) if runs else ()
    if not found:
        raise Refused(Sentence("There is no such meeting any more."))
    values = {"extra": "yes"} if act.values.get("extra") else {}
    stage.do(Act(person_id=person.id, doing="volunteer", about=found[0].id, values=values), now)


def undo(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The last of the person's own deeds is taken back."""
    person = stage.person(act.person, now)
    every = relay_records(stage.engine.stored).turns.values()
    mine = [turn for turn in every if any(deed.by == person.id for deed in turn.deeds)]
    turn = max(mine, key=lambda one: max(deed.at for deed in one.deeds if deed.by == person.id), default=None)
    stage.do(Act(person_id=person.id, doing="undo", about=turn.id if turn else ""), now)


def missed(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The person's last turn came to nothing."""
    turn = _last(stage, act, now)
    stage.do(Act(person_id=turn.presenter, doing="missed", about=turn.id, by="facilitator"), now)


def _turn(stage: Stage, act: ScriptedAct, now: datetime) -> Turn:
    """The person's next turn."""
    person = stage.person(act.person, now)
    mine = (
        t for t in stage.engine.snapshot(now).of(RelayRecords).turns.values() if t.open and t.presenter == person.id
    )
    turn = min(mine, key=lambda one: one.starts or datetime.max.replace(tzinfo=now.tzinfo), default=None)
    if turn is None:
        raise Refused(Sentence("{name} has no turn to come.", {"name": person.name}))
    return turn


def _last(stage: Stage, act: ScriptedAct, now: datetime) -> Turn:
    """The person's last turn that has been held."""
    person = stage.person(act.person, now)
    mine = [
        t
        for t in stage.engine.snapshot(now).of(RelayRecords).turns.values()
        if t.state == "held" and t.presenter == person.id
    ]
    if not mine:
        raise Refused(Sentence("{name} has not presented yet.", {"name": person.name}))
    return max(mine, key=lambda one: one.number)


def learn(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """What the person's last turn taught."""
    values = {key: str(value) for key, value in act.values.items()}
    learnings.write_learning(stage.engine, _last(stage, act, now).id, learnings.read_entry(values), now)


def discover(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """One line about what worked, by the person's page."""
    values = {key: str(value) for key, value in act.values.items()}
    stage.do(Act(person_id=stage.person(act.person, now).id, doing="discovery", values=values), now)


DOING: Mapping[str, Doing] = {
    "pass": pass_on,
    "swap": swap,
    "volunteer": volunteer,
    "undo": undo,
    "missed": missed,
    "learn": learn,
    "discover": discover,
}
