"""A Microsoft Graph of our own on loopback, for tests: stateful, over real HTTP, with faults by script.

    with GraphServer(["anna@x.example"], [Fault("503", retry_after=30)]) as server:
        ...                                     # a client at server.url, let in at server.authority, trusting
                                                # server.ca_file, as CLIENT with SECRET
        server.mailbox("anna@x.example").items  # what is there now
        server.hands("anna@x.example").move_day(day, timedelta(hours=1))  # what Anna does in Outlook
        server.log                              # what was asked, in order, with its code

Named as in tests/ews, so that one test can look at either. Faults: `faults.py`. Mailboxes and their states: `mailbox.py`.
Applications and their rights: `access.py`. The directory: `directory.py`. What each module does from Microsoft's
documentation, and what it guesses, stands at its top; guesses are marked [U]. Where the environment names a folder in
GRAPH_SCHEMA_DIR, every body is checked against Microsoft's description, else against a few types by hand: what is refused
stands in `server.refused`, answers of ours that the description would not have in `server.misspoken`.

Not served: delegated permissions, attachments that are read, extensions, rooms, subscriptions, $search, sharing of calendars,
delta of messages, and whatever is not in `routes.py`; a query option that is not served is refused. `python -m tests.graph`
serves clients that live elsewhere.
"""

from tests.ews.mailbox import Delivery, Letter
from tests.graph.access import Application
from tests.graph.credentials import make_credential
from tests.graph.faults import Fault, mix
from tests.graph.hands import Hands
from tests.graph.mailbox import Item, Mailbox, Occurrence
from tests.graph.outcome import Request
from tests.graph.server import CLIENT, DOMAIN, SECRET, SERVICE, TENANT, GraphServer

__all__ = [
    "CLIENT",
    "DOMAIN",
    "SECRET",
    "SERVICE",
    "TENANT",
    "Application",
    "Delivery",
    "Fault",
    "GraphServer",
    "Hands",
    "Item",
    "Letter",
    "Mailbox",
    "Occurrence",
    "Request",
    "make_credential",
    "mix",
]
