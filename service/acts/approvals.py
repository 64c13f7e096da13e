"""What an administrator says about what the fuse holds: yes, or that nobody is to be told."""

from datetime import datetime

from calendars.difference import intend, settle
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.fuse import Held
from service.planning.jobs import Job
from service.planning.kinds import KINDS
from service.planning.plan import Plan
from store import records


def refuse(engine: Engine, held: Held, found: Plan, now: datetime) -> int:
    """Count what the fuse holds of the plan `found` as said, and send none of it; how many letters that is.

    Raises Refused for what is no letter: calls are worked out afresh at every tick, and people and clocks are not said.
    """
    letters = [one for one in found.held_back if one.key in held.keys and isinstance(one, Job)]
    if len(letters) < len(held.keys):
        text = "{kind} cannot be refused. Change the config or the file so that it is not wanted any more."
        if held.kind == "people":
            text = "What it says of people is not believed, and everybody stays as they were. There is nothing to refuse: mend the file, or the group."
        if held.kind == "meetings":
            text = (
                "The calendar is not believed, and its last copy stays. There is nothing to refuse: mend the calendar."
            )
        raise Refused(Sentence(text, {"kind": KINDS[held.kind].name}))
    with engine.database.batch():
        for letter in letters:
            engine.stored.refuse(letter.keys, now)
            for change in letter.changes:
                told = settle(intend(engine.stored.publication(change.publication), change, ""))
                for key, document in engine.stored.publication_changes(told)[records.PUBLICATIONS].items():
                    engine.database.table(records.PUBLICATIONS).put(key, document)
    return len(letters)
