"""Concerns: what the page takes, where they wait, and what whoever has the disk in hand can see of who wrote one."""

import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.concerns import (
    CHOICES,
    Concern,
    Pool,
    PoolFull,
    Tally,
    forgetting,
    hour_of,
    month_of,
    night_of,
    tallied,
)
from culture.keys import TallyKey
from culture.workdays import Week
from service.acts.concerns import POOL, Concerns, text_of
from service.acts.requests import PageChoice
from service.daemon.run import Service
from service.engine.opening import build
from service.settings.inputs import read_inputs
from store.daemon import Daemon
from store.database import Database
from store.migrations import migrated
from store.pool import SIZE, read_pool, write_pool
from store.records import CONCERNS, TALLIES
from tests.service_values import MONDAY, make_engine, row, write_config, write_people

pytestmark = pytest.mark.kill

HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Copenhagen")
NIGHT = date(2026, 11, 30)
A_FOUR, A_FIVE = "times/2026-W49/4", "times/2026-W49/5"


# --- the pool ------------------------------------------------------------------------------------------------


def test_the_pool_holds_each_text_once_and_in_the_order_of_the_ids() -> None:
    pool = Pool(night=NIGHT)
    for key, text in (("c-9", "Først"), ("c-1", "Så"), ("c-5", "Først")):
        pool = pool.with_one(key, text)
    assert list(pool.texts.items()) == [("c-1", "Så"), ("c-9", "Først")]


def test_a_department_goes_with_its_text_and_comes_back_from_the_file(tmp_path: Path) -> None:
    pool = (
        Pool(night=NIGHT).with_one("c-1", "Til lederen", "plan").with_one("c-2", "Ikke").with_one("c-3", "Ikke", "it")
    )
    assert dict(pool.departments) == {"c-1": "plan", "c-2": "it"}
    assert pool.with_one("c-4", "Til lederen", "hr").departments == pool.departments
    write_pool(tmp_path / POOL, pool, hour_of(MONDAY))
    assert ((tmp_path / POOL).stat().st_size, read_pool(tmp_path / POOL)) == (SIZE, pool)
    moved = Pool(night=NIGHT, texts={"c-1": "Til lederen"}, departments={"c-1": "plan"})
    assert pool.without(moved, NIGHT).departments == {"c-2": "it"}


def test_a_concern_forgets_its_department_two_weeks_into_the_next_month() -> None:
    known = {"c-1": Concern(id="c-1", month="2026-11", text="En", department="plan")}
    known["c-2"] = Concern(id="c-2", month="2026-12", text="To", department="plan")
    assert forgetting(known, date(2026, 12, 15)) == {}
    assert forgetting(known, date(2026, 12, 16)) == {"c-1": Concern(id="c-1", month="2026-11", text="En")}


def test_the_night_takes_departments_out_of_the_records_and_leaves_what_it_cannot_read(tmp_path: Path) -> None:
    database = Database(tmp_path / "store")
    table = database.table(CONCERNS)
    table.put("c-1", {"id": "c-1", "month": "2026-11", "text": "En", "department": "plan"})
    table.put("c-2", {"what": "is this"})
    concerns = Concerns(tmp_path, MONDAY, ZONE)
    concerns.take("To", "it")
    concerns.look(database, MONDAY + 16 * 24 * HOUR, believed=True)
    kept = list(dict(database.storage.documents(CONCERNS)).values())
    assert {"id": "c-1", "month": "2026-11", "text": "En"} in kept
    assert {"what": "is this"} in kept
    (new,) = [one for one in kept if one.get("text") == "To"]
    assert (new["month"], new["department"]) == ("2026-12", "it")


def test_a_full_pool_refuses_and_keeps_what_it_has() -> None:
    pool = Pool(night=NIGHT)
    for number in range(30):
        pool = pool.with_one(f"c-{number}", f"{number} " + "😀" * 1990)
    with pytest.raises(PoolFull):
        pool.with_one("c-30", "😀" * 1990)
    assert pool.with_one("c-x", "Der er plads til lidt endnu").texts["c-x"]


