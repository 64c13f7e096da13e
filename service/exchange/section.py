"""The section [exchange]."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from culture.settings import Bad, Email, Key, Line, Size, Within
from service.settings.config import Config, Section
from service.settings.loopback import is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSection:
    """An Exchange server on premises, reached by Exchange Web Services."""

    endpoint: Annotated[
        Line,
        Key(
            "The address of its Exchange Web Services.",
            more="Exchange Online takes none of this since October 2026.",
            example='"https://mail.groennebyrum.example/EWS/Exchange.asmx"',
        ),
    ]
    version: Annotated[Literal["2013", "2016", "2019", "SE"], Key("Its version; 2013 with SP1.")] = "2019"
    auth: Annotated[Literal["ntlm", "basic", "kerberos"], Key("How the service logs in.")] = "ntlm"
    user: Annotated[
        Line,
        Key("The service's account.", more='Or `"account@styrelsen.dk"`.', example="'GROENNEBYRUM\\svc-aikultur'"),
    ]
    secret_env: Annotated[
        Line | None,
        Key(
            "The environment variable with the password; none with kerberos.",
            example='"AIKULTUR_EXCHANGE_SECRET"',
        ),
    ] = None
    secret_file: Annotated[Line | None, Key("Or the file with it.", example='"/run/secrets/exchange"')] = None
    secret_command: Annotated[
        tuple[str, ...] | None, Size(1), Key("Or the command that prints it.", example='["pass", "exchange"]')
    ] = None
    mailbox: Annotated[
        Email | None,
        Key(
            "The service's own mailbox; left out, the sender of letters.",
            more='It sends meetings and, with `transport = "exchange"`, letters.',
            example='"ai-tid@groennebyrum.example"',
        ),
    ] = None
    ca_file: Annotated[
        Line | None,
        Key(
            "The certificate authority of your own; certificates are always verified.",
            example='"groennebyrum-ca.pem"',
        ),
    ] = None
    timeout_seconds: Annotated[int, Within(1, 600), Key("How long a silent server is listened to.")] = 60
    prompt_weeks: Annotated[
        int,
        Within(0, 8),
        Key("How many weeks' prompts stand in the days of the block, this week among them."),
    ] = 2
    keep_sent: Annotated[bool, Key("Whether letters and cancellations sent by Exchange stay in Sent Items.")] = False

    def check(self, given: frozenset[str]) -> None:
        if "office365.com" in self.endpoint or "outlook.com" in self.endpoint:
            raise Bad(
                "Exchange Online has taken no Exchange Web Services since October 2026. [exchange] is for a server of your own."
            )
        address = re.fullmatch(r"(https?)://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d+)?/\S*", self.endpoint)
        if not address or (address[1] == "http" and not is_loopback(address[2])):
            raise Bad(
                '"{endpoint}" is not the address of an Exchange server. Write for example "https://mail.styrelsen.dk/EWS/Exchange.asmx".',
                endpoint=self.endpoint,
            )
        secrets = [key for key in ("secret_env", "secret_file", "secret_command") if getattr(self, key)]
        if self.auth == "kerberos" and secrets:
            raise Bad('With auth = "kerberos" the ticket is the proof. Take the secret out.')
        if self.auth != "kerberos" and len(secrets) != 1:
            raise Bad('auth = "{auth}" needs exactly one of secret_env, secret_file, secret_command.', auth=self.auth)


def _sends_as_itself(config: Config) -> None:
    section = config.brought.find(ExchangeSection)
    if section and config.mail.transport == "exchange" and section.mailbox not in (None, config.mail.sender_address):
        raise Bad(
            '[mail] sender_address is "{sender}", but letters would leave by the mailbox "{mailbox}" of [exchange]. Write the same.',
            sender=config.mail.sender_address,
            mailbox=section.mailbox,
        )


SECTION = Section(
    name="exchange",
    holds=ExchangeSection,
    told=Key("An Exchange server of your own: docs/exchange-server.md.", waits=True),
    after="smtp",
    fits=_sends_as_itself,
    optional=True,
)
