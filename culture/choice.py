"""What somebody chose at one moment, and by which way. Pure."""

from dataclasses import dataclass, fields
from typing import Literal

from culture.people import Preference

By = Literal["page", "stop", "administrator", "facilitator", "same", "rehearsal"]
"""The personal page, the stop in a letter (a mailbox's own button or our page behind it), the command line, the facilitator of whoever gets no mail, another id
that turned out to be the same person, an act of a rehearsal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`chosen` holds the new values of `fields` and nothing else; None there: it was taken back, and the usual applies."""

    by: By
    fields: tuple[str, ...]
    chosen: Preference


def difference(before: Preference, after: Preference, by: By) -> Choice:
    """What is chosen anew in `after`: the fields that differ, with their new values."""
    new = {one.name: getattr(after, one.name) for one in fields(Preference)}
    new = {name: value for name, value in new.items() if value != getattr(before, name)}
    return Choice(by=by, fields=tuple(new), chosen=Preference(**new))
