"""An Exchange server of our own on loopback, for tests: stateful, over real HTTP, with faults by script.

    with EwsServer(["anna@x.example"], [Fault("503", retry_after=30)]) as server:
        ...                                     # a client at server.url, as SERVICE with PASSWORD
        server.mailbox("anna@x.example").items  # what is there now
        server.log                              # what was asked, in order, with its response code

Faults: `faults.py`. Mailboxes and their states: `mailbox.py`. What each module does from Microsoft's documentation, and
what it guesses, stands at its top; guesses are marked [U]. Where the environment names a folder in EWS_SCHEMA_DIR,
every request is checked against Microsoft's schema and refused where it does not hold (`server.refused`); our own
answers are checked too (`server.misspoken`).

Not served: attachments, tasks, contacts, rooms, subscriptions, sync, moving and copying, folders of one's own,
autodiscover, accepting and declining, delegates, signing and sealing by NTLM, Kerberos, and throttling by itself.
"""

from tests.ews.faults import Fault
from tests.ews.mailbox import Delivery, Item, Letter, Mailbox, Occurrence
from tests.ews.server import PASSWORD, SERVICE, EwsServer, Request

__all__ = [
    "PASSWORD",
    "SERVICE",
    "Delivery",
    "EwsServer",
    "Fault",
    "Item",
    "Letter",
    "Mailbox",
    "Occurrence",
    "Request",
]
