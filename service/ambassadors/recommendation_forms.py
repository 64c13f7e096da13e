"""A recommendation and its answer as people write them: the fields of a form or a command, and what is wrong with them."""

import re
from collections.abc import Mapping
from datetime import date

from culture.ambassadors.recommendations import LATER, LATEST, Answer, Evidence, Of, Recommendation, Reply
from culture.people import Person
from culture.relay.schedule import RelayRecords
from culture.revisit.rules import RevisitRecords
from culture.world import World
from service.acts.who import meant
from service.messages.days import parse_day
from service.messages.faults import BadInput, Fault
from service.messages.plain_text import LINE_LETTERS, MOST_LETTERS, id_meant, one_line, plain
from service.messages.translation import Sentence
from service.settings.config_types import is_email

DRAFT_FIELDS = ("text", "reason", "evidence", "to", "by")
"""What is asked of a draft, in the order of the page."""

REPLY_FIELDS = ("answer", "words", "until")

MOST_EVIDENCE = 10
"""Pieces of evidence: more is a report, and belongs behind a link."""


def read_draft(values: Mapping[str, str], world: World, otherwise: Person | None) -> Recommendation:
    """The draft in the fields of a form; its id is given when it is kept. `otherwise`: who is asked where nobody is named.

    Raises BadInput with every fault, the field's name as the file.
    """
    faults: list[Fault] = []
    text = _written("text", one_line(values.get("text", "")), LINE_LETTERS, faults, needed=True)
    reason = _written("reason", plain(values.get("reason", "")), MOST_LETTERS, faults, needed=True)
    evidence = _evidence(values.get("evidence", ""), world, faults)
    name, email = _recipient(values.get("to", ""), world, otherwise, faults)
    by = _day_ahead("by", values.get("by", ""), world.today, faults)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: DRAFT_FIELDS.index(fault.file)))
    return Recommendation(
        id="",
        text=text,
        reason=reason,
        written_on=world.today,
        evidence=evidence,
        to_name=name,
        to_email=email,
        by=by,
    )


def read_reply(values: Mapping[str, str], by: str, today: date) -> Reply:
    """The answer in the fields of a form. Raises BadInput with every fault, the field's name as the file."""
    faults: list[Fault] = []
    answer = id_meant(values.get("answer", ""), Answer, "recommendation-answer")
    if answer is None:
        faults.append(Fault("answer", "", Sentence('Answer "yes", "no" or "later".')))
    words = _written("words", plain(values.get("words", "")), MOST_LETTERS, faults)
    until = _day_ahead("until", values.get("until", ""), today, faults) if answer is Answer.LATER else None
    if faults or answer is None:
        raise BadInput(faults)
    if answer is Answer.LATER:
        until = until or today + LATER
    return Reply(day=today, answer=answer, by=one_line(by)[:LINE_LETTERS], words=words, until=until)


def _written(name: str, found: str, most: int, faults: list[Fault], *, needed: bool = False) -> str:
    if len(found) > most:
        sentence = "This is {count} letters long. Keep it to {most}."
        faults.append(Fault(name, "", Sentence(sentence, {"count": len(found), "most": most})))
    if needed and not found:
        faults.append(Fault(name, "", Sentence("This is missing. Write a few words.")))
    return found


def evidence_lines(given: str) -> list[str]:
    """The pieces of evidence that are in a form: what was ticked there and what was written, each once."""
    return list(dict.fromkeys(line for part in plain(given).split("\n") if (line := one_line(part))))


def _evidence(given: str, world: World, faults: list[Fault]) -> tuple[Evidence, ...]:
    """A line each: the id of a learning or of an item of the revisit list, else a figure or a sentence."""
    lines = evidence_lines(given)
    if len(lines) > MOST_EVIDENCE:
        fields = {"pieces": len(lines), "most": MOST_EVIDENCE}
        faults.append(
            Fault("evidence", "", Sentence("These are {pieces} things to build on. Keep it to {most}.", fields))
        )
    for line in lines:
        _written("evidence", line, LINE_LETTERS, faults)
    learnings, items = world.of(RelayRecords).learnings, world.of(RevisitRecords).items

    def of(line: str) -> Of:
        return Of.LEARNING if line in learnings else Of.REVISIT if line in items else Of.FIGURE

    return tuple(Evidence(of=of(line), what=line) for line in lines)


def _recipient(given: str, world: World, otherwise: Person | None, faults: list[Fault]) -> tuple[str, str]:
    """Name and address: of somebody in the people file by id, address or name, or as "Name <address>"."""
    text = one_line(given)
    if not text and otherwise:
        return otherwise.name, otherwise.email
    found = _in_people_file(text, world, faults)
    return (found.name, found.email) if found else _outside(text, faults)


def _in_people_file(text: str, world: World, faults: list[Fault]) -> Person | None:
    here = [one for one in world.organisation.people.values() if one.works_here(world.today)]
    address = re.fullmatch(r"[^<>]*<([^<>]+)>", text)
    hits = meant(here, address[1] if address else text, world.today)
    if len(hits) > 1:
        fields = {"value": text[:80], "names": ", ".join(f"{one.name} ({one.id})" for one in hits[:5])}
        faults.append(Fault("to", "", Sentence('"{value}" fits several: {names}. Write the id.', fields)))
    elif hits and not hits[0].email:
        sentence = "{name} has no mail address. Ask somebody who has one, or give the question to them on paper."
        faults.append(Fault("to", "", Sentence(sentence, {"name": hits[0].name})))
    return hits[0] if hits else None


def _outside(text: str, faults: list[Fault]) -> tuple[str, str]:
    match = re.fullmatch(r"([^<>]+)<([^<>]+)>", text)
    name, email = (match[1].strip(' "'), match[2].strip()) if match else ("", text)
    if not is_email(email) or len(text) > LINE_LETTERS:
        sentence = '"{value}" is nobody who works here and no mail address. Write for example "Ida Bro <ida@board.dk>".'
        if not text:
            sentence = 'This is missing. Write who is to answer: a name, or "Ida Bro <ida@board.dk>".'
        faults.append(Fault("to", "", Sentence(sentence, {"value": text[:80]} if text else {})))
    elif not name:
        sentence = 'Nobody here has the address "{value}". Write a name before it: "Ida Bro <ida@board.dk>".'
        faults.append(Fault("to", "", Sentence(sentence, {"value": text[:80]})))
    return name, email.lower()


def _day_ahead(name: str, given: str, today: date, faults: list[Fault]) -> date | None:
    if not given.strip():
        return None
    found = parse_day(given)
    if found is None:
        sentence = '"{value}" is not a date. Write 2026-12-01 or 01-12-2026.'
        faults.append(Fault(name, "", Sentence(sentence, {"value": one_line(given)[:80]})))
    elif not today < found <= today + LATEST:
        sentence = "{value} has been, or is more than a year away. Write a day to come."
        faults.append(Fault(name, "", Sentence(sentence, {"value": f"{found}"})))
    return found
