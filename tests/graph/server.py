"""The server: HTTP, who is let in, faults by script, throttling, and the record of it all.

Two ports on loopback: TLS with a certificate of its own (msal insists on it), which serves tokens and Graph, and a plain
one for Graph alone, which costs less. Requests are worked off one after another under one lock; how many are under way for
a mailbox at once is counted before.
"""

import contextlib
import shutil
import socket
import tempfile
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from tests.graph import batch, routes
from tests.graph.access import Application, Rights, Tokens
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError
from tests.graph.faults import CONNECTION, Fault, Script
from tests.graph.hands import Hands
from tests.graph.mailbox import Mailbox, Occurrence
from tests.graph.outcome import Asked, Outcome, Request
from tests.graph.schema import schema
from tests.graph.tokens import Authority, TokenError
from tests.graph.web import Port, shut
from tests.graph.world import World
from tests.smtp_server import make_certificates

SERVICE = "service@x.example"
TENANT = "0d8f5c1e-5a44-4c5e-9d39-7a6b9f1c2e11"
DOMAIN = "x.example"
CLIENT = "7b1c9a5e-3f52-4a0e-8f0b-2f4f6c1d9e55"
SECRET = "right~secret.of-the-app"
RESOURCE = "https://graph.microsoft.com"
AT_ONCE = 4
"""Requests at once for a mailbox, by one application."""
STATUSES = {
    "400": "BadRequest", "401": "InvalidAuthenticationToken", "403": "ErrorAccessDenied", "404": "ErrorItemNotFound",
    "409": "ErrorIrresolvableConflict", "412": "ErrorIrresolvableConflict", "429": "ApplicationThrottled",
    "500": "ErrorInternalServerError", "502": "BadGateway", "503": "ServiceUnavailable", "504": "GatewayTimeout",
    "507": "ErrorQuotaExceeded",
}  # fmt: skip
OWN_KINDS = {
    "events": "event", "instances": "event", "calendarView": "event", "messages": "message", "mailFolders": "mailFolder",
    "move": "message", "getSchedule": "scheduleInformation", "calendars": "calendar", "calendar": "calendar", "users": "user", "groups": "group",
}  # fmt: skip
"""What an answer is made of, by the last word of its operation."""
NOT_DESCRIBED = frozenset(("occurrenceId", "members@delta"))
"""In Microsoft's samples, and not in its description."""


