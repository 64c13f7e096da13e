"""The channel `exchange`: blocks are written into people's own calendars on the server of [exchange]."""

from collections.abc import Iterator, Sequence

from calendars.channel import ChannelError
from calendars.server.face import Session
from service.exchange.section import section
from service.messages.translation import Sentence
from service.settings.channel_row import ChannelRow, ServerRow
from service.settings.config import Source
from store.database import Database


def _mailbox(source: Source) -> str:
    return section(source.config).mailbox or source.config.mail.sender_address


def _session(source: Source, database: Database, key: bytes) -> Session:
    from service.exchange.session import session

    return session(source, database, key)


def _probe(source: Source, database: Database, key: bytes, people: Sequence[str]) -> Iterator[Sentence | ChannelError]:
    """One try with the password as it is now, also if it was refused before; and a look into the mailboxes, as every call
    needs it."""
    from service.exchange.session import session

    found = session(source, database, key, again=True)
    try:
        yield Sentence("Exchange lets us in: {version}.", {"version": found.probe()})
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
    name="exchange",
    words=Sentence("Straight into my Outlook calendar"),
    server=ServerRow(
        called="Exchange",
        name=lambda source: section(source.config).endpoint,
        mailbox=_mailbox,
        session=_session,
        probe=_probe,
        at_once=4,  # its own limit is 27 for an account that acts in others' mailboxes; Microsoft advises ten at most
        weeks=lambda config: section(config).prompt_weeks,
    ),
)
