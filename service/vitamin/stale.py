"""Which prompts that were given need not be remembered any more. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from culture.keys import PromptsKey
from culture.vitamin.prompts import REST_DAYS, History
from culture.vitamin.timetable import Pair
from culture.workdays import Week
from service.engine.table_row import KEEP


def stale_prompts(history: Mapping[Pair, History], present: Collection[Pair], today: date) -> set[str]:
    """The weeks of given prompts (by their keys) of which no choice of a prompt depends any more.

    A choice looks at the round that is being dealt and at the last REST_DAYS days. Weeks younger than KEEP stay for
    people to look back on. Where nobody is any more (not in `present`) no choice is made.
    """
    stale = set[str]()
    for (department, track), given in history.items():
        days, needed = sorted(given), today - KEEP
        if (department, track) in present:
            begun = min(day for day in days if given[day].round == given[days[-1]].round)
            needed = min(begun, days[-REST_DAYS - 1 :][0], needed)
        mondays = {day - timedelta(days=day.weekday()) for day in days}
        old = [monday for monday in mondays if monday < needed - timedelta(days=6)]  # and so is its Sunday
        stale |= {PromptsKey(department, track, Week.of(monday)).to_text() for monday in old}
    return stale