def test_a_move_leaves_what_came_meanwhile() -> None:
    moved = Pool(night=NIGHT, texts={"c-1": "Før"}, counts={A_FOUR: 2})
    pool = Pool(night=NIGHT, texts={"c-1": "Før", "c-2": "Imens"}, counts={A_FIVE: 1, A_FOUR: 3})
    left = Pool(night=date(2026, 12, 1), texts={"c-2": "Imens"}, counts={A_FIVE: 1, A_FOUR: 1})
    assert pool.without(moved, date(2026, 12, 1)) == left
    assert moved.without(moved, date(2026, 12, 1)) == Pool(night=date(2026, 12, 1))


def test_the_pool_holds_a_number_for_each_choice_and_in_no_order_of_time() -> None:
    pool = Pool(night=NIGHT)
    for key in (A_FIVE, A_FOUR, A_FIVE):
        pool = pool.with_choice(key)
    assert list(pool.counts.items()) == [(A_FOUR, 1), (A_FIVE, 2)]


def test_what_nobody_could_have_chosen_finds_no_room() -> None:
    pool = Pool(night=NIGHT, counts={f"times/2026-W49/{number}": 1 for number in range(CHOICES)})
    with pytest.raises(PoolFull):
        pool.with_choice("times/2026-W49/x")
    assert pool.with_choice(A_FOUR).counts[A_FOUR] == 2


def test_numbers_are_added_once_though_the_file_still_holds_them() -> None:
    first = Pool(night=NIGHT, counts={A_FOUR: 2})
    added = tallied({}, first)
    assert added == {A_FOUR: Tally(count=2, moved=NIGHT)}
    assert tallied(added, first) == added  # killed before the file was written, and begun again
    second = Pool(night=date(2026, 12, 1), counts={A_FIVE: 1, A_FOUR: 1})
    assert tallied(added, second) == {
        A_FOUR: Tally(count=3, moved=date(2026, 12, 1)),
        A_FIVE: Tally(count=1, moved=date(2026, 12, 1)),
    }


@pytest.mark.parametrize(
    ("local", "night"),
    [
        ("2026-11-30T02:59", date(2026, 11, 29)),
        ("2026-11-30T03:00", NIGHT),
        ("2026-11-30T23:59", NIGHT),
        ("2026-10-25T02:30", date(2026, 10, 24)),  # the hour that comes twice
        ("2027-03-28T03:00", date(2027, 3, 28)),  # a minute after 01:59
    ],
)
def test_a_night_begins_at_three(local: str, night: date) -> None:
    assert night_of(datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC), ZONE) == night


def test_what_is_moved_in_the_first_night_of_a_month_is_of_the_month_before() -> None:
    assert (month_of(date(2026, 12, 1)), month_of(date(2026, 12, 2)), month_of(date(2027, 1, 1))) == (
        "2026-11",
        "2026-12",
        "2026-12",
    )


@given(st.lists(st.text(max_size=2000).map(lambda text: text.encode("utf-8", "ignore").decode())))
def test_the_file_has_one_size_and_gives_back_what_was_put_in(tmp_path_factory: Any, texts: list[str]) -> None:
    pool, file = Pool(night=NIGHT, counts={A_FOUR: 3}), tmp_path_factory.mktemp("pool") / POOL
    for number, text in enumerate(texts):
        try:
            pool = pool.with_one(f"c-{number:016}", text_of(text))
        except Exception:
            continue
    write_pool(file, pool, hour_of(MONDAY))
    found = file.stat()
    assert (found.st_size, found.st_mode & 0o777, found.st_mtime) == (SIZE, 0o600, MONDAY.timestamp())
    assert read_pool(file) == pool


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"night":"x","concerns":{}}', b"\xff"])
def test_a_file_that_is_no_pool_is_put_aside_and_costs_nobody_the_next_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / POOL).write_bytes(content)
    concerns = Concerns(tmp_path, MONDAY, ZONE)
    concerns.take("Bagefter")
    concerns.write(MONDAY)
    assert (tmp_path / "concerns.unreadable").read_bytes() == content
    pool = read_pool(tmp_path / POOL)
    assert pool
    assert list(pool.texts.values()) == ["Bagefter"]


