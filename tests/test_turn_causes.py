"""What makes the news about a turn, by its deeds; the day-before letter; and who is not written to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.relay import acts as relay_acts
from culture.relay import notices as relay_notices
from culture.relay import schedule as relay
from culture.relay.acts import Request
from culture.relay.deeds import Deed, Did, Waiting
from culture.relay.news import Cause, Change, News, news
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn, TurnList
from tests.test_turn_news import BEGIN, office

TZ = ZoneInfo("Europe/Copenhagen")
THURSDAY = datetime(2027, 1, 14, 9, 0, tzinfo=TZ)
LATER = datetime(2027, 1, 28, 9, 0, tzinfo=TZ)
ELSEWHERE = datetime(2027, 2, 4, 9, 0, tzinfo=TZ)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE = office("invite")
"""Whose facilitator is d."""


def deed(what: Did, about: Did | Waiting | datetime | str, by: str = "service") -> Deed:
    """What was done, what it is about, by whom."""
    of: dict[type, str] = {Did: "undid", Waiting: "why", datetime: "to", str: "about"}
    return Deed(at=BEGIN, by=by, what=what, **{of[type(about)]: about})  # type: ignore[arg-type]  # fields by type


def turn(*deeds: tuple[Any, ...], number: int = 1, **changes: Any) -> Turn:
    """A turn of a, or whose else it is; each deed (what, about, by) an hour after the one before."""
    made = ((Did.MOVED, THURSDAY), *deeds)
    values: dict[str, Any] = {
        "person": "a",
        "presenter": "a",
        "starts": THURSDAY,
        "meeting": "plan/2027-01-14",
        **changes,
    }
    return Turn(
        id=f"plan-{number}",
        department="plan",
        number=number,
        kind=values.pop("kind", "normal"),
        announced=BEGIN,
        deeds=tuple(replace(deed(*one), at=BEGIN + place * HOUR) for place, one in enumerate(made)),
        **values,
    )


def why(
    reader: str, change: Change, about: Turn, *others: Turn, owed: dict[str, str] | None = None, **more: Any
) -> News:
    turns = {one.id: one for one in (about, *others)}
    records = RelayRecords(turns=turns, standings={"plan": TurnList(owed=owed or {})})
    return news(OFFICE, records, about, reader, change, more.pop("at", about.starts or THURSDAY), **more)


def of(cause: Any) -> News:
    return News(cause=cause)


ASKED, SWAPPED = (Did.SWAP_ASKED, "b", "a"), (Did.SWAPPED, "b", "b")
BACK = (Did.UNDONE, Did.SWAPPED, "b")
TO_B, BY_B = turn(ASKED, SWAPPED, presenter="b"), turn(ASKED, SWAPPED, BACK)
WAITS: dict[str, Any] = {"meeting": "", "starts": None}


@pytest.mark.parametrize(
    ("expected", "reader", "change", "about", "more"),
    [
        (News(cause=Cause.ANNOUNCED), "a", "create", turn(), {}),
        (News(cause=Cause.ANNOUNCED), "d", "create", turn(), {}),
        (News(cause=Cause.VOLUNTEERED, own=True), "a", "create", turn(kind="volunteer"), {}),
        (News(cause=Cause.VOLUNTEERED), "d", "create", turn(kind="volunteer"), {}),
        (News(cause=Cause.RETRY), "a", "create", turn(kind="retry"), {}),
        (News(cause=Cause.IN_RETURN, colleague="a"), "b", "create", turn(presenter="b"), {}),
        (
            News(cause=Cause.NEW_DATE),
            "a",
            "create",
            turn((Did.WAITS, Waiting.MEETING_CANCELLED), (Did.MOVED, ELSEWHERE)),
            {"told": True},
        ),
        (
            News(cause=Cause.ANNOUNCED),
            "a",
            "create",
            turn((Did.WAITS, Waiting.MEETING_CANCELLED), (Did.MOVED, ELSEWHERE)),
            {},
        ),
        (
            News(cause=Cause.PASSING_UNDONE, own=True),
            "a",
            "create",
            turn((Did.PASSED, "", "a"), (Did.UNDONE, Did.PASSED, "a")),
            {"told": True},
        ),
        (News(cause=Cause.SWAPPED, own=True, colleague="a"), "b", "create", TO_B, {}),
        (News(cause=Cause.SWAPPED, colleague="b"), "a", "cancel", TO_B, {}),
        (News(cause=Cause.SWAPPED, colleague="b", owes=True), "a", "cancel", TO_B, {"owed": {"b": "a"}}),
        (News(cause=Cause.SWAP_UNDONE, colleague="b"), "a", "create", BY_B, {"told": True}),
        (News(cause=Cause.SWAP_UNDONE, own=True, colleague="a"), "b", "cancel", BY_B, {}),
        (
            News(cause=Cause.SWAP_VOID, colleague="b"),
            "a",
            "create",
            turn(ASKED, SWAPPED, (Did.BACK, "a")),
            {"told": True},
        ),
        (News(cause=Cause.SWAP_VOID, colleague="a"), "b", "cancel", turn(ASKED, SWAPPED, (Did.BACK, "a")), {}),
        (News(cause=Cause.CALENDAR), "a", "cancel", turn(), {}),
        (News(cause=Cause.CALENDAR), "d", "cancel", turn(), {}),
        (News(cause=Cause.OTHER_FACILITATOR), "c", "cancel", turn(), {}),
        (News(cause=Cause.PASSED, own=True), "a", "cancel", turn((Did.PASSED, "", "a"), state="passed"), {}),
        (News(cause=Cause.PASSED), "a", "cancel", turn((Did.PASSED, "", "facilitator"), state="passed"), {}),
        (News(cause=Cause.PASSED), "d", "cancel", turn((Did.PASSED, "", "a"), state="passed"), {}),
        (
            News(cause=Cause.SWAPPED, colleague="b"),
            "a",
            "cancel",
            turn(ASKED, SWAPPED, (Did.PASSED, "", "b"), presenter="b", state="passed"),
            {},
        ),
        (News(cause=Cause.NOT_NEEDED), "a", "cancel", turn((Did.NOT_NEEDED, "", "b"), state="withdrawn"), {}),
        (News(cause=Cause.SOLVED), "a", "cancel", turn((Did.NOT_NEEDED, ""), state="withdrawn"), {}),
        (
            News(cause=Cause.OFFER_UNDONE, own=True),
            "a",
            "cancel",
            turn((Did.UNDONE, Did.VOLUNTEERED, "a"), state="withdrawn"),
            {},
        ),
        (
            News(cause=Cause.LEFT),
            "d",
            "cancel",
            turn((Did.WAITS, Waiting.AWAY), (Did.LEFT, ""), state="withdrawn", **WAITS),
            {},
        ),
        (News(cause=Cause.HELD), "d", "cancel", turn((Did.HELD, "", "facilitator"), state="held"), {}),
        *(
            (of(cause), reader, "cancel", turn((Did.WAITS, reason), **WAITS), {"at": THURSDAY})
            for reader in ("a", "d")
            for reason, cause in {
                Waiting.MEETING_CANCELLED: Cause.CANCELLED,
                Waiting.AWAY: Cause.AWAY,
                Waiting.NO_ROOM: Cause.NO_ROOM,
                Waiting.TOO_SHORT: Cause.TOO_SHORT,
                Waiting.NOT_TOLD: Cause.NO_CHALLENGE,
                Waiting.NOT_REACHED: Cause.NOT_REACHED,
                Waiting.NO_RELAY: Cause.NO_RELAY,
            }.items()
        ),
        (News(cause=Cause.MOVED), "a", "update", turn((Did.MOVED, ELSEWHERE), starts=LATER), {"stood": THURSDAY}),
        (News(cause=Cause.UNKNOWN), "a", "update", turn(), {"stood": THURSDAY}),
        *(
            (of(cause), "a", "update", turn(deed, (Did.MOVED, ELSEWHERE), starts=LATER), {"stood": THURSDAY})
            for deed, cause in {
                (Did.WAITS, Waiting.MEETING_CANCELLED): Cause.CANCELLED,
                (Did.WAITS, Waiting.AWAY): Cause.AWAY,
                (Did.MISSED, "", "facilitator"): Cause.MISSED,
            }.items()
        ),
        (News(cause=Cause.SWAPPED, colleague="b"), "a", "cancel", TO_B, {"had": "a"}),
        (News(cause=Cause.SWAPPED, colleague="a"), "d", "update", TO_B, {"had": "a", "stood": THURSDAY}),
        (News(cause=Cause.SWAP_UNDONE, colleague="b"), "d", "update", BY_B, {"had": "b", "stood": THURSDAY}),
        (News(cause=Cause.MOVED), "d", "update", TO_B, {"had": "b", "stood": LATER}),
        (
            News(cause=Cause.UNKNOWN),
            "d",
            "update",
            TO_B,
            {"stood": THURSDAY},
        ),  # an older version did not remember who had it
        (News(cause=Cause.UNKNOWN), "d", "update", turn(), {"had": "b", "stood": THURSDAY}),
        (  # why it waited before was told before
            News(cause=Cause.MOVED),
            "a",
            "update",
            turn((Did.WAITS, Waiting.AWAY), (Did.MOVED, LATER), (Did.MOVED, ELSEWHERE), starts=THURSDAY),
            {"stood": LATER},
        ),
    ],
)
def test_the_deeds_on_a_turn_make_the_news(
    expected: News, reader: str, change: Change, about: Turn, more: dict[str, Any]
) -> None:
    assert why(reader, change, about, **more) == expected


def test_a_facilitator_whose_turn_changes_hands_keeps_it_in_the_calendar_and_is_told_why() -> None:
    """On `invite` and on Exchange, where facilitators have everybody's turns in their calendars."""
    given = turn((Did.SWAP_ASKED, "b", "d"), SWAPPED, person="d", presenter="b")
    got = turn((Did.SWAP_ASKED, "d", "b"), (Did.SWAPPED, "d", "d"), person="b", presenter="d")
    back = turn(
        (Did.SWAP_ASKED, "d", "b"), (Did.SWAPPED, "d", "d"), (Did.UNDONE, Did.SWAPPED, "d"), person="b", presenter="b"
    )
    for about, had, expected in (
        (given, "d", News(cause=Cause.SWAPPED, colleague="b")),
        (got, "b", News(cause=Cause.SWAPPED, own=True, colleague="b")),
        (back, "d", News(cause=Cause.SWAP_UNDONE, own=True, colleague="b")),
    ):
        assert why("d", "update", about, had=had, stood=THURSDAY) == expected
    # On a feed those of others come without a letter, and one's own goes like anybody's.
    assert why("d", "cancel", given, had="d") == News(cause=Cause.SWAPPED, colleague="b")
    assert why("d", "cancel", given, had="b") == News(cause=Cause.CALENDAR)


