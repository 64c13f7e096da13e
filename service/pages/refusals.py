"""What is answered to whoever cannot have what they asked for: a heading and a sentence, and when to try again."""

import math
from dataclasses import replace

from starlette.requests import Request

from culture.organisation import Organisation
from culture.people import Person
from service.messages.translation import Sentence
from service.pages.answer import Declined
from service.pages.turnstile import Turn

STARTING_SECONDS = 5
"""When to ask again while the service comes up (Retry-After)."""

# To be raised as copies, for an exception carries the traceback of one request.
NOT_OURS = Declined(
    404,
    Sentence("This link is not known here"),
    Sentence("See that the whole address came along, or use the link in your newest letter."),
)
STARTING = Declined(
    503,
    Sentence("One moment"),
    Sentence("The service is just starting. Try again in a few seconds."),
    headers={"Retry-After": str(STARTING_SECONDS)},
)
NOT_AT_HOME = Declined(
    421,  # Misdirected Request (RFC 9110, 15.5.20)
    Sentence("Only on its own machine"),
    Sentence(
        "Here the service is only tried out, with a list of everybody's personal links, so it answers to its own machine "
        "alone. For others to see it, demo = false must be written in config.toml."
    ),
)
HTTP_FAULTS = {
    404: Declined(
        404,
        Sentence("There is nothing here"),
        Sentence("See that the whole address came along, or begin at the front page."),
    ),
    405: Declined(
        405,
        Sentence("That cannot be done here"),
        Sentence("This address can be looked at in another way, but not in this one."),
    ),
}
UNREADABLE = Declined(
    400,
    Sentence("This form cannot be read"),
    Sentence("Nothing has been changed. Open your page and try again there."),
)
OPEN_LONG = Sentence("The page had been open for a long time. Look it over and press the button again.")
TAKES_A_WHILE = Sentence("This takes a while")
CROWDED: dict[Turn, tuple[int, Sentence, str]] = {
    "yours": (429, Sentence("What you did just before is still being written. Wait a little and try again."), "2"),
    "all": (503, Sentence("Many are saving just now, and yours is not handed in. Try again in a minute."), "30"),
}
"""Why an act is not even handed in: status, sentence, Retry-After."""
OUR_FAULT = Declined(
    500,
    Sentence("Something went wrong here"),
    Sentence("It is our fault, not yours. Try again in a little while."),
)


class Crowded(Declined):
    """An act that was not handed in, because too many are being written."""


def foreign(request: Request, person: Person) -> Declined:
    """The answer (403) to a form that no page of ours to this person has made."""
    return Declined(
        403,
        Sentence("This form is not ours"),
        Sentence("Nothing has been changed. Open your page and try again there."),
        person.language,
        way_back(request),
    )


def too_old(organisation: Organisation, person: Person) -> Declined:
    """For a link that was theirs once. An outsider cannot have a new one sent."""
    heading = Sentence("This link is too old")
    if person.id not in organisation.people:
        text = "Use the link in your newest letter, or write to {name}, who can send you another."
        return Declined(410, heading, Sentence(text, {"name": organisation.contact_name}), person.language)
    text = "Use the link in your newest letter; every letter has a fresh one. Or have a new one sent to you."
    return Declined(410, heading, Sentence(text), person.language, "link")


def too_fast(request: Request, person: Person, seconds: float) -> Declined:
    """The answer (429) to somebody who may post again in so many seconds."""
    return Declined(
        429,
        Sentence("A little too fast"),
        Sentence("You have done a lot here within a minute. Wait a little and try again."),
        person.language,
        way_back(request),
        {"Retry-After": str(math.ceil(seconds))},
    )


def crowded(request: Request, person: Person, turn: Turn) -> Crowded:
    """Why an act may not begin; `turn` is not "go"."""
    status, sentence, wait = CROWDED[turn]
    return Crowded(status, TAKES_A_WHILE, sentence, person.language, way_back(request), {"Retry-After": wait})


def still_writing(request: Request, person: Person) -> Declined:
    """The answer (503) where a choice is handed in and not written yet."""
    return Declined(
        503,
        TAKES_A_WHILE,
        Sentence("Your choice is handed in, but not written down yet. Look at the page again in a minute."),
        person.language,
        way_back(request),
    )


def unreadable(request: Request, person: Person) -> Declined:
    """For what is no form."""
    return replace(UNREADABLE, language=person.language, way_back=way_back(request))


def way_back(request: Request) -> str:
    """The way back to the page, from the root; from a link that only stops there is none."""
    path = request.url.path.lstrip("/")
    return "" if path.startswith("stop/") else path
