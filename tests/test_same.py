"""An address that becomes another person's, and two who turn out to be one: by files, `run --once` and the pages."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from culture.people import Preference
from culture.relay.deeds import Deed, Did
from culture.relay.same import with_place, with_turn
from culture.relay.turns import Hindrance, Place, Tie, Turn, TurnList, Why
from culture.same import chosen_by_both
from service.acts.page_acts import carry_out
from service.acts.requests import Act
from service.engine.opening import opened
from service.engine.retention import archive_of, forget_people
from store import records
from tests.same_values import House, links, rows
from tests.service_values import MONDAY

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ANNA, ANDREAS = "Anna Holm;anna@x.example", "Andreas Holm;anna@x.example"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def subjects(letters: list[tuple[str, str]]) -> list[str]:
    return [subject for subject, _ in letters]


def test_an_inherited_address_is_another_person_with_links_and_a_welcome_of_their_own(house: House) -> None:
    house.file(ANNA)
    ((_, welcome),) = house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.run("people", "set", "Anna Holm", "--time", "09:15", "--stop")
    assert house.answers(welcome) == {"me": 200, "stop": 200, "feed": 200}
    house.file(ANDREAS)
    ((subject, his),) = house.once(MONDAY + HOUR)
    andreas = house.id_of("Andreas Holm")
    assert (anna, andreas) == (anna, f"{anna}-2")
    assert "Welcome" in subject or "Velkommen" in subject
    assert "Andreas" in his
    assert house.chosen(andreas) == Preference()
    assert house.chosen(anna) == Preference(time=time(9, 15), stopped=True)
    house.once(MONDAY + 2 * DAY)  # Anna's working day of grace is over
    assert house.answers(welcome) == {"me": 404, "stop": 404, "feed": 404}
    assert house.answers(his) == {"me": 200, "stop": 200, "feed": 200}
    assert "09:15" not in house.run("history", andreas).out


def test_whoever_gets_an_address_after_its_owner_is_forgotten_is_not_seen_by_the_old_subscription(house: House) -> None:
    house.file(ANNA)
    ((_, welcome),) = house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file()
    house.once(MONDAY + HOUR)
    for week in range(1, 8):  # her letter leaves the database
        house.once(MONDAY + week * 7 * DAY)
    with opened(house.folder / "config.toml") as engine:
        assert forget_people(engine.database, archive_of(engine), MONDAY + 430 * DAY, engine.links.mark) == 1
    house.file(ANNA)
    found = house.once(MONDAY + 8 * 7 * DAY)
    (hers,) = [text for subject, text in found if subject.startswith(("Welcome", "Velkommen"))]
    assert house.id_of("Anna Holm") == f"{anna}-2"
    assert house.answers(welcome)["feed"] == 404
    assert house.answers(hers)["feed"] == 200


def said_by(house: House, line: str) -> set[str]:
    """Which of the two commands that show what there is say it."""
    return {command for command in ("plan", "status") if line in house.run(command).lines}


def test_it_is_said_with_the_line_to_write_before_it_is_done_and_for_two_weeks(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    line = (
        f"Anna Holm ({anna}) is now Andreas Holm ({anna}-2) with the same address: another person. "
        f"If it is the same: aikultur people same {anna} {anna}-2"
    )
    assert said_by(house, line) == set()
    house.file(ANDREAS)
    assert said_by(house, line) == {"plan", "status"}
    for days in (0, 7, 14):
        house.once(MONDAY + HOUR + days * DAY)
        assert said_by(house, line) == {"plan", "status"}
    house.now = MONDAY + 16 * DAY
    assert said_by(house, line) == set()


def test_joined_before_it_is_done_nothing_is_said_to_anybody(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.run("people", "set", "Anna Holm", "--time", "09:15")
    house.file(ANDREAS)
    said = house.same(anna, f"{anna}-2")
    assert (said.status, said.out) == (
        0,
        f"Andreas Holm is Anna Holm ({anna}), and keeps everything: at 09:15.\n",
    )
    assert house.once(MONDAY + HOUR) == []
    assert house.here["Andreas Holm"] == anna
    assert "another person" not in house.run("plan").out


def test_a_slip_that_is_mended_next_day_brings_the_first_person_back_without_loss(house: House) -> None:
    house.file(ANNA)
    ((_, welcome),) = house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.run("people", "set", "Anna Holm", "--time", "09:15")
    known = house.documents(records.PEOPLE)[anna]
    house.file("Hanna Holm;anna@x.example")
    house.once(MONDAY + HOUR)
    house.file(ANNA)
    house.once(MONDAY + DAY)
    assert house.here["Anna Holm"] == anna
    assert house.documents(records.PEOPLE)[anna] == known
    assert house.chosen(anna).time == time(9, 15)
    assert house.answers(welcome) == {"me": 200, "stop": 200, "feed": 200}
    assert "another person" not in house.run("plan").out


def test_two_who_are_joined_are_one_with_what_both_chose_and_both_ones_links(house: House) -> None:
    house.file(ANNA)
    ((_, welcome),) = house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.run("people", "set", "Anna Holm", "--time", "09:15", "--days", "mon,wed")
    house.file(ANDREAS)
    ((_, his),) = house.once(MONDAY + HOUR)
    andreas = house.id_of("Andreas Holm")
    house.run("people", "set", andreas, "--time", "10:30", "--track", "law")
    house.once(MONDAY + 3 * DAY)  # the first of the two has left
    assert house.same("Anna Holm", "Andreas Holm").status == 0
    assert house.once(MONDAY + 3 * DAY + HOUR) == []  # no welcome, and the week's letter is not said again
    assert house.here["Andreas Holm"] == anna
    assert house.chosen(anna) == Preference(time=time(10, 30), days=frozenset({1, 3}), track="law")
    for letter in (welcome, his):
        assert house.answers(letter) == {"me": 200, "stop": 200, "feed": 200}
    history = house.run("history", anna).out
    assert history.count("welcome letter") == 2
    assert "taken along by aikultur people same" in history


def test_what_was_said_to_the_one_is_not_said_to_the_other(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    assert len(house.once(MONDAY + 7 * DAY)) == 1  # the week's letter
    anna, andreas = house.id_of("Anna Holm"), house.id_of("Andreas Holm")
    house.same(anna, andreas)
    assert house.once(MONDAY + 7 * DAY + HOUR) == []
    weeks = house.documents(records.WEEKS)
    assert weeks[f"2026-W50/{anna}"] == weeks[f"2026-W50/{andreas}"] == {"files": 1}
    assert len(house.once(MONDAY + 14 * DAY)) == 1


def test_new_links_end_those_of_both_ids(house: House) -> None:
    house.file(ANNA)
    ((_, welcome),) = house.once(MONDAY)
    house.file(ANDREAS)
    ((_, his),) = house.once(MONDAY + HOUR)
    house.same("Anna Holm", "Andreas Holm")
    house.once(MONDAY + 2 * HOUR)
    with house.web() as client:
        page = client.get(links(welcome)["me"])
        form = page.text.partition('name="form" value="')[2].partition('"')[0]
        answer = client.post(links(his)["me"], data={"form": form, "act": "links"})
        assert answer.status_code == 303
    house.once(MONDAY + 3 * HOUR)
    for letter in (welcome, his):
        assert house.answers(letter) == {"me": 404, "stop": 404, "feed": 404}


def test_the_decision_outlasts_every_later_look_at_the_file(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    house.same("Anna Holm", "Andreas Holm")
    looks = [ANDREAS, ANNA, ANDREAS, "Anna Krogh;anna@x.example", "Andreas Holm;andreas@x.example"]
    for day, look in enumerate(looks, 1):
        house.file(look)
        house.once(MONDAY + day * DAY)
        assert house.here[look.partition(";")[0]] == anna
    assert [one for one in house.here.values() if one.startswith(anna)] == [anna]
    assert house.documents(records.SAME) == {f"{anna}-2": {"person": anna, "names": ["Anna Holm", "Andreas Holm"]}}


def test_a_third_with_the_address_is_a_third_person_and_can_be_joined_too(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    house.same("Anna Holm", "Andreas Holm")
    house.file("Bent Holm;anna@x.example")
    house.once(MONDAY + 2 * HOUR)
    assert house.here["Bent Holm"] == f"{anna}-3"
    house.same(anna, f"{anna}-3")
    house.once(MONDAY + 3 * HOUR)
    house.file(ANNA)
    house.once(MONDAY + DAY)
    assert house.here["Anna Holm"] == anna


@pytest.fixture(scope="module")
def inherited(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, dict[str, str]]:
    """A house in which Andreas has Anna's address, and the ids of some; for what changes nothing."""
    house = House(tmp_path_factory.mktemp("inherited"))
    house.file(ANNA, "Ella Skov;ella@x.example")
    house.once(MONDAY)
    names = {"anna": "Anna Holm", "bo": "Bo Lind", "finn": "Finn Toft", "eva": "Ella Skov"}
    here = house.here
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    return house, {key: here[name] for key, name in names.items()}


