"""What went wrong with Microsoft Graph, in a sentence for the administrator, and whom it concerns.

Some codes are about one mailbox for certain. Name resolution, connection, TLS and throttling without a mailbox's name
are about the server. Everything else that comes after a mailbox was named may be either: it is that mailbox's, and has
a `cause` by which it is seen when another one fails alike (`mailer.pace.Circuit`). Being let in: `refusals.py`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from calendars.channel import ChannelError
from calendars.microsoft365.wire import NoReply, Reply

LONGEST_REST = timedelta(minutes=5)
"""How long anybody is left alone at most, whatever is asked for: afterwards there is one request again."""

WORDS = 300
"""How many characters of the server's own words are kept."""

HYBRID = (
    "this mailbox has no licence for Exchange Online, or it is on a server of your own (hybrid). Give this person the "
    'channel "exchange", "invite" or "feed"'
)
UNKNOWN = "Microsoft 365 knows no such person"
ABSENT: Mapping[str, str] = {
    "MailboxNotEnabledForRESTAPI": HYBRID,
    "MailboxNotHostedInExchangeOnline": HYBRID,
    "ErrorInvalidUser": UNKNOWN,
    "ErrorNonExistentMailbox": UNKNOWN,
    "ErrorMailRecipientNotFound": UNKNOWN,
    "ResourceNotFound": UNKNOWN,
    "Request_ResourceNotFound": UNKNOWN,
}
"""Codes of a mailbox that is not there, so that nothing of ours can stand in it."""

PERSON: Mapping[str, str] = {
    "ErrorAccessDenied": (
        "the service may not act in this mailbox. Make it a direct member of the group that the right is scoped to. New "
        "rights work after half an hour to two hours (docs/microsoft365.md)"
    ),
    "ErrorSendAsDenied": "the service's mailbox may not send as [mail] sender_address. Write the mailbox's own",
    "ErrorAccountDisabled": "the account is disabled",
    "ErrorMailboxMoveInProgress": "the mailbox is being moved",
    "ErrorMailboxStoreUnavailable": "the mailbox is not to be had at the moment",
    "ErrorQuotaExceeded": "the mailbox is full",
    "ErrorMessageSizeExceeded": "the letter is too large",
    "ErrorInvalidRecipients": "the address is not accepted",
    "ErrorNoFreeBusyAccess": "the service may not see when this person is free",
}
PERMANENT = ("ErrorMessageSizeExceeded", "ErrorInvalidRecipients")

DIRECTORY_DENIED = (
    "the application may not read this in the directory. Give it GroupMember.Read.All and User.Read.All by docs/people-from-a-group.md, "
    "or use a people file"
)
NO_RIGHTS = (
    "the application has no right at all yet. Give it its rights by docs/microsoft365.md; they work after half an hour "
    "to two hours"
)

GONE = (
    "ErrorItemNotFound",
    "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
    "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
    "SyncStateNotFound",
    "syncStateNotFound",
    "SyncStateInvalid",
)
"""There is no such thing (any more): an answer, never an error."""

NEVER = (400, 413, 415, 422)
"""Statuses of a request that will be refused as long as it is as it is."""

MAYBE_DONE = (408, 500, 502, 504)
"""Statuses of a gateway that may have lost sight of what stands behind it: nobody knows what was done."""


BUSY = "busy"


MAY_NOT_SEND = (
    'the service may not send letters from it. Give it "Application Mail.Send" in this mailbox. New rights work after half '
    "an hour to two hours (docs/microsoft365.md)."
)

NO_RIGHT = ("ErrorAccessDenied", "NoPermissionsInAccessToken", "ErrorInsufficientPermissionsInAccessToken")


class Gone(ChannelError):
    """A list that was to be read is of something that is gone."""


class Denied(ChannelError):
    """The application has no right to this in that mailbox."""


def is_gone(reply: Reply, address: str) -> bool:
    """Whether what was named is not there (any more): the thing, not the mailbox that it was to be in."""
    code, _ = code_and_words(reply)
    if code in GONE or reply.status == 410:
        return True
    return reply.status == 404 and not address and code in ("Request_ResourceNotFound", "ResourceNotFound")


def token_ended(reply: Reply) -> bool:
    """Whether it is the token that was not taken. A mailbox has been seen to answer 401 too, for reasons of its own."""
    return reply.status == 401 and code_and_words(reply)[0] in ("InvalidAuthenticationToken", "TokenExpired", "")


def refused(reply: Reply, endpoint: str, address: str, now: datetime) -> ChannelError:
    """A reply that is not what was asked for. `address` is the mailbox that was named; empty for the directory."""
    code, words = code_and_words(reply)
    wait = retry_after(reply.headers, now)
    if reply.status == 429 or (reply.status == 503 and code not in PERSON):
        return _busy(reply, code, words, endpoint, address, wait)
    made = Denied if _is_denied(code, reply.status) else ChannelError
    if known := _known(code, reply.status, address):
        return made(f"{named(address)}: {known} ({words}).", absent=code in ABSENT, permanent=code in PERMANENT)
    if said := _below(reply, code):
        if not address:
            return made(f"{endpoint}: {said}.", about="server", wait=wait)
        return made(f"{address}: {said}.", cause=said, wait=wait)
    perhaps = reply.status in MAYBE_DONE
    cause = code or f"status {reply.status}"
    said = f"{named(address)}: Microsoft Graph refused: {cause}, {words}{_ids(reply)}."
    return ChannelError(said, cause=cause, perhaps=perhaps, permanent=reply.status in NEVER)


def _is_denied(code: str, status: int) -> bool:
    """Whether it is for want of a right. RBAC for Applications has been seen to say so by codes of its own too
    ("ExtensionError", Access is denied)."""
    return code in NO_RIGHT or (status == 403 and code not in PERSON)


