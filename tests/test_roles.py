"""Who leads others, and who is the manager of a department."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from culture.organisation import Organisation
from culture.people import Department, Person
from culture.roles import is_ambassador, is_manager, manager_of_each, managers
from service.settings.managers import undecided, unknown
from tests.culture_values import organisation, person

TODAY = date(2026, 12, 7)


def having(*roles: str) -> Person:
    return person(roles=frozenset(roles))


def leader(person_id: str, **changes: Any) -> Person:
    return person(person_id, **{"roles": frozenset({"leder"}), **changes})


def place(*people: Person, manager: str | None = None) -> Organisation:
    """Plan with these people; `manager` is the address that the config names."""
    made = organisation(*people, departments={"plan": Department(key="plan", name="Plan", manager=manager)})
    holder = made.holder(manager) if manager else None
    named = {"plan": holder.id} if holder else {}
    return replace(made, managers=manager_of_each(named, made.people, made.departments, TODAY))


@pytest.mark.parametrize("role", ["leder", "chef", "kontorchef", "sekretariatsleder", "head of department", "manager"])
def test_a_word_of_any_sector_for_whoever_leads_people(role: str) -> None:
    assert is_manager(having("ambassadør", role))


@pytest.mark.parametrize("role", ["projektleder", "account manager", "køkkenchef", "ambassadør", "medarbejder"])
def test_a_word_that_only_sounds_like_it(role: str) -> None:
    assert not is_manager(having(role))


def test_an_ambassador_by_either_language_and_as_hr_without_danish_letters_writes_it() -> None:
    assert [is_ambassador(having(one)) for one in ("ambassadør", "ambassador", "ai-ambassadoer", "leder")] == [
        True,
        True,
        True,
        False,
    ]


def test_the_only_one_with_the_role_is_the_manager() -> None:
    assert place(leader("a"), person("b")).managers == {"plan": "a"}


def test_of_two_with_the_role_none_is_until_the_config_names_one() -> None:
    two = leader("a"), leader("b")
    assert place(*two).managers == {}
    assert place(*two, manager="b@x.example").managers == {"plan": "b"}


def test_whoever_left_or_is_not_here_yet_is_no_manager() -> None:
    left, coming = leader("a", left=date(2026, 12, 6)), leader("b", started=date(2026, 12, 8))
    assert place(left, coming, leader("c")).managers == {"plan": "c"}
    assert place(left).managers == {}


def test_a_named_manager_who_left_gives_way_to_the_one_with_the_role_and_that_is_said() -> None:
    made = place(leader("a", left=date(2026, 12, 6)), leader("b"), manager="a@x.example")
    assert made.managers == {"plan": "b"}
    assert [str(one) for one in unknown(made, "config.toml", TODAY)] == [
        (
            'config.toml, [departments.plan] manager: "a@x.example" is nobody who works here. Write the address of '
            "whoever is the manager, or leave the key out."
        )
    ]
    assert list(unknown(place(leader("b"), manager="b@x.example"), "config.toml", TODAY)) == []


def test_a_manager_may_sit_in_another_department_and_have_no_role_at_all() -> None:
    made = place(person("a", department="stab"), manager="a@x.example")
    assert made.managers == {"plan": "a"}
    assert [one.id for one in managers(made, TODAY)] == ["a"]


def test_everybody_who_leads_is_among_the_managers_once() -> None:
    made = place(leader("b"), leader("a"), leader("c", left=date(2026, 12, 1)), person("d"), manager="b@x.example")
    assert [one.id for one in managers(made, TODAY)] == ["a", "b"]


def test_several_without_a_decision_are_named() -> None:
    assert [str(one) for one in undecided(place(leader("a"), leader("b")), "config.toml", TODAY)] == [
        (
            "config.toml, [departments.plan] manager: 2 have the role of a manager here (such as Person a, Person b), "
            "so none is the manager. Write the address of the one who is."
        )
    ]
    assert list(undecided(place(leader("a"), leader("b"), manager="a@x.example"), "config.toml", TODAY)) == []
