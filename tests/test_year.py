"""The shipped example, rehearsed and then read by independent readers, against dates written by hand.

One department lives from the first day past the last holiday of spring. All four live in the weeks around the summer's
break, and in those around the clock's change in autumn. The days ahead are read in calendars until the summer after.
"""

import email
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from service.rehearsal.rehearse import rehearse
from tests.calendar_readers import READERS, Occurrence
from tests.calendar_readers import occurrences_ical as read_ical

pytestmark = pytest.mark.year

ROOT = Path(__file__).resolve().parent.parent
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ANNA, LARS, METTE = (f"{name}@groennebyrum.example" for name in ("anna.holm", "lars.kjaer", "mette.lund"))

# Written from a wall calendar: Danish public holidays, closed days and quiet weeks of config.toml left out.
FULL_TIME = """
2026-12: 1-4 7-11 14-18 21-23
2027-01: 4-8 11-15 18-22 25-29
2027-02: 1-5 8-12 15-19 22-26
2027-03: 1-5 8-12 15-19 22-24 30-31
2027-04: 1-2 5-9 12-16 19-23 26-30
2027-05: 3-5 10-14 18-21 24-28 31
2027-06: 1-4 7-11 14-18 21-25 28-30
2027-07: 1-2 5-9 12-16
2027-08: 2-6 9-13 16-20 23-27 30-31
2027-09: 1-3 6-10 13-17 20-24 27-30
2027-10: 1 4-8 11-15 18-22 25-29
2027-11: 1-5 8-12 15-19 22-26 29-30
2027-12: 1-3 6-10 13-17 20-23 27-30
2028-01: 3-7 10-14 17-21 24-28 31
2028-02: 1-4 7-11 14-18 21-25 28-29
2028-03: 1-3 6-10 13-17 20-24 27-31
2028-04: 3-7 10-12 18-21 24-28
2028-05: 1-5 8-12 15-19 22-24 26 29-31
2028-06: 1-2
"""
MONDAY_TO_THURSDAY = """
2026-12: 1-3 7-10 14-17 21-23
2027-01: 4-7 11-14 18-21 25-28
2027-02: 1-4 8-11 15-18 22-25
2027-03: 1-4 8-11 15-18 22-24 30-31
2027-04: 1 5-8 12-15 19-22 26-29
2027-05: 3-5 10-13 18-20 24-27 31
2027-06: 1-3 7-10 14-17 21-24 28-30
2027-07: 1 5-8 12-15
2027-08: 2-5 9-12 16-19 23-26 30-31
2027-09: 1-2 6-9 13-16 20-23 27-30
2027-10: 4-7 11-14 18-21 25-28
2027-11: 1-4 8-11 15-18 22-25 29-30
2027-12: 1-2 6-9 13-16 20-23 27-30
2028-01: 3-6 10-13 17-20 24-27 31
2028-02: 1-3 7-10 14-17 21-24 28-29
2028-03: 1-2 6-9 13-16 20-23 27-30
2028-04: 3-6 10-12 18-20 24-27
2028-05: 1-4 8-11 15-18 22-24 29-31
2028-06: 1
"""
AWAY = "2026-12: 7-11\n2027-02: 15-19"  # Mette in absences.csv

HOLIDAYS = """
2026-12: 25-26
2027-01: 1
2027-03: 25-26 28-29
2027-05: 6 16-17
2027-12: 25-26
2028-01: 1
2028-04: 13-14 16-17
2028-05: 25
2028-06: 4
"""
CLOSED = "2026-12: 24 31\n2027-05: 7\n2027-06: 5\n2027-12: 24 31"
QUIET = "2026-12: 28-31\n2027-01: 1-3\n2027-07: 19-31\n2027-08: 1"

DAYS = "mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
MONTHS = ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august"]
MONTHS += ["september", "oktober", "november", "december"]
HEADING = re.compile(rf"^(?:I dag, )?(?:{DAYS}) den (\d+)\. ({'|'.join(MONTHS)})$", re.MULTILINE | re.IGNORECASE)


