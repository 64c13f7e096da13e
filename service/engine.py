"""One tick: look at the files, plan, write down, claim letters. The same for the service, `--once` and `rehearse`."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from calendars.difference import intend
from culture import vitamin
from culture.people import Row
from culture.workdays import Week
from mailer.letter import Sender
from mailer.outbox import Claim, claim
from mailer.render import Renderer, TemplateFault
from service.fault import Fault
from service.feeds import Feed
from service.inputs import Inputs, read_inputs, signature
from service.letters import letter_links, write
from service.links import Links
from service.plan import Job, Plan, plan
from service.state import Stored
from service.words import Sentence
from store import records
from store.database import Database, open_database
from store.secret import secret
from store.spool import Spool

log = logging.getLogger("aikultur")

GROUP = 100
"""Letters claimed with one sync: grouping is what makes the ledger cheap, a hundred is where it stops paying."""


@dataclass(slots=True)
class Engine:
    """The state of one running service: what was read, the store, and the plan being carried out."""

    path: Path
    inputs: Inputs
    database: Database
    spool: Spool
    key: bytes
    last_tick: datetime | None = None
    agenda: Plan | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def stored(self) -> Stored:
        return Stored(self.database)

    @property
    def links(self) -> Links:
        return Links(self.key, self.inputs.config.web.public_url)

    @property
    def sender(self) -> Sender:
        mail = self.inputs.config.mail
        return Sender(
            name=mail.sender_name,
            address=mail.sender_address,
            reply_to=mail.reply_to,
            domain=self.inputs.config.organisation.domain,
        )
