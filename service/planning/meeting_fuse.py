"""What is believed of calendars that lost meetings: one by one, and held when more than half of those to come go. Pure."""

from collections.abc import Mapping
from datetime import date

from culture.keys import LostMeetingKey
from culture.meetings import Meeting
from service.messages.translation import Sentence
from service.planning.fuse import Held
from service.settings.meeting_losses import Offer, coming, is_loss


def judged(
    kept: Mapping[str, tuple[Meeting, ...]], offers: Mapping[str, Offer], approved: frozenset[str], today: date
) -> tuple[dict[str, tuple[Meeting, ...]], tuple[Held, ...]]:
    """The meetings in force by department, and what waits for somebody's yes: there the last copy stays."""
    found, held = dict(kept), []
    for department, offer in offers.items():
        before = kept.get(department, ())
        gone = [one for one in offer.missing if one.day >= today]
        waiting = tuple(key for one in gone if (key := LostMeetingKey(one.id).to_text()) not in approved)
        if waiting and is_loss(offer.missing, before, today):
            text = "the calendar of {department} has lost {lost} of its {there} meetings to come, and does not call them off"
            fields = {"department": department, "lost": len(gone), "there": coming(before, today)}
            held.append(Held(kind="meetings", reason=Sentence(text, fields), keys=waiting))
        else:
            found[department] = offer.meetings
    return found, tuple(held)
