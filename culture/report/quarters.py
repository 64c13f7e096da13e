"""What is remembered of the quarters that are over, and who is told of the last one. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from culture.notice import Notice
from culture.organisation import Organisation
from culture.quarter import Quarter
from culture.report.anonymity import Choice
from culture.workdays import first_day
from culture.working_days import is_working_day

KIND = "report"

LATENESS = timedelta(days=30)
"""A quarter is old news when the next one is a third over; `aikultur report` writes it at any time."""

REGRETTED = timedelta(days=7)
"""For so long afterwards it is still due, to be counted as too late."""

SETTLED = timedelta(days=30)
"""How long the service must have known somebody in a quarter for there to be something to tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How things were when a quarter was over: what is not of the quarter, and cannot be counted afterwards.

    `standing`: public things, by figure and row. `choices`: what people had chosen, likewise.
    """

    standing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportRecords:
    """The quarters that were closed, by their names."""

    closed: Mapping[str, Closed] = field(default_factory=dict)

    def before(self, quarter: Quarter) -> Closed:
        """How things were at the end of the last quarter before that one of which it is known."""
        names = [name for name in self.closed if name < str(quarter)]
        return self.closed[max(names)] if names else Closed()


def last_over(today: date) -> Quarter:
    """The last quarter to which nothing can be added any more."""
    found = Quarter.of(today).before
    return found if found.closes <= today else found.before


def lived(organisation: Organisation, quarter: Quarter) -> bool:
    """Whether the service knew anybody for long enough in that quarter."""
    seen_by = datetime.combine(quarter.last - SETTLED + timedelta(days=1), time(), organisation.tz)
    return any(person.first_seen < seen_by for person in organisation.people.values())


def due(organisation: Organisation, readers: Iterable[str], now: datetime) -> Iterator[Notice]:
    """To each reader the report of the last quarter that is over, on the first working morning after."""
    quarter = last_over(now.astimezone(organisation.tz).date())
    day = first_day(quarter.closes, lambda day: is_working_day(organisation, day))
    if day is None:
        return
    moment = datetime.combine(day, organisation.window.opens, organisation.tz)
    too_late = moment + LATENESS
    told = moment <= now < too_late + REGRETTED and lived(organisation, quarter)
    for reader in dict.fromkeys(readers) if told else ():
        yield Notice(kind=KIND, period=str(quarter), person_id=reader, due=moment, too_late=too_late)
