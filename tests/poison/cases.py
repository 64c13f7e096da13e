"""The cases: what is put in, whom it may cost something meanwhile, and what the service may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from store import records
from tests.poison import causes
from tests.poison.causes import Cause, record, with_, without

HANNE, OLE = "hanne.lauridsen@groennebyrum.example", "ole.bruun@groennebyrum.example"
AASE = "aase.riis@groennebyrum.example"
PLAN = frozenset(
    f"{name}@groennebyrum.example"
    for name in (
        "anna.holm",
        "peter.oestergaard",
        "mette.lund",
        "lars.kjaer",
        "sofie.baek",
        "jens.moeller",
        "karen.nygaard",
        "niels.dahl",
        "louise.friis",
        "henrik.thomsen",
        "camilla.winther",
        "soeren.aagaard",
    )
)
NORTH = frozenset(f"{name}@groennebyrum.example" for name in ("trine.bech", "jakob.overgaard", "ellen.gade"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    about: str
    cause: Cause
    around: Cause = causes.nothing  # from before the start to after the end
    touched: frozenset[str] = frozenset()  # whom it may cost their letters meanwhile, by address
    only: frozenset[str] = frozenset()  # the only ones whom it may not; empty: all but `touched`
    seconds: float = 30  # how long the others may take to get theirs
    without: frozenset[str] = frozenset()  # who must have none meanwhile
    all_wait: bool = False  # nobody can have theirs meanwhile
    told: bool = False  # something is wrong although the others have theirs: health and status must say so
    may_end: bool = False  # with 1 and its reason; a start heals it
    root: bool = False  # only root can do that
    syncs: bool = False  # it needs a disk whose syncs fail


CASES: Mapping[str, Case] = {
    "full-disk": Case(
        about="the disk with the state is full",
        around=causes.small_disk,
        cause=causes.full_disk,
        all_wait=True,
        told=True,
        root=True,
    ),
    "file-limit": Case(
        about="no file may grow (RLIMIT_FSIZE at the journal's length)",
        cause=causes.no_longer_files,
        all_wait=True,
        told=True,
    ),
    "preference": Case(
        about='a preference whose time is "25:99"',
        cause=record(records.PREFERENCES, "1127", causes.new({"time": "25:99"})),
        touched=frozenset({HANNE}),
        told=True,
    ),
    "language": Case(
        about='a preference for the language "xx", which no text has',
        cause=record(records.PREFERENCES, "1127", causes.new({"language": "xx"})),
        touched=frozenset({HANNE}),
    ),
    # Met again by HR's row, and not welcomed again: nothing is left to be told.
    "person": Case(
        about="the record of a person lacks the address",
        cause=record(records.PEOPLE, "1127", without("email")),
        touched=frozenset({HANNE}),
    ),
    "turn": Case(
        about="the record of a turn lacks its person", cause=causes.turn(without("person")), touched=PLAN, told=True
    ),
    "turn-meeting": Case(
        about="a turn stands at a meeting that there is not",
        cause=causes.turn(with_(meeting="plan.nowhere.2026-12-03")),
        touched=PLAN,
    ),
    "prompts-key": Case(
        about="a key of the given prompts with a part too many",
        cause=record(records.PROMPTS, "jura/hr/løn/2026-W49", causes.new({"days": {}})),
        told=True,
    ),
    "prompt-unknown": Case(
        about="a given prompt that the catalogue does not have",
        cause=record(records.PROMPTS, "jura/law/2026-W49", causes.new({"days": {"2026-11-30": [0, "nobody-knows"]}})),
        touched=frozenset(
            f"{name}@groennebyrum.example"
            for name in (
                "ida.krogh",
                "thomas.skov",
                "line.vestergaard",
                "martin.juhl",
                "emma.iversen",
                "rasmus.toft",
                "hanne.lauridsen",
                "ole.bruun",
            )
        ),
    ),
    "feed": Case(
        about="the record of a feed lacks its moment",
        cause=record(records.FEEDS, "1127", without("revised")),
        touched=frozenset({HANNE}),
    ),
    "publication": Case(
        about="the record of a calendar event lacks nearly everything",
        cause=record(records.PUBLICATIONS, "poison@tests", causes.new({"person_id": "1127"})),
        told=True,
    ),
    "letter": Case(
        about="the record of a letter on its way lacks address and spool",
        cause=record(records.LETTERS, "poison", causes.new(causes.LETTER)),
        told=True,
    ),
    "absences": Case(
        about="absences until 9999-12-31, and without an end",
        cause=causes.absences,
        touched=frozenset({HANNE, OLE}),
        without=frozenset({HANNE, OLE}),
    ),
    "track": Case(about='the track "Jura/HR"', cause=causes.hostile_track, touched=frozenset({HANNE})),
    "department-dot": Case(
        about='a department with the key "plan.nord"', cause=causes.hostile_department("plan.nord"), touched=NORTH
    ),
    "department-slash": Case(
        about='a department with the key "Plan/Byg"', cause=causes.hostile_department("Plan/Byg"), touched=NORTH
    ),
    "template-welcome": Case(
        about="an own text of the welcome never ends, and somebody new comes", cause=causes.welcome_for_ever, told=True
    ),
    "template-tip": Case(
        about="an own text of the weekly letter never ends",
        cause=causes.template("tip.txt.j2", causes.FOR_EVER),
        only=frozenset({HANNE, AASE}),  # they read English
        seconds=90,
    ),
    "template-one": Case(
        about="an own text of the weekly letter fails for one person",
        cause=causes.template("tip.txt.j2", "", causes.FOR_OLE),
        touched=frozenset({OLE}),
    ),
    **{
        f"sync-{nth}": Case(
            about=f"sync number {nth} of Monday fails, once",
            cause=causes.failing_sync(nth),
            syncs=True,
            may_end=True,
        )
        for nth in (1, 3, 5, 7, 9, 10, 11)
    },
    "sync-for-good": Case(
        about="from the third sync of Monday on every one fails",
        cause=causes.failing_sync(3, sticky=True),
        syncs=True,
        may_end=True,
        all_wait=True,
    ),
    "calendar-long": Case(
        about="a department's calendar has 500 daily series from the year 1600 on",
        cause=causes.hostile_calendar(causes.LONG),
        touched=PLAN,
    ),
    "calendar-rules": Case(
        about="a department's calendar has a series each second, and one that never comes",
        cause=causes.hostile_calendar(causes.RULES),
        touched=PLAN,
    ),
}