def test_nobody_is_to_wait_for_the_next_turn_of_somebody_who_leaves_before_it() -> None:
    away, people = turn((Did.WAITS, Waiting.AWAY), **WAITS), OFFICE.people
    leaves = replace(OFFICE, people={**people, "a": replace(people["a"], left=date(2027, 1, 13))})
    stays = replace(OFFICE, people={**people, "a": replace(people["a"], left=date(2027, 1, 14))})
    records = RelayRecords(turns={away.id: away})
    assert [news(made, records, away, "d", "cancel", THURSDAY).cause for made in (leaves, stays)] == ["left", "away"]


def test_whoever_asked_hears_that_a_yes_was_taken_back_before_it_was_told() -> None:
    """A yes is told by the calendars when it has stood for ten minutes; who asked would wait for an answer for ever."""

    def said(minutes: float, by: str = "b", asked: datetime = BEGIN, wait: timedelta = MINUTE) -> list[tuple[str, str]]:
        deeds = (
            Deed(at=asked, by="a", what=Did.SWAP_ASKED, about="b"),
            Deed(at=asked + wait, by="b", what=Did.SWAPPED, about="b"),
            Deed(at=asked + wait + minutes * MINUTE, by=by, what=Did.UNDONE, undid=Did.SWAPPED),
        )
        about = replace(turn(), deeds=deeds)
        notices = relay_notices.due(OFFICE, RelayRecords(turns={about.id: about}), asked + HOUR)
        return [(one.kind, one.person_id) for one in notices if one.kind != "overview"]

    assert said(9.9) == said(0, by="facilitator") == [("swap-declined", "a")]
    assert said(10) == []  # told by both calendars
    assert said(9, by="a") == []  # they did it themselves
    assert said(9, by="facilitator", wait=timedelta(0)) == []  # nobody waits: `relay swap --agreed`
    assert said(9, asked=BEGIN + 9 * DAY) == []  # of a turn of the next day a yes is told at once


