"""A letter of a kind to an address, for whoever wants to see it arrive. It goes by the transport of the config, past
outbox, ledger and fuse: nothing of it is remembered, and nothing counts as said.

The config is real, what the letter says is made up, and its personal links belong to nobody.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from culture.keys import NoticeKey
from culture.people import NO_PREFERENCE, Language, Person, Row, resolve
from culture.world import World
from mailer.letter import letter_id
from mailer.render import TemplateFault
from mailer.skeleton import fill
from mailer.transport import Envelope
from service.engine.engine import Engine
from service.engine.opening import looking, opened
from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.planning.letters import letter_links, letter_of
from service.planning.links import Links
from service.planning.sample_letters import Tried, samples
from service.settings.config import Source, read_config
from service.settings.transport_row import transport_of

NOBODY = "trial"
"""The id of whoever the letter is made for."""

ROLES = frozenset({"manager", "ambassador"})
"""So that there is a letter of every kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLetter:
    """A letter to be tried, and what it leaves with. `invites`: it would carry a calendar part, which is left out, for
    nobody would take it out of a calendar again."""

    mime: bytes
    envelope: Envelope
    subject: str
    invites: bool


def trial_letter(engine: Engine, kind: str, address: str, language: Language, now: datetime) -> TrialLetter:
    """The letter of a kind to `address`: as for whoever has that address here, else in `language` as for a colleague of
    the first department that has such a letter. Raises Refused where none has, and when its words cannot be made."""
    world = engine.snapshot(now)
    tried, person = _tried(world, kind, address.lower(), language)
    links = letter_links(Links(secrets.token_bytes(32), engine.links.public_url), person, 1, now)
    try:
        made = letter_of(tried.world, tried.jobs[kind], engine.renderer, links, engine.sender)
    except TemplateFault as fault:
        raise Refused(Relayed(f"{fault}.")) from None
    key = NoticeKey(kind, secrets.token_hex(16), NOBODY).to_text()
    letter = replace(made, key=key, subject=f"[Test] {made.subject}", calendar=None)
    envelope = Envelope(sender=engine.sender.address, recipient=letter.address, message_id=letter_id(key))
    return TrialLetter(
        mime=fill(letter, engine.sender), envelope=envelope, subject=letter.subject, invites=made.calendar is not None
    )


def _tried(world: World, kind: str, address: str, language: Language) -> tuple[Tried, Person]:
    """A world in which somebody who has the address is to get a letter of that kind, and who that is."""
    found: Tried | None = None
    for person in _readers(world, address, language):
        people = {**world.organisation.people, person.id: person}
        found = samples(replace(world, organisation=replace(world.organisation, people=people)), person)
        if kind in found.jobs:
            return found, person
    fields = {"kind": kind, "kinds": ", ".join(found.jobs) if found else ""}
    raise Refused(Sentence("There is no letter of the kind {kind} here. There are: {kinds}.", fields))


def _readers(world: World, address: str, language: Language) -> Iterator[Person]:
    """Somebody of that address in every department, in that of whoever has it first. Chosen by nobody: what somebody has
    chosen for themselves is not for a letter that others try."""
    made = world.organisation
    there = made.holder(address)
    first = there.department if there else ""
    for key in sorted(made.departments, key=lambda key: key != first):
        row = Row(
            email=address,
            name=there.name if there else _name(address),
            department=key,
            language=there.language if there else language,
            roles=ROLES,
        )
        yield resolve(NOBODY, row, NO_PREFERENCE, made.departments[key], made.defaults, world.now)


def _name(address: str) -> str:
    """What somebody of that address may be called: `mette.lund@...` is Mette Lund."""
    parts = re.findall(r"[^\W\d_]+(?=[^@]*@)", address)
    return " ".join(part.capitalize() for part in parts) or address


def send_trial(path: Path, source: Source, letter: TrialLetter) -> str:
    """Send it by the transport of the config; the server's words, or the file's path. Raises TransportError."""
    row = transport_of(source)
    with ExitStack() as stack:

        def session() -> Any:
            # A server's session keeps what it knows of its logins in the store: opened where there is one only.
            return stack.enter_context(opened(path)).servers.session(row.name)

        transport = row.make(source, session)()
        try:
            return transport.deliver(letter.mime, letter.envelope, lambda: None)
        finally:
            transport.close()


def made_ready(path: Path, kind: str, address: str, language: Language, now: datetime) -> tuple[Source, TrialLetter]:
    """The letter by the files of a config and the store as it stands, in which nothing is written; and the config. Raises
    BadInput, for it is the config as it is now that is tried, and what `trial_letter` raises."""
    read_config(path)
    with looking(path) as engine:
        return engine.inputs.source, trial_letter(engine, kind, address, language, now)
