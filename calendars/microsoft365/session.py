"""Microsoft Graph: one application in one tenant, and what we ask of it.

Nothing sleeps and nothing is tried again here but what a token that ended too early has cost: the engine's own back-off
does that. Whoever asked to be left alone is, one mailbox or all, and whoever asks meanwhile hears for how long.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calendars.channel import ChannelError
from calendars.microsoft365 import busy
from calendars.microsoft365.errors import (
    MAY_NOT_SEND,
    Denied,
    Gone,
    code_and_words,
    is_gone,
    no_reply,
    not_understood,
    refused,
    rests_all,
    stops,
    token_ended,
)
from calendars.microsoft365.places import Places
from calendars.microsoft365.refusals import Refusal
from calendars.microsoft365.requests import BATCH, Answer, Ask, batch_of, headers_of, part, replies_of, target
from calendars.microsoft365.settings import Microsoft365
from calendars.microsoft365.token import Token, ask_for_token, proof_of
from calendars.microsoft365.view import view
from calendars.microsoft365.wire import MOST_AT_ONCE, Http, NoReply, Reply
from calendars.server.face import Logins
from calendars.server.view import View

if TYPE_CHECKING:
    from calendars.microsoft365.calendar import GraphCalendar

FOR_A_MAILBOX = 4
"""Requests at once for one mailbox: Graph's own limit for an application (learn.microsoft.com/graph/throttling-limits),
of which Outlook runs so many of a batch together."""

TENANT_AGAIN = timedelta(hours=1)
"""What must be mended in the tenant is asked for again so late; `check --online` asks at once."""

TOLD = timedelta(minutes=10)
"""How long whoever asks in vain is told to wait at most."""

TOKEN_AGAIN = timedelta(minutes=10)
"""A token that Graph does not take though it is new: asked for again so late."""

ENTRA_AGAIN = 60
"""Seconds after which a token that could not be renewed in time is tried to be again."""

MOST_PAGES = 10_000
"""A list that never ends is no list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """The section [microsoft365], and what it names.

    `mailbox` is the service's own. `secret` gives the client secret, asked anew when there is reason to; None with a
    certificate. `ca_file` replaces the system's certificate authorities.
    """

    server: Microsoft365
    mailbox: str
    secret: Callable[[], str] | None
    certificate: Path | None
    ca_file: Path | None


