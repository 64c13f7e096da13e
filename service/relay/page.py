"""The page of a person's relay: what it shows, made from the view. Pure; the words stand in `templates/pages`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay import swaps as relay_swaps
from culture.relay.acts import NotPossible, Request
from culture.relay.challenges import Challenges, ChallengeText
from culture.relay.days import assignment_day, time_enough
from culture.relay.deeds import SERVICE, Did
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from mailer.words import opening
from service.messages.translation import word
from service.pages.act_form import NOTED_WORD
from service.pages.html_pages import concern_path
from service.pages.page_form import around, form
from service.pages.page_row import Asked
from service.relay.facilitator_page import facilitated
from service.relay.learning_form import held, just_written
from service.relay.learnings import ANSWERS
from service.relay.shared_page import answers, learned

ROOM = 6
"""Meetings that are offered to whoever would like a turn: about a quarter of a year of them."""

UNDONE = frozenset({Did.PASSED, Did.SWAP_ASKED, Did.SWAPPED, Did.VOLUNTEERED})
"""What can be taken back."""


def _records(asked: Asked) -> RelayRecords:
    return asked.view.world.of(RelayRecords)


def _takes_part(asked: Asked) -> bool:
    return _runs_here(asked) and asked.person.in_relay


def _runs_here(asked: Asked) -> bool:
    return relay.runs(asked.organisation, asked.person.department)


def _task(asked: Asked, challenge_id: str) -> ChallengeText | None:
    challenge = asked.organisation.of(Challenges).challenges.get(challenge_id)
    return challenge.text(asked.page.language) if challenge else None


def relay_page(asked: Asked) -> str:
    """The page as HTML."""
    projected = _projected(asked)
    shown: dict[str, Any] = {
        "questions": list(_questions(asked)),
        "turns": [_my_turn(asked, turn, number) for number, turn in enumerate(_mine(asked), 1)],
        "passed": list(_passed(asked)),
        "held": list(held(asked)),
        "facilitates": list(facilitated(asked)),
        "meetings": list(_meetings_with_room(asked)),
        "discovery": form(asked, "discovery", ""),
    }
    forms = [shown["discovery"], *(one["form"] for section in ("turns", "held") for one in shown[section])]
    forms += [turn["write"]["form"] for of in shown["facilitates"] for turn in of["been"] if turn["write"]]
    return asked.page.html(
        "relay",
        organisation=asked.organisation,
        person=asked.person,
        runs=asked.organisation.of(Relay).enabled,
        takes_part=_takes_part(asked),
        runs_here=_runs_here(asked),
        policy=asked.organisation.policy.text(asked.page.language),
        lead=_lead(asked, projected),
        noted=asked.done == NOTED_WORD,
        again=just_written(asked) if asked.done == NOTED_WORD else "",
        calendar=asked.calendar,
        concern=concern_path(asked.page.language, asked.organisation),
        coming=list(_coming(asked)),
        projected=[_row(asked, turn) for turn in projected],
        **around(asked, forms, (*ANSWERS, "text")),
        **learned(asked),
        **shown,
    )


# --- my turns -----------------------------------------------------------------------------------------------


def _foreseen(asked: Asked, projected: Iterable[Turn]) -> datetime | None:
    """When the person is next, as far as can be seen."""
    return next((turn.starts for turn in projected if turn.presenter == asked.person.id and turn.starts), None)


def _lead(asked: Asked, projected: Iterable[Turn]) -> str:
    """How things are for the person, in a sentence or two."""
    if not asked.organisation.of(Relay).enabled:
        return asked.say("Here you can write down what you have found out, and see what colleagues write.")
    if _runs_here(asked) and not asked.person.in_relay:
        return asked.say("You are not on the list of the AI relay. What colleagues have learned is for everybody.")
    if not _takes_part(asked):
        return asked.say(
            "Your department does not take part in the AI relay for now. What colleagues have learned is for everybody."
        )
    mine = _mine(asked)
    if starts := next((turn.starts for turn in mine if turn.starts), None):
        return asked.say("Your next turn is {moment}.", moment=asked.moment(starts))
    if mine:
        return asked.say("Your turn waits for a meeting.")
    foreseen = _foreseen(asked, projected)
    none = asked.say("You have no turn to come.")
    if foreseen is None:
        return none
    return f"{none} {asked.say('As it looks today, the next one is {moment}.', moment=asked.moment(foreseen))}"


def _mine(asked: Asked) -> list[Turn]:
    """The person's turns to come, those without a meeting last."""
    if not asked.person.in_relay:
        return []  # those they have are given on with the next tick
    mine = (turn for turn in _records(asked).turns.values() if turn.open and turn.presenter == asked.person.id)
    return sorted(mine, key=lambda turn: (turn.starts is None, turn.starts or turn.announced, turn.number))


