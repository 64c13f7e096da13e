"""What the service logs in with ends some day: told by letter a month, a week and a day ahead, and where one looks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from culture.endings import Ending, days_ahead
from service.answers.check import run as check
from service.answers.status import status_lines
from service.engine.engine import Engine
from tests.graph.credentials import make_credential
from tests.service_values import MONDAY, live, look, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

CONTACT = "mette@x.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TENANT = """
[microsoft365]
tenant = "x.example"
client = "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00"
"""


LASTS = 60
"""Days, of the certificate in most tests."""

PLAYED = sorted(
    {*range(0, LASTS + 2, 7), LASTS, LASTS + 1, *(LASTS - left + n for left in (30, 7, 1) for n in (-1, 0, 1))}
)
"""The days around each letter, and one in each week: a clock that jumps further is not believed."""


def place(folder: Path, proof: str) -> Engine:
    write_config(folder)
    write_people(folder, [row(1)])
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(TENANT + proof)
    return make_engine(folder)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A certificate that ends sixty days after MONDAY, on a Friday."""
    make_credential(tmp_path / "proof.pem", lasts=LASTS * DAY, since=MONDAY)
    found = place(tmp_path, 'certificate_file = "proof.pem"\n')
    yield found
    found.close()


def told(engine: Engine) -> list[str]:
    return [key for letter in engine.letters() for key in letter.notices if key.startswith("ending/")]


def noted(engine: Engine, now: datetime) -> list[str]:
    return [line for line in status_lines(engine, now, "en") if line.startswith("Note: config.toml, [microsoft365]")]


@pytest.mark.parametrize(
    ("left", "found"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None), (400, None)]
)
def test_it_is_told_a_month_a_week_and_a_day_ahead(left: int, found: int | None) -> None:
    today = date(2026, 11, 30)
    ending = Ending(what="secret", called="M", section="m", key="k", day=today + timedelta(days=left))
    assert days_ahead(ending, today) == found


def test_the_contact_is_told_three_times_and_no_more_whatever_the_fuse_thinks(engine: Engine) -> None:
    for day in PLAYED:
        live(engine, MONDAY + day * DAY + HOUR)
    assert told(engine) == [f"ending/microsoft365-2027-01-29-{days}/contact" for days in (30, 7, 1)]
    letters = [letter for letter in engine.letters() if letter.kinds == ("ending",)]
    assert {letter.to for letter in letters} == {CONTACT}
    assert [letter.claimed_at.date() for letter in letters] == [
        date(2026, 12, 30),
        date(2027, 1, 22),
        date(2027, 1, 28),
    ]


def test_a_new_certificate_is_seen_where_it_lies_and_nothing_more_is_told(engine: Engine, tmp_path: Path) -> None:
    soon = MONDAY + 31 * DAY + HOUR
    live(engine, soon)
    (note,) = noted(engine, soon)
    assert note.startswith(
        "Note: config.toml, [microsoft365] certificate_file: the certificate for Microsoft 365 ends on 29 "
    )
    make_credential(tmp_path / "proof.pem", lasts=365 * DAY, since=soon)
    look(engine, soon)
    for day in PLAYED[PLAYED.index(31) :]:
        live(engine, MONDAY + day * DAY + HOUR)
    assert (told(engine), noted(engine, soon)) == (["ending/microsoft365-2027-01-29-30/contact"], [])


def test_a_secret_ends_when_the_config_says(tmp_path: Path) -> None:
    found = place(tmp_path, 'secret_file = "secret"\nsecret_expires = 2026-12-04\n')
    live(found, MONDAY + HOUR)
    (note,) = noted(found, MONDAY)
    assert note.startswith(
        "Note: config.toml, [microsoft365] secret_file: the secret for Microsoft 365 ends on 4 December 2026."
    )
    assert told(found) == ["ending/microsoft365-2026-12-04-7/contact"]
    found.close()


def test_a_certificate_that_cannot_be_used_is_noted_and_stops_nothing(tmp_path: Path) -> None:
    found = place(tmp_path, 'certificate_file = "none.pem"\n')
    live(found, MONDAY + HOUR)
    (note,) = noted(found, MONDAY)
    assert note.endswith(
        f"the certificate cannot be used: {tmp_path / 'none.pem'} cannot be read: No such file or directory."
    )
    said: list[str] = []
    assert check(tmp_path / "config.toml", MONDAY, "en", everybody=False, online=False, echo=said.append) == 0
    assert [line for line in said if "the certificate cannot be used" in line] == [note]
    found.close()


def test_check_says_what_ends_within_a_month(tmp_path: Path) -> None:
    make_credential(tmp_path / "proof.pem", lasts=20 * DAY, since=datetime(2026, 11, 30, tzinfo=UTC))
    place(tmp_path, 'certificate_file = "proof.pem"\n').close()
    said: list[str] = []
    check(tmp_path / "config.toml", MONDAY, "en", everybody=False, online=False, echo=said.append)
    assert [line for line in said if "ends on 20 December 2026" in line]
    said.clear()
    check(tmp_path / "config.toml", MONDAY - 11 * DAY, "en", everybody=False, online=False, echo=said.append)
    assert not [line for line in said if "ends on 20 December 2026" in line]
