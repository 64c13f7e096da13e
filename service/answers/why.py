"""What was due to one person, and which rule let it go or held it: the last five weeks and the next two. Pure.

Days come from the rules, letters from what is remembered of them and from the forecast. What the files say of past days
is what they say today: a row that HR has changed since is not known as it was.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from culture.choice import Choice
from culture.keys import NotAKey, NoticeKey
from culture.people import NO_PREFERENCE, Person, Preference, Row, resolve
from culture.unsaid import Recall, Silence, Unsaid
from culture.vitamin import rules
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.workdays import Week, public_holidays
from culture.world import World
from mailer.transport import way_of
from service.answers.forecast import Coming
from service.answers.quiet import about
from service.planning.fuse import Held
from store.archive import Folded
from store.letters import LetterRecord

BACK, AHEAD = timedelta(weeks=5), timedelta(weeks=2)
"""As far back as letters are in the store, and as far ahead as anybody asks."""

EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What is remembered of one person. `row` is what the people file says of them; None: nothing is known of it."""

    person: Person
    row: Row | None = None
    preference: Preference = NO_PREFERENCE
    letters: tuple[LetterRecord | Folded, ...] = ()
    choices: tuple[tuple[datetime, Choice], ...] = ()  # the first first
    unsaid: Mapping[str, Unsaid] = field(default_factory=dict)
    refused: Mapping[str, datetime] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    recalls: tuple[Recall, ...] = ()
    taken_out: bool = False  # the person took the block out of their own calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, and why there are ten minutes on it or none. Codes: block, off, left, starts, missing, not-known, programme,
    no-day, day-off, holiday, quiet-week, closed, recalled, absent, paused, no-channel, no-mail, taken-out, no-prompt."""

    day: date
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One letter, or one that did not come: when it was settled, due or will go (aware, in the person's zone), and why.
    Codes: those of `why_said.SENTENCES`."""

    at: datetime
    kind: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
    letter: LetterRecord | Folded | None = None


# --- who they were then ------------------------------------------------------------------------------------


def preference_at(known: Remembered, at: datetime) -> Preference:
    """What the person had chosen at a moment, by what was written down of their choices."""
    values: dict[str, Any] = {}
    for name in (one.name for one in fields(Preference)):
        made = [(when, choice) for when, choice in known.choices if name in choice.fields]
        before = [choice for when, choice in made if when <= at]
        if before:
            values[name] = getattr(before[-1].chosen, name)
        elif made:  # the first that is known came later: only of a stop it says what was before
            values[name] = not made[0][1].chosen.stopped if name == "stopped" else getattr(NO_PREFERENCE, name)
    return replace(known.preference, **values)


def person_at(world: World, known: Remembered, at: datetime) -> Person:
    """The person as the rules saw them at a moment."""
    person, organisation = known.person, world.organisation
    department = organisation.departments.get(person.department)
    if known.row is None or department is None or at >= world.now:
        return person
    chosen = preference_at(known, at)
    then = resolve(person.id, known.row, chosen, department, organisation.defaults, person.first_seen)
    return replace(then, left=person.left)


# --- days --------------------------------------------------------------------------------------------------


def days(world: World, known: Remembered) -> Iterator[Day]:
    """Each day from BACK before today to AHEAD after it."""
    today = world.organisation.today(known.person, world.now)
    for number in range(-BACK.days, AHEAD.days + 1):
        day = today + timedelta(days=number)
        yield day_of(world, known, person_at(world, known, datetime.combine(day, time(12), known.person.tz)), day)


def day_of(world: World, known: Remembered, person: Person, day: date) -> Day:
    """The day of the person as they were then."""
    found = _nothing(world, person, day) or _closed(world, day) or _taken_back(known, person, day)
    code, data = found or _theirs(world, known, person, day)
    return Day(day=day, code=code, data=data)


Found = tuple[str, Mapping[str, Any]]


def _nothing(world: World, person: Person, day: date) -> Found | None:
    """Why the day is none of the person's here at all."""
    organisation, vitamin = world.organisation, world.organisation.of(Vitamin)
    seen = person.first_seen.astimezone(person.tz).date()
    checks: tuple[tuple[bool, str, date | None], ...] = (
        (not vitamin.enabled, "off", None),
        (bool(person.id in organisation.outside and person.left and person.left < day), "outside", person.left),
        (bool(person.left and person.left < day), "left", person.left),
        (bool(person.started and day < person.started), "starts", person.started),
        (day < seen, "not-known", seen),
        (person.id in organisation.missing and day >= world.today, "missing", None),
        (bool(vitamin.starts and day < vitamin.starts), "programme", vitamin.starts),
        (day.isoweekday() not in vitamin.days, "no-day", None),
        (day.isoweekday() not in person.working_days, "day-off", None),
    )
    return next(((code, {"day": since} if since else EMPTY) for so, code, since in checks if so), None)


