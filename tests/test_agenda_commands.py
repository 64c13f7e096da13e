"""The commands about the corps' agendas."""

from pathlib import Path

import pytest

from culture.ambassadors.agenda_records import News
from store import records
from tests.relay_values import SCRIPT, Place, make_place
from tests.service_values import make_engine
from tests.test_agenda_pages import JANUARY, MORE, on

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make_place(tmp_path, more=MORE).at(on("2026-12-11", 7)).tick().at(on("2026-12-14", 7)).tick()


def brought(place: Place) -> list[News]:
    engine = make_engine(place.folder)
    try:
        return list(engine.stored.table_of(records.CORPS_NEWS).values())
    finally:
        engine.close()


def test_what_the_sponsor_answered_by_mail_stands_on_the_agenda(place: Place) -> None:
    assert place("ambassadors", "agenda").lines == [
        "No agenda has been made. The first comes ten working days before the next meeting."
    ]
    said = place("ambassadors", "news", "sponsor", "--news", SCRIPT)
    assert (said.status, said.lines) == (0, ["It is written down for the next agenda."])
    assert place("ambassadors", "news", "anna").status == 0
    assert place("ambassadors", "news", "bo").lines == [
        "The agenda has been made. Bring it along to the meeting, or write to whoever leads it."
    ]
    assert [(one.meeting, one.person, one.news) for one in brought(place)] == [
        (JANUARY, "sponsor", SCRIPT),
        (JANUARY, "1", ""),
    ]
    made = place.at(on("2026-12-18", 7)).tick()
    lines = made("ambassadors", "agenda").lines
    assert lines[0] == "The ambassadors' meeting on 5 January 2027"
    assert lines[lines.index("News of management's work with AI") + 1] == f"- Management: {SCRIPT}"
    found = made("ambassadors", "agenda", "--json").json
    assert (found["meeting"], len(found["sections"]), found["minutes"]) == (JANUARY, 4, "")


def test_minutes_are_kept_for_whoever_led_it_when_there_was_a_meeting(place: Place) -> None:
    early = place("ambassadors", "minutes", "Intet")
    assert early.lines == ["That is not for you to write down, or the next meeting has its agenda already."]
    for day in ("2026-12-18", "2026-12-24", "2026-12-31", "2027-01-06"):
        after = place.at(on(day, 7)).tick()
    assert after("ambassadors", "minutes", SCRIPT).lines == ["It is written down."]
    assert after("ambassadors", "agenda").lines[-1] == SCRIPT
