"""From a job of the plan to the letter that leaves: facts, words, calendar part, MIME."""

from collections.abc import Sequence
from datetime import datetime

from calendars import invite
from calendars.difference import Change
from calendars.event import Words
from culture import vitamin
from culture.people import Person
from culture.vitamin import World
from culture.workdays import Week
from mailer.compose import compose
from mailer.letter import CalendarPart, InviteFacts, Letter, Sender, TipFacts, WelcomeFacts
from mailer.letter import Links as LetterLinks
from mailer.render import Facts, Renderer
from service.feeds import reader_of
from service.links import Links
from service.plan import Job


def letter_links(links: Links, person: Person, feed_issue: int, now: datetime) -> LetterLinks:
    """The links a letter to `person` carries; all empty when the service has no web address."""
    stop = links.url(f"stop/{links.token('stop', person.id, now)}")
    return LetterLinks(
        page=links.url(f"me/{links.token('page', person.id, now)}"),
        feed=links.url(f"feed/{links.feed_token(person.id, feed_issue)}.ics"),
        stop=stop,
        one_click=stop if stop.startswith("https:") else "",
    )


def facts_of(world: World, job: Job) -> list[Facts]:
    """What the letter says, in the order of its notices."""
    person, found = job.person, list[Facts]()
    for key in job.keys:
        kind, period, _ = key.split("/", 2)
        if kind == "welcome":
            found.append(_welcome(world, person))
        elif kind == "tip":
            found.append(_tip(world, person, period))
        elif job.change:
            found.append(_invite(world, person, job.change))
    return found


def write(world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender) -> tuple[Letter, bytes]:
    """The letter of a job, and its bytes. Raises TemplateFault when its words cannot be made."""
    person = job.person
    rendered = renderer.render(reader_of(world, person, links), facts_of(world, job))
    tips = any(key.startswith("tip/") for key in job.keys)
    letter = Letter(
        key=job.key,
        person_id=person.id,
        name=person.name,
        address=person.email,
        language=person.language,
        notices=job.keys,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        unsubscribe=links.one_click or None if tips else None,
        unsubscribe_mailto=None,
        calendar=_calendar_part(world, job, renderer, links, sender),
        date=world.now,
    )
    return letter, compose(letter, sender)


def _welcome(world: World, person: Person) -> WelcomeFacts:
    organisation = world.organisation
    return WelcomeFacts(
        start=vitamin.start_time(organisation, person),
        minutes=organisation.vitamin.minutes,
        title=organisation.vitamin.title[person.language],
        weekdays=organisation.vitamin.weekdays & person.working_days,
        channel=person.channel,
    )


def _tip(world: World, person: Person, period: str) -> TipFacts:
    year, number = period.split("-W")
    week = Week(int(year), int(number))
    today = world.organisation.today(person, world.now)
    days = vitamin.pill_days(world, person, max(today, week.days[0]), week.days[-1])
    prompts = [(day, world.prompt(person, day)) for day in days]
    return TipFacts(
        week=week,
        days=tuple((day, prompt) for day, prompt in prompts if prompt),
        start=vitamin.start_time(world.organisation, person),
        minutes=world.organisation.vitamin.minutes,
    )


def _invite(world: World, person: Person, change: Change) -> InviteFacts:
    series = change.series
    return InviteFacts(
        change=change.kind,
        title=world.organisation.vitamin.title[person.language],
        start=series.start,
        minutes=series.minutes,
        weekdays=series.weekdays,
        first=series.first,
    )


def _calendar_part(
    world: World, job: Job, renderer: Renderer, links: LetterLinks, sender: Sender
) -> CalendarPart | None:
    if job.change is None:
        return None
    title = world.organisation.vitamin.title[job.person.language]
    summary, description = renderer.event(reader_of(world, job.person, links), title, None)
    part = invite.part(
        job.change,
        Words(summary=summary, description=description),
        (sender.name, sender.address),
        (job.person.name, job.person.email),
    )
    return CalendarPart(method=part.method, ics=part.ics)


def names(jobs: Sequence[Job]) -> list[str]:
    """Who gets these letters, in the order of their names."""
    return sorted(job.person.name for job in jobs)
