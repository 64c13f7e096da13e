"""People without an address: a number and a department, no letters, no block, and turns if the facilitator says so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from culture.census import Known, census, inherited
from culture.organisation import Organisation
from culture.people import Defaults, Department, Preference, Row, resolve
from culture.relay import notices, schedule
from culture.relay.schedule import RelayRecords
from culture.relay.told import challenge_key
from mailer.words import LANGUAGES
from service.relay.told import told
from service.settings.inputs import by_last_day
from service.settings.people_file import read_people
from tests.culture_values import SEEN, person
from tests.relay_values import PEOPLE as STAFF
from tests.relay_values import make_place
from tests.test_relay import MONDAY, place

NOW, TODAY = datetime(2027, 1, 4, 6, tzinfo=UTC), date(2027, 1, 4)
KAREN = Row(number="7", email="", name="Karen Holm", department="plan")
BO = Row(number="8", email="", name="Bo Lind", department="plan")


def after(known: dict[str, Known], *rows: Row) -> dict[str, Known]:
    found = census(
        known, rows, new_id=lambda row: row.number or row.email, now=NOW, today=TODAY, gone=TODAY + timedelta(days=2)
    )
    changed = (*found.joined, *found.changed, *found.vanished)
    return {**known, **{one.id: one for one in changed}}


def test_a_row_with_a_number_and_no_address_is_somebody_without_letters(tmp_path: Path) -> None:
    text = "number;email;name;department\n7;;Karen Holm;plan\n8;;Bo Lind;plan\n;;Nobody;plan\n7;;Twice;plan\n8;;Bo Lind;plan\n"
    (tmp_path / "people.csv").write_text(text, "utf-8")
    found = read_people(tmp_path / "people.csv", {"plan": Department(key="plan", name="Plan")})
    assert found.rows == (KAREN, BO)
    assert [fault.place for fault in found.faults] == ["5:number"]
    assert found.left_out == {"second": 1, "unreachable": 1}  # of Bo, and of nobody whose name is another


def test_two_without_an_address_are_two_and_an_address_that_comes_or_goes_makes_nobody_else() -> None:
    known = after({}, KAREN, BO)
    assert known.keys() == {"7", "8"}
    mailed = after(known, replace(KAREN, email="karen@x.example"), BO)
    assert (mailed["7"].row.email, mailed["8"].row.email) == ("karen@x.example", "")
    back = after(mailed, KAREN, BO)
    assert (back["7"].row, set(back)) == (KAREN, {"7", "8"})
    gone = after(back, BO, replace(KAREN, number="9", name="Dorthe Friis"))
    assert (gone["7"].gone, gone["9"].gone) == (TODAY + timedelta(days=2), None)
    assert list(inherited(gone.values(), TODAY)) == []  # nobody has had nobody's address
    assert by_last_day([(None, "", "7"), (None, "bo@x.example", "8")]) == {"bo@x.example": "8"}


def test_they_have_no_block_and_turns_only_if_that_is_said() -> None:
    plan, usual = Department(key="plan", name="Plan"), Defaults(language="da", languages=LANGUAGES)
    for chosen, in_relay in ((None, False), (True, True), (False, False)):
        made = resolve("7", KAREN, Preference(channel="feed", in_relay=chosen), plan, usual, SEEN)
        assert (made.channel, made.in_relay, made.email) == ("none", in_relay, "")
    assert resolve("7", replace(KAREN, email="k@x.example"), Preference(), plan, usual, SEEN).in_relay


def with_karen() -> tuple[Organisation, RelayRecords]:
    karen = person("k", email="", channel="none", department="plan")
    made = place(karen, person("a"), person("b", in_relay=False))
    records = RelayRecords()
    for day in range(11):
        records = schedule.advance(made, records, MONDAY + timedelta(days=day))
    return made, records


def test_their_challenge_goes_to_the_facilitator_and_nothing_else_of_theirs() -> None:
    made, records = with_karen()
    assigned = [t for t in records.turns.values() if t.state == "assigned" and t.presenter == "k"]
    assert assigned
    now = MONDAY + timedelta(days=11)
    found = [n for n in notices.due(made, records, now) if n.period.split(".")[0] in {t.id for t in assigned}]
    assert [(one.kind, one.person_id) for one in found] == [("assignment", "a")] * len(assigned)
    assert {turn.presenter for turn, _ in notices.slots(made, records, now)} >= {"k"}


class Letters:
    """What was said, by key."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def letter_saying(self, key: str, way: str) -> tuple[str, str]:
        return ("sent" if key in self.keys else "waits", "a@x.example")


def test_it_is_said_when_the_facilitator_has_it_and_without_one_nobody_waits_for_it() -> None:
    made, records = with_karen()
    turn = next(t for t in records.turns.values() if t.state == "assigned" and t.presenter == "k")
    key = challenge_key(turn)
    handed = key.removesuffix("/k") + "/a"
    assert told(records, made, Letters(handed), "mailbox").challenges[key] == "sent"  # type: ignore[arg-type]  # what it needs of them
    assert told(records, made, Letters(key), "mailbox").challenges[key] == "waits"  # type: ignore[arg-type]
    alone = replace(made, facilitators={})
    assert told(records, alone, Letters(), "mailbox").of(turn) == "sent"  # type: ignore[arg-type]


def test_the_facilitator_says_whether_they_have_turns(tmp_path: Path) -> None:
    there = make_place(tmp_path, people=f"{STAFF}7;Karen Holm;;plan;;;\n").tick()
    assert there("relay", "why", "7").lines[0] == "Karen Holm is not on the list."
    assert there("relay", "let", "1", "--in").status == 2  # whose own choice it is
    assert there("relay", "let", "7", "--in").status == 0
    assert "Karen Holm" in " ".join(there.tick()("relay", "why", "7").lines)
    assert there("relay", "why", "7").lines[0] == "Karen Holm has not presented yet."
    assert there("relay", "let", "7", "--out").status == 0
    assert there.tick()("relay", "why", "7").lines == ["Karen Holm is not on the list."]
    letters = list((tmp_path / "var" / "mail").rglob("*.eml"))
    assert letters
    assert [one for one in letters if "Karen" in one.read_text("utf-8", "replace").partition("\n\n")[0]] == []
