"""What is kept of turns for all: learnings and discoveries. Written from a form or the command line, searched, exported,
and made into prompts. All free text is plain text: HTML and Markdown in it stay what was typed.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from culture.folded import fold
from culture.organisation import Organisation
from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.deeds import Did, Waiting
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.shared import Shared
from culture.relay.turns import Turn
from mailer.words import tongue
from service.messages.faults import BadInput, Fault, Refused
from service.messages.markdown import escaped
from service.messages.plain_text import LINE_LETTERS, MOST_LETTERS, id_meant, one_line, plain
from service.messages.translation import Sentence, say, word
from store import records

if TYPE_CHECKING:
    from service.engine.engine import Engine


LINK_LETTERS = 2000
"""Of an address; longer ones do not survive mail programs."""

MOST_HOURS = 100

QUESTIONS = ("worked", "did_not", "hard", "easy", "potential")

ANSWERS = (*QUESTIONS, "checked", "judged_by", "tool", "hours", "link", "link_for")
"""What is asked of a learning besides how it went, in the order of the page."""


YES = ("on", "yes", "ja", "true", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A learning as a person gives it, found good by `read_entry`."""

    outcome: Outcome
    worked: str = ""
    did_not: str = ""
    hard: str = ""
    easy: str = ""
    potential: str = ""
    checked: str = ""
    judged_by: str = ""
    tool: str = ""
    hours: float | None = None
    link: str = ""
    link_for: str = ""
    show_name: bool = False
    name_in_letters: bool = False


# --- reading ----------------------------------------------------------------------------------------------


def outcome_of(text: str) -> Outcome | None:
    """The outcome that is meant, in English or Danish; None when it is none."""
    return id_meant(text, Outcome, "outcome")


def read_entry(values: Mapping[str, str]) -> Entry:
    """The learning in the fields of a form. Raises BadInput with every fault, the field's name as the file."""
    faults: list[Fault] = []
    found: dict[str, Any] = {name: _text(name, plain, MOST_LETTERS, values, faults) for name in (*QUESTIONS, "checked")}
    found |= {name: _text(name, one_line, LINE_LETTERS, values, faults) for name in ("judged_by", "tool", "link_for")}
    found |= {"hours": _hours(values.get("hours", ""), faults), "link": _link(values.get("link", ""), faults)}
    outcome = outcome_of(values.get("outcome", ""))
    if outcome is None:
        sentence = 'Say how it went: "worked", "partly" or "not yet".'
        faults.append(Fault("outcome", "", Sentence(sentence)))
    if not any(found[name] for name in QUESTIONS):
        faults.append(Fault("worked", "", Sentence("Answer at least one of the five questions.")))
    if outcome is Outcome.WORKED:
        faults += _unproved(found)
    if faults or outcome is None:
        raise BadInput(faults)
    named = yes(values.get("show_name", ""))
    return Entry(outcome=outcome, show_name=named, name_in_letters=named, **found)


def with_consent_of(entry: Entry, known: Learning | None) -> Entry:
    """What somebody else writes for the presenter: their name stands where they had it stand, else nowhere."""
    if known is None:
        return replace(entry, show_name=False, name_in_letters=False)
    return replace(entry, show_name=known.show_name, name_in_letters=known.name_in_letters)


def _unproved(found: Mapping[str, Any]) -> Iterator[Fault]:
    """What is missing for others to rely on what worked."""
    if not found["checked"]:
        yield Fault("checked", "", Sentence("Write how the result was checked: others will rely on it."))
    if not found["judged_by"]:
        yield Fault("judged_by", "", Sentence("Write who judged it good enough."))


def yes(text: str) -> bool:
    """Whether a box of a form was ticked."""
    return text.strip().casefold() in YES


def _text(name: str, cleaned: Callable[[str], str], most: int, values: Mapping[str, str], faults: list[Fault]) -> str:
    found = cleaned(values.get(name, ""))
    if len(found) > most:
        fields = {"count": len(found), "most": most}
        sentence = Sentence(
            "This is {count} letters long. Keep it to {most}, and put the rest behind the link.", fields
        )
        faults.append(Fault(name, "", sentence))
    return found


