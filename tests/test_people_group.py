"""People from a group: rows as a people file has them, the same fuse, the last good copy."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from calendars.channel import ChannelError
from culture.people import Row
from culture.workdays import Span
from service.engine.engine import Engine
from service.microsoft365.people import read
from service.settings.config import read_config
from service.settings.group_copy import NotRead
from service.settings.inputs import read_inputs
from service.settings.sections import PeopleAttributes, PeopleGroups, PeopleSection
from tests.directory_values import STAFF, Directory, fetch, id_of, write_house
from tests.service_values import MONDAY, approve_all, held_keys, keys, live, make_engine

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


def members(directory: Directory, **more: object) -> dict[str, dict[str, str]]:
    """The cells of a reading, by account."""
    found = read(PeopleSection(group=STAFF, **more), directory, None, NOW)  # type: ignore[arg-type]  # keys of the section
    return {one["account"]: dict(one) for one in found.members}


def test_a_member_is_a_row_of_a_people_file() -> None:
    directory = Directory()
    anna = directory.add("Anna Holm", employeeId="4711", preferredLanguage="en-GB")
    assert members(directory) == {
        anna: {
            "account": anna,
            "number": "4711",
            "email": "anna@x.example",
            "first_name": "Anna",
            "last_name": "Holm",
            "department": "Plan",
            "language": "en",
        }
    }


def test_what_is_not_there_is_left_out_and_the_name_is_the_display_name_where_it_has_no_parts() -> None:
    directory = Directory()
    anna = directory.add("Anna Holm", mail=None, department=None, surname=None, preferredLanguage="de-DE")
    assert members(directory) == {anna: {"account": anna, "name": "Anna Holm"}}


def test_accounts_that_are_disabled_and_guests_are_counted_and_left_out() -> None:
    directory = Directory()
    directory.add("Anna Holm")
    directory.add("Bo Lind", accountEnabled=False)
    directory.add("Carl Bo", userType="Guest")
    directory.add("Dorte By", userType="Guest", accountEnabled=False)
    old = directory.add("Eva Old", userType=None)  # from before there were types
    found = read(PeopleSection(group=STAFF), directory, None, NOW)
    assert sorted(one["account"] for one in found.members) == sorted((id_of("Anna Holm"), old))
    assert found.left_out == {"disabled": 2, "guests": 1}


def test_attributes_are_the_ones_that_the_config_names() -> None:
    directory = Directory()
    more = {"onPremisesExtensionAttributes": {"extensionAttribute3": 17}, "companyName": "Jura", "city": "da"}
    anna = directory.add("Anna Holm", employeeId="1", **more)
    named = PeopleAttributes(
        number="onPremisesExtensionAttributes.extensionAttribute3", department="companyName", language="city"
    )
    (cells,) = members(directory, attributes=named).values()
    assert (cells["number"], cells["department"], cells["language"]) == ("17", "Jura", "da")
    assert cells["account"] == anna


def test_roles_come_from_groups_of_their_own() -> None:
    directory = Directory()
    anna, bo = directory.add("Anna Holm", "amb@x.example", "led@x.example"), directory.add("Bo Lind", "amb@x.example")
    carl = directory.add("Carl Bo")
    groups = PeopleGroups(ambassador="amb@x.example", manager="led@x.example")
    found = members(directory, groups=groups)
    assert [found[one].get("roles") for one in (anna, bo, carl)] == ["ambassador, manager", "ambassador", None]


def test_whoever_others_report_to_leads_and_is_asked_for_once_a_day() -> None:
    directory = Directory()
    anna, bo = directory.add("Anna Holm"), directory.add("Bo Lind")
    directory.managers[bo] = anna
    section = PeopleSection(group=STAFF, attributes=PeopleAttributes(manager=True))
    first = read(section, directory, None, NOW)
    assert {one["account"]: one.get("roles") for one in first.members} == {anna: "manager", bo: None}
    directory.managers = {anna: bo}
    directory.add("Carl Bo")  # a newcomer alone is asked about
    hour_later = read(section, directory, first, NOW + HOUR)
    assert [one["account"] for one in hour_later.members if one.get("roles")] == [anna]
    assert directory.asked.count("/$batch") == 2
    day_later = read(section, directory, hour_later, NOW + DAY)
    assert [one["account"] for one in day_later.members if one.get("roles")] == [bo]


def test_a_group_is_found_by_its_id_or_its_address_and_said_when_it_is_not() -> None:
    directory = Directory()
    anna = directory.add("Anna Holm")
    by_id = read(PeopleSection(group=id_of(STAFF)), directory, None, NOW)
    assert [one["account"] for one in by_id.members] == [anna]
    for wrong in ("nobody@x.example", id_of("nobody"), "o'neill@x.example"):
        with pytest.raises(NotRead, match="has no group with the id or mail address"):
            read(PeopleSection(group=wrong), directory, None, NOW)


def test_without_the_right_to_read_users_nobody_is_nameless_and_it_is_said() -> None:
    directory = Directory(blind=True)
    directory.add("Anna Holm")
    with pytest.raises(NotRead, match=r"User\.Read\.All"):
        read(PeopleSection(group=STAFF), directory, None, NOW)


def test_half_a_reading_is_none() -> None:
    directory = Directory(failing=(4,))  # the third page
    for number in range(2500):
        directory.add(f"P{number} Holm")
    with pytest.raises(ChannelError):
        read(PeopleSection(group=STAFF), directory, None, NOW)


def test_three_thousand_members_take_five_requests() -> None:
    directory = Directory()
    for number in range(3000):
        directory.add(f"P{number} Holm")
    assert len(read(PeopleSection(group=STAFF), directory, None, NOW).members) == 3000
    assert len(directory.asked) == 1 + 4


def test_whoever_is_in_the_group_of_those_away_is_away_until_they_are_not() -> None:
    directory = Directory()
    anna, bo = directory.add("Anna Holm", "orlov@x.example"), directory.add("Bo Lind")
    section = PeopleSection(group=STAFF, groups=PeopleGroups(away="orlov@x.example"))
    copy = None
    for day, there in enumerate(([anna], [anna], [anna, bo], [bo], [bo], [anna, bo])):
        directory.groups["orlov@x.example"] = [*there]
        copy = read(section, directory, copy, NOW + day * DAY)
    assert copy is not None
    assert {account: [tuple(days) for days in spans] for account, spans in copy.away.items()} == {
        anna: [("2026-11-30", "2026-12-02"), ("2026-12-05", "")],
        bo: [("2026-12-02", "")],
    }
    copy = read(section, directory, copy, NOW + 500 * DAY)
    assert [tuple(days) for days in copy.away[anna]] == [("2026-12-05", "")]


# --- in a house --------------------------------------------------------------------------------------------------


def forty() -> Directory:
    """Forty who work in two departments."""
    made = Directory()
    for number in range(40):
        made.add(f"P{number:02} Holm", employeeId=str(100 + number), department="Plan" if number % 2 else "Jura")
    return made


@pytest.fixture
def directory() -> Directory:
    return forty()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house of the forty that has had its first week's letters. Nobody writes in it."""
    folder = tmp_path_factory.mktemp("house")
    write_house(folder)
    made = make_engine(folder)
    assert fetch(made, forty(), MONDAY) is None
    live(made, MONDAY)
    approve_all(made, MONDAY)
    made.close()
    return folder


