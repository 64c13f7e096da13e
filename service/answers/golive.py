"""How far it is to the first Monday: which steps are done, by what stands in the config and in the store, and nothing else
is remembered."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from culture.policy import QUESTIONS
from culture.vitamin.settings import Vitamin
from culture.workdays import first_day
from mailer.transport import way_of
from service.answers.look import missing
from service.engine.opening import looking
from service.messages.translation import Sentence
from service.planning.kinds import KINDS
from service.settings.edits import ConfigFile
from service.settings.example_files import CONFIG, example_folder
from service.settings.inputs import Inputs, closing, read_inputs
from service.settings.loopback import url_is_loopback
from store.daemon import running

Name = Literal[
    "organisation", "people", "store", "meetings", "policy", "starts", "web", "mail", "check", "test", "pilot", "held", "weeks", "start"
]  # fmt: skip

AHEAD = timedelta(days=4)
"""Between today and the first Monday that is offered: time for a look, and for a word to everybody beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the steps go by. `people` are the addresses that the store knows, `sent` whether any letter has left for a
    mailbox, `runs` whether the service does."""

    file: ConfigFile
    inputs: Inputs
    folder: Path
    today: date
    people: frozenset[str] = frozenset()
    sent: bool = False
    runs: bool = False
    example: Mapping[str, Any] = field(default_factory=dict)

    def has(self, section: str) -> bool:
        """Whether the programme of that section is turned on."""
        return bool(self.inputs.config.named(section).enabled)

    def is_examples(self, table: str, key: str) -> bool:
        """Whether what stands there is the example's own."""
        here = _at(self.file.data, table, key)
        return here is not None and here == _at(self.example, table, key)


def ground(path: Path, now: datetime) -> Ground:
    """What is so now. Raises BadInput for a config that cannot be used, and what the store raises."""
    inputs = read_inputs(path)
    with looking(path) as engine:
        return Ground(
            file=ConfigFile.read(path),
            inputs=inputs,
            folder=engine.folder,
            today=now.astimezone(ZoneInfo(inputs.config.organisation.zone)).date(),
            people=frozenset(one.row.email for one in engine.stored.known().values() if one.gone is None),
            sent=any(way_of(by) == "mailbox" for kind in KINDS for by in engine.stored.memory(kind).transports),
            runs=running(engine.folder) is not None,
            example=tomllib.loads((example_folder() / CONFIG).read_text("utf-8")),
        )


def _at(data: Mapping[str, Any], table: str, key: str) -> Any:
    for part in table.split("."):
        data = data.get(part, {})
    return data.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `state`: done; open (nothing goes on without it); or offered each time, for nothing tells whether it is
    wanted."""

    name: Name
    title: Sentence
    state: Literal["done", "open", "offered"]
    said: Sentence


OURS = (
    ("organisation", "name"), ("organisation", "domain"), ("organisation", "contact_name"), ("organisation", "contact_email"),
    ("mail", "sender_name"), ("mail", "sender_address"), ("mail", "reply_to"), ("ambassadors", "sponsor_email"),
)  # fmt: skip
"""What is the organisation's own, and the example's until somebody writes it."""


def steps(found: Ground) -> Iterator[Step]:
    """Every step, in the order in which they are taken."""
    config = found.inputs.config
    left = [f"[{table}] {key}" for table, key in OURS if found.is_examples(table, key)]
    fields = {"name": config.organisation.name, "keys": ", ".join(left)}
    yield _step(
        "organisation",
        Sentence("Who you are"),
        not left,
        Sentence("{name}", fields),
        Sentence("still the example's: {keys}", fields),
    )
    yield _people(found)
    if not found.sent and invented(found):
        text = "the store knows {count} people of the example, from trying it out. They are no colleagues of yours"
        yield _step(
            "store", Sentence("What was tried out"), False, Sentence(""), Sentence(text, {"count": len(found.people)})
        )
    yield _meetings(found)
    asked = [question for question in QUESTIONS[:3] if found.is_examples(f"policy.{_language(found)}", question)]
    yield _step(
        "policy",
        Sentence("The three answers"),
        not asked,
        Sentence("yours"),
        Sentence("still the example's: which tools are approved, which data may be shared, who is responsible"),
    )
    yield _starts(found)
    yield _web(found)
    transport = config.mail.transport
    yield _step(
        "mail",
        Sentence("How letters leave"),
        way_of(transport) == "mailbox",
        Sentence("by {transport}", {"transport": transport}),
        Sentence("letters become files and reach nobody"),
    )
    yield from _offered(found)
    yield _step(
        "start",
        Sentence("The service"),
        found.runs,
        Sentence("runs"),
        Sentence("is not running"),
    )


def _step(name: Name, title: Sentence, done: bool, so: Sentence, else_: Sentence) -> Step:
    return Step(name=name, title=title, state="done" if done else "open", said=so if done else else_)


def _people(found: Ground) -> Step:
    people = found.inputs.people
    absent = missing(found.inputs.faults)
    fields = {
        "file": found.inputs.config.people.told,
        "count": len(people.rows) if people else 0,
        "missing": len(absent),
    }
    text = "{file} cannot be read, or nobody is in it"
    if people and absent:
        text = "{missing} departments of {file} are not in config.toml"
    if examples_people(found):
        text = "still the example's {count} people"
    so = people is not None and bool(people.rows) and not absent and not examples_people(found)
    return _step(
        "people", Sentence("The people"), so, Sentence("{count} people in {file}", fields), Sentence(text, fields)
    )


def examples_people(found: Ground) -> bool:
    """Whether the people file is the example's own."""
    settings = found.inputs.config.people
    path = found.inputs.source.resolve(settings.file)
    theirs = (example_folder() / "people.csv").read_bytes()
    return not settings.group and path.is_file() and path.read_bytes() == theirs


