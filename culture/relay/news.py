"""News about a turn: what somebody did or what happened that makes it news, and from when on it is told. Pure.

Acts follow each other: a swap is asked, accepted and thought better of within minutes. So what changes in calendars is
told when a turn has been left in peace for GRACE, and then once. It is a rule about the deeds on turns and no timer:
the next tick after that moment finds the news due, whatever the service did meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from culture.organisation import Organisation
from culture.people import leaves_before
from culture.relay.deeds import SERVICE, Deed, Did, Waiting
from culture.relay.schedule import RelayRecords, runs
from culture.relay.turns import Turn, TurnList
from culture.sending import news_until
from culture.trouble import RAISED, Troubles

GRACE = timedelta(minutes=10)
"""How long after the last act on a turn it is told: longer than it takes to regret a click, shorter than a coffee break."""

Change = Literal["create", "update", "cancel"]


class Cause(StrEnum):
    """What makes the news. A text, for templates ask for it by its id."""

    UNKNOWN = ""
    # what comes
    ANNOUNCED = "announced"
    VOLUNTEERED = "volunteered"
    RETRY = "retry"
    IN_RETURN = "in-return"
    NEW_DATE = "new-date"
    PASSING_UNDONE = "passing-undone"
    # what comes to one and goes from another
    SWAPPED = "swapped"
    SWAP_UNDONE = "swap-undone"
    SWAP_VOID = "swap-void"
    # what moves or waits
    MOVED = "moved"
    CANCELLED = "cancelled"
    AWAY = "away"
    NO_ROOM = "no-room"
    TOO_SHORT = "too-short"
    AFTER_BREAK = "after-break"
    NOT_BEGUN = "not-begun"
    NO_CHALLENGE = "no-challenge"
    NOT_REACHED = "not-reached"
    NO_RELAY = "no-relay"
    MISSED = "missed"
    POSTPONED = "postponed"
    # what goes
    PASSED = "passed"
    OFFER_UNDONE = "offer-undone"
    NOT_NEEDED = "not-needed"
    SOLVED = "solved"
    LEFT = "left"
    HELD = "held"
    OTHER_FACILITATOR = "other-facilitator"
    # nothing has happened to it, but to where it is shown
    CALENDAR = "calendar"


WAITING: Mapping[Waiting, Cause] = {
    Waiting.MEETING_CANCELLED: Cause.CANCELLED,
    Waiting.AWAY: Cause.AWAY,
    Waiting.NO_ROOM: Cause.NO_ROOM,
    Waiting.TOO_SHORT: Cause.TOO_SHORT,
    Waiting.AFTER_BREAK: Cause.AFTER_BREAK,
    Waiting.NOT_BEGUN: Cause.NOT_BEGUN,
    Waiting.MISSED: Cause.NO_CHALLENGE,
    Waiting.NOT_TOLD: Cause.NO_CHALLENGE,
    Waiting.NOT_REACHED: Cause.NOT_REACHED,
    Waiting.NO_RELAY: Cause.NO_RELAY,
}

FACILITATOR = "facilitator"

AGAIN: Mapping[Did, Cause] = {Did.MISSED: Cause.MISSED, Did.POSTPONED: Cause.POSTPONED}

ENDING: Mapping[Did, Cause] = {
    Did.PASSED: Cause.PASSED,
    Did.LEFT: Cause.LEFT,
    Did.HELD: Cause.HELD,
    Did.POSTPONED: Cause.POSTPONED,
}

ANNOUNCING = frozenset({Cause.ANNOUNCED, Cause.RETRY, Cause.IN_RETURN})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What makes a slot come into somebody's calendar, change there or go.

    `own`: the reader did it. `colleague`: the person id of the other one of a swap. `other`: when the turn is that goes
    the other way. `owes`: nothing goes the other way yet, and whoever gave the turn away takes the colleague's next.
    """

    cause: Cause
    own: bool = False
    colleague: str = ""
    other: datetime | None = None
    owes: bool = False

    @property
    def announces(self) -> bool:
        """Whether it is the first that is heard of a turn, and no answer to an act and no change of what was said."""
        return self.cause in ANNOUNCING


def settles(turn: Turn) -> Iterator[datetime]:
    """When the last act of a person on the turn is GRACE ago."""
    acts = (deed.at + GRACE for deed in reversed(turn.deeds) if deed.by != SERVICE)
    yield from (moment for moment in [next(acts, None)] if moment)


