"""A pilot: some are known, the others get nothing; whoever drops out is cleaned up after, and whoever comes in is new."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from culture.people import Department, Row
from culture.pilot import Pilot
from culture.settings import Bad
from service.cli.main import complete
from service.engine.engine import Engine
from service.settings.only import pilot_of
from tests.relay_values import AppAt
from tests.service_values import (
    MONDAY,
    held_keys,
    keys,
    live,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.slow

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
COUNT = 16
PEOPLE = [row(number, department="plan" if number % 2 else "jura") for number in range(1, COUNT + 1)]
DEPARTMENTS = {"plan": Department(key="plan", name="Plan og Byrum"), "jura": Department(key="jura", name="Jura")}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Engine]:
    """People by SMTP, of whom those of jura are in."""
    with SmtpServer() as server:
        write_config(tmp_path, transport="smtp", channel="invite", port=server.port)
        write_people(tmp_path, PEOPLE)
        only(tmp_path, '["jura"]')
        engine = make_engine(tmp_path)
        yield engine
        engine.close()


def only(folder: Path, entries: str) -> None:
    path = folder / "config.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(("only =", "[people]"))]
    table = f"[people]\nonly = {entries}\n" if entries else ""
    path.write_text("\n".join(lines) + f"\n{table}", "utf-8")


def test_nobody_else_gets_anything_or_is_remembered(house: Engine) -> None:
    found = live(house, MONDAY, believed=True)
    jura = {str(number) for number in range(2, COUNT + 1, 2)}
    assert {job.person.id for job in found.letters} == jura
    assert {*house.stored.known()} == {*found.world.organisation.people} == jura


def test_more_come_in_as_new_and_the_fuse_says_so_once(house: Engine) -> None:
    only(house.path.parent, '["p2@x.example", "p4@x.example"]')
    live(house, MONDAY, believed=True)
    only(house.path.parent, "")
    found = live(house, MONDAY + WEEK)
    assert held_keys(found)["welcome"] == {
        f"welcome/first/{number}" for number in range(1, COUNT + 1) if number not in (2, 4)
    }
    text = f"{COUNT - 2} this week, at most 2 in the weeks before: more than 20 % up. {COUNT - 2} go to people who came in since"
    assert {one.kind for one in found.held if str(one.reason) == text} == {"welcome", "invite"}
    live(house, MONDAY + WEEK + HOUR, believed=True)
    found = live(house, MONDAY + 2 * WEEK)  # they have been let in: the week's letter to so many more is no surprise
    assert (len(keys(found)), found.held) == (COUNT, ())


def test_a_pilot_that_shrinks_is_held_and_then_takes_the_calendars_back(house: Engine) -> None:
    live(house, MONDAY, believed=True)
    only(house.path.parent, '["p2@x.example"]')
    found = live(house, MONDAY + HOUR)
    (held,) = found.held
    text = "[people] only leaves out 7 of the 8 people who are in, more than 10 %"
    assert (held.kind, str(held.reason), len(held.keys)) == ("people", text, 7)
    assert not keys(found)
    assert held_keys(live(house, MONDAY + 2 * HOUR, believed=True)).keys() == {"cancel"}, "seven at once"
    found = live(house, MONDAY + 3 * HOUR, believed=True)
    assert {job.person.id for job in found.letters} == {str(number) for number in range(4, COUNT + 1, 2)}
    assert {kind for job in found.letters for kind in job.kinds} == {"cancel"}
    assert all(one.outside for key, one in house.stored.known().items() if key != "2")


def test_who_dropped_out_and_is_taken_in_again_goes_on(house: Engine) -> None:
    live(house, MONDAY, believed=True)
    only(house.path.parent, '["p2@x.example"]')
    live(house, MONDAY + HOUR, believed=True)
    live(house, MONDAY + 2 * HOUR, believed=True)
    only(house.path.parent, '["jura"]')
    found = live(house, MONDAY + 3 * HOUR, believed=True)
    assert {kind for job in found.letters for kind in job.kinds} == {"invite"}
    assert not any(one.outside or one.gone for one in house.stored.known().values())


def said(engine: Engine, *words: str) -> str:
    app = AppAt(engine.path, "en", MONDAY + HOUR)
    done = CliRunner().invoke(complete().commands[words[0]], words[1:], obj=app)
    return done.output + str(done.exception or "")


def test_everybody_who_asks_is_told_that_it_is_a_pilot(house: Engine) -> None:
    live(house, MONDAY, believed=True)
    told = "Pilot: 8 of the 16 people in the people file are known ([people] only). The others get nothing yet.\n"
    assert all(told in said(house, command) for command in ("plan", "status", "check"))
    assert "stands in the people file and is not in the pilot" in said(house, "why", "p1@x.example")
    only(house.path.parent, '["p2@x.example"]')
    live(house, MONDAY + HOUR, believed=True)
    live(house, MONDAY + 2 * HOUR, believed=True)
    assert "Is not in the pilot any more" in said(house, "why", "4")


def test_an_address_of_the_pilot_that_nobody_has_is_said(house: Engine) -> None:
    only(house.path.parent, '["nobody@x.example", "jura"]')
    assert "[people] only: nobody@x.example is nobody in the people file." in said(house, "check")


def test_absences_of_those_outside_are_no_fault(house: Engine) -> None:
    (house.path.parent / "absences.csv").write_text(
        "person;first;last\n1;2026-12-01;2026-12-02\n77;2026-12-01;\n", "utf-8"
    )
    only(house.path.parent, '["jura"]\nabsences = "absences.csv"')
    found = live(house, MONDAY, believed=True)
    assert [fault.place for fault in found.faults] == ["3:person"]


def person(number: int) -> Row:
    return Row(email=f"p{number}@x.example", name=f"Person {number}", department="plan")


@given(small=st.integers(1, 99), more=st.integers(1, 99))
def test_whoever_is_in_stays_in_when_the_share_grows(small: int, more: int) -> None:
    shares = [Pilot(percent=percent) for percent in sorted((small, more))]
    first, then = ({n for n in range(200) if share.takes(person(n), f"{n}")} for share in shares)
    assert first <= then


def test_a_share_is_about_as_many_as_it_says() -> None:
    there = sum(Pilot(percent=10).takes(person(number), f"{number}") for number in range(3000))
    assert 250 < there < 350


def test_what_may_be_written() -> None:
    found = pilot_of(["plan og byrum", "JURA", "Anna@x.example", "10 %", "5%"], DEPARTMENTS)
    assert found == Pilot(departments=frozenset({"plan", "jura"}), addresses=frozenset({"anna@x.example"}), percent=10)
    assert pilot_of(None, DEPARTMENTS) is None


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("jora", 'Did you mean "jura"?'),
        ("100 %", "from 1 % to 99 %"),
        ("0 %", "from 1 % to 99 %"),
        ("a@b", "e-mail"),
        ("x", "Write the key"),
    ],
)
def test_what_may_not(entry: str, told: str) -> None:
    with pytest.raises(Bad) as bad:
        pilot_of([entry], DEPARTMENTS)
    assert told in bad.value.text.format(**bad.value.fields)