@pytest.mark.parametrize(
    ("before", "there", "said"),
    [
        ("nobody", "Bo Lind", '"nobody" is nobody here. Look with aikultur people list.'),
        ("Anna Holm", "nobody", '"nobody" is nobody here. Look with aikultur people list.'),
        ("Anna Holm", "in", '"in" fits several: Bo Lind ({bo}), Finn Toft ({finn}). Write the id.'),
        ("Anna Holm", "finn", '"finn" may be Finn Toft ({finn}). Write the id, for who is joined stays joined.'),
        (
            "Anna Holm",
            "Bo Lind",
            "Anna Holm ({anna}) and Bo Lind ({bo}) have stood in the people file at the same time, so they are two.",
        ),
        ("Bo Lind", "Bo Lind", "Both are Bo Lind ({bo}). Write two people."),
        (
            "Bo Lind",
            "Finn Toft",
            "Bo Lind ({bo}) has a row in the people file. First comes who was known before and has none any more.",
        ),
        (
            "Andreas Holm",
            "Anna Holm",
            "Andreas Holm ({anna}-2) has a row in the people file. First comes who was known before and has none any more.",
        ),
        ("Anna Holm", "Ella Skov", "Ella Skov ({eva}) has no row in the people file. Second comes who is there now."),
    ],
)
def test_what_cannot_be_joined_is_said_in_a_sentence(
    inherited: tuple[House, dict[str, str]], before: str, there: str, said: str
) -> None:
    house, ids = inherited
    found = house.same(before, there)
    assert (found.status, found.err) == (2, said.format(**ids))
    assert house.documents(records.SAME) == {}