def unsettled(turns: Mapping[str, Turn], now: datetime, troubles: Troubles = RAISED) -> frozenset[str]:
    """The turns that somebody has acted on within GRACE, by their ids, and those of the same meetings: who passes makes
    room for somebody, and that one is not told either before it stands."""
    busy, found = set[str](), set[str]()
    for turn in turns.values():
        with troubles.of(turn.presenter, "letters"):
            # A deed to come is of a clock that has been set back since, and no reason to wait for it.
            if any(now < moment <= now + GRACE for moment in settles(turn)):
                found.add(turn.id)
                busy |= {turn.meeting} - {""}
    return frozenset(found.union(turn.id for turn in turns.values() if turn.meeting in busy) if busy else found)


def regretted(organisation: Organisation, records: RelayRecords, turn: Turn, number: int) -> str:
    """The colleague who said yes to whoever presents the turn, if its deed of that number takes the yes back before
    anybody was told of it; else "". Whoever asked waits for an answer, and that is a no."""
    back, before = turn.deeds[number], turn.deeds[:number]
    if not back.ends_swap or back.by == turn.presenter:
        return ""
    yes, question = _last(before, Did.SWAPPED), _last(before, Did.SWAP_ASKED)
    asker = organisation.people.get(turn.presenter)
    if yes is None or question is None or asker is None or question.by not in (asker.id, FACILITATOR):
        return ""
    if yes.at == question.at:  # both had said yes before, and the facilitator wrote it down
        return ""
    told = back.at >= yes.at + GRACE or _is_near(records, yes, news_until(organisation, asker, yes.at))
    return "" if told else yes.about


def _is_near(records: RelayRecords, yes: Deed, until: date) -> bool:
    """Whether one of the turns that changed places by that deed is not after `until`."""
    moved = (one.starts for one in records.turns.values() if _also(one, yes))
    return any(starts and starts.date() <= until for starts in moved)


def _last(deeds: Sequence[Deed], what: Did) -> Deed | None:
    """The last of the deeds that is of that kind."""
    return next((deed for deed in reversed(deeds) if deed.what is what), None)


def news(
    organisation: Organisation,
    records: RelayRecords,
    turn: Turn,
    reader: str,
    change: Change,
    at: datetime,
    *,
    stood: datetime | None = None,
    had: str = "",
    told: bool = False,
) -> News:
    """Why the turn's slot `at` that time comes into the calendar of `reader`, changes or goes there.

    `stood`: when it began there before, and `had`: who presented then ("": not known). `told`: whether the reader has
    been told of the turn before.
    """
    if change == "create":
        return _comes(records, turn, reader, told=told)
    if change == "update":
        if had not in ("", turn.presenter):
            return _handed(records, turn, reader, had)
        return News(cause=_moved(turn, stood) if stood != at else Cause.UNKNOWN)
    return _taken_out(organisation, records, turn, reader, at, had)


def _taken_out(
    organisation: Organisation, records: RelayRecords, turn: Turn, reader: str, at: datetime, had: str
) -> News:
    """Why the turn's slot `at` that time goes from the calendar of `reader`."""
    sees_to_it = organisation.facilitators.get(turn.department) == reader
    if not runs(organisation, turn.department):
        return News(cause=Cause.NO_RELAY)
    gave = had == reader != turn.presenter
    if turn.open and turn.starts == at and (turn.presenter == reader or sees_to_it) and not gave:
        return News(cause=Cause.CALENDAR)
    found, presenter = _goes(records, turn, reader, sees_to_it=sees_to_it), organisation.people.get(turn.presenter)
    # Nobody is to wait for the next turn of somebody who will not be here then.
    leaves = found.cause is Cause.AWAY and presenter is not None and leaves_before(presenter, at.date())
    return replace(found, cause=Cause.LEFT) if leaves else found


def _comes(records: RelayRecords, turn: Turn, reader: str, *, told: bool) -> News:
    if turn.presenter == reader and (brought := _brought(records, turn, told=told)):
        return brought
    if turn.kind == "volunteer":
        return News(cause=Cause.VOLUNTEERED, own=turn.presenter == reader)
    if turn.kind == "retry":
        return News(cause=Cause.RETRY)
    if turn.presenter != turn.person and reader == turn.presenter:
        return News(cause=Cause.IN_RETURN, colleague=turn.person, other=_taken(records, turn))
    return News(cause=Cause.ANNOUNCED)


def _brought(records: RelayRecords, turn: Turn, *, told: bool) -> News | None:
    """What brings a turn to its presenter that was announced before; None when nothing has happened to it."""
    for deed, giver, holder in _passages(turn):
        if deed.what is Did.WAITS and told:
            return News(cause=Cause.NEW_DATE)
        if holder == turn.presenter != giver:
            return _swap(records, turn, deed, turn.presenter, giver)
        if deed.undid is Did.PASSED:
            return News(cause=Cause.PASSING_UNDONE, own=deed.by == turn.presenter)
    return None


