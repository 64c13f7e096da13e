"""`aikultur ambassadors`: what an administrator sees of the corps, and does for others."""

from pathlib import Path

import pytest

from tests.relay_values import Place, at, make_place

pytestmark = pytest.mark.slow

CORPS = """
[ambassadors]
enabled = true
people = [{ email = "anna@x.example", to = 2027-12-31, covers = ["jura"] }, { email = "carla@x.example" }]
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make_place(tmp_path, enabled=False, more=CORPS).at(at(30, month=11)).tick()


def test_the_ambassadors_are_listed_for_people_and_for_programs(place: Place) -> None:
    found = place("ambassadors", "list", "--json").json
    first, second = found["ambassadors"]
    assert first == {
        "id": "1",
        "name": "Anna Holm",
        "departments": ["plan", "jura"],
        "since": "2026-11-30",
        "until": "2027-12-31",
        "chair": True,
        "waiting": False,
    }
    assert (second["name"], second["chair"], found["uncovered"], found["sponsor"]) == ("Carla Juhl", False, [], "")
    assert "leads the meetings" in place("ambassadors", "list").out


def test_the_meetings_are_listed_with_their_deputies(place: Place) -> None:
    found = place("ambassadors", "meetings", "--json").json
    assert [one["id"] for one in found][:3] == ["corps/2026-12", "corps/2027-01", "corps/2027-02"]
    assert {one["deputy"] for one in found} == {"Carla Juhl"}
    assert "2026-12-01 13:00" in place("ambassadors", "meetings").out


def test_somebody_is_made_an_ambassador_and_taken_out_again(place: Place) -> None:
    assert (
        place("ambassadors", "confirm", "Bo").out == "Bo Lind is an ambassador, and gets a letter about what it is.\n"
    )
    assert (
        place("ambassadors", "step-down", "Carla").out == "Carla Juhl is no ambassador any more. Nobody is told why.\n"
    )
    names = [one["name"] for one in place.tick()("ambassadors", "list", "--json").json["ambassadors"]]
    assert names == ["Anna Holm", "Bo Lind"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decline", "Bo"), "Bo Lind no longer waits for an answer.\n"),
        (("step-down", "Bo"), "Bo Lind is no ambassador.\n"),
        (("confirm", "nobody"), '"nobody" is nobody here. Look with aikultur people list.\n'),
        (("confirm", "a"), '"a" fits several: '),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(place: Place, arguments: tuple[str, str], said: str) -> None:
    answer = place("ambassadors", *arguments)
    assert answer.status == 2
    assert answer.err.startswith(said)


def test_where_there_is_no_corps_that_is_said(tmp_path: Path) -> None:
    place = make_place(tmp_path, enabled=False)
    assert place("ambassadors", "confirm", "Bo").err == "There is no corps of ambassadors here.\n"
    assert place("ambassadors", "list").out.startswith("There are no ambassadors.")
    assert place("ambassadors", "meetings").out == "The corps has no meetings. Write [ambassadors.meeting].\n"