def _closed(world: World, day: date) -> Found | None:
    closing = world.organisation.closing
    if not closing.closed(day):
        return None
    if day in public_holidays(closing.country, day.year):
        return "holiday", EMPTY
    week = Week.of(day)
    quiet = week.number in closing.quiet_week_numbers or week in closing.quiet_weeks
    return ("quiet-week" if quiet else "closed"), EMPTY


def _taken_back(known: Remembered, person: Person, day: date) -> Found | None:
    """That all was taken back at the end of the day."""
    end = datetime.combine(day + timedelta(days=1), time(0), person.tz)
    since = next((one.since for one in known.recalls if one.meets(end - timedelta(seconds=1), end)), None)
    return ("recalled", {"day": since.astimezone(person.tz).date()}) if since else None


def _theirs(world: World, known: Remembered, person: Person, day: date) -> Found:
    if world.organisation.absent(person, day):
        return "absent", EMPTY
    if person.pause_until and day < person.pause_until:
        return "paused", {"day": person.pause_until}
    if not rules.pill_days(world, person, day, day):
        return "no-prompt", EMPTY
    if person.channel == "none":
        return ("no-channel" if person.email else "no-mail"), EMPTY
    if known.taken_out and day >= world.today:
        return "taken-out", EMPTY
    return "block", _block(world, person, day)


def _block(world: World, person: Person, day: date) -> Mapping[str, Any]:
    """When the ten minutes of the day are, and the usual time where they were moved."""
    yields = world.organisation.of(Vitamin).yields
    moved = world.of(VitaminRecords).places.get(person.id, {}).get(day) if yields else None
    usual = rules.start_time(world.organisation, person)
    return {"at": moved, "usual": usual} if moved else {"at": usual}


def time_by(world: World, known: Remembered) -> str:
    """Who decided when the ten minutes are: chosen, people-file, department, organisation, or spread over a window."""
    department = world.organisation.departments.get(known.person.department)
    if known.preference.time:
        return "chosen"
    if known.row and known.row.time:
        return "people-file"
    if department and department.time:
        return "department"
    opens, closes = world.organisation.of(Vitamin).time
    return "organisation" if opens == closes else "spread"


# --- letters -----------------------------------------------------------------------------------------------


def past(world: World, known: Remembered) -> list[Line]:
    """What went, and what was due and did not, oldest first."""
    since, tz = world.now - BACK, known.person.tz
    lines = [_of_letter(one, tz) for one in known.letters]
    said = _told(known.letters) | _all_named((*known.unsaid, *known.refused))
    lines += _unsaid(known, tz)
    lines += _not_welcomed(world, known, said)
    weeks = _weeks(world, known, said, since.astimezone(tz).date(), BACK)
    lines += [line for line in weeks if line.at <= world.now]
    return sorted((one for one in lines if one.at >= since), key=lambda one: one.at)


