"""The revisit list: what is put on it, by hand or from a spreadsheet, and how it is judged again."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.caretakers import Caretakers
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.revisit.rules import (
    Judgement,
    Revisit,
    Verdict,
    What,
    due,
    from_retries,
    judges,
    owners,
    triggered,
)
from culture.revisit.settings import RevisitList
from culture.world import World
from service.messages.days import parse_day
from service.messages.faults import BadInput
from service.revisit.items import read_item, verdict_of
from tests.cli_values import Said
from tests.culture_values import SEEN, organisation, person
from tests.relay_values import PEOPLE, SCRIPT, Place, at, lived

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 30)
GOOD = {"tool": "Copilot i Excel", "rejected_on": "2026-10-01", "reason": "Regner forkert"}

CSV = """Værktøj;Slags;Afvist af;Afvist den;Begrundelse;Hvad skulle ændre sig;Måneder;Ejer
Copilot i Excel;værktøj;IT;01-10-2026;Regner forkert;En ny version;3;1
Referat af møder;anvendelse;Direktionen;2026-09-15;"Navne må ikke
med";Politikken;;bo@x.example
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return lived(tmp_path, at(30, month=11), more='[revisit]\nletter_at = "07:30"\n')


def refused(said: Said) -> str:
    assert (said.status, said.out) == (2, "")
    (sentence,) = said.err.splitlines()
    return sentence


def items(place: Place) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = place("revisit", "list", "--json").json
    return found


def faults(values: dict[str, str]) -> dict[str, str]:
    """What is wrong with an item, by field."""
    with pytest.raises(BadInput) as caught:
        read_item(values, organisation(person("7", name="Bo")), TODAY)
    return {fault.file: str(fault.sentence) for fault in caught.value.faults}


# --- one item ---------------------------------------------------------------------------------------------


def test_an_item_is_judged_again_after_its_months(place: Place) -> None:
    arguments = [f"--{key.replace('_', '-')}={value}" for key, value in GOOD.items() if key != "tool"]
    said = place("revisit", "add", GOOD["tool"], *arguments, "--owner", "anna", "--months", "3")
    assert said == Said(
        0, "Copilot i Excel is on the list as copilot-i-excel-2026-10-01, and judged again on 1 January 2027.\n", ""
    )
    assert items(place) == [
        {
            "id": "copilot-i-excel-2026-10-01",
            "name": "Copilot i Excel",
            "what": "tool",
            "due": False,
            "next_on": "2027-01-01",
            "months": 3,
            "owner": "Anna Holm",
            "owner_id": "1",
            "named": "Anna Holm",
            "named_id": "1",
            "rejected_by": "",
            "rejected_on": "2026-10-01",
            "reason": "Regner forkert",
            "would_change": "",
            "trigger": "",
            "opened_by": None,
            "judgements": [],
            "turn": "",
            "department": "",
            "needs_tool": None,
            "needs_data": None,
            "became": [],
        }
    ]


def test_an_item_without_a_day_was_rejected_today_and_waits_the_usual_months() -> None:
    found = read_item({"tool": "X", "reason": "Y"}, organisation(), TODAY)
    assert found == Revisit(
        id="",
        name="X",
        what=What.TOOL,
        rejected_by="",
        rejected_on=TODAY,
        reason="Y",
        would_change="",
        months=4,
        owner="",
        next_on=date(2027, 3, 30),
    )


def test_an_interval_that_is_over_is_due_today() -> None:
    found = read_item({**GOOD, "rejected_on": "2024-01-31"}, organisation(), TODAY)
    assert found.next_on == TODAY


@pytest.mark.parametrize("months", ["0", "40", "2", "7", "-4", "4.5", "four", "99999"])
def test_an_interval_outside_three_to_six_months_is_refused(months: str) -> None:
    assert faults({**GOOD, "months": months}) == {
        "months": f'"{months}" is not an interval in months. Write a whole number from 3 to 6.'
    }


@pytest.mark.parametrize("months", ["3", "6", " 4 "])
def test_an_interval_of_three_to_six_months_is_taken(months: str) -> None:
    assert read_item({**GOOD, "months": months}, organisation(), TODAY).months == int(months)