def _questions(asked: Asked) -> Iterator[dict[str, Any]]:
    """Colleagues who ask for a swap, and what a yes means."""
    for turn in _records(asked).turns.values():
        whom = relay_swaps.asked(asked.organisation, turn, asked.now)
        if whom != asked.person.id or not asked.person.in_relay or turn.starts is None or turn.starts <= asked.now:
            continue
        task, means = _task(asked, turn.challenge), _what_yes_means(asked, turn, turn.starts)
        asker = asked.name(turn.presenter)
        yield {"about": turn.id, "asker": asker, "means": means, "task": task.title if task else ""}


def _what_yes_means(asked: Asked, turn: Turn, starts: datetime) -> str:
    """What a yes to a swap means for the person, who would present the turn when it `starts`."""
    own = relay_acts.coming_turn(_records(asked), turn, asked.person.id, asked.now)
    fields = {"moment": asked.moment(starts), "name": asked.name(turn.presenter)}
    standings = _records(asked).standings.get(turn.department)
    if own and own.starts:
        text = "You change places: you present on {moment}, and {name} presents for you on {own}."
        return asked.say(text, own=asked.moment(own.starts), **fields)
    if standings and standings.owed.get(turn.presenter) == asked.person.id:
        return asked.say("You present on {moment}, and then the two of you are even.", **fields)
    text = "You present on {moment}. The next time it is your turn, {name} presents for you."
    return asked.say(text, **fields)


def _my_turn(asked: Asked, turn: Turn, number: int) -> dict[str, Any]:
    challenge = asked.organisation.of(Challenges).challenges.get(turn.challenge) if turn.assigned else None
    open_ = turn.starts is None or turn.starts > asked.now
    earlier = _records(asked).learnings.get(turn.earlier)
    whom = relay_swaps.asked(asked.organisation, turn, asked.now)
    return {
        "about": turn.id,
        "when": opening(asked.moment(turn.starts)) if turn.starts else asked.say("Waits for a meeting"),
        "lines": list(_lines(asked, turn)),
        "task": challenge.text(asked.page.language) if challenge else None,
        "effort": _effort(asked, challenge.hours) if challenge else "",
        "own_task": bool(turn.assigned) and challenge is None,
        "earlier": answers(asked, earlier) if earlier else [],
        "changes": open_,
        "offered": asked.name(whom) if whom else "",
        "passing": _passing(asked, turn),
        "undo": _undo(asked, turn),
        "colleagues": _colleagues(asked, turn) if open_ else [],
        "form": form(asked, "swap", turn.id, number),
    }


def _colleagues(asked: Asked, turn: Turn) -> list[tuple[str, str]]:
    """Who may be asked to change places, by id and name."""
    if turn.starts is None:
        return []
    found = relay_acts.candidates(asked.organisation, _records(asked), turn)
    return [(key, asked.name(key)) for key in found]


def _effort(asked: Asked, hours: int) -> str:
    return asked.say("Your challenge, about {hours} hours", hours=asked.page.tongue.number(hours), count=hours)


