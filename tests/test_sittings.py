"""What the corps judges at a meeting is asked of its owner there, and by letter only when nothing came of it. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from culture.ambassadors import agenda as rules
from culture.ambassadors.agenda_records import AgendaRecords, Minutes
from culture.ambassadors.settings import Ambassadors
from culture.ambassadors.sittings import sittings
from culture.revisit.rules import Judgement, Revisit, RevisitRecords, Verdict, due, judged
from culture.world import World
from tests.corps_values import ZONE, at, on
from tests.test_agenda import FEBRUARY, MEETS, corps_of, item, seen

WEDNESDAY = date(2027, 1, 13)
"""The day after the corps is asked what it brings to its meeting of Tuesday 2 February; its agenda is made on the 19th of January.
The form is asked for on 3 February, and once again on the 10th."""


def asked(items: Mapping[str, Revisit], minutes: date | None = None, judges: bool = False) -> dict[str, str]:
    """On which day each item is asked by letter for the first time, and of whom. `minutes`: when the form came back."""
    found, told = seen(corps_of("1", "2"), "2027-01-04"), dict[str, str]()
    records, day = AgendaRecords(), date(2027, 1, 5)
    while day <= date(2027, 2, 20):
        if day == minutes:
            records = replace(records, minutes={FEBRUARY: Minutes(meeting=FEBRUARY, at=at(f"{day}"), by="1")})
            if judges:
                verdict = Judgement(day=day, by="1", verdict=Verdict.STILL_NOT, reason="x")
                items = {key: judged(one, verdict) for key, one in items.items()}
        found = on(found, at(f"{day}")).having(records, RevisitRecords(items))
        records = replace(records, agendas={**records.agendas, **rules.advance(found)})
        found = found.having(records)
        told = {**_letters(found, items), **told}
        day += timedelta(days=1)
    return told


def _letters(found: World, items: Mapping[str, Revisit]) -> dict[str, str]:
    owners = {key: one.owner for key, one in items.items()}
    settings = found.organisation.of(Ambassadors)
    every = due(items.values(), owners, settings.letter_at, ZONE, found.now, sittings(found))
    return {one.period.split(".")[0]: f"{found.today:%m-%d} {one.person_id}" for one in every}


def of_one(next_on: date, owner: str = "2") -> Mapping[str, Revisit]:
    return {"x": item("x", next_on, owner=owner)}


def first(told: Mapping[str, str]) -> list[str]:
    return list(told.values())


@pytest.mark.parametrize("day", [WEDNESDAY, date(2027, 1, 19), date(2027, 2, 1), MEETS])
def test_what_is_on_an_agenda_is_not_asked_of_its_owner_before_the_form_was_asked_for_twice(day: date) -> None:
    assert first(asked(of_one(day))) == ["02-10 2"]


def test_what_was_judged_at_the_meeting_is_not_asked_at_all() -> None:
    assert asked(of_one(WEDNESDAY), date(2027, 2, 3), judges=True) == {}


def test_what_the_form_left_open_is_asked_when_it_came_back() -> None:
    assert first(asked(of_one(WEDNESDAY), date(2027, 2, 4))) == ["02-04 2"]


def test_what_falls_due_before_a_meeting_is_prepared_does_not_wait_for_it() -> None:
    assert first(asked(of_one(date(2027, 1, 11)))) == ["01-11 2"]


def test_whoever_does_not_come_to_the_meeting_is_asked_on_the_day() -> None:
    assert first(asked(of_one(WEDNESDAY, owner="9"))) == ["01-13 9"]


def test_what_has_no_room_on_the_agenda_is_asked_once_that_is_made() -> None:
    older = {f"i{day}": item(f"i{day}", date(2026, 12, day), owner="1") for day in range(1, 6)}
    assert asked({**older, **of_one(date(2027, 1, 20))})["x"] == "01-20 2"
