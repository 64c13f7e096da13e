"""What the page shows whoever sees to the relay in a department: the turns to come, those that have been, and what can be
done about them. Pure.

Of turns of which nothing is written there is the day and the challenge, and nobody's name.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from culture.relay.deeds import SERVICE, Did
from culture.relay.schedule import RelayRecords, departments
from culture.relay.turns import Turn
from mailer.words import opening
from service.pages.page_row import Asked
from service.relay.learning_form import can_be_told_of, title, written
from service.relay.shared_words import at_table

TO_CLOSE = timedelta(days=14)
"""After how long without a learning a turn is the facilitator's to close: its presenter has been asked twice by then."""

FORMS_FROM = 100
"""The numbers of the forms here: those of one's own turns come before."""


def facilitated(asked: Asked) -> Iterator[dict[str, Any]]:
    """The departments whose relay the person sees to."""
    number = FORMS_FROM
    for key in departments(asked.organisation):
        if asked.organisation.facilitators.get(key) != asked.person.id:
            continue
        shown = _shown(asked, key, number)
        number += len(shown["been"])
        if any(shown.values()):
            yield {"department": at_table(asked.organisation, key, asked.page.language), **shown}


def _shown(asked: Asked, key: str, number: int) -> dict[str, list[dict[str, Any]]]:
    """What is shown of one department; `number` is that of the last form before its own."""
    turns = asked.view.world.of(RelayRecords).of_department(key)
    been = [turn for turn in reversed(turns) if _is_waited_for(asked, turn)]
    return {
        "coming": [_coming(asked, turn) for turn in turns if turn.open and turn.starts and turn.starts > asked.now],
        "been": [_been(asked, turn, number + place) for place, turn in enumerate(been, 1)],
        "lost": [_lost(asked, turn) for turn in turns if _was_lost(turn)],
        "without_mail": list(_without_mail(asked, key)),
    }


def _without_mail(asked: Asked, key: str) -> Iterator[dict[str, Any]]:
    """Who gets no letters in the department, and whether they have turns: somebody has to ask them."""
    for person in sorted(asked.organisation.people.values(), key=lambda one: (one.name, one.id)):
        if (
            asked.organisation.called.table(person.department) == key
            and not person.email
            and person.works_here(asked.today)
        ):
            yield {"about": person.id, "name": person.name, "in": person.in_relay}


def _is_waited_for(asked: Asked, turn: Turn) -> bool:
    """Whether it has been, nothing is written of it, and nobody has closed it."""
    told = turn.id in asked.view.world.of(RelayRecords).learnings
    return can_be_told_of(asked, turn) and not told and not turn.closed


def _coming(asked: Asked, turn: Turn) -> dict[str, Any]:
    assert turn.starts is not None
    return {
        "about": turn.id,
        "when": opening(asked.moment(turn.starts)),
        "name": asked.name(turn.presenter),
        "title": title(asked, turn) if turn.assigned else "",
    }


def _been(asked: Asked, turn: Turn, number: int) -> dict[str, Any]:
    assert turn.starts is not None
    return {
        "about": turn.id,
        "when": opening(asked.moment(turn.starts)),
        "title": title(asked, turn),
        "over": turn.state == "held",  # else its slot is not over yet, and it may still be held
        "to_close": turn.state == "held" and asked.now - turn.starts >= TO_CLOSE,
        # One's own stands among one's own turns.
        "write": written(asked, turn, number) if turn.presenter != asked.person.id else None,
    }


def _was_lost(turn: Turn) -> bool:
    """Whether the last that somebody said of it is that it came to nothing."""
    last = next((deed for deed in reversed(turn.deeds) if deed.by != SERVICE), None)
    return turn.open and last is not None and last.what is Did.MISSED


def _lost(asked: Asked, turn: Turn) -> dict[str, Any]:
    was = next((deed.was for deed in reversed(turn.deeds) if deed.what is Did.MISSED), None)
    return {"about": turn.id, "when": opening(asked.moment(was)) if was else "", "title": title(asked, turn)}