class GraphServer:
    """A context manager. `url` is the plain endpoint, `secure_url` the one with TLS, `authority` where tokens are; clients
    trust `ca_file`. `log` is what was asked of Graph, `token_log` of the authority; `refused` what the description would
    not have, `misspoken` our own answers that it would not have.

    `application` is the registered one, with CLIENT and SECRET. `now` is for the times the server writes itself, `clock`
    for tokens and the Date header; `skew` is how far both are off. `before_reply` is called with each request when its work
    is done and its reply not yet sent. `at_once`: so many requests at once by one application, for a mailbox or for all of
    them together, as Microsoft's texts differ.
    """

    def __init__(
        self,
        addresses: Iterable[str] = (),
        faults: Sequence[Fault] = (),
        *,
        service: str = SERVICE,
        at_once: int | None = AT_ONCE,
        at_once_for: Literal["mailbox", "application"] = "mailbox",
        before_reply: Callable[[Request], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.skew = timedelta(0)
        self._clock = clock
        self.world = World(lambda: now() + self.skew)
        for address in (service, *addresses):
            self.world.add(address)
        self.script = Script(faults)
        self.schema = schema()
        self.at_once, self.at_once_for, self.before_reply = at_once, at_once_for, before_reply
        self.tokens = Tokens(TENANT, RESOURCE)
        self.application = Application(CLIENT, {SECRET: None}, roles={"User.Read.All", "GroupMember.Read.All"})
        self.application.allow("Calendars.ReadWrite")
        self.application.allow("Mail.Send", service)
        self.log: list[Request] = []
        self.token_log: list[Request] = []
        self.refused: list[tuple[str, str]] = []
        self.misspoken: list[tuple[str, str]] = []
        self.failed_logins: Counter[str] = Counter()
        self.throttled: Counter[str] = Counter()  # mailbox: refused because too many were under way
        self.http_requests = 0
        self.busy = self.most_at_once = 0
        self.most_per_mailbox: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.released = threading.Event()
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._sockets: set[socket.socket] = set()
        self._open_ports()
        self.authorities = Authority(TENANT, DOMAIN, self.tokens, self.secure_url, {CLIENT: self.application})
        self.authorities.resources |= {self.url, self.secure_url}

    def _open_ports(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="graph-"))
        certificates = make_certificates(self._folder)
        self.ca_file = certificates.authority
        self._plain, self._secure = Port(self), Port(self)
        context = certificates.context()
        self._secure.socket = context.wrap_socket(self._secure.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._plain.server_address[1]}"

    @property
    def secure_url(self) -> str:
        return f"https://127.0.0.1:{self._secure.server_address[1]}"

    @property
    def authority(self) -> str:
        """Where msal is sent: with the tenant, as it wants it."""
        return f"{self.secure_url}/{TENANT}"

    def __enter__(self) -> "GraphServer":
        self._threads = [
            threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True)
            for each in (self._plain, self._secure)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        for each, thread in zip((self._plain, self._secure), self._threads, strict=True):
            each.shutdown()
            thread.join()
        self.cut_all()
        for each in (self._plain, self._secure):
            each.server_close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def release(self) -> None:
        """Let go of the requests that hang."""
        self.released.set()

    def cut_all(self) -> None:
        """Close every connection, as a server does that is restarted."""
        with self.lock:
            for each in list(self._sockets):
                shut(each)

    # What tests look at

    def mailbox(self, address: str) -> Mailbox:
        return self.world.mailboxes[address.lower()]

    def hands(self, address: str) -> Hands:
        """What this person does in Outlook."""
        return Hands(self.world, self.mailbox(address))

    def occurrences(self, who: str, first: date, last: date) -> list[Occurrence]:
        """What stands in a calendar on these days (UTC), series expanded."""
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last + timedelta(days=1)))
        return self.mailbox(who).occurrences(begin, end)

    def keys(self, name: str = "aikultur key") -> dict[str, Counter[str]]:
        """For each mailbox how often each key stands in its calendars, by the extended property of this name."""
        found = {}
        for address, box in self.world.mailboxes.items():
            counts = Counter(key for item in box.items if (key := item.property(name)) is not None)
            if counts:
                found[address] = counts
        return found

    def orphans(self, known: Iterable[str], name: str = "aikultur key") -> list[tuple[str, str]]:
        """Events with a key of ours that nobody knows (any more): address and key."""
        wanted = set(known)
        return [(who, key) for who, counts in self.keys(name).items() for key in counts if key not in wanted]

    def requests_per_mailbox(self) -> Counter[str]:
        """Requests, those inside batches each for itself, as Microsoft counts them."""
        return Counter(request.mailbox for request in self.log if request.operation != "POST $batch")

    def operations(self) -> list[str]:
        return [request.operation for request in self.log]

    def struck_share(self) -> float:
        """Which part of the requests met a fault, batches not counted beside what is in them; 0.0 where there were none."""
        asked = [request for request in self.log if request.operation != "POST $batch" or request.fault]
        return sum(request.fault is not None for request in asked) / len(asked) if asked else 0.0

    @property
    def token_requests(self) -> int:
        return len(self.token_log)

    def add_faults(self, *faults: Fault) -> None:
        with self.lock:
            self.script.faults.extend(faults)

    def expire_tokens(self) -> None:
        """All tokens that are out end here."""
        self.tokens.not_before = self.clock()

    def clock(self) -> datetime:
        return self._clock() + self.skew

    # What the connections ask of it

    def token(self, method: str, target: str, body: bytes) -> Outcome:
        """The authority: a token or the documents before it."""
        parts = [part for part in urlsplit(target).path.split("/") if part]
        asks_token = parts[1:] == ["oauth2", "v2.0", "token"] and method == "POST"
        operation = "POST token" if asks_token else "GET discovery"
        with self.lock:
            number = len(self.token_log) + 1
            struck = self.script.strike(number, operation, "", body.decode("utf-8", "replace"))
            outcome = self._struck(struck) if struck else None
            if outcome is None:
                outcome = _unheard(self._token(parts, body, asks_token), struck, self._late(None))
            if asks_token:
                self._note(self.token_log, operation, "", outcome, struck, None, "")
            return outcome

    def _token(self, parts: list[str], body: bytes, asks_token: bool) -> Outcome:
        authority, now = self.authorities, self.clock()
        try:
            if asks_token:
                return Outcome(Reply(200, authority.token(parts[0], body, now)))
            if parts[1:] in (["v2.0", ".well-known", "openid-configuration"], [".well-known", "openid-configuration"]):
                return Outcome(Reply(200, authority.discovery(parts[0])))
            if parts == ["common", "discovery", "instance"]:
                return Outcome(Reply(200, authority.instances()))
        except TokenError as error:
            if asks_token:
                self.failed_logins[_client(body)] += 1
            return Outcome(Reply(error.status, error.body(now)))
        return Outcome(Reply(404, {"error": "not_found", "error_description": "Nothing here."}))

    def serve(self, asked: Asked, under_way: contextlib.ExitStack) -> Outcome:
        """A request to Graph. It counts as under way until that is closed."""
        with self.lock:
            self.http_requests += 1
        if urlsplit(asked.target).path.strip("/").lower() == "$batch":
            return self._batch(asked, under_way)
        call = self._call(asked)
        room = under_way.enter_context(self._counted(call, 1))
        with self.lock:
            return self._one(asked, call, crowded=room < 1)

    @contextlib.contextmanager
    def _counted(self, call: Call, width: int) -> Iterator[int]:
        """Count requests as under way for their mailbox; how many of them may go on."""
        mailbox = self._whose(call)
        key = (self._client_of(call), "all" if mailbox and self.at_once_for == "application" else mailbox)
        with self.lock:
            self.busy += 1
            self.most_at_once = max(self.most_at_once, self.busy)
            self._under_way[key] += width
            self.most_per_mailbox[key[1]] = max(self.most_per_mailbox[key[1]], self._under_way[key])
            free = width if self.at_once is None or not key[1] else self.at_once - (self._under_way[key] - width)
        try:
            yield min(width, free)
        finally:
            with self.lock:
                self.busy -= 1
                self._under_way[key] -= width

    def _client_of(self, call: Call) -> str:
        """Which application asks; empty where its token is none."""
        with contextlib.suppress(GraphError):
            return str(self.tokens.read(call.headers.get("authorization", ""), self.clock())["appid"])
        return ""

    def _call(self, asked: Asked) -> Call:
        split = urlsplit(asked.target)
        query = {}
        for name, value in parse_qsl(split.query, keep_blank_values=True):
            query[name.lower() if name.startswith("$") else name] = value
        nobody = Rights(self.application, frozenset())
        path = tuple(routes.segments(split.path))
        address = f"{asked.root}/{split.path.lstrip('/')}"
        return Call(
            self.world, self.schema, nobody, asked.method, path, query, asked.headers, asked.body, asked.root, address
        )

    def _whose(self, call: Call) -> str:
        """The mailbox that a request is for; empty in the directory."""
        if len(call.path) < 3 or call.path[0].lower() != "users" or call.path[2].lower() == "manager":
            return ""
        user = self.world.directory.find(call.path[1])
        return (user.mail or user.userPrincipalName if user else call.path[1]).lower()

    def _one(self, asked: Asked, call: Call, *, crowded: bool) -> Outcome:
        """Strike or serve, and note it. Under the lock, so that the log is in order."""
        mailbox, route, lost = self._whose(call), None, None
        try:
            route = routes.find(call)
        except GraphError as error:
            call.operation, lost = f"{call.method} ?", error
        text = f"{asked.target} {asked.body.decode('utf-8', 'replace')}"
        struck = self.script.strike(len(self.log) + 1, call.operation, mailbox, text, inside=asked.batch is not None)
        outcome = self._struck(struck) if struck else None
        if outcome is None and crowded:
            self.throttled[mailbox] += 1
            outcome = self._refuse(
                GraphError(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit."), call
            )
        elif outcome is None:
            outcome = self._refuse(lost, call) if lost else self._work(call, route)
        if struck is not None and struck.what == "lost":
            outcome = Outcome(outcome.reply, struck)
        elif struck is not None and struck.what == "late":
            outcome = self._refuse(
                GraphError(504, "GatewayTimeout", "The gateway did not get an answer in time."), call
            )
        id_ = call.headers.get("client-request-id", "")
        outcome.request = self._note(self.log, call.operation, mailbox, outcome, struck, asked.batch, id_)
        return outcome

    def _work(self, call: Call, route: routes.Route | None) -> Outcome:
        try:
            call.rights = self._rights(call)
            call.check_options()
            assert route is not None
            reply = routes.perform(call, route)
        except GraphError as error:
            if error.code in ("RequestBodyRead", "UnableToDeserializePostBody"):
                self.refused.append((call.operation, error.message))
            return self._refuse(error, call)
        self._check_own(route, reply)
        return Outcome(reply)

    def _rights(self, call: Call) -> Rights:
        claims = self.tokens.read(call.headers.get("authorization", ""), self.clock())
        application = self.authorities.applications[claims["appid"]]
        return Rights(application, frozenset(claims.get("roles", ())))

    def _refuse(self, error: GraphError, call: Call | None) -> Outcome:
        id_ = call.headers.get("client-request-id", "") if call else ""
        return Outcome(Reply(error.status, error.body(self.clock(), id_ or str(uuid.uuid4())), dict(error.headers)))

    def _late(self, call: Call | None) -> Outcome:
        return self._refuse(GraphError(504, "GatewayTimeout", "The gateway did not get an answer in time."), call)

    def _struck(self, fault: Fault) -> Outcome | None:
        """What a fault answers in place of the work; None where the work is done all the same."""
        if fault.what in ("lost", "late"):
            return None
        if fault.what in CONNECTION:
            return Outcome(Reply(0), fault)
        if fault.what == "expire":
            self.expire_tokens()
            fault = replace(fault, what="401", code="InvalidAuthenticationToken")
        headers = {}
        if fault.retry_after == "date":
            headers["Retry-After"] = format_datetime(self.clock() + timedelta(seconds=10), usegmt=True)
        elif fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        status = int(fault.what) if fault.what.isdigit() else fault.status or 400
        code = fault.code or STATUSES.get(fault.what, fault.what)
        return self._refuse(GraphError(status, code, f"{code}, by script.", headers), None)

    def _note(
        self,
        log: list[Request],
        operation: str,
        mailbox: str,
        outcome: Outcome,
        struck: Fault | None,
        inside: int | None,
        client_request_id: str,
    ) -> Request:
        value, code = outcome.reply.value, "NoError"
        if outcome.broken is not None:
            code = outcome.broken.what
        elif outcome.reply.status >= 400 and isinstance(value, dict):
            error = value["error"]
            code = error["code"] if isinstance(error, dict) else f"AADSTS{value.get('error_codes', [0])[0]}"
        status = 0 if outcome.broken is not None else outcome.reply.status
        what = None if struck is None else struck.what
        request = Request(len(log) + 1, operation, mailbox, code, status, what, inside, client_request_id)
        log.append(request)
        return request

    def _check_own(self, route: routes.Route, reply: Reply) -> None:
        kind = OWN_KINDS.get(route.template.replace("/{id}", "").rpartition("/")[2].partition("/")[0])
        if kind not in self.schema.types or not isinstance(reply.value, dict):
            return
        values = reply.value["value"] if isinstance(reply.value.get("value"), list) else [reply.value]
        for value in values:
            complaint = self.schema.complaint(kind, _described(value))
            if complaint is not None:
                self.misspoken.append((route.operation, complaint))

    # Batches

    def _batch(self, asked: Asked, under_way: contextlib.ExitStack) -> Outcome:
        with self.lock:
            whole = self._call(asked)
            whole.operation = "POST $batch"
            number = len(self.log) + 1
            struck = self.script.strike(number, "POST $batch", "", asked.body.decode("utf-8", "replace"))
            outcome = self._struck(struck) if struck else None
            try:
                self.tokens.read(asked.headers.get("authorization", ""), self.clock())
                parts = batch.read(asked.body)
            except GraphError as error:
                outcome, parts = outcome or self._refuse(error, whole), []
            shown = outcome or Outcome(Reply(200), struck if struck and struck.what == "lost" else None)
            request = self._note(self.log, "POST $batch", "", shown, struck, None, "")
        if outcome is None:
            outcome = _unheard(self._parts(asked, parts, number, under_way), struck, self._late(whole))
        outcome.request = request
        return outcome

    def _parts(self, asked: Asked, parts: list[batch.Part], number: int, under_way: contextlib.ExitStack) -> Outcome:
        """The requests of a batch in their order; the answers the other way round."""
        each = [_part_asked(asked, part, number) for part in parts]
        calls = [self._call(one) for one in each]
        rooms = self._rooms(calls, parts, under_way)
        statuses: dict[str, int] = {}
        answers: list[dict[str, Any]] = []
        broken: Fault | None = None
        for part, one, call in zip(parts, each, calls, strict=True):
            mailbox = self._whose(call)
            with self.lock:
                failed = batch.failed(part, statuses)
                if failed is not None:
                    outcome = self._refuse(failed, call)
                else:
                    outcome = self._one(one, call, crowded=rooms[mailbox] < 1)
                    rooms[mailbox] -= 1
            if outcome.broken is not None:
                broken = broken or outcome.broken
                if outcome.broken.what != "lost":
                    break
            reply = outcome.reply
            statuses[part.id] = reply.status
            answers.append(batch.answer(part.id, reply.status, reply.headers, reply.value))
        return Outcome(Reply(200, {"responses": answers[::-1]}), broken)

    def _rooms(self, calls: list[Call], parts: list[batch.Part], under_way: contextlib.ExitStack) -> dict[str, int]:
        """For each mailbox how many of a batch's requests may go on: all of them where there is room for four at once."""
        rooms = {}
        for mailbox in dict.fromkeys(self._whose(call) for call in calls):
            mine = [(call, part) for call, part in zip(calls, parts, strict=True) if self._whose(call) == mailbox]
            width = batch.width([part for _, part in mine])
            room = under_way.enter_context(self._counted(mine[0][0], width))
            rooms[mailbox] = len(mine) if room >= width else room
        return rooms


def _unheard(done: Outcome, struck: Fault | None, late: Outcome) -> Outcome:
    """What becomes of a reply when the work is done."""
    if struck is not None and struck.what == "lost":
        return Outcome(done.reply, struck)
    return late if struck is not None and struck.what == "late" else done


def _part_asked(asked: Asked, part: batch.Part, number: int) -> Asked:
    headers = part.headers | {
        name: asked.headers[name] for name in ("authorization", "client-request-id") if name in asked.headers
    }
    return Asked(part.method, asked.root, part.url, headers, part.body, number)


def _described(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _described(each) for name, each in value.items() if name not in NOT_DESCRIBED}
    return [_described(each) for each in value] if isinstance(value, list) else value


def _client(body: bytes) -> str:
    return dict(parse_qsl(body.decode("utf-8", "replace"))).get("client_id", "")
