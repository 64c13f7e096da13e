"""Exchange Web Services: one account on one server, and what we ask of it. Only this folder knows exchangelib.

What exchangelib 5.6 does by itself and why it is held back here is measured in `docs/exchangelib.md`: it retries
nothing (FailFast), never shrinks its pool (a deadlock), and every error inside a list of results is that item's alone.
Import them only where an Exchange server is configured: it takes most of a second and 58 MB.
"""

import contextlib
import hashlib
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import exchangelib
import requests.adapters
from exchangelib import errors, properties, protocol, services
from exchangelib.items import Message
from exchangelib.version import EXCHANGE_2013_SP1, EXCHANGE_2016, EXCHANGE_2019, Version

from calendars.channel import ChannelError
from calendars.exchange.calendar import EwsCalendar
from calendars.exchange.errors import Wire, judged
from calendars.exchange.requests import AVAILABILITY, CREATE, FOLDER, catching, folder_of, raised
from calendars.exchange.settings import Exchange
from calendars.exchange.values import BadAnswer, mailbox_data, plain, utc, utc_zone
from calendars.exchange.view import view
from calendars.server.face import Logins
from calendars.server.view import View

T = TypeVar("T")

MOST_AT_ONCE = 4
"""Requests at the same time: Exchange grants a service account 27, and this must never be felt by anybody else."""

VERSIONS = {"2013": EXCHANGE_2013_SP1, "2016": EXCHANGE_2016, "2019": EXCHANGE_2019, "SE": EXCHANGE_2019}
"""What the administrator writes, and the version that requests are made for. Subscription Edition speaks as 2019."""

OLDEST = "Exchange 2013 SP1"

logging.getLogger("exchangelib").setLevel(logging.CRITICAL)  # it tells of every value; what matters we say ourselves

