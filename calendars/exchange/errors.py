"""What went wrong with Exchange, in a sentence for the administrator, and whom it concerns.

Some codes are about one mailbox for certain. Name resolution, connection, TLS and throttling are about the server.
Everything else that comes after a mailbox was named may be either: it is that mailbox's, and has a `cause` by which it
is seen when another one fails alike (`mailer.pace.Circuit`).
"""

import logging
import re
import threading
from collections.abc import Mapping
from datetime import timedelta

from exchangelib import errors

from calendars.channel import ChannelError
from calendars.exchange.values import BadAnswer
from calendars.server.not_sent import was_sent

log = logging.getLogger("aikultur.exchange")

LONGEST_REST = timedelta(minutes=5)
"""How long a server is left alone at most, whatever it asks for: afterwards it is asked again, once."""

WORDS = 300
"""How many characters of the server's own words are kept."""


class Wire(threading.local):
    """What happened on this thread's connection in its last request: exchangelib tells too little of it."""

    was_sent = False
    status = 0
    retry_after = ""
    kind = ""
    broken: Exception | None = None

    def forget(self) -> None:
        self.was_sent, self.status, self.retry_after, self.kind, self.broken = False, 0, "", "", None

    def sent(self) -> None:
        self.forget()
        self.was_sent = True

    def answered(self, status: int, retry_after: str | None, kind: str) -> None:
        self.status, self.retry_after, self.kind = status, retry_after or "", kind

    def broke(self, error: Exception) -> None:
        """No answer. Where no connection was made, nothing can have been done; TLS may break in the middle of one."""
        self.broken = error
        self.was_sent = self.was_sent and was_sent(f"{type(error).__name__} {error}")


ABSENT: Mapping[str, str] = dict.fromkeys(
    ("ErrorNonExistentMailbox", "ErrorMailRecipientNotFound", "ErrorCannotFindUser"),
    "Exchange has no mailbox with this address, or it is in the cloud",
)
PERSON: Mapping[str, str] = {
    "ErrorImpersonateUserDenied": (
        "the service may not act in this mailbox. Give it ApplicationImpersonation for a group that the mailbox is in"
    ),
    "ErrorImpersonationDenied": (
        "the service may not act in mailboxes. Give it ApplicationImpersonation (docs/exchange-server.md)"
    ),
    "ErrorImpersonationFailed": "the service could not act in this mailbox",
    "ErrorAccountDisabled": "the account is disabled",
    "ErrorMailboxMoveInProgress": "the mailbox is being moved",
    "ErrorMailboxStoreUnavailable": "the mailbox is not to be had at the moment",
    "ErrorQuotaExceeded": "the mailbox is full",
    "ErrorAccessDenied": "access to the mailbox is denied",
    "ErrorTimeZone": "the server does not know the person's time zone. Install Windows' time zone updates on it",
    "ErrorSendAsDenied": "the service's mailbox may not send as [mail] sender_address. Write the mailbox's own",
    "ErrorMessageSizeExceeded": "the letter is too large",
    "ErrorInvalidRecipients": "the address is not accepted",
}
OF_MAILBOX: Mapping[str, str] = {**PERSON, **ABSENT}
"""What is about one mailbox for certain."""

THROTTLED = ("ErrorServerBusy", "ErrorTooManyObjectsOpened", "ErrorExceededConnectionCount")
"""The server's own words for being busy with us, whichever mailbox was named."""

PERMANENT = ("ErrorMessageSizeExceeded", "ErrorInvalidRecipients")
PASSING = (
    "ErrorInternalServerError",
    "ErrorInternalServerTransientError",
    "ErrorTimeoutExpired",
    "ErrorConnectionFailed",
)
"""Codes that say nothing against a letter: it may well be taken later."""

FAULTS = (
    # In which words exchangelib hides what it does not know: the code and text of Exchange's detail, of SOAP's fault, of
    # an answer.
    re.compile(r"detail: \w+: code: (\S+) msg: (.*?) \(<", re.DOTALL),
    re.compile(r"^SOAP error code: (.*?) string: (.*?) actor: ", re.DOTALL),
    re.compile(r"^Unknown ResponseCode in ResponseMessage: (\S+) \(MessageText: (.*?), MessageXml", re.DOTALL),
)


def judged(error: Exception, wire: Wire, endpoint: str, address: str) -> ChannelError:
    """The error as ours. `wire` is what the connection saw of it, `address` the mailbox that was asked for; empty where
    none was named."""
    if isinstance(error, ChannelError):
        return error
    code, words = _code_and_words(error)
    if words.startswith("Unknown failure in response"):  # and then all headers
        words = f"status {wire.status}"
    if address and (known := OF_MAILBOX.get(code)):
        return ChannelError(f"{address}: {known} ({words}).", absent=code in ABSENT, permanent=code in PERMANENT)
    if not address or _is_the_servers(code, wire):
        found = _server(code, words, error, wire, endpoint)
        found.cause = "busy" if address and not wire.broken else ""
        return found
    if type(error).__name__ == "UnknownTimeZone":
        return ChannelError(f"{address}: Exchange knows no such time zone ({words}). Choose another in config.toml.")
    return _either(code, words, error, wire, address)


