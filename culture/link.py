"""The letter with a fresh link to one's own page, for whoever asks for it by their mail address. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from culture.notice import Notice
from culture.organisation import local_date
from culture.trouble import RAISED, Troubles
from culture.world import World

LATENESS = timedelta(days=1)
"""Whoever asked and got nothing has asked again by then."""


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """One letter for each who has asked, and for one who asks again not before the next day of theirs."""
    for person_id, asked in world.links_asked.items():
        with troubles.of(person_id, "letters"):
            person = world.organisation.people.get(person_id)
            if person is None or not person.works_here(world.organisation.today(person, world.now)):
                continue
            yield Notice(
                kind="link",
                period=str(local_date(asked, person.zone)),
                person_id=person_id,
                due=asked,
                too_late=asked + LATENESS,
                at_once=True,
            )
