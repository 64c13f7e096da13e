"""What one person got and chose, and why nothing goes to them now: the answer to "I got no letter"."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from culture.choice import By, Choice
from culture.keys import NotAKey, NoticeKey
from culture.people import PRIVATE, Language, Person
from culture.world import World
from service.acts.choices import in_words
from service.answers.answer_row import Happened
from service.answers.answers import ANSWERS
from service.answers.quiet import quiet
from service.answers.show import moment
from service.engine.choices_log import choices_of
from service.engine.engine import Engine
from service.engine.retention import archive_of, letters_to
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, say, word
from service.planning.kinds import KINDS
from service.planning.plan import Plan
from store.archive import Folded
from store.letters import LetterRecord
from store.records import from_preference
from store.unreadable import CannotRead

Entry = LetterRecord | Folded | Choice | Happened

WAYS: dict[By, Sentence] = {
    "facilitator": Sentence("said by the facilitator"),
    "page": Sentence("chosen on the personal page"),
    "stop": Sentence("chosen by the stop in a letter"),
    "administrator": Sentence("chosen with aikultur people set"),
    "same": Sentence("taken along by aikultur people same"),
    "rehearsal": Sentence("chosen in a rehearsal"),
}


def entries(engine: Engine, world: World, person: Person) -> list[tuple[datetime, Entry]]:
    """The letters of the last weeks, those in the archive, what was chosen, and what the programmes' records hold of the
    person anyway, oldest first; also under other ids that are the person's by decision. A choice that is the person's own
    to know is left out, and when it was made.

    Raises Damage when a file of the archive cannot be read.
    """
    ids = engine.stored.ids_of(person.id)
    found: list[tuple[datetime, Entry]] = [*_letters(engine, ids)]
    for one in ids:
        found += [(when, choice) for when, choice in choices_of(engine.database, one) if set(choice.fields) - PRIVATE]
    found += [(one.at, one) for row in ANSWERS for one in row.happened(world, ids)]
    return sorted(found, key=lambda pair: pair[0])


def _letters(engine: Engine, ids: Collection[str]) -> Iterator[tuple[datetime, LetterRecord | Folded]]:
    """Each letter to these ids once, with when it was settled, else claimed; those in the archive first."""
    archive = archive_of(engine)
    recent = {letter.id: letter for one in ids for letter in letters_to(engine.database, one)}
    for archived in (letter for one in ids for letter in archive.of(one) if letter.id not in recent):
        yield archived.settled_at, archived
    for letter in recent.values():
        yield letter.settled_at or letter.claimed_at, letter


def history_rows(engine: Engine, world: World, person: Person, language: Language) -> list[dict[str, str]]:
    """What the person got and chose, oldest first, for a person to read."""
    return [
        {"when": moment(when, person.tz), **_row(entry, language)} for when, entry in entries(engine, world, person)
    ]


def history_value(engine: Engine, plan: Plan, person: Person) -> dict[str, Any]:
    """The same for a program to read, with where the calendar stands and why nothing goes now."""
    return {
        "id": person.id,
        "name": person.name,
        "entries": [
            {"when": when.astimezone(person.tz), **_value(entry)} for when, entry in entries(engine, plan.world, person)
        ],
        "calendar": _calendar(engine, person),
        "quiet": [one.value() for one in quiet(plan, person)],
    }


def history_end(engine: Engine, plan: Plan, person: Person, language: Language) -> Iterator[str]:
    """What stands below the rows: the calendar as it is known, and why nothing goes now when that is so."""
    stands = _calendar(engine, person)
    if changed := stands.get("changed"):
        yield say(language, "Their calendar to subscribe to changed last at {when}.", when=moment(changed, person.tz))
    if stands.get("left"):
        yield say(language, "They changed or deleted the block in Outlook themselves, so it is left alone.")
    elif said := stands.get("said"):
        yield say(language, "The block is not in Outlook as it should be yet: {said}", said=Relayed(said))
    elif stands.get("stands"):
        yield say(language, "The block stands in Outlook.")
    if written := stands.get("written"):
        yield say(language, "Their calendar in Outlook was written last at {when}.", when=moment(written, person.tz))
    for meeting in stands.get("meetings", ()):
        when = moment(meeting["starts"], person.tz)
        yield say(
            language, "Invited by the calendar server to {when} ({subject}).", when=when, subject=meeting["subject"]
        )
    yield from (one.said(language) for one in quiet(plan, person))


def _calendar(engine: Engine, person: Person) -> dict[str, Any]:
    """What is known of their calendar besides letters. What cannot be read is left out: `status` names it."""
    found: dict[str, Any] = {"channel": person.channel}
    with suppress(CannotRead):
        if person.channel == "feed" and (feed := engine.stored.feed(person.id)):
            found["changed"] = feed.revised
        if person.on_server and (block := engine.stored.block(person.id)):
            found |= {
                "stands": block.stands is not None,
                "left": block.left,
                "said": block.said,
                "written": block.changed,
            }
    meetings = engine.stored.on_server().meetings.values()
    theirs = [(one, one.stands) for one in meetings if person.id in (one.person_id, *one.invited) and one.stands]
    if theirs:
        found["meetings"] = [
            {"subject": one.subject, "starts": slot.starts, "written": one.changed}
            for one, slot in sorted(theirs, key=lambda pair: pair[1].starts)
        ]
    return found


def _row(entry: Entry, language: Language) -> dict[str, str]:
    if isinstance(entry, Happened):
        by = Sentence("did that themselves") if entry.done else Sentence("happened by itself")
        return {"what": entry.said.said(language), "why": by.said(language), "state": "", "to": ""}
    if isinstance(entry, Choice):
        words = "; ".join(in_words(entry.chosen, entry.fields, language))
        return {"what": words, "why": WAYS[entry.by].said(language), "state": "", "to": ""}
    state = word("letter-state", entry.state).said(language)
    return {
        "what": entry.subject,
        "why": why(entry, language),
        "state": f"{state}: {Relayed(entry.said).said(language)}"
        if entry.state in ("parked", "dropped") and entry.said
        else state,
        "to": entry.to,
    }


def _value(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Happened):
        return {"entry": "act" if entry.done else "event", "what": entry.code, **entry.data}
    if isinstance(entry, Choice):
        chosen = {"stopped": False, **from_preference(entry.chosen)}
        return {
            "entry": "choice",
            "by": entry.by,
            "chosen": {name: chosen.get(name) for name in entry.fields if name not in PRIVATE},
        }
    return {
        "entry": "letter",
        "subject": entry.subject,
        "kinds": list(entry.kinds),
        "says": list(entry.notices),
        "state": entry.state,
        "said": entry.said,
        "to": entry.to,
    }


def why(letter: LetterRecord | Folded, language: Language) -> str:
    """What a letter is about, in words."""
    found = dict.fromkeys(what_of_notice(key, letter.kinds, language) for key in letter.notices)
    return ", ".join(part for part in found if part)


def what_of_notice(text: str, kinds: tuple[str, ...], language: Language) -> str:
    """What one notice is about; empty for a key that nobody makes any more."""
    with suppress(NotAKey):
        key = NoticeKey.from_text(text)
        # A cancellation of the block has the key of a change.
        kind = "cancel" if key.kind == "invite" and "invite" not in kinds else key.kind
        row = KINDS.get(kind)
        if not row or not row.one:
            return kind
        label, about = row.one.said(language), row.about(key.period)
        said = about.said(language) if isinstance(about, Sentence) else about
        return f"{label} ({said})" if said else label
    return ""
