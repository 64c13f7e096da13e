"""The revisit list as people write it: added by hand or from a spreadsheet, judged, brought early by news."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from culture.folded import fold
from culture.organisation import Organisation
from culture.people import Person
from culture.policy import CLASSES, TOOLS
from culture.revisit.rules import (
    Judgement,
    Made,
    Revisit,
    RevisitRecords,
    Verdict,
    What,
    judged,
    later,
    triggered,
)
from culture.revisit.settings import MONTHS, RevisitList
from culture.revisit.works import can_become, made, works
from service.acts.who import meant
from service.messages.days import parse_day
from service.messages.faults import BadInput, Fault, Refused
from service.messages.plain_text import LINE_LETTERS, MOST_LETTERS, id_meant, one_line, plain
from service.messages.translation import Sentence, word
from service.settings.table_file import read_table
from store import records

if TYPE_CHECKING:
    from service.engine.engine import Engine

HEADERS: Mapping[str, tuple[str, ...]] = {
    "tool": ("tool", "tool or use case", "use case", "item", "name", "værktøj", "værktøj eller brug", "navn", "emne"),
    "what": ("what", "kind", "type", "hvad", "slags", "art"),
    "rejected_by": ("rejected by", "by", "who", "afvist af", "af", "hvem"),
    "rejected_on": ("rejected on", "rejected", "date", "on", "afvist den", "afvist", "dato"),
    "reason": ("reason", "why", "begrundelse", "grund", "årsag", "hvorfor"),
    "would_change": (
        "would change",
        "what would have to change",
        "condition",
        "hvad skulle ændre sig",
        "skal ændre sig",
        "betingelse",
    ),
    "months": ("months", "interval", "interval in months", "måneder", "interval i måneder"),
    "owner": ("owner", "responsible", "ejer", "ansvarlig", "tovholder"),
    "department": ("department", "tried in", "afdeling", "prøvet i"),
    "needs_tool": ("needs tool", "needs the tool", "kræver værktøj", "kræver værktøjet"),
    "needs_data": ("needs data", "kræver data"),
}
NEEDED = ("tool", "rejected_on", "reason")
FIELDS = tuple(HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to: new items, how many stood in the list already, and the faults of rows left out."""

    added: tuple[Revisit, ...]
    known: int
    faults: tuple[Fault, ...] = ()


# --- reading ----------------------------------------------------------------------------------------------


def read_item(
    values: Mapping[str, str], organisation: Organisation, today: date, *, day_needed: bool = False
) -> Revisit:
    """The item in the fields of a form or the cells of a row (keys: FIELDS); its id is given when it is added.

    Without a day it was rejected today, unless one is needed; an interval that is over by now is due today. Raises
    BadInput with every fault, the field's name as the file.
    """
    faults: list[Fault] = []
    found: dict[str, Any] = {
        "name": _line("tool", values, faults, needed=True),
        "what": _what(values.get("what", ""), faults),
        "rejected_by": _line("rejected_by", values, faults),
        "reason": _line("reason", values, faults, needed=True),
        "would_change": _line("would_change", values, faults),
        "owner": _owner(values.get("owner", ""), organisation, today, faults),
        "department": _department(values.get("department", ""), organisation, faults),
        "needs_tool": _needs("needs_tool", values, TOOLS, faults),
        "needs_data": _needs("needs_data", values, CLASSES, faults),
    }
    found["tried_by"] = _only(organisation, found["rejected_by"], today)
    day = _day(values.get("rejected_on", ""), None if day_needed else today, today, faults)
    months = _months(values.get("months", ""), organisation.of(RevisitList).months, faults)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: FIELDS.index(fault.file)))
    return Revisit(id="", rejected_on=day, months=months, next_on=max(later(day, months), today), **found)


