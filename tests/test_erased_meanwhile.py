"""Somebody is erased by a command while the service is at work: what it has in hand for them does not go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from mailer.drain import Outbox
from mailer.transport import Envelope
from service.acts.erase import erase, to_erase
from service.acts.page_acts import carry_out
from service.acts.requests import PageChoice
from service.engine.engine import Engine
from service.engine.retention import let_go
from tests.service_values import MONDAY, approve_all, claim_all, look, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

GONE, ADDRESS = "1", "p1@x.example"
DAY = timedelta(days=1)


@dataclass
class Post:
    """A mail server that takes whatever comes."""

    name: str = "smtp"
    to: list[str] = field(default_factory=list)

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        self.to.append(envelope.recipient)
        return "250 ok"

    def close(self) -> None:
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The service on three people, its first letters planned and approved."""
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, [row(1), row(2), row(3)])
    engine = make_engine(tmp_path)
    look(engine)
    approve_all(engine, MONDAY)
    engine.tick(MONDAY)
    yield engine
    engine.close()


def erased(folder: Path) -> None:
    """What the command does, in a process of its own."""
    other = make_engine(folder)
    person = other.snapshot(MONDAY).organisation.people[GONE]
    erase(other, person, to_erase(other, person, MONDAY).number, MONDAY)
    other.close()


def sent(engine: Engine) -> list[str]:
    """To whom all goes that is claimed, and what is claimed until nothing more is due."""
    post = Post()
    outbox = Outbox(engine.database, engine.spool, lambda: post, server="post", on_settled=engine.settled)
    while True:
        outbox.drain(lambda: MONDAY, Event())
        if engine.moved_on:
            engine.moved_on = False
            engine.tick(MONDAY)
        claimed = claim_all(engine, MONDAY)
        if not claimed and not engine.moved_on:
            return post.to
        outbox.add(claimed, MONDAY)


def kept(engine: Engine) -> list[str]:
    """The tables in which something of theirs stands."""
    return sorted(
        table
        for table in engine.database.tables()
        for key, one in engine.database.storage.documents(table)
        if GONE in (key, one.get("person")) or ADDRESS in str(one)
    )


def test_what_is_planned_for_them_is_not_claimed(engine: Engine, tmp_path: Path) -> None:
    assert GONE in {job.person.id for job in engine.queue}
    erased(tmp_path)
    assert sorted(set(sent(engine))) == ["p2@x.example", "p3@x.example"]
    assert kept(engine) == []


def test_what_is_claimed_for_them_is_not_sent(engine: Engine, tmp_path: Path) -> None:
    claim_all(engine, MONDAY)
    erased(tmp_path)
    assert sorted(set(sent(engine))) == ["p2@x.example", "p3@x.example"]
    assert kept(engine) == []


def test_what_they_choose_on_a_page_that_is_still_open_leaves_nothing_behind(engine: Engine, tmp_path: Path) -> None:
    sent(engine)
    erased(tmp_path)
    for act in (
        PageChoice(person_id=GONE, changes={"stopped": True}, by="stop"),
        PageChoice(person_id=GONE, changes={"level": "bold"}),
        PageChoice(person_id=GONE, new_links=True),
        PageChoice(person_id=GONE, new_addresses=True),
        PageChoice(person_id=GONE, asks_link=True),
    ):
        carry_out(engine, act, MONDAY)
    assert kept(engine) == []
    engine.tick(MONDAY + DAY)
    let_go(engine, MONDAY + DAY)
    assert kept(engine) == []


def test_nobody_is_written_to_twice_by_it(engine: Engine, tmp_path: Path) -> None:
    engine.claim_some(MONDAY, 1)
    erased(tmp_path)
    sent(engine)
    said = [key for one in engine.letters() for key in one.notices]
    assert len(said) == len(set(said)) > 1
