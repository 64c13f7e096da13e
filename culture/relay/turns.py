"""Whose turn it is: the fair rule of the relay (DESIGN 4.10). Pure, and the whole of the rule is `pick`.

Everybody has a level, `turns + credit`. The lowest of those who can is next; ties go to whoever's last turn is the
longest ago, then to an order of the department's own. Two things keep the promise that between people who could at
every selection the announced normal turns never differ by more than one:

- Nobody's level is more than one above the floor, which rises only when all who can have reached the next level.
- Whoever was away and lags behind the floor is lifted to it by credit: what was missed is not owed.

A turn that somebody volunteered for counts as their next ordinary one: it is kept until the rule would choose them, and
counts then, in place of being chosen (`counted`). So it is a choice like any other, and the promise holds with it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Literal

from culture.ids import Id
from culture.relay.deeds import UNHEARD, Deed, Did

TurnKind = Literal["normal", "volunteer", "retry"]
TurnState = Literal["announced", "assigned", "held", "missed", "passed", "withdrawn"]

NEAR = timedelta(weeks=8)
"""Nobody is chosen for a meeting that is nearer than this to another turn of theirs, where others can be."""

OPEN: tuple[TurnState, ...] = ("announced", "assigned")


class Tie(Id):
    """What decided who was next."""

    LOWEST = "lowest"
    LONGEST_AGO = "longest-ago"
    ORDER = "order"  # one of the department's own


class Hindrance(Id):
    """Why somebody could not be chosen for a meeting."""

    COUNTED = "counted"  # was next, and a turn volunteered for counted instead
    COULD_NOT = "could-not"  # all that is kept and told of an absence, a break, a contract
    NOT_LISTED = "not-listed"  # yet
    NOT_REACHED = "not-reached"
    PASSED = "passed"
    RECENT = "recent"  # has a turn within NEAR, and others could
    SEATED = "seated"  # at that meeting already
    SETTLING_IN = "settling-in"
    # What `COULD_NOT` stands for (`culture.relay.hindered.away`).
    ABSENT = "absent"
    DAY_OFF = "day-off"
    NOT_HERE = "not-here"
    PAUSED = "paused"


PRIVATE = frozenset({Hindrance.ABSENT, Hindrance.DAY_OFF, Hindrance.NOT_HERE, Hindrance.PAUSED})
"""What is nobody's business. One of them left out would tell the rest."""


