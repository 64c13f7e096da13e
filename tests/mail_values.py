"""Readers, facts and letters for the tests of the mail."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from culture.people import Language
from culture.policy import PolicyText
from culture.relay.challenges import Challenge, ChallengeText
from culture.relay.learning import Learning, Outcome
from culture.relay.news import Cause
from culture.revisit.rules import Judgement, Made, Revisit, Verdict, What
from culture.vitamin.catalogue import Prompt, PromptText
from culture.workdays import Week
from mailer.letter import Facts, Letter, Links, Reader, Sender
from mailer.words import LANGUAGES
from service.relay.facts import (
    AssignmentFacts,
    EveFacts,
    HalfwayFacts,
    LearningFacts,
    OverviewFacts,
    SlotChange,
    SlotFacts,
    SwapDeclinedFacts,
    SwapFacts,
    TurnWords,
    UnreachedFacts,
)
from service.relay.shared_words import SharedWords
from service.revisit.facts import RevisitFacts, WorksFacts
from service.vitamin.facts import InviteFacts, TipFacts, WelcomeFacts
from tests.culture_values import challenge as numbered_challenge
from tests.culture_values import person
from tests.culture_values import prompt as numbered

MONDAY = date(2026, 11, 30)
WORKDAYS = frozenset(range(1, 6))
LINKS = Links(
    page="https://aitid.x.example/me/page-token",
    feed="https://aitid.x.example/feed/feed-token.ics",
    stop="https://aitid.x.example/stop/stop-token",
    pages={
        "relay": "https://aitid.x.example/relay/relay-token",
        "revisit": "https://aitid.x.example/revisit/revisit-token",
        "agenda": "https://aitid.x.example/agenda/agenda-token",
    },
    link="https://aitid.x.example/link",
)
NO_LINKS = Links(page="", feed="", stop="")
POLICY = {
    "da": PolicyText(tools="Den på intranettet.", data="Kun offentlige tekster.", responsible="Det har du."),
    "en": PolicyText(tools="The one on the intranet.", data="Public texts only.", responsible="You are."),
}
SENDER = Sender(name="AI-tid", address="ai-tid@x.example", reply_to="mette@x.example", domain="x.example")


def reader(language: Language = "da", links: Links = LINKS, **changes: Any) -> Reader:
    return Reader(
        person=person(language=language, **{"name": "Anna Holm", **changes}),
        organisation_name="Styrelsen",
        contact_name="Mette Lund",
        contact_email="mette@x.example",
        policy=POLICY[language],
        links=links,
    )


def prompt(number: int, **changes: str) -> Prompt:
    """A prompt whose every field can be found again, in both languages."""

    def text(language: Language) -> PromptText:
        values = {
            "title": f"Titel {number} {language}",
            "prompt": f"Spørg om {number} {language}\n\n[indsæt {number}]\n",
            "look_for": f"Kig efter {number} {language}.",
            "data": f"Kun åbne tekster {number} {language}.",
        }
        return PromptText(**{**values, **changes})

    return replace(numbered(number), texts={language: text(language) for language in LANGUAGES})


def tip(count: int = 5, **changes: str) -> TipFacts:
    days = tuple((MONDAY + timedelta(days=n), prompt(n + 1, **changes)) for n in range(count))
    return TipFacts(week=Week(2026, 49), days=days, today=MONDAY)


def welcome(**changes: Any) -> WelcomeFacts:
    values = {
        "start": time(12, 15),
        "minutes": 10,
        "title": "AI-tid",
        "weekdays": WORKDAYS,
        "channel": "feed",
        "when": "noon",
    }
    return WelcomeFacts(**{**values, **changes})


def invite(change: str = "create", **changes: Any) -> InviteFacts:
    values = {"title": "AI-tid", "start": time(12, 15), "minutes": 10, "weekdays": WORKDAYS, "first": MONDAY}
    return InviteFacts(**{"change": change, **values, **changes})


MEETING = datetime(2027, 3, 18, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
"""A Thursday."""


def challenge(number: int = 1, hours: int = 3, **changes: str) -> Challenge:
    """A challenge whose every field can be found again, in both languages."""

    def text(language: Language) -> ChallengeText:
        names = ("title", "goal", "data", "tools", "check")
        values = {name: f"{name} {number} {language} æøå" for name in names} | changes
        steps = tuple(changes.get("steps", f"step {number}.{n} {language} æøå") for n in (1, 2, 3))
        return ChallengeText(**{**values, "steps": steps})  # type: ignore[arg-type]  # by name

    return numbered_challenge(number, texts={language: text(language) for language in LANGUAGES}, hours=hours)


def learned(**changes: Any) -> Learning:
    """What a turn learned that did not work yet, every field filled in."""
    names = ("title", "worked", "did_not", "hard", "easy", "potential", "checked", "tool", "judged_by")
    values: dict[str, Any] = {name: f"earlier {name} æøå" for name in names}
    values |= {"id": "plan-3", "department": "plan", "person": "8", "challenge": "challenge-1", "at": MEETING}
    return Learning(
        **{**values, "outcome": Outcome.NOT_YET, "hours": 2.5, "link": "https://x.example/oplæg", **changes}
    )


def turn(**changes: Any) -> TurnWords:
    values: dict[str, Any] = {
        "id": "plan-17",
        "starts": MEETING,
        "minutes": 20,
        "place": "Lokale 4 æøå",
        "department": "Planafdelingen",
        "presenter": "Anna Holm",
        "mine": True,
        "kind": "normal",
        "challenge": challenge(),
    }
    return TurnWords(**{**values, **changes})


def colleagues_turn(**changes: Any) -> TurnWords:
    """A turn of somebody else, as the facilitator is told of it."""
    return turn(**{**BO, **changes})


OF_NEWS = {field.name for field in fields(SlotChange)} - {"change", "turn", "before"}


def slot(change: str = "create", before: datetime | None = None, **changes: Any) -> SlotFacts:
    """What becomes of one slot; `changes` are of its turn, or of the news about it."""
    why = {name: changes.pop(name) for name in OF_NEWS & changes.keys()}
    waits = {"challenge": None, "challenge_on": None if changes.get("challenge") else date(2027, 3, 11)}
    values = {**waits, **changes}
    return SlotFacts(changes=(SlotChange(change=change, turn=turn(**values), before=before, **why),))  # type: ignore[arg-type]


def overview(**changes: Any) -> OverviewFacts:
    later = MEETING + timedelta(minutes=20)
    values: dict[str, Any] = {
        "department": "Planafdelingen",
        "starts": MEETING - timedelta(minutes=30),
        "minutes": 90,
        "place": "Lokale 4 æøå",
        "turns": (turn(), colleagues_turn(starts=later, kind="volunteer", challenge=None)),
        "after": (colleagues_turn(starts=MEETING + timedelta(days=7), presenter="Cai Friis"),),
    }
    return OverviewFacts(**{**values, **changes})


def revisit(for_whom: str = "", **changes: Any) -> RevisitFacts:
    values: dict[str, Any] = {
        "id": "excel-assistent",
        "name": "Assistenten i Excel",
        "what": What.TOOL,
        "rejected_by": "Jura æøå",
        "rejected_on": date(2026, 9, 1),
        "reason": "Den regnede forkert æøå.",
        "would_change": "Formlerne skal kunne ses æøå.",
        "months": 4,
        "owner": "7",
        "next_on": date(2027, 1, 4),
        "judgements": (
            Judgement(
                day=date(2026, 12, 1), by="Dorte Krag", verdict=Verdict.STILL_NOT, reason="Tallene var forkerte æøå."
            ),
        ),
    }
    item = Revisit(**{**values, **changes})
    return RevisitFacts(item=item, name=item.name, news=item.trigger, owner=for_whom, has_left=bool(for_whom))


BO: dict[str, Any] = {"mine": False, "presenter": "Bo Lind"}
"""What makes a turn Bo's."""

