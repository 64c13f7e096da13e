"""The command line, killed while it writes: what it reported as done is there afterwards, and no more than one more."""

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from store import records
from store.database import Database, open_database
from store.letters import LetterRecord, from_document
from tests.crash.count import Due, Result, counted
from tests.crash.ground import SETTING, write_config
from tests.crash.victim import kill, later, lines, rest, victim

GROUND = {"set": "choosing", "outbox": "refused", "apply": "approving"}
JOINERS = tuple(str(number) for number in range(101, 131))
"""Whoever joins in the row of `apply`, one at each."""


def acting(ground: Path, draw: random.Random, act: str) -> Result | None:
    """A row of commands in one process, killed at any moment; then the service sends what they left to be sent.

    None when the kill came before the first report or after the last.
    """
    with victim(ground / GROUND[act]) as service:
        write_config(service.folder, port=service.server.port)
        with open_database(service.store) as db:
            targets, before = targets_of(act, db), letters_in(db)
        process = service.start(act, *targets)
        seen = lines(process, draw.randrange(1, len(targets) - 3))
        later(draw.uniform(0, 0.06))
        kill(process)
        done = seen + rest(process)
        if not 0 < done < len(targets):
            return None
        with open_database(service.store) as db:
            broken = list(forgotten(act, targets, done, db))
        service.recover()
        due = due_after(act, targets, done, before)
        result = counted(
            service.server,
            service.folder,
            due,
            instant=f"command line, {act}",
            at_kill=done,
            left=len(targets) - done,
            kills=1,
            open_=0,
        )
        return replace(result, broken=(*result.broken, *broken))


def targets_of(act: str, db: Database) -> list[str]:
    match act:
        case "set":
            return [str(number) for number in range(1, SETTING + 1)]
        case "outbox":
            return list(letters_in(db))
    return list(JOINERS)


def letters_in(db: Database) -> dict[str, LetterRecord]:
    return {str(one.doc_id): from_document(str(one.doc_id), one) for one in db.table(records.LETTERS).all()}


def due_after(act: str, targets: list[str], done: int, letters: dict[str, LetterRecord]) -> Due:
    """What must be sent because a command said that it would, and what the one in hand may have brought about."""

    def keys(first: int, last: int) -> frozenset[str]:
        if act == "apply":
            return frozenset(f"welcome/first/{target}" for target in targets[first:last])
        return frozenset(letters[targets[at]].notices[0] for at in range(first, last) if at % 2 == 0)

    if act == "set":
        return Due(must=frozenset(f"welcome/first/{target}" for target in targets))
    first = frozenset({"welcome/first/1"}) if act == "apply" else frozenset[str]()  # the ground's own
    return Due(must=keys(0, done) | first, may=keys(done, done + 1))


def forgotten(act: str, targets: list[str], done: int, db: Database) -> Iterator[str]:
    """What was reported and is not in the store, and what is there without anybody having begun it."""
    there = acted(act, targets, db)
    for at, target in enumerate(targets):
        if at < done and target not in there:
            yield f"reported and not there: {act} {target}"
        if at > done and target in there:
            yield f"there and not begun: {act} {target}"


def acted(act: str, targets: list[str], db: Database) -> set[str]:
    """The targets on which the store says that this was done."""
    if act == "set":
        return {str(one.doc_id) for one in db.table(records.PREFERENCES).all() if one["language"] == "en"}
    if act == "apply":
        keys = {key for one in db.table(records.APPROVALS).all() for key in one["keys"]}
        return {target for target in targets if f"welcome/first/{target}" in keys}
    wanted = ("claimed", "dropped")
    return {one.id for at, one in enumerate(letters_in(db).values()) if one.state == wanted[at % 2]}


RUNS = tuple(partial(acting, act=act) for act in GROUND)
