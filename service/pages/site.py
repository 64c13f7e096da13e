"""The web: pages, the personal page, feeds, health. It reads an immutable view and hands over acts, nothing else.

GET shows, POST acts. A page needs no script and no cookie: the link carries the right, the form a token.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from threading import Lock
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from culture.people import NO_PREFERENCE, Language, Person
from mailer.words import LANGUAGES, USUAL
from service.acts.conflicts import Overtaken, standing
from service.acts.requests import Act, PageChoice
from service.acts.table import ACTS
from service.engine.health import as_json, before_a_tick
from service.messages.faults import BadInput, Refused
from service.messages.translation import Sentence, say
from service.pages import act_form, concern_page, html_pages, link_page, overtaken, refusals
from service.pages.act_form import LARGEST_FORM, Written
from service.pages.addresses import department_of, department_token
from service.pages.answer import EVERY_ANSWER, Declined, answer, fresh, http_date, kept, see, with_headers
from service.pages.at_home import AtHome
from service.pages.body import LARGEST_BODY, Fields, NoForm, body_of, form_of, mailbox_form_of
from service.pages.html_pages import Page, Personal
from service.pages.nameless_page import Nameless, uncounted
from service.pages.page_row import Asked, PageRow
from service.pages.pages import NAMELESS_PAGES, PAGES, ways_to_pages
from service.pages.personal_form import Back, Faults, chosen, posted, shown
from service.pages.refusals import (
    HTTP_FAULTS,
    NOT_AT_HOME,
    NOT_OURS,
    OPEN_LONG,
    OUR_FAULT,
    STARTING,
    Crowded,
    foreign,
    too_old,
)
from service.pages.turnstile import ActLimits, Turnstile
from service.pages.view import NotYet, View
from service.planning.feeds import FeedDocument
from service.planning.links import BadSignature, Expired, Links, Purpose
from store.records import from_preference, to_preference

ACT_SECONDS = 10
"""How long a page waits for what was done on it to be written."""

FEED_HEADERS = {
    "Content-Disposition": 'inline; filename="calendar.ics"',
    "Cache-Control": "private, max-age=3600",
    "Referrer-Policy": "no-referrer",
}
"""No Content-Encoding ever: Outlook has failed on compressed feeds (markuspoerschke/iCal#541)."""

STYLE_HEADERS = {"Cache-Control": "public, max-age=86400"}

ROBOTS = "User-agent: *\nDisallow:\n"
"""Everything is allowed: Google fetches no feed that robots.txt forbids or that lacks one. X-Robots-Tag keeps us out of
search engines instead."""


class Answer(Protocol):
    """What `submit` gives back: it returns when the act is written, and raises what went wrong."""

    def result(self, timeout: float | None = None) -> object: ...

    def add_done_callback(self, call: Callable[[Any], object]) -> None: ...


def application(
    view: Callable[[], View],
    submit: Callable[[PageChoice | Act], Answer],
    now: Callable[[], datetime],
    demo: bool,
    take: Callable[[str, str], None],
    limits: ActLimits = ActLimits(),  # noqa: B008 - frozen
    seconds: Callable[[], float] = time.monotonic,
    count: Callable[[str], None] = uncounted,
) -> Starlette:
    """The whole web. `demo` lists everybody's links on the start page, and answers this machine only.

    `view` raises NotYet as long as there is none yet; every page then answers 503. `submit` is called by POST
    only, and its answer awaited for ACT_SECONDS. `take` keeps a concern, `count` what was chosen without a name
    (`service.acts.concerns`). `seconds`, a monotonic clock, says how often a person posts.
    """
    html_pages.load()
    site = Site(view, submit, now, demo, Turnstile(limits), seconds)
    app = Starlette(
        routes=[
            Route("/feed/{token}.ics", site.feed),  # before the others, for it is asked for a thousand times as often
            Route("/", site.start),
            Route("/healthz", site.health),
            *concern_page.routes(site.view, take, seconds),
            *(route for row in NAMELESS_PAGES for route in row.routes(Nameless(site.view, count, seconds))),
            *link_page.routes(site.view, submit, seconds),
            Route("/me/{token}", site.personal),
            Route("/me/{token}", site.save, methods=["POST"]),
            *(Route(f"/{row.path}/{{token}}", partial(site.page_of, row)) for row in PAGES),
            *(Route(f"/{row.path}/{{token}}", partial(site.do, row), methods=["POST"]) for row in PAGES),
            Route("/stop/{token}", site.ask_to_stop),
            Route("/stop/{token}", site.stop, methods=["POST"]),
            Route("/robots.txt", site.robots),
            Route("/style.css", site.style),
            Route("/favicon.ico", site.icon),
        ],
        exception_handlers={Declined: site.declined, HTTPException: site.http_fault, Exception: site.our_fault},
    )
    # A redirect to an address without its slash would be one more address; and a feed must never redirect.
    app.router.redirect_slashes = False
    if demo:
        app.add_middleware(AtHome, otherwise=lambda request: site.declined(request, NOT_AT_HOME))
    return app


@dataclass(frozen=True, slots=True)
class Site:
    """The endpoints. Those that are not async run in threads of Starlette's, several at a time."""

    view_: Callable[[], View]
    submit: Callable[[PageChoice | Act], Answer]
    now: Callable[[], datetime]
    demo: bool
    turnstile: Turnstile
    seconds: Callable[[], float]
    # A view works out weeks and feeds when asked, and keeps them: not for two threads at a time.
    working: Lock = field(default_factory=Lock)

    def view(self) -> View:
        """The newest view. Raises Declined (503) before the first."""
        try:
            return self.view_()
        except NotYet:
            raise replace(STARTING) from None

    @property
    def links(self) -> Links:
        """As they are now: somebody may have made theirs new."""
        return self.view().links

    # --- looking -------------------------------------------------------------------------------------------------

    def start(self, request: Request) -> Response:
        view, now = self.view(), self.now()
        page = _page(request, view.organisation.language)
        pages = partial(ways_to_pages, page, view.world, self.links, now)
        return answer(html_pages.start_page(page, view, self.links, now, pages, demo=self.demo))

    async def health(self, request: Request) -> Response:
        """For a monitor: 200 or 503, and the figures. Not in a thread: all of them may be waiting for something."""
        try:
            health = self.view_().health()
        except NotYet as early:
            return JSONResponse(before_a_tick(early.failing), 503, {**EVERY_ANSWER, **(STARTING.headers or {})})
        return JSONResponse(as_json(health), 503 if health.status in ("late", "failing") else 200, EVERY_ANSWER)

    async def feed(self, request: Request) -> Response:
        """Somebody's calendar (RFC 5545). No redirect, no log-in: calendar programs know neither.

        Only one that is not made yet goes to a thread: getting there costs more than all the rest.
        """
        view = self.view()
        token = request.path_params["token"]
        key = view.by_feed_token.get(token) or department_of(view, token)
        if key is None:
            words = say(
                view.organisation.language,
                "This calendar address is not known here, or it has been replaced by a new one. "
                "The one that works is on your own page.",
            )
            return answer(f"{words}\n", "text/plain", 404, {"Referrer-Policy": "no-referrer"})
        found = view.ready(key)
        if found is None:
            found = await run_in_threadpool(self._made, view, key)
        unchanged = _unchanged(found.etag, found.revised)
        if fresh(request.headers, found.etag, found.revised):
            return unchanged
        whole = Response(found.content, media_type="text/calendar")
        whole.raw_headers += unchanged.raw_headers
        return whole

    def _made(self, view: View, key: str) -> FeedDocument:
        with self.working:
            return view.feed(key)

    def robots(self, request: Request) -> Response:
        return answer(ROBOTS, "text/plain")

    def style(self, request: Request) -> Response:
        headers = {**STYLE_HEADERS, "ETag": f'"{html_pages.style_version()}"'}
        return kept(request, html_pages.style(), "text/css", headers, None)

    def icon(self, request: Request) -> Response:
        """None: browsers ask for one at every visit, and are to keep that."""
        return answer(b"", "image/x-icon", 204, STYLE_HEADERS)

    def personal(self, request: Request) -> Response:
        view, person = self._whose(request, "page")
        return self._personal(request, view, person, saved=request.query_params.get("saved", ""))

    def page_of(self, row: PageRow, request: Request) -> Response:
        """A programme's page."""
        view, person = self._whose(request, row.path)
        return self._programme(row, request, view, person)

    def ask_to_stop(self, request: Request) -> Response:
        """The question. Whoever scans mail may look at it as often as they like; it changes nothing."""
        view, person = self._whose(request, "stop")
        return self._stop_page(request, view, person, "stopped" if person.stopped else "ask")

    # --- acting --------------------------------------------------------------------------------------------------

    async def save(self, request: Request) -> Response:
        return await self._posted(request, "page", self._save)

    async def _posted(
        self,
        request: Request,
        purpose: Purpose,
        do: Callable[[Request, bytes], Response],
        largest: int = LARGEST_BODY,
    ) -> Response:
        """What `do` answers, in a thread: it reads the form. The body is touched only when it is known whose link it
        is, and that they have not posted too often. Raises Declined."""
        _, person = self._whose(request, purpose)
        seconds = self.turnstile.admit(person.id, self.seconds())
        if seconds:
            raise refusals.too_fast(request, person, seconds)
        body = await body_of(request, largest, person.language)
        return await run_in_threadpool(do, request, body)

    def _save(self, request: Request, body: bytes) -> Response:
        view, person = self._whose(request, "page")
        fields = _form(request, body, person)
        fresh, carried = self._unsealed(request, person, fields)
        asked = fields.get("act", [""])[-1]
        if asked in ("address", "links"):
            return self._renew(request, view, person, asked, fresh=fresh)
        if carried is None:
            raise foreign(request, person)
        back = Back(was=to_preference(carried), form=posted(fields))
        if not fresh:
            return self._personal(request, view, person, back=back, problem=OPEN_LONG, status=403)
        today = view.organisation.today(person, self.now())
        changes, faults = chosen(view.organisation, back, today)
        if faults:
            return self._personal(request, view, person, back=back, faults=faults, status=422)
        try:
            if changes:
                self._write(request, person, PageChoice(person_id=person.id, changes=changes, shown=back.was))
        except Overtaken as other:
            newest, person = self._whose(request, "page")
            return self._personal(request, newest, person, back=back, other=other, status=409)
        except Crowded as crowded:
            page = self._personal(request, view, person, back=back, problem=crowded.sentence, status=crowded.status)
            return with_headers(page, crowded)
        return see("?saved=1")

    def _renew(self, request: Request, view: View, person: Person, asked: str, *, fresh: bool) -> Response:
        """Make the person's calendar addresses new; "links": everything that was ever sent to them."""
        if not fresh:
            return self._personal(request, view, person, problem=OPEN_LONG, status=403)
        try:
            act = PageChoice(person_id=person.id, new_addresses=asked == "address", new_links=asked == "links")
            self._write(request, person, act)
        except Crowded as crowded:
            page = self._personal(request, view, person, problem=crowded.sentence, status=crowded.status)
            return with_headers(page, crowded)
        token = self.links.token("page", person.linked, self.now()) if asked == "links" else ""
        return see(f"{token}?saved={asked}")

    def _unsealed(self, request: Request, person: Person, fields: Fields) -> tuple[bool, Any]:
        """Whether a form of this person's came from a page not long ago, and what its token carries. Raises Declined for
        one that is not theirs."""
        not_theirs = foreign(request, person)
        try:
            reference, carried = self.links.unsealed("form", fields.get("form", [""])[-1], self.now())
            fresh = True
        except Expired as expired:
            reference, carried, fresh = expired.reference, expired.carried, False
        except BadSignature:
            raise not_theirs from None
        if reference != self.links.reference(person.linked):
            raise not_theirs
        return fresh, carried

    async def do(self, row: PageRow, request: Request) -> Response:
        return await self._posted(request, row.path, partial(self._do, row), LARGEST_FORM)

    def _do(self, row: PageRow, request: Request, body: bytes) -> Response:
        """Whatever a button of a programme's page does."""
        view, person = self._whose(request, row.path)
        show = partial(self._programme, row)
        fields = _form(request, body, person)
        written = act_form.posted(fields)
        if not self._unsealed(request, person, fields)[0]:
            return show(request, view, person, written=written, problem=OPEN_LONG, status=403)
        if written is None or not (person.id in view.organisation.people or ACTS[written.doing].outsiders):
            raise foreign(request, person)
        try:
            self._write(request, person, written.act(person.id))
        except Crowded as crowded:
            page = show(request, view, person, written=written, problem=crowded.sentence, status=crowded.status)
            return with_headers(page, crowded)
        except Refused as refused:
            return show(request, view, person, written=written, problem=refused.sentence, status=409)
        except BadInput as bad:
            wrong = written.with_faults(bad.faults)
            return show(request, view, person, written=wrong, status=422)
        return see(f"?done={act_form.done_word(written.doing)}")

    async def stop(self, request: Request) -> Response:
        """Stop the tips: by a mailbox's own button (RFC 8058) or by the one on our page. No redirect, no form token."""
        return await self._posted(request, "stop", self._stop)

    def _stop(self, request: Request, body: bytes) -> Response:
        view, person = self._whose(request, "stop")
        try:
            fields = mailbox_form_of(_kind(request), body)
        except NoForm:
            fields = {}
        if fields.get("List-Unsubscribe") != ["One-Click"]:
            return self._stop_page(request, view, person, "unclear", status=400)
        self._write(request, person, PageChoice(person_id=person.id, changes={"stopped": True}, by="stop"))
        return self._stop_page(request, view, person, "stopped")

    def _write(self, request: Request, person: Person, act: PageChoice | Act) -> None:
        """Have it written. Raises Crowded when it was not handed in, Declined (503) when it takes too long, else
        whatever went wrong."""
        turn = self.turnstile.begin(person.id)
        if turn != "go":
            raise refusals.crowded(request, person, turn)
        try:
            answer = self.submit(act)
        except BaseException:
            self.turnstile.end(person.id)
            raise
        # Not when we have waited enough: what is handed in counts until it is written.
        answer.add_done_callback(lambda _: self.turnstile.end(person.id))
        try:
            answer.result(timeout=ACT_SECONDS)
        except TimeoutError:
            raise refusals.still_writing(request, person) from None

    # --- answers -------------------------------------------------------------------------------------------------

    def _whose(self, request: Request, purpose: Purpose) -> tuple[View, Person]:
        """The view, and whose link it is. Raises Declined: 404 for a link that is nobody's, 410 for an old one."""
        view = self.view()
        try:
            reference = self.links.read(purpose, request.path_params["token"], self.now())
        except BadSignature:
            raise replace(NOT_OURS) from None
        except Expired as expired:
            person = view.person(expired.reference, purpose)
            raise (too_old(view.organisation, person) if person else replace(NOT_OURS)) from None
        person = view.person(reference, purpose)
        if person is None:
            raise replace(NOT_OURS)
        return view, person

    def _personal(
        self,
        request: Request,
        view: View,
        person: Person,
        *,
        back: Back | None = None,
        faults: Faults | None = None,
        other: Overtaken | None = None,
        problem: Sentence | None = None,
        saved: str = "",
        status: int = 200,
    ) -> Response:
        organisation, now = view.organisation, self.now()
        today: date = organisation.today(person, now)
        page, preference = _page(request, person.language, fixed=True), view.preferences.get(person.id, NO_PREFERENCE)
        stands = other.standing if other else standing(organisation, person, preference, today)
        again = back.over(stands, other.changes if other else ()) if back else Back(was=stands, form=shown(stands))
        with self.working:
            week = view.week(person, now)
        mine = Personal(
            person=person,
            standing=stands,
            week=week,
            form=again.form,
            faults=overtaken.sentences(page, other, today) if other else faults or {},
            overtaken=other.changes if other else (),
            form_token=self.links.token("form", person.linked, now, from_preference(again.was)),
            feed_address=self._feed_address(request, view.feed_tokens.get(person.id, ""))
            if person.channel == "feed"
            else "",
            own_address=self._absolute(request, f"me/{self.links.token('page', person.linked, now)}"),
            pages=ways_to_pages(page, view.world, self.links, now, person),
            saved=saved,
            problem=other.sentence if other else problem,
        )
        return answer(html_pages.personal_page(page, organisation, mine, today), status=status)

    def _programme(
        self,
        row: PageRow,
        request: Request,
        view: View,
        person: Person,
        *,
        written: Written | None = None,
        problem: Sentence | None = None,
        status: int = 200,
    ) -> Response:
        now = self.now()
        asked = Asked(
            page=_page(request, person.language, fixed=True),
            view=view,
            person=person,
            now=now,
            form_token=self.links.token("form", person.linked, now),
            own_page=f"me/{self.links.token('page', person.linked, now)}"
            if person.id in view.organisation.people
            else "",
            calendar=self._feed_address(request, department_token(view, person.id)),
            query=dict(request.query_params),
            written=written,
            problem=problem,
        )
        return answer(row.html(asked), status=status)

    def _feed_address(self, request: Request, token: str) -> str:
        """The address of the feed that the token opens; empty when there is none."""
        return self._absolute(request, f"feed/{token}.ics") if token else ""

    def _absolute(self, request: Request, path: str) -> str:
        return self.links.url(path) or f"{request.base_url}{path}"

    def _stop_page(
        self, request: Request, view: View, person: Person, state: html_pages.StopState, *, status: int = 200
    ) -> Response:
        page = _page(request, person.language, fixed=True)
        return answer(html_pages.stop_page(page, view.organisation, person, state), status=status)

    def declined(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Declined)
        try:
            organisation = self.view_().organisation
        except Exception:  # the page that says so must not fail as well
            organisation = None
        language = error.language or (organisation.language if organisation else USUAL)
        page = _page(request, language, fixed=error.language is not None)
        html = html_pages.message_page(page, organisation, error.heading, error.sentence, error.way_back)
        return answer(html, status=error.status, headers=error.headers)

    def http_fault(self, request: Request, error: Exception) -> Response:
        """What Starlette itself refuses: no such address (404), no such method there (405)."""
        assert isinstance(error, HTTPException)
        known = HTTP_FAULTS.get(error.status_code, OUR_FAULT)
        return self.declined(request, replace(known, status=error.status_code, headers=error.headers))

    def our_fault(self, request: Request, error: Exception) -> Response:
        """Says so; Starlette raises the error again afterwards, so that it stands in the log."""
        return self.declined(request, OUR_FAULT)


@lru_cache
def _unchanged(etag: str, revised: datetime) -> Response:
    """304, for whoever has a feed already. Kept, for it holds nothing of a request, and making and encoding its
    headers costs as much as the rest of an answer."""
    headers = {**EVERY_ANSWER, **FEED_HEADERS, "ETag": etag, "Last-Modified": http_date(revised)}
    return Response(status_code=304, headers=headers)


def _page(request: Request, language: Language, *, fixed: bool = False) -> Page:
    """What the page is told. `fixed`: it speaks the reader's own language, whatever the address asks for."""
    asked: Any = request.query_params.get("lang")
    if not fixed and asked in LANGUAGES:
        language = asked
    return Page(language=language, root="../" * (request.url.path.count("/") - 1))


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "")


def _form(request: Request, body: bytes, person: Person) -> Fields:
    """The fields of one of our own forms. Raises Declined (400)."""
    try:
        return form_of(_kind(request), body)
    except NoForm:
        raise refusals.unreadable(request, person) from None
