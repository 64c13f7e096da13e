"""What people do about recommendations in a rehearsal, as a file of acts says it."""

from collections.abc import Mapping
from datetime import datetime

from service.ambassadors import recommendations
from service.ambassadors.recommendation_acts import otherwise
from service.rehearsal.stage import Doing, ScriptedAct, Stage


def recommend(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The corps recommends something, and sends it at once."""
    values = {key: str(value) for key, value in act.values.items()}
    one = recommendations.add(stage.engine, values, otherwise(stage.engine.snapshot(now)), now)
    recommendations.send(stage.engine, one.id, now)


def respond(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever was asked answers."""
    values = {key: str(value) for key, value in act.values.items()}
    recommendations.reply(stage.engine, act.item, values, act.person, now)


RECOMMENDATION_DOING: Mapping[str, Doing] = {"recommend": recommend, "respond": respond}
