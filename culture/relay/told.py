"""What was said of turns: a programme moves by what was said, not by the clock alone (DESIGN section 2). Pure.

Whether a letter left, is held or was refused is known by the store; `service.planning.told` reads it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from culture.keys import NoticeKey, TurnPeriod
from culture.notice import Said
from culture.organisation import Organisation
from culture.relay.deeds import UNHEARD, Did
from culture.relay.turns import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of the challenges of assigned turns, by their notices, who cannot be reached at the address we have,
    and since when letters reach mailboxes (None: not known, or they become files).

    A challenge that is not named here was sent: rules that know of no letters go by the clock.
    """

    challenges: Mapping[str, Said] = field(default_factory=dict)
    unreached: frozenset[str] = frozenset()
    since: date | None = None

    def of(self, turn: Turn) -> Said:
        """What became of the letter with a turn's challenge; "sent" where nothing is known."""
        return self.challenges.get(challenge_key(turn), "sent")


EVERYBODY = Told()
"""As if every letter had left."""


def challenge_key(turn: Turn) -> str:
    """The key of the notice that gives the challenge of an assigned turn to its presenter."""
    return NoticeKey("assignment", challenge_period(turn).to_text(), turn.presenter).to_text()


def handed_over(organisation: Organisation, turn: Turn) -> str:
    """Who gets the challenge of a turn for a presenter without mail, and hands it over: the facilitator. Else ""."""
    presenter = organisation.people.get(turn.presenter)
    return organisation.facilitators.get(turn.department, "") if presenter and not presenter.email else ""


def challenge_period(turn: Turn, deeds: int | None = None) -> TurnPeriod:
    """What tells the notices of a turn's challenge apart: one that nobody heard of is given again, and said again.

    With `deeds` the period as it was after so many of them.
    """
    again = sum(deed.what is Did.WAITS and deed.why in UNHEARD for deed in turn.deeds[:deeds])
    return TurnPeriod(turn.id, str(again) if again else "")
