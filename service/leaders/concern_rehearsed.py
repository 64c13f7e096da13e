"""What people do about concerns in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from service.acts.concerns import add
from service.leaders import concerns
from service.rehearsal.stage import Doing, ScriptedAct, Stage


def worry(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Somebody writes a concern; `department`: their manager is to get it too."""
    add(stage.engine, str(act.values.get("text", "")), now, str(act.values.get("department", "")))


def release(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The contact releases one."""
    concerns.release(stage.engine, act.item, {key: str(value) for key, value in act.values.items()}, now)


def keep_back(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The contact shows one to nobody."""
    concerns.keep_back(stage.engine, act.item, now)


def answer(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """One that was released is answered."""
    concerns.answer(stage.engine, act.item, {key: str(value) for key, value in act.values.items()}, now)


CONCERN_DOING: Mapping[str, Doing] = {"worry": worry, "release": release, "keep": keep_back, "answer": answer}
