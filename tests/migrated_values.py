"""What the service says of a store, and what it does from there: the same before its records were brought into another
shape and afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.words import LANGUAGES
from service.answers.history import history_rows
from tests.relay_values import Place
from tests.service_values import approve_all, live, make_engine

END = datetime(2027, 1, 17, 6, 0, tzinfo=UTC)
"""A Sunday, the last day on which the store was written to."""

TOLD_OF = ("1", "2", "3", "5", "6", "9")
"""Whom somebody asks about. With 9 there was a relay in the department once."""

COMMANDS = (
    ("relay", "list", "--ahead", "6"),
    *(("relay", "why", person) for person in TOLD_OF),
    ("learnings", "list"),
    ("learnings", "list", "--outcome", "not yet"),
    ("learnings", "export"),
    ("revisit", "list"),
)


def said(folder: Path) -> dict[str, list[str]]:
    """What the commands and `history` say on the last day, in every language, by what was asked."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        place = Place(folder, END, language)
        found |= {f"{language}: {' '.join(asked)}": place(*asked).lines for asked in COMMANDS}
    engine = make_engine(folder)
    try:
        world = engine.snapshot(END)
        people = world.organisation.people
        for person in TOLD_OF[:2]:
            found[f"history {person}"] = [
                " | ".join(row.values()) for row in history_rows(engine, world, people[person], "da")
            ]
    finally:
        engine.close()
    return found


def goes_on(folder: Path, days: int = 12) -> list[str]:
    """The letters of the days after the last one: when, to whom, about what, and what they say."""
    engine, now, found = make_engine(folder), END, []
    known = set(engine.database.table("letters").keys())
    try:
        for _ in range(days):
            now += timedelta(days=1)
            approve_all(engine, now)
            live(engine, now)
            letters = [letter for letter in engine.letters() if letter.id not in known]
            known |= {letter.id for letter in letters}
            rows = (f"{now:%Y-%m-%d} {one.to}: {one.subject} ({', '.join(one.notices)})" for one in letters)
            found += sorted(rows)
    finally:
        engine.close()
    return found