def test_what_cannot_be_opened_there_does_not_keep_the_service_from_starting(tmp_path: Path) -> None:
    (tmp_path / POOL).mkdir()
    concerns = Concerns(tmp_path, MONDAY, ZONE)
    concerns.take("Bagefter")
    concerns.write(MONDAY)
    assert (tmp_path / "concerns.unreadable").is_dir()
    assert read_pool(tmp_path / POOL)


@pytest.mark.parametrize("wrong", [{}, {"count": "x", "moved": "2026-11-30"}, {"count": 1, "moved": 7}])
def test_a_record_that_nobody_can_read_keeps_no_other_from_the_night(tmp_path: Path, wrong: dict[str, Any]) -> None:
    write_config(tmp_path)
    write_people(tmp_path, row("1"))
    database = make_engine(tmp_path).database
    database.table(TALLIES).put("pulse/2026-W40/1", wrong)
    database.table(CONCERNS).put("c-0", {"id": "c-0", "month": 7, "text": "x", "department": "plan"})
    concerns = Concerns(tmp_path, MONDAY, ZONE)
    concerns.take("Må vi?")
    concerns.count("pulse/2026-W49/3")
    concerns.look(database, MONDAY + timedelta(days=1), believed=True)
    tallies, texts = (dict(database.storage.documents(table)) for table in (TALLIES, CONCERNS))
    assert (tallies["pulse/2026-W40/1"], tallies["pulse/2026-W49/3"]["count"]) == (wrong, 1)
    assert texts["c-0"]["department"] == "plan"
    assert [one["text"] for key, one in texts.items() if key != "c-0"] == ["Må vi?"]


def test_concerns_of_before_lose_their_day_and_their_department() -> None:
    old = {"c-2": {"id": "c-2", "day": "2026-12-11", "text": "To", "department": "plan"}}
    old |= {"c-1": {"id": "c-1", "day": "2026-11-30", "text": "En"}}
    after = migrated({"concerns": old, "ways": {}}, 1)
    assert list(after["concerns"].values()) == [
        {"id": "c-1", "month": "2026-11", "text": "En"},
        {"id": "c-2", "month": "2026-12", "text": "To"},
    ]


# --- a day of the service, as the disk shows it ----------------------------------------------------------------

Files = dict[str, tuple[int, int, bool, bytes]]
"""By name: size, mode, whether it was written since the look before, and what is in it."""


class Log(logging.Handler):
    """What was logged, by whomever."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = list[tuple[str, str]]()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelname, record.getMessage()))


@dataclass
class Day:
    """A service without its threads, on clocks of the test's own, over a copy of one folder."""

    folder: Path
    now: datetime = MONDAY
    seconds: float = 1000.0
    disk: dict[datetime, Files] = field(default_factory=dict)
    health: list[object] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    _times: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        path, var = self.folder / "config.toml", self.folder / "var"
        database = Database(var / "store", clock=lambda: self.now)
        self.engine = build(path, read_inputs(path), var, key=b"key", database=database)
        self.daemon = Daemon(var, pid=1, started=self.now)
        self.daemon.__enter__()
        self.service = Service(self.engine, self.daemon, lambda: self.now, "en", monotonic=lambda: self.seconds)
        logging.getLogger().addHandler(self.log)

    def turn(self, minutes: int = 0) -> None:
        self.now, self.seconds = self.now + timedelta(minutes=minutes), self.seconds + 60 * abs(minutes)
        for _ in range(3):
            self.service.turn(0)
            self.service.outbox.drain(lambda: self.now, Event())

    def look(self) -> None:
        """Remember how the disk is, and what the service says of itself."""
        self.join()
        files: Files = {}
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                name, found = str(file.relative_to(self.folder)), file.stat()
                times = found.st_mtime_ns, found.st_ctime_ns, found.st_ino
                files[name] = (found.st_size, found.st_mode, times != self._times.get(name), file.read_bytes())
                self._times[name] = times
        self.disk[self.now] = files
        self.health.append(self.service.health())

    def join(self) -> None:
        """Wait for the upkeep, which is beside the loop."""
        if self.service.keeper:
            self.service.keeper.join()

    def close(self) -> None:
        self.join()
        logging.getLogger().removeHandler(self.log)
        self.daemon.__exit__(None, None, None)
        self.engine.close()


