"""The page of the corps' meeting: what its reader may bring or write down, what is on, what was decided. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from culture.ambassadors import agenda as rules
from culture.ambassadors import decisions
from culture.ambassadors.agenda import news_key
from culture.ambassadors.agenda_records import Agenda, AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.meetings import CorpsMeeting, ends, meetings
from culture.people import Person
from culture.relay.learning import Outcome
from culture.revisit.rules import RevisitRecords, Verdict
from culture.world import World
from service.ambassadors.agenda_facts import Points, Question, Story, Tried, Worry
from service.ambassadors.agenda_words import points_of, tried
from service.messages.translation import Sentence, word
from service.pages.html_pages import Way
from service.pages.page_form import around, dated, form
from service.pages.page_row import Asked, PageRow

HEADING = Sentence("The ambassadors' meeting")
SHORT = {"short": Sentence("The ambassadors' meeting"), "short_of": Sentence("The ambassadors' meeting, for {name}")}
LINK = Sentence("the meeting's page")
SEE = Way(heading=HEADING, intro=Sentence("What is on, and what was decided:"), link=LINK, **SHORT)
BRING = Way(heading=HEADING, intro=Sentence("Do you have news or a topic for the next one?"), link=LINK, **SHORT)
WRITE = Way(heading=HEADING, intro=Sentence("What did you decide at the last one?"), link=LINK, **SHORT)

MINUTES_SHOWN = 6


def is_for(world: World, person_id: str) -> bool:
    """Whether the meeting is somebody's: the corps, whoever leads it, and whoever backs it."""
    found = corps(world)
    return person_id in (*found.members, found.chair, found.sponsor)


def _way(world: World, person: Person) -> Way | None:
    if not is_for(world, person.id):
        return None
    if (meeting := decisions.to_write(world, person.id)) and meeting.id not in world.of(AgendaRecords).minutes:
        return WRITE
    asked = rules.to_answer(world, person.id)
    if asked and news_key(asked.id, person.id) not in world.of(AgendaRecords).news:
        return BRING
    return SEE if world.of(AgendaRecords).agendas else None


def agenda_page(asked: Asked) -> str:
    """The page as HTML."""
    world, person = asked.view.world, asked.person
    allowed = is_for(world, person.id)
    bring = _bring(asked) if allowed else None
    write = _write(asked) if allowed else None
    forms = [one["form"] for one in (bring, write) if one]
    texts = (
        "news",
        "topic",
        "recommendation",
        "because",
        "minutes",
        *(f"reason_{number}" for number in range(1, rules.REVISITS + 1)),
    )
    return asked.page.html(
        "agenda",
        organisation=asked.organisation,
        person=person,
        allowed=allowed,
        bring=bring,
        write=write,
        coming=_coming(asked) if allowed else None,
        past=list(_past(asked)) if allowed else [],
        **around(asked, forms, texts),
    )


def _when(asked: Asked, meeting: CorpsMeeting) -> str:
    return ", ".join(filter(None, (asked.moment(meeting.starts), meeting.place)))


def _bring(asked: Asked) -> dict[str, Any] | None:
    """The form for news and topics, with what was brought already."""
    world, person = asked.view.world, asked.person
    meeting = rules.to_answer(world, person.id)
    if meeting is None:
        return None
    one = world.of(AgendaRecords).news.get(news_key(meeting.id, person.id))
    before = {"news": one.news, "topic": one.topic} if one else None
    return {
        "when": _when(asked, meeting),
        "until": asked.page.day(rules.made_at(world, meeting).date(), asked.today),
        "sponsor": person.id == corps(world).sponsor,
        "answered": one is not None,
        "form": form(asked, "corps-news", meeting.id, before=before),
    }


def _write(asked: Asked) -> dict[str, Any] | None:
    """The one form for all that was decided: what is still to be judged, and the minutes."""
    world, language = asked.view.world, asked.page.language
    meeting = decisions.to_write(world, asked.person.id)
    agenda = world.of(AgendaRecords).agendas.get(meeting.id) if meeting else None
    if meeting is None or agenda is None:
        return None
    minutes = world.of(AgendaRecords).minutes.get(meeting.id)
    open_ = {one.id for one in decisions.to_judge(world, agenda)}
    items = world.of(RevisitRecords).items
    return {
        "when": _when(asked, meeting),
        "written": minutes is not None,
        "items": [
            {
                "number": number,
                "facts": _judge(asked, tried(world, items[key])),
                "name": items[key].name,
                "verdicts": [
                    (
                        str(one),
                        word("verdict-to-give", one, months=asked.page.tongue.number(items[key].months)).said(language),
                    )
                    for one in Verdict
                ],
            }
            for number, key in enumerate(agenda.revisits, 1)
            if key in open_
        ],
        "form": form(asked, "corps-decisions", meeting.id, before={"minutes": minutes.text} if minutes else None),
    }


