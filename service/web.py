"""The pages, the personal page, the feeds. GET shows, POST acts; nothing here touches the store.

Server-rendered, without script and without cookies. A link carries its own right (`service/links.py`).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from culture import vitamin
from culture.people import LANGUAGES, NO_PREFERENCE, Language, Person, Preference
from mailer.words import DANISH, ENGLISH
from service.choices import choose
from service.fault import BadInput
from service.links import BadSignature, Expired, Links, Purpose
from service.view import Act, View
from service.words import Sentence, say

MAX_BODY = 16 * 1024
"""Our largest form is under 1 KB."""

LATE = timedelta(minutes=5)
"""A service whose last tick is older has stopped; its heart beats every few seconds and ticks at least each midnight."""

CHOICES = ("time", "days", "track", "language", "channel", "pause_until", "stopped")

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FEED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, max-age=3600",
}


class Problem(Exception):
    """A page that cannot be shown: the status and a sentence for whoever followed the link."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.sentence = status, Sentence(text)


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages are made from."""

    view: Callable[[], View]
    submit: Callable[[Act], "Future[None]"]
    links: Links
    now: Callable[[], datetime]
    demo: bool

    def person(self, purpose: Purpose, token: str) -> Person:
        """The person a link is for. Raises Problem when it is not ours, too old, or the person has left."""
        try:
            reference = self.links.read(purpose, token, self.now())
        except Expired:
            raise Problem(410, "This link has expired. Use the one in your newest letter.") from None
        except (BadSignature, ValueError, TypeError):
            raise Problem(404, "This link is not one of ours. Use the one in your newest letter.") from None
        view = self.view()
        person_id = view.by_reference.get(reference)
        if person_id is None:
            raise Problem(404, "Nobody is behind this link any more.")
        return view.organisation.people[person_id]

    async def start(self, request: Request) -> Response:
        view = self.view()
        asked = request.query_params.get("lang")
        language = asked if asked in LANGUAGES else view.organisation.language
        people = []
        if self.demo:
            now = self.now()
            people = [
                (person, self.links.token("page", person.id, now), view.feed_tokens.get(person.id))
                for person in sorted(view.organisation.people.values(), key=lambda one: (one.department, one.name))
                if person.id in view.by_reference.values()
            ]
        return page("start", language, view=view, people=people)

    async def healthz(self, request: Request) -> Response:
        health = self.view().health
        late = self.now() - health.last_beat() > LATE
        body = {
            "status": "late" if late else "ok",
            "last_tick": health.last_tick.isoformat(),
            "waiting": health.waiting,
            "parked": health.parked,
            "held": health.held,
            "trouble": health.trouble,
        }
        return JSONResponse(body, status_code=503 if late else 200, headers={"Cache-Control": "no-store"})

    async def feed(self, request: Request) -> Response:
        view = self.view()
        person_id = view.by_feed_token.get(request.path_params["token"])
        if person_id is None:
            return PlainTextResponse("There is no such calendar, or its address was replaced.\n", 404, FEED_HEADERS)
        found = await run_in_threadpool(view.feed, person_id)
        headers = {
            **FEED_HEADERS,
            "ETag": found.etag,
            "Last-Modified": format_datetime(found.revised, usegmt=True),
            "Content-Disposition": 'inline; filename="ai-tid.ics"',
        }
        if not_modified(request.headers, found.etag, found.revised):
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type="text/calendar; charset=utf-8", headers=headers)

    async def me(self, request: Request) -> Response:
        token = request.path_params["token"]
        person = self.person("page", token)
        if request.method == "POST":
            return await self._chosen(request, person, token)
        return self._me(person, token, saved="saved" in request.query_params)

    async def _chosen(self, request: Request, person: Person, token: str) -> Response:
        form = await form_of(request)
        self._same_person(form, person)
        view = self.view()
        before = view.preferences.get(person.id, NO_PREFERENCE)
        if "new_feed" in form:
            await self._act(Act(person_id=person.id, preference=before, new_feed_token=True))
            return RedirectResponse(f"/me/{token}?saved=1#feed", 303)
        given: dict[str, Any] = {name: form.get(name, [""])[-1].strip() for name in CHOICES}
        given |= {"days": form.get("days", []), "stopped": "stopped" in form}
        organisation = view.organisation
        usual = sorted(str(day) for day in organisation.vitamin.weekdays & person.working_days)
        if before.days is None and sorted(given["days"]) == usual:
            given["days"] = ""  # nothing was chosen: what is usual goes on applying
        try:
            after = choose(before, given, weekdays=organisation.vitamin.weekdays, tracks=organisation.catalogue.tracks)
        except BadInput as bad:
            faults = {fault.file: fault.sentence.said(person.language) for fault in bad.faults}
            return self._me(person, token, faults=faults, given=given)
        await self._act(Act(person_id=person.id, preference=after))
        return RedirectResponse(f"/me/{token}?saved=1", 303)

    def _same_person(self, form: Mapping[str, list[str]], person: Person) -> None:
        try:
            reference = self.links.read("form", form.get("form", [""])[-1], self.now())
        except (BadSignature, Expired, ValueError, TypeError):
            reference = ""
        if reference != self.links.reference(person.id):
            raise Problem(
                403, "This form is too old or comes from elsewhere. Open your page again and choose once more."
            )

    async def _act(self, act: Act) -> None:
        try:
            await run_in_threadpool(self.submit(act).result, 30)
        except Exception:
            raise Problem(503, "It could not be saved just now. Try again in a moment.") from None

    def _me(
        self,
        person: Person,
        token: str,
        *,
        saved: bool = False,
        faults: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> Response:
        view = self.view()
        organisation = view.organisation
        feed_token = view.feed_tokens.get(person.id)
        return page(
            "me",
            person.language,
            status=422 if faults else 200,
            person=person,
            organisation=organisation,
            policy=organisation.policy.text(person.language),
            title=organisation.vitamin.title[person.language],
            today=organisation.today(person, self.now()),
            week=view.week(person, self.now()),
            start=vitamin.start_time(organisation, person),
            usual=view.preferences.get(person.id, NO_PREFERENCE) == NO_PREFERENCE,
            given={**_shown(view.preferences.get(person.id, NO_PREFERENCE), person), **(given or {})},
            tracks=sorted(organisation.catalogue.tracks, key=lambda track: (track != "general", track)),
            track_name=lambda track: track_name(track, person.language),
            faults=faults or {},
            saved=saved,
            form=self.links.token("form", person.id, self.now()),
            stop=f"/stop/{self.links.token('stop', person.id, self.now())}",
            feed=self.links.url(f"feed/{feed_token}.ics") if feed_token else "",
        )

    async def stop(self, request: Request) -> Response:
        token = request.path_params["token"]
        person = self.person("stop", token)
        stopped = person.stopped
        if request.method == "POST":
            await form_of(request)  # RFC 8058: the signed address is the right; the body only says One-Click
            before = self.view().preferences.get(person.id, NO_PREFERENCE)
            if not before.stopped:
                await self._act(Act(person_id=person.id, preference=replace(before, stopped=True)))
            stopped = True
        link = f"/me/{self.links.token('page', person.id, self.now())}"
        return page("stop", person.language, person=person, stopped=stopped, link=link)


TRACKS = {
    "general": "none in particular",
    "law": "law",
    "casework": "casework",
    "economy": "finance",
    "hr": "HR",
    "administration": "administration",
    "communication": "communication",
}
"""The tracks of our catalogue as people say them; one of the organisation's own is said as it is written."""


