"""The tables of the vitamin pill."""

from dataclasses import replace
from datetime import date, time, timedelta

from calendars.server.standing import BlockState
from culture.called import Called
from culture.keys import PersonWeek, PromptsKey
from culture.vitamin.prompts import Given
from service.engine import told
from service.engine.table_row import Table, Told, its_key, plain, week_before
from service.messages.translation import Sentence
from store import records
from store.unreadable import Document


def _prompts(key: str, document: Document) -> tuple[PromptsKey, dict[date, Given]]:
    return PromptsKey.from_text(key), records.to_given(document)


def _prompts_of_today(
    _: str, record: tuple[PromptsKey, dict[date, Given]], called: Called
) -> tuple[str, tuple[PromptsKey, dict[date, Given]]]:
    named, days = record
    named = replace(named, department=called.now(named.department))
    return named.to_text(), (named, days)


def _decided(key: str, document: Document) -> dict[date, time]:
    PersonWeek.from_text(key)
    return {date.fromisoformat(day): time.fromisoformat(start) for day, start in document.items()}


TOLD_BLOCKS = Told(
    what=Sentence(
        "how the ten minutes stand in your calendar on the server, and whether you moved or deleted them yourself"
    ),
    why=Sentence("so that what you changed in your own calendar is left alone"),
    seen=told.RUNNERS,
    until=told.WITH_YOU,
    on_server=True,
)
TOLD_MINUTES = Told(
    what=Sentence("at which free minute of a day your ten minutes lie, where your calendar was looked at for that"),
    why=Sentence("so that they do not move about"),
    seen=told.YOU_ALONE,
    until=Sentence("until the week after is over"),
    on_server=True,
)


TABLES = (
    Table(
        name=records.PROMPTS,
        at_restore="kept",
        read=_prompts,
        renamed=_prompts_of_today,
        both=lambda one, other: (one[0], other[1] | one[1]),
        in_memory=True,
    ),
    Table(name=records.BLOCKS, told=TOLD_BLOCKS, at_restore="kept", read=plain(BlockState), whose=its_key),
    Table(
        name=records.FREE_MINUTES,
        told=TOLD_MINUTES,
        at_restore="kept",
        read=_decided,
        whose=lambda key, _: (PersonWeek.from_text(key).person_id,),
        over=lambda now, key, _: str(PersonWeek.from_text(key).week) < week_before(now, timedelta(weeks=1)),
    ),
)
