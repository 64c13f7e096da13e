"""Recommendations written down: drafted, sent, answered, withdrawn. The same for pages, command line and rehearsal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from culture.ambassadors.recommendations import (
    UNANSWERED,
    Recommendation,
    RecommendationRecords,
    answered,
    outside_id,
    sent,
)
from culture.folded import fold
from culture.outsiders import Role, reached
from culture.people import Person
from culture.world import World
from service.ambassadors.recommendation_forms import read_draft, read_reply
from service.messages.faults import BadInput, Fault, Refused
from service.messages.plain_text import one_line
from service.messages.translation import Sentence
from store import records

if TYPE_CHECKING:
    from service.engine.engine import Engine


def add(engine: "Engine", values: Mapping[str, str], otherwise: Person | None, now: datetime) -> Recommendation:
    """Keep a draft. The same draft again is the one that is there. Raises BadInput."""
    with engine.act(now) as acting:
        known = acting.world.of(RecommendationRecords).recommendations
        draft = read_draft(values, acting.world, otherwise)
        same = (
            one for one in known.values() if one.draft and replace(one, id="", written_on=draft.written_on) == draft
        )
        if found := next(same, None):
            return found
        made = replace(draft, id=_next_id(known))
        acting.world = _kept(engine, acting.world, made)
    return made


def change(
    engine: "Engine", known: Recommendation, values: Mapping[str, str], otherwise: Person | None, now: datetime
) -> Recommendation:
    """The draft with what is written now. Raises BadInput, Refused for one that was sent."""
    with engine.act(now) as acting:
        one = one_of(acting.world, known.id)
        if not one.draft:
            raise Refused(Sentence("{id} was sent on {day}, and stays as it was sent.", _named(one)))
        made = replace(read_draft(values, acting.world, otherwise), id=one.id, written_on=one.written_on)
        acting.world = _kept(engine, acting.world, made)
    return made


def send(engine: "Engine", id_: str, now: datetime, to: str = "") -> Recommendation:
    """Ask for an answer; `to`: of somebody else than was named. What was sent already is asked again only of somebody
    else. Raises BadInput for a recipient that cannot be, Refused."""
    with engine.act(now) as acting:
        world = acting.world
        one = _with_recipient(world, one_of(world, id_), to)
        person = reached(Role(outside_id(one), one.to_email, one.to_name), world)
        if one.withdrawn_on:
            raise Refused(Sentence("{id} has been withdrawn.", _named(one)))
        if not one.draft and person.id == one.to_id:
            return one
        made = sent(replace(one, by=one.by or world.today + UNANSWERED), person.id, world.today)
        acting.world = _kept(engine, world, made)
    return made


def _with_recipient(world: World, one: Recommendation, to: str) -> Recommendation:
    """The recommendation with whoever is to answer it, who has an address. Raises BadInput."""
    if not to and not one.to_email:
        sentence = "Nobody with a mail address is named to answer {id}. Say whom to ask."
        raise BadInput([Fault("to", "", Sentence(sentence, _named(one)))])
    if not to:
        return one
    asked = read_draft({"text": one.text, "reason": one.reason, "to": to}, world, None)
    return replace(one, to_name=asked.to_name, to_email=asked.to_email)


def reply(engine: "Engine", id_: str, values: Mapping[str, str], by: str, now: datetime) -> Recommendation:
    """Keep an answer. Raises BadInput, Refused for what was never sent or was withdrawn."""
    with engine.act(now) as acting:
        one = one_of(acting.world, id_)
        given = read_reply(values, by or one.to_name, acting.world.today)
        if one.draft or one.withdrawn_on:
            raise Refused(Sentence("{id} waits for no answer: it is a draft, or has been withdrawn.", _named(one)))
        made = answered(one, given)
        if made != one:
            acting.world = _kept(engine, acting.world, made)
    return made


def withdraw(engine: "Engine", id_: str, now: datetime) -> Recommendation:
    """Take it back: nobody is asked any more. Raises Refused."""
    with engine.act(now) as acting:
        one = one_of(acting.world, id_)
        made = one if one.withdrawn_on else replace(one, withdrawn_on=acting.world.today)
        if made != one:
            acting.world = _kept(engine, acting.world, made)
    return made


def one_of(world: World, text: str) -> Recommendation:
    """The recommendation of an id, of its number, or of an unmistakable part of its text. Raises Refused."""
    known, wanted = world.of(RecommendationRecords).recommendations, fold(one_line(text))
    for key in (text, f"rec-{text.strip()}"):
        if key in known:
            return known[key]
    hits = [one for one in known.values() if wanted and wanted in fold(one.text)]
    if len(hits) == 1:
        return hits[0]
    fields = {"text": one_line(text)[:80], "ids": ", ".join(one.id for one in hits[:5])}
    if hits:
        raise Refused(Sentence('"{text}" fits several: {ids}. Write the id.', fields))
    sentence = 'There is no recommendation "{text}". Look with aikultur recommendations list.'
    raise Refused(Sentence(sentence, {"text": fields["text"]}))


def _named(one: Recommendation) -> dict[str, object]:
    return {"id": one.id, "day": one.asked_on}


def _next_id(known: Mapping[str, Recommendation]) -> str:
    """Numbered, so that people can say it: `rec-3`. None is taken out, so none comes twice."""
    numbers = [int(key.removeprefix("rec-")) for key in known if key.removeprefix("rec-").isdecimal()]
    return f"rec-{max(numbers, default=0) + 1}"


def _kept(engine: "Engine", world: World, one: Recommendation) -> World:
    engine.stored.put(records.RECOMMENDATIONS, one.id, one)
    before = world.of(RecommendationRecords)
    return world.having(replace(before, recommendations={**before.recommendations, one.id: one}))
