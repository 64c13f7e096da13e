"""The requests that we make, as exchangelib's services: errors come back in lists, and nothing is looked up first."""

from collections.abc import Sequence
from typing import Any

from exchangelib import errors, properties, services
from exchangelib.folders import Calendar, Root, SentItems


def catching(service: Any) -> Any:
    """The service with every error inside a list given back in the list: exchangelib raises most and loses the rest."""
    return type(service.__name__, (service,), {"ERRORS_TO_CATCH_IN_RESPONSE": (errors.ResponseMessageError,)})


CREATE, GET, UPDATE, DELETE = map(
    catching, (services.CreateItem, services.GetItem, services.UpdateItem, services.DeleteItem)
)
FIND = catching(services.FindItem)
FOLDER = catching(services.GetFolder)
AVAILABILITY = catching(services.GetUserAvailability)


def folder_of(account: Any, name: str) -> Any:
    """A folder by its name, without the two requests that exchangelib would look it up with."""
    mailbox = properties.Mailbox(email_address=account.primary_smtp_address)
    of_mailbox = {
        key: properties.DistinguishedFolderId(id=key, mailbox=mailbox) for key in (name, Root.DISTINGUISHED_FOLDER_ID)
    }
    root = Root(account=account, _distinguished_id=of_mailbox[Root.DISTINGUISHED_FOLDER_ID])
    kind = {"calendar": Calendar, "sentitems": SentItems}[name]
    return kind(root=root, _distinguished_id=of_mailbox[name])


def update(account: Any, items: Sequence[tuple[Any, list[str]]], tell: str) -> list[Any]:
    """Overwrites: what was there has been looked at, and one day's write changes the key of the next."""
    return list(
        UPDATE(account=account).call(
            items=items,
            conflict_resolution="AlwaysOverwrite",
            message_disposition="SaveOnly",
            send_meeting_invitations_or_cancellations=tell,
            suppress_read_receipts=True,
        )
    )


def delete(account: Any, ids: Sequence[Any]) -> list[Any]:
    """Delete items for good, and tell nobody; what the server says of each."""
    return list(
        DELETE(account=account).call(
            items=ids,
            delete_type="HardDelete",
            send_meeting_cancellations="SendToNone",
            affected_task_occurrences="AllOccurrences",
            suppress_read_receipts=True,
        )
    )


def raised(results: Any) -> list[Any]:
    """What came back of each. Raises the first error among it."""
    found = list(results)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


GONE = (
    errors.ErrorItemNotFound,
    errors.ErrorCalendarOccurrenceIsDeletedFromRecurrence,
    errors.ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
)


def is_gone(result: Any) -> bool:
    """Whether the server says that there is no such item, or no such day any more."""
    return isinstance(result, GONE)
