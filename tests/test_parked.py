"""Parked letters by why."""

from dataclasses import replace
from datetime import UTC, datetime

from mailer.parked import by_cause, chosen
from store.letters import LetterRecord
from store.spool import Spooled

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def parked(number: int, said: str, *kinds: str) -> LetterRecord:
    return LetterRecord(
        id=str(number),
        person=f"p{number}",
        to=f"p{number}@x.example",
        kinds=kinds or ("tip",),
        notices=(),
        subject="",
        transport="smtp",
        sender="",
        state="parked",
        next_attempt=None,
        claimed_at=NOW,
        spool=Spooled("s", 0, 0, 0),
        counted=False,
        expires=NOW,
        said=said,
    )


LETTERS = [
    parked(1, "mx, RCPT TO: 550 <P1@x.example> unknown"),
    parked(2, "Not sent before 2026-12-01T07:00:00+00:00, when it became too late."),
    parked(3, "mx, RCPT TO: 550 <p3@x.example> unknown", "welcome", "tip"),
    parked(4, "mx, RCPT TO: 550 <p4@x.example> unknown"),
    parked(5, "Not sent before 2026-12-02T09:30:00+00:00, when it became too late."),
    replace(parked(6, "mx, RCPT TO: 550 <p6@x.example> unknown"), state="claimed"),
]


def test_letters_of_one_cause_differ_by_address_and_moment_only() -> None:
    found = [(cause.said, cause.kinds, cause.count, [one.id for one in cause.letters]) for cause in by_cause(LETTERS)]
    assert found == [
        ("mx, RCPT TO: 550 <P1@x.example> unknown", ("tip", "welcome"), 3, ["1", "3", "4"]),
        ("Not sent before 2026-12-01T07:00:00+00:00, when it became too late.", ("tip",), 2, ["2", "5"]),
    ]


def test_they_are_chosen_by_kind_and_by_words_in_any_case() -> None:
    assert [one.id for one in chosen(LETTERS)] == ["1", "2", "3", "4", "5"]
    assert [one.id for one in chosen(LETTERS, kind="welcome")] == ["3"]
    assert [one.id for one in chosen(LETTERS, cause="UNKNOWN")] == ["1", "3", "4"]
    assert [one.id for one in chosen(LETTERS, kind="welcome", cause="too late")] == []
