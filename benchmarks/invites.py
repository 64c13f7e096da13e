"""Invitations: one for each person, with its VTIMEZONE, beside what icalendar and ical take for the same."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone

from benchmarks.goal import Goal, cpu_seconds, medians, one_core
from calendars.difference import Change, changes
from calendars.event import Series, Words
from calendars.invite import part as invite
from tests.oracles import by_icalendar

MANY, FEW = 2000, 200
"""How many are written in a round: ours, and those of the libraries, which take longer."""

ZONE = "Europe/Copenhagen"
NOW = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SERVICE = ("AI-kultur", "ai-kultur@x.example")
WORDS = Words(
    summary="AI-tid",
    description="Tid til at prøve AI af i dit eget arbejde. Dagens prompt står i ugens brev og på din egen side.\n\n"
    "Godkendte værktøjer: den assistent, du finder på intranettet.\nData, der må deles: kun offentlige tekster.\n"
    "Ansvar: du står for det, du sender videre; ligesom ellers.\n",
)
SERIES = Series(
    uid="block-243b71549c1afc4fe66fc8a41a33808f@x.example",
    first=date(2027, 1, 5),
    until=date(2028, 1, 3),
    start=time(12, 30),
    minutes=10,
    zone=ZONE,
    weekdays=frozenset(range(1, 6)),
    exdates=frozenset(date(2027, 3, 25) + timedelta(days=n) for n in (0, 1, 4, 42, 53)),
    busy="free",
    reminder_minutes=None,
)


def change() -> Change:
    """What creates the series."""
    (found,) = changes({"7": SERIES}, {}, {}, NOW, {})
    return found


def mailbox(number: int) -> tuple[str, str]:
    return f"Åse {number} Ærø", f"person{number}@x.example"


def ours(many: int) -> None:
    told = change()
    for number in range(many):
        invite.part(told, WORDS, SERVICE, mailbox(number))


def plain(many: int) -> None:
    """Our own plain way: the event by icalendar, the zone as ready bytes."""
    told = change()
    for number in range(many):
        by_icalendar.invitation(told, WORDS, SERVICE, mailbox(number))


def library(many: int) -> None:
    """The usual way: the whole by icalendar, its zone made once and kept as a component."""
    told, zone = change(), Timezone.from_tzid(ZONE)
    for number in range(many):
        calendar = by_icalendar.invited(told, WORDS, SERVICE, mailbox(number))
        calendar.subcomponents.insert(0, zone)
        calendar.to_ical()


def by_ical() -> Callable[[int], None] | None:
    """The same by ical, its zone made once; None where it is not installed."""
    try:
        from ical.calendar import Calendar
        from ical.calendar_stream import IcsCalendarStream
        from ical.event import Event
        from ical.timezone import Timezone as OtherZone
        from ical.types import Recur
    except ImportError:
        return None
    zone, own = OtherZone.from_tzif(ZONE), ZoneInfo(ZONE)
    starts = datetime.combine(SERIES.first, SERIES.start, own)

    def write(many: int) -> None:
        for number in range(many):
            name, address = mailbox(number)
            calendar = Calendar.model_validate({"method": "REQUEST", "timezones": [zone]})
            event = {
                "uid": SERIES.uid,
                "dtstamp": NOW,
                "dtstart": starts,
                "dtend": starts + timedelta(minutes=SERIES.minutes),
                "rrule": Recur.from_rrule("FREQ=WEEKLY;UNTIL=20280103T225959Z;BYDAY=MO,TU,WE,TH,FR"),
                "exdate": [datetime.combine(day, SERIES.start, own) for day in sorted(SERIES.exdates)],
                "summary": WORDS.summary,
                "description": WORDS.description,
                "organizer": {"uri": f"mailto:{SERVICE[1]}", "common_name": SERVICE[0]},
                "attendees": [{"uri": f"mailto:{address}", "common_name": name, "role": "REQ-PARTICIPANT"}],
                "sequence": 0,
                "transparency": "TRANSPARENT",
            }
            calendar.events.append(Event.model_validate(event))
            IcsCalendarStream.calendar_to_ics(calendar)

    return write


def goals() -> Iterator[Goal]:
    """One invitation, CPU on one core."""
    other = by_ical()
    works: list[tuple[Callable[[int], None], int]] = [(ours, MANY), (library, FEW), (plain, FEW)]
    if other:
        works.append((other, FEW))
    with one_core():
        found = medians(*(_each(work, many) for work, many in works))
    mine, cached, ready = found[:3]
    figure = f"{mine * 1e6:.0f} us"
    beside = f"icalendar, cached time zone, {cached * 1e6:.0f} us"
    yield Goal(area="iMIP invite with VTIMEZONE", figure=figure, baseline=beside, ratio=cached / mine, wanted=20)
    beside = f"icalendar, time zone as bytes, {ready * 1e6:.0f} us"
    yield Goal(area="iMIP invite with VTIMEZONE", figure=figure, baseline=beside, ratio=ready / mine, wanted=None)
    beside = f"ical, cached time zone, {found[3] * 1e6:.0f} us" if other else "ical"
    ratio = found[3] / mine if other else None
    yield Goal(area="iMIP invite with VTIMEZONE", figure=figure, baseline=beside, ratio=ratio, wanted=None)


def _each(work: Callable[[int], None], many: int) -> Callable[[], float]:
    """The CPU seconds of one of `many`."""
    return lambda: cpu_seconds(lambda: work(many)) / many
