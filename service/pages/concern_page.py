"""The page on which anybody may write a concern. It knows nobody: no token, no cookie, no person anywhere.

Nothing here tells the tick, the store or a log that something was written. A form of another site could post here; it
would come to a concern that anybody could have written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from culture.concerns import LETTERS, PoolFull, ToManagers
from culture.people import Language
from culture.released import Released
from mailer.words import LANGUAGES
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.pages import html_pages
from service.pages.answer import answer, see
from service.pages.body import NoForm, body_of, form_of
from service.pages.html_pages import Page
from service.pages.refusals import UNREADABLE
from service.pages.turnstile import ActLimits, Turnstile
from service.pages.view import View

LARGEST = 32 * 1024
"""Bytes of a posted form: the longest concern is 24 KB when each letter is an emoji, %-encoded."""

LIMITS = ActLimits(a_minute=12)
"""Of everybody together: there is nobody to count by. A day's room is full after half an hour of this."""

ANYBODY = ""

HEADERS = {"Referrer-Policy": "no-referrer"}

AFTER_POST = {**HEADERS, "Connection": "close"}
"""One post a connection: so it is limited by connection as well, and nobody's address need be kept for it."""

TOO_MANY = Sentence("Many are writing just now. Wait a minute and press the button again; your words are still here.")
NOT_LISTED = Sentence("This department is not on the list any more. Choose another one, or none.")
FULL = Sentence("There is no room for more until tonight. Keep your words, and come back tomorrow.")


@dataclass(frozen=True, slots=True)
class ConcernPage:
    """`view` raises Declined before the first; `take` keeps a text, for the manager of a department too where one is
    named, and raises BadInput or PoolFull."""

    view: Callable[[], View]
    take: Callable[[str, str], None]
    seconds: Callable[[], float]
    turnstile: Turnstile

    def show(self, request: Request) -> Response:
        """The page with its form, or the thanks where something was just written."""
        return self._answer(request, request.query_params.get("lang"), done=request.query_params.get("done") == "1")

    async def post(self, request: Request) -> Response:
        body = await body_of(request, LARGEST, self.view().organisation.language)
        return await run_in_threadpool(self._post, request, body)

    def _post(self, request: Request, body: bytes) -> Response:
        try:
            fields = form_of(request.headers.get("content-type", ""), body)
        except NoForm:
            raise replace(UNREADABLE) from None
        text, asked = fields.get("text", [""])[-1], fields.get("lang", [""])[-1]
        again = partial(self._answer, request, asked, text=text, manager=fields.get("manager", [""])[-1])
        try:
            self._keep(text, fields.get("manager", [""])[-1])
        except BadInput as bad:
            (fault,) = bad.faults
            return again(fault=fault, status=422)
        except PoolFull:
            return again(problem=FULL, status=503)
        except _TooMany:
            return again(problem=TOO_MANY, status=429)
        lang = f"&lang={asked}" if asked in LANGUAGES else ""
        return see(f"concern?done=1{lang}", AFTER_POST)

    def _keep(self, text: str, manager: str) -> None:
        if self.turnstile.admit(ANYBODY, self.seconds()):
            raise _TooMany
        if manager and manager not in self._departments():
            raise BadInput([Fault("manager", manager, NOT_LISTED)])
        self.take(text, manager)

    def _departments(self) -> Mapping[str, str]:
        """The departments that may be chosen, by key, with their names."""
        world = self.view().world
        return world.of(ToManagers).of(world)

    def _answer(
        self,
        request: Request,
        asked: Any,
        *,
        text: str = "",
        manager: str = "",
        fault: Fault | None = None,
        problem: Sentence | None = None,
        done: bool = False,
        status: int = 200,
    ) -> Response:
        organisation = self.view().organisation
        language: Language = asked if asked in LANGUAGES else organisation.language
        page = Page(language=language, root="")
        html = page.html(
            "concern",
            organisation=organisation,
            lang=language if language != organisation.language else "",
            others=html_pages.other_languages(language),
            most=LETTERS,
            text=text,
            answered=self.view().world.records.find(Released) is not None,
            departments=sorted(self._departments().items(), key=lambda one: one[1].casefold()),
            manager=manager,
            fault=fault.sentence.said(language) if fault else "",
            at=fault.file if fault else "",
            problem=problem.said(language) if problem else "",
            done=done,
        )
        return answer(html, status=status, headers=AFTER_POST if request.method == "POST" else HEADERS)


class _TooMany(Exception):
    """More within a minute than LIMITS allow."""


def routes(view: Callable[[], View], take: Callable[[str, str], None], seconds: Callable[[], float]) -> list[Route]:
    """The page's routes."""
    page = ConcernPage(view, take, seconds, Turnstile(LIMITS))
    return [Route("/concern", page.show), Route("/concern", page.post, methods=["POST"])]
