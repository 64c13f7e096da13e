"""The channel `microsoft365`: blocks are written into people's own calendars in the tenant of [microsoft365]."""

from collections.abc import Iterator, Sequence

from calendars.channel import ChannelError
from calendars.server.face import Session
from service.messages.translation import Sentence
from service.microsoft365.section import section
from service.settings.channel_row import ChannelRow, ServerRow
from service.settings.config import Source
from store.database import Database


def _mailbox(source: Source) -> str:
    return section(source.config).mailbox or source.config.mail.sender_address


def _session(source: Source, database: Database, key: bytes) -> Session:
    from service.microsoft365.session import session

    return session(source, database, key)


def _probe(source: Source, database: Database, key: bytes, people: Sequence[str]) -> Iterator[Sentence | ChannelError]:
    """One try with the proof as it is now, also if it was refused before; and a look into the mailboxes."""
    from service.microsoft365.session import session

    found = session(source, database, key, again=True)
    try:
        yield Sentence("Microsoft 365 lets us in: {name}.", {"name": found.probe()})
        for mailbox in (_mailbox(source), *people[:1]):
            try:
                found.look(mailbox)
                yield Sentence("The service may act in {mailbox}.", {"mailbox": mailbox})
            except ChannelError as error:
                yield error
    except ChannelError as error:
        yield error
    finally:
        found.close()


CHANNEL = ChannelRow(
    name="microsoft365",
    words=Sentence("Straight into my Outlook calendar"),
    server=ServerRow(
        called="Microsoft 365",
        name=lambda source: section(source.config).tenant,
        mailbox=_mailbox,
        session=_session,
        probe=_probe,
        at_once=4,
        weeks=lambda config: section(config).prompt_weeks,
    ),
)
