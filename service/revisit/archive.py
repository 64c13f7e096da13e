"""What the revisit list brings to the archive: what was rejected or did not work, and every judgement. Pure."""

from collections.abc import Iterator

from culture.archive.entries import NONE, Entries, Entry, Value, tool
from culture.people import Language
from culture.revisit.rules import Revisit, RevisitRecords, What
from culture.revisit.settings import RevisitList
from culture.revisit.shared import name_in, tried
from culture.world import World
from mailer.words import opening, tongue
from service.messages.translation import say, word
from service.revisit.words import news_in


def _every(world: World, language: Language) -> Iterator[Entry]:
    for item in world.of(RevisitRecords).items.values():
        name, where = name_in(world, item, language), tried(world, item)
        last = item.judgements[-1] if item.judgements else None
        department = world.organisation.departments.get(where.department)
        yield Entry(
            key=f"revisit/{item.id}",
            kind=Value("revisit", say(language, "Revisit")),
            title=name,
            when=str(last.day if last else where.day) if last or where.dated else f"{where.day:%Y-%m}",
            body=tuple(_body(item, language)),
            outcome=Value("open", say(language, "to be judged again"))
            if item.open or not last
            else _verdict(item, language),
            department=Value(department.key, department.name) if department else NONE,
            tool=tool(name) if item.what is What.TOOL else NONE,
        )


def _verdict(item: Revisit, language: Language) -> Value:
    last = item.judgements[-1].verdict
    return Value(str(last), word("verdict", last).said(language))


def _body(item: Revisit, language: Language) -> Iterator[tuple[str, str]]:
    """Why, and how it was judged since; without by whom, who was not asked."""
    if item.reason:
        yield say(language, "The reason"), item.reason
    if item.would_change:
        yield say(language, "What would have to change"), item.would_change
    if news := news_in(item, language):
        yield say(language, "New since then"), news
    for one in item.judgements:
        day, verdict = tongue(language).whole_date(one.day), word("verdict", one.verdict).said(language)
        yield f"{day}: {verdict}", one.reason
    if item.became:
        made = ", ".join(word("made", one).said(language) for one in item.became)
        yield say(language, "What became of it"), opening(made)


ENTRIES = Entries(on=lambda organisation: organisation.of(RevisitList).enabled, every=_every)
