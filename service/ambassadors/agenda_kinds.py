"""The letters about the corps' agendas."""

from service.ambassadors import agenda_letters as letters
from service.messages.translation import Sentence
from service.planning.kind import Kind

AGENDA_KINDS = (
    Kind(
        id="agenda",
        facts=letters.agenda_facts,
        name=Sentence("agendas of the corps' meetings"),
        one=Sentence("the agenda of the corps' meeting"),
        rank=62,
    ),
    Kind(
        id="corps-news",
        facts=letters.news_facts,
        name=Sentence("questions for news and topics for the corps' meetings"),
        one=Sentence("question for news and topics for the corps' meeting"),
        rank=109,
    ),
    Kind(
        id="corps-decisions",
        facts=letters.decisions_facts,
        name=Sentence("questions what the corps decided"),
        one=Sentence("question what the corps decided"),
        rank=113,
    ),
)