COUNTED = re.compile("Velkommen|Welcome|AI-stafetten [a-zø]+ den ")
"""The welcome, and the overview that the (Danish) facilitator gets before a meeting."""


LINKED = re.compile(r"#(\d{4}-\d\d-\d\d)$", re.MULTILINE)
"""The week's other prompts are one press away, on the reader's page."""

SHORT = {(2027, 1), (2027, 31)}
"""Weeks with one prompt in the letter, in which people come back from a break."""


class Letter(NamedTuple):
    """What a letter of the rehearsal says of itself: whom it is to, when it left (local), the days of its prompts, and
    its subject."""

    to: str
    sent: datetime
    days: list[date]
    subject: str


def days(text: str) -> list[date]:
    """The days that a table such as `2026-12: 1-4 7` names."""
    found = []
    for line in text.split("\n"):
        month, _, spans = line.partition(":")
        for span in spans.split():
            first, _, last = span.partition("-")
            found += [date.fromisoformat(f"{month}-{day:02}") for day in range(int(first), int(last or first) + 1)]
    return found


EXPECTED = {
    ANNA: days(FULL_TIME),
    LARS: days(MONDAY_TO_THURSDAY),
    METTE: [day for day in days(FULL_TIME) if day not in days(AWAY)],
}
OFF = frozenset(days(HOLIDAYS) + days(CLOSED) + days(QUIET))


ONE_DEPARTMENT = ("anna.holm", "mette.lund", "lars.kjaer", "karen.nygaard")
EVERYBODY = (
    *ONE_DEPARTMENT,
    *("bo.olesen", "birgitte.eriksen"),
    *("freja.hedegaard", "hanne.lauridsen"),
    *("jakob.overgaard", "trine.bech"),
)
"""Of each department somebody with each of its tracks and somebody with none; among them are a manager, ambassadors,
one who reads English, and two who work part of the week."""

FIRST, SPRING = date(2026, 12, 1), date(2027, 5, 25)
SUMMER = date(2027, 7, 5), date(2027, 8, 10)
AUTUMN = date(2027, 10, 26), date(2027, 11, 9)
"""The clock changes on the last day of October."""

Found = Mapping[str, list[Occurrence]]
"""The daily ten minutes of those who are named here, each as one reader sees them."""


def played(folder: Path, first: date, last: date, people: Collection[str]) -> Path:
    """Those days of the example, with these of its people."""
    place = folder / "place"
    place.mkdir()
    for name in ("config.toml", "absences.csv"):
        (place / name).write_bytes((ROOT / name).read_bytes())
    heading, *rows = (ROOT / "people.csv").read_text("utf-8").splitlines()
    chosen = [row for row in rows if row.split(";")[2].partition("@")[0] in people]
    (place / "people.csv").write_text("\n".join([heading, *chosen, ""]), "utf-8")
    rehearse(place / "config.toml", first, last, folder / "out", None, "en", lambda _: None)
    return folder / "out"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return played(tmp_path_factory.mktemp("life"), FIRST, SPRING, ONE_DEPARTMENT)


@pytest.fixture(scope="module")
def summer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return played(tmp_path_factory.mktemp("summer"), *SUMMER, EVERYBODY)


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return played(tmp_path_factory.mktemp("autumn"), *AUTUMN, EVERYBODY)


@pytest.fixture(scope="module")
def feeds(life: Path, autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[date, date], Path]:
    """Folders of feeds, by the days they show; a feed reaches about half a year, so a year and a half takes three."""
    winter = played(tmp_path_factory.mktemp("winter"), FIRST, date(2026, 12, 4), EVERYBODY)
    return {
        (FIRST, date(2027, 6, 2)): winter / "calendars",
        (date(2027, 4, 26), date(2027, 11, 20)): life / "calendars",
        (AUTUMN[0], date(2028, 5, 7)): autumn / "calendars",
    }


