"""The letters and calls of the vitamin pill."""

from contextlib import suppress

from culture.workdays import Week
from service.messages.translation import Sentence
from service.planning.kind import Kind
from service.vitamin import letters


def _week(period: str) -> Sentence | str:
    with suppress(ValueError):
        return Sentence("week {week}", {"week": Week.parse(period).number})
    return ""


KINDS = (
    Kind(
        id="welcome",
        facts=letters.welcome_facts,
        name=Sentence("welcome letters"),
        one=Sentence("welcome letter"),
        rank=10,
    ),
    Kind(
        id="tip",
        facts=letters.tip_facts,
        name=Sentence("letters with the week's prompts"),
        one=Sentence("the week's prompts"),
        about=_week,
        yields_in=60,
    ),
    Kind(
        id="invite",
        facts=letters.invite_facts,
        name=Sentence("calendar invitations and changes"),
        one=Sentence("the block in the calendar: new or changed"),
        counts="time",
    ),
    Kind(
        id="cancel",
        facts=letters.invite_facts,
        name=Sentence("calendar cancellations"),
        one=Sentence("the block in the calendar: called off"),
        cancels=True,
        previews=(),  # it says what an invitation says
        counts="time",
    ),
    Kind(id="block", name=Sentence("blocks in Outlook that come or change"), way="call"),
    # Words in an event that the administrator has approved are approved with it.
    Kind(id="prompt", name=Sentence("prompts written into Outlook"), way="call", fused=False),
    Kind(id="unblock", name=Sentence("blocks taken out of Outlook"), way="call", cancels=True),
)
