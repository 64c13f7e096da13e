"""What people do about the revisit list in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from culture.revisit.rules import Made
from service.rehearsal.stage import Doing, ScriptedAct, Stage
from service.revisit import items as revisits


def reject(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Something is rejected, and put on the list."""
    values = {key: str(value) for key, value in act.values.items()}
    organisation = stage.engine.snapshot(now).organisation
    today = now.astimezone(stage.engine.zone).date()
    revisits.add(stage.engine, revisits.read_item(values, organisation, today))


def judge(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """An item is judged."""
    revisits.judge(stage.engine, act.item, {key: str(value) for key, value in act.values.items()}, now)


def trigger(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """News brings it early."""
    revisits.trigger(stage.engine, act.item, act.values["news"], now)


def make(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """What works now becomes a challenge or a prompt."""
    revisits.make(stage.engine, act.item, Made(act.values["made"]), now)


DOING: Mapping[str, Doing] = {"reject": reject, "judge": judge, "trigger": trigger, "make": make}
