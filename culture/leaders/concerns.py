"""What becomes of concerns: once a month the contact gets those that wait, releases each or keeps it back, and answers it or
says who was asked; and where a writer chose so, their manager gets it, if ten others could have written it. Pure.

The contact is never told of a department. A manager is told of the month before, and never of a day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from culture.concerns import TOLD_FOR, Concern
from culture.keys import AboutPeriod
from culture.leaders.settings import Leaders
from culture.leaders.steps import month_of, months_end
from culture.notice import Notice
from culture.organisation import Organisation
from culture.outsiders import contact
from culture.people import Person
from culture.released import Released, ReleasedConcern
from culture.trouble import Troubles
from culture.workdays import Week, first_day
from culture.world import World

OTHERS = 10
"""So many others must have been able to write it before a manager is told: the number among whom a line without a name may
stand."""

FIRST = 2
"""The day of a month from which the month before is whole: what is handed in on the first, by night, is of that month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the contact decided about a concern, by its id. `released`: for all to read, with `text` as it stands there, in
    which names may be left out; else it is kept back and nobody else reads it. `asked` and `answer_by`: where there is no
    answer yet, who is to give one, and when."""

    id: str
    month: str
    day: date
    released: bool = True
    text: str = ""
    answer: str = ""
    answered_on: date | None = None
    asked: str = ""
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class ConcernRecords:
    """All concerns by id, and what was decided about them."""

    concerns: Mapping[str, Concern] = field(default_factory=dict)
    decided: Mapping[str, Decided] = field(default_factory=dict)


# --- what waits for the contact


def undecided(world: World) -> tuple[Concern, ...]:
    """Those that nobody has decided about, by month; within a month in the order of ids drawn by chance."""
    found = world.of(ConcernRecords)
    return tuple(sorted((one for key, one in found.concerns.items() if key not in found.decided), key=_by_month))


def _by_month(one: Concern) -> tuple[str, str]:
    return one.month, one.id


def overdue(world: World) -> tuple[Decided, ...]:
    """Those that were to be answered by now and are not, the longest first."""
    late = (one for one in unanswered(world) if one.answer_by and one.answer_by < world.today)
    return tuple(sorted(late, key=lambda one: (one.answer_by, one.id)))


def unanswered(world: World) -> tuple[Decided, ...]:
    """Those that everybody can read and that have no answer yet, the oldest first."""
    found = world.of(ConcernRecords).decided.values()
    return tuple(sorted((one for one in found if one.released and not one.answer), key=lambda one: (one.day, one.id)))


def released(records: ConcernRecords) -> Released:
    """Those that everybody may read, the newest first."""
    found = sorted(records.decided.values(), key=lambda one: (one.day, one.id), reverse=True)
    return Released(
        tuple(
            ReleasedConcern(
                id=one.id,
                text=one.text,
                released_on=one.day,
                answer=one.answer,
                answered_on=one.answered_on,
                asked_name=one.asked,
                answer_by=one.answer_by,
            )
            for one in found
            if one.released
        )
    )


# --- whose manager may be told


def to_managers(world: World) -> dict[str, str]:
    """The departments, key and name, that can be chosen now."""
    organisation, today = world.organisation, world.today
    if not organisation.of(Leaders).enabled:
        return {}
    led = {key for key in organisation.departments if manager(organisation, key, today)}
    many = _many(organisation, month_of(today)) if led else frozenset()
    return {key: one.name for key, one in organisation.departments.items() if key in led & many}


def manager(organisation: Organisation, department: str, today: date) -> Person | None:
    """The department's manager, if one is decided, works here and has an address."""
    person = organisation.people.get(organisation.managers.get(department, ""))
    return person if person and person.email and person.works_here(today) else None


def _many(organisation: Organisation, month: str) -> frozenset[str]:
    """The departments in which the writer and OTHERS more could have written it in that month: those who are known to have
    worked there all of it, and were not away all of it. A manager knows that it was not them."""
    first, last = days_of(month)
    found = Counter[str]()
    for person in organisation.people.values():
        if person.id != organisation.managers.get(person.department) and _there(organisation, person, first, last):
            found[person.department] += 1
    return frozenset(key for key, count in found.items() if count > OTHERS)


