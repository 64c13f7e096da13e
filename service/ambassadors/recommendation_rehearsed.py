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


def draft(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """The corps writes something down that nobody is asked yet."""
    values = {key: str(value) for key, value in act.values.items()}
    recommendations.add(stage.engine, values, otherwise(stage.engine.snapshot(now)), now)


def send(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """A draft is sent; `to`: to somebody else than is named there."""
    recommendations.send(stage.engine, act.item, now, str(act.values.get("to", "")))


def withdraw(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Nobody is asked any more."""
    recommendations.withdraw(stage.engine, act.item, now)


def respond(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """Whoever was asked answers."""
    values = {key: str(value) for key, value in act.values.items()}
    recommendations.reply(stage.engine, act.item, values, act.person, now)


RECOMMENDATION_DOING: Mapping[str, Doing] = {
    "draft": draft,
    "send": send,
    "withdraw": withdraw,
    "recommend": recommend,
    "respond": respond,
}
