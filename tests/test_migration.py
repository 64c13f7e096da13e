"""A store that was written when records held English texts (schema 2), as it is read now.

`schema_2/place.tgz` is an organisation of eight people whose relay had lived for seven weeks, with everything that people
and calendars can do to a turn, and `said.json` in it what the program of then (commit be303ff) said of it and did from
there.
"""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from culture.relay.deeds import Did, Waiting
from culture.relay.learning import Outcome
from culture.relay.turns import Tie
from culture.revisit.rules import Verdict, What
from service.engine.typed import unreadable
from service.relay.records import relay_records
from store import records
from store.migrations import ids_for_texts, migrated
from store.state import Tables
from store.verify import verify
from tests.migrated_values import goes_on, said
from tests.service_values import make_engine

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

SINCE = (Did.CLOSED, Did.POSTPONED)
"""What nobody could do then."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(HERE / "schema_2/place.tgz") as file:
        file.extractall(tmp_path, filter="tar")
    return tmp_path


def tables(folder: Path) -> Tables:
    return verify(folder / "var/store", folder / "var/spool").tables


def expected(folder: Path, what: str) -> Any:
    return json.loads((folder / "said.json").read_text("utf-8"))[what]


def test_everything_is_answered_of_a_store_of_before(folder: Path) -> None:
    """The program of then said the same of it, word for word, when the records were brought over; since, words and rules
    have changed, and what is left to hold is that nothing is missing."""
    before, now = expected(folder, "said"), said(folder)
    assert now.keys() == before.keys()
    lists = [asked for asked in now if asked.endswith(("learnings list", "outcome not yet", "revisit list"))]
    assert len(lists) == 6
    assert [len(now[asked]) for asked in lists] == [len(before[asked]) for asked in lists]
    assert [asked for asked, lines in now.items() if not lines] == []


def test_the_service_goes_on_with_the_letters_that_are_due(folder: Path) -> None:
    def tips(lines: list[str]) -> list[str]:
        return sorted(key for line in lines for key in re.findall(r"tip/[\w-]+/\w+", line))

    assert tips(goes_on(folder)) == tips(expected(folder, "goes_on"))


def test_every_record_is_read_and_stands_under_its_key(folder: Path) -> None:
    before = tables(folder)
    make_engine(folder).close()
    after = tables(folder)
    assert list(unreadable(after)) == []
    assert {name: list(one) for name, one in after.items()} == {name: list(one) for name, one in before.items()}
    changed = {name for name, documents in after.items() if documents != before[name]}
    assert changed == {"turns", "learnings", "revisits"}


def test_what_was_a_text_is_an_id_and_a_time_a_field_of_its_own(folder: Path) -> None:
    engine = make_engine(folder)
    relay, revisits = relay_records(engine.stored), engine.stored.table_of(records.REVISITS)
    engine.close()
    deeds = [deed for turn in relay.turns.values() for deed in turn.deeds]
    assert {deed.what for deed in deeds} == {*Did} - {Did.NOT_REACHED, *SINCE}
    assert {deed.why for deed in deeds if deed.what in (Did.WAITS, Did.ENDED)} == {
        Waiting.AWAY,
        Waiting.MEETING_CANCELLED,
        Waiting.NO_RELAY,
        Waiting.NO_ROOM,
    }
    assert {turn.why.tie for turn in relay.turns.values() if turn.why} == {*Tie}
    assert {one.outcome for one in relay.learnings.values()} == {*Outcome}
    assert {one.what for one in revisits.values()} == {*What}
    assert {j.verdict for one in revisits.values() for j in one.judgements} == {Verdict.STILL_NOT, Verdict.WORKS_NOW}
    moved = [deed for deed in deeds if deed.what in (Did.MOVED, Did.VOLUNTEERED)]
    assert all(deed.to and str(deed.to.tzinfo) == "Europe/Copenhagen" and not deed.about for deed in moved)
    for turn in relay.turns.values():
        times = [deed.to or deed.was for deed in turn.deeds if deed.to or deed.was]
        assert turn.starts in (None, times[-1]), turn


def turn(*deeds: dict[str, str], **more: Any) -> dict[str, Any]:
    given = {"id": "plan-1", "department": "plan", "number": 1, "kind": "normal", "person": "1", "presenter": "1"}
    made = [{"at": "2026-12-01T06:00:00+00:00", "by": "service", **deed} for deed in deeds]
    return {**given, "announced": "2026-12-01T06:00:00+00:00", "deeds": made, **more}


def brought(document: dict[str, Any]) -> list[dict[str, str]]:
    """The deeds of a turn afterwards, without when and by whom."""
    after = ids_for_texts({"turns": {"plan-1": document}})["turns"]["plan-1"]
    return [{name: value for name, value in one.items() if name not in ("at", "by")} for one in after["deeds"]]


STARTS = "2026-12-10T09:00:00+01:00[Europe/Copenhagen]"


def test_a_time_of_which_the_turn_has_no_moment_is_one_in_the_zone_of_its_meeting() -> None:
    summer = turn(
        {"what": "moved", "about": "2026-06-04 09:00"}, {"what": "moved", "about": "2026-12-10 09:00"}, starts=STARTS
    )
    assert brought(summer) == [
        {"what": "moved", "to": "2026-06-04T09:00:00+02:00[Europe/Copenhagen]"},
        {"what": "moved", "to": STARTS},
    ]
    fixed = turn({"what": "moved", "about": "2026-12-03 08:00"}, starts="2026-12-10T08:00:00+00:00")
    assert brought(fixed) == [{"what": "moved", "to": "2026-12-03T08:00:00+00:00"}]


def test_a_time_that_the_turn_still_has_is_that_very_moment() -> None:
    twice = "2026-10-25T02:30:10+01:00[Europe/Copenhagen]"  # the hour comes twice: this is the second
    assert brought(turn({"what": "moved", "about": "2026-10-25 02:30"}, starts=twice)) == [
        {"what": "moved", "to": twice}
    ]


def test_a_time_whose_zone_nobody_knows_is_left_out() -> None:
    assert brought(turn({"what": "moved", "about": "2026-12-03 09:00"})) == [{"what": "moved"}]


@pytest.mark.parametrize(
    ("table", "document"),
    [
        ("turns", turn({"what": "sang a song"})),
        ("turns", turn({"what": "waits", "about": "for better times"})),
        ("turns", turn({"what": "undone", "about": "everything"})),
        ("turns", turn({"what": "moved", "about": "soon"}, starts=STARTS)),
        ("turns", turn(why={"level": 0, "among": 1, "tie": "dice"})),
        ("turns", turn(why={"level": 0, "among": 1, "tie": "lowest", "away": {"2": "no mood"}})),
        ("turns", turn(deeds="many")),
        ("turns", turn(deeds=[{"what": ["moved"]}])),
        ("turns", []),
        ("learnings", {"id": "plan-1", "outcome": "splendid"}),
        ("revisits", {"id": "x", "judgements": [7]}),
    ],
)
def test_a_record_with_a_text_that_nobody_knows_is_kept_and_cannot_be_read(table: str, document: Any) -> None:
    after = ids_for_texts({table: {"plan-1": document}})
    assert [(one.table, one.key) for one in unreadable(after)] == [(table, "plan-1")]
    assert list(after[table]) == ["plan-1"]


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["moved", "waits", "2026-12-03 09:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["deeds", "what", "about", "was", "starts", "why", "judgements", "day"]), inner
        )
    ),
    max_leaves=8,
)


@given(document=ODD)
@example(document=turn({"what": "moved", "about": "2026-12-03 09:00"}, starts="2026-12-03T10:00:00+01:00[Europe]"))
@example(
    document=turn({"what": "moved", "about": "2026-12-03 09:00"}, starts="2026-12-03T10:00:00+01:00[Nope/Nowhere]")
)
@example(document=[])
@example(document="text")
def test_no_record_whatever_it_holds_keeps_the_store_from_being_opened(document: Any) -> None:
    names = ("turns", "learnings", "revisits", "meetings", "concerns", "trouble", "exchange_trouble")
    before = {name: {"a": document, "b": document} for name in names}
    after = migrated(before, 1)
    assert {name: [*after[name]] for name in names[:5]} == {name: ["a", "b"] for name in names[:5]}


def test_the_older_program_finds_the_store_of_before_in_its_generation(folder: Path) -> None:
    before = {one.name: one.read_bytes() for one in (folder / "var/store").iterdir() if one.name.endswith("-2")}
    make_engine(folder).close()
    kept = {one.name: one.read_bytes() for one in (folder / "var/store").rglob("*-2")}
    assert kept == before
