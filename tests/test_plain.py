"""Dataclasses to JSON documents and back."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from culture.relay.deeds import Deed, Did
from culture.relay.learning import Learning, Outcome
from culture.relay.turns import Hindrance, Place, Tie, Turn, TurnList, Why
from culture.revisit.rules import Judgement, Revisit, Verdict, What
from store.plain import from_plain, to_plain

CPH = ZoneInfo("Europe/Copenhagen")
AT = datetime(2026, 11, 30, 6, tzinfo=UTC)

TURN = Turn(
    id="plan-17",
    department="plan",
    number=17,
    kind="normal",
    person="p1",
    presenter="p2",
    announced=AT,
    meeting="plan/2026-12-03",
    starts=datetime(2026, 12, 3, 23, 30, tzinfo=CPH),
    state="assigned",
    assigned=AT,
    why=Why(level=2, among=5, tie=Tie.LONGEST_AGO, away={"p3": Hindrance.COULD_NOT}),
    deeds=(Deed(at=AT, by="p1", what=Did.SWAPPED, about="p2"),),
)


def test_a_turn_comes_back_equal_and_in_its_own_zone() -> None:
    document = to_plain(TURN)
    found = from_plain(Turn, document)
    assert found == TURN
    assert found.starts is not None
    assert found.starts.date() == date(2026, 12, 3)
    assert document["starts"] == "2026-12-03T23:30:00+01:00[Europe/Copenhagen]"


def test_what_equals_its_default_is_left_out() -> None:
    assert to_plain(Place(turns=1)) == {"turns": 1}


def test_standings_learning_and_revisit_come_back_equal() -> None:
    standings = TurnList(
        floor=1, turns=3, people={"p1": Place(since=date(2027, 1, 4))}, given={"a": 2}, owed={"p1": "p2"}
    )
    learning = Learning(
        id="plan-17",
        department="plan",
        person="p1",
        challenge="a",
        title="T",
        at=AT,
        outcome=Outcome.NOT_YET,
        hours=2.5,
    )
    revisit = Revisit(
        id="r1", name="Copilot i Excel", what=What.TOOL, rejected_by="Jura", rejected_on=date(2026, 9, 1), reason="R",
        would_change="W", months=4, owner="p1", next_on=None,
        judgements=(Judgement(day=date(2027, 1, 1), by="Anna", verdict=Verdict.WORKS_NOW, reason="Det virker."),),
    )  # fmt: skip
    assert from_plain(TurnList, to_plain(standings)) == standings
    assert from_plain(Learning, to_plain(learning)) == learning
    assert from_plain(Revisit, to_plain(revisit)) == revisit


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_plain(datetime(2026, 12, 3))  # noqa: DTZ001 - that is the fault
