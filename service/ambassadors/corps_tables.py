"""The tables of the corps: people's places in it, and its meetings."""

from dataclasses import replace

from culture.ambassadors.records import CorpsMeeting, Place
from service.engine.table_row import Table, its_key, plain
from store import records


def _led(one: CorpsMeeting, was: str, person: str) -> CorpsMeeting:
    return replace(one, deputy=person) if one.deputy == was else one


def _newer(before: Place | None, now: Place) -> Place:
    """Their place is the one they have now, and where they have none the one they had."""
    return now if now != Place() or before is None else before


CORPS_TABLES = (
    # Kept at a restore: who has stepped down must not come back by it, and letters of it have gone out.
    Table(
        merged=_newer,
        name=records.CORPS_PLACES,
        at_restore="kept",
        read=plain(Place),
        whose=its_key,
        with_person=True,
        in_memory=True,
    ),
    Table(name=records.CORPS_MEETINGS, at_restore="kept", read=plain(CorpsMeeting), joined=_led, in_memory=True),
)
