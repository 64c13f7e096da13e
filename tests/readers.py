"""The three independent readers of iCalendar by the names of the packages that do the reading.

Each takes (data, first, last) and gives the sorted (start in UTC, end in UTC, summary) of what begins on those days.
"""

from tests.calendar_readers import occurrences_ical as read_ical
from tests.calendar_readers import occurrences_recurring as read_recurring
from tests.calendar_readers import occurrences_vobject as read_vobject

READERS = (read_ical, read_vobject, read_recurring)

__all__ = ["READERS", "read_ical", "read_recurring", "read_vobject"]