def _hours(given: str, faults: list[Fault]) -> float | None:
    if not given.strip():
        return None
    found = (
        float(given.strip().replace(",", "."))
        if re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,2})?", given.strip())
        else math.inf
    )
    if found > MOST_HOURS:
        sentence = '"{value}" is not a number of hours from 0 to {most}. Write for example 2.5.'
        faults.append(Fault("hours", "", Sentence(sentence, {"value": one_line(given)[:40], "most": MOST_HOURS})))
    return found


def _link(given: str, faults: list[Fault]) -> str:
    link = one_line(given)
    if link and not is_link(link):
        sentence = '"{value}" is not an address. Copy it from the browser; it begins with https://.'
        faults.append(Fault("link", "", Sentence(sentence, {"value": link[:80]})))
    return link


def is_link(text: str) -> bool:
    """Whether it is a web address that may stand in a page: http or https, a host, no blank, quote or angle bracket."""
    if len(text) > LINK_LETTERS or re.search(r"[\s\"'<>\\^`{|}]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:  # a port that is no number, a bracket too many
        return False


# --- writing ----------------------------------------------------------------------------------------------


def write_learning(engine: "Engine", turn_id: str, entry: Entry, now: datetime) -> Learning:
    """Keep what a turn taught; what was kept of it before is replaced. Posted twice it is the same.

    Raises Refused with a sentence for a turn that never was, was given away, was missed, or is still to come.
    """
    with engine.act(now) as acting:
        world = acting.world
        turn, known = world.of(RelayRecords).turns.get(turn_id), world.of(RelayRecords).learnings
        if turn is None:
            raise Refused(Sentence("There is no turn {turn}. See aikultur relay list.", {"turn": turn_id}))
        refusal = _not_told_of(turn, now)
        if refusal:
            raise Refused(refusal)
        found = _learning(world.organisation, turn, entry, known.get(turn_id), now)
        if found == known.get(turn_id):
            return found
        engine.stored.put(records.LEARNINGS, turn_id, found)
        acting.world = world.having(replace(world.of(RelayRecords), learnings={**known, turn_id: found}))
    return found


def says(learning: Learning, entry: Entry) -> bool:
    """Whether that is what is kept already."""
    return all(getattr(learning, one.name) == getattr(entry, one.name) for one in fields(Entry))


def version(learning: Learning | None) -> str:
    """Tells what somebody wrote from what they wrote before; empty for nothing."""
    return _digest(*(str(getattr(learning, one.name)) for one in fields(Entry))) if learning else ""


def _has_begun(turn: Turn, now: datetime) -> bool:
    return turn.state == "assigned" and turn.starts is not None and turn.starts <= now


def _not_told_of(turn: Turn, now: datetime) -> Sentence | None:
    """Why nothing can be written about a turn; None when it can: it was held, or its slot has begun."""
    if turn.state == "held" or _has_begun(turn, now):
        return None
    fields = {"turn": turn.id, "day": turn.starts.date() if turn.starts else ""}
    if turn.state in ("passed", "withdrawn"):
        return Sentence("{turn} was given away, so there is nothing to write about it.", fields)
    if any(deed.what is Did.MISSED or deed.why is Waiting.NOT_TOLD for deed in turn.deeds):
        return Sentence(
            "{turn} does not count as held. If it was held after all, say so first: aikultur relay held {turn}.", fields
        )
    if turn.starts:
        return Sentence("{turn} is to come, on {day}. Write what was learned afterwards.", fields)
    return Sentence("{turn} waits for a meeting. Write what was learned afterwards.", fields)


def _learning(organisation: Organisation, turn: Turn, entry: Entry, before: Learning | None, now: datetime) -> Learning:
    """The learning of a turn. An edit that leaves the outcome keeps the moment: a retry counts from there."""
    challenge = organisation.of(Challenges).challenges.get(turn.challenge)
    title = challenge.text(organisation.language).title if challenge else turn.challenge
    own = say(organisation.language, "A challenge of our own")
    person, table = organisation.people.get(turn.presenter), organisation.called.table
    own_department = person is not None and table(person.department) == turn.department
    return Learning(
        id=turn.id,
        # of those who share a meeting the presenter's own
        department=person.department if person and own_department else turn.department,
        person=turn.presenter,
        challenge=turn.challenge,
        title=before.title if before else title or own,
        at=before.at if before and before.outcome == entry.outcome else now,
        **{field.name: getattr(entry, field.name) for field in fields(entry)},
    )


def note_discovery(
    engine: "Engine", text: str, now: datetime, *, person: str = "", department: str = "", show_name: bool = False
) -> Discovery:
    """Keep a discovery: one line, and with `show_name` whose it is (a person id). The same line twice on a day is one.

    Without, nothing of the person is kept, in the key neither, and the day only: the second would lead to what else
    they wrote. Raises BadInput when the line is empty or too long.
    """
    line = _required_line(text)
    found = _discovery(line, now, engine.zone, person=person if show_name else "", department=department)
    with engine.act(now) as acting:
        known = acting.world.of(RelayRecords).discoveries
        before = known.get(found.id)
        found = replace(found, at=before.at) if before else found
        if found != before:
            engine.stored.put(records.DISCOVERIES, found.id, found)
            written = replace(acting.world.of(RelayRecords), discoveries={**known, found.id: found})
            acting.world = acting.world.having(written)
    return found


def _discovery(line: str, at: datetime, zone: tzinfo, *, person: str = "", department: str = "") -> Discovery:
    """A discovery of that person, who says so; of nobody without one."""
    day = at.astimezone(zone).date()
    return Discovery(
        id="d-" + _digest(line, person, department, str(day)),
        at=at if person else datetime.combine(day, time(), zone).astimezone(UTC),
        text=line,
        person=person,
        department=department,
        show_name=bool(person),
        name_in_letters=bool(person),
    )


def take_name_off(engine: "Engine", id_: str, person: str, now: datetime) -> None:
    """The name of a person goes from what they wrote. Of a discovery nothing of theirs is left, as if they had not ticked.

    Raises Refused for what is not theirs. Posted twice it is the same.
    """
    with engine.act(now) as acting:
        of_relay = acting.world.of(RelayRecords)
        learning, discovery = of_relay.learnings.get(id_), of_relay.discoveries.get(id_)
        written = learning or discovery
        if written is None or not written.person:
            return
        if written.person != person:
            raise Refused(Sentence("That was not written by you."))
        if learning:
            bare = replace(learning, show_name=False, name_in_letters=False)
            engine.stored.put(records.LEARNINGS, id_, bare)
            acting.world = acting.world.having(replace(of_relay, learnings={**of_relay.learnings, id_: bare}))
        if discovery:
            nobody_s = _discovery(discovery.text, discovery.at, engine.zone)
            engine.stored.drop(records.DISCOVERIES, id_)
            engine.stored.put(records.DISCOVERIES, nobody_s.id, nobody_s)
            others = {key: one for key, one in of_relay.discoveries.items() if key != id_}
            acting.world = acting.world.having(replace(of_relay, discoveries={**others, nobody_s.id: nobody_s}))


def _required_line(text: str) -> str:
    faults: list[Fault] = []
    line = _text("text", one_line, LINE_LETTERS, {"text": text}, faults)
    if not line:
        faults.append(Fault("text", "", Sentence("Nothing is written here. Write a few words.")))
    if faults:
        raise BadInput(faults)
    return line


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


# --- searching --------------------------------------------------------------------------------------------


def matches(search: str, texts: Iterable[str]) -> bool:
    """Whether every word of `search` stands somewhere in the texts, in any order, also within a longer word."""
    within = fold("\n".join(texts))
    return all(word in within for word in fold(search).split())


def texts_of(one: Shared, organisation: Organisation) -> tuple[str, ...]:
    """Everything about a learning or a discovery that may be searched: nothing that is not told of it either."""
    about = (department_name(organisation, one.department), one.name)
    if isinstance(one.of, Discovery):
        return one.of.text, *about
    texts = ("title", "checked", "judged_by", "tool", "link", *QUESTIONS)
    return *(getattr(one.of, name) for name in texts), *about


def department_name(organisation: Organisation, key: str) -> str:
    """What a department is called; its key when it is no longer in the config."""
    return organisation.departments[key].name if key in organisation.departments else key


def presenter(learning: Learning | Discovery, organisation: Organisation) -> str:
    """The name of whose it is, where it may be shown; else empty."""
    person = organisation.people.get(learning.person)
    return person.name if person and learning.show_name else ""


# --- exporting --------------------------------------------------------------------------------------------

HEADINGS: Mapping[str, str] = {
    "worked": "What worked",
    "did_not": "What did not",
    "hard": "What was hard",
    "easy": "What was surprisingly easy",
    "potential": "What it could do for us",
    "checked": "How the result was checked",
    "judged_by": "By whose judgement",
    "tool": "Tool",
    "hours": "Hours",
    "link": "The presentation",
    "link_for": "Who can open it",
}

EXPORTED: Mapping[str, str] = {name: heading for name, heading in HEADINGS.items() if name != "judged_by"}
"""What goes where nobody can take it back from. By whose judgement is the name of somebody who was not asked: it stands on the
page, for colleagues."""


def value_of(learning: Learning, organisation: Organisation) -> dict[str, Any]:
    """A learning for the administrator's program to read, without what was not answered. A name only where it may be
    shown."""
    about = {
        "turn": learning.id,
        "department": department_name(organisation, learning.department),
        "name": presenter(learning, organisation),
        "challenge": learning.challenge,
        "day": learning.at.astimezone(organisation.tz).date().isoformat(),
    }
    return _value(learning, about, HEADINGS)


def told_of(one: Shared, organisation: Organisation) -> dict[str, Any]:
    """A learning for everybody's program to read: what may be told of it. The turn tells who presented."""
    assert isinstance(one.of, Learning)
    about = {
        "turn": one.of.id if one.dated else "",
        "department": department_name(organisation, one.department),
        "name": one.name,
        "challenge": one.of.challenge,
        "day": str(one.day) if one.dated else f"{one.day:%Y-%m}",
    }
    return _value(one.of, about, EXPORTED)


def _value(learning: Learning, about: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    answers = {name: getattr(learning, name) for name in names}
    found = {**about, "title": learning.title, "outcome": str(learning.outcome), **answers}
    return {name: value for name, value in found.items() if value not in ("", None)}


def as_json(shared: Iterable[Shared], organisation: Organisation) -> str:
    """Learnings as a JSON list."""
    return json.dumps([told_of(one, organisation) for one in shared], ensure_ascii=False, indent=2) + "\n"


def as_markdown(shared: Iterable[Shared], organisation: Organisation, language: Language) -> str:
    """Learnings as a Markdown page. What people wrote stands there as they typed it: nothing in it is markup (CommonMark
    0.31, section 2.4)."""
    parts = [f"# {say(language, 'What the relay taught us')}"]
    for one in shared:
        parts += _page(one, organisation, language)
    return "\n\n".join(parts) + "\n"


def newest_first(learnings: Iterable[Learning]) -> list[Learning]:
    """By when they were written."""
    return sorted(learnings, key=lambda one: (one.at, one.id), reverse=True)


def _page(one: Shared, organisation: Organisation, language: Language) -> Iterator[str]:
    learning = one.of
    assert isinstance(learning, Learning)
    outcome, where = word("outcome", learning.outcome).said(language), department_name(organisation, one.department)
    day = str(one.day) if one.dated else month_of(one, language)
    yield f"## {escaped(one_line(learning.title))}"
    yield ", ".join(filter(None, (outcome, escaped(where), escaped(one.name), day)))
    for name, heading in EXPORTED.items():
        value = getattr(learning, name)
        if value in ("", None):
            continue
        yield f"### {say(language, heading)}"
        if name == "link":
            yield f"<{value}>"
        else:
            yield escaped(tongue(language).decimals(value) if isinstance(value, float) else value)


def month_of(one: Shared, language: Language) -> str:
    """The month and the year of something shared, in words."""
    return f"{tongue(language).months[one.day.month - 1]} {one.day.year}"
