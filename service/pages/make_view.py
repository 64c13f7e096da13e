"""Makes the view that the web sees, after each tick."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from culture.people import Person
from culture.vitamin import rules as vitamin
from culture.vitamin import timetable
from culture.vitamin.timetable import Today
from culture.workdays import Week
from culture.world import World
from service.engine.engine import Engine
from service.engine.health import Health
from service.pages.view import View
from service.planning.feeds import Feed, FeedDocument, department_key
from service.planning.links import Links
from service.planning.plan import Plan
from service.planning.programme import departments as departments_of
from service.planning.programme import outsiders


def make_view(engine: Engine, found: Plan, health: Callable[[], Health]) -> View:
    """The world at the tick of `found`. Feeds are made when they are asked for, by what the tick saw."""
    world, links = found.world, engine.links
    feeds = _without_fingerprints(engine.stored.feeds())
    people = _still_here(found)
    departments = {department_key(key): key for key in departments_of(world)}
    tokens = {key: links.feed_token(key, feed.issue) for key, feed in feeds.items() if key in people}
    same = {key: one.person for key, one in engine.stored.same().items() if one.person in people}
    also = _former_tokens(links, feeds, same)
    made_from: dict[str, Feed] = {}  # what this view's feeds are made from, of those that were asked for
    fingerprints, make = engine.fingerprints(world), engine.feed_maker(world)

    def ready(key: str) -> FeedDocument | None:
        return engine.shelf.take(key, made_from[key]) if key in made_from else None

    def feed(key: str) -> FeedDocument:
        if key not in made_from:
            # Not the stored one: while the clock is not believed, the world is another than what is stored.
            seen = fingerprints.of_department(departments[key]) if key in departments else fingerprints.of(people[key])
            made_from[key] = replace(feeds[key], fingerprint=seen)
        made = ready(key)
        if made is None:
            made = make(key, made_from[key])
            engine.shelf.put(key, made_from[key], made)
        return made

    def week(person: Person, now: datetime) -> tuple[tuple[date, Today], ...]:
        today = world.organisation.today(person, now)
        this = Week.of(today)
        days = vitamin.pill_days(world, person, this.days[0], this.days[-1])
        if not any(day >= today for day in days):  # the week is over: show the coming one
            days = vitamin.pill_days(world, person, today, this.days[-1] + timedelta(days=7))
        found = [(day, timetable.todays(world, person, day)) for day in days]
        return tuple((day, today) for day, today in found if today)

    return View(
        world=world,
        health=health,
        links=links,
        by_reference={links.reference(key): whose for key, whose in (*same.items(), *zip(people, people, strict=True))},
        by_feed_token=also | {token: key for key, token in tokens.items()},
        preferences=engine.stored.preferences(),
        feed_tokens=tokens,
        week=week,
        feed=feed,
        ready=ready,
        outsiders=_outsiders(world, links),
        left=found.recalled.left if found.recalled else 0,
        departments=frozenset(feeds.keys() & departments.keys()),
    )


def after_act(engine: Engine, view: View, person_id: str, now: datetime) -> View:
    """The view when somebody has done something on their page. Feeds and letters follow at the next tick."""
    world, feed, links = engine.snapshot(now), engine.stored.feed(person_id), engine.links
    found = replace(
        view if links is view.links else _with_links(view, links, person_id),
        world=world,
        preferences=engine.stored.preferences(),
        outsiders=_outsiders(world, links),
    )
    old, new = view.feed_tokens.get(person_id), links.feed_token(person_id, feed.issue) if feed else None
    if old is None or new is None or old == new:
        return found
    by_token = {token: key for token, key in view.by_feed_token.items() if key != person_id} | {new: person_id}
    return replace(found, feed_tokens={**view.feed_tokens, person_id: new}, by_feed_token=by_token)


def _with_links(view: View, links: Links, person_id: str) -> View:
    """The view when this person's links were made new: the old ones lead nowhere."""
    by_reference = {key: whose for key, whose in view.by_reference.items() if whose != person_id}
    if len(by_reference) < len(view.by_reference):
        by_reference[links.reference(person_id)] = person_id
    return replace(view, links=links, by_reference=by_reference)


def _outsiders(world: World, links: Links) -> dict[str, Person]:
    return {links.reference(one.linked): one for one in outsiders(world).values()}


def _without_fingerprints(feeds: Mapping[str, Feed]) -> dict[str, Feed]:
    """What a view needs of the feeds: when each was revised, and its issue. Most have both in common, and share one."""
    shared: dict[tuple[datetime, int], Feed] = {}
    return {
        key: shared.setdefault((feed.revised, feed.issue), replace(feed, fingerprint="")) for key, feed in feeds.items()
    }


def _still_here(found: Plan) -> dict[str, Person]:
    people, today = found.world.organisation.people, found.world.today
    return {person.id: person for person in people.values() if person.left is None or person.left >= today}


def _former_tokens(links: Links, feeds: Mapping[str, Feed], same: Mapping[str, str]) -> dict[str, str]:
    """Whose feed each address is that was made for an id they had before."""
    return {links.feed_token(key, feeds[key].issue): person for key, person in same.items() if key in feeds}
