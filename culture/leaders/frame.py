"""The frame that leaders set: six questions on one sheet before their first step, and what is open asked of the contact.
Pure."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from culture.organisation import Organisation
from culture.policy import QUESTIONS, Policy, Question
from culture.workdays import first_day
from culture.working_days import is_working_day

ANSWERED_WITHIN = 5
"""So many working days the contact has to answer what is open, before the sheet goes without it."""

ASKED_AGAIN_MONTHS = 3
"""After so many months the contact is asked again what is still open: a board meets once a quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A beginning with the leaders. `asked`: the day on which the contact was asked what is open; `sheet`: the day on
    which managers got the sheet, None before; `undecided`: what was open then."""

    asked: date
    sheet: date | None = None
    undecided: tuple[Question, ...] = ()


def sheet_day(organisation: Organisation, frame: Frame) -> date | None:
    """The day from which the sheet goes: at once when nothing is open, else when the contact has had time to answer."""
    if frame.sheet:
        return frame.sheet
    day: date | None = frame.asked
    if not organisation.policy.open:
        return day
    for _ in range(ANSWERED_WITHIN):
        day = day and first_day(day + timedelta(days=1), lambda one: is_working_day(organisation, one))
    return day


def last_asked(frame: Frame, today: date) -> tuple[date, int]:
    """The day on which the contact was asked last, and the how manieth time, 0 for the first."""
    day, number = frame.asked, 0
    while (after := _later(frame.asked, (number + 1) * ASKED_AGAIN_MONTHS)) and after <= today:
        day, number = after, number + 1
    return day, number


def _later(day: date, months: int) -> date | None:
    """The same day so many months later, the month's last where it has no such day; None beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def answers(policy: Policy, language: str) -> Mapping[Question, str]:
    """All six, in their order, in a language; empty where nothing is decided."""
    return {one: policy.answer(one, language) for one in QUESTIONS}
