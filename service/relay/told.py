"""What the letters about turns came to, as the relay's rules go by it. Read from the store, nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from culture.keys import NoticeKey
from culture.notice import Said
from culture.organisation import Organisation
from culture.relay.deeds import Did
from culture.relay.schedule import RelayRecords
from culture.relay.told import Told, challenge_key, challenge_period, handed_over
from culture.relay.turns import Turn
from mailer.transport import Way


class Letters(Protocol):
    """What is known of the letters that were sent."""

    def letter_saying(self, key: str, way: Way) -> tuple[Said, str]: ...


def told(records: RelayRecords, organisation: Organisation, letters: Letters, way: Way) -> Told:
    """What became of the challenges of assigned turns, for whoever sends by `way`, and who cannot be reached: a challenge
    was refused for the address they still have, and the letter has neither been sent again nor given up."""
    challenges: dict[str, Said] = {}
    people = organisation.people
    unreached = set[str]()
    for turn in records.turns.values():
        keys = dict(_refused(turn))
        if turn.state == "assigned":
            keys[challenge_key(turn)] = turn.presenter
        for key, person_id in keys.items():
            person = people.get(person_id)
            if person and not person.email and not handed_over(organisation, turn):
                continue  # nobody can be asked to hand it over: it stands on the department's page
            said, address = letters.letter_saying(_to(organisation, turn, key), way)
            challenges[key] = said
            if said == "parked" and person and address == person.email:
                unreached.add(person_id)
    return Told(challenges=challenges, unreached=frozenset(unreached))


def _to(organisation: Organisation, turn: Turn, key: str) -> str:
    """The key of the letter that has it: the facilitator's, where its presenter gets no mail."""
    facilitator = handed_over(organisation, turn)
    return replace(NoticeKey.from_text(key), person_id=facilitator).to_text() if facilitator else key


def _refused(turn: Turn) -> Iterator[tuple[str, str]]:
    """The challenges of a turn that were refused, each with whoever did not get it."""
    for number, deed in enumerate(turn.deeds):
        if deed.what is Did.NOT_REACHED:
            period = challenge_period(turn, number).to_text()
            yield NoticeKey("assignment", period, deed.about).to_text(), deed.about