def test_all_faults_of_an_item_are_said_at_once_in_the_order_of_the_form() -> None:
    values = {"what": "robot", "rejected_on": "31-02-2026", "months": "0", "owner": "ghost", "rejected_by": "x" * 301}
    values |= {"department": "ghost", "needs_tool": "abacus", "needs_data": "secret"}
    found = faults(values)
    assert list(found.items()) == [
        ("tool", "This is missing. Write a few words."),
        ("what", '"robot" is neither of the two. Write "tool" or "use case".'),
        ("rejected_by", "This is 301 letters long. Keep it to 300."),
        ("rejected_on", '"31-02-2026" is not a date. Write 2026-12-01 or 01-12-2026.'),
        ("reason", "This is missing. Write a few words."),
        ("months", '"0" is not an interval in months. Write a whole number from 3 to 6.'),
        ("owner", '"ghost" does not work here. Write an id, an address or a name, or leave it empty.'),
        ("department", '"ghost" is no department. Write its key, such as plan, or leave it empty.'),
        (
            "needs_tool",
            (
                '"abacus" is not among what [policy] knows. Write one of chat, word, excel, outlook, powerpoint, teams, '
                "browser, phone, or leave it empty."
            ),
        ),
        (
            "needs_data",
            '"secret" is not among what [policy] knows. Write one of none, public, own, internal, or leave it empty.',
        ),
    ]


@pytest.mark.parametrize("day", ["2026-12-01", "1999-12-31", "0206-10-01"])
def test_a_day_to_come_or_long_ago_is_refused(day: str) -> None:
    assert faults({**GOOD, "rejected_on": day}) == {
        "rejected_on": f"{day} is to come or long ago. Write the day on which it was rejected."
    }


