"""How much mail a mailbox may send: messages a minute, recipients a day. Off unless a test sets them.

Exchange Online limits: 30 messages a minute, 10,000 recipients a day. Over the first a request is throttled here; the
words and the status for the second are a guess [U].
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.graph.errors import GraphError


@dataclass(slots=True)
class Limits:
    messages_per_minute: int | None = None
    recipients_per_day: int | None = None
    _sent: dict[str, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def count(self, address: str, recipients: int, now: datetime) -> None:
        """Raises GraphError 429 where this letter is one too many, and counts it otherwise."""
        sent = self._sent[address]
        minute = [at for at, _ in sent if at > now - timedelta(minutes=1)]
        if self.messages_per_minute is not None and len(minute) >= self.messages_per_minute:
            wait = (min(minute) + timedelta(minutes=1) - now).total_seconds()
            text = "Application is over its MessageRate limit."
            raise GraphError(429, "ApplicationThrottled", text, {"Retry-After": str(max(1, int(wait)))})
        day = sum(number for at, number in sent if at > now - timedelta(days=1))
        if self.recipients_per_day is not None and day + recipients > self.recipients_per_day:
            text = "The message can't be submitted because the sender's submission quota was exceeded."
            raise GraphError(429, "ErrorQuotaExceeded", text, {"Retry-After": "3600"})
        sent.append((now, recipients))
