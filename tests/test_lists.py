"""Lists that say something of every kind of letter, of every table, of every key: none may leave one out.

Each row here is written by hand; what there must be a row for comes from elsewhere: from weeks in which everything
happens, from the names of the tables, from the shape of the config.
"""

import ast
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.ambassadors.agenda_records import Agenda, Minutes, News
from culture.ambassadors.recommendations import Recommendation
from culture.ambassadors.records import CorpsMeeting, Place
from culture.outsiders import Holder
from culture.relay.learning import Discovery, Learning
from culture.relay.turns import Place as Standing
from culture.relay.turns import Turn
from culture.revisit.rules import Revisit
from culture.same import Same
from mailer.letter import Facts
from service.answers.privacy_words import LABELS, SAID
from service.engine import restore_policy, retention
from service.engine.engine import Engine
from service.engine.erasure import found_of_one
from service.engine.tables import ROWS
from service.engine.typed import unreadable
from service.planning.jobs import Job, merged
from service.planning.kinds import CALLS as CALL_KINDS
from service.planning.kinds import CANCELS, KINDS, OWN_TURN, PREVIEWS, UNFUSED
from service.planning.letters import facts_of
from service.planning.sample_letters import samples
from store import records
from tests.culture_values import person
from tests.service_values import MONDAY, make_engine, row, write_config, write_people
from tests.year_values import Year

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    found = Year(tmp_path_factory.mktemp("year"))
    yield found
    found.engine.close()


# --- kinds of letters and calls --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What the lists must say of a kind."""

    counts: str = "counted"  # of those a person gets two a week
    yields_in: int | None = None  # its place among what becomes a section of the next letter
    cancels: bool = False  # takes something out of calendars
    fused: bool = True
    shown: tuple[str, ...] = ()  # the previews of it


AFTER = ("invite", "cancel")
"""What stands in a letter after all else, in whatever order."""

LETTERS = {  # in the order in which they lead a letter
    "welcome": Kind(shown=("welcome",)),
    "held": Kind(counts="office", fused=False, shown=("held",)),
    "ending": Kind(counts="office", fused=False, shown=("ending",)),
    "link": Kind(counts="receipt", fused=False, shown=("link",)),
    "ambassador": Kind(shown=("ambassador",)),
    "corps-chair": Kind(yields_in=22, shown=("corps-chair",)),
    "corps-sponsor": Kind(yields_in=23, shown=("corps-sponsor",)),
    "assignment": Kind(counts="own-turn", shown=("assignment", "retry")),
    "slot": Kind(counts="own-turn", shown=("slot",)),
    "corps-meeting": Kind(counts="time", shown=("corps-meeting",)),
    "swap": Kind(counts="time", shown=("swap",)),
    "corps-asked": Kind(yields_in=20, shown=("corps-asked",)),
    "agenda": Kind(shown=("agenda",)),
    "eve": Kind(counts="own-turn", shown=("eve",)),
    "halfway": Kind(counts="own-turn", shown=("halfway",)),
    "learning": Kind(counts="own-turn", shown=("learning",)),
    "swap-declined": Kind(counts="receipt", shown=("swap-declined",)),
    "corps-declined": Kind(counts="receipt", shown=("corps-declined",)),
    "corps-thanks": Kind(yields_in=36, shown=("corps-thanks",)),
    "concerns": Kind(counts="office", shown=("concerns",)),
    "recommendation": Kind(yields_in=21, shown=("recommendation",)),
    "open-questions": Kind(counts="office", fused=False, shown=("open-questions",)),
    "corps-news": Kind(shown=("corps-news",)),
    "revisit": Kind(yields_in=30, shown=("revisit",)),
    "frame": Kind(yields_in=34, shown=("frame",)),
    "corps-decisions": Kind(shown=("corps-decisions",)),
    "concern": Kind(yields_in=33, shown=("concern",)),
    "works": Kind(yields_in=35, shown=("works",)),
    "step": Kind(yields_in=40, shown=("step",)),
    "report": Kind(shown=("report",)),
    "overview": Kind(yields_in=50, shown=("overview",)),
    "corps-uncovered": Kind(yields_in=55, shown=("corps-uncovered",)),
    "unreached": Kind(counts="time", fused=False, shown=("unreached",)),
    "tip": Kind(yields_in=60, shown=("tip",)),
    "invite": Kind(counts="time", shown=("invite",)),
    "cancel": Kind(counts="time", cancels=True),  # says what an invitation says
}
CALLS = {
    "block": Kind(),
    "prompt": Kind(fused=False),
    "unblock": Kind(cancels=True),
    "meeting": Kind(counts="own-turn"),
    "unmeeting": Kind(cancels=True),
    "corps-event": Kind(counts="time"),
    "corps-unevent": Kind(cancels=True),
}
EVERY = LETTERS | CALLS

