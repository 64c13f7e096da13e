"""What people do about the corps' meetings in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from culture.ambassadors import decisions
from culture.ambassadors.agenda_records import AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.records import CorpsMeeting
from culture.folded import fold
from culture.revisit.rules import RevisitRecords
from culture.world import World
from service.acts.requests import Act
from service.ambassadors.agenda_acts import asked_person
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.rehearsal.stage import Doing, ScriptedAct, Stage


def bring(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody brings news or a topic to the next meeting; `person = "sponsor"` is whoever backs the corps."""
    values = {key: str(value) for key, value in act.values.items()}
    doing = "corps-news" if any(values.values()) else "corps-nothing"
    person_id = asked_person(stage.engine.snapshot(now), act.person)
    stage.do(Act(person_id=person_id, doing=doing, values=values), now)


def decide(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever led the last meeting writes down what was decided; with an `item` also the verdict on that one."""
    world = stage.engine.snapshot(now)
    meeting = decisions.held(world)
    values = {key: str(value) for key, value in act.values.items()}
    if act.item:
        number = _place(world, meeting, act.item)
        values = {f"{key}_{number}" if key in ("verdict", "reason") else key: one for key, one in values.items()}
    by = decisions.leader(world, meeting) if meeting else corps(world).chair
    stage.do(Act(person_id=by, doing="corps-decisions", values=values), now)


def _place(world: World, meeting: CorpsMeeting | None, text: str) -> int:
    """Which of the items on the meeting's agenda is meant, from 1: by its id or an unmistakable part of id or name. Raises
    Refused."""
    agenda = world.of(AgendaRecords).agendas.get(meeting.id) if meeting else None
    items, wanted = world.of(RevisitRecords).items, fold(text)
    on = agenda.revisits if agenda else ()
    hits = [key for key in on if key == text] or [
        key for key in on if key in items and wanted in fold(f"{key} {items[key].name}")
    ]
    if len(hits) != 1:
        ids = ", ".join(on) or "-"
        raise Refused(Sentence('"{text}" is not one item of the agenda. On it are: {ids}.', {"text": text, "ids": ids}))
    return on.index(hits[0]) + 1


AGENDA_DOING: Mapping[str, Doing] = {"corps-news": bring, "corps-decisions": decide}
