"""The form for what a turn taught: whose turns it is offered for, and what stands in it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from culture.relay.challenges import Challenges
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.revisit.settings import RevisitList
from mailer.words import opening
from service.messages.translation import word
from service.pages.page_form import form
from service.pages.page_row import Asked
from service.relay import learnings
from service.relay.learnings import ANSWERS
from service.relay.shared_page import answers, tried_again
from service.relay.shared_words import again_in

TOLD_OF = timedelta(days=60)
"""How long after a turn its learning can be written or mended here: the letters ask for two weeks after one."""

JUST_NOW = timedelta(minutes=10)
"""What is younger was written by the click before this page."""


def held(asked: Asked) -> Iterator[dict[str, Any]]:
    """The turns that the person can tell of, newest first, each with its form; the first that is not told of, open."""
    waited_for = True
    for number, turn in enumerate(_to_tell_of(asked), 1):
        told = _learnings(asked).get(turn.id)
        shown = written(asked, turn, number)
        shown["open"] = shown["form"]["back"] or (waited_for and _to_write(asked, turn, told))
        yield shown
        waited_for = waited_for and told is not None


def written(asked: Asked, turn: Turn, number: int) -> dict[str, Any]:
    """The form of one turn, closed unless it came back, with what stands now where that is another."""
    assert turn.starts is not None
    told = _learnings(asked).get(turn.id)
    found = form(asked, "learning", turn.id, number, before=_as_form(asked, told) if told else None)
    return {
        "when": opening(asked.moment(turn.starts)),
        "title": title(asked, turn),
        "told": told is not None,
        "mine": turn.presenter == asked.person.id,
        "version": learnings.version(told),
        "stands": answers(asked, told) if told and found["back"] and asked.problem else [],
        "open": found["back"],
        "outcomes": [(str(one), _outcome(asked, turn, one)) for one in Outcome],
        "form": found,
    }


def just_written(asked: Asked) -> str:
    """That what the person has just written down as not working is tried again; empty when that is not so."""
    mine = (one for one in _learnings(asked).values() if one.person == asked.person.id)
    last = max(mine, key=lambda one: one.at, default=None)
    if last is None or asked.now - last.at > JUST_NOW:
        return ""
    days = again_in(asked.organisation, asked.view.world.of(RelayRecords), last)
    return tried_again(asked.page, days) if days else ""


def title(asked: Asked, turn: Turn) -> str:
    """What its challenge is called."""
    challenge = asked.organisation.of(Challenges).challenges.get(turn.challenge)
    return challenge.text(asked.page.language).title if challenge else asked.say("A challenge of your own")


def can_be_told_of(asked: Asked, turn: Turn) -> bool:
    """Whether its slot has begun, and not too long ago."""
    if turn.starts is None or not asked.now - TOLD_OF <= turn.starts <= asked.now:
        return False
    return turn.state == "held" or (turn.open and turn.assigned is not None)


def _learnings(asked: Asked) -> Mapping[str, Learning]:
    return asked.view.world.of(RelayRecords).learnings


def _to_write(asked: Asked, turn: Turn, told: Learning | None) -> bool:
    """Whether nothing is told of a turn yet that is waited for, and no form was sent."""
    return told is None and not turn.closed and asked.written is None


def _to_tell_of(asked: Asked) -> list[Turn]:
    """The person's turns that they can tell of, newest first."""
    turns = asked.view.world.of(RelayRecords).turns.values()
    mine = (turn for turn in turns if turn.presenter == asked.person.id and can_be_told_of(asked, turn))
    return sorted(mine, key=lambda one: (one.starts, one.number), reverse=True)


def _as_form(asked: Asked, told: Learning) -> dict[str, str]:
    """A learning as the fields of its form."""
    hours = "" if told.hours is None else asked.page.tongue.decimals(told.hours)
    texts = {name: getattr(told, name) for name in ANSWERS if name != "hours"}
    return {**texts, "hours": hours, "outcome": str(told.outcome), "show_name": "yes" if told.show_name else ""}


def _outcome(asked: Asked, turn: Turn, outcome: Outcome) -> str:
    if outcome is not Outcome.NOT_YET:
        return word("outcome-told", outcome).said(asked.page.language)
    if turn.challenge and not turn.earlier:
        return tried_again(asked.page, asked.organisation.of(Relay).retry_days)
    said = word("outcome-told", outcome).said(asked.page.language)
    if turn.earlier and asked.organisation.of(RevisitList).enabled:
        return f"{said}. {asked.say('It then goes on the revisit list, and we look at it again in some months.')}"
    return f"{said}. {asked.say('That is worth just as much.')}"
