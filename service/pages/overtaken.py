"""What the personal page says of fields that were changed elsewhere while it was open: both values, and what to do. Pure."""

from datetime import date
from typing import Any, cast

from culture.people import ChannelName, Language
from service.acts.conflicts import Overtaken
from service.messages.translation import Sentence
from service.pages.html_pages import CHANNEL_NAMES, Page, inside, language_name, track_name
from service.pages.personal_form import ORDER, Faults

NAMES = {
    "time": Sentence("Time"),
    "days": Sentence("Days"),
    "track": Sentence("Track"),
    "level": Sentence("How you want the prompts"),
    "language": Sentence("Language"),
    "channel": Sentence("Calendar"),
    "pause_until": Sentence("Take a break until"),
    "dose": Sentence("Letters"),
    "stopped": Sentence("Letters"),
}
"""As the fields are called on the page."""

SAID = {
    "gentle": Sentence("with a first step"),
    "bold": Sentence("with a way further"),
    "one": Sentence("one prompt a week"),
}


def sentences(page: Page, other: Overtaken, today: date) -> Faults:
    """A sentence for each field that became another, in the order of the page."""
    found = {}
    for name in (name for name in ORDER if name in other.changes):
        theirs, yours = getattr(other.standing, name), other.changes[name]
        found[name] = Sentence(
            "{field}: it now says {theirs}, and you chose {yours}.",
            {
                "field": NAMES[name],
                "theirs": _value(page, name, theirs, today),
                "yours": _value(page, name, yours, today),
            },
        )
    return found


def _value(page: Page, name: str, value: Any, today: date) -> str:
    """What is chosen in a field, as words inside a sentence."""
    if not value:
        return _usual(page, name)
    match name:
        case "stopped":
            return page.say("none")
        case "time":
            return page.tongue.clock(value)
        case "days":
            return page.tongue.days(value)
        case "track":
            return inside(track_name(page, value))
        case "level" | "dose":
            return SAID[value].said(page.language)
        case "language":
            return language_name(cast(Language, value))
        case "channel":
            return inside(CHANNEL_NAMES[cast(ChannelName, value)].said(page.language))
    return page.day(value, today)


def _usual(page: Page, name: str) -> str:
    """What is so in a field in which nothing is chosen."""
    match name:
        case "stopped":
            return page.say("every week")
        case "dose":
            return page.say("a prompt for each day")
        case "pause_until":
            return page.say("no break")
    return page.say("the usual")
