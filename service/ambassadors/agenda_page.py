"""The page of the corps' meeting: what its reader may bring or write down, what is on, what was decided. Pure."""

from collections.abc import Iterator
from typing import Any

from culture.ambassadors import agenda as rules
from culture.ambassadors import decisions
from culture.ambassadors.agenda import news_key
from culture.ambassadors.agenda_records import AgendaRecords
from culture.ambassadors.corps import corps
from culture.ambassadors.meetings import CorpsMeeting, ends, meetings
from culture.people import Person
from culture.revisit.rules import RevisitRecords, Verdict
from culture.revisit.shared import name_in
from culture.world import World
from service.ambassadors.agenda_sections import of_item, sections
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
                "facts": of_item(tried(world, items[key], language), language),
                "name": name_in(world, items[key], language),
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
    meeting = rules.newest(world)
    if meeting is None:
        return None
    points = points_of(world, world.of(AgendaRecords).agendas[meeting.id], asked.page.language, "page")
    return {
        "when": _when(asked, meeting),
        "over": ends(meeting) <= asked.now,
        "little": points.little,
        "sections": sections(points, asked.page.language),
    }


def _past(asked: Asked) -> Iterator[tuple[str, str]]:
    """What was decided at the last meetings, the newest first."""
    world = asked.view.world
    minutes = world.of(AgendaRecords).minutes
    held = [one for one in reversed(meetings(world)) if one.id in minutes and minutes[one.id].text]
    for meeting in held[:MINUTES_SHOWN]:
        yield dated(asked.page, meeting.day), minutes[meeting.id].text


AGENDA_PAGE = PageRow(path="agenda", html=agenda_page, way=_way)