HELD_ONLY = {"people", "meetings", "clock"}
"""What the fuse holds that is neither a letter nor a call."""


def test_there_is_a_row_for_every_kind_that_happens_and_every_row_happens(year: Year) -> None:
    assert year.engine.aside.faults == ()
    assert (year.letters, year.calls) == (set(LETTERS), set(CALLS))
    assert year.calls == CALL_KINDS


def test_what_the_fuse_holds_besides_is_named_in_the_plan() -> None:
    trees = [
        ast.parse((ROOT / f"service/planning/{name}.py").read_text("utf-8"))
        for name in ("snapshot", "believed", "meeting_fuse")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    made = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "Held"]
    kinds = [keyword.value for node in made for keyword in node.keywords if keyword.arg == "kind"]
    assert {kind.value for kind in kinds if isinstance(kind, ast.Constant)} == HELD_ONLY


def test_every_kind_has_a_name_for_people() -> None:
    assert set(KINDS) == set(EVERY) | HELD_ONLY


def test_every_kind_of_letter_has_a_label_for_the_one_who_got_it() -> None:
    assert {kind.id for kind in KINDS.values() if kind.one} == set(LETTERS)


def test_every_kind_of_letter_can_be_looked_at(year: Year) -> None:
    shown = [name for kind in LETTERS.values() for name in kind.shown]
    assert sorted(PREVIEWS) == sorted(shown)
    found = year.engine.plan(year.now)
    reader = found.world.organisation.people["3"]
    assert sorted(samples(found.world, reader).jobs) == sorted(shown)
    assert {name for name in PREVIEWS if not year.engine.preview(found, name, reader)} == set()


def test_every_kind_of_facts_has_its_template_in_both_languages(year: Year) -> None:
    found = year.engine.plan(year.now)
    made = samples(found.world, found.world.organisation.people["3"])
    facts = [one for job in made.jobs.values() for one in facts_of(made.world, job)]
    assert {one.template for one in facts} == {one.template for one in Facts.__subclasses__()}
    names = {f"{one.template}.{form}.j2" for one in facts for form in ("txt", "html")}
    names |= {f"about/{one.about.template}.txt.j2" for one in facts if one.about.template != "office"}
    parts = ("letter", "relay/parts", "ambassadors/parts", "leaders/parts")
    shared = {f"{name}.{form}.j2" for name in parts for form in ("txt", "html")}
    for language in ("da", "en"):
        folder = ROOT / "templates/mail" / language
        files = {file.relative_to(folder).as_posix() for file in folder.rglob("*.j2")}
        told = ("relay/line", "relay/asked", "revisit/policy", "leaders/say", "leaders/pulse", "leaders/answered")
        lines = {f"{name}.{form}.j2" for name in told for form in ("txt", "html")}
        inner = {"relay/news.txt.j2", "relay/shared.txt.j2", "vitamin/changed.txt.j2", "ambassadors/news.txt.j2"}
        inner |= {"ambassadors/points.txt.j2"}
        assert files == names | shared | lines | inner


