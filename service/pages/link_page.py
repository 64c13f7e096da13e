"""The page where anybody can have a fresh link to their own page sent to themselves. Its address is nobody's key.

It stands in calendars for years, so it answers the same whether we know the mail address or not. The link goes by mail,
and only to an address that we hold.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from culture.people import Language, Person
from mailer.words import LANGUAGES
from service.acts.requests import PageChoice
from service.messages.translation import Sentence
from service.pages.answer import Declined, answer
from service.pages.body import NoForm, body_of, form_of
from service.pages.html_pages import Page
from service.pages.turnstile import ActLimits, Turnstile
from service.pages.view import View

LARGEST = 2 * 1024
"""Bytes of a posted form: one address, which has at most 254 (RFC 5321, 4.5.3.1.3)."""

LIMITS = ActLimits(a_minute=30)
"""Of everybody together: there is nobody to count by."""

ANYBODY = ""

NO_ADDRESS = Sentence("Write your mail address at work, for example anna@example.org.")


@dataclass(frozen=True, slots=True)
class LinkPage:
    """`view` raises Declined before the first; `submit` hands an act in."""

    view: Callable[[], View]
    submit: Callable[[PageChoice], object]
    seconds: Callable[[], float]
    turnstile: Turnstile

    def show(self, request: Request) -> Response:
        """The page with its form, or that a link was sent."""
        return self._answer(request, sent=request.query_params.get("sent") == "1")

    async def post(self, request: Request) -> Response:
        """Have a link sent. Raises Declined (429) when all together ask too often."""
        language = self.view().organisation.language
        seconds = self.turnstile.admit(ANYBODY, self.seconds())
        if seconds:
            raise _too_many(seconds)
        body = await body_of(request, LARGEST, language)
        return await run_in_threadpool(self._post, request, body)

    def _post(self, request: Request, body: bytes) -> Response:
        """Nothing is waited for, so that it takes as long for an address that we do not know."""
        try:
            fields = form_of(request.headers.get("content-type", ""), body)
        except NoForm:
            fields = {}
        address = fields.get("address", [""])[-1].strip()
        if "@" not in address:
            return self._answer(request, fault=NO_ADDRESS)
        for person in whose(self.view(), address):
            self.submit(PageChoice(person_id=person.id, asks_link=True))
        lang = request.query_params.get("lang")
        location = f"?sent=1&lang={lang}" if lang in LANGUAGES else "?sent=1"
        return answer(b"", status=303, headers={"Location": location})

    def _answer(self, request: Request, *, sent: bool = False, fault: Sentence | None = None) -> Response:
        """The form; after a post what happens now; or what is missing in the form (422)."""
        organisation, asked = self.view().organisation, _language(request)
        page = Page(language=asked or organisation.language, root="")
        said = fault.said(page.language) if fault else ""
        html = page.html("link", organisation=organisation, sent=sent, fault=said)
        return answer(html, status=422 if fault else 200)


def whose(view: View, address: str) -> list[Person]:
    """Who is here and has this address. All are looked through, also when one is found: it takes as long."""
    here, wanted = set(view.by_reference.values()), address.casefold()
    found = (one for one in view.organisation.people.values() if one.email.casefold() == wanted and one.id in here)
    return [one for one in found if one.email]


def routes(
    view: Callable[[], View], submit: Callable[[PageChoice], object], seconds: Callable[[], float]
) -> list[Route]:
    """The page's routes."""
    page = LinkPage(view, submit, seconds, Turnstile(LIMITS))
    return [Route("/link", page.show), Route("/link", page.post, methods=["POST"])]


def _language(request: Request) -> Language | None:
    asked: Any = request.query_params.get("lang")
    return asked if asked in LANGUAGES else None


def _too_many(seconds: float) -> Declined:
    return Declined(
        429,
        Sentence("Many ask for a link just now"),
        Sentence("Wait a minute and try again."),
        way_back="link",
        headers={"Retry-After": str(math.ceil(seconds))},
    )
