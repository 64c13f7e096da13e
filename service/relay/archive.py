"""What the relay brings to the archive: learnings, and discoveries. Pure."""

from collections.abc import Iterator

from culture.archive.entries import Entries, Entry, Value, tool
from culture.organisation import Organisation
from culture.people import Language
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.shared import Shared, newest, shared
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say, word
from service.relay.learnings import EXPORTED, department_name, is_link
from service.relay.shared_words import title_of

UNDER_HEADINGS = ("worked", "did_not", "hard", "easy", "potential", "checked", "hours")
"""Of a learning: of what may be exported, without tool and presentation, which have places of their own."""


class _Words:
    """What is said of every entry, said once for all of them: there may be thousands."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.discovery = Value("discovery", say(language, "Discovery"))
        self.learning = Value("learning", say(language, "Learning"))
        self.outcomes = {one: Value(str(one), word("outcome", one).said(language)) for one in Outcome}
        self.headings = {name: say(language, EXPORTED[name]) for name in UNDER_HEADINGS}


def _on(organisation: Organisation) -> bool:
    return organisation.of(Relay).enabled or organisation.of(Vitamin).enabled


def _every(world: World, language: Language) -> Iterator[Entry]:
    records, relay = world.of(RelayRecords), world.organisation.of(Relay).enabled
    words = _Words(language)
    for one in newest(records):
        told = shared(world.organisation, records, one, world.today, "page")
        if isinstance(one, Discovery):
            yield _discovery(world.organisation, told, one, words)
        elif relay:
            yield _learning(world.organisation, told, one, words)


def _discovery(organisation: Organisation, told: Shared, one: Discovery, words: "_Words") -> Entry:
    return Entry(
        key=f"discovery/{one.id}",
        kind=words.discovery,
        title=one.text,
        when=str(told.day),
        department=Value(told.department, department_name(organisation, told.department)),
        name=told.name,
    )


def _learning(organisation: Organisation, told: Shared, one: Learning, words: "_Words") -> Entry:
    return Entry(
        key=f"learning/{one.id}",
        kind=words.learning,
        title=title_of(organisation, one, words.language),
        when=str(told.day) if told.dated else f"{told.day:%Y-%m}",
        body=tuple(_body(one, words)),
        outcome=words.outcomes[one.outcome],
        department=Value(told.department, department_name(organisation, told.department)),
        tool=tool(one.tool),
        name=told.name,
        # Looked at once more: what stands in the store may be older than the rule.
        link=one.link if is_link(one.link) else "",
        link_for=one.link_for,
    )


def _body(one: Learning, words: "_Words") -> Iterator[tuple[str, str]]:
    for name in UNDER_HEADINGS:
        value = getattr(one, name)
        if value not in ("", None):
            text = tongue(words.language).decimals(value) if isinstance(value, float) else str(value)
            yield words.headings[name], text


ENTRIES = Entries(on=_on, every=_every)
