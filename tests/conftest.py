"""For all tests."""

import pytest
from hypothesis import HealthCheck, settings

# Nothing here is timed: a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

SLOW = ("kill", "year", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is marked as none of the others is `fast`: to be run while one works."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in SLOW):
            item.add_marker("fast")
