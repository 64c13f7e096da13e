"""What an administrator does about a letter or call that waits or was refused: try it again, or give it up."""

from dataclasses import replace
from datetime import datetime

from calendars.difference import Publication, Superseded, park, unpark
from culture.keys import CallName
from mailer import outbox
from mailer.outbox import Changes
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence


def retry(engine: Engine, letter_id: str, now: datetime) -> None:
    """Send a parked letter again. Raises Refused when something newer has taken its place, and while all is taken back for
    what does not take back itself."""
    record = engine.letter(letter_id)
    engine.stored.changes += 1
    extra: Changes = {}
    publication = engine.stored.publication(record.publication) if record.publication else None
    if engine.stored.recalled() and not _cancels(publication, letter_id):
        text = (
            "All is taken back (aikultur recall), so no letter is sent that does not take something out of a calendar."
        )
        raise Refused(Sentence(text))
    if record.publication and record.state == "parked":
        if publication is None:
            raise Refused(Sentence("What it carries is no longer planned. Give it up with aikultur outbox drop."))
        try:
            extra = engine.stored.publication_changes(unpark(publication, letter_id))
        except Superseded:
            text = "Something newer about this event is on its way or has arrived. Give the old letter up."
            raise Refused(Sentence(text)) from None
    outbox.retry(engine.database, letter_id, now, transport=engine.inputs.config.mail.transport, extra=extra)


def _cancels(publication: Publication | None, letter_id: str) -> bool:
    """Whether the letter takes out of a calendar what stands there."""
    change = (publication.parked or publication.intended) if publication else None
    return change is not None and change.letter == letter_id and change.entry is None


def retry_call(engine: Engine, name: str) -> None:
    """Try a call again that failed, at the next tick; `name` is `block/PERSON` or `meeting/TURN/PERSON`."""
    call, stored = CallName.from_text(name), engine.stored
    block = stored.block(call.record) if call.kind == "block" else None
    meeting = stored.meeting(call.record) if call.kind == "meeting" else None
    if block:
        stored.put_block(replace(block, attempts=0, next_try=None), sync=True)
    elif meeting:
        stored.put_meeting(replace(meeting, attempts=0, next_try=None), sync=True)
    else:
        raise Refused(Sentence("No letter begins with {text}.", {"text": name}))


def drop(engine: Engine, letter_id: str, now: datetime) -> None:
    """Give a letter up; a calendar change in it is not tried again until the plan changes."""
    record = engine.letter(letter_id)
    engine.stored.changes += 1
    publication = engine.stored.publication(record.publication) if record.publication else None
    parked = park(publication) if publication and publication.intended else None
    outbox.drop(engine.database, letter_id, now, extra=engine.stored.publication_changes(parked) if parked else {})