def _line(name: str, values: Mapping[str, str], faults: list[Fault], *, needed: bool = False) -> str:
    long = name in ("reason", "would_change")
    found = plain(values.get(name, "")) if long else one_line(values.get(name, ""))
    most = MOST_LETTERS if long else LINE_LETTERS
    if len(found) > most:
        sentence = "This is {count} letters long. Keep it to {most}."
        faults.append(Fault(name, "", Sentence(sentence, {"count": len(found), "most": most})))
    if needed and not found:
        faults.append(Fault(name, "", Sentence("This is missing. Write a few words.")))
    return found


def _what(given: str, faults: list[Fault]) -> What:
    found = id_meant(given, What, "item") if given.strip() else What.TOOL
    if found is None:
        sentence = '"{value}" is neither of the two. Write "tool" or "use case".'
        faults.append(Fault("what", "", Sentence(sentence, {"value": one_line(given)[:80]})))
    return found or What.TOOL


def _day(given: str, usual: date | None, today: date, faults: list[Fault]) -> date:
    found = parse_day(given) if given.strip() else usual
    if not given.strip() and usual is None:
        sentence = "This is missing. Write a day: 2026-12-01 or 01-12-2026."
        faults.append(Fault("rejected_on", "", Sentence(sentence)))
    elif found is None:
        sentence = '"{value}" is not a date. Write 2026-12-01 or 01-12-2026.'
        faults.append(Fault("rejected_on", "", Sentence(sentence, {"value": one_line(given)[:80]})))
    elif not EARLIEST <= found <= today:
        sentence = "{value} is to come or long ago. Write the day on which it was rejected."
        faults.append(Fault("rejected_on", "", Sentence(sentence, {"value": f"{found}"})))
    return found or today


EARLIEST = date(2000, 1, 1)
"""Before this nobody rejected an AI tool: the year was mistyped."""


def _months(given: str, usual: int, faults: list[Fault]) -> int:
    first, last = MONTHS
    text_ = given.strip()
    if not text_:
        return usual
    found = int(text_) if re.fullmatch("[0-9]{1,4}", text_) else 0
    if not first <= found <= last:
        sentence = '"{value}" is not an interval in months. Write a whole number from {first} to {last}.'
        fields = {"value": one_line(given)[:80], "first": first, "last": last}
        faults.append(Fault("months", "", Sentence(sentence, fields)))
    return found


def _owner(given: str, organisation: Organisation, today: date, faults: list[Fault]) -> str:
    """The id of the person of an id, address or unmistakable name; empty for none."""
    if not one_line(given):
        return ""
    here = [one for one in organisation.people.values() if one.works_here_after(today)]
    hits = meant(here, one_line(given), today)
    if len(hits) == 1:
        return hits[0].id
    fields = {"value": one_line(given)[:80], "names": _some(hits)}
    sentence = '"{value}" fits several: {names}. Write the id.'
    if not hits:
        sentence = '"{value}" does not work here. Write an id, an address or a name, or leave it empty.'
    faults.append(Fault("owner", "", Sentence(sentence, fields if hits else {"value": fields["value"]})))
    return ""


def _department(given: str, organisation: Organisation, faults: list[Fault]) -> str:
    """The key of the department of a key or name; empty for none."""
    wanted = fold(one_line(given))
    hits = [key for key, one in organisation.departments.items() if wanted in (fold(key), fold(one.name))]
    if wanted and not hits:
        fields = {"value": one_line(given)[:80], "names": ", ".join(list(organisation.departments)[:5])}
        sentence = '"{value}" is no department. Write its key, such as {names}, or leave it empty.'
        faults.append(Fault("department", "", Sentence(sentence, fields)))
    return hits[0] if wanted and hits else ""


def _only(organisation: Organisation, name: str, today: date) -> tuple[str, ...]:
    """The one who works here whose id, address or whole name it is; nobody for a department, or a name that two have."""
    here = (one for one in organisation.people.values() if one.works_here_after(today))
    wanted = name.casefold()
    hits = [one.id for one in here if wanted and wanted in (one.id.casefold(), one.email, one.name.casefold())]
    return tuple(hits) if len(hits) == 1 else ()