CLICKS = {7: "1", 9: "2", 10: "3", 15: "1", 20: "2", 23: "3"}
"""What people do on pages of their own, by hour of the day: the same on each day that is compared."""

QUIET: Mapping[int, list[str]] = {}
BUSY = {7: ["Alle ser på mig"], 9: ["Det går for stærkt", "Chefen svarer ikke"], 10: ["Hvem tjekker?"], 24: ["Nat"]}
OTHERWISE = {8: ["Hvem tjekker?"], 20: ["Chefen svarer ikke", "Nat"], 23: ["Alle ser på mig", "Det går for stærkt"]}
"""The same texts as on the busy day, at other times and in another order."""


def chosen_beside(text: str) -> str:
    """What somebody chooses in the same minute."""
    return TallyKey("times", Week(2026, 49), 4 + len(text) % 2).to_text()


def lived(folder: Path, base: Path, concerns: Mapping[int, list[str]]) -> Day:
    """Thirty hours from a Monday's 07:00 on; what people write comes within a minute of what somebody clicks."""
    shutil.copytree(base, folder)
    day = Day(folder)
    day.turn()
    day.look()
    for hour in range(7, 37):
        day.turn(7)
        if person := CLICKS.get(hour):
            day.service.submit(PageChoice(person_id=person, changes={"language": "en" if hour % 2 else "da"}))
        for text in concerns.get(hour, []):
            day.service.concerns.take(text)
            day.service.concerns.count(chosen_beside(text))
        day.turn()
        day.turn(2)
        day.look()
        day.turn(51)
        day.look()
    day.close()
    return day


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    write_config(folder)
    write_people(folder, [row(1), row(2), row(3, department="jura")])
    make_engine(folder).close()
    return folder


@pytest.fixture(scope="module")
def days(base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Day]:
    root, found = tmp_path_factory.mktemp("days"), {}
    logger = logging.getLogger("aikultur")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    for name, concerns in {"quiet": QUIET, "busy": BUSY, "otherwise": OTHERWISE}.items():
        day = lived(root / "day", base, concerns)  # each in the same place: records name paths
        day.folder = day.folder.rename(root / name)
        found[name] = day
    logger.setLevel(level)
    return found


NIGHT_AT = datetime(2026, 12, 1, 2, tzinfo=UTC)
"""03:00 in Copenhagen."""


def looks(one: Day, other: Day, *, night: bool) -> Iterator[tuple[Files, Files]]:
    """How the disks of both were at each look before or after the night."""
    assert one.disk.keys() == other.disk.keys()
    return ((files, other.disk[at]) for at, files in one.disk.items() if (at >= NIGHT_AT) == night)


@pytest.mark.parametrize("other", ["busy", "otherwise"])
def test_until_the_night_the_disk_differs_in_the_content_of_the_pool_alone(days: dict[str, Day], other: str) -> None:
    for quiet, busy in looks(days["quiet"], days[other], night=False):
        assert {name: one[:3] for name, one in busy.items()} == {name: one[:3] for name, one in quiet.items()}
        assert {name for name, one in busy.items() if one != quiet[name]} <= {f"var/{POOL}"}