@pytest.fixture
def engine(tmp_path: Path, house: Path) -> Iterator[Engine]:
    """A copy of that house."""
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    made = make_engine(tmp_path)
    yield made
    made.close()


def known(engine: Engine) -> dict[str, Row]:
    return {key: one.row for key, one in engine.stored.known().items() if one.gone is None}


def test_people_of_a_group_are_known_by_the_number_of_hr(engine: Engine) -> None:
    assert sorted(known(engine)) == [str(100 + number) for number in range(40)]
    first = known(engine)["100"]
    assert first == Row(
        number="100", account=id_of("P00 Holm"), email="p00@x.example", name="P00 Holm", department="jura"
    )


def test_joiners_leavers_a_rename_and_a_disabled_account_are_what_they_are(
    engine: Engine, directory: Directory
) -> None:
    new = directory.add("Nye Kollega")
    directory.groups[STAFF].remove(id_of("P01 Holm"))
    directory.users[id_of("P02 Holm")] |= {"surname": "Bro", "mail": "p02.bro@x.example"}
    directory.users[id_of("P03 Holm")]["accountEnabled"] = False
    fetch(engine, directory, MONDAY + DAY)
    found = live(engine, MONDAY + DAY)
    assert held_keys(found) == {}
    there = known(engine)
    assert sorted({str(100 + number) for number in range(40)} - set(there)) == ["101", "103"]
    assert (there["102"].name, there["102"].email) == ("P02 Bro", "p02.bro@x.example")
    assert there[new].number is None
    assert there[new].account == new


