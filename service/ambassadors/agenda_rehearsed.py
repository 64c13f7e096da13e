"""What people do about the corps' meetings in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from culture.ambassadors import decisions
from culture.ambassadors.corps import corps
from service.acts.requests import Act
from service.ambassadors.agenda_acts import asked_person
from service.rehearsal.stage import Doing, ScriptedAct, Stage


def bring(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody brings news or a topic to the next meeting; `person = "sponsor"` is whoever backs the corps."""
    values = {key: str(value) for key, value in act.values.items()}
    doing = "corps-news" if any(values.values()) else "corps-nothing"
    person_id = asked_person(stage.engine.snapshot(now), act.person)
    stage.do(Act(person_id=person_id, doing=doing, values=values), now)


def decide(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever led the last meeting writes down what was decided."""
    world = stage.engine.snapshot(now)
    meeting = decisions.held(world)
    values = {key: str(value) for key, value in act.values.items()}
    by = decisions.leader(world, meeting) if meeting else corps(world).chair
    stage.do(Act(person_id=by, doing="corps-decisions", values=values), now)


AGENDA_DOING: Mapping[str, Doing] = {"corps-news": bring, "corps-decisions": decide}
