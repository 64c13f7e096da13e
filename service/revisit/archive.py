"""What the revisit list brings to the archive: what was rejected or did not work, and every judgement. Pure."""

from collections.abc import Iterator

from culture.archive.entries import NONE, Entries, Entry, Value, tool
from culture.people import Language
from culture.relay.schedule import RelayRecords
from culture.relay.shared import Shared, shared
from culture.revisit.rules import Revisit, RevisitRecords, What
from culture.revisit.settings import RevisitList
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say, word
from service.revisit.letters import name_in


def _every(world: World, language: Language) -> Iterator[Entry]:
    for item in world.of(RevisitRecords).items.values():
        name, told = name_in(world, item, language), _told(world, item)
        last = item.judgements[-1] if item.judgements else None
        yield Entry(
            key=f"revisit/{item.id}",
            kind=Value("revisit", say(language, "Revisit")),
            title=name,
            when=str(last.day) if last else _since(item, told),
            body=tuple(_body(item, language)),
            outcome=Value("open", say(language, "to be judged again"))
            if item.open or not last
            else _verdict(item, language),
            department=_department(world, told),
            tool=tool(name) if item.what is What.TOOL else NONE,
        )


def _told(world: World, item: Revisit) -> Shared | None:
    """What may be told of the turn that an item comes from: no more than of what was learned there."""
    records = world.of(RelayRecords)
    learning = records.learnings.get(item.turn)
    return shared(world.organisation, records, learning, world.today, "page") if learning else None


def _since(item: Revisit, told: Shared | None) -> str:
    """The day on which it was rejected; of what was tried by somebody who is not named, the month."""
    dated = told.dated if told else not item.turn
    return str(item.rejected_on) if dated else f"{item.rejected_on:%Y-%m}"


def _department(world: World, told: Shared | None) -> Value:
    department = world.organisation.departments.get(told.department) if told else None
    return Value(department.key, department.name) if department else NONE


def _verdict(item: Revisit, language: Language) -> Value:
    last = item.judgements[-1].verdict
    return Value(str(last), word("verdict", last).said(language))


def _body(item: Revisit, language: Language) -> Iterator[tuple[str, str]]:
    """Why, and how it was judged since; without by whom, who was not asked."""
    if item.reason:
        yield say(language, "The reason"), item.reason
    if item.would_change:
        yield say(language, "What would have to change"), item.would_change
    if item.trigger:
        yield say(language, "New since then"), item.trigger
    for one in item.judgements:
        day, verdict = tongue(language).whole_date(one.day), word("verdict", one.verdict).said(language)
        yield f"{day}: {verdict}", one.reason


ENTRIES = Entries(on=lambda organisation: organisation.of(RevisitList).enabled, every=_every)