def track_name(track: str, language: Language) -> str:
    return say(language, TRACKS[track]) if track in TRACKS else track


def _shown(preference: Preference, person: Person) -> dict[str, Any]:
    """What stands in the form before anybody writes in it."""
    return {
        "time": f"{preference.time:%H:%M}" if preference.time else "",
        "days": [str(day) for day in sorted(person.working_days)],  # ISO weekdays
        "track": preference.track or "",
        "language": preference.language or "",
        "channel": preference.channel or "",
        "pause_until": preference.pause_until.isoformat() if preference.pause_until else "",
        "stopped": preference.stopped,
    }


def not_modified(headers: Mapping[str, str], etag: str, revised: datetime) -> bool:
    """Whether the client has this version already (RFC 9110, 13.2.2: If-None-Match wins over If-Modified-Since)."""
    if (match := headers.get("if-none-match")) is not None:
        tags = re.findall(r'(?:W/)?("[^"]*")', match)
        return match.strip() == "*" or etag in tags
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and revised <= since.astimezone(UTC)


async def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a posted form. Raises Problem when it is larger than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413, "That is more than any of our forms holds.")
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100):
        form.setdefault(name, []).append(value)
    return form


def page(name: str, language: Language, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in a language."""

    def speak(text: str, /, **fields: Any) -> str:
        return say(language, text, **fields)

    words = DANISH if language == "da" else ENGLISH
    made = _pages().get_template(f"{name}.html.j2").render(language=language, say=speak, words=words, **values)
    return HTMLResponse(made, status, PAGE_HEADERS)


@cache
def _pages() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("templates", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def style(request: Request) -> Response:
    content = resources.files("templates").joinpath("pages/style.css").read_bytes()
    return Response(content, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


async def robots(request: Request) -> Response:
    # Google fetches a feed only where robots.txt allows it; X-Robots-Tag keeps it out of the index.
    return PlainTextResponse("User-agent: *\nAllow: /feed/\nDisallow: /me/\nDisallow: /stop/\n")


def application(
    view: Callable[[], View],
    submit: Callable[[Act], "Future[None]"],
    links: Links,
    now: Callable[[], datetime],
    demo: bool,
) -> Starlette:
    """The web application. `view` gives the world as of the last tick, `submit` hands an act to the main thread."""
    site = Site(view, submit, links, now, demo)

    def sorry(request: Request, error: Exception) -> Response:
        language = view().organisation.language
        if isinstance(error, Problem):
            return page("problem", language, status=error.status, text=error.sentence.said(language))
        status = error.status_code if isinstance(error, HTTPException) else 500
        texts = {404: "There is nothing here.", 405: "That is not something one can do here."}
        text = texts.get(status, "Something went wrong on our side. It has been noted.")
        return page("problem", language, status=status, text=say(language, text))

    handlers: dict[Any, Callable[[Request, Exception], Response | Awaitable[Response]]] = {
        Problem: sorry,
        HTTPException: sorry,
        500: sorry,
    }
    routes = [
        Route("/", site.start),
        Route("/healthz", site.healthz),
        Route("/robots.txt", robots),
        Route("/style.css", style),
        Route("/feed/{token}.ics", site.feed),
        Route("/me/{token}", site.me, methods=["GET", "POST"]),
        Route("/stop/{token}", site.stop, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, exception_handlers=handlers)