def no_reply(error: NoReply, endpoint: str, address: str) -> ChannelError:
    """No reply at all. Where no connection came about nobody's mailbox is to blame."""
    said = broken(error.why)
    if error.sent and address:
        return ChannelError(f"{address}: {said}.", cause=said, perhaps=True)
    return ChannelError(f"{endpoint}: {said}.", about="server", perhaps=error.sent)


def not_understood(words: str, address: str, *, perhaps: bool = False) -> ChannelError:
    """A reply that was carried out and does not say what Microsoft's does."""
    return ChannelError(f"{named(address)}: {words}", cause=words, perhaps=perhaps)


def named(address: str) -> str:
    return address or "the directory"


def rests_all(error: ChannelError) -> bool:
    """Whether everybody is to be left alone for `error.wait`, and not that mailbox only."""
    return error.about != "person"


def stops(error: ChannelError) -> bool:
    """Whether it would be of no use to ask for more now, of this mailbox."""
    return rests_all(error) or error.cause == BUSY


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long we are to wait, five minutes at most; None where nothing is asked for that can be read.

    Seconds, or a date (RFC 9110, 10.2.3): then by the server's own clock where it tells its time.
    """
    said = headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        until, since = _date(said), _date(headers.get("date", "")) or now
        seconds = (until - since).total_seconds() if until else 0
    return timedelta(seconds=min(seconds, LONGEST_REST.total_seconds())) if seconds > 0 else None


def code_and_words(reply: Reply) -> tuple[str, str]:
    """Microsoft's code and words; without an error in it, what there is."""
    error = reply.body.get("error") if reply.body else None
    if not isinstance(error, Mapping):
        return "", f"status {reply.status}"
    code, message = error.get("code"), error.get("message")
    words = short(message) if isinstance(message, str) else ""
    return (code if isinstance(code, str) else ""), words or f"status {reply.status}"


def broken(why: str) -> str:
    """What was wrong with a connection, by the words of the library."""
    if re.search(r"\b407\b", why):
        return "the proxy asks for a login. Write it in [microsoft365] proxy, or let the service out without"
    if "ProxyError" in why:
        return "the proxy does not let us through. Correct [microsoft365] proxy, or have these addresses allowed in it"
    if "CERTIFICATE_VERIFY_FAILED" in why or "certificate verify failed" in why:
        return (
            "nobody whom we trust has signed the server's certificate. Where a proxy opens the connections, name its "
            "authority's file in [microsoft365] ca_file"
        )
    if "TLS CA certificate bundle" in why or "no certificate or crl found" in why:
        return "no certificate can be read in the file of [microsoft365] ca_file"
    if "NameResolutionError" in why or "getaddrinfo" in why:
        return "the name of the server is not known"
    if "Connection refused" in why:
        return "the server refuses connections"
    if "timed out" in why.lower():
        return "no answer in time"
    return "the connection was lost"


def short(words: str) -> str:
    return " ".join(words.split()).rstrip(".")[:WORDS]


def _busy(reply: Reply, code: str, words: str, endpoint: str, address: str, wait: timedelta | None) -> ChannelError:
    """Somebody is to be left alone: one mailbox where the answer names a limit of mailboxes, else all."""
    if address and reply.status == 429 and _of_a_mailbox(reply, code, words):
        return ChannelError(f"{address}: too many requests for this mailbox ({words}).", cause=BUSY, wait=wait)
    said = f"{endpoint}: Microsoft Graph is busy ({words})."
    return ChannelError(said, about="server", cause=BUSY if address else "", wait=wait)


def _of_a_mailbox(reply: Reply, code: str, words: str) -> bool:
    """Outlook's limits are "per app and mailbox" and say so ("over its MailboxConcurrency limit"); the directory's name
    their scope in a header."""
    scope = reply.headers.get("x-ms-throttle-scope", "").lower()
    if scope:
        return scope.startswith(("user", "mailbox", "resource"))
    return "mailbox" in code.lower() or bool(re.search(r"over its (Mailbox|Message)\w* limit", words))


def _known(code: str, status: int, address: str) -> str:
    if address:
        found = {**PERSON, **ABSENT}.get(code, "")
        return PERSON["ErrorAccessDenied"] if not found and status == 403 and code not in NO_RIGHT else found
    return DIRECTORY_DENIED if status == 403 else ""


def _below(reply: Reply, code: str) -> str:
    """What was wrong below Microsoft's own words; empty where nothing was."""
    if reply.status == 407:
        return broken("407")
    if reply.is_page or (reply.body is None and 200 <= reply.status < 300):
        return "a web page came back instead of Graph's answer. Look for a proxy or a login page in between"
    if 300 <= reply.status < 400:
        return "the server sends us elsewhere. Correct [microsoft365] endpoint"
    if code in ("NoPermissionsInAccessToken", "ErrorInsufficientPermissionsInAccessToken"):
        return NO_RIGHTS
    if reply.status == 404 and not code:
        return "there is no Microsoft Graph at this address. Correct [microsoft365] endpoint"
    return ""


def _ids(reply: Reply) -> str:
    """What Microsoft's support asks for. Only where nobody else can help."""
    error: Any = (reply.body or {}).get("error")
    inner = error.get("innerError") if isinstance(error, Mapping) else None
    theirs = reply.headers.get("request-id") or (inner.get("request-id") if isinstance(inner, Mapping) else None)
    found = {"request-id": theirs, "client-request-id": reply.asked}
    said = ", ".join(f"{name} {short(value)}" for name, value in found.items() if isinstance(value, str) and value)
    return f" ({said})" if said else ""


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
