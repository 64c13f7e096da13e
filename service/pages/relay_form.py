"""The forms of the relay's page: what a posted one asks for, and what of it is shown again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from service.acts.requests import Doing, RelayAct
from service.messages.faults import Fault
from service.messages.translation import Sentence

LARGEST_FORM = 384 * 1024
"""Bytes of a posted form. Six texts of 4000 letters, each of them twelve bytes at the worst (an emoji, %-encoded), are
281 KB; a text that is a little too long must come back to whoever wrote it."""

ANSWERS = ("worked", "did_not", "hard", "easy", "potential", "checked", "judged_by", "tool", "hours", "link")

FIELDS: Mapping[Doing, Sequence[str]] = {
    "swap": ("colleague",),
    "learning": ("outcome", *ANSWERS, "show_name", "before"),
    "discovery": ("text", "show_name"),
    "judgement": ("verdict", "reason"),
}
"""What is read of each form, in the order of the page; the others have buttons only."""

DONE: Mapping[str, Sentence] = {
    "pass": Sentence("It is done. The turn is no longer yours."),
    "swap": Sentence("It is done. Your colleague is asked, and the turn stays yours until there is a yes."),
    "accept": Sentence("It is done. Thank you, you have swapped."),
    "decline": Sentence("It is done. The turn stays where it is, and that is fine."),
    "volunteer": Sentence("It is done. The turn is yours."),
    "undo": Sentence("It is done. That was taken back."),
    "judgement": Sentence("It is done. Your judgement is written down."),
    "address": Sentence("You have new calendar addresses, and the old ones no longer work. Subscribe to the new ones."),
    "noted": Sentence("Thank you. It is written down."),
}
"""What the page says after a redirect, by the word in its address."""

WITHOUT_A_NAME: frozenset[Doing] = frozenset({"learning", "discovery"})
"""These come back to one and the same address: a proxy's log need not tell who noted a discovery."""

CHOOSE: Mapping[str, Sentence] = {
    "outcome": Sentence("Choose how it went."),
    "verdict": Sentence("Choose one of the three answers."),
}
"""On a page there are words to choose from and none to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A form that came back, and what is wrong with it."""

    doing: Doing
    about: str
    values: Mapping[str, str]
    faults: Mapping[str, Sentence] = field(default_factory=dict)

    def with_faults(self, faults: Sequence[Fault]) -> "Written":
        """The form with what is wrong, by field, in the order of the page."""
        found = {fault.file: CHOOSE.get(fault.file, fault.sentence) for fault in reversed(faults)}
        return replace(self, faults={name: found[name] for name in FIELDS.get(self.doing, ()) if name in found})

    def act(self, person_id: str) -> RelayAct:
        return RelayAct(person_id=person_id, doing=self.doing, about=self.about, values=self.values)


def posted(fields: Mapping[str, Sequence[str]]) -> Written | None:
    """The form as it came back, fields that it does not have left out. None when it is none of ours."""
    doing = fields.get("act", [""])[-1]
    if doing not in get_args(Doing):
        return None
    known = cast(Doing, doing)
    values = {name: fields[name][-1] for name in FIELDS.get(known, ()) if name in fields}
    return Written(doing=known, about=fields.get("about", [""])[-1], values=values)


def done_word(doing: Doing) -> str:
    """The word in the address of the page that is shown afterwards."""
    return "noted" if doing in WITHOUT_A_NAME else doing
