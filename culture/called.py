"""What departments were called before, and which of them share a meeting. Pure.

A record keeps the key that its department had when it was written. It is read as the department of today, and written
with today's key when something about it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from culture.keys import NoticeKey, OfDepartment
from culture.people import Department


@dataclass(frozen=True, slots=True)
class Called:
    """`formerly`: the key of today by what it was. `meets`: the department whose meeting a department goes to, where that
    is another's."""

    formerly: Mapping[str, str] = field(default_factory=dict)
    meets: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.formerly or self.meets)

    def now(self, department: str) -> str:
        """Today's key of a department."""
        return self.formerly.get(department, department)

    def table(self, department: str) -> str:
        """The department at whose meetings it sits, and in whose list of turns its people are: its own as a rule."""
        today = self.now(department)
        return self.meets.get(today, today)

    def at_table(self, table: str) -> tuple[str, ...]:
        """The departments that sit at that one's meetings, itself first."""
        return (table, *(guest for guest, host in self.meets.items() if host == table))

    def before(self, department: str) -> tuple[str, ...]:
        """What the department was called."""
        return tuple(old for old, new in self.formerly.items() if new == department)

    def notices(self, notice: NoticeKey) -> tuple[NoticeKey, ...]:
        """A notice about a department or its meeting, as it may have been said of what the department was."""
        period = OfDepartment.from_text(notice.period)
        today = period.department
        was = (old for old in (*self.formerly, *self.meets) if today in (self.now(old), self.table(old)))
        return tuple(replace(notice, period=replace(period, department=old).to_text()) for old in was if old != today)


AS_THEY_ARE = Called()


def called(departments: Mapping[str, Department]) -> Called:
    """What the config says of it."""
    return Called(
        {was: key for key, one in departments.items() for text in one.formerly for was in (text, text.lower())},
        {key: section.meets_with for key, section in departments.items() if section.meets_with},
    )