def _needs(name: str, values: Mapping[str, str], known: Sequence[str], faults: list[Fault]) -> str | None:
    """One of the words that [policy] knows; None for none."""
    given = one_line(values.get(name, "")).casefold()
    if given and given not in known:
        sentence = '"{value}" is not among what [policy] knows. Write one of {names}, or leave it empty.'
        faults.append(Fault(name, "", Sentence(sentence, {"value": given[:80], "names": ", ".join(known)})))
    return given or None


def _some(people: Iterable[Person]) -> str:
    return ", ".join(f"{one.name} ({one.id})" for one in list(people)[:5])


# --- writing ----------------------------------------------------------------------------------------------


def add(engine: "Engine", item: Revisit) -> tuple[Revisit, bool]:
    """Put an item into the list: as it stands there, and whether it is new. The same name and day is the same item."""
    with engine.database.batch():
        found, is_new = _placed(engine.stored.table_of(records.REVISITS), item)
        if is_new:
            engine.stored.put(records.REVISITS, found.id, found)
    return found, is_new


def _placed(items: Mapping[str, Revisit], item: Revisit) -> tuple[Revisit, bool]:
    """The item with an id of its own, or the one that stands in the list already."""
    for other in items.values():
        if (fold(other.name), other.rejected_on) == (fold(item.name), item.rejected_on):
            return other, False
    base = "-".join(filter(None, (_slug(item.name), str(item.rejected_on))))
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(items) + 2))
    return replace(item, id=next(one for one in tries if one not in items)), True


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", fold(name)).strip("-")[:40].rstrip("-")


def import_items(engine: "Engine", path: Path, now: datetime, *, good_rows: bool = False) -> Imported:
    """Put the items of a CSV file into the list, in one line of the journal.

    Raises BadInput with every fault of the file; then nothing was imported. With `good_rows` faulty rows are left out.
    """
    organisation = engine.snapshot(now).organisation
    items, faults = read_items(path, organisation, now.astimezone(engine.zone).date())
    if faults and not good_rows:
        raise BadInput(faults)
    added: dict[str, Revisit] = {}
    with engine.database.batch():
        known = engine.stored.table_of(records.REVISITS)
        for item in items:
            found, is_new = _placed({**known, **added}, item)
            if is_new:
                added[found.id] = found
                engine.stored.put(records.REVISITS, found.id, found)
    return Imported(added=tuple(added.values()), known=len(items) - len(added), faults=tuple(faults))


def read_items(path: Path, organisation: Organisation, today: date) -> tuple[list[Revisit], list[Fault]]:
    """The items in a CSV file, and the faults of its rows. Raises BadInput when it cannot be used at all."""
    items: list[Revisit] = []
    faults: list[Fault] = []
    for line, cells in read_table(path, HEADERS, NEEDED):
        if "ragged" in cells:
            sentence = "the row has {cells} cells of those in the heading. Look for a stray separator."
            faults.append(Fault(path.name, f"{line}:*", Sentence(sentence, {"cells": cells["ragged"]})))
            continue
        try:
            # A person may leave the day out; a row of a list without one was not rejected today.
            items.append(read_item(cells, organisation, today, day_needed=True))
        except BadInput as bad:
            faults += [Fault(path.name, f"{line}:{fault.file}", fault.sentence) for fault in bad.faults]
    return items, faults


def verdict_of(text: str) -> Verdict | None:
    """The verdict that is meant, in English or Danish; None when it is none."""
    return id_meant(text, Verdict, "verdict")


