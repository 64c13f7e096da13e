"""The pulse: one question to everybody once a month, answered without a name, for the whole organisation only. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from culture.concerns import Tally
from culture.keys import NotAKey, TallyKey
from culture.workdays import Week

PULSE = "pulse"

ANSWERS = (1, 2, 3, 4)
"""No, nothing; a little; quite something; a lot. An even number: nobody is to sit in the middle."""

MIDDLE = 15
"""The question comes in the week that holds this day of the month: far from the steps, and once in each month."""

OPEN_DAYS = 14
"""So long the question can be answered, from its week's Monday on; an answer counts for that week."""


def asks_in(week: Week) -> bool:
    """Whether the letter of that week carries the question."""
    return any(day.day == MIDDLE for day in week.days)


def open_week(today: date) -> Week | None:
    """The week whose question can be answered today; None when none can."""
    days = (today - timedelta(days=7 * n) for n in range(OPEN_DAYS // 7) if today.toordinal() > 7 * n)
    return next((Week.of(day) for day in days if asks_in(Week.of(day))), None)


def next_week(today: date) -> Week:
    """The week in which the question comes next."""
    day = today
    while day < date.max - timedelta(days=7) and not asks_in(Week.of(day)):
        day += timedelta(days=7)
    return Week.of(day)


def answers(tallies: Mapping[str, Tally], first: date, last: date) -> dict[Week, dict[int, int]]:
    """How many gave each answer, by the week that asked, of the weeks whose Monday lies between the two days, both
    included. Exact: whoever shows them sees to it that nobody is found by them."""
    found: dict[Week, dict[int, int]] = {}
    for text, tally in sorted(tallies.items()):
        try:
            key = TallyKey.from_text(text)
        except NotAKey:
            continue
        if key.about == PULSE and key.answer in ANSWERS and first <= key.week.monday <= last:
            found.setdefault(key.week, {})[key.answer] = tally.count
    return found
