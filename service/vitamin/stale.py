"""Which prompts that were given need not be remembered any more. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from culture.keys import PromptsKey
from culture.vitamin.prompts import History
from culture.vitamin.timetable import Pair
from culture.workdays import Week
from service.engine.table_row import KEEP


def stale_prompts(history: Mapping[Pair, History], present: Collection[Pair], today: date) -> set[str]:
    """The weeks of given prompts (by their keys) of which no choice of a prompt depends any more.

    A choice looks at when each prompt was dealt last: whether it rests, and whether the round that is being dealt has had
    it. Weeks younger than KEEP stay for people to look back on. Where nobody is any more (not in `present`) no choice is
    made.
    """
    stale = set[str]()
    for (department, track), given in history.items():
        last = {given[day].prompt: _monday(day) for day in sorted(given)} if (department, track) in present else {}
        mondays = {_monday(day) for day in given} - set(last.values())
        old = [monday for monday in mondays if monday < today - KEEP - timedelta(days=6)]  # and so is its Sunday
        stale |= {PromptsKey(department, track, Week.of(monday)).to_text() for monday in old}
    return stale


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
