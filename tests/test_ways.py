"""A letter in a folder is not a letter in an inbox: after a trial into files, going live finds what nobody got."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from calendars.event import block_uid
from service.acts.approvals import refuse
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.planning.plan import Plan
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    held_keys,
    live,
    make_engine,
    row,
    write_config,
    write_people,
)

pytestmark = pytest.mark.slow

PEOPLE = ("1", "2", "3")
WEEK = timedelta(weeks=1)


def tried_out(folder: Path, weeks: int, channel: str) -> datetime:
    """So many weeks into files; the moment at which they are over."""
    write_config(folder, channel=channel)
    write_people(folder, [row(number) for number in PEOPLE])
    engine = make_engine(folder)
    for week in range(weeks + 1):
        live(engine, MONDAY + week * WEEK)
    engine.close()
    return MONDAY + weeks * WEEK + timedelta(hours=1)


def gone_live(folder: Path, channel: str) -> Engine:
    write_config(folder, channel=channel, transport="smtp")
    return make_engine(folder)


def leading(found: Plan) -> set[str]:
    return {key for job in found.letters for key in job.keys}


@pytest.mark.parametrize("channel", ["feed", "invite"])
@pytest.mark.parametrize("weeks", [0, 3, 9])
def test_everybody_is_welcomed_by_mail_after_a_trial_into_files(tmp_path: Path, weeks: int, channel: str) -> None:
    now = tried_out(tmp_path, weeks, channel)
    engine = gone_live(tmp_path, channel)
    held = engine.tick(now)
    welcomes = {f"welcome/first/{number}" for number in PEOPLE}
    assert held_keys(held)["welcome"] == welcomes
    (why,) = (one.reason.said("en") for one in held.held if one.kind == "welcome")
    assert why == "the first of this kind by smtp; 3 of them have only become files until now"
    approve_all(engine, now)
    engine.tick(now)
    claim_all(engine, now)
    sent = [letter for letter in engine.letters() if letter.transport == "smtp"]
    assert {key for letter in sent for key in letter.notices if key.startswith("welcome/")} == welcomes
    again = engine.tick(now + timedelta(minutes=1))
    assert (again.letters, again.held) == ((), ())
    engine.close()


def test_a_series_that_only_became_a_file_is_sent_and_its_numbers_go_on(tmp_path: Path) -> None:
    now = tried_out(tmp_path, 1, "invite")
    engine = gone_live(tmp_path, "invite")
    engine.tick(now)
    approve_all(engine, now)
    found = engine.tick(now)
    changes = {change.person_id: change for job in found.letters for change in job.changes}
    assert {key: (one.kind, one.method, one.sequence) for key, one in changes.items()} == dict.fromkeys(
        PEOPLE, ("create", "REQUEST", 1)
    )
    claim_all(engine, now)
    publication = engine.stored.publication(block_uid("1", "x.example"))
    assert publication is not None
    assert publication.intended is not None
    assert publication.intended.in_file is False
    engine.close()


def test_what_is_refused_counts_as_said_and_nobody_is_sent_it(tmp_path: Path) -> None:
    now = tried_out(tmp_path, 1, "invite")
    engine = gone_live(tmp_path, "invite")
    for _ in range(3):
        found = engine.tick(now)
        for held in found.held:
            refuse(engine, held, found, now)
    after = engine.tick(now + timedelta(minutes=1))
    assert (after.letters, after.held) == ((), ())
    assert [letter.id for letter in engine.letters() if letter.transport == "smtp"] == []
    publication = engine.stored.publication(block_uid("1", "x.example"))
    assert publication is not None
    assert (publication.series is not None, publication.in_file) == (True, False)
    engine.close()


def test_what_is_no_letter_cannot_be_refused(tmp_path: Path) -> None:
    tried_out(tmp_path, 0, "feed")
    engine = make_engine(tmp_path)
    engine.last_tick = MONDAY
    found = engine.tick(MONDAY + timedelta(days=30))
    (clock,) = found.held
    with pytest.raises(Refused):
        refuse(engine, clock, found, MONDAY)
    engine.close()


def test_another_mail_server_is_no_change_and_neither_is_a_way_back_to_files(tmp_path: Path) -> None:
    now = tried_out(tmp_path, 0, "feed")
    engine = gone_live(tmp_path, "feed")
    engine.tick(now)
    approve_all(engine, now)
    engine.tick(now)
    claim_all(engine, now)
    engine.close()
    write_config(tmp_path)
    back = make_engine(tmp_path)
    assert back.tick(now + timedelta(hours=1)).letters == ()
    back.close()
    again = gone_live(tmp_path, "feed")
    assert again.tick(now + timedelta(hours=2)).letters == ()
    again.close()


def test_letters_that_became_files_do_not_use_up_the_letters_of_the_week(tmp_path: Path) -> None:
    now = tried_out(tmp_path, 0, "feed")
    engine = gone_live(tmp_path, "feed")
    engine.tick(now)
    approve_all(engine, now)
    engine.tick(now)
    claim_all(engine, now)
    counts = dict(engine.database.storage.documents("weeks"))
    assert counts == {f"2026-W49/{number}": {"files": 1, "letters": 1} for number in PEOPLE}
    engine.close()