def first_of(*kinds: str) -> str:
    """What a letter of these kinds begins with, when each is due an hour after the one that follows it."""
    found = [
        Job(
            person=person("1"),
            kinds=(kind,),
            keys=(f"{kind}/x/1",),
            due=MONDAY - timedelta(hours=place),
            too_late=None,
            at_once=True,
        )
        for place, kind in enumerate(kinds)
    ]
    (letter,) = merged(found)
    return letter.kind


def test_a_letter_of_two_kinds_begins_with_the_one_that_leads() -> None:
    leading, after = [kind for kind in LETTERS if kind not in AFTER], AFTER
    pairs = [*itertools.combinations(leading, 2), *itertools.product(leading, after)]
    assert [pair for pair in pairs if first_of(*pair) != pair[0]] == []
    assert {(one, other) for one in after for other in after if first_of(one, other) != other} == set()


def test_a_turns_own_kinds_cancellations_and_what_needs_no_approval_are_listed() -> None:
    assert {kind for kind, one in EVERY.items() if one.counts == "own-turn"} == OWN_TURN
    assert {kind for kind, one in EVERY.items() if one.cancels} == CANCELS
    assert {kind for kind, one in EVERY.items() if not one.fused} == UNFUSED


def test_every_kind_of_letter_says_what_it_counts_as_and_whether_it_yields() -> None:
    assert {kind: (KINDS[kind].counts, KINDS[kind].yields_in) for kind in LETTERS} == {
        kind: (one.counts, one.yields_in) for kind, one in LETTERS.items()
    }


# --- tables of the store ---------------------------------------------------------------------------------------

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What becomes of a table's records. `of`: an old record of a person (key and document); None: there is nobody in it."""

    at_restore: str  # "kept": nothing that went out is forgotten; "put back"; "dropped"
    of: tuple[str, Document] | None = None
    stays: bool = False  # without its person, when they are forgotten; else it goes with them
    with_time: bool = False  # whether it goes when it is old, whatever else there is
    in_memory: bool = False  # whether what was read is kept, and a change of it makes the organisation anew


LONG_AGO = "2020-01-06"
NOON = f"{LONG_AGO}T12:00:00+00:00"
THEN = f"{LONG_AGO}T12:00:00+01:00[Europe/Copenhagen]"

LEARNING: Document = {
    "id": "plan-1",
    "department": "plan",
    "person": "{id}",
    "challenge": "x",
    "title": "x",
    "at": NOON,
}
LEARNING |= {"outcome": "worked", "worked": "x"}
RECOMMENDATION: Document = {
    "id": "rec-1",
    "text": "x",
    "reason": "x",
    "written_on": LONG_AGO,
    "to_id": "{id}",
    "to_name": "{id}",
}
RECOMMENDATION |= {"asked_on": LONG_AGO, "answers": [{"day": LONG_AGO, "answer": "yes", "by": "{id}"}]}
REVISIT: Document = {"id": "1", "name": "x", "what": "tool", "rejected_by": "x", "rejected_on": LONG_AGO, "reason": "x"}
REVISIT |= {"would_change": "x", "months": 3, "owner": "{id}", "next_on": LONG_AGO, "tried_by": ["{id}"]}
JUDGED = {"day": LONG_AGO, "by": "{id}", "verdict": "still-not", "reason": "x", "judge": "{id}"}
REVISIT |= {"judgements": [JUDGED]}
TURN: Document = {
    "id": "plan-1",
    "department": "plan",
    "number": 1,
    "kind": "normal",
    "person": "{id}",
    "presenter": "{id}",
}
TURN |= {"announced": NOON, "why": {"level": 1, "among": 2, "tie": "lowest", "away": {"{id}": "could-not"}}}
DEED = {"at": NOON, "by": "{id}", "what": "swapped", "about": "{id}"}
TURN |= {"deeds": [DEED], "offered": "{id}"}
AGENDA = {
    "meeting": "corps/2020-01",
    "made_at": NOON,
    "topics": ["corps%2F2020-01/{id}"],
    "news": ["corps%2F2020-01/{id}"],
}
MEETING = {"id": "corps/2020-01", "starts": THEN, "minutes": 60, "deputy": "{id}"}