def test_of_two_turns_that_change_places_each_knows_when_the_other_is() -> None:
    accepted = Deed(at=BEGIN + 2 * HOUR, by="b", what=Did.SWAPPED, about="a")
    given = replace(turn(number=2, person="b", presenter="a", starts=LATER), deeds=(accepted,))
    assert why("a", "cancel", TO_B, given) == News(cause=Cause.SWAPPED, colleague="b", other=LATER)
    assert why("b", "create", TO_B, given) == News(cause=Cause.SWAPPED, own=True, colleague="a", other=LATER)
    assert why("a", "create", given, TO_B) == News(cause=Cause.SWAPPED, colleague="b", other=THURSDAY)
    assert why("b", "cancel", given, TO_B) == News(cause=Cause.SWAPPED, own=True, colleague="a", other=THURSDAY)


def test_a_turn_in_return_knows_for_which_one_it_is() -> None:
    returned = turn(number=2, person="b", presenter="a", starts=LATER)
    assert why("a", "create", returned, TO_B) == News(cause=Cause.IN_RETURN, colleague="b", other=THURSDAY)
    given_back = replace(
        returned,
        presenter="b",
        deeds=(*returned.deeds, Deed(at=BEGIN + HOUR, by="a", what=Did.UNDONE, undid=Did.SWAPPED)),
    )
    assert why("a", "cancel", given_back, TO_B) == News(cause=Cause.SWAP_UNDONE, own=True, colleague="b")


