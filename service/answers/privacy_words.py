"""What is held about a person, in words for that person: a heading for each table, and a line for each record."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from culture.keys import NotAKey, NoticeKey, PersonWeek
from culture.people import PRIVATE, Language
from mailer.words import tongue
from service.acts.choices import FIELDS, in_words
from service.acts.erase import Erasure
from service.answers.history import WAYS, what_of_notice
from service.answers.privacy import ANONYMOUS, PROGRAMME_OF, Held, since
from service.engine.daily_backup import BACKUPS
from service.engine.erasure import TAKEN_OUT_WITHIN
from service.engine.personal import About
from service.messages.translation import Sentence, say, word
from store import records

SHOWN = 5
"""Of each table so many records, the last ones: who wants all of them, asks for them."""

LABELS: Mapping[str, Sentence] = {
    "account": Sentence("account in the directory"),
    "address": Sentence("address"),
    "ahead": Sentence("volunteered turns that will count"),
    "announced": Sentence("announced"),
    "answers": Sentence("answers"),
    "asked_at": Sentence("asked to be an ambassador"),
    "asked_on": Sentence("asked on"),
    "assigned": Sentence("challenge given"),
    "at": Sentence("when"),
    "backs_since": Sentence("sponsor since"),
    "by": Sentence("by"),
    "chair_since": Sentence("chair since"),
    "challenge": Sentence("challenge"),
    "changed": Sentence("changed last"),
    "channel": Sentence("channel"),
    "checked": Sentence("how it was checked"),
    "confirmed_on": Sentence("confirmed on"),
    "credit": Sentence("turns credited on joining"),
    "day": Sentence("day"),
    "declined_on": Sentence("declined on"),
    "deeds": Sentence("what was done with it"),
    "department": Sentence("department"),
    "did_not": Sentence("what did not work"),
    "due": Sentence("due"),
    "easy": Sentence("what was easy"),
    "email": Sentence("address"),
    "ended_on": Sentence("ended on"),
    "files": Sentence("letters as files"),
    "first_seen": Sentence("known since"),
    "gone": Sentence("gone since"),
    "hard": Sentence("what was hard"),
    "hours": Sentence("hours"),
    "id": Sentence("id"),
    "judged_by": Sentence("by whose judgement"),
    "judgements": Sentence("judgements"),
    "language": Sentence("language"),
    "last": Sentence("number of the last turn"),
    "left": Sentence("left"),
    "left_on": Sentence("stepped down on"),
    "letters": Sentence("letters"),
    "link": Sentence("link"),
    "link_for": Sentence("who can open the link"),
    "meeting": Sentence("meeting"),
    "made_at": Sentence("made"),
    "met": Sentence("known as ambassador since"),
    "management": Sentence("said for management"),
    "minutes": Sentence("length in minutes"),
    "months": Sentence("months until it is looked at again"),
    "name": Sentence("name"),
    "name_in_letters": Sentence("your name may stand in letters too"),
    "names": Sentence("names"),
    "news": Sentence("news"),
    "next_on": Sentence("looked at again on"),
    "number": Sentence("number"),
    "off": Sentence("not held"),
    "outcome": Sentence("outcome"),
    "place": Sentence("place"),
    "potential": Sentence("what it could do for us"),
    "reason": Sentence("reason"),
    "rejected_by": Sentence("rejected by"),
    "rejected_on": Sentence("rejected on"),
    "revised": Sentence("changed last"),
    "roles": Sentence("roles"),
    "role": Sentence("role"),
    "said": Sentence("the server's words"),
    "since": Sentence("since"),
    "show_name": Sentence("your name may stand with it"),
    "started": Sentence("began here"),
    "starts": Sentence("begins"),
    "state": Sentence("how it stands"),
    "subject": Sentence("about"),
    "text": Sentence("text"),
    "time": Sentence("time"),
    "title": Sentence("title"),
    "to_name": Sentence("sent to"),
    "tool": Sentence("tool"),
    "topic": Sentence("topic"),
    "track": Sentence("track"),
    "trigger": Sentence("what brought it early"),
    "turns": Sentence("turns"),
    "working_days": Sentence("working days"),
    "withdrawn_on": Sentence("withdrawn on"),
    "worked": Sentence("what worked"),
    "would_change": Sentence("what would have to change"),
    "written_on": Sentence("written on"),
    "zone": Sentence("time zone"),
}
"""Fields as people call them. One that is not here is for the machinery, and stands in the export alone."""

Say = Callable[[About, Language, tzinfo], str]
"""A record in words, its moments as the clock shows them where the person is."""


def held_lines(held: Held, language: Language, *, each: bool) -> Iterator[str]:
    """All of it, for the person to read; of each table the last records, or `each`."""
    yield say(
        language,
        "What aikultur holds about {name} ({id}). It can be handed to {name} as it is.",
        name=held.person.name,
        id=held.person.id,
    )
    before: str | None = None
    for name, found in held.tables.items():
        programme = PROGRAMME_OF.get(name, "")
        if programme != before:
            heading = word("programme", programme) if programme else Sentence("The service itself")
            yield f"\n{heading.said(language).upper()}"
            before = programme
        yield from _table_lines(name, found, held, language, each)
    yield f"\n{say(language, 'Beside the records').upper()}"
    for one in held.elsewhere:
        counted = f" ({one.count})" if one.count is not None else ""
        until = (
            f" {say(language, 'What is erased today is gone from there by {day}.', day=one.until)}" if one.until else ""
        )
        yield f"- {one.said.said(language)}{counted}{until}"
    yield f"\n{say(language, 'Not here').upper()}"
    yield from (f"- {one.said(language)}" for one in ANONYMOUS)


def _table_lines(name: str, found: tuple[About, ...], held: Held, language: Language, each: bool) -> Iterator[str]:
    told = found[0].row.told
    if told is None:
        return
    what = told.what.said(language)
    yield f"\n{what[0].upper()}{what[1:]}: {len(found)}"
    if days := since(found):
        first, last = map(date.fromisoformat, days)
        yield "  " + say(language, "From {first} to {last}.", first=first, last=last)
    yield "  " + say(language, "Why: {why}.", why=told.why)
    yield "  " + say(language, "Seen by: {seen}.", seen=told.seen)
    yield "  " + say(language, "Kept: {until}.", until=told.until)
    shown = found if each else found[-SHOWN:]
    if len(shown) < len(found):
        left = len(found) - len(shown)
        yield "  " + say(
            language, "{count} more before these: aikultur privacy show {id} --all", count=left, id=held.person.id
        )
    for one in (_theirs(one, held.person.id) for one in shown):
        if line := _line(name, one, language, held.person.tz):
            yield f"  - {line}"


def _line(name: str, one: About, language: Language, zone: tzinfo) -> str:
    """The record in words; field by field where it is not as it should be."""
    with suppress(KeyError, TypeError, ValueError, AttributeError):
        return SAID.get(name, _fields)(one, language, zone)
    return _fields(one, language, zone)


def _theirs(one: About, person_id: str) -> About:
    return replace(one, document=one.row.mine(one.document, person_id)) if one.row.mine else one


def _fields(one: About, language: Language, zone: tzinfo) -> str:
    return _in_labels(one.document, language, zone)


def _in_labels(document: Mapping[str, Any], language: Language, zone: tzinfo) -> str:
    parts = ((LABELS[key], value) for key, value in document.items() if key in LABELS)
    return "; ".join(
        f"{label.said(language)}: {_value(value, language, zone)}" for label, value in parts if value not in ("", None)
    )


def _value(value: Any, language: Language, zone: tzinfo) -> str:
    """A value as a person reads it; of what holds several things only how many."""
    if isinstance(value, bool):
        return say(language, "yes") if value else say(language, "no")
    if isinstance(value, list | dict) and any(isinstance(part, dict | list) for part in value):
        return str(len(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _moment(value, language, zone) if isinstance(value, str) else str(value)


def _moment(text: str, language: Language, zone: tzinfo) -> str:
    """A day or a moment as people write it; any other text as it stands."""
    with suppress(ValueError):
        if len(text) == len("2026-12-03"):
            return tongue(language).whole_date(date.fromisoformat(text))
        if text[10:11] == "T":
            moment = datetime.fromisoformat(text.partition("[")[0])
            return f"{moment.astimezone(zone) if moment.tzinfo else moment:%Y-%m-%d %H:%M}"
    return text


def _place(one: About, language: Language, zone: tzinfo) -> str:
    """Their own place in the turn list of a department."""
    places = [_in_labels(place, language, zone) for place in one.document["people"].values()]
    return "; ".join((f"{LABELS['department'].said(language)}: {one.key}", *filter(None, places)))


def _choice(one: About, language: Language, zone: tzinfo) -> str:
    preference = records.to_preference(one.document)
    chosen = [name for name in FIELDS if getattr(preference, name) and name not in PRIVATE]
    return "; ".join((*in_words(preference, chosen, language), *_private(one.document, language)))


def _chosen(one: About, language: Language, zone: tzinfo) -> str:
    key, choice = records.to_choice(one.key, one.document)
    fields = set(choice.fields)
    words = (*in_words(choice.chosen, choice.fields, language), *_private(dict.fromkeys(fields, True), language))
    return f"{key.at.astimezone(zone):%Y-%m-%d %H:%M}: {'; '.join(words)} ({WAYS[choice.by].said(language)})"


def _private(document: Mapping[str, Any], language: Language) -> Iterator[str]:
    """That something was chosen which is the person's own to know: their page shows it, and the export."""
    if PRIVATE & document.keys():
        yield say(language, "a choice that only you are shown: on your own page, and in the export")