@pytest.fixture(scope="module")
def seen(feeds: dict[tuple[date, date], Path]) -> dict[tuple[date, date], Found]:
    """What stands on the days that each folder shows. Every reader reads one feed of each folder and one of each
    person: what they see is compared with what is written here, so that they need not be with each other."""
    found = dict[tuple[date, date], Found]()
    for turn, ((first, last), folder) in enumerate(feeds.items()):
        readers = zip(EXPECTED, READERS[turn:] + READERS[:turn], strict=True)
        found[first, last] = {
            person: blocks(read((folder / f"{person}.ics").read_bytes(), first, last)) for person, read in readers
        }
    return found


@pytest.fixture(scope="module")
def post(life: Path, summer: Path, autumn: Path) -> dict[date, list[Letter]]:
    """All letters, by the first day of the life in which they were written."""
    return {first: letters(folder) for first, folder in ((FIRST, life), (SUMMER[0], summer), (AUTUMN[0], autumn))}


def letters(folder: Path) -> list[Letter]:
    return [letter(path) for path in sorted((folder / "mail").glob("**/*.eml"))]


def letter(path: Path) -> Letter:
    with path.open("rb") as file:
        found = email.message_from_binary_file(file)
    sent = parsedate_to_datetime(found["Date"]).astimezone(COPENHAGEN)
    plain = next(part for part in found.walk() if part.get_content_type() == "text/plain")
    payload = plain.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode().replace("\r\n", "\n")
    given = [date(sent.year, MONTHS.index(month.lower()) + 1, int(day)) for day, month in HEADING.findall(text)]
    given += map(date.fromisoformat, LINKED.findall(text))
    return Letter(parseaddr(found["To"])[1], sent, given, str(make_header(decode_header(found["Subject"]))))


@pytest.mark.parametrize("person", EXPECTED)
def test_readers_see_the_block_on_the_days_of_the_wall_calendar(
    person: str, seen: dict[tuple[date, date], Found]
) -> None:
    for (first, last), found in seen.items():
        expected = [day for day in EXPECTED[person] if first <= day <= last]
        assert [start.astimezone(COPENHAGEN).date() for start, _, _ in found[person]] == expected


@pytest.mark.parametrize("person", EXPECTED)
def test_the_letters_hold_a_prompt_for_each_day_and_no_other(person: str, post: dict[date, list[Letter]]) -> None:
    for first, last in ((FIRST, date(2027, 5, 28)), (SUMMER[0], date(2027, 8, 13)), (AUTUMN[0], date(2027, 11, 12))):
        given = sorted(day for one in post[first] if one.to == person for day in one.days)
        wanted = [day for day in EXPECTED[person] if first <= day <= last]
        short = SHORT | {first.isocalendar()[:2]}  # the welcome has a prompt without a day
        assert [day for day in given if week(day) not in short] == [day for day in wanted if week(day) not in short]
        assert {week(day) for day in given} >= {week(day) for day in wanted} - {week(first)}
        assert set(given) <= set(wanted)
        assert len(set(given)) == len(given)


def week(day: date) -> tuple[int, int]:
    year, number, _ = day.isocalendar()
    return year, number


def test_nobody_has_a_block_on_a_weekend_holiday_closed_day_or_in_a_quiet_week(
    feeds: dict[tuple[date, date], Path],
) -> None:
    for folder in feeds.values():
        paths = sorted(folder.glob("*.ics"))
        there = ONE_DEPARTMENT if "life" in str(folder) else EVERYBODY
        assert [path.name.partition("@")[0] for path in paths] == sorted(there)
        for path in paths:
            every = read_ical(path.read_bytes(), date(2026, 1, 1), date(2029, 1, 1))
            found = [start for start, _, _ in blocks(every)]
            local = {start.astimezone(COPENHAGEN).date() for start in found}
            assert len(local) == len(found) > 10
            assert {day for day in local if day.isoweekday() > 5 or day in OFF} == set()


