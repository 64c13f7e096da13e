"""What was due, what the server accepted, and what the store says: the three must agree."""

import email.policy
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from calendars.record import to_publication
from mailer.letter import message_id
from store import records
from store.database import Database, open_database
from store.letters import LetterRecord, from_document
from store.spool import Spool
from tests.crash.ground import DOMAIN
from tests.smtp_server import SmtpServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The leading notices of the letters that must arrive, and of those that may (the kill decided)."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run came to. `broken` has a sentence for each promise that was not kept."""

    instant: str
    kills: int
    at_kill: int  # letters accepted, or commands that had reported, when the kill came
    left: int  # letters or commands still to come then; a run with none of them proves nothing
    due: int
    accepted: int  # different letters
    duplicates: int
    in_doubt: int
    lost: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The server's record and the store's, by the letter's id."""

    copies: dict[str, list[bytes]]
    letters: dict[str, LetterRecord]
    bytes: dict[str, bytes]  # as they were frozen


def counted(
    server: SmtpServer, folder: Path, due: Due, *, instant: str, at_kill: int, left: int, kills: int, open_: int
) -> Result:
    """Hold the three against each other. `open_` connections were cut in all."""
    with open_database(folder / "var" / "store") as db:
        found = gathered(server, db, Spool(folder / "var" / "spool"))
        broken = [*disagreements(found, due), *calendars(found, db)]
    duplicates = sum(len(copies) - 1 for copies in found.copies.values())
    in_doubt = sum(letter.in_doubt for letter in found.letters.values())
    if duplicates > in_doubt or in_doubt > open_:
        broken.append(f"{duplicates} duplicates, {in_doubt} in doubt, {open_} connections were cut")
    return Result(
        instant=instant,
        kills=kills,
        at_kill=at_kill,
        left=left,
        due=len(due.must),
        accepted=len(found.copies),
        duplicates=duplicates,
        in_doubt=in_doubt,
        lost=len(due.must - said(found)),
        broken=tuple(broken),
    )


def gathered(server: SmtpServer, db: Database, spool: Spool) -> Found:
    copies: dict[str, list[bytes]] = {}
    for letter in server.accepted:
        copies.setdefault(id_of(letter.data), []).append(letter.data)
    documents = {str(one.doc_id): one for one in db.table(records.LETTERS).all()}
    letters = {key: from_document(key, document) for key, document in documents.items()}
    frozen = {key: spool.read(letters[key].spool) for key in copies if key in letters}
    return Found(copies, letters, frozen)


def id_of(data: bytes) -> str:
    """The left part of the Message-ID."""
    match = re.search(rb"^Message-ID: *<([^@>]+)@", data, re.IGNORECASE | re.MULTILINE)
    assert match
    return match[1].decode()


def said(found: Found) -> set[str]:
    """Every notice in an accepted letter."""
    return {key for one in found.copies if one in found.letters for key in found.letters[one].notices}


def disagreements(found: Found, due: Due) -> Iterator[str]:
    wanted = {message_id(key, DOMAIN).strip("<>").split("@")[0]: key for key in due.must | due.may}
    must = {one for one, key in wanted.items() if key in due.must}
    yield from listed("lost", must - found.copies.keys())
    # What the fuse holds is told to the contact, whoever is killed.
    told = {one for one in found.copies if one in found.letters and found.letters[one].kinds == ("held",)}
    yield from listed("not due and sent", found.copies.keys() - wanted.keys() - told)
    yield from listed("altered", (one for one, sent in found.copies.items() if set(sent) != {found.bytes.get(one)}))
    every = Counter(key for one in found.copies if one in found.letters for key in found.letters[one].notices)
    yield from listed("said by two letters", (key for key, times in every.items() if times > 1))
    by_smtp = [letter for letter in found.letters.values() if letter.transport == "smtp"]
    yield from listed("unsettled", (letter.id for letter in by_smtp if letter.state == "claimed"))
    called_sent = {letter.id for letter in by_smtp if letter.state == "sent"}
    yield from listed("accepted or called sent, not both", called_sent ^ found.copies.keys())


def calendars(found: Found, db: Database) -> Iterator[str]:
    """Whether each publication says what the person's calendar program was told last."""
    told: dict[str, int] = {}
    for one, sent in found.copies.items():
        letter = found.letters.get(one)
        if letter and letter.publication:
            told[letter.publication] = max(told.get(letter.publication, -1), sequence(sent[0]))
    for document in db.table(records.PUBLICATIONS).all():
        publication = to_publication(document)
        if publication.intended or publication.parked:
            yield f"{publication.uid}: a change of it is still open"
        elif told.get(publication.uid, publication.sequence) != publication.sequence:
            yield f"{publication.uid}: SEQUENCE {publication.sequence}, but {told[publication.uid]} was accepted"


def sequence(data: bytes) -> int:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert isinstance(part, EmailMessage)
    match = re.search(r"^SEQUENCE:(\d+)", part.get_content(), re.MULTILINE)
    assert match
    return int(match[1])


def listed(what: str, which: Iterable[str]) -> Iterator[str]:
    found = sorted(which)
    if found:
        yield f"{what}: {len(found)} ({', '.join(found[:3])})"
