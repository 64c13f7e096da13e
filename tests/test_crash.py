from pathlib import Path

from tests.crash import killed, prepared


def test_a_killed_service_loses_nothing_and_repeats_at_most_what_was_on_the_wire(tmp_path: Path) -> None:
    template = prepared(tmp_path)
    results = [killed(template, kill, seed=7) for kill in (0, 1, 4, 7)]
    assert [result for result in results if not result.good] == []
