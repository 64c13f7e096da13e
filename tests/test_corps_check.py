"""What is said of a corps that was not meant as it is written, or lacks something."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors, Named
from culture.meetings import Amendment
from culture.organisation import Organisation
from service.ambassadors.check import CHECK
from service.messages.faults import BadInput
from service.settings.config import parse_config
from service.settings.inputs import read_inputs
from tests.corps_values import MEETINGS, START, ambassador, house, on, world
from tests.culture_values import person
from tests.service_values import row, write_config, write_people

ROOT = Path(__file__).parent.parent
TODAY = START.date()


Noted = Callable[[Organisation], list[str]]


def warned(made: Organisation) -> list[str]:
    return [fault.said("en").removeprefix("config.toml, ") for fault in CHECK.warnings(made, "config.toml", TODAY)]


@pytest.fixture
def noted(tmp_path: Path) -> Noted:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    inputs = read_inputs(tmp_path / "config.toml")

    def of(made: Organisation) -> list[str]:
        found = CHECK.notes(inputs, on(world(made), START))
        return [fault.said("en").removeprefix("config.toml, ") for fault in found]

    return of


WHOLE: Mapping[str, Any] = {"sponsor_email": "bk@x.example", "sponsor_name": "Birgitte", "hours": 6}


def test_a_whole_corps_has_nothing_to_be_said_of(noted: Noted) -> None:
    made = house(ambassador("1"), ambassador("2", department="hr"), ambassador("3", department="it"), **WHOLE)
    assert (warned(made), noted(made)) == ([], [])
    assert [one.said("en") for one in CHECK.counts(made)] == ["3 people with the role of an ambassador"]
    assert [one.said("en") for one in CHECK.tells(made, TODAY)] == ["The ambassadors meet next on 5 January 2027."]


def test_a_corps_that_is_off_is_not_spoken_of(noted: Noted) -> None:
    made = house(ambassador("1"), enabled=False, chair="nobody@x.example")
    assert (warned(made), noted(made)) == ([], [])
    assert [*CHECK.counts(made), *CHECK.tells(made, TODAY)] == []


def test_departments_without_one_a_corps_of_one_and_what_it_lacks_are_named(noted: Noted) -> None:
    made = house(ambassador("1"), person("2", department="hr"), person("3", department="it"))
    assert noted(made) == [
        "[ambassadors] sponsor_email: nobody in management backs the corps. Write sponsor_name and sponsor_email: without a sponsor it soon stands still.",
        "[ambassadors] hours: no hours are set aside, so it is unpaid extra work. Write hours, for example 6.",
        "[ambassadors]: there is one ambassador, so nobody can take over from the chair. Ask for another.",
        "[ambassadors]: 2 departments have no ambassador: HR, IT. Their managers are asked once a quarter.",
    ]
    assert "[ambassadors]: there are no ambassadors." in noted(house(person("1"), **WHOLE))[0]


def test_a_term_that_ends_within_two_months_is_named(noted: Noted) -> None:
    ends = Named(email="1@x.example", last=TODAY + timedelta(days=40))
    made = house(ambassador("1"), ambassador("2"), people=(ends,), **WHOLE)
    assert noted(made) == [
        "[ambassadors] people: the term of Person 1 ends on 13 February 2027. Write a later day in to, or find another."
    ]


def test_a_chair_or_sponsor_who_left_and_an_ambassador_of_nothing_are_said() -> None:
    gone = person("9", left=TODAY - timedelta(days=1))
    made = house(
        *(ambassador("1"), ambassador("2"), gone),
        chair="9@x.example",
        sponsor_email="9@x.example",
        people=(Named(email="nobody@x.example"), Named(email="2@x.example", covers=("closed-down",))),
        meeting=replace(MEETINGS, changes=(Amendment(on=date(2027, 2, 3), cancelled=True),)),
    )
    assert warned(made) == [
        "[ambassadors] chair: 9@x.example does not work here, so whoever has served longest leads the meetings. Write another address, or leave chair out.",
        "[ambassadors] sponsor_email: 9@x.example does not work here any more, so the contact is asked instead. Write who backs the corps now.",
        "[ambassadors] people: nobody@x.example is nobody who works here. Write the address of somebody who does, or take the entry out.",
        '[ambassadors] people: 2@x.example covers "closed-down", and there is no [departments.closed-down]. Write the key of a department, or take it out.',
        "[ambassadors] meeting: changes names 2027-02-03, but there is no meeting on that day. Write the day the rhythm gives.",
    ]


def test_a_chair_whose_term_is_over_and_a_corps_that_never_meets_are_said() -> None:
    over = Named(email="1@x.example", last=TODAY - timedelta(days=1))
    made = house(ambassador("1"), ambassador("2"), chair="1@x.example", people=(over,), meeting=None)
    assert warned(made) == [
        "[ambassadors] chair: 1@x.example is no ambassador today by the term in people, so whoever has served longest leads the meetings. Write another address, or another term.",
        "[ambassadors]: there is no [ambassadors.meeting], so the corps never meets. Write at least weekday and time.",
    ]


def config(text: str) -> Ambassadors:
    """What stands under [ambassadors] in the shipped example, with this instead."""
    example = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    return parse_config({**example, **tomllib.loads(text)}, "config.toml").of(Ambassadors)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('chair = ["a@x.example", "b@x.example"]', 'chair: ["a@x.example", "b@x.example"] is of the wrong type.'),
        ('chair = "Anna"', 'chair: "Anna" is not an e-mail address.'),
        ("hours = 0", "hours: 0 is too small. Write at least 1."),
        ('sponser_email = "a@x.example"', "there is no such key. Did you mean sponsor_email?"),
        ("people = [{ from = 2027-01-01 }]", "email: this is missing."),
        (
            'people = [{ email = "a@x.example", from = 2027-02-01, to = 2027-01-31 }]',
            "the term ends on 31 January 2027, before it begins. Write a later day in to.",
        ),
        ('meeting = { weekday = "tuesday" }', "time: this is missing."),
        ('meeting = { weekday = "tuesday", time = "13:00", every = "4 weeks" }', "4 weeks needs counted_from"),
        ('meeting = { weekday = "tuesday", time = "13:00", every = "week", nth = "last" }', "nth belongs to"),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadInput) as bad:
        config(f"[ambassadors]\n{text}")
    assert any(said in fault.said("en") for fault in bad.value.faults), [one.said("en") for one in bad.value.faults]


def test_the_example_of_the_page_is_a_corps() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/ambassadors.md").read_text("utf-8"), re.DOTALL)
    found = config(block)
    assert (found.enabled, found.hours, found.people[0].covers) == (True, 6, ("hr",))
    assert found.meeting is not None


def test_what_stands_in_the_records_is_read_again() -> None:
    from store.plain import from_plain, to_plain

    found = on(world(house(ambassador("1"), ambassador("2"))), START).of(AmbassadorRecords)
    for one in (*found.places.values(), *found.meetings.values()):
        assert from_plain(type(one), to_plain(one)) == one
    assert next(iter(found.meetings.values())).starts == datetime.fromisoformat("2027-01-05T12:00+00:00")