def test_a_number_that_comes_or_changes_later_makes_nobody_another(engine: Engine, directory: Directory) -> None:
    new = directory.add("Nye Kollega")
    fetch(engine, directory, MONDAY + DAY)
    live(engine, MONDAY + DAY)
    directory.users[new] |= {"employeeId": "900", "mail": "anden@x.example"}
    for number in range(40):  # all at once
        directory.users[id_of(f"P{number:02} Holm")]["employeeId"] = str(500 + number)
    fetch(engine, directory, MONDAY + 2 * DAY)
    assert held_keys(live(engine, MONDAY + 2 * DAY)) == {}
    assert known(engine)[new].number == "900"
    assert known(engine)["100"].number == "500"
    assert len(known(engine)) == 41


def test_a_group_that_comes_back_empty_trips_the_fuse(engine: Engine, directory: Directory) -> None:
    members, directory.groups[STAFF] = directory.groups[STAFF], []
    assert fetch(engine, directory, MONDAY + DAY) is None
    found = live(engine, MONDAY + DAY)
    assert set(held_keys(found)) == {"people"}
    assert len(held_keys(found)["people"]) == 40
    (held,) = found.held
    assert held.reason.said("en") == "the group has nobody any more, and 40 people were in it"
    assert held.reason.said("da") == "gruppen er tom, og der var 40 personer i den"
    assert len(known(engine)) == 40
    assert "nobody in this group" in str(engine.inputs.faults[0])
    directory.groups[STAFF] = members
    fetch(engine, directory, MONDAY + DAY + HOUR)
    assert held_keys(live(engine, MONDAY + DAY + HOUR)) == {}
    assert len(known(engine)) == 40


def test_a_house_of_two_is_not_emptied_either(tmp_path: Path) -> None:
    directory = Directory()
    directory.add("Anna Holm"), directory.add("Bo Lind")
    write_house(tmp_path)
    engine = make_engine(tmp_path)
    fetch(engine, directory, MONDAY)
    live(engine, MONDAY)
    directory.groups[STAFF] = []
    fetch(engine, directory, MONDAY + DAY)
    assert set(held_keys(live(engine, MONDAY + DAY))) == {"people"}
    engine.close()


def test_a_group_that_lost_many_waits_as_a_whole(engine: Engine, directory: Directory) -> None:
    del directory.groups[STAFF][5:15]
    directory.add("Nye Kollega")
    fetch(engine, directory, MONDAY + DAY)
    found = live(engine, MONDAY + DAY)
    (held,) = found.held
    assert held.reason.said("en") == "the group lost 10 of 40 people, more than 10 %, and has 1 new ones"
    assert len(known(engine)) == 40
    approve_all(engine, MONDAY + DAY)
    live(engine, MONDAY + DAY)
    assert len(known(engine)) == 31