WEEK = timedelta(days=7)

FACILITATOR: dict[str, Any] = {**BO, "presents": False}
"""What makes a turn Bo's, to a reader who is the facilitator."""

SEVERAL = SlotFacts(
    changes=(
        SlotChange(change="cancel", turn=colleagues_turn(), cause=Cause.SWAPPED, colleague="Bo Lind", owes=True),
        SlotChange(change="update", turn=turn(starts=MEETING + WEEK), before=MEETING + 2 * WEEK, cause=Cause.MOVED),
    )
)
"""What somebody is told whose one turn Bo takes, and whose other one moves."""


UPDATING = (
    Cause.MOVED,
    Cause.CANCELLED,
    Cause.AWAY,
    Cause.NO_ROOM,
    Cause.TOO_SHORT,
    Cause.AFTER_BREAK,
    Cause.NOT_BEGUN,
    Cause.NO_CHALLENGE,
    Cause.NOT_REACHED,
    Cause.MISSED,
    Cause.POSTPONED,
)
CANCELLING = (
    Cause.NOT_NEEDED,
    Cause.SOLVED,
    Cause.CANCELLED,
    Cause.AWAY,
    Cause.NO_ROOM,
    Cause.TOO_SHORT,
    Cause.AFTER_BREAK,
    Cause.NOT_BEGUN,
    Cause.NOT_REACHED,
    Cause.HELD,
    Cause.NO_RELAY,
    Cause.POSTPONED,
)
LOSING = (
    Cause.PASSED,
    Cause.NOT_NEEDED,
    Cause.OFFER_UNDONE,
    Cause.CANCELLED,
    Cause.LEFT,
    Cause.HELD,
    Cause.NO_RELAY,
    Cause.OTHER_FACILITATOR,
)
"""What takes a colleague's turn out of a facilitator's calendar."""


