"""A letter about a changed block says what has changed, and nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from calendars.difference import Publication, changes, intend, settle
from calendars.event import block_uid
from calendars.series import series
from culture.people import Language, Person
from culture.vitamin import rules as vitamin
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing, Span
from culture.world import World
from mailer.render import Renderer
from mailer.words import tongue
from service.vitamin.block_change import block_change
from service.vitamin.facts import BlockChange
from tests.culture_values import organisation, person
from tests.mail_values import WORKDAYS, invite, reader

OURS = Renderer(None)
DANISH, ENGLISH = tongue("da"), tongue("en")
TOLD = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)  # a Tuesday
NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)


def closed(*days: str) -> Closing:
    return Closing(spans=tuple(Span(date.fromisoformat(day), date.fromisoformat(day)) for day in days))


def ana(**changes: Any) -> Person:
    return person("7", **{"channel": "invite", "first_seen": TOLD, "time": time(12, 30), **changes})


def what(before: World, after: World) -> BlockChange | None:
    """What the letter says that brings person 7 from the one world to the other."""
    told: Publication | None = None
    for world in (before, after):
        one = world.organisation.people["7"]
        block = vitamin.block(world, one)
        assert block
        over = block.ends(world.today) <= world.now
        found = series(
            block, told.series if told else None, world.today, block_uid("7", "x.example"), today_is_over=over
        )
        assert found
        known, absent = {told.uid: told} if told else {}, {"7": block.absent}
        (change,) = changes({"7": found}, known, {"7": one.email}, world.now, absent)
        told = settle(intend(told, change, "letter"))
    return block_change(after, one, change)


def world(now: datetime, one: Person, **changes: Any) -> World:
    return World(organisation(one, **changes), now)


BASE = world(TOLD, ana())


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (world(NOW, ana(time=time(9))), BlockChange(was_at=time(12, 30))),
        (
            world(NOW.replace(hour=9), ana(time=time(9))),
            BlockChange(was_at=time(12, 30)),
        ),  # today it is too late for that
        (world(NOW, ana(working_days=frozenset({2, 4}))), BlockChange(other_days=True)),
        (world(NOW, ana(zone="Europe/London")), BlockChange(other_zone=True)),
        (
            world(NOW, ana(pause_until=date(2027, 2, 15))),
            BlockChange(begins=date(2027, 2, 15), pause=True),
        ),
        (
            world(NOW, ana(), closing=closed("2026-12-24", "2026-12-26")),
            BlockChange(closed=(date(2026, 12, 24),)),
        ),
        (world(NOW, ana(left=date(2027, 1, 30))), BlockChange(last=date(2027, 1, 29))),
        (
            world(
                datetime(2026, 12, 9, 6, 0, tzinfo=UTC),
                ana(),
                absences={"7": (Span(date(2026, 12, 24), date(2027, 1, 3)),)},
            ),
            BlockChange(off=(*(date(2026, 12, day) for day in (24, 25, 28, 29, 30, 31)), date(2027, 1, 1))),
        ),
        (world(NOW, ana(email="new@x.example")), BlockChange(address=True)),
        (world(datetime(2027, 10, 20, 6, 0, tzinfo=UTC), ana()), BlockChange(until=date(2028, 10, 18))),
        (
            world(NOW, ana(time=time(9)), closing=closed("2026-12-23")),
            BlockChange(was_at=time(12, 30), closed=(date(2026, 12, 23),)),
        ),
    ],
)
def test_what_is_different_is_told_and_nothing_else(after: World, expected: BlockChange) -> None:
    found = what(
        replace(BASE, organisation=replace(BASE.organisation, closing=Closing(country=""))), with_no_holidays(after)
    )
    assert found is not None
    assert replace(found, until=found.until if expected.until else None) == expected


def with_no_holidays(world: World) -> World:
    made = world.organisation
    return replace(world, organisation=replace(made, closing=replace(made.closing, country="")))


def test_a_day_that_comes_back_is_told() -> None:
    found = what(world(TOLD, ana(), closing=closed("2026-12-23")), world(NOW, ana()))
    assert found == BlockChange(back=(date(2026, 12, 23),))


def test_a_break_that_ends_sooner_tells_the_next_time() -> None:
    paused = world(TOLD, ana(first_seen=datetime(2026, 1, 1, tzinfo=UTC), pause_until=date(2027, 2, 15)))
    found = what(paused, world(NOW, ana(first_seen=datetime(2026, 1, 1, tzinfo=UTC))))
    assert found
    assert (found.begins, found.pause, found.back) == (date(2026, 12, 2), False, ())


def test_how_it_is_shown_is_not_a_new_time() -> None:
    shown = BASE.organisation.having(replace(BASE.organisation.of(Vitamin), show_as="busy"))
    assert what(BASE, replace(BASE, organisation=shown, now=NOW)) == BlockChange(shown=True)


D = date
SAID: list[tuple[BlockChange, str, str]] = [
    (
        BlockChange(was_at=time(9)),
        "AI-tid ligger nu kl. 12.15 i stedet for kl. 09.00. Første gang er mandag den 30. november.",
        "AI-tid is now at 12:15 instead of 09:00. The first time is Monday 30 November.",
    ),
    (
        BlockChange(begins=D(2027, 2, 15), pause=True),
        "Du holder pause. AI-tid er tilbage mandag den 15. februar.",
        "You are taking a break. AI-tid is back on Monday 15 February.",
    ),
    (
        BlockChange(closed=(D(2026, 12, 23),), back=(D(2026, 12, 30),)),
        "AI-tid falder væk onsdag den 23. december, hvor der er lukket. Der er alligevel AI-tid onsdag den 30. december.",
        "There is no AI-tid on Wednesday 23 December, when we are closed. There is AI-tid on Wednesday 30 December after all.",
    ),
    (
        BlockChange(until=D(2028, 9, 4)),
        "AI-tid fortsætter til mandag den 4. september 2028. Tid og dage er, som de var.",
        "AI-tid goes on until Monday 4 September 2028. The time and the days are as they were.",
    ),
    (
        BlockChange(shown=True, until=D(2028, 9, 4)),
        "Tid og dage er, som de var. Det er kun måden, AI-tid vises på i din kalender, der er ny.",
        "The time and the days are as they were. Only the way AI-tid is shown in your calendar is new.",
    ),
    (BlockChange(), "Tid og dage er, som de var.", "The time and the days are as they were."),
]


@pytest.mark.parametrize(("change", "da", "en"), SAID)
def test_a_letter_says_it_in_one_or_two_sentences(change: BlockChange, da: str, en: str) -> None:
    sentences: dict[Language, str] = {"da": da, "en": en}
    for language, sentence in sentences.items():
        made = OURS.render(reader(language), [invite("update", what=change)])
        assert made.text.split("\n\n")[2] == sentence
        assert ">" + sentence.replace("AI-", "AI\u2011") + "</p>" in made.html


def test_a_title_cannot_write_html_in_what_has_changed() -> None:
    made = OURS.render(reader(), [invite("update", title="<b>AI</b>", what=BlockChange(until=D(2028, 9, 4)))])
    assert "<b>" not in made.html
    assert made.text.split("\n\n")[1] == "<b>AI</b> fortsætter i din kalender"


@pytest.mark.parametrize(
    ("days", "da", "en"),
    [
        ((), "", ""),
        ((D(2027, 1, 4),), "mandag den 4. januar", "Monday 4 January"),
        (
            (D(2027, 1, 4), D(2027, 1, 5)),
            "mandag den 4. januar og tirsdag den 5. januar",
            "Monday 4 January and Tuesday 5 January",
        ),
        (
            tuple(D(2027, 1, day) for day in (7, 8, 11)),  # over a weekend
            "torsdag den 7. januar til mandag den 11. januar",
            "Thursday 7 January to Monday 11 January",
        ),
        (
            (D(2027, 1, 4), D(2027, 1, 5), D(2027, 1, 7)),  # the Wednesday is not among them
            "mandag den 4. januar, tirsdag den 5. januar og torsdag den 7. januar",
            "Monday 4 January, Tuesday 5 January and Thursday 7 January",
        ),
        (
            tuple(D(2027, month, 4) for month in (1, 2, 3, 5, 6)),
            "mandag den 4. januar, torsdag den 4. februar, torsdag den 4. marts og to dage mere",
            "Monday 4 January, Thursday 4 February, Thursday 4 March and two more days",
        ),
    ],
)
def test_days_are_named_and_a_long_list_is_counted(days: tuple[date, ...], da: str, en: str) -> None:
    assert (DANISH.dates(days, WORKDAYS), ENGLISH.dates(days, WORKDAYS)) == (da, en)


def test_a_run_of_days_leaves_out_the_weekdays_that_somebody_has_not() -> None:
    days = (D(2027, 3, 31), D(2027, 4, 5), D(2027, 4, 7))
    assert ENGLISH.dates(days, {1, 3}) == "Wednesday 31 March to Wednesday 7 April"
