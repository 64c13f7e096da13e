"""The memo that a secretary can put before a board as it is: what waits for an answer, and what was answered lately.
Markdown and HTML of the same content, in one language. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from culture.ambassadors.recommendations import Recommendation, Reply, State, answered_since, unanswered
from culture.people import Language
from culture.world import World
from mailer.words import opening, tongue
from service.ambassadors.recommendation_words import EvidenceWords, evidence_words
from service.messages.markdown import escaped
from service.messages.translation import say, word
from service.pages.html_pages import Page

LATELY = timedelta(days=92)
"""How far back an answer is told again: a quarter, for boards seldom meet more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A recommendation as the memo tells it: `facts` are headings and what stands under them, `told` what was answered."""

    text: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    evidence: tuple[EvidenceWords, ...]
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """The memo in one language."""

    title: str
    about: str
    heading: str  # over what waits
    waiting: tuple[Item, ...]
    nothing: str  # where nothing does
    decided_heading: str
    decided: tuple[Item, ...]
    sender: str


def memo(world: World, language: Language, only: Sequence[Recommendation] = ()) -> Memo:
    """What waits, the oldest first, and what was answered in the last quarter. `only`: these, whatever came of them."""
    today = world.today
    waiting = [one.recommendation for one in unanswered(world)]
    decided = [one for one in answered_since(world, today - LATELY) if one not in waiting]
    if only:
        waiting, decided = list(only), []
    organisation = world.organisation
    return Memo(
        title=say(language, "Recommendations from the AI ambassadors"),
        about=f"{organisation.name}, {tongue(language).whole_date(today)}",
        heading=say(language, "For decision"),
        waiting=tuple(_item(world, one, language) for one in waiting),
        nothing=say(language, "Nothing waits for a decision."),
        decided_heading=say(language, "Answered in the last three months"),
        decided=tuple(_item(world, one, language) for one in decided),
        sender=say(
            language,
            "On behalf of the AI ambassadors: {name}, {email}",
            name=organisation.contact_name,
            email=organisation.contact_email,
        ),
    )


def _item(world: World, one: Recommendation, language: Language) -> Item:
    return Item(
        text=one.text,
        reason=one.reason,
        facts=tuple(_facts(one, world.today, language)),
        evidence=evidence_words(world, one, language),
        told=tuple((_said(reply, language), reply.words) for reply in one.answers),
    )


def _facts(one: Recommendation, today: date, language: Language) -> Iterator[tuple[str, str]]:
    whole_date = tongue(language).whole_date
    if one.to_name:
        asked = say(language, "{name}, {day}", name=one.to_name, day=one.asked_on) if one.asked_on else one.to_name
        yield say(language, "Asked"), asked
    state = one.state(today)
    since = one.waits_since(today)
    if since:
        yield say(language, "Waits since"), whole_date(since)
    else:
        yield say(language, "Where it stands"), opening(word("recommendation", state).said(language))
    if state in (State.SENT, State.DRAFT) and (hoped := one.hoped_for(today)):
        yield say(language, "Answer hoped for by"), whole_date(hoped)


def _said(reply: Reply, language: Language) -> str:
    answer = word("recommendation-answer", reply.answer)
    said = say(language, "{name} answered on {day}: {answer}", name=reply.by, day=reply.day, answer=answer)
    return f"{said} ({say(language, 'comes back on {day}', day=reply.until)})" if reply.until else said


def as_html(found: Memo, language: Language) -> str:
    """A page that stands on its own and prints on A4."""
    return Page(language=language, root="").html("memo", memo=found)


def as_markdown(found: Memo, language: Language) -> str:
    """The same. What people wrote stands there as they typed it: nothing in it is markup."""
    parts = [f"# {escaped(found.title)}", escaped(found.about), f"## {escaped(found.heading)}"]
    parts += _items(found.waiting, language) if found.waiting else [escaped(found.nothing)]
    if found.decided:
        parts += [f"## {escaped(found.decided_heading)}", *_items(found.decided, language)]
    parts += ["---", escaped(found.sender)]
    return "\n\n".join(parts) + "\n"


def _items(items: Iterable[Item], language: Language) -> Iterator[str]:
    for number, one in enumerate(items, 1):
        yield f"### {number}. {escaped(one.text)}"
        yield "\n".join(f"- **{escaped(heading)}:** {escaped(text)}" for heading, text in one.facts)
        yield f"**{escaped(say(language, 'Why'))}**"
        yield escaped(one.reason)
        if one.evidence:
            yield f"**{escaped(say(language, 'What it builds on'))}**"
            yield "\n".join(_evidence(each) for each in one.evidence)
        for heading, text in one.told:
            yield f"**{escaped(heading)}**"
            if text:
                yield escaped(text)


def _evidence(one: EvidenceWords) -> str:
    return f"- **{escaped(one.title)}:** {escaped(one.text)}" if one.title else f"- {escaped(one.text)}"