def unsaid(reason: Hindrance) -> Hindrance:
    """The reason as it may be kept and told."""
    return Hindrance.COULD_NOT if reason in PRIVATE else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why somebody was picked: their level then, out of how many who could, what decided, and who could not.

    `instead`: who was before them, and had volunteered for a turn that counted then.
    """

    level: int
    among: int
    tie: Tie
    instead: tuple[str, ...] = ()
    away: Mapping[str, Hindrance] = field(default_factory=dict)  # by person id, as it may be told (`unsaid`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of one person at one meeting.

    It is booked on `person`; `presenter` stands there, another after a swap. `counts`: they volunteered for it, and it
    is their next ordinary one. `meeting` is empty while the turn waits
    for one. `starts` is when the slot begins (aware, the department's zone), None without a meeting.
    """

    id: str
    department: str
    number: int  # the department's turns are numbered in the order of their announcement
    kind: TurnKind
    person: str
    presenter: str
    announced: datetime
    counts: bool = False
    meeting: str = ""
    starts: datetime | None = None
    minutes: int = 20
    place: str = ""
    seat: int = 0
    state: TurnState = "announced"
    assigned: datetime | None = None
    challenge: str = ""
    earlier: str = ""  # the turn whose "not yet" this one takes up again
    offered: str = ""  # the person who has been asked to swap
    why: Why | None = None
    deeds: tuple[Deed, ...] = ()

    @property
    def open(self) -> bool:
        """Announced or assigned, and still to come."""
        return self.state in OPEN

    @property
    def closed(self) -> bool:
        """Whether the facilitator closed it without a learning: nobody is asked for one any more."""
        return any(deed.what is Did.CLOSED for deed in self.deeds)

    @property
    def postponed(self) -> bool:
        """Whether the facilitator moved it away from the meeting it had last: it does not go back there."""
        return next((deed.what is Did.POSTPONED for deed in reversed(self.deeds) if deed.was), False)

    @property
    def ends(self) -> datetime | None:
        """When its slot is over; None without a meeting."""
        return self.starts + timedelta(minutes=self.minutes) if self.starts else None

    def begins(self, slot: datetime) -> datetime:
        """When the meeting begins of which `slot` is this turn's."""
        return slot - timedelta(minutes=self.seat * self.minutes)

    @property
    def former(self) -> datetime | None:
        """When the meeting began that the turn lost last; None for one that never lost any."""
        return next((self.begins(deed.was) for deed in reversed(self.deeds) if deed.was), None)

    def waiting(self, deed: Deed) -> "Turn":
        """The turn without its meeting: it takes the first one with room from the time it had. What its presenter never
        heard of is announced only, and its challenge will be given again."""
        untold = {"state": "announced", "assigned": None} if deed.why in UNHEARD else {}
        return self.after(replace(deed, was=self.starts), meeting="", starts=None, **untold)

    def after(self, deed: Deed, **changes: object) -> "Turn":
        """The turn with changes, and the deed that made them written down."""
        return replace(self, deeds=(*self.deeds, deed), **changes)  # type: ignore[arg-type]  # fields by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one person stands: turns that count, credit, the number of the last one, and since when they are in the list.

    `ahead`: turns they volunteered for that will count as ordinary ones, and have not yet. `after`: 0, or their last one
    was such a turn; of those that counted after the same announced turn it was the how manieth, 1 for the first.
    `since` is None for those who were there when the list began.
    """

    turns: int = 0
    credit: int = 0
    ahead: int = 0
    last: int = 0
    after: int = 0
    since: date | None = None

    @property
    def level(self) -> int:
        """How many turns somebody has had, with those they were lifted by when they joined."""
        return self.turns + self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnList:
    """A department's list. `floor`: the level that nobody who can lags behind; `turns`: how many were announced.

    `began`: since when most of its first people had been in the programme; None for a list that is older than this.
    `holds`: the keys of other lists that have become one with it.
    `given`: how often each challenge was given. `owed`: who presents in whose place next time, after a swap.
    """

    floor: int = 0
    turns: int = 0
    began: date | None = None
    people: Mapping[str, Place] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)
    owed: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[str, ...] = ()

    def of(self, person_id: str) -> Place:
        """The place of a person; that of a newcomer where they have none yet."""
        return self.people.get(person_id, Place(credit=self.floor))

    def having(self, person_id: str, standing: Place) -> "TurnList":
        """The list with another place for one person."""
        return replace(self, people={**self.people, person_id: standing})


def entered(standings: TurnList | None, members: Iterable[str], today: date, began: date | None = None) -> TurnList:
    """The list with everybody in it. The first time all begin alike, and when that `began` stands in it from then on;
    who comes later enters with the median."""
    ids = sorted(members)
    if standings is None:
        return TurnList(people={person_id: Place() for person_id in ids}, began=began)
    new = [person_id for person_id in ids if person_id not in standings.people]
    if not new:
        return standings
    levels = [max(standings.of(other).level, standings.floor) for other in ids if other in standings.people]
    credit = median_low(levels) if levels else standings.floor
    return replace(
        standings,
        people={**standings.people, **{person_id: Place(credit=credit, since=today) for person_id in new}},
    )


def together(one: TurnList, other: TurnList) -> TurnList:
    """The list of two departments that have become one, or share a meeting. Everybody keeps their distance to the floor of
    the list they come from, so between any two of one department nothing changes. What `one` holds already is not taken
    again."""
    if one.holds and set(other.holds) <= set(one.holds):
        return one
    low, high = sorted((one, other), key=lambda list_: list_.floor)
    raised = {who: replace(place, credit=place.credit + high.floor - low.floor) for who, place in low.people.items()}
    people = {**raised, **high.people}
    for who in raised.keys() & high.people.keys():  # moved from one to the other: what they have had counts
        people[who] = max(raised[who], high.people[who], key=lambda place: (place.level, place.last))
    given = {key: one.given.get(key, 0) + other.given.get(key, 0) for key in {**one.given, **other.given}}
    return TurnList(
        floor=high.floor,
        turns=max(one.turns, other.turns),
        began=min(one.began, other.began) if one.began and other.began else None,
        people=people,
        given=given,
        owed={**other.owed, **one.owed},
        holds=tuple(dict.fromkeys((*one.holds, *other.holds))),
    )


def counted(standings: TurnList, able: Iterable[str], department: str) -> tuple[TurnList, tuple[str, ...]]:
    """The list when nobody is next of those who are able who has a turn that counts ahead: each of those has had the turn
    of this round, as if chosen. And who they are, in the order in which they were."""
    ids, found = list(able), list[str]()
    while ids:
        lifted = _lifted(standings, ids)
        first = min(ids, key=lambda one: _rank(lifted[one], one, department))
        place = lifted[first]
        if not place.ahead:
            break
        last, after = standings.turns, len(found) + 1
        had = replace(place, turns=place.turns + 1, ahead=place.ahead - 1, last=last, after=after)
        people = {**standings.people, **lifted, first: had}
        standings = replace(standings, floor=max(standings.floor, place.level), people=people)
        found.append(first)
    return standings, tuple(found)


def ranked(standings: TurnList, able: Iterable[str], department: str) -> list[str]:
    """Those who are able, in the order in which they would be chosen."""
    lifted = _lifted(standings, able)
    return sorted(lifted, key=lambda person_id: _rank(lifted[person_id], person_id, department))


def pick(standings: TurnList, able: Iterable[str], department: str) -> tuple[str, TurnList, Tie]:
    """Who is next of those who are able (at least one), the list afterwards, and what decided.

    The turn gets the number `standings.turns` of the list afterwards.
    """
    lifted = _lifted(standings, able)
    order = ranked(standings, lifted, department)
    first, number = order[0], standings.turns + 1
    chosen = lifted[first]
    after = replace(
        standings,
        # All who are able were above the floor already: it follows.
        floor=max(standings.floor, chosen.level),
        turns=number,
        people={**standings.people, **lifted, first: replace(chosen, turns=chosen.turns + 1, last=number, after=0)},
    )
    return first, after, _decided(lifted, order)


def _lifted(standings: TurnList, able: Iterable[str]) -> dict[str, Place]:
    """Where those who are able stand, nobody below the floor."""
    found = {}
    for person_id in able:
        standing = standings.of(person_id)
        lack = standings.floor - standing.level
        found[person_id] = replace(standing, credit=standing.credit + lack) if lack > 0 else standing
    return found


def _rank(standing: Place, person_id: str, department: str) -> tuple[int, int, int, str]:
    return (
        standing.level,
        standing.last,
        standing.after,
        hashlib.sha256(f"{department}/{person_id}".encode()).hexdigest(),
    )


def _decided(lifted: Mapping[str, Place], order: list[str]) -> Tie:
    if len(order) == 1:
        return Tie.LOWEST
    first, second = (lifted[person_id] for person_id in order[:2])
    if first.level < second.level:
        return Tie.LOWEST
    return Tie.LONGEST_AGO if (first.last, first.after) < (second.last, second.after) else Tie.ORDER


def unbooked(standings: TurnList, person_id: str) -> TurnList:
    """The list when a person passes an announced normal turn, and is not asked again at once."""
    before = standings.of(person_id)
    return standings.having(person_id, replace(before, turns=before.turns - 1, credit=before.credit + 1))


def taken_from(standings: TurnList, turn: Turn, turns: Iterable[Turn]) -> TurnList:
    """The list when an announced normal turn is taken from its person, who did nothing about it: they stand where they
    stood before it, also among those who stand alike. `turns` are the department's."""
    before = standings.of(turn.person)
    mine = (one for one in turns if one.kind == "normal" and one.person == turn.person and one.id != turn.id)
    last = max((one.number for one in mine if one.state != "withdrawn"), default=0)
    return standings.having(turn.person, replace(before, turns=before.turns - 1, last=last, after=0))


