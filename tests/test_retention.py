"""Letting go: what is folded, what stays, and that nothing is said again because of it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.difference import Intended, Publication
from calendars.event import Slot, slot_uid
from calendars.record import from_publication
from calendars.server.meeting import MeetingState
from culture.people import Preference
from culture.vitamin.prompts import Given, prompts_for
from culture.workdays import Week
from mailer.outbox import DOUBT_PAUSE, claim, deliver_one, drop, retry
from service.answers.history import history_rows
from service.answers.show import week_line
from service.answers.status import status_lines, status_value
from service.engine import retention
from service.engine.engine import Engine
from service.engine.retention import counts, fold, let_go
from service.messages.translation import Sentence
from service.planning.fuse import Held
from service.vitamin.stale import stale_prompts
from store import records
from store.archive import Archive, folded
from store.database import Database, open_database
from store.spool import Spool
from tests.culture_values import prompt
from tests.examples import some
from tests.outbox_values import Fake, letter, lost, never
from tests.service_values import MONDAY, keys, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FOLDED = datetime(2027, 1, 11, tzinfo=UTC)
"""Midnight after the fifth week after 2026-W49, the week of MONDAY."""


class Store(NamedTuple):
    db: Database
    spool: Spool
    archive: Archive

    def sent(self, number: int, at: datetime, transport: Fake | None = None, **changes: Any) -> str:
        """Claim a letter and try to send it; its id."""
        made = letter(number, notices=(f"tip/{number}/p{number}",), **changes)
        claim(self.db, self.spool, [made], at)
        deliver_one(self.db, self.spool, transport or Fake(), made.id, at)
        return made.id

    def letters(self) -> list[str]:
        return self.db.table(records.LETTERS).keys()

    def notices(self) -> list[str]:
        return sorted(self.db.table(records.NOTICES).keys())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_database(tmp_path / "store") as db:
        yield Store(db, Spool(tmp_path / "spool"), Archive(tmp_path / "archive"))


def sentence(numbers: Mapping[str, Mapping[str, int]]) -> str:
    return week_line("2026-W49", numbers, "en")


# Letters


def test_a_week_is_folded_when_it_has_been_over_for_five_weeks_and_not_before(store: Store) -> None:
    for number, at in ((1, MONDAY), (2, MONDAY + 6 * DAY), (3, MONDAY + WEEK)):
        store.sent(number, at)
    assert fold(store.db, store.archive, FOLDED - timedelta(microseconds=1)) == 0
    assert fold(store.db, store.archive, FOLDED) == 2
    assert (store.letters(), store.notices()) == ([letter(3).id], ["tip/3/p3"])
    assert [one.person for one in store.archive.read("2026-W49")] == ["p1", "p2"]
    assert fold(store.db, store.archive, FOLDED) == 0


def test_what_waits_or_is_parked_is_never_folded(store: Store) -> None:
    claim(store.db, store.spool, [letter(1)], MONDAY)
    parked = store.sent(2, MONDAY, Fake(never()))
    assert fold(store.db, store.archive, FOLDED + 700 * DAY) == 0
    assert (store.letters(), store.archive.weeks()) == ([letter(1).id, parked], [])
    drop(store.db, parked, FOLDED)
    assert fold(store.db, store.archive, FOLDED + 6 * WEEK) == 1
    assert [(one.state, one.said) for one in store.archive.read("2027-W02")] == [
        ("dropped", "server, RCPT TO: 550 no such user.")
    ]


def test_a_notice_that_a_rule_still_looks_back_on_stays_and_so_does_a_welcome(store: Store) -> None:
    for number, notice in enumerate(("assignment/t1/p1", "tip/2026-W49/p1", "welcome/first/p1")):
        made = letter(number, notices=(notice,))
        claim(store.db, store.spool, [made], MONDAY)
        deliver_one(store.db, store.spool, Fake(), made.id, MONDAY)
    assert fold(store.db, store.archive, FOLDED, {"assignment/t1/p1"}) == 3
    assert store.notices() == ["assignment/t1/p1", "welcome/first/p1"]


def test_a_fold_that_was_killed_between_archive_and_database_is_made_again_without_a_letter_twice(
    tmp_path: Path,
) -> None:
    def refuse(_: int) -> None:
        raise OSError("killed")

    with open_database(tmp_path / "store") as db:
        store = Store(db, Spool(tmp_path / "spool"), Archive(tmp_path / "archive"))
        store.sent(1, MONDAY)
        store.sent(2, MONDAY, Fake(lost()))
        deliver_one(db, store.spool, Fake(), letter(2).id, MONDAY + DOUBT_PAUSE)
    with Database(tmp_path / "store", fdatasync=refuse) as db, pytest.raises(OSError, match="killed"):
        fold(db, store.archive, FOLDED)
    archived = store.archive.read("2026-W49")
    with open_database(tmp_path / "store") as db:
        assert len(db.table(records.LETTERS)) == 2
        assert fold(db, store.archive, FOLDED) == 2
        assert (store.archive.read("2026-W49"), len(archived)) == (archived, 2)
        assert counts(db) == {"2026-W49": {"tip": {"sent": 2, "in_doubt": 1}}}


def test_a_damaged_file_keeps_its_week_in_the_database_and_the_others_are_folded(store: Store, tmp_path: Path) -> None:
    store.sent(1, MONDAY)
    store.sent(2, MONDAY + WEEK)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "2026-W49.jsonl.gz").write_bytes(b"no letters")
    assert fold(store.db, store.archive, FOLDED + WEEK) == 1
    assert (store.letters(), store.notices()) == ([letter(1).id], ["tip/1/p1"])


# Numbers


def test_numbers_are_the_same_before_and_after_a_fold_and_stay_when_the_archive_goes(store: Store) -> None:
    store.sent(1, MONDAY)
    store.sent(2, MONDAY, Fake(lost()))
    deliver_one(store.db, store.spool, Fake(), letter(2).id, MONDAY + DOUBT_PAUSE)
    store.sent(3, MONDAY, kinds=("invite",))
    drop(store.db, store.sent(4, MONDAY, Fake(never())), MONDAY + DAY)
    store.sent(5, MONDAY + WEEK)
    found = {
        "2026-W49": {"tip": {"sent": 2, "in_doubt": 1, "dropped": 1}, "invite": {"sent": 1}},
        "2026-W50": {"tip": {"sent": 1}},
    }
    assert counts(store.db) == found
    fold(store.db, store.archive, FOLDED)
    assert (counts(store.db), len(store.letters())) == (found, 1)
    store.archive.without(["p1", "p2", "p3"])
    store.archive.remove_before("2026-W49")
    assert counts(store.db) == found
    assert (retention.total(found, "sent"), retention.total(found, "dropped")) == (4, 1)
    assert sentence(counts(store.db)["2026-W49"]) == (
        "Week 49 of 2026: 3 sent (calendar invitations and changes 1, letters with the week's prompts 2), 1 given up, "
        "1 in doubt and sent again."
    )


def test_numbers_do_not_fall_when_letters_come_back_after_somebody_was_erased(store: Store) -> None:
    store.sent(1, MONDAY)
    store.sent(2, MONDAY)
    back = store.db.table(records.LETTERS).find(letter(2).id)
    assert back is not None
    fold(store.db, store.archive, FOLDED)
    store.archive.without(["p1"])
    store.db.table(records.LETTERS).put(letter(2).id, back)  # as after a restore
    assert fold(store.db, store.archive, FOLDED) == 1
    assert [one.person for one in store.archive.read("2026-W49")] == ["p2"]
    assert counts(store.db) == {"2026-W49": {"tip": {"sent": 2}}}


# Bytes


def test_the_bytes_of_a_sent_letter_go_two_weeks_after_its_week(store: Store) -> None:
    store.sent(1, MONDAY)
    retention.clear_spool(store.db, store.spool, FOLDED - 3 * WEEK - DAY)
    assert store.spool.segments() == ["2026-W49"]
    retention.clear_spool(store.db, store.spool, FOLDED - 3 * WEEK)
    assert store.spool.segments() == []


def test_a_parked_letter_does_not_keep_its_weeks_bytes_and_is_sent_as_it_was(store: Store) -> None:
    store.sent(1, MONDAY)
    parked = store.sent(2, MONDAY, Fake(never()))
    later = MONDAY + 10 * WEEK
    for moment in (later, later + WEEK):
        retention.clear_spool(store.db, store.spool, moment)
    assert store.spool.segments() == [str(Week.of(later.date()))]
    retry(store.db, parked, later + WEEK)
    server = Fake()
    deliver_one(store.db, store.spool, server, parked, later + WEEK)
    assert server.sent == [(parked, letter(2).mime)]


def test_a_waiting_letter_keeps_its_weeks_bytes(store: Store) -> None:
    claim(store.db, store.spool, [letter(1)], MONDAY)
    retention.clear_spool(store.db, store.spool, MONDAY + 10 * WEEK)
    assert store.spool.segments() == ["2026-W49"]


# Prompts

PAIR = ("plan", "general")


@settings(max_examples=some(20))
@given(fitting=st.integers(1, 450), count=st.integers(1, 500), every=st.sampled_from([1, 7]))
def test_the_prompts_to_come_are_the_same_without_the_stale_weeks(fitting: int, count: int, every: int) -> None:
    catalogue = [prompt(number) for number in range(fitting)]
    days = [date(2026, 12, 1) + timedelta(days=every * n) for n in range(count + 150)]
    history = {day: choice for day, choice in prompts_for("plan/general", {}, catalogue, days[:count]) if choice}
    stale = stale_prompts({PAIR: history}, [PAIR], days[count])
    kept = {day: choice for day, choice in history.items() if f"plan/general/{Week.of(day)}" not in stale}
    after = [dict(prompts_for("plan/general", past, catalogue, days[count:])) for past in (history, kept)]
    assert after[0] == after[1]


def test_two_years_of_prompts_become_the_weeks_of_the_last_four_hundred_days() -> None:
    days = [date(2026, 11, 30) + timedelta(days=n) for n in range(730)]
    catalogue = [prompt(number) for number in range(120)]
    history = {day: choice for day, choice in prompts_for("plan/general", {}, catalogue, days) if choice}
    last = days[-1]
    stale = {f"plan/general/{Week.of(day)}" for day in days if Week.of(day).days[-1] < last - 400 * DAY}
    assert (stale_prompts({PAIR: history}, [PAIR], last), len(stale)) == (stale, 47)


def test_a_department_that_nobody_is_in_loses_its_prompts_after_four_hundred_days() -> None:
    history = {PAIR: {date(2026, 12, 1): Given(1, "one")}}
    sunday = date(2026, 12, 6)
    assert stale_prompts(history, [], sunday + 400 * DAY) == set()
    assert stale_prompts(history, [], sunday + 401 * DAY) == {"plan/general/2026-W49"}
    assert stale_prompts(history, [PAIR], sunday + 401 * DAY) == set()


# The service


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    made = make_engine(tmp_path)
    yield made
    made.close()


def weeks_of_service(engine: Engine, weeks: int) -> datetime:
    """So many weeks of the service, a tick on each Monday; the moment after the last."""
    for week in range(weeks):
        live(engine, MONDAY + week * WEEK)
    return MONDAY + weeks * WEEK


def test_a_persons_history_and_the_numbers_are_the_same_when_letters_are_folded(engine: Engine) -> None:
    now = weeks_of_service(engine, 9)
    world = engine.plan(now).world
    person = world.organisation.people["1"]
    before, numbers = history_rows(engine, world, person, "da"), counts(engine.database)
    assert [line["when"] for line in before] == [f"{MONDAY + week * WEEK:%Y-%m-%d} 07:00" for week in range(9)]
    killed = [folded(letter) for letter in retention.letters_to(engine.database, "1")][:1]
    retention.archive_of(engine).add("2026-W49", killed)
    assert history_rows(engine, world, person, "da") == before
    assert let_go(engine, now) == 8
    assert (history_rows(engine, world, person, "da"), counts(engine.database)) == (before, numbers)
    assert len(list(retention.letters_to(engine.database, "1"))) == 5


def test_status_shows_five_weeks_and_all_that_was_ever_sent(engine: Engine) -> None:
    now = weeks_of_service(engine, 9)
    let_go(engine, now)
    value = status_value(engine, now)
    assert list(value["weeks"]) == ["2026-W53", "2027-W01", "2027-W02", "2027-W03", "2027-W04"]
    # Nine weeks' prompts for two, and the quarter's report for the contact.
    assert value["letters"] == {"sent": 19, "claimed": 0, "parked": 0, "dropped": 0, "doubt": 0}
    shown = [line for line in status_lines(engine, now, "en") if line.startswith("Week ")]
    assert (len(shown), shown[0]) == (5, "Week 53 of 2026: 2 sent (letters with the week's prompts 2).")


def test_what_no_rule_looks_at_any_more_is_deleted(engine: Engine) -> None:
    now = weeks_of_service(engine, 12)
    engine.stored.approve(Held(kind="tip", reason=Sentence(""), keys=("tip/1",)), now - 36 * DAY)
    engine.stored.approve(Held(kind="tip", reason=Sentence(""), keys=("tip/2",)), now - 34 * DAY)
    engine.database.table(records.NOTICES).put("tip/2026-W01/1", {"letter": "folded long ago"})
    for person, day in (("1", now - 36 * DAY), ("2", now)):
        engine.database.table(records.TURN_LETTERS).put(person, {"day": str(day.date())})
    let_go(engine, now)
    assert engine.stored.approved() == {"tip/2"}
    assert engine.database.table(records.TURN_LETTERS).keys() == ["2"]
    left = {
        name: {key.split("/")[place] for key in engine.database.storage.keys(name)}
        for name, place in ((records.WEEKS, 0), (records.NOTICES, 1))
    }
    assert left[records.WEEKS] == {"2027-W07"}
    assert left[records.NOTICES] == {"first", "2027-W03", "2027-W04", "2027-W05", "2027-W06", "2027-W07"}


def test_every_table_and_folder_lets_go_of_what_is_old_and_keeps_what_is_new(engine: Engine) -> None:
    old, now = MONDAY - 60 * WEEK, MONDAY
    live(engine, now)
    for number, at in ((7, old), (8, now)):
        claim(engine.database, engine.spool, [letter(number)], at)
        deliver_one(engine.database, engine.spool, Fake(), letter(number).id, at)
        week = str(Week.of(at.date()))
        given = records.from_given({at.date(): Given(1, "x")})
        engine.database.table(records.PROMPTS).put(f"closed/general/{week}", given)
        engine.database.table(records.FREE_MINUTES).put(f"{week}/{number}", {})
        slot = slot_publication("x", at).slot
        engine.stored.put_meeting(MeetingState(key="", person_id="1", subject=week, stands=slot), sync=False)
        engine.database.table(records.PEOPLE).put(str(number), {"gone": str(at.date())})

    def weeks() -> dict[str, list[str]]:
        tables = {name: engine.database.table(name).keys() for name in (records.FREE_MINUTES, records.MEETINGS)}
        found = {**tables, "prompts": engine.database.table(records.PROMPTS).keys(), "spool": engine.spool.segments()}
        return {name: [key for key in keys if "2025-" in key] for name, keys in found.items()}

    assert {name: len(keys) for name, keys in weeks().items()} == dict.fromkeys(weeks(), 1)
    let_go(engine, now)
    assert [name for name, keys in weeks().items() if keys] == []
    left = [records.FREE_MINUTES, records.MEETINGS, records.PROMPTS]
    assert [name for name in left if not engine.database.table(name).keys()] == []
    assert engine.spool.segments() == ["2026-W49"]
    assert retention.archive_of(engine).weeks() == []  # folded, and older than the archive is kept
    assert (engine.database.table(records.PEOPLE).has("7"), engine.database.table(records.PEOPLE).has("8")) == (
        False,
        True,
    )


def test_notices_too_late_are_counted_once_whatever_the_day(engine: Engine) -> None:
    for day in (2, 3, 3):
        live(engine, MONDAY + day * DAY)
        let_go(engine, MONDAY + day * DAY)
    engine.stored.prefer("1", Preference(stopped=True))
    live(engine, MONDAY + WEEK + 2 * DAY)
    let_go(engine, MONDAY + WEEK + 2 * DAY)
    found = {
        week: numbers
        for week, numbers in counts(engine.database).items()
        if retention.total({week: numbers}, "too_late")
    }
    assert found == {"2026-W50": {"tip": {"too_late": 1}}}
    assert sentence(found["2026-W50"]) == "Week 49 of 2026: 0 sent, 1 too late."


def slot_publication(turn: str, starts: datetime, **changes: Any) -> Publication:
    at = starts.astimezone(ZoneInfo("Europe/Copenhagen"))
    slot = Slot(uid=slot_uid(turn, "x.example"), starts=at, minutes=20, busy="busy", reminder_minutes=15, place="")
    return Publication(uid=slot.uid, channel="invite", person_id="1", of="slot", **{"entry": slot, **changes})


def test_slots_that_are_over_go_and_those_to_come_or_on_their_way_stay(engine: Engine) -> None:
    now = MONDAY + 20 * WEEK
    live(engine, now)
    long_ago, lately = now - 36 * DAY, now - 34 * DAY
    intended = Intended(
        sequence=0, dtstamp=now, method="CANCEL", entry=None, letter="1", fingerprint="", channel="invite"
    )
    publications = {
        "over": slot_publication("over", long_ago),
        "lately": slot_publication("lately", lately),
        "taken back": slot_publication("taken back", now, entry=None, latest=long_ago),
        "taken back lately": slot_publication("taken back lately", now, entry=None, latest=lately),
        "on its way": slot_publication("on its way", long_ago, intended=intended),
    }
    for one in publications.values():
        engine.database.table(records.PUBLICATIONS).put(one.key, from_publication(one))
    let_go(engine, now)
    stay = {publications[name].key for name in ("lately", "taken back lately", "on its way")}
    assert set(engine.database.table(records.PUBLICATIONS).keys()) == stay


# People


def traces(folder: Path, engine: Engine) -> dict[str, int]:
    """How often person 1 is named, by table, and in the archive."""
    database = engine.database
    text = {name: json.dumps({one.doc_id: one for one in database.table(name)}) for name in database.tables()}
    text["archive"] = str([list(Archive(folder / "var/archive").of("1"))])
    found = {name: len(re.findall(r"p1@x.example|/1\b|\"1\"", words)) for name, words in text.items()}
    return {name: count for name, count in sorted(found.items()) if count}


def test_who_has_been_gone_for_longer_than_the_archive_is_kept_leaves_a_mark_that_names_nobody(tmp_path: Path) -> None:
    write_config(tmp_path, channel="invite")
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    engine.stored.prefer("1", Preference(track="law"))
    live(engine, MONDAY)
    write_people(tmp_path, [row(2)])
    live(engine, MONDAY + DAY)
    left = MONDAY + 3 * DAY  # after a whole working day without a row
    live(engine, left)
    let_go(engine, left + 50 * DAY)
    assert set(traces(tmp_path, engine)) == {"archive", "notices", "people", "preferences", "publications"}
    assert (
        retention.forget_people(engine.database, retention.archive_of(engine), left + 400 * DAY, engine.links.mark) == 0
    )
    assert (
        retention.forget_people(engine.database, retention.archive_of(engine), left + 401 * DAY, engine.links.mark) == 1
    )
    assert traces(tmp_path, engine) == {}
    assert engine.database.table(records.FORMER).keys() == [engine.links.mark("1")]
    assert (list(engine.stored.known()), [one.person for one in Archive(tmp_path / "var/archive").of("2")]) == (
        ["2"],
        ["2", "2"],
    )
    engine.close()


def test_who_has_gone_stays_while_a_letter_is_parked(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    write_people(tmp_path, [row(2)])
    live(engine, MONDAY + DAY)
    claim(engine.database, engine.spool, [letter(1, person="1")], MONDAY)
    deliver_one(engine.database, engine.spool, Fake(never()), letter(1).id, MONDAY)
    archive = retention.archive_of(engine)
    fold(engine.database, archive, MONDAY + 500 * DAY)
    assert retention.forget_people(engine.database, archive, MONDAY + 500 * DAY, engine.links.mark) == 0
    drop(engine.database, letter(1).id, MONDAY + 500 * DAY)
    fold(engine.database, archive, MONDAY + 550 * DAY)
    assert retention.forget_people(engine.database, archive, MONDAY + 550 * DAY, engine.links.mark) == 1
    engine.close()


# Nothing is said again


RELAY = """
[relay]
starts = 2026-11-30
enabled = true
lead_days = 15
settle_days = 0
"""
MEETING = """
facilitator = "p3@x.example"
[departments.plan.meeting]
weekday = "thu"
time = "09:00"
"""
ACTS = ("stop", "start", "pause", "invite", "feed", "leave", "join", "track")


def act(folder: Path, engine: Engine, there: set[int], number: int, what: str, day: date) -> None:
    chosen = {
        "stop": Preference(stopped=True),
        "start": Preference(),
        "pause": Preference(pause_until=day + 20 * DAY),
        "invite": Preference(channel="invite"),
        "feed": Preference(channel="feed"),
        "track": Preference(track="law"),
    }
    if what in chosen:
        engine.stored.prefer(str(number), chosen[what])
    else:
        (there.add if what == "join" else there.discard)(number)
        write_people(folder, [row(one) for one in sorted(there)])


@pytest.mark.parametrize(
    "acts",
    [
        [(4, 1, "stop"), (5, 2, "invite"), (9, 2, "feed"), (10, 3, "leave"), (12, 5, "join"), (22, 1, "start")],
        [(2, 4, "leave"), (3, 1, "pause"), (15, 4, "join"), (16, 2, "track"), (18, 2, "invite"), (20, 3, "stop")],
    ],
)
def test_the_same_is_said_whether_letters_are_folded_or_not(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, int, str]]
) -> None:
    """Twelve weeks of two services with the same people and acts; only one of them lets go."""

    def play(folding: bool) -> list[tuple[set[str], set[str]]]:
        folder = tmp_path_factory.mktemp("service")
        write_config(folder)
        file, there = folder / "config.toml", {1, 2, 3, 4}
        text = file.read_text("utf-8").replace('name = "Plan"\n', f'name = "Plan"\n{MEETING}')
        file.write_text(text + RELAY, "utf-8")
        write_people(folder, [row(one) for one in sorted(there)])
        engine, said = make_engine(folder), []
        for tick in range(24):
            now = MONDAY + (tick // 2) * WEEK + (tick % 2) * 2 * DAY
            for when, number, what in acts:
                if when == tick:
                    act(folder, engine, there, number, what, now.date())
            found = live(engine, now)
            assert (found.held, engine.aside.faults) == ((), ())
            said.append((keys(found), {notice.key for notice in found.too_late}))
            if folding:
                let_go(engine, now)
        assert bool(retention.archive_of(engine).weeks()) is folding
        engine.close()
        return said

    said = play(True)
    assert said == play(False)
    assert {"welcome", "tip", "slot", "assignment"} <= {key.split("/")[0] for notices, _ in said for key in notices}


POISON = [("preferences", "2", {"time": "soon"}), ("turns", "plan-1", {"id": "plan-1"})]
BESIDE = [("letters", "0a1b", {"state": "sent"}), ("letters", "0a1b", {"person": "2"})]


@pytest.mark.parametrize(
    ("table", "key", "document", "forgets"), [(*one, False) for one in POISON] + [(*one, True) for one in BESIDE]
)
def test_the_daily_upkeep_goes_on_beside_what_cannot_be_read_and_forgets_nothing_that_may_hang_on_it(
    tmp_path: Path, table: str, key: str, document: dict[str, Any], forgets: bool
) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine, later = make_engine(tmp_path), MONDAY + timedelta(weeks=12)
    live(engine, MONDAY)
    tips = {key for key in engine.database.table("notices").keys() if key.startswith("tip/")}  # noqa: SIM118 - no dict
    engine.database.table(table).put(key, document)
    live(engine, later)
    let_go(engine, later)
    left = tips & set(engine.database.table("notices").keys())
    assert (left, engine.database.table(table).find(key)) == (set() if forgets else tips, document)
    engine.close()


def test_a_week_that_an_older_version_wrote_without_levels_is_read() -> None:
    document = {"days": {"2026-12-01": [2, "draft-clear-no"]}}
    assert records.to_given(document) == {date(2026, 12, 1): Given(2, "draft-clear-no")}
    written = records.from_given({date(2026, 12, 1): Given(2, "draft-clear-no", "easy")})
    assert records.to_given(written) == {date(2026, 12, 1): Given(2, "draft-clear-no", "easy")}
