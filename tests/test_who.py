"""Whom a text means, where some have left and others have the same address or name."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from culture.people import Person
from culture.world import World
from service.acts.who import meant
from service.cli.app import BadSentence
from service.cli.records_commands import find_person
from service.settings.inputs import by_last_day
from tests.culture_values import organisation, person

TODAY = date(2026, 11, 29)


def one(person_id: str, name: str, email: str, **changes: Any) -> Person:
    return replace(person(person_id), name=name, email=email, **changes)


ANNA_BEFORE = one("1", "Anna Holm", "anna@x.example", left=date(2026, 5, 31))
ANNA = one("77", "Anna Holm", "anna@x.example")
ANNA_HOLMGAARD = one("8", "Anna Holmgaard", "ah@x.example", left=date(2026, 12, 31))
BO_BEFORE = one("b2", "Bo Lind", "bo@x.example", left=date(2026, 11, 28))
CARLA, OTHER_CARLA = one("30", "Carla Juhl", "c@x.example"), one("31", "Carla Juhl", "cj@x.example")
STAFF = [ANNA_BEFORE, ANNA_HOLMGAARD, BO_BEFORE, CARLA, OTHER_CARLA, ANNA]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("anna@x.example", ["77"]),  # an address that somebody had before
        ("Anna@X.example", ["77"]),
        ("Anna Holm", ["77"]),  # a whole name before a part of one
        (" anna holm ", ["77"]),
        ("1", ["1"]),  # an id is one person's, also of who has left
        ("holmg", ["8"]),  # leaves in a month: still here
        ("anna", ["8", "77"]),  # two who work here are asked about, and who has left is not
        ("carla juhl", ["30", "31"]),
        ("bo@x.example", ["b2"]),  # only who has left: found
        ("B2", ["b2"]),
        ("bo l", ["b2"]),
        ("x", []),
        ("", []),
    ],
)
def test_who_works_here_is_meant_before_who_has_left(text: str, ids: list[str]) -> None:
    assert [found.id for found in meant(STAFF, text, TODAY)] == ids
    assert sorted(found.id for found in meant(reversed(STAFF), text, TODAY)) == sorted(ids)


def test_an_address_is_whoever_s_who_stays_longest_and_has_a_row() -> None:
    here = replace(organisation(), people={one.id: one for one in STAFF})
    found = [here.holder(address) for address in ("Anna@x.example", "bo@x.example", "c@x.example", "nobody@x.example")]
    assert found == [ANNA, BO_BEFORE, CARLA, None]
    heir = one("77-2", "Andreas Holm", ANNA.email)
    for people in ([ANNA, heir], [heir, ANNA]):
        passed = replace(here, people={one.id: one for one in people}, missing=frozenset({"77"}))
        assert passed.holder(ANNA.email) == heir


def test_somebody_on_their_last_day_still_works_here() -> None:
    assert meant([ANNA, replace(ANNA_BEFORE, left=TODAY)], "anna@x.example", TODAY) == [
        ANNA,
        replace(ANNA_BEFORE, left=TODAY),
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([(None, "a", "7"), (date(2026, 5, 31), "a", "1")], "7"),
        ([(date(2026, 5, 31), "a", "1"), (None, "a", "7")], "7"),
        ([(date(2027, 5, 31), "a", "8"), (date(2026, 5, 31), "a", "1")], "8"),
    ],
)
def test_an_address_in_a_file_is_of_whoever_stays_longest(
    given: list[tuple[date | None, str, str]], found: str
) -> None:
    assert by_last_day(given) == {"a": found}


def test_several_are_asked_about_with_their_ids_and_nobody_is_said() -> None:
    world = World(organisation(*STAFF), datetime(2026, 11, 29, 12, tzinfo=UTC))
    assert find_person(world, "anna@x.example") == ANNA
    for text, said in (
        ("carla", '"carla" fits several: Carla Juhl (30), Carla Juhl (31). Write the id.'),
        ("dorte", '"dorte" is nobody here. Look with aikultur people list.'),
    ):
        with pytest.raises(BadSentence) as caught:
            find_person(world, text)
        assert caught.value.sentence.said("en") == said