def test_whoever_is_back_with_another_name_and_address_can_be_joined(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file()
    house.once(MONDAY + HOUR)
    house.once(MONDAY + 2 * DAY)
    house.file("Annika Krogh;annika@x.example")
    house.once(MONDAY + 5 * DAY)
    assert house.same("Anna Holm", "Annika Krogh").status == 0
    assert house.here["Annika Krogh"] == anna


def test_two_numbers_are_two_people(house: House) -> None:
    header, *lines = rows(ANNA).splitlines()
    numbered = [f"number;{header}", *(f"{at};{line}" for at, line in enumerate(lines, 1))]
    people = house.folder / "people.csv"
    people.write_text("\n".join(numbered), "utf-8")
    house.once(MONDAY)
    people.write_text("\n".join([numbered[0], f"99;{ANDREAS};plan", *numbered[2:]]), "utf-8")
    house.once(MONDAY + HOUR)
    said = house.same("Anna Holm", "Andreas Holm").err
    assert said == "The people file says that they are two: Anna Holm has the number 1, Andreas Holm another."


def test_an_id_that_was_joined_is_told_whose_it_is(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    assert house.same("anna@x.example", "anna@x.example").status == 0  # each is looked for where it can be
    assert house.same(anna, f"{anna}-2").err == f"{anna}-2 is {anna} already. Write {anna}."


def test_a_restore_to_before_the_join_does_not_undo_it(house: House) -> None:
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + HOUR)
    before = house.documents(records.PEOPLE)
    house.same("Anna Holm", "Andreas Holm")
    house.put(records.PEOPLE, before)
    assert house.once(MONDAY + 2 * HOUR) == []
    assert house.here["Andreas Holm"] == anna
    assert f"{anna}-2" not in house.here.values()


def test_whoever_has_the_contact_s_address_now_sees_to_what_was_the_contact_s(house: House) -> None:
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("mette@x.example", "anna@x.example"), "utf-8")
    for file, name in ((ANNA, "Anna Holm"), (ANDREAS, "Andreas Holm"), (ANNA, "Anna Holm")):
        house.file(file)
        house.once(house.now + HOUR)
        with opened(config) as engine:
            made = engine.snapshot(house.now).organisation
        assert made.facilitators["plan"] == house.here[name]  # also while the other's working day of grace runs


# --- turns and invitations


