"""What the letters about turns came to, as the relay's rules go by it. Read from the store, nothing is written."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from culture.keys import NoticeKey
from culture.notice import Said
from culture.people import Person
from culture.relay.deeds import Did
from culture.relay.schedule import RelayRecords
from culture.relay.told import Told, challenge_key, challenge_period
from culture.relay.turns import Turn
from mailer.transport import Way


class Letters(Protocol):
    def letter_saying(self, key: str, way: Way) -> tuple[Said, str]: ...


def told(records: RelayRecords, people: Mapping[str, Person], letters: Letters, way: Way) -> Told:
    """What became of the challenges of assigned turns, for whoever sends by `way`, and who cannot be reached: a challenge
    was refused for the address they still have, and the letter has neither been sent again nor given up."""
    challenges: dict[str, Said] = {}
    unreached = set[str]()
    for turn in records.turns.values():
        keys = dict(_refused(turn))
        if turn.state == "assigned":
            keys[challenge_key(turn)] = turn.presenter
        for key, person_id in keys.items():
            said, address = letters.letter_saying(key, way)
            challenges[key] = said
            person = people.get(person_id)
            if said == "parked" and person and address == person.email:
                unreached.add(person_id)
    return Told(challenges=challenges, unreached=frozenset(unreached))


def _refused(turn: Turn) -> Iterator[tuple[str, str]]:
    """The challenges of a turn that were refused, each with whoever did not get it."""
    for number, deed in enumerate(turn.deeds):
        if deed.what is Did.NOT_REACHED:
            period = challenge_period(turn, number).to_text()
            yield NoticeKey("assignment", period, deed.about).to_text(), deed.about