def _weeks(
    world: World, known: Remembered, said: Container[tuple[str, str]], first: date, span: timedelta
) -> Iterator[Line]:
    """The weeks from that of `first` on whose letter is not among what is `said`, as far as a rule tells why."""
    monday = Week.of(first).monday
    for week in (Week.of(monday + timedelta(weeks=n)) for n in range(span.days // 7 + 1)):
        found = _week(world, known, week) if ("tip", str(week)) not in said else None
        if found:
            yield found


def _of_letter(letter: LetterRecord | Folded, tz: Any) -> Line:
    """A letter that was written, and what came of it."""
    at, code = letter.settled_at, letter.state
    data: dict[str, Any] = {"to": letter.to, "said": letter.said}
    if isinstance(letter, LetterRecord):
        at = at or letter.claimed_at
        if letter.state == "claimed":
            code = "put-off" if letter.attempts else "on-its-way"
        if letter.state == "sent" and way_of(letter.transport) == "file":
            code = "file"
    if letter.state == "sent" and letter.in_doubt:
        code = "in-doubt"
    assert at is not None
    return Line(at=at.astimezone(tz), kind=letter.kinds[0], code=code, data=data, letter=letter)


def _unsaid(known: Remembered, tz: Any) -> Iterator[Line]:
    """What was too late, and what the administrator refused."""
    for key, one in known.unsaid.items():
        if key not in known.refused:
            data = {"due": one.due.astimezone(tz), "too_late": one.too_late.astimezone(tz)}
            yield Line(at=data["due"], kind=_kind(key), code=one.why, data=data)
    for key, at in known.refused.items():
        yield Line(at=at.astimezone(tz), kind=_kind(key), code="refused")


def _not_welcomed(world: World, known: Remembered, said: Container[tuple[str, str]]) -> Iterator[Line]:
    """Why a newcomer has no welcome yet."""
    person, vitamin = known.person, world.organisation.of(Vitamin)
    new = person.first_seen > world.now - BACK
    if not new or not vitamin.enabled or not person.email or ("welcome", "first") in said:
        return
    moment = rules.welcome_moment(world.organisation, person, world.told_since)
    at = person.first_seen.astimezone(person.tz)
    if moment is None:
        yield Line(at=at, kind="welcome", code="not-welcomed")
    elif moment > world.now:
        yield Line(at=at, kind="welcome", code="welcome-comes", data={"when": moment.astimezone(person.tz)})


def _week(world: World, known: Remembered, week: Week) -> Line | None:
    """Why a week's letter did not come, or does not; None where no rule says so and it is not over."""
    tz = known.person.tz
    begin = datetime.combine(week.monday, world.organisation.of(Vitamin).letter_at, tz)
    person = person_at(world, known, begin)
    notice = rules.weekly(world, person, week)
    if not person.email:
        return Line(at=begin, kind="tip", code="no-mail")
    if notice is None:
        return _without_days(world, known, week, begin)
    due = notice.due.astimezone(tz)
    person = person_at(world, known, due)  # what they chose since Monday counts
    if rules.weekly(world, person, week) is None:
        return _without_days(world, known, week, due)
    code, data = _why_none(world, known, person, due, notice.too_late)
    return Line(at=due, kind="tip", code=code, data=data) if code else None


def _why_none(world: World, known: Remembered, person: Person, due: datetime, too_late: datetime) -> Found:
    """Why the letter that was due did not come; an empty code where it may still."""
    if person.stopped:
        return _stopped(known, person, due)
    welcome = rules.welcome_moment(world.organisation, person, world.told_since)
    if welcome is None:
        return "not-welcomed", EMPTY
    if welcome > due:
        return "before-welcome", {"when": welcome.astimezone(person.tz)}
    for silence in known.silences:
        if silence.since <= due and too_late <= silence.until:
            return "away", {"since": silence.since.astimezone(person.tz), "until": silence.until.astimezone(person.tz)}
    if any(one.meets(due, too_late) for one in known.recalls):
        return "recalled", EMPTY
    return ("", EMPTY) if world.now < too_late else ("unknown", EMPTY)


def _stopped(known: Remembered, person: Person, due: datetime) -> Found:
    """That the letters were stopped before they were due; since when and by whom where that was written down."""
    stops = [(when, one) for when, one in known.choices if when <= due and one.chosen.stopped]
    if not stops:
        return "stopped", EMPTY
    when, choice = stops[-1]
    return "stopped-by", {"since": when.astimezone(person.tz), "by": choice.by}


def _without_days(world: World, known: Remembered, week: Week, at: datetime) -> Line:
    """Why a week has no day for its letter: what all its days have in common, or all that is so of them."""
    found = [day_of(world, known, person_at(world, known, at), day) for day in week.days]
    codes = list(dict.fromkeys(one.code for one in found if one.code not in ("no-day", "day-off"))) or ["day-off"]
    first = next((one for one in found if one.code == codes[0]), None)
    if len(codes) == 1:
        return Line(at=at, kind="tip", code=codes[0], data=first.data if first else EMPTY)
    return Line(at=at, kind="tip", code="no-days", data={"codes": codes})


def ahead(world: World, known: Remembered, coming: Sequence[Coming]) -> list[Line]:
    """What will go by the forecast, and what will not, the first first."""
    lines, held = list[Line](), set[str]()
    for one in coming:
        at = one.at.astimezone(known.person.tz)
        lines += _will_go(one, at, known.person)
        for each in one.held:
            new = _of_person(each, known.person) - held
            if new:
                lines.append(Line(at=at, kind=each.kind, code="will-be-held", data={"reason": each.reason}))
                held |= new
    said = _told(known.letters) | _told(line.letter for line in lines if line.letter)
    said |= _all_named((*held, *known.refused, *known.unsaid))
    weeks = _weeks(world, known, said, world.organisation.today(known.person, world.now), AHEAD)
    lines += [line for line in weeks if world.now < line.at <= world.now + AHEAD]
    return sorted(lines, key=lambda one: one.at)


def _will_go(coming: Coming, at: datetime, person: Person) -> Iterator[Line]:
    """What goes to the person then: letters, and calls to their calendar."""
    for letter in coming.letters:
        if letter.person == person.id:
            yield Line(at=at, kind=letter.kinds[0], code="comes", data={"to": letter.to}, letter=letter)
    for call in coming.calls:
        if call.person.id == person.id:
            yield Line(at=at, kind=call.kind, code="calendar")


def _of_person(held: Held, person: Person) -> set[str]:
    """What is held of the person's; by a leap of the clock everything is."""
    return {key for key in held.keys if held.kind == "clock" or about(key, person)}


def _told(letters: Iterable[LetterRecord | Folded]) -> set[tuple[str, str]]:
    """Kind and period of all that these letters tell of."""
    return _all_named(key for one in letters for key in one.notices)


def _all_named(keys: Iterable[str]) -> set[tuple[str, str]]:
    return {found for found in map(_named, keys) if found}


def _named(key: str) -> tuple[str, str] | None:
    """Kind and period: what was said under another id of the same person is said."""
    try:
        found = NoticeKey.from_text(key)
    except NotAKey:
        return None
    return found.kind, found.period


def _kind(key: str) -> str:
    found = _named(key)
    return found[0] if found else key