def offered(standings: TurnList, person_id: str) -> TurnList:
    """The list when somebody volunteers for a turn that counts, or takes back that they gave it away."""
    before = standings.of(person_id)
    return standings.having(person_id, replace(before, ahead=before.ahead + 1))


def given_back(standings: TurnList, person_id: str) -> TurnList:
    """The list when a volunteered turn that counts comes to nothing: it is theirs to come, or counts no more."""
    before = standings.of(person_id)
    if before.ahead:
        return standings.having(person_id, replace(before, ahead=before.ahead - 1))
    return standings.having(person_id, replace(before, turns=max(0, before.turns - 1)))


def without(standings: TurnList, gone: frozenset[str]) -> TurnList:
    """The list without people who do not want to be in it, and without what they owe and are owed."""
    if all(map(gone.isdisjoint, (standings.people, standings.owed, standings.owed.values()))):
        return standings
    return replace(
        standings,
        people={one: place for one, place in standings.people.items() if one not in gone},
        owed={one: other for one, other in standings.owed.items() if not gone & {one, other}},
    )


def booked_again(standings: TurnList, person_id: str) -> TurnList:
    """The list when a pass is taken back."""
    before = standings.of(person_id)
    return standings.having(person_id, replace(before, turns=before.turns + 1, credit=before.credit - 1))