def test_the_pool_is_written_each_hour_and_dated_by_the_hour(days: dict[str, Day]) -> None:
    for day in days.values():
        found = [(at, files[f"var/{POOL}"]) for at, files in day.disk.items()]
        assert {(size, mode & 0o777) for _, (size, mode, _, _) in found} == {(SIZE, 0o600)}
        assert [at for at, (_, _, written, _) in found if written] == [at for at, _ in found if at.minute == 0]
        contents = {content for _, (_, _, _, content) in found}
        assert len(contents) == len([at for at, _ in found if at.minute == 0])
        assert (day.folder / "var" / POOL).stat().st_mtime == hour_of(day.now).timestamp()


def journals(files: Files) -> dict[str, list[list[Any]]]:
    """The operations of each line of each journal after its head, without the checksums that chain them."""
    found = {}
    for name, (_, _, _, content) in files.items():
        if "journal" in name:
            found[name] = [json.loads(line[9:]) for line in content.splitlines()[1:]]
    return found


def without_concerns(lines: list[list[Any]]) -> list[list[Any]]:
    """The same with nothing of what was put among the concerns and choices, and without the lengths that the sync points name."""
    return [
        [one for one in line if one[:2] not in (["p", CONCERNS], ["p", TALLIES]) and one[0] != "s"] for line in lines
    ]


@pytest.mark.parametrize("other", ["busy", "otherwise"])
def test_after_the_night_the_disk_differs_in_the_concerns_alone(days: dict[str, Day], other: str) -> None:
    for quiet, busy in looks(days["quiet"], days[other], night=True):
        assert {name: one[1:3] for name, one in busy.items()} == {name: one[1:3] for name, one in quiet.items()}
        differing = {name for name, one in busy.items() if one != quiet[name]} - {f"var/{POOL}"}
        assert differing <= {name for name in busy if name.startswith("var/store/")}
        ours, theirs = journals(busy), journals(quiet)
        assert ours.keys() == theirs.keys()
        for name, lines in ours.items():
            assert without_concerns(lines) == without_concerns(theirs[name])


def test_the_night_is_one_line_at_its_hour_in_the_order_of_the_ids(days: dict[str, Day]) -> None:
    moments = {}
    for name, day in days.items():
        lines = [line for of in journals(day.disk[NIGHT_AT]).values() for line in of if ["t", CONCERNS] in line]
        (line,) = lines
        assert line[0][0] == "@"
        moments[name] = line[0][1]
        puts = [operation for operation in line if operation[:2] == ["p", CONCERNS]]
        assert [operation[2] for operation in puts] == sorted(operation[2] for operation in puts)
        assert {frozenset(operation[3]) for operation in puts} <= {frozenset({"id", "month", "text"})}
        tallies = [operation for operation in line if operation[:2] == ["p", TALLIES]]
        assert [operation[2] for operation in tallies] == sorted(operation[2] for operation in tallies)
        assert {frozenset(operation[3]) for operation in tallies} <= {frozenset({"count", "moved"})}
        assert [operation[0] for operation in line if operation not in (*puts, *tallies)] == ["@", "t", "t"]
    assert len(set(moments.values())) == 1


def test_what_was_written_is_all_there_whenever_and_by_whomever(days: dict[str, Day]) -> None:
    found = {}
    for name in ("busy", "otherwise"):
        database = Database(days[name].folder / "var" / "store")
        found[name] = sorted((one["text"], one["month"]) for one in database.table(CONCERNS).all())
        counts = {key: one["count"] for key, one in database.storage.documents(TALLIES)}
        assert counts == Counter(chosen_beside(text) for texts in BUSY.values() for text in texts)
        database.close()
    assert found["busy"] == found["otherwise"]
    assert [text for text, _ in found["busy"]] == sorted(text for texts in BUSY.values() for text in texts)
    assert {month for _, month in found["busy"]} == {"2026-11"}


