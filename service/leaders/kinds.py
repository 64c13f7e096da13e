"""The letters to managers, and to the contact about the frame."""

from service.leaders import letters
from service.leaders.concern_letters import CONCERN_KINDS
from service.messages.translation import Sentence
from service.planning.kind import Kind


def _month(period: str) -> str:
    return period


KINDS = (
    # What is open is asked of whoever runs it: nobody's week is fuller for it, and it cannot yield.
    Kind(
        id="open-questions",
        facts=letters.open_facts,
        name=Sentence("questions of the frame that are open"),
        one=Sentence("questions of the frame that are open"),
        rank=108,
        counts="office",
        fused=False,
    ),
    Kind(
        id="frame",
        facts=letters.frame_facts,
        name=Sentence("sheets with the frame for managers"),
        one=Sentence("sheet with the frame"),
        rank=112,
        yields_in=34,
    ),
    Kind(
        id="step",
        facts=letters.step_facts,
        gone_by=True,
        name=Sentence("monthly steps for managers"),
        one=Sentence("monthly step for a manager"),
        rank=117,
        yields_in=40,
        about=_month,
    ),
    *CONCERN_KINDS,
)