def test_a_group_that_cannot_be_read_keeps_the_last_copy_and_is_told(engine: Engine, directory: Directory) -> None:
    directory.failing = tuple(range(1, 100))
    assert str(fetch(engine, directory, MONDAY + DAY)) == "Microsoft Graph is busy."
    found = live(engine, MONDAY + DAY)
    text = "config.toml, [people] group: the group cannot be read, and the last copy stays: Microsoft Graph is busy."
    assert [str(one) for one in found.faults] == [text]
    assert list(engine.inputs.unusable) == [STAFF]
    assert held_keys(found) == {}
    assert len(known(engine)) == 40
    directory.failing = ()
    fetch(engine, directory, MONDAY + DAY + HOUR)
    assert live(engine, MONDAY + DAY + HOUR).faults == ()
    assert list(engine.inputs.unusable) == []


def test_a_new_process_goes_by_the_copy(tmp_path: Path, engine: Engine) -> None:
    read_again = read_inputs(tmp_path / "config.toml")
    assert read_again.people is not None
    assert len(read_again.people.rows) == 40
    assert read_again.faults == ()
    assert [str(one) for one in read_again.notes] == [
        (
            'config.toml, [people] group: people come from the group "Alle", read 2026-11-30 07:00: 40 accounts. '
            "Left out: 0 disabled, 0 guests."
        )
    ]


def test_a_reading_that_brings_nothing_new_changes_nothing(engine: Engine, directory: Directory) -> None:
    before = engine.inputs.signature
    fetch(engine, directory, MONDAY + HOUR)
    assert not engine.look(MONDAY + HOUR)
    assert engine.inputs.signature == before


def test_a_copy_of_another_group_is_none(tmp_path: Path, engine: Engine, directory: Directory) -> None:
    write_house(tmp_path, group="ledere@x.example")
    live(engine, MONDAY + DAY)
    assert "this group has not been read yet" in str(engine.inputs.faults[0])
    assert len(known(engine)) == 40
    assert (again := read_inputs(tmp_path / "config.toml")).people is None
    assert again.unusable == ("ledere@x.example",)


def test_before_the_first_reading_nobody_is_known_and_it_is_said(tmp_path: Path) -> None:
    found = read_inputs(write_house(tmp_path))
    assert found.people is None
    assert [str(one) for one in found.faults] == [
        (
            "config.toml, [people] group: this group has not been read yet, so nobody of it is known. aikultur check "
            "--online reads it, and aikultur run."
        )
    ]


def test_a_member_with_a_fault_is_set_aside_by_name_and_stays(engine: Engine, directory: Directory) -> None:
    directory.users[id_of("P05 Holm")]["department"] = "Ukendt"
    directory.users[id_of("P06 Holm")] |= {"employeeId": "010190-1234", "mail": None}
    fetch(engine, directory, MONDAY + DAY)
    found = live(engine, MONDAY + DAY)
    told = [str(one) for one in found.faults]
    assert any(one.startswith(f'{STAFF}, p05@x.example:department: "Ukendt" is not a department') for one in told)
    assert any(one.startswith(f"{STAFF}, P06 Holm:number: this looks like a CPR number") for one in told)
    assert len(known(engine)) == 40
    assert keys(found) == set()


def test_where_nobody_can_be_read_the_attributes_are_doubted(engine: Engine, directory: Directory) -> None:
    for user in directory.users.values():
        user["department"] = None
    fetch(engine, directory, MONDAY + DAY)
    found = live(engine, MONDAY + DAY)
    assert "nobody in this group can be read. Look whether [people.attributes]" in str(found.faults[-1])
    assert held_keys(found) == {}
    assert len(known(engine)) == 40