TABLES = {
    # What the organisation has and chose.
    "people": Table(at_restore="put back", of=("{id}", {"gone": LONG_AGO}), in_memory=True),
    "preferences": Table(at_restore="put back", of=("{id}", {}), in_memory=True),
    # Colleagues go on reading a learning.
    "learnings": Table(at_restore="put back", of=("plan-1", LEARNING), stays=True, in_memory=True),
    "discoveries": Table(
        at_restore="put back",
        of=("1", {"id": "1", "at": NOON, "text": "x", "person": "{id}"}),
        stays=True,
        in_memory=True,
    ),
    "concerns": Table(at_restore="put back", in_memory=True),
    "answered_concerns": Table(at_restore="kept", in_memory=True),  # people have read them
    "tallies": Table(at_restore="kept"),  # nobody can choose again
    "recommendations": Table(at_restore="kept", of=("rec-1", RECOMMENDATION), stays=True, in_memory=True),
    "frames": Table(at_restore="kept", in_memory=True),  # managers have got what they have got
    "steps": Table(at_restore="kept", in_memory=True),
    "revisits": Table(at_restore="put back", of=("1", REVISIT), stays=True, in_memory=True),
    # What others have got or been told.
    "policy": Table(at_restore="kept", in_memory=True),
    "prompts": Table(at_restore="kept", in_memory=True),
    "feeds": Table(at_restore="kept", of=("{id}", {})),
    "links": Table(at_restore="kept", of=("{id}", {}), in_memory=True),
    "publications": Table(at_restore="kept", of=("u@x/{id}", {"person": "{id}"})),
    "letters": Table(at_restore="kept"),  # a person with a letter stays; those of the archive go with them
    "notices": Table(at_restore="kept", of=("welcome/first/{id}", {})),
    "weeks": Table(at_restore="kept", of=("2020-W02/{id}", {}), with_time=True),
    "fuse": Table(at_restore="kept"),
    # What was done in the relay is the relay's.
    "turns": Table(at_restore="kept", of=("plan-1", TURN), stays=True, in_memory=True),
    "standings": Table(
        at_restore="kept", of=("plan", {"people": {"{id}": {}}, "owed": {"x": "{id}"}}), stays=True, in_memory=True
    ),
    # Who has stepped down does not come back by a restore.
    "corps_places": Table(at_restore="kept", of=("{id}", {}), in_memory=True),
    "corps_news": Table(
        at_restore="put back",
        of=("corps%2F2020-01/{id}", {"person": "{id}", "at": f"{LONG_AGO}T06:00:00+00:00"}),
        with_time=True,
        in_memory=True,
    ),
    "corps_agendas": Table(at_restore="kept", of=("corps/2020-01", AGENDA), stays=True, in_memory=True),
    "corps_minutes": Table(
        at_restore="kept",
        of=("corps/2020-01", {"meeting": "corps/2020-01", "at": NOON, "by": "{id}"}),
        stays=True,
        in_memory=True,
    ),
    "corps_meetings": Table(at_restore="kept", of=("corps/2020-01", MEETING), stays=True, in_memory=True),
    "former": Table(at_restore="kept"),  # by a mark: nobody else becomes them
    "links_asked": Table(at_restore="kept", of=("{id}", {"at": f"{LONG_AGO}T06:00:00+00:00"}), with_time=True),
    "same": Table(at_restore="kept", of=("{id}", {"person": "x"}), in_memory=True),
    # Who has had a role and got letters in it.
    "outsiders": Table(at_restore="kept", of=("{id}", {"left": LONG_AGO}), with_time=True, in_memory=True),
    "turn_letters": Table(at_restore="kept", of=("{id}", {"day": LONG_AGO}), with_time=True),
    "blocks": Table(at_restore="kept", of=("{id}", {})),
    "meetings": Table(at_restore="kept", of=("plan.1/{id}", {})),  # goes with its slot
    "free_minutes": Table(at_restore="kept", of=("2020-W02/{id}", {}), with_time=True),
    "logins": Table(at_restore="kept"),
    "signing": Table(at_restore="kept"),
    # What was told of a quarter: another figure for it would tell the difference.
    "reports": Table(at_restore="kept", in_memory=True),
    "ways": Table(at_restore="kept"),
    # Why a letter did not come, and when the service did not run.
    "unsaid": Table(
        at_restore="kept",
        of=("tip/2020-W02/{id}", {"too_late": f"{LONG_AGO}T06:00:00+00:00"}),
        with_time=True,
    ),
    "silences": Table(at_restore="kept"),
    "recalls": Table(at_restore="kept"),  # what was taken back is taken back
    "counts": Table(at_restore="kept"),
    "choices": Table(at_restore="kept", of=(f"{LONG_AGO}T06:00:00+00:00/{{id}}", {}), with_time=True),
    # What an administrator has looked at before, and what a server said then.
    "approvals": Table(
        at_restore="dropped", of=("1", {"keys": ["leave/{id}"], "at": NOON}), stays=True, with_time=True
    ),
    "held": Table(at_restore="dropped"),
    "retries": Table(at_restore="dropped"),
    "files": Table(at_restore="put back"),
    "trouble": Table(at_restore="put back"),
}


