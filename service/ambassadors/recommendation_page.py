"""The pages of recommendations, made from the view: what was recommended and answered, for all; the drafts, for the corps;
and the question, for whoever is asked. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from culture.ambassadors.recommendations import (
    LATEST,
    Answer,
    Evidence,
    Of,
    Recommendation,
    RecommendationRecords,
    State,
    asked_of,
    every,
    told,
    unanswered,
)
from culture.ambassadors.settings import Ambassadors
from culture.people import Person
from culture.relay.schedule import RelayRecords
from culture.relay.shared import newest
from culture.revisit.rules import RevisitRecords
from culture.world import World
from service.ambassadors.recommendation_acts import otherwise, writes
from service.ambassadors.recommendation_forms import DRAFT_FIELDS, MOST_EVIDENCE, evidence_lines
from service.ambassadors.recommendation_words import evidence_line, evidence_words
from service.messages.plain_text import LINE_LETTERS
from service.messages.translation import Sentence, word
from service.pages.html_pages import Way
from service.pages.page_form import around, dated, form
from service.pages.page_row import Asked, PageRow

OFFERED = 8
"""Of learnings, and of items of the revisit list, that are offered as evidence: the newest, which fit on a phone's screen or two."""

LOST = ("text", "reason", "evidence", "words")


# --- for all, and for the corps


def recommendations_page(asked: Asked) -> str:
    """The page of everybody as HTML; the corps sees its drafts too."""
    world = asked.view.world
    mine = writes(world, asked.person)
    drafts = [_draft(asked, one, number) for number, one in enumerate(_drafts(world), 2)] if mine else []
    new = _new(asked) if mine else None
    sent = [_sent(asked, one, number, mine=mine) for number, one in enumerate(told(world), 1)]
    forms = [one["form"] for one in (*drafts, *sent) if one["form"]] + ([new] if new else [])
    return asked.page.html(
        "recommendations",
        organisation=asked.organisation,
        person=asked.person,
        sent=sent,
        drafts=drafts,
        new=new,
        sponsor=sponsor.name if (sponsor := otherwise(world)) else "",
        most_evidence=MOST_EVIDENCE,
        most=LINE_LETTERS,
        **around(asked, forms, LOST),
    )


def _sent(asked: Asked, one: Recommendation, number: int, *, mine: bool) -> dict[str, Any]:
    """One that was sent; the corps may ask somebody else while it waits, and take it back."""
    waits = mine and one.waits_since(asked.view.world.today) is not None
    again = form(asked, "recommend-send", one.id, number) if waits else None
    return _shown(asked, one) | {"form": again, "withdraw": one.id if mine else ""}


def _drafts(world: World) -> list[Recommendation]:
    return [one for one in every(world) if one.state(world.today) is State.DRAFT]


def _draft(asked: Asked, one: Recommendation, number: int) -> dict[str, Any]:
    return {
        "text": one.text,
        "id": one.id,
        "form": _choosing(asked, form(asked, "recommend", one.id, number, _fields(one))),
    }


def _new(asked: Asked) -> Any:
    return _choosing(asked, form(asked, "recommend", "", 1))


def _choosing(asked: Asked, shown: dict[str, Any]) -> dict[str, Any]:
    """The form with what there is to build on, each by what it says and whether it is ticked; what is no id stays written."""
    world, lines = asked.view.world, evidence_lines(shown["given"].get("evidence", ""))
    offered = {one.what: one for one in (*_newest(world), *(one for one in map(_kept(world), lines) if one))}
    pieces = [(key, evidence_line(world, one, asked.page.language), key in lines) for key, one in offered.items()]
    written = "\n".join(line for line in lines if line not in offered)
    return {**shown, "offered": pieces, "given": {**shown["given"], "evidence": written}}


def _fields(one: Recommendation) -> Mapping[str, str]:
    """A draft as its form shows it."""
    to = f"{one.to_name} <{one.to_email}>" if one.to_email else ""
    values = (one.text, one.reason, "\n".join(each.what for each in one.evidence), to, str(one.by or ""))
    return dict(zip(DRAFT_FIELDS, values, strict=True))


def _newest(world: World) -> Iterator[Evidence]:
    """The newest that can be built on: learnings, then items of the revisit list."""
    learnings = world.of(RelayRecords).learnings
    known = (one.id for one in newest(world.of(RelayRecords)) if one.id in learnings)
    yield from (Evidence(of=Of.LEARNING, what=key) for key in islice(known, OFFERED))
    items = sorted(world.of(RevisitRecords).items.values(), key=lambda one: (one.rejected_on, one.id), reverse=True)
    yield from (Evidence(of=Of.REVISIT, what=one.id) for one in items[:OFFERED])


