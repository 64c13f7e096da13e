"""The tables of the corps: people's places in it, and its meetings."""

from dataclasses import replace

from culture.ambassadors.records import CorpsMeeting, Place
from service.engine import told
from service.engine.table_row import Table, Told, by_value, its_key, plain
from service.messages.translation import Sentence
from store import records
from store.plain import from_plain
from store.unreadable import Document

DAY = 24 * 60
"""Minutes: nothing that is said of a meeting's end goes further."""


def _led(one: CorpsMeeting, was: str, person: str) -> CorpsMeeting:
    return replace(one, deputy=person) if one.deputy == was else one


def _meeting(key: str, document: Document) -> CorpsMeeting:
    """A meeting. Raises what the reader of its type raises, and ValueError for one that lasts longer than a day."""
    found = from_plain(CorpsMeeting, document)
    if not 0 <= found.minutes <= DAY:
        raise ValueError(f"minutes cannot be {found.minutes}")
    return found


def _newer(before: Place | None, now: Place) -> Place:
    """Their place is the one they have now, and where they have none the one they had."""
    return now if now != Place() or before is None else before


def _confirmed(one: Place, was: str, person: str) -> Place:
    return replace(one, confirmed_by="") if one.confirmed_by == was else one


TOLD_PLACES = Told(
    what=Sentence(
        "your place among the ambassadors: since when, whether you asked for it, whether you have stepped down"
    ),
    why=Sentence("to know who the ambassadors are"),
    seen=told.CORPS,
    until=told.WITH_YOU,
)
TOLD_MEETINGS = Told(
    what=Sentence("meetings of the ambassadors that you are to lead when the chair cannot"),
    why=Sentence("so that all know who leads them"),
    seen=told.CORPS,
    until=told.FOR_GOOD,
    stays=told.NAMELESS,
)


CORPS_TABLES = (
    # Kept at a restore: who has stepped down must not come back by it, and letters of it have gone out.
    Table(
        merged=_newer,
        name=records.CORPS_PLACES,
        told=TOLD_PLACES,
        unnamed=by_value(Place, _confirmed),
        at_restore="kept",
        read=plain(Place),
        whose=its_key,
        in_memory=True,
    ),
    Table(
        name=records.CORPS_MEETINGS,
        told=TOLD_MEETINGS,
        unnamed=by_value(CorpsMeeting, _led),
        at_restore="kept",
        read=_meeting,
        joined=_led,
        in_memory=True,
    ),
)
