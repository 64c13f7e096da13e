"""`[people] only`: who is in the pilot, as the config says it."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from culture.people import Department
from culture.pilot import Pilot
from culture.settings import Bad
from service.settings.config_types import is_email


def pilot_of(only: Sequence[str] | None, departments: Mapping[str, Department]) -> Pilot | None:
    """The pilot that the entries say; None where there are none, and everybody counts. Raises Bad for an entry that is
    neither a department, an address nor a share."""
    keys = _by_name(departments)
    chosen, addresses, percent = set[str](), set[str](), 0
    for entry in (text.strip() for text in only or ()):
        if share := re.fullmatch(r"(\d{1,3}) ?%", entry):
            percent = max(percent, _percent(int(share[1]), entry))
        elif "@" in entry:
            if not is_email(entry):
                raise Bad('[people] only says "{entry}", which is not an e-mail address.', entry=entry)
            addresses.add(entry.lower())
        elif entry.casefold() in keys:
            chosen.add(keys[entry.casefold()])
        else:
            raise _nobody(entry, keys)
    return Pilot(departments=frozenset(chosen), addresses=frozenset(addresses), percent=percent) if only else None


def _by_name(departments: Mapping[str, Department]) -> dict[str, str]:
    """The keys of departments by all that they may be called, in one case of letters."""
    # What a department was called counts less than what one is called.
    keys = {text.casefold(): key for key, one in departments.items() for text in one.formerly}
    return keys | {text.casefold(): key for key, one in departments.items() for text in (one.name, key)}


def _percent(share: int, entry: str) -> int:
    """The share, where it is a part of everybody. Raises Bad."""
    if not 1 <= share <= 99:
        raise Bad(
            '[people] only says "{entry}". Write a share from 1 % to 99 %, or leave only out for everybody.',
            entry=entry,
        )
    return share


def _nobody(entry: str, keys: Mapping[str, str]) -> Bad:
    if near := get_close_matches(entry.casefold(), keys, 1, 0.6):
        text = '[people] only says "{entry}", and there is no such department. Did you mean "{near}"?'
        return Bad(text, entry=entry, near=keys[near[0]])
    text = '[people] only says "{entry}". Write the key of a department, an address, or a share such as "10 %".'
    return Bad(text, entry=entry)