class Session:
    """One application in one tenant. Every method may be called from any thread. Raises ChannelError, and nothing else.

    `now` gives the moment, aware: what the server dates is read by it. Rests and tokens go by `clock`, in seconds.
    """

    def __init__(
        self,
        settings: GraphSettings,
        logins: Logins,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self._logins, self._now, self._clock = settings, logins, now, clock
        self._http = Http(settings.server, settings.ca_file)
        self._places = Places(FOR_A_MAILBOX, MOST_AT_ONCE)
        self._login_lock = threading.Lock()
        self._token: Token | None = None
        self._renewed_at = self._over_at = 0.0  # when it is to be renewed, and when it ends
        self._shut: tuple[float, ChannelError] | None = None  # we are not let in: until when nothing is asked
        self._rests: dict[str, tuple[float, ChannelError]] = {}  # by mailbox; "" is everybody

    @property
    def endpoint(self) -> str:
        return self.settings.server.endpoint.rstrip("/")

    def ask(self, address: str, asked: Ask) -> Answer:
        """One request about a mailbox ("" for the directory). What is gone is an answer, everything else refused raises."""
        reply, _ = self._reply(address, asked)
        return self._answer(reply, address, asked)

    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = False) -> list[Answer | ChannelError]:
        """Many requests about a mailbox, twenty to a request; an error in the list is that one's alone.

        `in_order`: each waits for the one before it, and is done whether that one could be or not. After one that says
        that we are to wait the rest is not asked and has the same error. Raises where a whole request of twenty failed:
        what came of those before it must then be looked at, as after any interruption.
        """
        found: list[Answer | ChannelError] = []
        while len(found) < len(asked):
            found += self._batch(address, asked[len(found) : len(found) + BATCH], in_order=in_order)
            if stop := next((one for one in found if isinstance(one, ChannelError) and stops(one)), None):
                found += [stop] * (len(asked) - len(found))
        return found

    def pages(self, address: str, asked: Ask) -> Iterator[Mapping[str, Any]]:
        """A list, page by page, each as it came: what it holds is in `value`. Raises Gone where it is of nothing."""
        seen: set[str] = set()
        following: Ask | None = asked
        while following is not None:
            answer = self.ask(address, following)
            if answer.gone:
                code, words = code_and_words(Reply(status=answer.status, body=answer.body))
                raise Gone(f"{address or 'the directory'}: what was to be read is gone ({words}).", cause=code)
            yield answer.body
            link = answer.body.get("@odata.nextLink")
            if link is None:
                return
            if not isinstance(link, str) or link in seen or len(seen) > MOST_PAGES:
                raise not_understood("in Microsoft Graph's answer the link to the next page leads nowhere.", address)
            seen.add(link)
            following = replace(asked, path=link, query={})

    def probe(self) -> str:
        """Be let in and say as what: the name of the application, its id where that cannot be known."""
        name = self._let_in("").claims.get("app_displayname")
        return name if isinstance(name, str) and name else self.settings.server.client

    def roles(self) -> tuple[str, ...]:
        """The rights that the application has in the whole tenant, as its token tells them."""
        found = self._let_in("").claims.get("roles")
        return tuple(sorted(one for one in found if isinstance(one, str))) if isinstance(found, list) else ()

    def look(self, address: str) -> None:
        """Open a mailbox's calendar, as every call does: whether the service has the right to act there."""
        if self.ask(address, _look(address)).gone:
            raise ChannelError(f"{address}: the mailbox has no calendar.")

    def look_at_all(self, addresses: Sequence[str]) -> Iterator[tuple[str, ChannelError | None]]:
        """`look` for many mailboxes, twenty to a request: each address, and why its mailbox cannot be opened. Raises where a
        whole request failed."""
        for start in range(0, len(addresses), BATCH):
            some = addresses[start : start + BATCH]
            asked = [_look(address) for address in some]
            replies, _ = self._replies("", asked, in_order=False)
            for number, address in enumerate(some):
                found = self._part(replies.get(number), address, asked[number])
                yield address, found if isinstance(found, ChannelError) else None

    def calendar(self, address: str) -> "GraphCalendar":
        """The calendar of a mailbox. Nothing is asked yet."""
        from calendars.microsoft365.calendar import GraphCalendar

        return GraphCalendar(self, address)

    def view(self, address: str, subject: str, begin: datetime, end: datetime) -> View:
        """The events of one name in somebody's calendar."""
        return view(self, address, subject, begin, end)

    def post(self, mime: bytes) -> None:
        """Send a letter from the service's mailbox, as it is."""
        path = f"/users/{part(self.settings.mailbox)}/sendMail"
        letter = Ask(
            method="POST", path=path, headers={"Content-Type": "text/plain"}, body=base64.b64encode(mime), makes=True
        )
        mailbox = self.settings.mailbox
        try:
            if self.ask(mailbox, letter).gone:
                raise ChannelError(f"{mailbox}: the mailbox cannot send.")
        except Denied as error:
            raise Denied(f"{mailbox}: {MAY_NOT_SEND}") from error

    def busy_times(
        self, addresses: Sequence[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]:
        """When each of these people is not free, aware, by address; an error for whoever's times cannot be had.

        The service's own mailbox asks, as a colleague does who plans a meeting.
        """
        found: dict[str, list[tuple[datetime, datetime]] | ChannelError] = {}
        for start in range(0, len(addresses), busy.MOST):
            some = addresses[start : start + busy.MOST]
            answer = self.ask(self.settings.mailbox, busy.question(self.settings.mailbox, some, begin, end))
            found |= busy.answers(answer.body, some, begin)
        return found

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # Asking

    def _batch(self, address: str, asked: Sequence[Ask], *, in_order: bool) -> list[Answer | ChannelError]:
        """At most twenty requests in one. In order the list ends before what was not done only because something before it
        failed; it is never empty."""
        replies, token = self._replies(address, asked, in_order=in_order)
        denied = [number for number, reply in sorted(replies.items()) if token_ended(reply)]
        if denied:  # in the middle
            self._drop(token)
            numbers = list(range(denied[0], len(asked))) if in_order else denied
            again, _ = self._replies(address, [asked[number] for number in numbers], in_order=in_order)
            replies |= {numbers[number]: reply for number, reply in again.items()}
        found = [self._part(replies.get(number), address, ask) for number, ask in enumerate(asked)]
        late = [number for number, reply in replies.items() if number and reply.status == 424]
        return found[: min(late)] if in_order and late else found

    def _replies(self, address: str, asked: Sequence[Ask], *, in_order: bool) -> tuple[dict[int, Reply], Token]:
        whole = Ask(method="POST", path="/$batch", body=batch_of(asked, in_order=in_order), makes=True)
        reply, token = self._reply(address, whole, places=1 if in_order else len(asked))
        return replies_of(self._answer(reply, address, whole).body, reply.asked), token

    def _part(self, reply: Reply | None, address: str, asked: Ask) -> Answer | ChannelError:
        if reply is None:
            said = "in Microsoft Graph's answer to many requests one is missing."
            return not_understood(said, address, perhaps=True)
        try:
            return self._answer(reply, address, asked)
        except ChannelError as error:
            return error

    def _answer(self, reply: Reply, address: str, asked: Ask) -> Answer:
        if 200 <= reply.status < 300 and reply.body is not None:
            return Answer(status=reply.status, body=reply.body)
        if reply.status < 300 and not reply.is_page:
            raise not_understood("Microsoft Graph's answer cannot be read.", address, perhaps=asked.method != "GET")
        if is_gone(reply, address):
            return Answer(status=reply.status, body=reply.body or {}, gone=True)
        error = refused(reply, self.endpoint, address, self._now())
        if error.wait:
            self._rest("" if rests_all(error) else address, error.wait, error)
        raise error

    def _reply(self, address: str, asked: Ask, places: int = 1) -> tuple[Reply, Token]:
        """What came back, and by which token. One that ended early is renewed, once, and the request made again: it was not
        let in."""
        with self._places.taken(address.lower(), places):
            token = self._let_in(address)
            reply = self._sent(address, asked, token)
            if not token_ended(reply):
                return reply, token
            self._drop(token)
            token = self._let_in(address)
            reply = self._sent(address, asked, token)
            if token_ended(reply):
                raise self._not_taken(reply, token)
            return reply, token

    def _sent(self, address: str, asked: Ask, token: Token) -> Reply:
        headers = {**headers_of(asked), "Authorization": f"Bearer {token.text}"}
        body = asked.body if isinstance(asked.body, bytes | None) else json.dumps(asked.body).encode()
        try:
            return self._http.send(asked.method, self._url(asked, address), headers, body)
        except NoReply as error:
            raise no_reply(error, self.endpoint, address) from error

    def _url(self, asked: Ask, address: str) -> str:
        """Where to. A link of the server's own is followed on that server only: what we send proves who we are."""
        if asked.path.startswith("/"):
            return self.endpoint + target(asked)
        if not asked.path.startswith(f"{self.endpoint}/"):
            raise not_understood("Microsoft Graph's answer leads to another server. It is not followed.", address)
        return target(asked)

    # Being let in

    def _let_in(self, address: str) -> Token:
        """The token to work with. Raises where we are to wait, or are not let in."""
        with self._login_lock:
            for rest in (self._shut, self._rests.get(""), self._rests.get(address.lower()) if address else None):
                self._refuse_while(rest)
            if self._token is None or self._clock() >= self._renewed_at:
                self._renew()
            assert self._token is not None
            return self._token

    def _renew(self) -> None:
        """Have a new token. While Entra cannot be reached the old one is used to its end, and asked again in a minute."""
        try:
            token = self._new_token()
        except ChannelError as error:
            if self._token is None or error.about == "login" or self._clock() >= self._over_at:
                self._token = None
                raise
            self._renewed_at, self._shut = self._clock() + ENTRA_AGAIN, None
            return
        self._token = token
        self._renewed_at, self._over_at = self._clock() + token.good_for, self._clock() + token.lives

    def _new_token(self) -> Token:
        settings = self.settings
        proof = proof_of(settings.server, settings.secret, settings.certificate)
        if said := self._logins.refused(proof.name):
            raise ChannelError(said, about="login")
        try:
            found = ask_for_token(settings.server, proof, self._http, self._now())
        except ChannelError as error:
            if error.wait:
                self._shut = self._clock() + error.wait.total_seconds(), error
            raise
        if isinstance(found, Token):
            self._logins.accept(proof.name)
            self._shut = None
            return found
        raise self._refused(found, proof.name)

    def _refused(self, found: Refusal, name: str) -> ChannelError:
        said = f"{self.settings.server.authority}: {found.said}."
        if found.kind == "passing":
            return ChannelError(said, about="server")
        if found.kind == "proof":
            said += " Nothing more is tried with it until it is another, or you run aikultur check --online."
            self._logins.refuse(name, said)
            return ChannelError(said, about="login")
        said += " It is tried again every hour, and at once by aikultur check --online."
        error = ChannelError(said, about="login", wait=TOLD)
        self._shut = self._clock() + TENANT_AGAIN.total_seconds(), error
        return error

    def _drop(self, token: Token) -> None:
        """Ask for a new token next, unless somebody has already."""
        with self._login_lock:
            if self._token is token:
                self._token = None

    def _not_taken(self, reply: Reply, token: Token) -> ChannelError:
        """A new token that Graph does not take either: a clock, or another cloud."""
        _, words = code_and_words(reply)
        said = (
            f"{self.endpoint}: the token that {self.settings.server.authority} gave is not taken ({words}). Look at the "
            "clocks, and whether [microsoft365] authority and endpoint are of the same cloud."
        )
        error = ChannelError(said, about="server", wait=TOKEN_AGAIN)
        self._drop(token)
        with self._login_lock:
            self._shut = self._clock() + TOKEN_AGAIN.total_seconds(), error
        return error

    def _rest(self, whom: str, wait: timedelta, error: ChannelError) -> None:
        with self._login_lock:
            self._rests[whom.lower()] = self._clock() + wait.total_seconds(), error

    def _refuse_while(self, rest: tuple[float, ChannelError] | None) -> None:
        if rest and (left := rest[0] - self._clock()) > 0:
            error = rest[1]
            wait = min(timedelta(seconds=left), TOLD)
            cause = error.cause if error.about == "person" else ""  # nothing was asked for that could be to blame
            raise ChannelError(error.message, about=error.about, cause=cause, wait=wait)


def _look(address: str) -> Ask:
    return Ask(method="GET", path=f"/users/{part(address)}/calendar", query={"$select": "id"})
