"""What people ask for on their pages: values that the web makes and the main thread carries out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture.choice import By
from culture.people import Preference


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChoice:
    """What a person chose, to be written by the main thread: those fields and no others. `by` is the way it came.

    `changes` are fields of a preference. `shown` is what stood on the page that they come from; None: they hold
    whatever stands, as a stop from a mailbox does. `asks_link`: nothing was chosen there, for they have no link to it
    and want one.
    """

    person_id: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    shown: Preference | None = None
    by: By = "page"
    new_addresses: bool = False
    new_links: bool = False  # and with them new addresses
    asks_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did about turns, learnings and the revisit list, to be written by the main thread.

    `doing` is the name of a row in `service.acts.table`, `about` the id of a turn, meeting or item; `values` are the
    fields of the form, as they came. `by`: who does it for the person; the person, where it is left out.
    """

    person_id: str
    doing: str
    about: str = ""
    by: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