def _moved(turn: Turn, stood: datetime | None) -> Cause:
    """What moved the turn away from when it `stood`."""
    for deed in reversed(turn.deeds):
        if stood and deed.to == stood:
            break
        if deed.why:
            return WAITING[deed.why]
        if deed.what in AGAIN:
            return AGAIN[deed.what]
    return Cause.MOVED


def _goes(records: RelayRecords, turn: Turn, reader: str, *, sees_to_it: bool) -> News:
    had_it = False
    for deed, giver, holder in _passages(turn):
        if giver == reader != holder:
            return _swap(records, turn, deed, reader, holder)
        had_it = had_it or holder in (reader, "")
        ended = _ended(deed) if holder == reader or sees_to_it else Cause.UNKNOWN
        if ended:
            return News(cause=ended, own=deed.by == reader)
    return News(cause=Cause.OTHER_FACILITATOR if turn.open and not (had_it or sees_to_it) else Cause.UNKNOWN)


def _ended(deed: Deed) -> Cause:
    """What a deed ends a turn with, or keeps it waiting for; UNKNOWN when it does neither."""
    if deed.what is Did.NOT_NEEDED:
        return Cause.SOLVED if deed.by == SERVICE else Cause.NOT_NEEDED
    if deed.undid is Did.VOLUNTEERED:
        return Cause.OFFER_UNDONE
    if deed.why:
        return WAITING[deed.why]
    return ENDING.get(deed.what, Cause.UNKNOWN)


def _passages(turn: Turn) -> Iterator[tuple[Deed, str, str]]:
    """The deeds on a turn, the last one first, each with who presented before it and after it; "" when nobody knows."""
    holder, found = _first_presenter(turn), []
    for deed in turn.deeds:
        before, holder = holder, _holder(turn, deed, holder)
        found.append((deed, before, holder))
    yield from reversed(found)


def _holder(turn: Turn, deed: Deed, before: str) -> str:
    if deed.what is Did.SWAPPED:
        return deed.about
    return turn.person if deed.what is Did.BACK or deed.ends_swap else before


def _first_presenter(turn: Turn) -> str:
    """Who presented when the turn was announced: whoever it is booked on, unless it was in return for another one."""
    asked = ""
    for deed in turn.deeds:
        if deed.what is Did.SWAP_ASKED:
            asked = deed.by
        if deed.what is Did.SWAPPED:  # by the colleague: on the asker's turn, or on the one that is given for it
            giver = asked if deed.by == deed.about else deed.by
            return turn.person if giver in ("", FACILITATOR) else giver
        if deed.what is Did.BACK or deed.ends_swap:
            return deed.by if deed.by not in (SERVICE, FACILITATOR, turn.person) else ""
    return turn.presenter


def _swap(records: RelayRecords, turn: Turn, deed: Deed, reader: str, colleague: str) -> News:
    """A turn that changes hands between `reader` and `colleague` by a deed: a swap, or its end."""
    if deed.what is Did.BACK:
        return News(cause=Cause.SWAP_VOID, colleague=colleague)
    others = (one for one in records.turns.values() if one.department == turn.department and one.id != turn.id)
    other = next((one for one in others if _also(one, deed)), None)
    owed = records.standings.get(turn.department, TurnList()).owed
    return News(
        cause=Cause.SWAPPED if deed.what is Did.SWAPPED else Cause.SWAP_UNDONE,
        own=deed.by == reader,
        colleague=colleague,
        other=other.starts if other else None,
        owes=owed.get(reader) == colleague or owed.get(colleague) == reader,
    )


def _also(turn: Turn, deed: Deed) -> bool:
    """Whether the same act was done to this turn as well."""
    return any((one.at, one.by, one.what) == (deed.at, deed.by, deed.what) for one in turn.deeds)


def _handed(records: RelayRecords, turn: Turn, reader: str, had: str) -> News:
    """A turn that stays in the calendar of a facilitator and has another presenter than the one who `had` it."""
    passages = (deed for deed, giver, holder in _passages(turn) if holder == turn.presenter != giver)
    deed = next(passages, None)
    if deed is None:
        return News(cause=Cause.UNKNOWN)
    if reader == had:
        return _swap(records, turn, deed, reader, turn.presenter)
    found = _swap(records, turn, deed, turn.presenter, had)
    return found if reader == turn.presenter else replace(found, own=False)


def _taken(records: RelayRecords, turn: Turn) -> datetime | None:
    """When the turn was that somebody took, for which `turn` is the return."""
    found = (
        one.starts
        for one in records.turns.values()
        if (one.department, one.person, one.presenter) == (turn.department, turn.presenter, turn.person)
    )
    return max((starts for starts in found if starts), default=None)