LOGIN_AGAIN = timedelta(minutes=10)
"""Exchange answers 401 also when it is overloaded. A login that was good is tried once more, after so long; a policy
that locks an account counts within half an hour and allows five or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EwsSettings:
    """The section [exchange], and what it names.

    `mailbox` is the service's own. `secret` gives the password, asked anew when there is reason to; None with
    Kerberos, which has a ticket. `ca_file` replaces the system's certificate authorities.
    """

    server: Exchange
    secret: Callable[[], str] | None
    mailbox: str
    ca_file: Path | None


class Session:
    """One account on one server. Every method may be called from any thread and waits for one of four places.

    Raises ChannelError, and nothing else. The first request of a login is a probe, made once; a server that asked to
    be left alone is.
    """

    def __init__(self, settings: EwsSettings, logins: Logins, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings, self._logins, self._clock = settings, logins, clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._login_lock = threading.Lock()
        self._config: Any = None
        self._login = ""
        self._was_let_in = False
        self._rest: tuple[float, ChannelError] | None = None
        self._wire = Wire()

    @property
    def endpoint(self) -> str:
        return self.settings.server.endpoint

    def probe(self) -> str:
        """Ask the server who the service's own mailbox is; what the server calls itself."""
        return self._ask("", _name_of_server)

    def look(self, address: str) -> None:
        """Open a mailbox's calendar, as every call does: whether the service has the right to act there."""

        def ask(account: Any) -> None:
            asked = {"folders": [folder_of(account, "calendar")], "additional_fields": None, "shape": "IdOnly"}
            raised(FOLDER(account=account).call(**asked))

        self.in_mailbox(address, ask)

    def calendar(self, address: str) -> "EwsCalendar":
        """The calendar of a mailbox. Nothing is asked yet."""
        return EwsCalendar(self, address, keep=self.settings.server.keep_sent)

    def view(self, address: str, subject: str, begin: datetime, end: datetime) -> View:
        """The events of one name in somebody's calendar."""
        return view(self, address, subject, begin, end)

    def post(self, mime: bytes) -> None:
        """Send a letter from the service's mailbox, as it is."""
        keep = self.settings.server.keep_sent

        def send(account: Any) -> None:
            folder = folder_of(account, "sentitems") if keep else None
            how = "SendAndSaveCopy" if keep else "SendOnly"
            letter = Message(account=account, folder=folder, mime_content=mime)
            asked = {"items": [letter], "folder": folder, "message_disposition": how}
            raised(CREATE(account=account).call(**asked, send_meeting_invitations="SendToNone"))

        self.in_mailbox(self.settings.mailbox, send)

    def busy_times(
        self, addresses: Sequence[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]:
        """When each of at most 100 people is not free, aware, by address. Needs no right but to see free and busy.

        Whoever's times cannot be had has an error instead.
        """

        def ask(config: Any) -> Any:
            data = [mailbox_data(address) for address in addresses]
            window = properties.TimeWindow(start=utc(begin), end=utc(end))
            options = properties.FreeBusyViewOptions(
                time_window=window, merged_free_busy_interval=30, requested_view="FreeBusy"
            )
            service = AVAILABILITY(protocol.Protocol(config=config))
            asked = {"mailbox_data": data, "timezone": utc_zone(), "free_busy_view_options": options}
            return list(service.call(tzinfo=exchangelib.UTC, **asked))

        named = addresses[0] if len(addresses) == 1 else f"{addresses[0]} and {len(addresses) - 1} others"
        views = self._ask(named, ask)
        return {address: self._busy(address, view) for address, view in zip(addresses, views, strict=True)}

    def in_mailbox(self, address: str, work: Callable[[Any], T]) -> T:
        """Do one request in a mailbox, by impersonation where it is not the account's own."""
        own = address.lower() == self.settings.server.user.lower()
        access = exchangelib.DELEGATE if own else exchangelib.IMPERSONATION
        return self._ask(address, lambda config: work(_account(address, config, access)))

    def close(self) -> None:
        """Close the connections."""
        protocol.close_connections()

    def _busy(self, address: str, view: Any) -> list[tuple[datetime, datetime]] | ChannelError:
        if isinstance(view, Exception):
            return judged(view, self._wire, self.endpoint, address)
        taken = (event for event in view.calendar_events or () if event.busy_type not in ("Free", "WorkingElsewhere"))
        try:
            return [(plain(event.start, "StartTime"), plain(event.end, "EndTime")) for event in taken]
        except BadAnswer as error:
            return judged(error, self._wire, self.endpoint, address)

    # Being let in

    def _ask(self, address: str, work: Callable[[Any], T]) -> T:
        with self._places:
            config = self._let_in()
            with self._judging(address, config):
                return work(config)

    @contextlib.contextmanager
    def _judging(self, address: str, config: Any = None) -> Iterator[None]:
        """Errors in words, and what follows from them for the requests to come."""
        self._wire.forget()
        try:
            yield
        except errors.UnauthorizedError as error:
            raise self._not_let_in(error, config) from error
        except ChannelError:
            raise
        except Exception as error:
            found = judged(error, self._wire, self.endpoint, address)
            if found.wait:
                self._rest = self._clock() + found.wait.total_seconds(), found
            raise found from error

    def _let_in(self) -> Any:
        """The configuration to work with, once the server has let us in with it."""
        with self._login_lock:
            if self._rest and (left := self._rest[0] - self._clock()) > 0:
                error = self._rest[1]
                raise ChannelError(error.message, about=error.about, wait=timedelta(seconds=left))
            if self._config is not None:
                return self._config
            secret = self._secret()
            self._login = hashlib.sha256(
                repr((self.settings.server.endpoint, self.settings.server.user, secret)).encode()
            ).hexdigest()
            said = self._logins.refused(self._login)
            if said:
                raise ChannelError(said, about="login")
            if self.settings.server.auth == "kerberos" and not importlib.util.find_spec("requests_gssapi"):
                said = '[exchange] auth = "kerberos" needs more: pip install "aikultur[kerberos]".'
                raise ChannelError(said, about="login")
            config = _config(self.settings, secret, self._wire)
            with self._judging(""):
                self._probe(config)
            self._logins.accept(self._login)
            self._config, self._was_let_in = config, True
            return config

    def _probe(self, config: Any) -> None:
        """One request with these credentials. Raises what exchangelib raises, or ChannelError for an old server."""
        server = protocol.Protocol(config=config)
        found = catching(services.ResolveNames)(protocol=server).call(
            unresolved_entries=[self.settings.mailbox],
            parent_folders=None,
            return_full_contact_data=False,
            search_scope=None,
            contact_data_shape=None,
        )
        list(found)  # whether the name is known does not matter; being let in does
        # The version that answered, not the one that we asked as: that is only our hint.
        if server.version.build < EXCHANGE_2013_SP1:
            said = f"The server is {server.version.fullname}, and {OLDEST} is the oldest that works. Update it."
            raise ChannelError(f"{self.settings.server.endpoint}: {said}", about="server", wait=timedelta(hours=1))

    def _secret(self) -> str:
        try:
            return self.settings.secret() if self.settings.secret else ""
        except Exception as error:  # the caller's: a file, a variable or a command, each with its own errors
            raise ChannelError(f"[exchange]: the secret could not be had: {error}", about="login") from error

    def _not_let_in(self, error: Exception, config: Any) -> ChannelError:
        """A 401. One that comes after the same login was good is believed when it comes twice.

        Of several requests that met it together (`config` is what they asked with) the first one decides.
        """
        if config is not None and config is not self._config and self._rest:
            return self._rest[1]
        with contextlib.suppress(KeyError):
            protocol.close_connections()
        good, self._config, self._was_let_in = self._was_let_in, None, False
        where = f"{self.settings.server.endpoint}: {self.settings.server.user} is not let in"
        if good:
            said = f"{where}, and was before. The password may have expired. It is tried once more in ten minutes."
            found = ChannelError(said, about="server", wait=LOGIN_AGAIN)
            self._rest = self._clock() + LOGIN_AGAIN.total_seconds(), found
            return found
        locked = "The account is locked." if "locked out" in str(error) else ""
        rest = (
            "Nothing more is tried with this password, so that the account is not locked. Correct it where [exchange] says "
            "it is, or run aikultur check --online to try the same one again."
        )
        said = " ".join(filter(None, (f"{where}.", locked, rest)))
        self._logins.refuse(self._login, said)
        return ChannelError(said, about="login")


def _name_of_server(config: Any) -> str:
    """What the server calls itself, or its build where exchangelib knows no name for that."""
    version = protocol.Protocol(config=config).version
    return str(version.fullname) if version.fullname != "UNKNOWN" else f"build {version.build}"


def _config(settings: EwsSettings, secret: str, wire: Wire) -> Any:
    """A configuration that nothing is guessed for, and connections that are watched and always verified."""
    # One server to a process: these are exchangelib's own, for all there is.
    protocol.BaseProtocol.HTTP_ADAPTER_CLS = _adapter(wire, settings.ca_file)
    protocol.BaseProtocol.TIMEOUT = settings.server.timeout_seconds
    protocol.BaseProtocol.USERAGENT = "aikultur"
    protocol.BaseProtocol.decrease_poolsize = _keep_the_pool
    auth = {"ntlm": exchangelib.NTLM, "basic": exchangelib.BASIC, "kerberos": "gssapi"}[settings.server.auth]
    credentials = exchangelib.Credentials(settings.server.user, secret) if settings.secret else None
    build = VERSIONS[settings.server.version]
    return exchangelib.Configuration(
        service_endpoint=settings.server.endpoint,
        credentials=credentials,
        auth_type=auth,
        version=Version(build=build),
        retry_policy=exchangelib.FailFast(),
        max_connections=MOST_AT_ONCE,
    )


def _keep_the_pool(_: Any) -> None:
    """exchangelib's own waits for a lock that it holds already, and then for ever."""
    raise errors.SessionPoolMinSizeReached("kept")


def _adapter(wire: Wire, ca_file: Path | None) -> type[requests.adapters.HTTPAdapter]:
    """Connections that are verified whatever the environment says, and that note what exchangelib does not tell."""
    trusted = str(ca_file) if ca_file else True

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **given: Any) -> Any:  # type: ignore[override]  # all but the first by name
            wire.sent()
            try:
                answer = super().send(request, **{**given, "verify": trusted})
            except requests.exceptions.RequestException as error:
                wire.broke(error)
                raise
            wire.answered(answer.status_code, answer.headers.get("Retry-After"), answer.headers.get("Content-Type", ""))
            return answer

    return Adapter


def _account(address: str, config: Any, access: Any) -> Any:
    return exchangelib.Account(
        address, config=config, autodiscover=False, access_type=access, default_timezone=exchangelib.UTC
    )
