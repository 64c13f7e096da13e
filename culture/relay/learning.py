"""What is kept of a turn for all: the learning. And what anybody may tell: a discovery, a concern. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a challenge went. A text, for templates ask for it by its id."""

    WORKED = "worked"
    PARTLY = "partly"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What a turn taught. One to a turn, and `id` is the turn's; a later edit takes its place.

    `checked` says how the output was checked and `judged_by` by whose judgement: required when it worked.
    """

    id: str
    department: str
    person: str  # person id; shown only where `show_name`
    challenge: str  # id, empty for one of their own
    title: str  # the challenge's, as it was called then
    at: datetime
    outcome: Outcome
    worked: str = ""
    did_not: str = ""
    hard: str = ""
    easy: str = ""
    potential: str = ""
    checked: str = ""
    judged_by: str = ""
    tool: str = ""
    hours: float | None = None
    link: str = ""
    link_for: str = ""  # who can open it, in the presenter's words
    show_name: bool = False
    name_in_letters: bool = False  # whether it was said beside the tick that the name stands in letters as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One line about something that worked unexpectedly well, or was plainly interesting."""

    id: str
    at: datetime
    text: str
    person: str = ""  # person id
    department: str = ""
    show_name: bool = False
    name_in_letters: bool = False
