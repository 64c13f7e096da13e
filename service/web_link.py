"""The page where anybody can have a fresh link to their own page sent to themselves. Its address is nobody's key.

It stands in calendars for years, so it answers the same whether we know the mail address or not. The link goes by mail,
and only to an address that we hold.
"""

import math
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from culture.people import NO_PREFERENCE, Person
from service.view import Act, View
from service.web_answer import Declined, answer
from service.web_body import NoForm, form_of
from service.web_page import Page
from service.words import Sentence

LARGEST_FORM = 2 * 1024
"""Bytes: one address, which has at most 254 (RFC 5321, 4.5.3.1.3)."""

ALL = "/link"
"""Whom the turnstile counts all posts for: nobody is known here. No person's id holds a slash."""


def page(page: Page, view: View, *, sent: bool, fault: Sentence | None = None) -> Response:
    """The form; after a post what happens now; or what is missing in the form (422)."""
    html = page.html(
        "link",
        organisation=view.organisation,
        sent=sent,
        fault=fault.said(page.language) if fault else "",
    )
    return answer(html, status=422 if fault else 200)


def asked(request: Request, body: bytes, made: Page, view: View, ask: Callable[[Act], object]) -> Response:
    """The answer to a post. Nothing is waited for, so that it takes as long for an address that we do not know."""
    try:
        fields = form_of(request.headers.get("content-type", ""), body)
    except NoForm:
        fields = {}
    address = fields.get("address", [""])[-1].strip()
    if "@" not in address:
        fault = Sentence("Write your mail address at work, for example anna@example.org.")
        return page(made, view, sent=False, fault=fault)
    for person in whose(view, address):
        ask(Act(person_id=person.id, preference=NO_PREFERENCE, asks_link=True))
    language = request.query_params.get("lang")
    location = f"?sent=1&lang={made.language}" if language else "?sent=1"
    return answer(b"", status=303, headers={"Location": location})


def whose(view: View, address: str) -> list[Person]:
    """Who is here and has this address. All are looked through, also when one is found: it takes as long."""
    here, wanted = set(view.by_reference.values()), address.casefold()
    return [one for one in view.organisation.people.values() if one.email.casefold() == wanted and one.id in here]


def too_many(seconds: float) -> Declined:
    return Declined(
        429,
        Sentence("Many ask for a link just now"),
        Sentence("Wait a minute and try again."),
        way_back="link",
        headers={"Retry-After": str(math.ceil(seconds))},
    )