def _notice(one: About, language: Language, zone: tzinfo) -> str:
    with suppress(NotAKey):
        kind = NoticeKey.from_text(one.key).kind
        return what_of_notice(one.key, (kind,), language)
    return one.key


def _letter(one: About, language: Language, zone: tzinfo) -> str:
    document = one.document
    when = document.get("settled_at") or document["claimed_at"]
    state = word("letter-state", document["state"]).said(language)
    return f"{_moment(when, language, zone)}: {document['subject']} ({document['to']}, {state})"


def _in_calendar(one: About, language: Language, zone: tzinfo) -> str:
    """What stands, and where."""
    entry = one.document.get("entry") or one.document.get("stands")
    entry = entry.get("series", entry) if isinstance(entry, Mapping) else entry
    if not isinstance(entry, Mapping):
        return say(language, "nothing, or nothing any more")
    when = entry.get("starts") or f"{entry.get('first')}T{entry.get('start')}"
    return f"{LABELS['begins'].said(language)}: {_moment(str(when), language, zone)}; {_in_labels(one.document, language, zone)}"


def _week(one: About, language: Language, zone: tzinfo) -> str:
    return f"{PersonWeek.from_text(one.key).week}: {sum(one.document.values())}"


SAID: Mapping[str, Say] = {
    records.PREFERENCES: _choice,
    records.CHOICES: _chosen,
    records.NOTICES: _notice,
    records.UNSAID: _notice,
    records.LETTERS: _letter,
    records.PUBLICATIONS: _in_calendar,
    records.BLOCKS: _in_calendar,
    records.MEETINGS: _in_calendar,
    records.WEEKS: _week,
    records.STANDINGS: _place,
}
"""Records that are put into words otherwise than field by field."""