def named_tables() -> set[str]:
    """The tables that the code names: those of records.py, and constants that are given to the database elsewhere."""
    found = {value for name, value in vars(records).items() if name.isupper() and isinstance(value, str)}
    for file in itertools.chain(*((ROOT / room).rglob("*.py") for room in ("mailer", "store", "service"))):
        tree = ast.parse(file.read_text("utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("table", "documents") and node.args:
                name = constants.get(getattr(node.args[0], "id", ""), getattr(node.args[0], "value", None))
                found |= {name} if isinstance(name, str) else set()
    return found


def test_there_is_a_row_for_every_table(year: Year) -> None:
    assert named_tables() == set(TABLES)
    assert sorted(row.name for row in ROWS) == sorted(TABLES)  # and no table has two
    assert set(year.engine.database.tables()) <= set(TABLES)
    assert len(year.engine.database.tables()) > 15


def test_what_a_year_leaves_in_the_store_is_read_by_the_rows(year: Year) -> None:
    storage = year.engine.database.storage
    assert list(unreadable({row.name: dict(storage.documents(row.name)) for row in ROWS})) == []


def test_what_every_click_looks_at_is_read_once(year: Year) -> None:
    stored = year.engine.stored
    read_once = {row.name for row in ROWS if stored.table_of(row.name) is stored.table_of(row.name)}
    assert read_once == {name for name, table in TABLES.items() if table.in_memory}


@pytest.mark.parametrize("name", TABLES)
def test_a_restore_keeps_what_went_out_and_puts_back_what_is_the_organisations(name: str) -> None:
    then: Document = {"state": "sent", "then": True}
    since: Document = {"state": "sent", "then": False}
    after = restore_policy.held({name: {"then": then, "both": then}}, {name: {"both": since, "since": since}}, MONDAY)
    found = {key: document["then"] for key, document in after.get(name, {}).items()}
    assert (
        found
        == {
            "kept": {"then": True, "both": False, "since": False},
            "put back": {"then": True, "both": True},
            "dropped": {},
        }[TABLES[name].at_restore]
    )


def put_one_of_each(engine: Engine, person_id: str) -> set[str]:
    """A person's record in every table that has one of a person; the tables."""
    of = {name: table.of for name, table in TABLES.items() if table.of}
    for name, (key, document) in of.items():
        text = json.loads(json.dumps(document).replace("{id}", person_id))
        engine.database.table(name).put(key.replace("{id}", person_id), text)
    return set(of)


def test_what_is_old_goes_from_every_table_that_is_about_a_time(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    plan = engine.plan(MONDAY)
    of = put_one_of_each(engine, "1")
    retention.forget(engine.stored, plan, MONDAY, ())
    left = {name for name in of if list(engine.database.storage.documents(name))}
    assert left == {name for name in of if not TABLES[name].with_time}
    engine.close()


def test_who_is_forgotten_is_in_no_table_any_more_and_what_is_the_organisations_stays(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    of = put_one_of_each(engine, "stays-8")
    put_one_of_each(engine, "gone-7")  # of the records that are of several people, this one's
    engine.database.table("same").put("x", {"person": "gone-7"})  # another id that was theirs
    engine.database.table("people").put("stays-8", {"gone": str(MONDAY.date())})
    assert retention.forget_people(engine.database, retention.archive_of(engine), MONDAY, engine.links.mark) == 1
    left = {
        name
        for name in of
        if any("gone-7" in f"{key} {document}" for key, document in engine.database.storage.documents(name))
    }
    assert left == set()
    # The other's is there still, or what is nobody's any more.
    assert [name for name in of if len(list(engine.database.storage.documents(name))) != 1] == []
    engine.close()


def test_whatever_table_there_is_a_person_in_is_told() -> None:
    """Of letters the store has none that this could make; the year has."""
    assert {row.name for row in ROWS if row.told} == {name for name in TABLES if TABLES[name].of} | {"letters"}
    assert {row.name for row in ROWS if row.unnamed} >= {name for name in TABLES if TABLES[name].stays}


def by_words(engine: Engine, words: set[str]) -> set[tuple[str, str]]:
    """Every record in which one of these stands as a word, found without asking any row."""
    found = set()
    for table in engine.database.tables():
        for key, document in engine.database.storage.documents(table):
            text = f'"{key}" {json.dumps(document, ensure_ascii=False)}'
            if words & set(re.split(r'[/"]', text)):
                found.add((table, key))
    return found


def test_no_record_of_a_year_with_a_person_in_it_is_left_out(year: Year) -> None:
    told = dict[str, set[str]]()
    for one in year.engine.stored.known().values():
        held = found_of_one(year.engine.database, [one.id])
        assert held.unread == ()
        found = {(record.row.name, record.key) for record in held.records}
        assert by_words(year.engine, {one.id, *filter(None, [one.row.email])}) == found, one.id
        told[one.id] = {table for table, _ in found}
    assert len(set.union(*told.values())) > 15


PERSONAL: tuple[type, ...] = (
    *(Learning, Discovery, Turn, Standing, Revisit, Recommendation, Minutes, News, Agenda, CorpsMeeting),
    *(Place, Holder, Same),
)

MACHINERY = {
    *("after", "answered_before", "counts", "fingerprint", "issue", "seat", "why"),  # what rules go by
    *(
        "confirmed_by",
        "deputy",
        "offered",
        "owner",
        "person",
        "presenter",
        "to_email",
        "to_id",
        "tried_by",
    ),  # who it is
    *("case", "concerns", "discoveries", "learnings_rest", "not_yet", "recommendations", "revisits", "revisits_rest"),
    *("answered", "policy_changed", "together", "topics", "works"),  # of an agenda, what others brought
    *("became", "earlier", "evidence", "keys", "kind", "needs_data", "needs_tool", "opened_by", "turn", "what"),  # ids
}
"""Fields that only the export has."""


def test_every_field_of_a_record_about_people_is_in_words_or_for_the_machinery(year: Year) -> None:
    made = [(name, table.of[1]) for name, table in TABLES.items() if table.of]
    there = [(row.name, one) for row in ROWS if row.told for _, one in year.engine.database.storage.documents(row.name)]
    found = {field for name, document in (*made, *there) if name not in SAID for field in document}
    found |= {field.name for kind in PERSONAL for field in fields(kind)}
    assert found - LABELS.keys() == MACHINERY
