"""The section [exchange]."""

import re

from calendars.exchange.settings import Exchange
from culture.settings import Bad, Key
from service.settings.config import Config, Section
from service.settings.loopback import is_loopback


def section(config: Config) -> Exchange:
    """The section, where it is used: the config is refused otherwise."""
    found = config.find(Exchange)
    assert found is not None
    return found


def _of_ones_own(server: Exchange) -> None:
    _check_endpoint(server)
    _check_secret(server)


def _check_endpoint(server: Exchange) -> None:
    if "office365.com" in server.endpoint or "outlook.com" in server.endpoint:
        raise Bad(
            "Exchange Online has taken no Exchange Web Services since October 2026. [exchange] is for a server of your own."
        )
    address = re.fullmatch(r"(https?)://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d+)?/\S*", server.endpoint)
    if not address or (address[1] == "http" and not is_loopback(address[2])):
        raise Bad(
            '"{endpoint}" is not the address of an Exchange server. Write for example "https://mail.styrelsen.dk/EWS/Exchange.asmx".',
            endpoint=server.endpoint,
        )


def _check_secret(server: Exchange) -> None:
    secrets = [key for key in ("secret_env", "secret_file", "secret_command") if getattr(server, key)]
    if server.auth == "kerberos" and secrets:
        raise Bad('With auth = "kerberos" the ticket is the proof. Take the secret out.')
    if server.auth != "kerberos" and len(secrets) != 1:
        raise Bad('auth = "{auth}" needs exactly one of secret_env, secret_file, secret_command.', auth=server.auth)


def _the_sender_s_own(config: Config) -> None:
    server = config.find(Exchange)
    if server and config.mail.transport == "exchange" and server.mailbox not in (None, config.mail.sender_address):
        raise Bad(
            '[mail] sender_address is "{sender}", but letters would leave by the mailbox "{mailbox}" of [exchange]. Write the same.',
            sender=config.mail.sender_address,
            mailbox=server.mailbox,
        )


SECTION = Section(
    name="exchange",
    holds=Exchange,
    told=Key("An Exchange server of your own: docs/exchange-server.md.", waits=True),
    after="smtp",
    check=_of_ones_own,
    fits=_the_sender_s_own,
)
