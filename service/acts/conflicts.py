"""What stands on somebody's page as chosen, and whether it has become another while the page was open. Pure.

A page is a copy that grows old: the letters may be stopped from a mailbox, or a time chosen in another window, while it
lies open. So a form changes only what differs from what its own page showed, and where that has meanwhile become a third
thing, nobody's choice is taken back without a word.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from culture.organisation import Organisation
from culture.people import Person, Preference
from culture.vitamin.settings import Vitamin
from service.messages.faults import Refused
from service.messages.translation import Sentence

CHANGED = Sentence(
    "Something here was changed elsewhere while this page was open. Save again if it is your choices that are to stand."
)


class Overtaken(Refused):
    """Nothing was written: fields that somebody changes became other than their page showed.

    `changes` are what was chosen in those fields, `standing` is what stands now.
    """

    def __init__(self, changes: Mapping[str, Any], standing: Preference) -> None:
        super().__init__(CHANGED)
        self.changes, self.standing = changes, standing


def standing(organisation: Organisation, person: Person, preference: Preference, today: date) -> Preference:
    """What a page shows as chosen: the days as they are, no break that is over, no calendar that there is no longer."""
    return replace(
        preference,
        days=person.working_days & organisation.of(Vitamin).days or None,
        pause_until=_to_come(preference.pause_until, today),
        channel=preference.channel if preference.channel in organisation.channels else None,
    )


def overtaken(shown: Preference, now: Preference, changes: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Those of the changes whose field has meanwhile become something else than shown and than what is chosen."""
    was = replace(shown, pause_until=_to_come(shown.pause_until, today))  # a break that ran out is no news
    return {name: chosen for name, chosen in changes.items() if getattr(now, name) not in (getattr(was, name), chosen)}


def _to_come(day: date | None, today: date) -> date | None:
    return day if day and day > today else None
