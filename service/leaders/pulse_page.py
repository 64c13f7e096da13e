"""The page of the pulse: one question, the same address for all. It knows nobody: no link, no cookie, no person.

What is kept is a number and the week that asked. Nothing here tells the tick, the store or a log that somebody answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from culture.concerns import PoolFull
from culture.keys import TallyKey
from culture.leaders import pulse
from culture.leaders.settings import Leaders
from culture.people import Language
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from mailer.words import LANGUAGES
from service.leaders.form_tokens import FormTokens
from service.leaders.pulse_words import ANSWERS
from service.messages.translation import Sentence, say
from service.pages import html_pages
from service.pages.answer import answer, see
from service.pages.body import NoForm, body_of, form_of
from service.pages.html_pages import Page
from service.pages.nameless_page import Nameless
from service.pages.refusals import UNREADABLE
from service.pages.turnstile import ActLimits, Turnstile

LARGEST = 4 * 1024
"""Bytes of a posted form: a token, a number, a language."""

LIMITS = ActLimits(a_minute=600)
"""Of everybody together, for there is nobody to count by: ten thousand who answer within the first quarter of an hour."""

ANYBODY = ""

HEADERS = {"Referrer-Policy": "no-referrer"}

AFTER_POST = {**HEADERS, "Connection": "close"}
"""One post a connection: so it is limited by connection as well, and nobody's address need be kept for it."""

CHOOSE = Sentence("Choose one of the answers.")
OPEN_AGAIN = Sentence("The page had been open for a while. Your choice is still here: press the button once more.")
TOO_MANY = Sentence("Many are answering just now. Wait a minute and press the button again.")


@dataclass(frozen=True, slots=True)
class PulsePage:
    """What is asked, and what becomes of an answer."""

    given: Nameless
    tokens: FormTokens = field(default_factory=FormTokens)
    turnstile: Turnstile = field(default_factory=partial(Turnstile, LIMITS))

    def show(self, request: Request) -> Response:
        """The question, or the thanks after an answer. Raises HTTPException (404) where there is no pulse."""
        return self._answer(request, request.query_params.get("lang"), done=request.query_params.get("done") == "1")

    async def post(self, request: Request) -> Response:
        body = await body_of(request, LARGEST, self.given.view().organisation.language)
        return await run_in_threadpool(self._post, request, body)

    def _post(self, request: Request, body: bytes) -> Response:
        try:
            fields = form_of(request.headers.get("content-type", ""), body)
        except NoForm:
            raise replace(UNREADABLE) from None
        chosen, token, asked = (fields.get(name, [""])[-1] for name in ("answer", "form", "lang"))
        problem, status = self._counted(chosen, token)
        if problem:
            return self._answer(request, asked, chosen=chosen, problem=problem, status=status)
        lang = f"&lang={asked}" if asked in LANGUAGES else ""
        return see(f"{pulse.PULSE}?done=1{lang}", AFTER_POST)

    def _counted(self, chosen: str, token: str) -> tuple[Sentence | None, int]:
        """Count an answer; else why not, and with which status."""
        week = self._week()
        if week is None:
            raise HTTPException(404)
        if chosen not in map(str, pulse.ANSWERS):
            return CHOOSE, 422
        if self.turnstile.admit(ANYBODY, self.given.seconds()):
            return TOO_MANY, 429
        if not self.tokens.used(token, self.given.seconds()):
            return OPEN_AGAIN, 409
        try:
            self.given.count(TallyKey(pulse.PULSE, week, int(chosen)).to_text())
        except PoolFull:
            return TOO_MANY, 503
        return None, 200

    def _week(self) -> Week | None:
        """The week whose question can be answered; None when none is asked. Raises HTTPException (404) where there is no
        pulse."""
        view = self.given.view()
        settings = view.organisation.of(Leaders)
        if not (settings.enabled and settings.pulse):
            raise HTTPException(404)
        return pulse.open_week(view.world.today)

    def _answer(
        self,
        request: Request,
        asked: Any,
        *,
        chosen: str = "",
        problem: Sentence | None = None,
        done: bool = False,
        status: int = 200,
    ) -> Response:
        week, view = self._week(), self.given.view()
        organisation = view.organisation
        language: Language = asked if asked in LANGUAGES else organisation.language
        html = Page(language=language, root="").html(
            "pulse",
            organisation=organisation,
            lang=language if language != organisation.language else "",
            others=html_pages.other_languages(language),
            title=organisation.of(Vitamin).title.get(language) or say(language, "AI time"),
            open=week is not None,
            next=pulse.next_week(view.world.today).number,
            token=self.tokens.new(self.given.seconds()) if week and not done else "",
            answers=[(str(one), name.said(language)) for one, name in ANSWERS.items()],
            chosen=chosen,
            problem=problem.said(language) if problem else "",
            to_mend=problem is CHOOSE,
            done=done,
        )
        return answer(html, status=status, headers=AFTER_POST if request.method == "POST" else HEADERS)


def routes(given: Nameless) -> Sequence[Route]:
    """The page's routes."""
    page = PulsePage(given)
    path = f"/{pulse.PULSE}"
    return Route(path, page.show), Route(path, page.post, methods=["POST"])
