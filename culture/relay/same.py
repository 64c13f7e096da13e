"""Two who are one, in the relay. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from culture.relay.deeds import Deed
from culture.relay.turns import Place, Turn, TurnList


def with_turn(turn: Turn, was: str, person: str) -> Turn:
    """The turn, where what was `was`'s is `person`'s."""

    def whose(text: str) -> str:
        return person if text == was else text

    def deed(one: Deed) -> Deed:
        return replace(one, by=whose(one.by), about=whose(one.about))

    why = turn.why
    if why:
        away = {whose(key): reason for key, reason in why.away.items()}
        why = replace(why, away=away, instead=tuple(map(whose, why.instead)))
    return replace(
        turn,
        person=whose(turn.person),
        presenter=whose(turn.presenter),
        offered=whose(turn.offered),
        why=why,
        deeds=tuple(map(deed, turn.deeds)),
    )


def with_place(standings: TurnList, was: str, person: str) -> TurnList:
    """The list, where `person` stands where they stood, with the turns that `was` had besides."""
    mine, other = standings.people.get(person), standings.people.get(was)
    if other is None:
        return standings
    place = _together(mine, other) if mine else other
    people = {**{key: one for key, one in standings.people.items() if key != was}, person: place}
    return replace(standings, people=people, owed=_owed(standings.owed, was, person))


def _together(mine: Place, other: Place) -> Place:
    last, after = max((mine.last, mine.after), (other.last, other.after))
    return replace(mine, turns=mine.turns + other.turns, ahead=mine.ahead + other.ahead, last=last, after=after)


def _owed(owed: Mapping[str, str], was: str, person: str) -> dict[str, str]:
    whose = {was: person}
    moved = [(whose.get(one, one), whose.get(other, other)) for one, other in owed.items() if one == was]
    moved += [
        (one, whose.get(other, other)) for one, other in owed.items() if one != was
    ]  # of two debts their own stays
    return {one: other for one, other in moved if one != other}