def test_the_service_says_the_same_of_itself_and_in_its_log(days: dict[str, Day]) -> None:
    assert days["quiet"].health == days["busy"].health == days["otherwise"].health
    assert days["quiet"].log.lines == days["busy"].log.lines == days["otherwise"].log.lines
    assert len([line for line in days["quiet"].log.lines if line[1].startswith("tick: ")]) > 5


# --- what goes wrong -----------------------------------------------------------------------------------------


@pytest.fixture
def day(base: Path, tmp_path: Path) -> Iterator[Day]:
    shutil.copytree(base, tmp_path / "day")
    day = Day(tmp_path / "day")
    day.turn()
    yield day
    day.close()


def concerns(day: Day) -> list[str]:
    return sorted(one["text"] for one in day.engine.database.table(CONCERNS).all())


def pooled(day: Day) -> list[str]:
    pool = read_pool(day.folder / "var" / POOL)
    assert pool
    return sorted(pool.texts.values())


def test_a_concern_is_in_memory_until_the_hour_is_full_and_a_kill_loses_no_other(day: Day) -> None:
    day.service.concerns.take("I timen før")
    day.turn(59)
    assert pooled(day) == []
    day.turn(1)
    day.service.concerns.take("I den time, der går tabt")
    day.turn(59)
    after = Concerns(day.folder / "var", day.now, ZONE)
    after.write(day.now)
    assert pooled(day) == ["I timen før"]


def test_who_stops_the_service_loses_nothing_and_learns_no_moment(day: Day) -> None:
    day.service.concerns.take("Før den blev stoppet")
    day.turn(37)
    day.service.stop.set()
    day.service.concerns.write(day.now)
    assert pooled(day) == ["Før den blev stoppet"]
    assert (day.folder / "var" / POOL).stat().st_mtime == MONDAY.timestamp()


def test_a_night_that_was_slept_through_is_made_up_for_once(day: Day) -> None:
    day.service.concerns.take("Fra mandag")
    day.turn(60)
    day.service.concerns = Concerns(day.folder / "var", day.now + 30 * HOUR, ZONE)
    day.turn(30 * 60)
    assert (concerns(day), pooled(day)) == (["Fra mandag"], [])
    day.join()
    length = day.engine.database.journal_bytes
    for _ in range(5):
        day.turn(60)
    assert day.engine.database.journal_bytes == length


def test_a_kill_between_the_move_and_the_file_makes_no_second_one(day: Day) -> None:
    day.service.concerns.take("Én gang")
    day.service.concerns.count(A_FOUR)
    day.turn(60)
    before = (day.folder / "var" / POOL).read_bytes()
    day.turn(24 * 60)
    assert concerns(day) == ["Én gang"]
    (day.folder / "var" / POOL).write_bytes(before)
    day.service.concerns = Concerns(day.folder / "var", day.now, ZONE)
    day.turn(1)
    assert (concerns(day), pooled(day)) == (["Én gang"], [])
    assert [one["count"] for one in day.engine.database.table(TALLIES).all()] == [1]


def test_nothing_is_moved_by_a_clock_that_is_not_believed(day: Day) -> None:
    day.service.concerns.take("Om et år")
    day.turn(60)
    day.turn(365 * 24 * 60)
    assert (concerns(day), pooled(day)) == ([], ["Om et år"])
    day.turn(-365 * 24 * 60)
    day.turn(24 * 60)
    assert concerns(day) == ["Om et år"]


def test_a_disk_that_takes_no_file_is_told_and_tried_again_and_holds_no_letter(day: Day) -> None:
    file = day.folder / "var" / POOL
    file.unlink()
    (file / "x").mkdir(parents=True)
    day.service.concerns.take("Alligevel")
    day.turn(60)
    health = day.service.health()
    assert (health.status, [one.step for one in health.failing]) == ("attention", ["concerns"])
    shutil.rmtree(file)
    day.turn(1)
    assert (day.service.health().failing, pooled(day)) == ((), ["Alligevel"])
