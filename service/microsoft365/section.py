"""The section [microsoft365]."""

from calendars.microsoft365.settings import Microsoft365
from culture.settings import Bad, Key
from service.settings.config import Config, Section


def section(config: Config) -> Microsoft365:
    """The section, where it is used: the config is refused otherwise."""
    found = config.find(Microsoft365)
    assert found is not None
    return found


def _of_ones_own(server: Microsoft365) -> None:
    proofs = ("certificate_file", "secret_env", "secret_file", "secret_command")
    if sum(bool(getattr(server, key)) for key in proofs) != 1:
        raise Bad("[microsoft365] needs exactly one of certificate_file, secret_env, secret_file, secret_command.")


def _whole(config: Config) -> None:
    server = config.find(Microsoft365)
    if config.people.group and not server:
        raise Bad(
            '[people] group is "{group}", but there is no [{section}]. Write it with at least {keys}, or a file of people.',
            group=config.people.group,
            section=SECTION.name,
            keys=SECTION.needed,
        )
    if server and config.mail.transport == SECTION.name and server.mailbox not in (None, config.mail.sender_address):
        raise Bad(
            '[mail] sender_address is "{sender}", but letters would leave by the mailbox "{mailbox}" of [microsoft365]. Write the same.',
            sender=config.mail.sender_address,
            mailbox=server.mailbox,
        )


SECTION = Section(
    name="microsoft365",
    holds=Microsoft365,
    told=Key("Microsoft 365, where most people's Outlook is: docs/microsoft365.md.", waits=True),
    after="exchange",
    check=_of_ones_own,
    fits=_whole,
)
