"""The letters about the corps, and what puts its meetings into calendars."""

from culture.keys import AboutPeriod
from service.ambassadors import corps_letters as letters
from service.messages.translation import Sentence
from service.planning.kind import Kind


def _about(period: str) -> str:
    return AboutPeriod.from_text(period).about


CORPS_KINDS = (
    Kind(
        id="ambassador",
        facts=letters.ambassador_facts,
        name=Sentence("letters to new ambassadors"),
        one=Sentence("what it is to be an ambassador"),
        rank=31,
    ),
    Kind(
        id="corps-chair",
        facts=letters.chair_facts,
        name=Sentence("news of who leads the corps' meetings"),
        one=Sentence("you lead the corps' meetings"),
        rank=32,
        yields_in=22,
    ),
    Kind(
        id="corps-sponsor",
        facts=letters.sponsor_facts,
        name=Sentence("letters to new sponsors of the ambassadors"),
        one=Sentence("what it is to back the ambassadors"),
        rank=33,
        yields_in=23,
    ),
    # News of when something is, which is not counted.
    Kind(
        id="corps-meeting",
        facts=letters.meeting_facts,
        name=Sentence("meetings of the corps that come, move or go"),
        one=Sentence("a meeting of the corps in the calendar: new, moved or called off"),
        rank=51,
        counts="time",
    ),
    Kind(
        id="corps-asked",
        private=True,
        facts=letters.asked_facts,
        name=Sentence("questions about colleagues who would like to be ambassadors"),
        one=Sentence("question about a colleague who would like to be an ambassador"),
        rank=61,
        yields_in=20,
        about=_about,
    ),
    Kind(
        id="corps-declined",
        private=True,
        facts=letters.declined_facts,
        name=Sentence("answers to those who would like to be ambassadors"),
        one=Sentence("answer to the wish to be an ambassador"),
        rank=101,
        counts="receipt",
    ),
    Kind(
        id="corps-thanks",
        facts=letters.thanks_facts,
        name=Sentence("thanks to those who have been ambassadors"),
        one=Sentence("thanks for your time as an ambassador"),
        rank=102,
        yields_in=36,
    ),
    Kind(
        id="corps-uncovered",
        of_department=True,
        facts=letters.uncovered_facts,
        name=Sentence("questions about departments without an ambassador"),
        one=Sentence("question about a department without an ambassador"),
        rank=125,
        yields_in=55,
        about=_about,
    ),
    Kind(
        id="corps-event",
        facts=letters.meeting_facts,
        name=Sentence("meetings of the corps on the calendar server that come or change"),
        way="call",
        counts="time",
    ),
    Kind(
        id="corps-unevent",
        facts=letters.meeting_facts,
        name=Sentence("meetings of the corps on the calendar server that are called off"),
        way="call",
        cancels=True,
    ),
)
