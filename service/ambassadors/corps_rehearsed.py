"""What people do about their place in the corps in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from culture.ambassadors.corps import answers
from service.acts.requests import Act
from service.rehearsal.stage import Doing, ScriptedAct, Stage


def ask(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody would like to be an ambassador."""
    stage.do(Act(person_id=stage.person(act.person, now).id, doing="ambassador-ask"), now)


def take_back(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody would rather not after all."""
    stage.do(Act(person_id=stage.person(act.person, now).id, doing="ambassador-undo"), now)


def confirm(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever may says yes to them."""
    _answer(stage, act, now, "ambassador-yes")


def decline(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever may says that it does not fit now."""
    _answer(stage, act, now, "ambassador-no")


def step_down(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """An ambassador steps down."""
    stage.do(Act(person_id=stage.person(act.person, now).id, doing="ambassador-leave"), now)


def _answer(stage: Stage, act: ScriptedAct, now: datetime, doing: str) -> None:
    person = stage.person(act.person, now)
    by = answers(stage.engine.snapshot(now), person)
    stage.do(Act(person_id=by.id, doing=doing, about=person.id), now)


CORPS_DOING: Mapping[str, Doing] = {
    "ambassador-ask": ask,
    "ambassador-undo": take_back,
    "ambassador-yes": confirm,
    "ambassador-no": decline,
    "ambassador-leave": step_down,
}
