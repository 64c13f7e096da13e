"""What the service says while it works."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from service.engine.carry_out import tell_progress
from tests.service_values import MONDAY, make_engine, row, write_config, write_people

pytestmark = pytest.mark.kill


def test_a_long_sending_says_once_a_minute_how_much_is_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(number) for number in range(1, 151)])
    engine, soon, later = make_engine(tmp_path), MONDAY + timedelta(seconds=59), MONDAY + timedelta(seconds=60)
    engine.tick(MONDAY)
    engine.claim_some(MONDAY)
    with caplog.at_level(logging.INFO, "aikultur"):
        assert tell_progress(engine, MONDAY, soon) == MONDAY
        assert tell_progress(engine, MONDAY, later) == later
        engine.claim_some(later)
        assert tell_progress(engine, MONDAY, later) == MONDAY
    assert [record.getMessage() for record in caplog.records] == ["50 letters are still to be written"]
    engine.close()
