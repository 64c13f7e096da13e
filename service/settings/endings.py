"""What the service logs in with and what ends soon, in sentences: for `check` and `status`. The letter is another's."""

from collections.abc import Iterator
from datetime import date

from culture.endings import near
from culture.organisation import Organisation
from service.messages.faults import Fault
from service.messages.translation import Sentence


def endings_told(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """What ends within a month, or has ended; `file` is the config's name."""
    for one in near(made, today):
        if one.what == "certificate":
            text = "the certificate for {server} ends on {day}. Make a new one, upload its public part there, and write it in place of this one."
        else:
            text = "the secret for {server} ends on {day}. Make a new one, write it in place of this one, and its day in secret_expires."
        yield Fault(file, f"[{one.section}] {one.key}", Sentence(text, {"server": one.called, "day": one.day}))