def test_whoever_comes_from_a_file_is_the_same_in_a_group(tmp_path: Path, directory: Directory) -> None:
    """By number, and without one by the address."""
    rows = [f"{100 + number};P{number:02} Holm;p{number:02}@x.example;plan" for number in range(20)]
    rows += [f";P{number:02} Holm;p{number:02}@x.example;plan" for number in range(20, 40)]
    file = write_house(tmp_path)
    with_group = file.read_text("utf-8")
    file.write_text(with_group.replace(f'group = "{STAFF}"', 'file = "people.csv"'), "utf-8")
    (tmp_path / "people.csv").write_text("\n".join(["number;name;email;department", *rows]) + "\n", "utf-8")
    for user in directory.users.values():
        user["department"] = "Plan"
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    before = set(known(engine))
    file.write_text(with_group, "utf-8")
    live(engine, MONDAY + HOUR)
    fetch(engine, directory, MONDAY + HOUR)
    assert held_keys(live(engine, MONDAY + 2 * HOUR)) == {}
    assert set(known(engine)) == before
    assert len(before) == 40
    assert all(row.account for row in known(engine).values())
    engine.close()


def test_absences_name_whoever_comes_from_a_group(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "fravaer.csv").write_text(
        "person;first;last\n100;2026-12-01;2026-12-03\np01@x.example;2026-12-01;2026-12-03\n"
    )
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace("[people]\n", '[people]\nabsences = "fravaer.csv"\n'), "utf-8")
    found = live(engine, MONDAY + HOUR)
    assert set(found.world.organisation.absences) == {"100", "101"}
    assert found.faults == ()


def test_a_group_whose_server_waits_for_the_next_start_is_read_then(tmp_path: Path, directory: Directory) -> None:
    file = write_house(tmp_path)
    with_group = file.read_text("utf-8")
    file.write_text(with_group.partition("[people]")[0], "utf-8")
    (tmp_path / "people.csv").write_text("email;name;department\nanna@x.example;Anna Holm;plan\n", "utf-8")
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    file.write_text(with_group, "utf-8")
    live(engine, MONDAY + HOUR)
    said = fetch(engine, directory, MONDAY + HOUR)
    assert str(said) == "the server that has it is asked when the service is started again."
    live(engine, MONDAY + HOUR)
    assert len(known(engine)) == 1
    engine.close()


def test_a_group_says_who_is_away_beside_the_file(tmp_path: Path, engine: Engine, directory: Directory) -> None:
    (tmp_path / "fravaer.csv").write_text("person;first;last\n100;2027-02-01;2027-02-03\n")
    directory.groups["orlov@x.example"] = [id_of("P00 Holm"), id_of("P01 Holm"), id_of("nobody of the staff")]
    write_house(tmp_path, more='absences = "fravaer.csv"\n[people.groups]\naway = "orlov@x.example"')
    live(engine, MONDAY + HOUR)
    fetch(engine, directory, MONDAY + HOUR)
    found = live(engine, MONDAY + HOUR)
    today, file = date(2026, 11, 30), Span(date(2027, 2, 1), date(2027, 2, 3))
    assert found.world.organisation.absences == {
        "100": (Span(today, date.max), file),
        "101": (Span(today, date.max),),
    }
    assert found.faults == ()
    write_house(tmp_path, more='absences = "fravaer.csv"')  # nobody is away by a group any more; that they were stands
    live(engine, MONDAY + 2 * DAY)
    fetch(engine, directory, MONDAY + 2 * DAY)
    absences = live(engine, MONDAY + 2 * DAY).world.organisation.absences
    assert absences["101"] == (Span(today, date(2026, 12, 1)),)


# --- the config --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[people]\n", '[people]\nfile = "people.csv"\n', "Write one of them, for people come from one place"),
        (f'group = "{STAFF}"\n', "[people.groups]\nmanager = 'x@x.example'\n", "but there is no [people] group"),
        ("[microsoft365]", "[people.attributes]\nnumber = 'a b'\n[microsoft365]", "is not the name of an attribute"),
        ("[microsoft365]", "[people.attributes]\ntitle = 'a'\n[microsoft365]", "title"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = write_house(tmp_path)
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - BadInput, by its words
        read_config(file)
    assert said in str(caught.value)


def test_a_group_needs_a_server_to_ask(tmp_path: Path) -> None:
    file = write_house(tmp_path)
    file.write_text(file.read_text("utf-8").partition("[microsoft365]")[0], "utf-8")
    with pytest.raises(Exception, match=r"there is no \[microsoft365\]"):
        read_config(file)
