"""Whatever key of the config our block in Outlook shows, another value of it is a call that writes it anew."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.vitamin import timetable
from service.engine.engine import Engine
from service.engine.server_words import ready
from service.planning.letters import letter_links
from service.settings.config import Source, parse_config
from service.settings.inputs import read_files
from tests.relay_values import BEGIN, make_place
from tests.service_values import approve_all, make_engine
from tests.test_feed_version import CORPS, MAILBOX, OTHER, WITH, write_other

pytestmark = pytest.mark.slow

EXCHANGE = """
[calendar]
channel = "exchange"
[exchange]
endpoint = "https://mail.x.example/EWS/Exchange.asmx"
auth = "kerberos"
user = "aikultur"
mailbox = "ai-tid@x.example"
[policy.en]
tools = "The one."
data = "Public."
responsible = "You."
"""

ROOT = Path(__file__).parent.parent
OF_THE_PLACE = "{{ reader.organisation_name }} {{ reader.contact_name }} {{ reader.contact_email }}"
"""What else a template of the organisation's own may well show."""

Shown = dict[tuple[str, str], tuple[str, str]]
"""By person and day ("" for the series): the fingerprint that is compared, and the words."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("events")
    make_place(folder)
    file = folder / "config.toml"
    text = file.read_text("utf-8").replace('[calendar]\nchannel = "feed"\n', "")
    file.write_text(text + EXCHANGE, "utf-8")
    own = folder / "own-templates" / "event"
    own.mkdir(parents=True)
    for language in ("da", "en"):
        ours = (ROOT / f"templates/event/block.{language}.txt.j2").read_text("utf-8")
        (own / f"block.{language}.txt.j2").write_text(ours + OF_THE_PLACE, "utf-8")
    made = make_engine(folder)
    made.feeds_too = False  # here calls are looked at alone
    approve_all(made, BEGIN)
    prompts = timetable.prompts(made.plan(BEGIN).world, ("plan", "general"))
    write_other(folder / "prompts.toml", prompts[BEGIN.date()].prompt, "prompts")
    (folder / "challenges.toml").write_text("", "utf-8")
    yield made
    made.close()


def shown(engine: Engine, edits: Mapping[str, Any]) -> Shown:
    before = engine.inputs
    data = tomllib.loads((engine.path).read_text("utf-8"))
    data.setdefault("ambassadors", {"meeting": dict(CORPS)})
    for path, value in edits.items():
        *tables, name = path.split(".")
        table = data
        for part in tables:
            table = table.setdefault(part, {})
        table[name] = value
    engine.inputs = read_files(Source(parse_config(data, "config.toml"), Path(before.source.path)), before)
    try:
        found = engine.plan(BEGIN + timedelta(minutes=1))
        texts: Shown = {}
        for call in found.calls:
            if not call.wanted:  # of a meeting: no block
                continue
            links = letter_links(engine.links, call.person, 1, found.world.now)
            work = ready(found.world, call, engine.renderer, links)
            if work.texts:
                texts[call.person.id, ""] = (call.wanted.wish.words, work.texts.series)
                for day in call.wanted.days:
                    texts[call.person.id, str(day.day)] = (day.words, work.texts.days[day.day])
        return texts
    finally:
        engine.inputs = before


@pytest.fixture(scope="module")
def before(engine: Engine) -> Shown:
    return shown(engine, {})


@pytest.mark.parametrize(
    "key", sorted(set(OTHER) - {"departments.plan.meeting.ics", "departments.plan.meets_with", *MAILBOX})
)
def test_a_key_that_a_block_shows_changes_what_is_compared(engine: Engine, before: Shown, key: str) -> None:
    after = shown(engine, {**WITH.get(key, {}), key: OTHER[key]})
    assert len(before) > 20
    both = before.keys() & after.keys()
    changed = {place for place in both if before[place][1] != after[place][1]}
    assert {place for place in changed if before[place][0] == after[place][0]} == set()
    assert changed or key not in SEEN


SEEN = {
    "organisation.name",
    "organisation.contact_name",
    "organisation.contact_email",
    "policy.da.tools",
    "policy.da.data",
    "policy.da.responsible",
    "vitamin.own_prompts",
    "vitamin.without_kinds",
    "web.public_url",
    "departments.plan.language",
}
"""Keys that somebody's block shows at BEGIN."""
