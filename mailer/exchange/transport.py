"""The transport `exchange`: each letter in MIME form through the service's own mailbox, its headers intact."""

from mailer.by_mailbox import ByMailbox


class ExchangeTransport(ByMailbox):
    name = "exchange"
    called = "Exchange"
