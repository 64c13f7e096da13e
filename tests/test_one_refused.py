"""A few lines of the table; `python -m tests.one_refused` prints the whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ews import Fault
from tests.one_refused import servers
from tests.one_refused.office import Office, Row

pytestmark = pytest.mark.kill

FEW: list[tuple[Callable[[Office, Any], Row], Any]] = [
    (servers.blocks, Fault("503")),
    (servers.blocks, Fault("429")),
    (servers.meetings, Fault("lost")),
    (servers.letters_by_exchange, Fault("ErrorMimeContentInvalid", item=1)),
    (servers.letters_by_smtp, ("rcpt", "drop")),
    (servers.letters_by_smtp, ("rcpt", "421")),
    (servers.calendars, "garbage"),
]


@pytest.mark.parametrize(("play", "fault"), FEW, ids=lambda one: getattr(one, "__name__", "by"))
def test_the_first_is_refused_for_ever_and_all_others_are_served(
    tmp_path: Path, play: Callable[[Office, Any], Row], fault: Any
) -> None:
    runs = 2 if play is servers.calendars else 4  # each reading of a calendar is a process
    found = play(Office(folder=tmp_path, people=6, runs=runs), fault)
    assert found.good, str(found)