def named(cause: Cause) -> str:
    """Its id in words, as a name for a case."""
    return cause.replace("-", " ")


def _news() -> Iterator[tuple[str, SlotFacts]]:
    """A letter about each thing that can make a turn come, move or go."""
    bo: dict[str, Any] = {"colleague": "Bo Lind"}
    exchanged: dict[str, Any] = {"other": MEETING + WEEK}
    owing: dict[str, Any] = {"owes": True}
    mine: dict[str, Any] = {"own": True}
    by_bo = bo | BO
    yield "pass undone", slot(cause=Cause.PASSING_UNDONE, own=True, challenge=challenge())
    yield "pass undone for them", slot(cause=Cause.PASSING_UNDONE)
    yield "new date", slot(cause=Cause.NEW_DATE)
    yield "in return", slot(cause=Cause.IN_RETURN, other=MEETING - WEEK, **bo)
    yield "in return for one forgotten", slot(cause=Cause.IN_RETURN, **bo)
    yield "got in exchange", slot(cause=Cause.SWAPPED, **bo, **exchanged)
    yield "got for the next", slot(cause=Cause.SWAPPED, **bo, **owing)
    yield "got and even", slot(cause=Cause.SWAPPED, challenge=challenge(), **bo)
    yield "got from somebody gone", slot(cause=Cause.SWAPPED, **owing)
    yield "got back", slot(cause=Cause.SWAP_UNDONE, **bo, **mine)
    yield "got back in exchange", slot(cause=Cause.SWAP_UNDONE, **bo, **exchanged)
    yield "swap void", slot(cause=Cause.SWAP_VOID, **bo)
    for cause in UPDATING:
        yield f"update: {named(cause)}", slot("update", MEETING - WEEK, cause=cause)
        yield f"update: {named(cause)}, to the facilitator", slot("update", MEETING - WEEK, cause=cause, **FACILITATOR)
    yield "another calendar", slot("update", cause=Cause.CALENDAR)
    yield "another calendar, to the facilitator", slot("cancel", cause=Cause.CALENDAR, **FACILITATOR)
    yield "passed", slot("cancel", cause=Cause.PASSED, own=True)
    yield "passed for them", slot("cancel", cause=Cause.PASSED)
    yield "passed what they volunteered for", slot("cancel", cause=Cause.PASSED, own=True, kind="volunteer")
    yield "given in exchange", slot("cancel", cause=Cause.SWAPPED, **by_bo, **exchanged)
    yield "given for the next", slot("cancel", cause=Cause.SWAPPED, **by_bo, **owing)
    yield "given and even", slot("cancel", cause=Cause.SWAPPED, **by_bo)
    yield "given to somebody gone", slot("cancel", cause=Cause.SWAPPED, **BO)
    yield "given back", slot("cancel", cause=Cause.SWAP_UNDONE, **by_bo, **mine)
    yield "taken back", slot("cancel", cause=Cause.SWAP_UNDONE, **by_bo)
    yield "taken back in exchange", slot("cancel", cause=Cause.SWAP_UNDONE, **by_bo, **exchanged)
    yield "gone back", slot("cancel", cause=Cause.SWAP_VOID, **by_bo)
    yield "withdrawn", slot("cancel", cause=Cause.OFFER_UNDONE, own=True)
    yield "withdrawn for them", slot("cancel", cause=Cause.OFFER_UNDONE)
    for cause in CANCELLING:
        yield f"cancel: {named(cause)}", slot("cancel", cause=cause)
    yield from _news_of_others()