def invented(found: Ground) -> bool:
    """Whether whom the store knows are the example's people, and the people file is another's."""
    if not found.people or examples_people(found):
        return False
    return all(address.endswith("@groennebyrum.example") for address in found.people)


def without_meeting(found: Ground) -> list[str]:
    """The departments with people of which nobody has said when they meet."""
    there = {row.department for row in found.inputs.people.rows} if found.inputs.people else set()
    return [key for key, one in found.inputs.departments.items() if key in there and one.meeting is None]


def _meetings(found: Ground) -> Step:
    left = without_meeting(found)
    so = Sentence("every department's is known")
    text = "{count} departments have none here, and so no turns in the relay"
    if not found.has("relay"):
        text = "{count} departments have none here, and the relay is turned off until one has"
    told = Sentence(text, {"count": len(left)}) if left else so
    state: Literal["done", "offered"] = "offered" if left else "done"
    return Step(name="meetings", title=Sentence("When departments meet"), state=state, said=told)


def _language(found: Ground) -> str:
    return found.inputs.config.organisation.language


def _starts(found: Ground) -> Step:
    first = found.inputs.config.of(Vitamin).starts
    title, so = Sentence("The first Monday"), Sentence("{day}", {"day": first})
    if first and not found.sent and first < found.today:
        return _step("starts", title, False, so, Sentence("{day} is over, and nobody has had a letter", {"day": first}))
    return _step(
        "starts", title, bool(first) or found.sent, so if first else Sentence("has been"), Sentence("not chosen")
    )


def first_monday(found: Ground) -> date:
    """The first Monday, or the first working day of a week, that is far enough ahead."""
    works = closing(found.inputs.config).works
    after = found.today + AHEAD
    monday = after + timedelta(days=-after.weekday() % 7)
    return first_day(monday, works) or monday


def _web(found: Ground) -> Step:
    web = found.inputs.config.web
    title, ours = Sentence("The address of the pages"), Sentence("{url}", {"url": web.public_url})
    if not web.enabled:
        return _step("web", title, True, Sentence("there are no pages"), ours)
    so = bool(web.public_url) and not url_is_loopback(web.public_url)
    text = 'letters carry "{url}", which opens on this machine only'
    return _step("web", title, so, ours, Sentence(text, {"url": web.public_url}))


def _offered(found: Ground) -> Iterator[Step]:
    """What can be done at any time, and as often as one likes."""
    only = found.inputs.config.people.only
    pilot = Sentence("everybody at once")
    if only:
        pilot = Sentence("only {entries}", {"entries": ", ".join(only)})
    listed: tuple[tuple[Name, Sentence, Sentence], ...] = (
        ("check", Sentence("Ask the mail server"), Sentence("aikultur check --online")),
        ("test", Sentence("A letter to yourself"), Sentence("aikultur send-test")),
        ("pilot", Sentence("A pilot"), pilot),
        ("held", Sentence("What will be held"), Sentence("aikultur plan, aikultur apply --kinds")),
        ("weeks", Sentence("The first four weeks"), Sentence("aikultur plan --days 28")),
    )
    for name, title, said in listed:
        yield Step(name=name, title=title, state="offered", said=said)