# --- before and after an erasure


def to_erase_lines(what: Erasure, today: date, language: Language) -> Iterator[str]:
    """What would be erased, what stays, and what is to be known before."""
    named: dict[str, Any] = {"name": what.person.name, "id": what.person.id}
    yield say(language, "What would be erased of {name} ({id}):", **named)
    yield from _counted(what.goes, language)
    if what.archived:
        yield "- " + say(language, "lines about letters of past weeks: {count}", count=what.archived)
    if what.stays:
        yield say(language, "What stays, without who it was:")
        yield from _counted(what.stays, language)
        text = "A text may tell who wrote it. Look at it first: aikultur privacy show {id} --all"
        yield say(language, text, **named)
    if what.letters:
        yield say(language, "Letters that wait and are not sent any more: {count}", count=len(what.letters))
    yield from _by_others_lines(what, language)
    yield from _waits_lines(what, today, language)
    if what.in_file:
        text = "The people file names {name}. They are not met as new: of number, address and name a mark is kept while that is so. It can be held against a row, and not be read."
        yield say(language, text, **named)
    if what.named:
        text = "First: config.toml names {name}: {keys}. Write somebody else there, or take it out."
        yield say(language, text, keys=", ".join(what.named), **named)
        return
    yield say(language, "Erase exactly this with: aikultur privacy erase {id} {number}", number=what.number, **named)


def erased_lines(what: Erasure, today: date, language: Language) -> Iterator[str]:
    """What was erased, and where something is left for how long."""
    text = "Erased of {name} ({id}): {count} records. Without who it was: {stay}."
    yield say(language, text, name=what.person.name, id=what.person.id, count=len(what.goes), stay=len(what.stays))
    yield from _by_others_lines(what, language)
    yield from _waits_lines(what, today, language)
    text = "The backups of the last days hold it until {day}. A restore from one of them erases it again in the night after."
    yield say(language, text, day=today + BACKUPS + timedelta(days=1))
    text = "Letters to others may name them for some weeks. Copies made by hand (store backup --to), what a restore set aside (store/backups/before-N), letters in a folder and pages written by aikultur archive are not touched: write them anew or delete them."
    yield say(language, text)
    if what.in_file:
        yield say(
            language, "If they want to be in it again some day: aikultur store discard former {key}", key=what.mark
        )


def _by_others_lines(what: Erasure, language: Language) -> Iterator[str]:
    if what.by_others:
        text = "Others have written their name or address into a text, which stays. Look at it: {records}"
        yield say(language, text, records=", ".join(f"{table} {key}" for table, key in what.by_others))


def _waits_lines(what: Erasure, today: date, language: Language) -> Iterator[str]:
    if what.waits:
        text = "In calendars, to be called off first: {count}. Until that is done, {day} at the latest, name and address are known."
        yield say(language, text, count=len(what.waits), day=today + TAKEN_OUT_WITHIN)


def _counted(found: Sequence[About], language: Language) -> Iterator[str]:
    """How many records of each table, in its words."""
    counts = Counter(one.row.name for one in found)
    told = {one.row.name: one.row.told for one in found}
    for name, count in counts.items():
        if (row := told[name]) is not None:
            yield f"- {row.what.said(language)}: {count}"


def erased_value(what: Erasure) -> dict[str, Any]:
    """What would be erased, or was, for a program."""
    return {
        "id": what.person.id,
        "name": what.person.name,
        "number": what.number,
        "goes": dict(Counter(one.row.name for one in what.goes)),
        "stays": dict(Counter(one.row.name for one in what.stays)),
        "archived_letters": what.archived,
        "letters_dropped": len(what.letters),
        "waits": len(what.waits),
        "in_people_file": what.in_file,
        "named_in_config": list(what.named),
        "named_by_others": [{"table": table, "key": key} for table, key in what.by_others],
    }