def _news_of_others() -> Iterator[tuple[str, SlotFacts]]:
    """What stays in a facilitator's calendar, what goes from it, and what another department brings."""
    bo: dict[str, Any] = {"colleague": "Bo Lind"}
    exchanged: dict[str, Any] = {"other": MEETING + WEEK}
    mine: dict[str, Any] = {"own": True}
    by_bo = bo | BO
    yield "cancel: no relay, merged", slot("cancel", cause=Cause.NO_RELAY, department="", now_in="Jura æøå")
    yield "cancel: no relay, moved", slot("cancel", cause=Cause.NO_RELAY, now_in="Jura æøå")
    yield "cancel: not needed, by the facilitator", slot("cancel", cause=Cause.NOT_NEEDED, own=True, **FACILITATOR)
    yield "stays, got in exchange", slot("update", cause=Cause.SWAPPED, **bo, **exchanged)
    yield "stays, given in exchange", slot("update", cause=Cause.SWAPPED, **by_bo, **exchanged)
    yield "stays, got back", slot("update", cause=Cause.SWAP_UNDONE, **bo, **mine)
    yield "stays, taken back", slot("update", cause=Cause.SWAP_UNDONE, **by_bo)
    yield "stays, gone back", slot("update", cause=Cause.SWAP_VOID, **by_bo)
    for cause in (Cause.SWAPPED, Cause.SWAP_UNDONE, Cause.SWAP_VOID):
        yield (
            f"stays: {named(cause)}, to the facilitator",
            slot("update", cause=cause, colleague="Cai Friis", **FACILITATOR),
        )
    for cause in LOSING:
        yield f"cancel: {named(cause)}, to the facilitator", slot("cancel", cause=cause, **FACILITATOR)


NEWS = dict(_news())


def unreached(**changes: Any) -> UnreachedFacts:
    values: dict[str, Any] = {
        "name": "Anna Holm",
        "email": "anna@x.example",
        "department": "Byrum",
        "starts": MEETING,
        "drawn": "Bo Lind",
    }
    return UnreachedFacts(**{**values, **changes})


def shared(**changes: Any) -> SharedWords:
    """A learning of a colleague's that did not work, every field filled in."""
    values: dict[str, Any] = {
        "title": "Titel æøå",
        "text": "Kilderne var opdigtede æøå",
        "outcome": Outcome.NOT_YET,
        "name": "Karen Nygaard",
        "department": "Drift æøå",
        "month": date(2027, 2, 25),
        "day": date(2027, 2, 25),
    }
    return SharedWords(**{**values, **changes})


def discovered(**changes: Any) -> SharedWords:
    return shared(**{"title": "", "outcome": None, "text": "Den læser håndskrift æøå", **changes})