def _lines(asked: Asked, turn: Turn) -> Iterator[str]:
    """What there is to say of a turn, a sentence each."""
    if turn.starts is None:
        yield asked.say(
            "The meeting fell away, or you could not be there. You keep the turn and get the next free one."
        )
        return
    minutes = asked.page.tongue.number(turn.minutes)
    yield asked.say("You have {minutes} minutes.", minutes=minutes) + (f" {turn.place}." if turn.place else "")
    if turn.presenter != turn.person:
        yield asked.say("You stand in for {name}.", name=asked.name(turn.person))
    if turn.kind == "volunteer":
        yield asked.say("You have volunteered for this one.")
    elif turn.kind == "retry":
        yield asked.say("You try again what did not work yet.")
    if turn.starts <= asked.now:
        yield asked.say("The meeting has begun.")
    elif not turn.assigned:
        day = assignment_day(asked.organisation, turn.starts.date())
        yield asked.say("You get the challenge on {day}.", day=asked.page.day(max(day, asked.today), asked.today))


def _passing(asked: Asked, turn: Turn) -> str:
    """What becomes of the turn when the person passes."""
    if turn.presenter != turn.person:
        return asked.say("The turn goes back to {name}.", name=asked.name(turn.person))
    if turn.kind != "normal":
        return asked.say("The turn falls away, and the place at the meeting is free again.")
    return asked.say(
        "The turn goes to whoever is next, and you are not asked again in this round. "
        "You can take it back until a colleague is at work on it."
    )


def _undo(asked: Asked, turn: Turn) -> str:
    """The button that takes back the last deed about the turn; empty when it is not this person's to take back."""
    last = next((deed for deed in reversed(turn.deeds) if deed.by != SERVICE), None)
    if last is None or last.by != asked.person.id or last.what not in UNDONE:
        return ""
    try:
        relay_acts.undo(asked.organisation, _records(asked), turn.id, Request(by=asked.person.id, at=asked.now))
    except NotPossible:
        return ""
    return word("undo", last.what).said(asked.page.language)


def _passed(asked: Asked) -> Iterator[dict[str, Any]]:
    """Turns the person passed and may still take back."""
    for turn in _records(asked).turns.values():
        if turn.person == asked.person.id and turn.state == "passed" and turn.starts and _undo(asked, turn):
            yield {"about": turn.id, "when": asked.moment(turn.starts), "undo": _undo(asked, turn)}


# --- for everybody ------------------------------------------------------------------------------------------


def _meetings_with_room(asked: Asked) -> Iterator[dict[str, Any]]:
    """The coming meetings at which the person could have a turn more."""
    organisation, today, found = asked.organisation, asked.today, 0
    if not _takes_part(asked):
        return
    for meeting in relay.meetings(organisation, asked.person.department, today, today + relay.SEARCHED):
        request = Request(by=asked.person.id, at=asked.now)
        if found == ROOM or not time_enough(organisation, today, meeting.day):
            continue
        try:
            relay_acts.volunteer(organisation, _records(asked), asked.person.id, meeting, request)
        except NotPossible:
            continue
        found += 1
        yield {"about": meeting.id, "when": asked.moment(meeting.starts)}


def _projected(asked: Asked) -> tuple[Turn, ...]:
    if not _takes_part(asked):
        return ()
    return relay.projected(asked.organisation, _records(asked), asked.person.department, asked.now)


def _coming(asked: Asked) -> Iterator[dict[str, Any]]:
    """The department's turns that are announced."""
    if not _takes_part(asked):
        return
    table = asked.organisation.called.table(asked.person.department)
    turns = [turn for turn in _records(asked).of_department(table) if turn.open]
    for turn in sorted(turns, key=lambda one: (one.starts is None, one.starts or one.announced, one.seat)):
        yield _row(asked, turn)


def _row(asked: Asked, turn: Turn) -> dict[str, Any]:
    name, task = asked.name(turn.presenter), _task(asked, turn.challenge)
    if turn.presenter != turn.person:
        name = asked.say("{name}, for {other}", name=name, other=asked.name(turn.person))
    return {
        "when": opening(asked.moment(turn.starts)) if turn.starts else asked.say("Waits for a meeting"),
        "name": name,
        "title": task.title if task and turn.assigned else "",
    }
