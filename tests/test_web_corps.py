"""The page of the corps: who sees what, and what everybody may do about their own place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from culture.ambassadors.records import Place as CorpsPlace
from store import records
from tests.relay_values import SCRIPT, at
from tests.web_relay_values import Place, problem, saved, section, text_of

pytestmark = pytest.mark.slow

CORPS = """
[ambassadors]
enabled = true
hours = 6
sponsor_name = "Birgitte <b>Krogh</b>"
sponsor_email = "bk@x.example"
people = [{ email = "eva@x.example" }]
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
place = "Rådssalen"
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, enabled=False, more=CORPS)
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace('name = "Plan"\n', 'name = "Plan"\nmanager = "dan@x.example"\n'))
    yield made.at(at(1))
    made.engine.close()


def corps(place: Place, person: str) -> str:
    return place.page(person, of="ambassadors")


def own(place: Place, person: str) -> str:
    """Their personal page."""
    return str(place.client.get(f"/me/{place.engine.links.token('page', person, place.now)}").text)


def places(place: Place) -> dict[str, CorpsPlace]:
    return place.engine.stored.table_of(records.CORPS_PLACES)


def test_everybody_sees_who_they_are_and_when_they_meet(place: Place) -> None:
    page = text_of(corps(place, "1"))
    assert "Eva Skov, Plan (leder møderne)" in page
    assert "Bag korpset står Birgitte <b>Krogh</b>." in page
    assert "Tirsdag den 1. december kl. 13.00, Rådssalen" in page
    assert "Det er 6 timer om måneden." in page
    assert "Vil du være en af dem?" in page
    assert "Du er ambassadør" not in page


def test_somebody_volunteers_and_the_manager_says_yes_and_they_step_down(place: Place) -> None:
    page = place.done("2", "ambassador-ask")
    assert saved(page) == "Tak. Den, der skal sige ja, er spurgt, og du hører fra os."
    assert "Dan Friis er blevet spurgt." in text_of(page)
    assert saved(place.done("2", "ambassador-ask")) == saved(page)  # posted twice says nothing else
    assert "En kollega vil gerne være en af dem og venter på dit svar:" in text_of(own(place, "4"))
    asked = corps(place, "4")
    assert "Bo <i>Lind</i> vil gerne være ambassadør" in text_of(asked)
    assert "<i>" not in asked
    for _ in range(2):
        assert saved(place.done("4", "ambassador-yes", "2")) == "Det er gjort. Din kollega får et brev om, hvad det er."
    assert (places(place)["2"].confirmed_by, places(place)["2"].since) == ("4", at(1).date())
    assert "Du er ambassadør" in corps(place, "2")
    assert "Det næste møde: tirsdag den 1. december kl. 13.00" in text_of(own(place, "2"))
    for _ in range(2):
        page = place.done("2", "ambassador-leave")
        assert saved(page).startswith("Tak for det, du har gjort.")
    assert section(page, "Vil du være en af dem?")


def test_nobody_answers_for_a_manager_and_nobody_answers_twice_otherwise(place: Place) -> None:
    place.done("2", "ambassador-ask")
    assert problem(place.post("1", "ambassador-yes", "2")) == (
        409,
        "Det er ikke dig, der skal svare på det, eller også gør en anden det nu.",
    )
    assert place.post("2", "ambassador-yes", "2").status_code == 409
    for _ in range(2):
        place.done("4", "ambassador-no", "2")
    assert problem(place.post("4", "ambassador-yes", "2")) == (409, "Bo <i>Lind</i> venter ikke længere på svar.")
    assert place.post("4", "ambassador-yes", SCRIPT).status_code == 409
    assert (places(place)["2"].declined_on, places(place)["2"].since) == (at(1).date(), None)


def test_a_wish_may_be_taken_back_and_an_ambassador_need_not_ask(place: Place) -> None:
    place.done("2", "ambassador-ask")
    assert saved(place.done("2", "ambassador-undo")) == "Det er trukket tilbage. Meld dig igen, når det passer dig."
    assert "vil gerne være ambassadør" not in text_of(corps(place, "4"))
    assert problem(place.post("5", "ambassador-ask")) == (409, "Du er allerede ambassadør.")
    place.done("1", "ambassador-leave")  # nothing to leave is no fault
    assert "1" not in places(place)


def test_where_there_is_no_corps_nothing_leads_to_its_page(place: Place) -> None:
    file = place.files.folder / "config.toml"
    file.write_text(file.read_text("utf-8").replace("enabled = true\nhours", "enabled = false\nhours"))
    place.at(at(2))
    assert "/ambassadors/" not in own(place, "1")
    assert "Der er ikke noget ambassadørkorps her." in text_of(corps(place, "1"))
    assert place.post("1", "ambassador-ask").status_code == 409
