"""An Exchange server of one's own: the section [exchange]."""

from dataclasses import dataclass
from typing import Annotated, Literal

from culture.settings import Email, Key, Line, Size, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An Exchange server on premises, reached by Exchange Web Services."""

    endpoint: Annotated[
        Line,
        Key(
            "The address of its Exchange Web Services.",
            more="Exchange Online takes none of this since October 2026.",
            example='"https://mail.groennebyrum.example/EWS/Exchange.asmx"',
        ),
    ]
    version: Annotated[Literal["2013", "2016", "2019", "SE"], Key("Its version; of 2013 it takes SP1.")] = "2019"
    auth: Annotated[Literal["ntlm", "basic", "kerberos"], Key("How the service logs in.")] = "ntlm"
    user: Annotated[
        Line,
        Key(
            "The service's account.",
            more="`'DOMAIN\\account'` or `\"account@styrelsen.dk\"`.",
            example="'GROENNEBYRUM\\svc-aikultur'",
        ),
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