def _coming(asked: Asked) -> dict[str, Any] | None:
    """The newest agenda: of the meeting to come, else of the last one."""
    world = asked.view.world
    known = world.of(AgendaRecords).agendas
    found = [one for one in meetings(world) if one.id in known]
    if not found:
        return None
    meeting = found[-1]
    points = points_of(world, known[meeting.id], asked.page.language, "page")
    return {
        "when": _when(asked, meeting),
        "over": ends(meeting) <= asked.now,
        "little": points.little,
        "sections": list(_sections(asked, known[meeting.id], points)),
    }


def _sections(asked: Asked, agenda: Agenda, points: Points) -> Iterator[dict[str, Any]]:
    """Headings with their lines, and what is said where there are none."""
    nothing = asked.say("Nothing new this time. If you have something, bring it along.")
    yield _section(asked.say("What worked, and what is giving trouble"), _stories(asked, points), nothing)
    works = [asked.say("{name} works now: {why}", name=one.name, why=one.why) for one in points.works]
    found = [_named(one.name, one.text) for one in points.discoveries]
    none = asked.say("None since the last time. If you have met a tool or a shortcut, show it.")
    yield _section(asked.say("New tools and methods"), [*works, *found], none)
    case = points.case
    topics = [_named(one.name or _management(asked, one.management), one.text) for one in points.topics]
    topics += [asked.say("A proposal, for it does not work yet: {text}", text=_story(asked, case))] if case else []
    bring_one = asked.say("Nobody has proposed a case. Bring one that somebody is stuck with right now.")
    yield _section(asked.say("A concrete case that we work on together"), topics, bring_one)
    news = [_named(one.name or _management(asked, one.management), one.text) for one in points.news]
    if points.policy_changed:
        day = asked.page.tongue.day_of_month(points.policy_changed)
        news.append(asked.say("The organisation's answers about AI changed on {day}.", day=day))
    news += [_answered(asked, one) for one in points.answered]
    yield _section(asked.say("News of management's work with AI"), news, asked.say("Nothing new to tell this time."))
    if points.revisits:
        lines = [" ".join((one.name, *_judge(asked, one))) for one in points.revisits]
        lines += (
            [asked.say("And {count} more on the revisit list.", count=points.revisits_left)]
            if points.revisits_left
            else []
        )
        yield _section(asked.say("To be judged again"), lines, "")

    if points.recommendations:
        waiting = [
            asked.say("{text}: {name} was asked {count} days ago", text=one.text, name=one.to, count=one.days)
            for one in points.recommendations
        ]
        yield _section(asked.say("Recommendations that wait for an answer"), waiting, "")
    if points.concerns:
        yield _section(asked.say("Concerns of colleagues"), [_worry(asked, one) for one in points.concerns], "")


def _answered(asked: Asked, one: Question) -> str:
    """What became of a recommendation; one that has come back since waits again."""
    if one.answer is None:
        return one.text
    said = word("recommendation-answer", one.answer).said(asked.page.language)
    return _named(_named(one.text, said), one.words)


def _worry(asked: Asked, one: Worry) -> str:
    if one.answer:
        return asked.say("{text} Answer: {answer}", text=one.text, answer=one.answer)
    if one.asked and one.by:
        day = asked.page.tongue.day_of_month(one.by)
        return asked.say("{text} Not decided; asked of {name}, by {day}.", text=one.text, name=one.asked, day=day)
    return one.text


def _section(heading: str, lines: Sequence[str], nothing: str) -> dict[str, Any]:
    return {"heading": heading, "lines": lines, "nothing": nothing}


def _stories(asked: Asked, points: Points) -> list[str]:
    together = [
        asked.say("Met in several places: {texts}", texts=" / ".join(_story(asked, one) for one in group))
        for group in points.together
    ]
    left = points.learnings_left
    more = [asked.say("And {count} more from the departments.", count=left)] if left else []
    return [*(_story(asked, one) for one in (*points.worked, *points.not_yet)), *together, *more]


def _story(asked: Asked, one: Story) -> str:
    whose = ", ".join(filter(None, (one.department, one.name)))
    went = word("outcome", Outcome(one.outcome)).said(asked.page.language)
    return _named(f"{one.title} ({', '.join(filter(None, (whose, went)))})", one.text)


def _named(name: str, text: str) -> str:
    return ": ".join(filter(None, (name, text)))


def _management(asked: Asked, management: bool) -> str:
    return asked.say("Management") if management else ""


def _judge(asked: Asked, one: Tried) -> Iterable[str]:
    if one.reason:
        yield asked.say("The last time: {reason}", reason=one.reason)
    if one.news:
        yield asked.say("New since then: {news}", news=one.news)
    if one.owner:
        yield f"({one.owner})"


def _past(asked: Asked) -> Iterator[tuple[str, str]]:
    """What was decided at the last meetings, the newest first."""
    world = asked.view.world
    minutes = world.of(AgendaRecords).minutes
    held = [one for one in reversed(meetings(world)) if one.id in minutes and minutes[one.id].text]
    for meeting in held[:MINUTES_SHOWN]:
        yield dated(asked.page, meeting.day), minutes[meeting.id].text


AGENDA_PAGE = PageRow(path="agenda", html=agenda_page, way=_way)