def _is_the_servers(code: str, wire: Wire) -> bool:
    """Whether no mailbox can be to blame: no connection was made, or the server asks to be left alone."""
    if wire.broken:
        return not wire.was_sent
    if wire.status == 429 or wire.retry_after:
        return True
    return _throttled(code, wire)


def _throttled(code: str, wire: Wire) -> bool:
    """exchangelib gives the same names to whatever it would try again: only an answer of Exchange's own counts."""
    return code in THROTTLED and (wire.status == 0 or (wire.status in (200, 500) and "xml" in wire.kind))


def _server(code: str, words: str, error: Exception, wire: Wire, endpoint: str) -> ChannelError:
    """Trouble of the server, or of the way to it. Whatever came back with a status was not carried out."""
    # The ten seconds that exchangelib makes up for a lost connection are nobody's wish.
    wait = None if wire.broken else _wait(error, wire)
    said = f"the server is busy ({words})" if _throttled(code, wire) else _on_the_wire(wire)
    return ChannelError(
        f"{endpoint}: {said or _answered(code, words)}.", about="server", wait=wait, perhaps=_was_lost(wire)
    )


def _either(code: str, words: str, error: Exception, wire: Wire, address: str) -> ChannelError:
    """What may be the mailbox's or the server's. Where the words are not the server's, the log has more."""
    if said := _on_the_wire(wire):
        return ChannelError(f"{address}: {said}.", cause=said, perhaps=_was_lost(wire))
    if isinstance(error, BadAnswer):
        return ChannelError(f"{address}: {error}", cause=str(error))
    if not isinstance(error, errors.EWSError):
        log.error("a fault of ours", exc_info=error)  # the sentence alone would not tell where
        said = "what Exchange answered could not be understood. The log has more"
        return ChannelError(f"{address}: {said}.", cause=type(error).__name__)
    refused = isinstance(error, errors.ResponseMessageError) and code not in PASSING
    lost = code == "ErrorTimeoutExpired" and wire.was_sent
    return ChannelError(f"{address}: {_answered(code, words)}.", cause=code, permanent=refused, perhaps=lost)


def _on_the_wire(wire: Wire) -> str:
    """What was wrong below Exchange's own words; empty where nothing was."""
    if wire.broken is not None:
        return _broken(wire.broken)
    if wire.status == 404:
        return "there is no Exchange at this address. Correct [exchange] endpoint"
    if wire.status == 429:
        return "the server is busy (status 429)"
    if "html" in wire.kind and wire.status in (0, 200):
        return "a web page came back instead of Exchange's answer. Look for a proxy or a login page in between"
    if 300 <= wire.status < 400:
        return "the server sends us elsewhere. Correct [exchange] endpoint"
    if wire.status == 503:
        return "the server is busy (status 503)"
    if wire.status not in (0, 200) and "xml" not in wire.kind:
        return f"the server did not answer as Exchange does (status {wire.status})"
    return ""


def _answered(code: str, words: str) -> str:
    known = getattr(errors, code, None)
    if known and not issubclass(known, errors.ResponseMessageError):  # a name of exchangelib's, not of Microsoft's
        return f"the server did not answer as Exchange does ({words})"
    return f"Exchange refused: {code}, {words}"


def _was_lost(wire: Wire) -> bool:
    return wire.was_sent and not wire.status


def _code_and_words(error: Exception) -> tuple[str, str]:
    """The server's code and its words; of an error that Microsoft has not named, what stood in its fault."""
    for fault in FAULTS:
        if found := fault.search(str(error)):
            code = found[1].strip().rpartition(":")[2]  # a prefix is only a name space
            return code or "a fault without a code", _short(found[2]) or "without words"
    return type(error).__name__, _short(str(error)) or type(error).__name__


def _wait(error: Exception, wire: Wire) -> timedelta | None:
    seconds = float(wire.retry_after) if wire.retry_after.isdigit() else getattr(error, "back_off", None)
    return min(timedelta(seconds=seconds), LONGEST_REST) if seconds else None


def _broken(error: Exception) -> str:
    said = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in said or "certificate verify failed" in said:
        return (
            "nobody whom we trust has signed the server's certificate. Name your authority's file in [exchange] ca_file"
        )
    if "NameResolutionError" in said or "getaddrinfo" in said:
        return "the name of the server is not known"
    if "Connection refused" in said:
        return "the server refuses connections"
    if "timed out" in said.lower():
        return "no answer in time"
    return "the connection was lost"


def _short(words: str) -> str:
    return " ".join(words.split()).rstrip(".")[:WORDS]
