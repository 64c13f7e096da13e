"""What events are called: which is meant, and which is off."""

import pytest

from calendars.server.titles import calls_off, is_called

SUBJECT = "Afdelingsmøde"


@pytest.mark.parametrize(
    "title",
    [
        "Afdelingsmøde",
        "  afdelingsmøde ",
        "AFDELINGSMØDE",
        "Afdelingsmøde (lokale 2)",
        "Afdelingsmøde [Teams] (ny tid)",
        "Afdelingsmøde(lokale 2)",
        "Aflyst: Afdelingsmøde",
        "Canceled: Afdelingsmøde (lokale 2)",
        "AFLYST - Afdelingsmøde",
        "Afdelingsmøde (aflyst)",
        "Afdelingsmøde (lokale 2) - aflyst",
    ],
)
def test_a_title_is_the_subject_whatever_case_space_brackets_and_a_mark_that_it_is_off(title: str) -> None:
    assert is_called(title, SUBJECT)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Afdelingsmøder",
        "Forberedelse: Afdelingsmøde",
        "Afdelingsmøde Jura",
        "Afdelingsmøde - Jura",
        "Afdelingsmøde: budget",
        "(Afdelingsmøde)",
        "Julefrokost (efter Afdelingsmøde)",
        "Aflyst",
    ],
)
def test_a_word_more_makes_it_another_event(title: str) -> None:
    assert not is_called(title, SUBJECT)


def test_brackets_of_the_subject_itself_count() -> None:
    assert is_called("Afdelingsmøde (Plan)", "afdelingsmøde  (plan)")
    assert not is_called("Afdelingsmøde", "Afdelingsmøde (Plan)")
    assert not is_called("Afdelingsmøde (Jura)", "Afdelingsmøde (Plan)")


def test_letters_that_are_written_in_two_ways_are_the_same() -> None:
    assert is_called("Ma\u030andagsmøde\u00a0Plan", "Må\u006edagsmøde Plan")


def test_no_subject_is_nobodys() -> None:
    assert not is_called("", " ")
    assert not is_called("Aflyst:", "")


@pytest.mark.parametrize(
    ("title", "off"), [("Aflyst: Møde", True), ("Møde (aflyst)", True), ("Aflysning af møde", False)]
)
def test_a_title_calls_its_event_off(title: str, off: bool) -> None:
    assert calls_off(title) is off