@pytest.mark.parametrize("person", EXPECTED)
def test_the_block_keeps_its_local_time_across_both_changes_of_the_clock(
    person: str, seen: dict[tuple[date, date], Found]
) -> None:
    winter, summer, autumn = (moments(found[person]) for found in seen.values())
    assert_same_time(winter[date(2027, 3, 24)], winter[date(2027, 3, 30)], (11, 10))
    for one in (summer, autumn):
        assert_same_time(one[date(2027, 10, 28)], one[date(2027, 11, 1)], (10, 11))


def assert_same_time(before: datetime, after: datetime, hours: tuple[int, int]) -> None:
    """In Copenhagen, while it is these hours in UTC."""
    assert (before.hour, after.hour) == hours
    assert before.minute == after.minute
    assert time(12, 15) <= before.astimezone(COPENHAGEN).time() <= time(12, 45)
    assert before.astimezone(COPENHAGEN).time() == after.astimezone(COPENHAGEN).time()


def blocks(found: list[Occurrence]) -> list[Occurrence]:
    """The daily ten minutes; a turn of the relay lasts longer."""
    return [one for one in found if one[1] - one[0] == timedelta(minutes=10)]


def moments(shown: list[Occurrence]) -> dict[date, datetime]:
    """When the block begins on each day, in UTC."""
    assert all(start.tzinfo is UTC for start, _, _ in shown)
    return {start.date(): start for start, _, _ in shown}


def test_nobody_gets_more_than_two_letters_a_week(post: dict[date, list[Letter]]) -> None:
    """A turn's own letters are not counted; the facilitator's overview is."""
    for first, there in ((FIRST, ONE_DEPARTMENT), (SUMMER[0], EVERYBODY), (AUTUMN[0], EVERYBODY)):
        counting = [one for one in post[first] if one.days or COUNTED.match(one.subject)]
        counted = Counter((one.to, week(one.sent)) for one in counting)
        assert len({to for to, _ in counted}) == len(there)
        assert max(counted.values()) <= 2


def test_all_but_the_welcome_come_on_working_days_between_seven_and_five(post: dict[date, list[Letter]]) -> None:
    later = [one.sent for first, found in post.items() for one in found if one.sent.date() != first]
    assert len(later) > 250
    assert {week(one) for one in later} > {(2027, number) for number in (43, 44, 45)}
    assert [moment for moment in later if moment.isoweekday() > 5 or moment.date() in OFF] == []
    assert [moment for moment in later if not time(7) <= moment.time() < time(17)] == []


def prompts(folder: Path) -> list[tuple[str, str, str, str]]:
    """Of each department and track, how many prompts fit and when the first comes again."""
    _, _, table = (folder / "timeline.txt").read_text("utf-8").partition("\nPrompts\n")
    rows = re.findall(r"^  (\w+), (\w+): (\d+) fit; the first to come again: (.+)$", table, re.MULTILINE)
    assert len(rows) == len(table.splitlines())
    return rows


def test_the_timeline_ends_with_the_prompts_of_each_department_and_track(life: Path, summer: Path) -> None:
    rows = prompts(summer)
    assert {(department, track) for department, track, _, _ in rows} == {
        ("drift", "administration"),
        ("drift", "general"),
        ("jura", "administration"),
        ("jura", "general"),
        ("jura", "law"),
        ("plan", "communication"),
        ("plan", "general"),
        ("stab", "economy"),
        ("stab", "general"),
        ("stab", "hr"),
    }
    rows += prompts(life)
    assert all(int(fitting) > (100 if track == "general" else 1) for _, track, fitting, _ in rows)
    assert all(again == "none" or read(again) >= days(FULL_TIME)[100] for _, _, _, again in prompts(life))
    assert {again for *_, again in prompts(summer)} == {"none"}


def read(day: str) -> date:
    """A day as the timeline writes it."""
    return datetime.strptime(day, "%d %B %Y").replace(tzinfo=UTC).date()
