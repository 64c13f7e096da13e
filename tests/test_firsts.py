"""Kinds that are held the first time: named before they come, and approved ahead, for their first sending and no more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.smtp.settings import Smtp
from service.answers import firsts
from service.answers.forecast import forecast
from service.answers.status import status_lines
from service.cli.main import complete
from service.engine.retention import forget
from service.messages.faults import Refused
from store import records
from tests.relay_values import AppAt
from tests.service_values import (
    MONDAY,
    approve_all,
    held_keys,
    keys,
    live,
    look,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import SmtpServer
from tests.test_lists import LETTERS

pytestmark = pytest.mark.slow

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
PEOPLE = [row(1), row(2)]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with SmtpServer() as server:
        write_config(tmp_path, transport="smtp", channel="invite", port=server.port)
        write_people(tmp_path, PEOPLE)
        yield tmp_path


def test_only_what_is_a_letter_or_a_call_is_approved_ahead(folder: Path) -> None:
    engine = make_engine(folder)
    fused = {kind for kind, one in LETTERS.items() if one.fused}
    assert firsts.transports(engine.inputs.config).keys() == fused
    engine.close()


def said(folder: Path, *words: str) -> Result:
    app = AppAt(folder / "config.toml", "en", MONDAY)
    return CliRunner().invoke(complete().commands[words[0]], words[1:], obj=app)


def test_what_is_approved_ahead_goes_and_all_else_is_held(folder: Path) -> None:
    given = said(folder, "apply", "--kinds", "welcome, tip", "--kinds", "invite")
    assert (given.exit_code, given.output) == (
        0,
        "Approved ahead: welcome letters, letters with the week's prompts, calendar invitations and changes\n",
    )
    engine = make_engine(folder)
    found = live(engine, MONDAY)
    assert (keys(found), found.held) == ({"welcome/first/1", "welcome/first/2", "invite/0/1", "invite/0/2"}, ())
    write_config(
        folder,
        transport="smtp",
        channel="none",
        port=smtp.port if (smtp := engine.inputs.config.find(Smtp)) else 0,
    )
    found = live(engine, MONDAY + HOUR)
    assert held_keys(found) == {"cancel": {"invite/1/1", "invite/1/2"}}
    engine.close()


def test_growth_is_held_as_ever(folder: Path) -> None:
    write_people(folder, [row(number) for number in range(20)])
    engine = make_engine(folder)
    firsts.approve_ahead(engine, ["all"], MONDAY)
    assert live(engine, MONDAY).held == ()
    assert live(engine, MONDAY + WEEK).held == ()
    write_people(folder, [row(number) for number in range(60)])
    look(engine, MONDAY + WEEK + HOUR)
    assert set(held_keys(live(engine, MONDAY + WEEK + HOUR))) == {"invite", "welcome"}
    engine.close()


def test_it_is_for_this_transport_and_not_for_files(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, PEOPLE)
    given = said(tmp_path, "apply", "--kinds", "all")
    assert isinstance(given.exception, Refused)
    assert str(given.exception.sentence).startswith("Letters become files now")
    assert "the first time they come" not in said(tmp_path, "plan").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--kinds", "welcom"], "welcom is no kind that can be approved ahead. Did you mean welcome?"),
        (["--kinds", "block"], "block is no kind that can be approved ahead. Write one of welcome, tip, invite, "),
        (["--kinds", "people"], "people is no kind"),
        (["--kinds", "tip", "0123"], "Write the number of what is held, or --kinds"),
        (["--kinds", "tip", "--refuse"], "Write the number of what is held, or --kinds"),
        ([], "Write the number of what is held, or --kinds"),
    ],
)
def test_what_cannot_be_approved_ahead_is_said(folder: Path, words: list[str], sentence: str) -> None:
    wrong = said(folder, "apply", *words).exception
    assert isinstance(wrong, Refused)
    assert str(wrong.sentence).startswith(sentence)
    engine = make_engine(folder)
    assert not firsts.value(engine)["approved_ahead"]
    engine.close()


def test_plan_and_check_say_when_each_kind_that_will_be_held_first_comes(folder: Path) -> None:
    said(folder, "apply", "--kinds", "invite")
    lines = said(folder, "plan").output.splitlines()
    assert "Approved ahead: calendar invitations and changes" in lines
    first = [line for line in lines if line.startswith("First on ")]
    assert first == [
        "First on 30 November 2026, and held then: welcome letters",
        "First on 7 December 2026, and held then: letters with the week's prompts",
        "First on 4 January 2027, and held then: reports of a quarter",
    ]
    held = next(line for line in lines if line.startswith("Held too, the first time they come: "))
    engine = make_engine(folder)
    waiting = firsts.value(engine)["first_held"]
    engine.close()
    assert {"welcome", "tip", "cancel", "report"} <= set(waiting)
    assert "invite" not in waiting
    assert held.startswith(f"Held too, the first time they come: {len(waiting) - 3} kinds that ")
    ahead = [
        "Approve these ahead with: aikultur apply --kinds welcome,tip,report",
        "Approve every kind ahead with: aikultur apply --kinds all",
    ]
    assert lines[-2:] == ahead
    checked = said(folder, "check").output.splitlines()
    assert [line for line in checked if line in {*first, held, *ahead}] == [*first, held, *ahead]
    approve = make_engine(folder)
    firsts.approve_ahead(approve, ["welcome"], MONDAY)
    live(approve, MONDAY)
    approve.close()
    lines = said(folder, "plan", "--days", "8").output.splitlines()
    assert "First on 7 December 2026, and held then: letters with the week's prompts" in lines
    assert not any("welcome letters" in line for line in lines if line.startswith(("First on", "Approve these")))


def test_a_few_people_of_every_sort_say_when_kinds_first_come(folder: Path) -> None:
    """Held against all of them: everybody lives the weeks, with the same kinds approved."""
    write_people(folder, [row(number) for number in range(1, 10)])
    engine = make_engine(folder)
    waiting = firsts.unseen(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    few = firsts.coming(engine, MONDAY, waiting)
    firsts.approve_ahead(engine, ["all"], MONDAY)
    everybody = dict[str, datetime]()
    for one in forecast(engine, MONDAY, MONDAY + firsts.HORIZON):
        for kind, _ in one.named():
            everybody.setdefault(kind, one.at)
    assert few == everybody
    assert few.keys() >= {"welcome", "tip", "invite"}
    assert not engine.stored.known()
    engine.close()


def test_status_lists_what_is_approved_ahead_until_it_has_gone(folder: Path) -> None:
    engine = make_engine(folder)
    firsts.approve_ahead(engine, ["welcome", "revisit"], MONDAY)
    assert "Approved ahead: welcome letters, things to judge again" in list(status_lines(engine, MONDAY, "en"))
    live(engine, MONDAY)
    assert "Approved ahead: things to judge again" in list(status_lines(engine, MONDAY + HOUR, "en"))
    engine.close()


def test_an_approval_ahead_waits_for_its_kind_longer_than_others_are_kept(folder: Path) -> None:
    engine = make_engine(folder)
    firsts.approve_ahead(engine, ["revisit"], MONDAY)
    approve_all(engine, MONDAY)
    live(engine, MONDAY)
    found = engine.plan(MONDAY + DAY)
    forget(engine.stored, found, MONDAY + 10 * WEEK, ())
    assert list(engine.database.table(records.APPROVALS).keys()) == ["first/smtp/revisit"]
    engine.close()