# --- the letters of their days


def kinds(records: RelayRecords, now: datetime, made: Any = OFFICE) -> list[tuple[str, str]]:
    found = relay_notices.due(made, records, now)
    return sorted({(one.kind, one.person_id) for one in found if one.due <= now < one.too_late})


def on_the_eve() -> tuple[RelayRecords, str]:
    """The relay on the morning before the meeting, and who presents there."""
    records, now = RelayRecords(), BEGIN
    while now < datetime(2027, 1, 13, 7, tzinfo=UTC):
        records, now = relay.advance(OFFICE, records, now), now + 6 * HOUR
    return records, records.turns["plan-1"].presenter


def test_whoever_takes_a_turn_over_on_the_eve_gets_no_reminder_of_it() -> None:
    records, presenter = on_the_eve()
    now = datetime(2027, 1, 13, 7, tzinfo=UTC)
    assert ("eve", presenter) in kinds(records, now)
    asks, other = Request(by=presenter, at=now), next(one for one in "abc" if one != presenter)
    records = relay_acts.offer(OFFICE, records, "plan-1", other, asks)
    assert ("swap", other) in kinds(records, now)
    assert ("eve", presenter) in kinds(records, now)
    records = relay_acts.accept(OFFICE, records, "plan-1", other, replace(asks, by=other))
    assert [one for one in kinds(records, now) if one[0] in ("eve", "assignment")] == [("assignment", other)]


def test_a_challenge_follows_a_swap_when_that_has_stood() -> None:
    records, now = RelayRecords(), BEGIN
    while now < datetime(2027, 1, 8, 7, tzinfo=UTC):
        records, now = relay.advance(OFFICE, records, now), now + 6 * HOUR
    presenter = records.turns["plan-1"].presenter
    asks, other = Request(by=presenter, at=now), next(one for one in "abc" if one != presenter)
    records = relay_acts.offer(OFFICE, records, "plan-1", other, asks)
    records = relay_acts.accept(OFFICE, records, "plan-1", other, replace(asks, by=other))
    assert ("assignment", other) not in kinds(records, now + timedelta(minutes=9, seconds=59))
    assert ("assignment", other) in kinds(records, now + timedelta(minutes=10))


def test_who_has_left_is_asked_nothing() -> None:
    records, presenter = on_the_eve()
    now = datetime(2027, 1, 15, 7, tzinfo=UTC)
    records = relay.advance(OFFICE, records, now)
    assert ("learning", presenter) in kinds(records, now)
    people = OFFICE.people
    for last, asked in ((date(2027, 1, 15), True), (date(2027, 1, 14), False)):
        gone = replace(OFFICE, people={**people, presenter: replace(people[presenter], left=last)})
        assert (("learning", presenter) in kinds(records, now, gone)) == asked
