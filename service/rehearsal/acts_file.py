"""What people do in a rehearsal, read from a TOML file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.programmes import brought
from service.rehearsal.stage import Doing, ScriptedAct, Stage
from service.settings.text_file import read_toml

KEYS = {"at", "do", "person", "with", "item", "set", "row", "edit", "first", "last"}


OURS: Mapping[str, Doing] = {
    "choose": Stage.choose,
    "join": Stage.join,
    "leave": Stage.leave,
    "absent": Stage.absent,
    "edit": Stage.edit,
    "recall": Stage.recall,
    "recall-end": Stage.take_up,
}

DOING: Mapping[str, Doing] = {**OURS, **{do: what for of in brought("rehearsed", "DOING") for do, what in of.items()}}


def read_acts(path: Path) -> list[ScriptedAct]:
    """The acts in a TOML file. Raises BadInput with every fault."""
    entries = read_toml(path).get("act", [])
    acts, faults = [], []
    for number, entry in enumerate(entries, 1):
        wrong = _wrong(entry)
        if wrong:
            faults.append(Fault(path.name, f"act {number}", wrong))
        else:
            acts.append(_act(entry))
    if faults:
        raise BadInput(faults)
    return acts


def _wrong(entry: Mapping[str, Any]) -> Sentence | None:
    if not isinstance(entry.get("at"), datetime):
        return Sentence("at is missing or no moment. Write for example at = 2027-02-01T10:00:00.")
    if entry.get("do") not in DOING or set(entry) - KEYS:
        text = "do must be one of {verbs}; docs/rehearse.md has an example of each."
        return Sentence(text, {"verbs": ", ".join(DOING)})
    return None


def _act(entry: Mapping[str, Any]) -> ScriptedAct:
    days = {key: entry[key] for key in ("first", "last") if key in entry}
    return ScriptedAct(
        at=entry["at"],
        do=entry["do"],
        person=str(entry.get("person", "")),
        colleague=str(entry.get("with", "")),
        item=str(entry.get("item", "")),
        values={**(entry.get("set") or entry.get("row") or entry.get("edit") or {}), **days},
    )
