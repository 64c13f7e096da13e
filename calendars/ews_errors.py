"""What went wrong with Exchange, in a sentence for the administrator, and whom it concerns."""

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta

from exchangelib import errors

from calendars.channel import ChannelError

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
        """No answer. Where no connection was made, nothing can have been done."""
        self.broken = error
        said = f"{type(error).__name__} {error}"
        if any(sign in said for sign in ("NewConnectionError", "ConnectTimeout", "NameResolutionError", "SSLError")):
            self.was_sent = False


ABSENT: Mapping[type[Exception], str] = {
    errors.ErrorNonExistentMailbox: "Exchange has no mailbox with this address, or it is in the cloud",
    errors.ErrorMailRecipientNotFound: "Exchange has no mailbox with this address, or it is in the cloud",
}
PERSON: Mapping[type[Exception], str] = {
    errors.ErrorImpersonateUserDenied: (
        "the service may not act in this mailbox. Give it ApplicationImpersonation for a group that this person is in"
    ),
    errors.ErrorImpersonationDenied: (
        "the service may not act in mailboxes. Give it ApplicationImpersonation (docs/exchange-server.md)"
    ),
    errors.ErrorImpersonationFailed: "the service could not act in this mailbox",
    errors.ErrorAccountDisabled: "the account is disabled",
    errors.ErrorMailboxMoveInProgress: "the mailbox is being moved",
    errors.ErrorMailboxStoreUnavailable: "the mailbox is not to be had at the moment",
    errors.ErrorQuotaExceeded: "the mailbox is full",
    errors.ErrorAccessDenied: "access to the mailbox is denied",
    errors.ErrorTimeZone: "the server does not know the person's time zone. Install Windows' time zone updates on it",
    errors.ErrorSendAsDenied: "the service's mailbox may not send as [mail] sender_address. Write the mailbox's own",
    errors.ErrorMessageSizeExceeded: "the letter is too large",
    errors.ErrorInvalidRecipients: "the address is not accepted",
}
BUSY = (
    errors.ErrorServerBusy,
    errors.ErrorTooManyObjectsOpened,
    errors.ErrorInternalServerTransientError,
    errors.ErrorExceededConnectionCount,
)
PERMANENT = (errors.ErrorMessageSizeExceeded, errors.ErrorInvalidRecipients)


def judged(error: Exception, wire: Wire, endpoint: str, address: str) -> ChannelError:
    """The error as ours. `wire` is what the connection saw of it, `address` the mailbox that was asked for."""
    if isinstance(error, ChannelError):
        return error
    for kinds, absent in ((ABSENT, True), (PERSON, False)):
        for kind, said in kinds.items():
            if type(error) is kind:
                where = f"{address}: " if address else ""
                sentence = f"{where}{said} ({_words(error)})."
                return ChannelError(sentence, absent=absent, permanent=isinstance(error, PERMANENT))
    if wire.broken or wire.status not in (0, 200, 500) or isinstance(error, BUSY):
        return _server(error, wire, endpoint)
    if isinstance(error, errors.ErrorTimeoutExpired):
        return ChannelError(f"{endpoint}: no answer in time.", about="server", perhaps=wire.was_sent)
    if isinstance(error, errors.ResponseMessageError | errors.ErrorInvalidIdMalformed):
        return ChannelError(f"{address}: Exchange refused: {type(error).__name__}, {_words(error)}.")
    if isinstance(error, errors.TransportError | errors.CASError):
        return _server(error, wire, endpoint)
    if type(error).__name__ == "UnknownTimeZone":
        return ChannelError(
            f"{address}: Exchange knows no such time zone ({_words(error)}). Choose another in config.toml."
        )
    log.error("a fault of ours", exc_info=error)  # the sentence alone would not tell where
    return ChannelError(f"{address or endpoint}: unexpected: {type(error).__name__}, {_words(error)}.")


def _server(error: Exception, wire: Wire, endpoint: str) -> ChannelError:
    """Trouble of the server, or of the way to it. Whatever came back with a status was not carried out."""
    # The ten seconds that exchangelib makes up for a lost connection are nobody's wish.
    wait = None if wire.broken else _wait(error, wire)
    lost = wire.was_sent and not wire.status
    if wire.broken is not None:
        said = _broken(wire.broken)
    elif wire.status == 404:
        said = "there is no Exchange at this address. Correct [exchange] endpoint"
    elif wire.status == 429:
        said = "the server is busy (status 429)"  # exchangelib's words are the answer's headers
    elif isinstance(error, BUSY):
        said = f"the server is busy ({_words(error)})"
    elif "html" in wire.kind and wire.status in (0, 200):
        said = "a web page came back instead of Exchange's answer. Look for a proxy or a login page in between"
    elif 300 <= wire.status < 400:
        said = "the server sends us elsewhere. Correct [exchange] endpoint"
    else:
        status = f"status {wire.status}" if wire.status else _words(error)
        said = f"the server did not answer as Exchange does ({status})"
    return ChannelError(f"{endpoint}: {said}.", about="server", wait=wait, perhaps=lost)


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


def _words(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")[:WORDS] or type(error).__name__
