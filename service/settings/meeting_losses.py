"""Meetings that vanish from a calendar: which they are, and whether so many of them are more likely a mistake. Pure.

A calendar that says "cancelled" is an answer. One that merely lacks its meetings is more often a server that is unwell,
an export that broke off or another calendar under the same address.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from culture.meetings import Meeting

FEW = 2
"""One or two may always go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a calendar says now and is not believed yet: its meetings, and those of the last copy that it lacks."""

    meetings: tuple[Meeting, ...]
    missing: tuple[Meeting, ...]


def missing(
    before: Iterable[Meeting], events: Mapping[str, str], after: Collection[Meeting], said: Collection[str]
) -> tuple[Meeting, ...]:
    """The meetings of `before` about which the calendar says nothing any more.

    It says something by the same meeting, another at the same time (a new UID, from an export that makes them anew), or
    the event it was of: `events` by meeting, `said` of those that could be read.
    """
    ids, starts = {one.id for one in after}, {one.starts for one in after}
    return tuple(
        one for one in before if one.id not in ids and one.starts not in starts and events.get(one.id) not in said
    )


def is_loss(gone: Collection[Meeting], before: Collection[Meeting], today: date) -> bool:
    """Whether so many of the meetings from `today` on are gone that it is more likely a mistake."""
    lost, there = coming(gone, today), coming(before, today)
    return lost > FEW and lost * 2 > there


def coming(meetings: Iterable[Meeting], today: date) -> int:
    """How many of the meetings are from `today` on."""
    return sum(one.day >= today for one in meetings)
