"""A server that numbers the days of a series as Exchange does, and one that does not count the deleted ones.

On the first all is as it should be; on the other nothing of anybody's is written onto another day, and it is said.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from calendars.server import by_number
from culture.people import Preference
from service.answers.status import status_lines
from tests.ews.mailbox import Override, stamp
from tests.ews.soap import make
from tests.exchange_values import local, write_exchange
from tests.server_office import ONE, WEEK_AT_NOON, Office, office
from tests.service_values import MONDAY, look, row, write_people
from tests.test_exchange_year import all_of

pytestmark = pytest.mark.slow

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
SAID = by_number.COUNTS_OTHERWISE


def taken_out(found: Office) -> None:
    """Anna takes Tuesday out; whoever does not count it has one number less for every day behind it."""
    (item,) = found.ours()
    (day,) = (one for one in item.occurrences(MONDAY, MONDAY + WEEK) if local(one).date() == (MONDAY + DAY).date())
    item.overrides.pop(day.original, None)
    item.deleted.add(day.original)


def closed(found: Office, *days: int) -> None:
    named = ", ".join(f'"{(MONDAY + n * DAY).date()}"' for n in days)
    write_exchange(found.folder, found.server, closed=named)
    look(found.engine)


@pytest.mark.parametrize("deleted_count", [True, False], ids=["as Exchange", "visible only"])
def test_a_days_words_and_absence_never_land_on_another_day(tmp_path: Path, deleted_count: bool) -> None:
    with office(tmp_path, 1) as found:
        found.server.world.counts_deleted = deleted_count
        found.asked()
        taken_out(found)
        before = all_of(found)
        closed(found, 3, 16)
        found.asked(MONDAY + WEEK)
        now = all_of(found)
        assert [at for at, _, _ in now if at not in [old for old, _, _ in before]] == []
        gone = [at[:10] for at, _, _ in before if at not in [new for new, _, _ in now]]
        assert gone == (["2026-12-16"] if deleted_count else [])
        assert [said for _, said in found.failing()] == ([] if deleted_count else [SAID])
        if not deleted_count:
            lines = list(status_lines(found.engine, MONDAY + WEEK, "en"))
            assert [line for line in lines if SAID in line] == [f"Not in the calendar yet: {ONE}: {SAID}"]


def test_a_series_whose_days_cannot_be_told_apart_is_left_whole_when_it_should_be_written_anew(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.server.world.counts_deleted = False
        found.asked()
        taken_out(found)
        before = all_of(found)
        write_people(tmp_path, [row(1, at="08:30")])
        found.asked(MONDAY + WEEK)
        assert all_of(found) == before
        assert [said for _, said in found.failing(MONDAY + WEEK)] == [SAID]
        found.server.world.counts_deleted = True
        found.asked(MONDAY + WEEK + HOUR)
        assert found.failing(MONDAY + WEEK + HOUR) == []
        assert {at[11:] for at, _, _ in all_of(found) if at > f"{MONDAY + WEEK:%Y-%m-%d}"} == {"08:30"}


def test_it_can_be_taken_back_also_where_the_days_cannot_be_told_apart(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.server.world.counts_deleted = False
        found.asked()
        taken_out(found)
        found.engine.stored.prefer("1", Preference(channel="none"))
        found.asked(MONDAY + WEEK)
        assert (all_of(found), found.failing()) == ([], [])


def test_a_day_that_the_person_moved_to_another_date_is_believed_by_the_day_it_was_meant_for(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        taken_out(found)
        (item,) = found.ours()
        monday, wednesday = (one for one in item.occurrences(MONDAY, MONDAY + 3 * DAY))
        at = wednesday.start - DAY
        texts = {
            "Start": make("t:Start", text=stamp(at)),
            "End": make("t:End", text=stamp(at + (monday.end - monday.start))),
        }
        item.overrides.setdefault(wednesday.original, Override()).fields.update(texts)
        write_people(tmp_path, [row(1, at="08:30")])
        found.asked(MONDAY + HOUR / 2)  # Tuesday is taken out of the new series last, and no day may pass another
        found.asked(MONDAY + HOUR)
        week = [at for at, _, _ in all_of(found)][:4]
        assert week == [f"{WEEK_AT_NOON[0][:10]} 08:30", WEEK_AT_NOON[1], "2026-12-03 08:30", "2026-12-04 08:30"]
        assert found.failing() == []
