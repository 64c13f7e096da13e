"""Twenty kills, every instant among them. `python -m tests.crash --kills 300` has many, and a table."""

from pathlib import Path

import pytest

from tests.crash.__main__ import RUNS, killings
from tests.crash.ground import prepared

pytestmark = pytest.mark.kill


def test_a_killed_service_loses_nothing_and_repeats_at_most_what_was_on_the_wire(tmp_path: Path) -> None:
    results = list(killings(prepared(tmp_path), 20, seed=7))
    assert [result for result in results if result.broken] == []
    assert [result for result in results if result.lost or result.left < 1] == []
    assert len({result.instant for result in results}) == len(RUNS)
