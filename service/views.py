"""Makes the view that the web sees, after each tick."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from culture import relay, vitamin
from culture.catalogue import Prompt
from culture.people import Person
from culture.workdays import Week
from mailer.drain import Outbox
from service.engine import Engine
from service.feeds import department_key
from service.plan import Plan
from service.retention import counts, total, unsettled
from service.view import FeedDocument, Health, View


def make_view(
    engine: Engine, found: Plan, outbox: Outbox, started: datetime, last_beat: Callable[[], datetime]
) -> View:
    """The world at the tick of `found`. Feeds are built when they are asked for, and kept as long as the view."""
    world, links = found.world, engine.links
    for pair in vitamin.pairs(world.organisation):
        # Deal to the end now: several threads will read these prompts, and none may still be dealing.
        world.prompts(pair, date.max)
    feeds = engine.stored.feeds()
    people = {person.id: person for person in world.organisation.people.values() if _still_here(person, found)}
    departments = {department_key(key): key for key in relay.departments(world.organisation)}
    tokens = {key: links.feed_token(key, feed.issue) for key, feed in feeds.items() if key in people | departments}
    built: dict[str, FeedDocument] = {}

    def feed(key: str) -> FeedDocument:
        if key not in built:
            if key in departments:
                built[key] = engine.department_feed(world, departments[key], feeds[key])
            else:
                built[key] = engine.feed_document(world, people[key], feeds[key])
        return built[key]

    def week(person: Person, now: datetime) -> tuple[tuple[date, Prompt], ...]:
        today = world.organisation.today(person, now)
        this = Week.of(today)
        days = vitamin.pill_days(world, person, this.days[0], this.days[-1])
        if not any(day >= today for day in days):  # the week is over: show the coming one
            days = vitamin.pill_days(world, person, today, this.days[-1] + timedelta(days=7))
        prompts = [(day, world.prompt(person, day)) for day in days]
        return tuple((day, prompt) for day, prompt in prompts if prompt)

    return View(
        organisation=world.organisation,
        health=_health(engine, found, outbox, started, last_beat),
        by_reference={links.reference(key): key for key in people},
        by_feed_token={token: key for key, token in tokens.items()},
        preferences=engine.stored.preferences(),
        feed_tokens=tokens,
        week=week,
        feed=feed,
        relay=world.relay,
        revisits=world.revisits,
    )


def _still_here(person: Person, found: Plan) -> bool:
    return person.left is None or person.left >= found.world.today


def _health(
    engine: Engine, found: Plan, outbox: Outbox, started: datetime, last_beat: Callable[[], datetime]
) -> Health:
    return Health(
        started=started,
        last_tick=found.world.now,
        waiting=outbox.pending,
        sent=total(counts(engine.database), "sent"),
        parked=sum(letter.state == "parked" for letter in unsettled(engine.database)),
        held=len(found.held),
        trouble=outbox.trouble or "",
        last_beat=last_beat,
    )
