"""The forms of the programmes' pages: what a posted one asks for, and what of it is shown again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.acts.act_row import NOTED
from service.acts.requests import Act
from service.acts.table import ACTS
from service.messages.faults import Fault
from service.messages.translation import Sentence

LARGEST_FORM = 384 * 1024
"""Bytes of a posted form. Six texts of 4000 letters, each of them twelve bytes at the worst (an emoji, %-encoded), are
281 KB; a text that is a little too long must come back to whoever wrote it."""

NOTED_WORD = "noted"

ON_PAGE = {name: row for name, row in ACTS.items() if row.on_page}

DONE: Mapping[str, Sentence] = {
    **{name: row.done for name, row in ON_PAGE.items() if not row.nameless},
    NOTED_WORD: NOTED,
}
"""What the page says after a redirect, by the word in its address."""

CHOOSE: Mapping[str, Sentence] = {
    "outcome": Sentence("Choose how it went."),
    "verdict": Sentence("Choose one of the three answers."),
}
"""On a page there are words to choose from and none to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A form that came back, and what is wrong with it."""

    doing: str
    about: str
    values: Mapping[str, str]
    faults: Mapping[str, Sentence] = field(default_factory=dict)

    def with_faults(self, faults: Sequence[Fault]) -> "Written":
        """The form with what is wrong, by field, in the order of the page."""
        found = {fault.file: CHOOSE.get(fault.file, fault.sentence) for fault in reversed(faults)}
        return replace(self, faults={name: found[name] for name in ACTS[self.doing].fields if name in found})

    def act(self, person_id: str) -> Act:
        """What the form asks for, as an act of this person."""
        return Act(person_id=person_id, doing=self.doing, about=self.about, values=self.values)


def posted(fields: Mapping[str, Sequence[str]]) -> Written | None:
    """The form as it came back, fields that it does not have left out. None when it is none of ours."""
    row = ON_PAGE.get(fields.get("act", [""])[-1])
    if row is None:
        return None
    values = {
        name: "\n".join(fields[name]) if name in row.many else fields[name][-1] for name in row.fields if name in fields
    }
    return Written(doing=row.name, about=fields.get("about", [""])[-1], values=values)


def done_word(doing: str) -> str:
    """The word in the address of the page that is shown afterwards."""
    return NOTED_WORD if ACTS[doing].nameless else doing