@pytest.mark.parametrize("text", ["2026-10-01", "01-10-2026", "1.10.2026", " 1/10/2026 "])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert parse_day(text) == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["", "2026-13-01", "31-02-2026", "i går", "10-2026", "1-10-26"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None


def test_an_owner_who_left_is_refused() -> None:
    made = organisation(person("7", left=date(2026, 11, 1)))
    with pytest.raises(BadInput) as caught:
        read_item({**GOOD, "owner": "7"}, made, TODAY)
    assert [fault.file for fault in caught.value.faults] == ["owner"]


def test_an_owner_by_a_name_that_several_have_is_asked_for() -> None:
    made = organisation(person("7", name="Bo Lind"), person("8", name="Bo Holm"))
    with pytest.raises(BadInput) as caught:
        read_item({**GOOD, "owner": "bo"}, made, TODAY)
    assert str(caught.value) == 'owner: "bo" fits several: Bo Lind (7), Bo Holm (8). Write the id.'


def test_the_same_name_and_day_is_the_same_item_however_it_is_written(place: Place) -> None:
    for name in ("Årets Copilot", "ÅRETS  copilot", "aarets copilot"):
        assert place("revisit", "add", name, "--reason", "x").status == 0
    assert [one["name"] for one in items(place)] == ["Årets Copilot"]
    assert place("revisit", "add", "årets copilot", "--reason", "y").lines == [
        "Årets Copilot is on the list already, as aarets-copilot-2026-11-30."
    ]


def test_names_that_look_alike_in_an_id_are_told_apart(place: Place) -> None:
    for name in ("C", "C++", "???"):
        place("revisit", "add", name, "--reason", "x")
    assert sorted(one["id"] for one in items(place)) == ["2026-11-30", "c-2026-11-30", "c-2026-11-30-2"]


def test_markup_in_every_text_stays_text(place: Place) -> None:
    texts = ("--reason", SCRIPT, "--would-change", SCRIPT, "--rejected-by", SCRIPT)
    assert place("revisit", "add", SCRIPT, *texts).status == 0
    assert place("revisit", "judge", "script", "still not", "--reason", SCRIPT, "--by", SCRIPT).status == 0
    assert place("revisit", "trigger", "script", SCRIPT).status == 0
    (one,) = items(place)
    (judgement,) = one["judgements"]
    found = {one[key] for key in ("name", "reason", "would_change", "rejected_by", "trigger")}
    assert found | {judgement["by"], judgement["reason"]} == {SCRIPT}
    assert place("revisit", "list").out.count(SCRIPT.split()[0]) == 3


# --- judged -----------------------------------------------------------------------------------------------


def test_a_judgement_sets_the_next_date_or_decides_and_every_one_is_kept(place: Place) -> None:
    place("revisit", "add", GOOD["tool"], "--rejected-on", "2026-10-01", "--reason", "x", "--owner", "1")
    due = place.at(at(1, month=2, year=2027))
    said = due("revisit", "judge", "copilot", "still-not", "--reason", "Datoer", "--by", "Anna")
    assert said.lines == ["Copilot i Excel: still not. It is judged again on 1 June 2027."]
    early = place.at(at(2, month=3, year=2027))
    assert early("revisit", "trigger", "copilot", "ny version").lines == [
        "Copilot i Excel is to be judged again: ny version."
    ]
    assert [(one["due"], one["next_on"], one["trigger"]) for one in items(early)] == [
        (True, "2027-03-02", "ny version")
    ]
    early("revisit", "judge", "copilot", "stadig ikke", "--reason", "Endnu", "--by", "Bo")
    last = place.at(at(2, month=7, year=2027))
    assert last("revisit", "judge", "copilot", "works now", "--reason", "Ja").lines == [
        "Copilot i Excel: works now. It stays on the list, decided."
    ]
    (one,) = items(last)
    assert (one["next_on"], one["due"], one["trigger"]) == (None, False, "")
    assert [(judged["day"], judged["by"], judged["verdict"]) for judged in one["judgements"]] == [
        ("2027-02-01", "Anna", "still-not"),
        ("2027-03-02", "Bo", "still-not"),
        ("2027-07-02", "", "works-now"),
    ]


def test_a_judgement_posted_twice_is_one(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x")
    for _ in range(2):
        assert place("revisit", "judge", "x", "dropped", "--reason", "Nej", "--by", "Bo").status == 0
    assert len(items(place)[0]["judgements"]) == 1


def test_a_judgement_needs_a_verdict_and_a_reason(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x")
    assert place("revisit", "judge", "x", "måske", "--reason", " ").lines == [
        'verdict: Write "works now", "still not" or "dropped".',
        "reason: This is missing. Write a few words.",
    ]
    assert items(place)[0]["judgements"] == []


def test_what_is_decided_is_opened_again_only_by_news(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x")
    place("revisit", "judge", "x", "dropped", "--reason", "Nej")
    assert refused(place("revisit", "judge", "x", "works now", "--reason", "Jo")) == (
        "X was decided on 30 November 2026: dropped. News opens it again: aikultur revisit trigger x-2026-11-30 NEWS."
    )
    assert refused(place("revisit", "trigger", "x", "  ")) == "news: This is missing. Write a few words."
    place("revisit", "trigger", "x", "nu godkendt")
    assert items(place)[0]["due"]
    assert place("revisit", "judge", "x", "works now", "--reason", "Jo").status == 0


def test_an_item_that_is_not_there_or_not_clear_is_a_sentence(place: Place) -> None:
    for name in ("Copilot A", "Copilot B"):
        place("revisit", "add", name, "--reason", "x")
    assert refused(place("revisit", "trigger", "copilot", "nyt")) == (
        '"copilot" fits several: copilot-a-2026-11-30, copilot-b-2026-11-30. Write the id.'
    )
    sentence = '"excel" is not on the list. Look with aikultur revisit list.'
    assert refused(place("revisit", "judge", "excel", "dropped", "--reason", "x")) == sentence
    assert refused(place("revisit", "trigger", "", "nyt"))[:2] == '""'


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("virker nu", Verdict.WORKS_NOW),
        ("Still-Not", Verdict.STILL_NOT),
        ("droppet", Verdict.DROPPED),
        ("", None),
        ("not", None),
    ],
)
def test_a_verdict_is_read_in_both_languages(text: str, verdict: Verdict | None) -> None:
    assert verdict_of(text) is verdict


def test_a_judgement_holds_what_was_given() -> None:
    assert Judgement(day=TODAY, by="", verdict=Verdict.DROPPED, reason="x").by == ""


def test_a_changed_policy_brings_early_what_waited_for_it_and_once(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x", "--needs-data", "internal")
    place("revisit", "add", "Y", "--reason", "x")
    config = (place.folder / "config.toml").read_text("utf-8")
    place.write("config.toml", config.replace("[policy.da]", '[policy]\nmost_sensitive = "internal"\n[policy.da]'))
    wednesday = place.at(at(2)).tick()
    assert [(one["name"], one["next_on"], one["trigger"]) for one in items(wednesday)] == [
        ("X", "2026-12-02", "approved now"),
        ("Y", "2027-03-30", ""),
    ]
    wednesday("revisit", "judge", "x", "still not", "--reason", "Prisen")
    place.at(at(3)).tick()
    assert [(one["next_on"], one["trigger"]) for one in items(place)] == [("2027-03-30", ""), ("2027-04-02", "")]


# --- listed -----------------------------------------------------------------------------------------------


def test_the_list_begins_with_what_is_due_and_ends_with_what_is_decided(place: Place) -> None:
    assert place("revisit", "list").lines == ["Nothing is on the revisit list."]
    for name, day in (("Sen", "2026-11-01"), ("Før", "2026-05-01"), ("Midt", "2026-09-01"), ("Slut", "2026-01-01")):
        place("revisit", "add", name, "--rejected-on", day, "--reason", "x")
    place("revisit", "judge", "slut", "dropped", "--reason", "x")
    assert [(one["name"], one["next_on"]) for one in items(place)] == [
        ("Før", "2026-11-30"),
        ("Midt", "2027-01-01"),
        ("Sen", "2027-03-01"),
        ("Slut", None),
    ]
    states = [line.split()[3] for line in place("revisit", "list").out.splitlines()[1:]]
    assert states == ["due", "waits", "waits", "dropped"]


def test_an_owner_who_has_left_is_replaced_by_the_contact_and_that_is_said(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x", "--owner", "bo")
    place.write("people.csv", PEOPLE.replace("bo@x.example;plan;;;", "bo@x.example;plan;;;2026-12-04"))
    now = place.at(at(7)).tick()
    assert [(one["owner"], one["named"]) for one in items(now)] == [("Mette Lund", "Bo Lind")]
    assert "Mette Lund (Bo Lind has left)" in now("revisit", "list").out


def test_an_item_without_an_owner_is_the_contacts(place: Place) -> None:
    place("revisit", "add", "X", "--reason", "x")
    assert [(one["owner"], one["named"]) for one in items(place)] == [("Mette Lund", "")]


# --- imported ---------------------------------------------------------------------------------------------


def test_a_danish_spreadsheet_is_imported_whole(place: Place) -> None:
    path = place.write("afvist.csv", CSV)
    assert place("revisit", "import", str(path)).lines == ["2 new on the list, 0 were there already, 0 rows left out."]
    found = {one["name"]: one for one in items(place)}
    assert [found["Copilot i Excel"][key] for key in ("what", "months", "next_on", "owner")] == [
        "tool",
        3,
        "2027-01-01",
        "Anna Holm",
    ]
    assert [found["Referat af møder"][key] for key in ("what", "months", "next_on", "owner", "reason")] == [
        "use-case",
        4,
        "2027-01-15",
        "Bo Lind",
        "Navne må ikke\nmed",
    ]


def test_the_same_spreadsheet_again_adds_nothing(place: Place) -> None:
    path = place.write("afvist.csv", CSV)
    place("revisit", "import", str(path))
    place("revisit", "judge", "excel", "dropped", "--reason", "x")
    before = items(place)
    assert place.at(at(7))("revisit", "import", str(path)).lines == [
        "0 new on the list, 2 were there already, 0 rows left out."
    ]
    assert items(place) == before


def test_names_that_look_alike_are_two_items_within_one_file_too(place: Place) -> None:
    path = place.write("alike.csv", "tool,date,reason\nC,2026-10-01,x\nC++,2026-10-01,y\nc,2026-10-01,z\n")
    assert place("revisit", "import", str(path)).lines == ["2 new on the list, 1 was there already, 0 rows left out."]
    assert sorted((one["name"], one["reason"]) for one in items(place)) == [("C", "x"), ("C++", "y")]


def test_an_english_spreadsheet_in_the_old_encoding_is_imported(place: Place) -> None:
    text = 'Use case,Rejected on,Why,"Interval"\r\nSvar på høringer,10/01/2026,Små børn,\r\nSvar på høringer,10/01/2026,igen,\r\n'
    path = place.folder / "rejected.csv"
    path.write_bytes(text.encode("cp1252"))
    assert place("revisit", "import", str(path)).lines == ["1 new on the list, 1 was there already, 0 rows left out."]
    assert [(one["name"], one["rejected_on"], one["months"]) for one in items(place)] == [
        ("Svar på høringer", "2026-01-10", 4)
    ]


BAD = """tool;rejected on;reason;months;owner
A;2026-02-30;x;;
B;2026-10-01;;0;ghost
C;;x;40;
D;2026-10-01;x;4;1;stray
E;2026-10-01;fine;;
<b>F</b>;2027-10-01;x;;
"""


def test_every_bad_row_is_said_at_once_and_nothing_is_imported(place: Place) -> None:
    path = place.write("bad.csv", BAD)
    said = place("revisit", "import", str(path))
    assert (said.status, said.lines) == (
        2,
        [
            'bad.csv, 2:rejected_on: "2026-02-30" is not a date. Write 2026-12-01 or 01-12-2026.',
            "bad.csv, 3:reason: This is missing. Write a few words.",
            'bad.csv, 3:months: "0" is not an interval in months. Write a whole number from 3 to 6.',
            'bad.csv, 3:owner: "ghost" does not work here. Write an id, an address or a name, or leave it empty.',
            "bad.csv, 4:rejected_on: This is missing. Write a day: 2026-12-01 or 01-12-2026.",
            'bad.csv, 4:months: "40" is not an interval in months. Write a whole number from 3 to 6.',
            "bad.csv, 5:*: the row has 6/5 cells of those in the heading. Look for a stray separator.",
            "bad.csv, 7:rejected_on: 2027-10-01 is to come or long ago. Write the day on which it was rejected.",
        ],
    )
    assert items(place) == []


def test_the_good_rows_are_imported_when_asked_and_the_others_said(place: Place) -> None:
    path = place.write("bad.csv", BAD)
    said = place("revisit", "import", str(path), "--good-rows")
    assert (said.status, said.out) == (0, "1 new on the list, 0 were there already, 5 rows left out.\n")
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        f"bad.csv, {line}" for line in (2, 3, 3, 3, 4, 4, 5, 7)
    ]
    assert [one["name"] for one in items(place)] == ["E"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no.csv: the file is empty. Export it again."),
        (b"%PDF\0\0", "no.csv: this is not a text file. Save it as CSV UTF-8, or as a workbook (.xlsx)."),
    ],
)
def test_a_file_that_is_no_table_is_a_sentence(place: Place, content: bytes, sentence: str) -> None:
    path = place.folder / "no.csv"
    path.write_bytes(content)
    assert refused(place("revisit", "import", str(path))) == sentence


def test_a_spreadsheet_without_the_needed_columns_names_them(place: Place) -> None:
    path = place.write("no.csv", "løn;navn\n1;2\n")
    said = place("revisit", "import", str(path))
    assert (said.status, [line.split(".")[1] for line in said.lines]) == (
        2,
        ["csv, 1: there is no column rejected_on", "csv, 1: there is no column reason"],
    )


# --- when somebody is asked -------------------------------------------------------------------------------

CPH = ZoneInfo("Europe/Copenhagen")
HOUSE = organisation(
    person("7", name="Bo"), person("9", email="mette@x.example"), revisit=RevisitList(letter_at=time(7, 30))
)
WORLD = World(HOUSE, SEEN)


def due_item(**changes: Any) -> Revisit:
    """Bo's, due on 5 December, to be judged every fourth month."""
    found = read_item({**GOOD, "owner": "Bo", "months": "4"}, HOUSE, TODAY)
    return replace(found, id="x", next_on=date(2026, 12, 5), **changes)


def asked(item: Revisit, until: date, world: World = WORLD) -> list[tuple[str, str]]:
    """Whom each letter about the item goes to and on which day, looked at every morning at eight."""
    found: dict[str, tuple[str, str]] = {}
    for number in range((until - TODAY).days + 1):
        day = TODAY + timedelta(days=number)
        now = datetime.combine(day, time(8), CPH)
        for notice in due([item], owners([item], world, day), time(7, 30), CPH, now):
            found.setdefault(notice.key, (notice.person_id, f"{day:%m-%d}"))
    return list(found.values())


def test_an_unanswered_question_is_asked_again_then_handed_to_the_contact_and_never_sleeps() -> None:
    assert asked(due_item(), date(2027, 11, 30)) == [
        ("7", "12-05"),
        ("7", "01-05"),
        ("9", "02-05"),
        ("9", "06-05"),
        ("9", "10-05"),
    ]
    day = date(2027, 2, 5)
    assert judges(due_item(), WORLD, day) == {"7", "9"}
    assert judges(due_item(), WORLD, day - timedelta(days=1)) == {"7"}


def test_an_item_is_of_whoever_sees_to_the_tools_of_the_department_that_tried_it() -> None:
    """Somebody named comes first, then that department's, then whoever sees to all, then its facilitator, then the contact."""
    people = [person(one) for one in ("7", "5", "4", "3")]
    house = organisation(*people, person("9", email="mette@x.example"), facilitators={"plan": "3"})
    both = Caretakers(of_department={"plan": "5"}, otherwise="4")
    of_plan, of_none = due_item(owner="", department="plan"), due_item(owner="")
    found = {
        "named": (due_item(department="plan"), both),
        "of the department": (of_plan, both),
        "of another": (of_none, both),
        "who left": (of_plan, replace(both, of_department={"plan": "gone"})),
        "facilitator": (of_plan, Caretakers()),
        "nobody": (of_none, Caretakers()),
    }
    assert {
        name: owners([item], World(house, SEEN).having(caretakers), TODAY)["x"]
        for name, (item, caretakers) in found.items()
    } == {
        "named": "7",
        "of the department": "5",
        "of another": "4",
        "who left": "4",
        "facilitator": "3",
        "nobody": "9",
    }


def test_what_is_not_judged_is_handed_on_to_one_after_the_other() -> None:
    house = organisation(person("7", name="Bo"), person("4"), person("9", email="mette@x.example"))
    world = World(house, SEEN).having(Caretakers(otherwise="4"))
    assert [whom for whom, _ in asked(due_item(), date(2027, 11, 30), world)] == ["7", "7", "4", "9", "9"]
    assert judges(due_item(), world, date(2027, 2, 5)) == {"7", "4"}


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 15), date(2027, 3, 1)])
def test_news_is_told_whenever_it_comes_and_once(day: date) -> None:
    """Also of an item that was due already, and on the very day on which its question went out."""
    now = datetime.combine(day, time(12), CPH)
    before = {one.key for one in due([due_item()], {"x": "7"}, time(7, 30), CPH, now)}
    told = triggered(due_item(), "Ny version", day)
    (news,) = due([told], {"x": "7"}, time(7, 30), CPH, now)
    assert news.key not in before
    assert news.due <= now < news.too_late
    assert triggered(told, "Ny version", day) == told
    (more,) = due([triggered(told, "Nu godkendt", day)], {"x": "7"}, time(7, 30), CPH, now)
    assert more.key not in {*before, news.key}


def test_what_was_tried_twice_says_when_the_retry_was_and_where() -> None:
    retry = Turn(
        id="plan-4",
        department="plan",
        number=4,
        kind="retry",
        person="7",
        presenter="7",
        announced=SEEN,
        starts=datetime(2027, 2, 25, 9, tzinfo=CPH),
        state="held",
        earlier="plan-1",
    )
    learning = Learning(
        id="plan-4", department="plan", person="7", challenge="", title="X", at=SEEN, outcome=Outcome.NOT_YET
    )
    relay = RelayRecords(turns={"plan-4": retry}, learnings={"plan-4": learning})
    (found,) = from_retries(relay, {}, HOUSE, date(2027, 6, 28)).values()
    assert (found.rejected_on, found.rejected_by, found.turn) == (date(2027, 2, 25), "Plan", "plan-4")
