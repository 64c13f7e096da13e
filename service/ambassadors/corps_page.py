"""The page of the corps: who is in it, when it meets, and what its reader may do about their own place. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from culture.ambassadors import corps as rules
from culture.ambassadors import meetings
from culture.ambassadors.corps import NO_PLACE, Corps, corps
from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors
from culture.outsiders import contact
from culture.people import Person
from culture.world import World
from service.messages.translation import Sentence
from service.pages.html_pages import Page, Way
from service.pages.page_form import around, dated, form
from service.pages.page_row import Asked, PageRow

SHOWN_MEETINGS = 4

HEADING = Sentence("The AI ambassadors")
SHORT = {"short": Sentence("Ambassadors"), "short_of": Sentence("Ambassadors, for {name}")}
LINK = Sentence("the page of the ambassadors")

OPEN = Way(heading=HEADING, intro=Sentence("Who they are, and how you become one:"), link=LINK, **SHORT)
MINE = Way(heading=HEADING, intro=Sentence("Your meetings and colleagues in the corps:"), link=LINK, **SHORT)
ASKED = Way(
    heading=HEADING, intro=Sentence("A colleague would like to be one and waits for your answer:"), link=LINK, **SHORT
)


def _to_answer(world: World, person: Person) -> list[Person]:
    """The colleagues who wait for the person's answer."""
    return [one for one in rules.waiting(world) if person.id in rules.may_answer(world, one)]


def _way(world: World, person: Person) -> Way | None:
    if not world.organisation.of(Ambassadors).enabled:
        return None
    if _to_answer(world, person):
        return ASKED
    return MINE if person.id in corps(world).members else OPEN


def _news(page: Page, world: World, person: Person) -> Sequence[str]:
    """When an ambassador's next meeting is."""
    meeting = meetings.next_meeting(world)
    if meeting is None or person.id not in corps(world).members:
        return ()
    day, clock = page.day(meeting.day, world.today), page.tongue.clock(meeting.starts.time())
    return (page.say("The next meeting: {day} at {time}", day=day, time=clock),)


def corps_page(asked: Asked) -> str:
    """The page as HTML."""
    world, person = asked.view.world, asked.person
    place, found = world.of(AmbassadorRecords).places.get(person.id, NO_PLACE), corps(world)
    forms = {
        name: form(asked, f"ambassador-{name}", "")
        for name, there in (
            ("ask", place.asked_at is None and person.id not in found.members),
            ("undo", place.asked_at is not None),
            ("leave", person.id in found.members),
        )
        if there
    }
    waiting = list(_waiting(asked))
    return asked.page.html(
        "ambassadors",
        organisation=asked.organisation,
        person=person,
        enabled=asked.organisation.of(Ambassadors).enabled,
        hours=_hours(asked),
        sponsor=_sponsor(asked),
        members=list(_members(asked, found)),
        meetings=list(_meetings(asked, found)),
        mine=_mine(asked, found),
        forms=forms,
        waiting=waiting,
        answerer=rules.answers(world, person).name,
        **around(asked, [*forms.values(), *(one["form"] for one in waiting)], ()),
    )


def _hours(asked: Asked) -> str:
    hours = asked.organisation.of(Ambassadors).hours
    return asked.say("{count} hours a month", count=hours) if hours else ""


def _sponsor(asked: Asked) -> str:
    person = rules.sponsor(asked.view.world)
    return person.name if person else ""


def _members(asked: Asked, found: Corps) -> Iterator[dict[str, Any]]:
    departments = asked.organisation.departments
    for member in found.members.values():
        served = asked.page.tongue.listed([departments[key].name for key in member.departments])
        leads = member.person_id == found.chair
        yield {"name": asked.name(member.person_id), "departments": served, "chair": leads}


def _meetings(asked: Asked, found: Corps) -> Iterator[str]:
    """The coming meetings, a line each; for whoever is in it with who takes over from the chair."""
    world = asked.view.world
    coming = [one for one in meetings.meetings(world) if meetings.ends(one) > asked.now]
    for meeting in coming[:SHOWN_MEETINGS]:
        line = ", ".join(filter(None, (asked.moment(meeting.starts), meeting.place)))
        second = meetings.deputy(world, meeting) if asked.person.id in found.members else ""
        yield asked.say("{line}. Deputy: {name}", line=line, name=asked.name(second)) if second else line


def _mine(asked: Asked, found: Corps) -> dict[str, str] | None:
    member = found.members.get(asked.person.id)
    if member is None:
        return None
    departments = asked.organisation.departments
    served = asked.page.tongue.listed([departments[key].name for key in member.departments])
    return {
        "departments": served,
        "since": dated(asked.page, member.since),
        "until": dated(asked.page, member.until) if member.until else "",
        "chair": "yes" if found.chair == asked.person.id else "",
        "led_by": asked.name(found.chair) if found.chair in found.members else contact(asked.view.world).name,
    }


def _waiting(asked: Asked) -> Iterator[dict[str, Any]]:
    departments = asked.organisation.departments
    for number, one in enumerate(_to_answer(asked.view.world, asked.person), 1):
        department = departments.get(one.department)
        yield {
            "id": one.id,
            "name": one.name,
            "department": department.name if department else "",
            "form": form(asked, "ambassador-yes", one.id, number),
        }


PAGE = PageRow(path="ambassadors", html=corps_page, way=_way, news=_news)
