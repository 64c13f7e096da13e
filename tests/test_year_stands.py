"""What stands in calendars for a year and a half on `invite` and on Exchange, ticked every other week and at every
act; once in six weeks from the summer to the next spring, when nobody does anything. Days with prompts of their own on a server are
test_exchange_year's.

`python -m tests.year_stands` does the same every morning, looks every Monday, and prints it.
"""

from pathlib import Path

import pytest

from tests.server_office import NO_PROMPTS
from tests.year_stands import ACTS, CHANNELS, CLOSED, MOMENTS, PEOPLE, look, play

pytestmark = pytest.mark.year

SOME = ("1", "4", "5")
"""Of both channels one who works full time, and of `invite` one with a new time: on a server that is test_exchange_life."""


def test_what_stands_is_the_rule_of_its_day_past_a_renewal_and_with_closed_days_added_late_and_taken_back(
    tmp_path: Path,
) -> None:
    ends: dict[str, set[str]] = {person: set() for person in SOME}
    for house, now in play(tmp_path, frozenset({1}), SOME, apart=(2, 6), more=NO_PROMPTS):
        if now not in MOMENTS and now not in ACTS:
            continue
        looks = look(house, now)
        assert [one.line() for one in looks if one.differs] == [], now
        for one in looks:
            ends[one.person].add(one.last)
        assert [len(house.items(person, over=False)) for person in SOME if PEOPLE[person][0] == "exchange"] == [1]
    assert min(map(len, ends.values())) > 1  # each series was renewed
    for channel, person in zip(CHANNELS, ("1", "5"), strict=True):
        days = {one[:10] for one in house.stands(person)}
        assert [f"{one.day}" in days for one in CLOSED] == [True, False, True, False, True], channel
