"""The channel `microsoft365`: blocks are written into people's own calendars in the tenant of [microsoft365]."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from calendars.channel import ChannelError
from calendars.server.face import Session
from culture.endings import Ending
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.microsoft365.section import SECTION, section
from service.settings.channel_row import ChannelRow, ServerRow
from service.settings.config import Source
from service.settings.group_copy import GroupCopy
from service.settings.sections import PeopleSection
from store.database import Database

if TYPE_CHECKING:
    from service.microsoft365.proofs import Wanted

CALLED = "Microsoft 365"


def _mailbox(source: Source) -> str:
    return section(source.config).mailbox or source.config.mail.sender_address


def _session(source: Source, database: Database, key: bytes) -> Session:
    from service.microsoft365.session import session

    return session(source, database, key)


def _probe(
    source: Source, database: Database, key: bytes, addresses: Sequence[str]
) -> Iterator[Sentence | ChannelError]:
    """One try with the proof as it is now, also if it was refused before; then each right."""
    from service.microsoft365.proofs import proofs
    from service.microsoft365.session import session

    found = session(source, database, key, again=True)
    try:
        yield from proofs(found, _wanted(source, addresses))
    except ChannelError as error:
        yield error
    finally:
        found.close()


def _wanted(source: Source, addresses: Sequence[str]) -> "Wanted":
    from service.microsoft365.proofs import Wanted

    config, server = source.config, section(source.config)
    letters = config.mail.transport == CHANNEL.name
    return Wanted(
        mailbox=_mailbox(source),
        people=addresses,
        outsider=server.outsider,
        calendars=bool(addresses) or config.calendar.channel == CHANNEL.name,
        letters=letters,
        tidies=letters and not server.keep_sent,
        directory=bool(config.people.group),
    )


def _ends(source: Source) -> Ending | Fault | None:
    """When the certificate or the secret ends, as far as anybody wrote it."""
    server = section(source.config)
    known = {"called": CALLED, "section": SECTION.name}
    if server.certificate_file:
        from calendars.microsoft365.certificate import read_certificate

        try:
            found = read_certificate(source.resolve(server.certificate_file))
        except ValueError as wrong:
            sentence = Sentence("the certificate cannot be used: {fault}", {"fault": wrong})
            return Fault(source.path.name, f"[{SECTION.name}] certificate_file", sentence)
        return Ending(what="certificate", key="certificate_file", day=found.ends.date(), **known)
    if server.secret_expires is None:
        return None
    key = next(key for key in ("secret_env", "secret_file", "secret_command") if getattr(server, key))
    return Ending(what="secret", key=key, day=server.secret_expires, **known)


def _people(people: PeopleSection, session: Any, before: GroupCopy | None, now: datetime) -> GroupCopy:
    from service.microsoft365.people import read

    return read(people, session, before, now)


CHANNEL = ChannelRow(
    name="microsoft365",
    words=Sentence("Straight into my Outlook calendar"),
    server=ServerRow(
        called=CALLED,
        name=lambda source: section(source.config).tenant,
        mailbox=_mailbox,
        session=_session,
        probe=_probe,
        at_once=4,
        weeks=lambda config: section(config).prompt_weeks,
        proof=lambda config: section(config).certificate_file,
        ends=_ends,
        people=_people,
    ),
)
