"""The pages as HTML: what each one is told, and Jinja. The words stand in `templates/pages`, in English."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import jinja2

import templates
from culture.names import first_name
from culture.organisation import Organisation
from culture.people import CHANNELS, ChannelName, Language, Person, Preference
from culture.vitamin import rules as vitamin
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Today
from mailer.render import unbroken
from mailer.words import LANGUAGES, Tongue, opening, tongue
from service.engine.health import Health
from service.messages.beside import beside_prompt
from service.messages.translation import Sentence, say, translations
from service.pages.personal_form import Faults, Form, tracks_of, usual
from service.pages.view import View
from service.planning.links import Links
from service.settings.channel_row import channel_row, told_apart

StopState = Literal["ask", "unclear", "stopped"]
"""The question; the question again after a body that said something else; that the letters are stopped."""

FOLDER = Path(templates.__file__).parent / "pages"

TRACKS: Mapping[str, Sentence] = {
    "general": Sentence("General"),
    "administration": Sentence("Administration"),
    "care": Sentence("Care and health"),
    "casework": Sentence("Casework"),
    "communication": Sentence("Communication"),
    "economy": Sentence("Economy"),
    "field": Sentence("Field and technical crews"),
    "hr": Sentence("HR"),
    "law": Sentence("Law"),
    "school": Sentence("Schools and day care"),
}
"""Our own tracks. One that the organisation made up is called what it calls it."""

CHANNEL_NAMES: Mapping[ChannelName, Sentence] = {name: channel_row(name).words for name in CHANNELS}


def language_name(language: Language) -> str:
    """Its name in itself, so that whoever cannot read the page finds the way out."""
    return opening(tongue(language).languages[language])


def other_languages(language: Language) -> list[tuple[Language, str]]:
    """Those that a page is not in, each with its name in itself."""
    return [(one, language_name(one)) for one in LANGUAGES if one != language]


SOON_DAYS = 180
"""A day further off than this is written with its year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page is told: its language, and the way from its address to the root ("" or "../")."""

    language: Language
    root: str

    @property
    def tongue(self) -> Tongue:
        """How dates and numbers are written."""
        return tongue(self.language)

    def say(self, text: str, /, **fields: Any) -> str:
        """A sentence in the page's language."""
        return say(self.language, text, **fields)

    def day(self, day: date, today: date) -> str:
        """The day in words, inside a sentence; with its year when it is far off."""
        far = abs((day - today).days) > SOON_DAYS
        return f"{self.tongue.day(day)} {day.year}" if far else self.tongue.day(day)

    def html(self, name: str, **values: Any) -> str:
        """The page `name` of `templates/pages`."""
        made = (
            _environment()
            .get_template(f"{name}.html.j2")
            .render(
                language=self.language,
                root=self.root,
                style_version=style_version(),
                say=partial(say, self.language),
                tongue=self.tongue,
                **values,
            )
        )
        return unbroken(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How pages speak of a programme's page. On somebody's own page it stands under `heading`, with `intro` and a link
    called `link`; where everybody's links are listed it is called `short`, and `short_of` for whoever hears it read."""

    heading: Sentence
    intro: Sentence
    link: Sentence
    short: Sentence
    short_of: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPage:
    """The way to a programme's page for one person: how it is spoken of, from the root to it, and what is new there."""

    way: Way
    address: str
    news: Sequence[str] = ()


@cache
def style() -> bytes:
    """The stylesheet."""
    return (FOLDER / "style.css").read_bytes()


@cache
def style_version() -> str:
    """Changes with the stylesheet, so that its address can be kept by browsers."""
    return hashlib.sha256(style()).hexdigest()[:16]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["opening"] = opening
    return environment


def load() -> None:
    """Read all that pages are made of now: a file that is read when somebody first comes tells when that was."""
    style_version()
    for language in LANGUAGES:
        translations(language)
        tongue(language)
    for name in _environment().list_templates(extensions=["j2"]):
        _environment().get_template(name)


def concern_path(language: Language, organisation: Organisation) -> str:
    """The way from the root to the page for concerns. Only who reads another language than the organisation's has it in
    the address, for it tells something of them."""
    return "concern" if language == organisation.language else f"concern?lang={language}"


def start_page(
    page: Page, view: View, links: Links, now: datetime, pages: Callable[[Person], Sequence[ToPage]], *, demo: bool
) -> str:
    """What this is; how the service is; and where it is only tried out, everybody's links."""
    organisation = view.organisation
    people = [organisation.people[key] for key in dict.fromkeys(view.by_reference.values())] if demo else []
    rows = [
        {
            "name": person.name,
            "department": organisation.departments[person.department].name,
            "page": f"me/{links.token('page', person.linked, now)}",
            "pages": [
                (
                    to.way.short.said(page.language),
                    page.say(to.way.short_of.text, name=person.name),
                    to.address,
                )
                for to in pages(person)
            ],
            "feed": f"feed/{view.feed_tokens[person.id]}.ics" if person.id in view.feed_tokens else "",
        }
        for person in sorted(people, key=lambda person: (person.name, person.id))
    ]
    others: list[Language] = [language for language in LANGUAGES if language != page.language]
    return page.html(
        "start",
        organisation=organisation,
        title=_title(page, organisation),
        pill=organisation.of(Vitamin).enabled,
        minutes=page.tongue.number(organisation.of(Vitamin).minutes),
        health=_health_line(page, organisation, view.health(), now),
        left=view.left,
        others=[(language, language_name(language)) for language in others],
        concern=concern_path(page.language, organisation),
        demo=demo,
        rows=rows,
    )


def _title(page: Page, organisation: Organisation) -> str:
    """What this is called: the block; where there is none, the place."""
    vitamin = organisation.of(Vitamin)
    return vitamin.title[page.language] if vitamin.enabled else organisation.name


def _health_line(page: Page, organisation: Organisation, health: Health, now: datetime) -> str:
    last = health.last_beat.astimezone(organisation.tz)
    clock, today = page.tongue.clock(last.time()), now.astimezone(organisation.tz).date()
    if health.status == "late":
        day = page.day(last.date(), today)
        return page.say("The service has stood still since {day} at {time}.", day=day, time=clock)
    running = page.say("The service is running. Last heartbeat at {time}.", time=clock)
    if health.waiting:
        return f"{running} {page.say('Letters waiting: {count}.', count=health.waiting)}"
    return running


def message_page(
    page: Page, organisation: Organisation | None, heading: Sentence, sentence: Sentence, way_back: str
) -> str:
    """A heading and a sentence: refusals and faults. `organisation` None: the service is not up yet."""
    return page.html(
        "message",
        organisation=organisation,
        heading=heading.said(page.language),
        sentence=sentence.said(page.language),
        way_back=way_back,
    )


def stop_page(
    page: Page,
    organisation: Organisation,
    person: Person,
    state: StopState,
) -> str:
    """What a stop link leads to: no further than stopping, for it lives longer than a link to the personal page."""
    return page.html("stop", organisation=organisation, person=person, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What the personal page shows, besides the organisation."""

    person: Person
    standing: Preference  # what stands chosen
    week: tuple[tuple[date, Today], ...]
    form: Form
    faults: Faults
    overtaken: Collection[str]  # the faults that are none, but news from elsewhere
    form_token: str
    feed_address: str  # empty: none to show
    own_address: str  # of this page
    pages: Sequence[ToPage]  # those of programmes
    saved: str  # "1": settings, "address": new calendar addresses, "links": new links, else nothing
    problem: Sentence | None  # what is wrong with the form as a whole


def personal_page(page: Page, organisation: Organisation, mine: Personal, today: date) -> str:
    """Somebody's own page."""
    days = [_shown_prompt(page, day, found, today) for day, found in mine.week]
    ahead = next((at for at, (day, _) in enumerate(mine.week) if day >= today), 0)
    return page.html(
        "me",
        organisation=organisation,
        title=_title(page, organisation),
        pill=organisation.of(Vitamin).enabled,
        person=mine.person,
        first_name=first_name(mine.person.name),
        state=_state(page, organisation, mine.person, today),
        lead=days[ahead] if days else None,
        others=days[:ahead] + days[ahead + 1 :],
        policy=organisation.policy.text(page.language),
        form=mine.form,
        faults={name: fault.said(page.language) for name, fault in mine.faults.items()},
        overtaken=mine.overtaken,
        problem=mine.problem.said(page.language) if mine.problem else "",
        saved=mine.saved,
        pages=[
            {
                "heading": to.way.heading.said(page.language),
                "intro": to.way.intro.said(page.language),
                "link": to.way.link.said(page.language),
                "address": to.address,
                "news": to.news,
            }
            for to in mine.pages
        ],
        concern=concern_path(page.language, organisation),
        form_token=mine.form_token,
        feed_address=mine.feed_address,
        own_address=mine.own_address,
        weekdays=[(day, opening(page.tongue.weekdays[day - 1])) for day in sorted(organisation.of(Vitamin).days)],
        **_choices(page, organisation, mine),
    )


def _shown_prompt(page: Page, day: date, found: Today, today: date) -> dict[str, Any]:
    words = page.tongue.day(day)
    beside = beside_prompt(found)
    return {
        "date": day,
        "day": page.say("Today, {day}", day=words) if day == today else opening(words),
        "text": found.prompt.text(page.language),
        "beside": beside.said(page.language) if beside else "",
        "further": found.beside == "further",
        "common": found.common.text(page.language).title if found.common else "",
        "again": page.day(found.again, today) if found.again else "",
    }


def _state(page: Page, organisation: Organisation, person: Person, today: date) -> list[str]:
    """How things are for the person, a sentence each."""
    pill = organisation.of(Vitamin)
    weekdays = person.working_days & pill.days if pill.enabled else frozenset()
    found = []
    if person.pause_until and person.pause_until > today:
        day = page.day(person.pause_until, today)
        found.append(page.say("You are taking a break and start again on {day}.", day=day))
    elif weekdays:
        fields = {"minutes": page.tongue.number(organisation.of(Vitamin).minutes), "days": page.tongue.days(weekdays)}
        clock = page.tongue.clock(vitamin.start_time(organisation, person))
        if person.channel == "none":
            found.append(page.say("You have {minutes} minutes {days}, whenever it suits you.", **fields))
        else:
            found.append(page.say("Your {minutes} minutes are {days} at {time}.", time=clock, **fields))
    if person.stopped and pill.enabled:
        found.append(page.say("The weekly letters are stopped."))
    return found


def _choices(page: Page, organisation: Organisation, mine: Personal) -> dict[str, Any]:
    """What the form offers: value and words, the usual first and, where it is known, by name."""
    known = usual(organisation, mine.person, mine.standing)
    time = page.tongue.clock(known["time"]) if known["time"] else ""
    track, language, channel = known["track"], known["language"], known["channel"]
    tracks = [(key, track_name(page, key)) for key in tracks_of(organisation, mine.standing)]
    usual_channel = inside(CHANNEL_NAMES[channel].said(page.language)) if channel else ""
    channels = _channel_names(page, _channels(organisation, mine))
    return {
        "usual_time": page.say("The usual time, {time}", time=time) if time else page.say("The usual time"),
        "tracks": [("", _usual(page, inside(track_name(page, track)) if track else "")), *tracks],
        "languages": [
            ("", _usual(page, language_name(language) if language else "")),
            *((one, language_name(one)) for one in LANGUAGES),
        ],
        "channels": [("", _usual(page, usual_channel)), *channels],
    }


def _channels(organisation: Organisation, mine: Personal) -> list[ChannelName]:
    """The calendars to choose between: none where the config says that nobody has a block, but what was chosen before."""
    department = organisation.departments.get(mine.person.department)
    if ((department and department.channel) or organisation.defaults.channel) != "none":
        return list(organisation.channels)
    return [one for one in organisation.channels if one == mine.standing.channel]


def _channel_names(page: Page, channels: Sequence[ChannelName]) -> list[tuple[str, str]]:
    """These channels with their names; where several are on a server, with which one."""
    servers = told_apart(channels)
    names = {key: CHANNEL_NAMES[key].said(page.language) for key in channels}
    return [(key, f"{name} ({servers[key]})" if key in servers else name) for key, name in names.items()]


def _usual(page: Page, name: str) -> str:
    return page.say("The usual: {name}", name=name) if name else page.say("The usual")


def inside(text: str) -> str:
    """The text as it stands inside a sentence: its first letter small, unless it is an abbreviation such as HR."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def track_name(page: Page, track: str) -> str:
    """What a track is called."""
    return TRACKS[track].said(page.language) if track in TRACKS else opening(track)
