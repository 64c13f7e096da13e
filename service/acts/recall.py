"""All that the service ever made is taken back, or it is taken up again. One journal line says so, and no half of it is
ever there: what is cancelled by it comes out of the difference, as everything does."""

from dataclasses import dataclass
from datetime import datetime

from calendars.difference import settle, unpark, withdraw
from culture.keys import NotAKey, NoticeKey
from culture.unsaid import Recall
from mailer.outbox import take_back
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.programme import of_kind
from store import records
from store.letters import LetterRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The letters that are claimed and not settled: those that can be taken back, and those that go on, for a server may
    have them or they take something out of a calendar themselves."""

    back: tuple[LetterRecord, ...]
    go_on: tuple[LetterRecord, ...]


def queued(engine: Engine) -> Queued:
    """The letters that are on their way now."""
    claimed = [letter for letter in engine.letters() if letter.state == "claimed"]
    back = tuple(letter for letter in claimed if _nobody_knows_of(engine, letter))
    return Queued(back=back, go_on=tuple(letter for letter in claimed if letter not in back))


def recall(engine: Engine, now: datetime) -> Queued:
    """Take all back from `now` on; the letters that were on their way. Raises Refused where that is done already."""
    with engine.stored.changing():
        if since := engine.stored.recalled():
            raise Refused(Sentence("It is recalled already, since {since}.", {"since": _shown(engine, since)}))
        engine.stored.put(records.RECALLS, now.isoformat(), Recall(since=now))
        found = queued(engine)
        for letter in found.back:
            take_back(engine.database, letter)
        for letter in (*found.back, *(one for one in engine.letters() if one.state == "parked" and one.in_doubt)):
            _put_right(engine, letter)
    return found


def take_up(engine: Engine, now: datetime) -> None:
    """End the recall: all is wanted again. Raises Refused where there is none."""
    with engine.stored.changing():
        since = engine.stored.recalled()
        if since is None:
            raise Refused(Sentence("It is not recalled, so there is nothing to take up again."))
        engine.stored.put(records.RECALLS, since.isoformat(), Recall(since=since, until=now))


def _nobody_knows_of(engine: Engine, letter: LetterRecord) -> bool:
    """Whether a letter can be taken back as if it had never been: no server may have it, and nothing goes by it."""
    if letter.doubtful or letter.in_doubt:
        return False
    if letter.publication is None:
        return not any(map(_tells_of_an_event, letter.notices))  # in words alone, and so told when it was claimed
    publication = engine.stored.publication(letter.publication)
    intended = publication.intended if publication else None
    return intended is None or intended.letter != letter.id or intended.entry is not None


def _tells_of_an_event(key: str) -> bool:
    try:
        return of_kind(NoticeKey.from_text(key).kind) is not None
    except NotAKey:
        return False


def _put_right(engine: Engine, letter: LetterRecord) -> None:
    """The publication of a letter that nobody has got is as before it, and of one that somebody may have got as if it had
    arrived: what may stand is cancelled too."""
    publication = engine.stored.publication(letter.publication) if letter.publication else None
    change = (publication.intended or publication.parked) if publication else None
    if publication is None or change is None or change.letter != letter.id or change.entry is None:
        return
    after = withdraw(publication) if publication.intended else settle(unpark(publication, letter.id))
    for key, document in engine.stored.publication_changes(after)[records.PUBLICATIONS].items():
        engine.database.table(records.PUBLICATIONS).put(key, document)


def _shown(engine: Engine, moment: datetime) -> str:
    return f"{moment.astimezone(engine.zone):%Y-%m-%d %H:%M}"