RELAY_LETTERS: dict[str, Facts] = {
    "announced": slot(),
    "announced with a partner": slot(partner="Bo Lind"),
    "volunteered": slot(kind="volunteer", cause=Cause.VOLUNTEERED, place=""),
    "retry": slot(kind="retry", cause=Cause.RETRY, challenge=challenge()),
    "to the facilitator": slot(**FACILITATOR),
    "volunteered, to the facilitator": slot(**FACILITATOR, kind="volunteer", cause=Cause.VOLUNTEERED),
    "retry, to the facilitator": slot(**FACILITATOR, kind="retry", cause=Cause.RETRY),
    "moved": slot("update", MEETING - WEEK),
    "moved, to the facilitator": slot("update", MEETING - WEEK, **FACILITATOR),
    "another place": slot("update"),
    "another place, to the facilitator": slot("update", **FACILITATOR),
    "gone": slot("cancel"),
    "gone, to the facilitator": slot("cancel", **FACILITATOR),
    "several": SEVERAL,
    **{name: NEWS[name] for name in ("passed", "got in exchange", "given for the next")},
    "assignment": AssignmentFacts(turn=turn(partner="Bo Lind")),
    "assignment of one hour": AssignmentFacts(turn=turn(challenge=challenge(hours=1), place="")),
    "assignment again": AssignmentFacts(turn=turn(kind="retry", earlier=learned())),
    "assignment of their own": AssignmentFacts(turn=turn(challenge=None)),
    "halfway": HalfwayFacts(turn=turn()),
    "halfway with their own": HalfwayFacts(turn=turn(challenge=None)),
    "eve": EveFacts(turn=turn()),
    "eve with their own": EveFacts(turn=turn(challenge=None, place="")),
    "assignment to be handed over": AssignmentFacts(turn=turn(mine=False, presenter="Karen Holm")),
    "assignment tried elsewhere": AssignmentFacts(turn=turn(), elsewhere=shared()),
    "assignment tried by nobody named": AssignmentFacts(
        turn=turn(), elsewhere=shared(name="", department="", day=None, long_ago=True, outcome=Outcome.WORKED)
    ),
    "learning": LearningFacts(turn=turn(), retry_days=30),
    "learning, and a retry in six weeks": LearningFacts(turn=turn(), retry_days=42),
    "learning of a retry": LearningFacts(turn=turn(earlier=learned()), retry_days=30),
    "learning of a retry without a list": LearningFacts(turn=turn(earlier=learned()), retry_days=30, revisited=False),
    "learning of their own": LearningFacts(turn=turn(challenge=None), retry_days=30),
    "swap": SwapFacts(turn=colleagues_turn(), asker="Bo Lind", own=MEETING + WEEK),
    "swap for the next": SwapFacts(turn=colleagues_turn(challenge=None), asker="Bo Lind", own=None),
    "swap with somebody gone": SwapFacts(turn=colleagues_turn(presenter=""), asker="", own=None),
    "swap declined": SwapDeclinedFacts(turn=turn(), colleague="Bo Lind"),
    "unreached": unreached(),
    "unreached, and nobody instead": unreached(drawn=""),
    "overview": overview(),
    "overview without a place": overview(place="", after=()),
    "overview without turns": overview(turns=()),
    "overview with news": overview(news=(discovered(), shared(), *(shared(again_in=days) for days in (30, 45)))),
    "overview of a retry": overview(turns=(colleagues_turn(earlier=learned()),)),
    "revisit": revisit(),
    "revisit for somebody gone": revisit("Erik Gade"),
    "revisit asked again": replace(revisit(), again=True),
    "revisit handed on": replace(revisit("Erik Gade"), has_left=False),
    "revisit early": revisit(trigger="Ny version", judgements=()),
    "revisit of a use case": revisit(what=What.USE_CASE),
    "works": WorksFacts(name="Assistenten i Excel", by="Dorte Krag", why="Formlerne kan ses æøå."),
    "works, said by nobody": WorksFacts(name="Assistenten i Excel", by="", why="Ja", became=tuple(Made)),
    "revisit from the relay": revisit(turn="plan-3", rejected_by="", reason="", would_change=""),
}
"""Every kind of letter about the relay and the revisit list, and what each can be about."""


def letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "key": "tip/2026-W49/7",
        "person_id": "7",
        "name": "Anna Holm",
        "address": "anna@x.example",
        "language": "da",
        "notices": ("tip/2026-W49/7",),
        "subject": "Spørg en kritisk ven",
        "text": "Hej\n\nÆblegrød på fredag.\n",
        "html": "<!doctype html><p>Æblegrød på fredag.</p>\n",
        "unsubscribe": None,
        "unsubscribe_mailto": None,
        "calendar": None,
        "date": datetime(2026, 11, 30, 6, 0, tzinfo=UTC),
    }
    return Letter(**{**values, **changes})


CODES = {
    *(
        "SlotChange.change",
        "SlotChange.cause",
        "TurnWords.kind",
        "Revisit.what",
        "Judgement.verdict",
        "Learning.outcome",
    ),
    *("Challenge.id", "Challenge.level", "Challenge.tool", "Challenge.data"),
}
"""Fields that hold one of a few words of the code."""

Way = tuple[str | int, ...]


def free_text(value: object, owner: str = "", path: Way = ()) -> Iterator[tuple[str, Way]]:
    """The fields of text in a value, however deep: Class.field, and the way there."""
    if isinstance(value, str):
        if owner not in CODES:
            yield owner, path
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from free_text(one, owner, (*path, place))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from free_text(one, owner, (*path, key))
    elif is_dataclass(value):
        for field in fields(value):
            name = f"{type(value).__name__}.{field.name}"
            yield from free_text(getattr(value, field.name), name, (*path, field.name))


def with_text(value: Any, path: Way, text: str) -> Any:
    """The value with the text at the end of the way."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {**value, step: with_text(value[step], rest, text)}
    if isinstance(step, int):
        return (*value[:step], with_text(value[step], rest, text), *value[step + 1 :])
    return replace(value, **{step: with_text(getattr(value, step), rest, text)})
