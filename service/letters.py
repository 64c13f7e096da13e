"""From a job of the plan to the letter that leaves: facts, words, calendar part, MIME."""

from dataclasses import replace
from datetime import datetime, timedelta

from calendars import invite
from calendars.difference import Change, changes
from calendars.event import Words, block_uid
from calendars.series import series
from culture import vitamin
from culture.people import Person
from culture.vitamin import World
from culture.workdays import Week
from mailer.compose import compose
from mailer.letter import CalendarPart, Facts, InviteFacts, Letter, Sender, TipFacts, WelcomeFacts
from mailer.letter import Links as LetterLinks
from mailer.render import Renderer
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
    block = change.series
    return InviteFacts(
        change=change.kind,
        title=world.organisation.vitamin.title[person.language],
        start=block.start,
        minutes=block.minutes,
        weekdays=block.weekdays,
        first=max(block.first, world.organisation.today(person, world.now)),
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


def sample_jobs(world: World, person: Person) -> dict[str, Job]:
    """A letter of each kind as the person would get it now, for looking at; it belongs to no plan."""
    today = world.organisation.today(person, world.now)
    coming = vitamin.pill_days(world, person, today, today + timedelta(days=60))
    keys: dict[str, tuple[str, ...]] = {"welcome": (f"welcome/first/{person.id}",)}
    if coming:
        tip = vitamin.tip_key(Week.of(coming[0]), person)
        keys |= {"welcome": (*keys["welcome"], tip), "tip": (tip,)}
    jobs = {kind: _sample(world, person, kind, key) for kind, key in keys.items()}
    block = vitamin.block(world, person)
    found = series(block, None, today, block_uid(person.id, "preview.invalid")) if block else None
    if found:
        change = next(iter(changes({person.id: found}, {}, {person.id: person.email}, world.now, {})))
        jobs["invite"] = replace(_sample(world, person, "invite", (change.key,)), change=change)
    return jobs


def _sample(world: World, person: Person, kind: str, keys: tuple[str, ...]) -> Job:
    return Job(person=person, kind=kind, keys=keys, due=world.now, too_late=None, at_once=True, capped=False)