def judge(engine: "Engine", item_id: str, values: Mapping[str, str], now: datetime) -> Revisit:
    """Keep a judgement: `verdict`, `reason`, `by` (a name) and `judge` (an id, where it is known). The item afterwards; posted twice it is the same.

    Raises BadInput with every fault of the values, Refused for an item that is not in the list or is decided.
    """
    faults: list[Fault] = []
    verdict = verdict_of(values.get("verdict", ""))
    if verdict is None:
        sentence = 'Write "works now", "still not" or "dropped".'
        faults.append(Fault("verdict", "", Sentence(sentence)))
    reason = _line("reason", values, faults, needed=True)
    by = _line("by", values, faults)
    if faults or verdict is None:
        raise BadInput(faults)
    with engine.act(now) as acting:
        organisation, day = acting.world.organisation, acting.world.today
        # Who judged it is not told that it works now: by the command line there is only a name.
        judge_id = values.get("judge") or next(iter(_only(organisation, by, day)), "")
        judgement = Judgement(day=day, by=by, verdict=verdict, reason=reason, judge=judge_id)
        item = item_of(engine, item_id)
        if item.judgements[-1:] == (judgement,):
            return item
        if not item.open:
            raise Refused(
                Sentence(
                    "{name} was decided on {day}: {verdict}. News opens it again: aikultur revisit trigger {id} NEWS.",
                    {
                        "name": item.name,
                        "day": item.judgements[-1].day,
                        "verdict": word("verdict", item.judgements[-1].verdict),
                        "id": item.id,
                    },
                )
            )
        after = judged(item, judgement)
        engine.stored.put(records.REVISITS, item.id, after)
        acting.world = acting.world.having(RevisitRecords({**acting.world.of(RevisitRecords).items, item.id: after}))
    return after


def make(engine: "Engine", item_id: str, what: Made, now: datetime) -> Revisit:
    """Give what works now to others as well: it stands in the catalogue from the next tick on. Made twice it is the same.

    Raises Refused for what is not in the list, what does not work now, and where there is no such catalogue.
    """
    with engine.act(now) as acting:
        item, organisation = item_of(engine, item_id), acting.world.organisation
        if not works(item):
            sentence = '{name} is not judged as "works now". Judge it first.'
            raise Refused(Sentence(sentence, {"name": item.name}))
        if what not in can_become(organisation):
            raise Refused(Sentence("Nothing like that is given here: it is switched off in the config."))
        after = made(item, what)
        if after != item:
            engine.stored.put(records.REVISITS, item.id, after)
            known = acting.world.of(RevisitRecords).items
            acting.world = acting.world.having(RevisitRecords({**known, item.id: after}))
    return after


def trigger(engine: "Engine", item_id: str, news: str, now: datetime) -> Revisit:
    """Bring an item forward to today because of `news`, one line; one that was decided is open again.

    Raises BadInput when there is no news, Refused for an item that is not in the list.
    """
    faults: list[Fault] = []
    line = _line("news", {"news": news}, faults, needed=True)
    if faults:
        raise BadInput(faults)
    with engine.database.batch():
        item = item_of(engine, item_id)
        after = triggered(item, line, now.astimezone(engine.zone).date())
        if after != item:
            engine.stored.put(records.REVISITS, item.id, after)
    return after


def item_of(engine: "Engine", text: str) -> Revisit:
    """The item of an id, or of an unmistakable part of an id or name. Raises Refused."""
    items: Mapping[str, Revisit] = engine.stored.table_of(records.REVISITS)
    wanted = fold(one_line(text))
    if text in items:
        return items[text]
    hits = [item for item in items.values() if wanted and wanted in fold(f"{item.id} {item.name}")]
    if len(hits) == 1:
        return hits[0]
    fields = {"text": one_line(text)[:80], "ids": ", ".join(item.id for item in hits[:5])}
    if hits:
        raise Refused(Sentence('"{text}" fits several: {ids}. Write the id.', fields))
    raise Refused(Sentence('"{text}" is not on the list. Look with aikultur revisit list.', {"text": fields["text"]}))