def test_a_turn_is_the_one_person_s_after_the_join_and_its_slot_is_not_taken_out(tmp_path: Path) -> None:
    house = House(tmp_path, channel="invite")
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + DAY)
    andreas, now, mine = house.id_of("Andreas Holm"), MONDAY + DAY, list[str]()
    while not mine and now < MONDAY + 140 * DAY:  # until he is drawn
        now += 7 * DAY
        house.once(now)
        mine = [key for key, one in house.documents(records.TURNS).items() if one["presenter"] == andreas]
    slots = {key for key in house.documents(records.PUBLICATIONS) if key.endswith(f"/{andreas}")}
    assert (bool(mine), bool(slots)) == (True, True)
    assert house.same("Anna Holm", "Andreas Holm").status == 0
    turns = house.documents(records.TURNS)
    assert {turns[key]["presenter"] for key in mine} == {anna}
    letters = house.once(now + HOUR)
    cancelled = [text for _, text in letters if "METHOD:CANCEL" in text]
    assert [one for one in cancelled if "slot-" in one] == []  # his turn stands in the mailbox as it did
    assert len(cancelled) == 1  # his own series
    assert [text for _, text in letters if "METHOD:REQUEST" in text and "slot-" in text] == []
    after = set(house.documents(records.PUBLICATIONS))
    assert {f"{key.rpartition('/')[0]}/{anna}" for key in slots} <= after
    assert not slots & after
    entries = [one["entry"] or {} for one in house.documents(records.PUBLICATIONS).values()]
    assert andreas not in {one.get("presenter") for one in entries}  # another id is no other presenter to a facilitator
    assert andreas not in house.documents(records.STANDINGS)["plan"]["people"]


def turn(**given: object) -> Turn:
    fields: dict[str, object] = {"person": "b", "presenter": "b", **given}
    return Turn(id="plan-1", department="plan", number=1, kind="normal", announced=MONDAY, **fields)  # type: ignore[arg-type]


def test_a_turn_s_every_trace_is_the_person_s() -> None:
    before = turn(
        offered="b",
        place="b",
        why=Why(level=0, among=1, tie=Tie.LOWEST, away={"b": Hindrance.SEATED, "c": Hindrance.PASSED}),
        deeds=(
            Deed(at=MONDAY, by="b", what=Did.SWAP_ASKED, about="c"),
            Deed(at=MONDAY, by="c", what=Did.DECLINED, about="b"),
        ),
    )
    after = with_turn(before, "b", "a")
    assert (after.person, after.presenter, after.offered, after.place) == ("a", "a", "a", "b")
    assert after.why
    assert after.why.away == {"a": Hindrance.SEATED, "c": Hindrance.PASSED}
    assert [(one.by, one.about) for one in after.deeds] == [("a", "c"), ("c", "a")]
    other = turn(person="c", presenter="c")
    assert with_turn(other, "b", "a") == other


def test_the_place_in_the_list_is_the_former_one_with_the_turns_of_both() -> None:
    mine, other = Place(turns=2, credit=1, last=4), Place(turns=1, credit=2, last=9)
    before = TurnList(people={"a": mine, "b": other, "c": Place()}, owed={"b": "c", "c": "b", "a": "b"})
    after = with_place(before, "b", "a")
    assert after.people == {"a": Place(turns=3, credit=1, last=9), "c": Place()}
    assert after.owed == {"a": "c", "c": "a"}
    assert with_place(TurnList(people={"b": other}), "b", "a").people == {"a": other}
    untouched = TurnList(people={"c": Place()})
    assert with_place(untouched, "b", "a") == untouched


def test_the_newer_choice_wins_and_where_there_is_none_the_older_stands() -> None:
    before = Preference(time=time(9), stopped=True, language="en")
    now = Preference(time=time(10), days=frozenset({1}))
    assert chosen_by_both(before, now) == Preference(time=time(10), days=frozenset({1}), stopped=True, language="en")


def test_a_place_in_the_corps_is_the_one_person_s_and_nobody_is_invited_or_welcomed_twice(tmp_path: Path) -> None:
    house = House(tmp_path, channel="invite")
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8") + CORPS, "utf-8")
    house.file(ANNA)
    house.once(MONDAY)
    anna = house.id_of("Anna Holm")
    house.file(ANDREAS)
    house.once(MONDAY + DAY)
    andreas = house.here["Andreas Holm"]
    with opened(config) as engine:
        act = Act(person_id=andreas, doing="ambassador-yes", about=andreas, by="command")
        carry_out(engine, act, MONDAY + 7 * DAY)
    asked = house.once(MONDAY + 7 * DAY + HOUR)
    assert sum("slot-" in text and "METHOD:REQUEST" in text for _, text in asked) >= 2
    assert house.same("Anna Holm", "Andreas Holm").status == 0
    (place,) = house.documents(records.CORPS_PLACES).items()
    assert (place[0], place[1]["confirmed_on"]) == (anna, "2026-12-07")
    again = house.once(MONDAY + 8 * DAY)
    assert [text for _, text in again if "slot-" in text or "Du er nu" in text] == []
    assert list(house.documents(records.CORPS_PLACES)) == [anna]


CORPS = '[ambassadors]\nenabled = true\n[ambassadors.meeting]\nweekday = "tuesday"\ntime = "13:00"\n'