def _kept(world: World) -> Callable[[str], Evidence | None]:
    """What an id is of, however old; None for what is no id."""
    learnings, items = world.of(RelayRecords).learnings, world.of(RevisitRecords).items

    def of(line: str) -> Evidence | None:
        if line in learnings:
            return Evidence(of=Of.LEARNING, what=line)
        return Evidence(of=Of.REVISIT, what=line) if line in items else None

    return of


def _shown(asked: Asked, one: Recommendation) -> dict[str, Any]:
    """A recommendation that was sent, as everybody may read it."""
    return {
        "text": one.text,
        "state": state_of(asked, one),
        "facts": [(heading, text) for heading, text in _facts(asked, one) if text],
        "evidence": evidence_words(asked.view.world, one, asked.page.language),
        "answers": [(_answered(asked, reply.day, reply.by, reply.answer), reply.words) for reply in one.answers],
    }


def state_of(asked: Asked, one: Recommendation) -> str:
    """Where it stands, in a few words; of what waits its age too."""
    world = asked.view.world
    state = one.state(world.today)
    if state is not State.SENT:
        return word("recommendation", state).said(asked.page.language)
    person = asked.organisation.people.get(one.to_id)
    if person and not person.works_here(world.today):
        return asked.say("{name} no longer works here, and nobody is asked now", name=one.to_name)
    (open_,) = (each for each in unanswered(world) if each.recommendation.id == one.id)
    if open_.unheard:
        return asked.say("The letter has not left yet")
    if open_.days == 0:
        return asked.say("Asked today")
    return asked.say("Has waited {count} days for an answer", count=open_.days)


def _facts(asked: Asked, one: Recommendation) -> Iterator[tuple[str, str]]:
    yield asked.say("Why"), one.reason
    day = dated(asked.page, one.asked_on) if one.asked_on else ""
    yield asked.say("Asked"), asked.say("{name}, {day}", name=one.to_name, day=day)
    today = asked.view.world.today
    if one.state(today) is State.SENT and (hoped := one.hoped_for(today)):
        yield asked.say("Answer hoped for by"), dated(asked.page, hoped)
    if one.answer and one.answer.until and one.state(asked.view.world.today) is State.LATER:
        yield asked.say("Comes back"), dated(asked.page, one.answer.until)


def _answered(asked: Asked, day: Any, by: str, answer: Answer) -> str:
    said = word("recommendation-answer", answer).said(asked.page.language)
    return f"{dated(asked.page, day)}, {by}: {said}"


# --- for whoever is asked


def answer_page(asked: Asked) -> str:
    """The page of whoever is asked, as HTML: what waits for them, and what they have answered."""
    world = asked.view.world
    questions = [_question(asked, one, number) for number, one in enumerate(asked_of(world, asked.person), 1)]
    return asked.page.html(
        "answer",
        organisation=asked.organisation,
        person=asked.person,
        waiting=[one for one in questions if one["waits"]],
        answered=[one for one in questions if not one["waits"]],
        answers=[(str(one), word("recommendation-answer-to-give", one).said(asked.page.language)) for one in Answer],
        latest=dated(asked.page, asked.today + LATEST),
        **around(asked, [one["form"] for one in questions], LOST),
    )


def _question(asked: Asked, one: Recommendation, number: int) -> dict[str, Any]:
    reply = one.answer
    before = {"answer": str(reply.answer), "words": reply.words, "until": str(reply.until or "")} if reply else {}
    waits = one.waits_since(asked.view.world.today) is not None
    return _shown(asked, one) | {
        "waits": waits,
        "form": form(asked, "recommendation-answer", one.id, number, {} if waits else before),
    }


# --- the ways to them

RECOMMENDATIONS = Way(
    heading=Sentence("Recommendations to management"),
    intro=Sentence("What the AI ambassadors have recommended, and what management has answered:"),
    link=Sentence("the page of recommendations"),
    short=Sentence("Recommendations"),
    short_of=Sentence("Recommendations, for {name}"),
)

ANSWER = Way(
    heading=Sentence("The AI ambassadors ask you"),
    intro=Sentence("A recommendation waits for your answer:"),
    link=Sentence("the page with the question"),
    short=Sentence("Answers"),
    short_of=Sentence("Answers, for {name}"),
)


def _to_recommendations(world: World, person: Person) -> Way | None:
    if not world.organisation.of(Ambassadors).enabled:
        return None
    return RECOMMENDATIONS if writes(world, person) or told(world) else None


def _to_answer(world: World, person: Person) -> Way | None:
    if not world.organisation.of(Ambassadors).enabled or not world.of(RecommendationRecords).recommendations:
        return None
    waits = any(one.waits_since(world.today) for one in asked_of(world, person))
    return ANSWER if waits else None


RECOMMENDATION_PAGES = (
    PageRow(path="recommendations", html=recommendations_page, way=_to_recommendations),
    PageRow(path="answer", html=answer_page, way=_to_answer),
)
