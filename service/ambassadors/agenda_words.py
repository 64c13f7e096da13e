"""What is on an agenda, as letter and page tell it: titles, beginnings, and of names what may be told there. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from culture.ambassadors.agenda import of_management
from culture.ambassadors.agenda_records import Agenda, AgendaRecords, News
from culture.ambassadors.recommendations import RecommendationRecords
from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.shared import Where, shared
from culture.released import Released
from culture.revisit.rules import Revisit, RevisitRecords, owner
from culture.revisit.shared import name_in
from culture.world import World
from service.ambassadors.agenda_facts import Brought, Points, Question, Story, Tried, Worry
from service.messages.plain_text import one_line
from service.messages.translation import word

MOST = 140
"""Letters of what is quoted: who wants the rest asks whoever was there."""


def points_of(world: World, agenda: Agenda, language: Language, where: Where) -> Points:
    """The points; what is there no more is left out."""
    learnings = world.of(RelayRecords).learnings
    stories = _Stories(world, language, where)
    items = world.of(RevisitRecords).items
    brought = world.of(AgendaRecords).news
    case = learnings.get(agenda.case)
    return Points(
        worked=stories.of(agenda.worked),
        not_yet=stories.of(agenda.not_yet),
        together=tuple(group for one in agenda.together if len(group := stories.of(one)) > 1),
        learnings_rest=stories.of(agenda.learnings_rest),
        discoveries=tuple(_discoveries(world, agenda.discoveries, where)),
        works=tuple(
            _works(world, items[key], language) for key in agenda.works if key in items and items[key].judgements
        ),
        topics=tuple(_told(world, brought[key], lambda one: one.topic) for key in agenda.topics if key in brought),
        case=_case(stories.story(case), told=agenda.case in agenda.not_yet) if case else None,
        news=tuple(_told(world, brought[key], lambda one: one.news) for key in agenda.news if key in brought),
        policy_changed=agenda.policy_changed,
        answered=tuple(_asked(world, agenda.answered)),
        revisits=tuple(tried(world, items[key], language) for key in agenda.revisits if key in items),
        revisits_rest=tuple(tried(world, items[key], language) for key in agenda.revisits_rest if key in items),
        recommendations=tuple(_asked(world, agenda.recommendations)),
        concerns=tuple(_worries(world, agenda.concerns)),
        little=agenda.little,
    )


def _case(story: Story, *, told: bool) -> Story:
    """The case to work on; what is `told` above already is only named."""
    return replace(story, text="") if told else story


class _Stories:
    """How learnings are told to one reader's language."""

    def __init__(self, world: World, language: Language, where: Where) -> None:
        self._world, self._language, self._where = world, language, where

    def of(self, ids: Iterable[str]) -> tuple[Story, ...]:
        known = self._world.of(RelayRecords).learnings
        return tuple(self.story(known[key]) for key in ids if key in known)

    def story(self, learning: Learning) -> Story:
        organisation, records = self._world.organisation, self._world.of(RelayRecords)
        told = shared(organisation, records, learning, self._world.today, self._where)
        challenge = organisation.of(Challenges).challenges.get(learning.challenge)
        department = organisation.departments.get(told.department)
        return Story(
            title=challenge.text(self._language).title if challenge else one_line(learning.title or learning.tool),
            text=beginning(_gist(learning)),
            outcome=learning.outcome,
            department=department.name if department else "",
            name=told.name,
        )


def _gist(learning: Learning) -> str:
    """The first thing that was answered; of what did not work, what did not."""
    usual = (learning.worked, learning.did_not, learning.hard, learning.easy, learning.potential)
    failed = (learning.did_not, learning.hard, learning.potential, learning.worked, learning.easy)
    return next(filter(None, failed if learning.outcome is Outcome.NOT_YET else usual), "")


def _discoveries(world: World, ids: Iterable[str], where: Where) -> Iterator[Brought]:
    records = world.of(RelayRecords)
    for key in ids:
        one: Discovery | None = records.discoveries.get(key)
        if one:
            told = shared(world.organisation, records, one, world.today, where)
            yield Brought(text=beginning(one.text), name=told.name)


def _works(world: World, item: Revisit, language: Language) -> Tried:
    return Tried(name=one_line(name_in(world, item, language)), why=beginning(item.judgements[-1].reason))


def tried(world: World, item: Revisit, language: Language) -> Tried:
    """What is to be judged."""
    news = word("opening", item.opened_by).said(language) if item.opened_by else item.trigger
    person = world.organisation.people.get(owner(item, world, world.today))
    return Tried(
        name=one_line(name_in(world, item, language)),
        reason=_ended(beginning(item.judgements[-1].reason if item.judgements else item.reason)),
        owner=person.name if person else "",
        news=_ended(beginning(news)),
    )


def _told(world: World, one: News, which: Callable[[News], str]) -> Brought:
    """What somebody brought for all in the corps to hear, so with their name."""
    person = world.organisation.people.get(one.person)
    name = person.name if person else ""
    return Brought(text=beginning(which(one), 3 * MOST), name=name, management=of_management(world, one))


def _asked(world: World, ids: Iterable[str]) -> Iterator[Question]:
    """What management was asked, as it stands now; what was withdrawn is left out."""
    known = world.of(RecommendationRecords).recommendations
    for one in (known[key] for key in ids if key in known and not known[key].withdrawn_on):
        since = one.waits_since(world.today)
        answer = None if since else one.answer
        yield Question(
            text=beginning(one.text),
            to=one.to_name,
            days=(world.today - since).days if since else 0,
            answer=answer.answer if answer else None,
            words=beginning(answer.words) if answer else "",
            until=answer.until if answer else None,
        )


def _worries(world: World, ids: Iterable[str]) -> Iterator[Worry]:
    known = {one.id: one for one in world.of(Released).concerns}
    for one in (known[key] for key in ids if key in known):
        yield Worry(
            text=beginning(one.text),
            answer=beginning(one.answer),
            asked=one.asked_name,
            by=one.answer_by,
            late=bool(one.answer_by and one.answer_by < world.today),
        )


def _ended(text: str) -> str:
    """The text as a sentence with its stop; empty stays empty."""
    return text if not text or text[-1] in ".?!\u2026" else f"{text}."


def beginning(text: str, most: int = MOST) -> str:
    """The text on one line, cut between words where it is longer."""
    whole = one_line(text)
    if len(whole) <= most:
        return whole
    return f"{whole[: most - 1].rsplit(' ', 1)[0].rstrip(',;:.')} \u2026"