def _there(organisation: Organisation, person: Person, first: date, last: date) -> bool:
    began = person.started or organisation.today(person, person.first_seen)
    if began > first or (person.left is not None and person.left < last):
        return False
    return not any(span.first <= first and last <= span.last for span in organisation.absences.get(person.id, ()))


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as 2026-12."""
    return date.fromisoformat(f"{month}-01"), months_end(month) - timedelta(days=1)


def for_manager(world: World, department: str, month: str) -> tuple[Concern, ...]:
    """What the department's manager may be told of a month; nothing where too few could have written it."""
    found = chosen(world, department, month)
    return found if found and department in _many(world.organisation, month) else ()


def chosen(world: World, department: str, month: str) -> tuple[Concern, ...]:
    """The concerns of a month whose writers chose that the department's manager gets them too."""
    found = world.of(ConcernRecords).concerns.values()
    theirs = (one for one in found if (one.department, one.month) == (department, month))
    return tuple(sorted(theirs, key=_by_month))


# --- what is said


def due(world: World, troubles: Troubles) -> Iterator[Notice]:
    """The month's letters: to the contact, where something waits for them, and to managers."""
    organisation = world.organisation
    if not organisation.of(Leaders).enabled:
        return
    day = letter_day(organisation, world.today)
    moment = datetime.combine(day, organisation.of(Leaders).letter_at, organisation.tz) if day else None
    if moment is None or moment > world.now:
        return
    with troubles.of("contact", "letters"):
        yield from _to_contact(world, moment)
    month = month_of(world.today.replace(day=1) - timedelta(days=1))
    for key in organisation.departments:
        person = manager(organisation, key, world.today)
        if person:
            with troubles.of(person.id, "letters"):
                yield from _to_manager(world, person, key, month, moment)


def letter_day(organisation: Organisation, today: date) -> date | None:
    """The day of this month on which the letters leave: the first working day from the second on; None where all is
    closed as far as one looks."""
    return first_day(today.replace(day=FIRST), organisation.closing.works)


def _to_contact(world: World, moment: datetime) -> Iterator[Notice]:
    this = month_of(world.today)
    if any(one.month < this for one in undecided(world)) or overdue(world):
        yield Notice(
            kind="concerns",
            period=this,
            person_id=contact(world).id,
            due=moment,
            too_late=_midnight(world, days_of(this)[1] + timedelta(days=1)),
        )


def _to_manager(world: World, person: Person, department: str, month: str, moment: datetime) -> Iterator[Notice]:
    if for_manager(world, department, month):
        yield Notice(
            kind="concern",
            period=AboutPeriod(department, days_of(month)[0]).to_text(),
            person_id=person.id,
            due=moment,
            too_late=_midnight(world, days_of(month)[1] + timedelta(days=1) + TOLD_FOR),
        )


def _midnight(world: World, day: date) -> datetime:
    return datetime.combine(day, time(0), world.organisation.tz)


def of_week(world: World, today: date) -> tuple[Decided, ...]:
    """What the weekly letter tells once: what was released or answered in the week before, the newest first."""
    if not world.organisation.of(Leaders).enabled:
        return ()
    this = Week.of(today).monday
    days = (this - timedelta(days=7), this - timedelta(days=1))
    found = [one for one in world.of(ConcernRecords).decided.values() if one.released and _told(one, days)]
    return tuple(sorted(found, key=lambda one: (one.answered_on or one.day, one.id), reverse=True))


def _told(one: Decided, days: tuple[date, date]) -> bool:
    return any(days[0] <= day <= days[1] for day in (one.day, one.answered_on) if day)


# --- what the contact does


def release(concern: Concern, text: str, reply: Decided, today: date) -> Decided:
    """Released with the text as it is to stand, and with the answer, or who was asked, that `reply` holds."""
    return replace(reply, id=concern.id, month=concern.month, day=today, released=True, text=text)


def keep_back(concern: Concern, today: date) -> Decided:
    """Kept back: nobody else reads it, and it is not asked about again."""
    return Decided(id=concern.id, month=concern.month, day=today, released=False)


def answered(before: Decided, reply: Decided) -> Decided:
    """With the answer, or who was asked, that `reply` holds. The same answer again keeps its day."""
    if reply.answer and reply.answer == before.answer:
        return before
    return replace(
        before,
        answer=reply.answer,
        answered_on=reply.answered_on,
        asked=reply.asked or before.asked,
        answer_by=reply.answer_by or before.answer_by,
    )
