"""What a report says in its letter and in its files alike."""

from culture.people import Language
from culture.quarter import Quarter
from culture.report.anonymity import RULES
from mailer.words import tongue
from service.messages.translation import Sentence, say
from service.planning.figure_row import Proposal


def quarter_name(quarter: Quarter) -> Sentence:
    """How a quarter is called."""
    return Sentence("Q{number} {year}", {"number": quarter.number, "year": quarter.year})


def written(proposal: Proposal) -> str:
    """Where in config.toml it is changed, and to what: `[relay] lead_days = 15`."""
    table, _, key = proposal.key.rpartition(".")
    return f"[{table}] {key} = {proposal.value}" if proposal.value else f"[{table}] {key}"


def people_rule(language: Language) -> str:
    """What is said of numbers of people."""
    text = (
        "Figures of what people answered and chose are about the whole organisation. They are shown from {fewest} and rounded "
        "down to the nearest {step}. A figure of choices only changes when at least {fewest} have come or gone in a quarter; "
        "until then the earlier one stands, with its quarter."
    )
    number = tongue(language).number
    return say(language, text, fewest=number(RULES.fewest), step=number(RULES.step))
