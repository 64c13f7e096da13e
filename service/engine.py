"""One tick: look at the files, plan, write down, claim letters. The same for the service, `--once` and `rehearse`."""

import dataclasses
import hashlib
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from calendars.difference import Superseded, intend, park, settle, unpark
from culture.census import Census
from culture.keys import CallName, PersonWeek
from culture.organisation import local_date
from culture.people import Person, Row
from culture.vitamin import World
from culture.workdays import Week
from mailer import outbox
from mailer.drain import Outbox
from mailer.letter import Letter, Sender
from mailer.letter import Links as LetterLinks
from mailer.letter import letter_id as letter_id_of
from mailer.outbox import Changes, Claim, Outcome, claim
from mailer.render import Renderer, TemplateFault
from mailer.transport import Transport
from service import feeds
from service.caller import Asked, Caller, Server, Work
from service.calls import Call, Question
from service.fault import Fault, Refused
from service.feeds import Feed
from service.inputs import Inputs, Signature, keeping, read_inputs, signature
from service.jobs import TURN_KINDS, Job
from service.letters import letter_links, write
from service.links import Links
from service.owner import refuse_another_user
from service.plan import Plan, plan
from service.samples import samples
from service.server_words import ready
from service.state import Stored
from service.transports import server_name, transport_factory
from service.view import FeedDocument
from service.words import Sentence
from store import records
from store.daemon import last_tick
from store.database import Database, open_database
from store.letters import LetterRecord, from_document
from store.looking import look_at
from store.secret import secret_beside, secret_to_look_with
from store.spool import Spool

if TYPE_CHECKING:
    from calendars.ews import Session

log = logging.getLogger("aikultur")

GROUP = 100
"""Letters claimed with one sync: grouping is what makes the ledger cheap, a hundred is where it stops paying."""


@dataclass
class Engine:
    """What one running service holds: what was read, the store, and the plan that is being carried out."""

    path: Path
    inputs: Inputs
    folder: Path
    database: Database
    spool: Spool
    key: bytes
    last_tick: datetime | None = None
    agenda: Plan | None = None
    faults: tuple[Fault, ...] = ()  # of letters that could not be written

    def __post_init__(self) -> None:
        self.stored = Stored(self.database)
        self.queue: deque[Job] = deque()
        self.calls: deque[Call] = deque()
        self.questions: deque[Question] = deque()
        self.moved_on = False  # a calendar change has arrived, and another may have waited for it
        self.caller: Caller | None = None
        self._session: Session | None = None
        self._session_lock = threading.Lock()
        self._renderer: tuple[Signature, Renderer] | None = None
        self._links: Links | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.inputs.config.organisation.zone)

    @property
    def links(self) -> Links:
        """Kept, for it keeps its signers; others when the web address changed."""
        if self._links is None or self._links.public_url != self.inputs.config.web.public_url:
            self._links = Links(self.key, self.inputs.config.web.public_url)
        return self._links

    @property
    def renderer(self) -> Renderer:
        """Kept, for it compiles its templates; a new one when a file changed."""
        if self._renderer is None or self._renderer[0] != self.inputs.signature:
            own = self.inputs.config.mail.own_templates
            self._renderer = (self.inputs.signature, Renderer(self.inputs.source.resolve(own) if own else None))
        return self._renderer[1]

    @property
    def sender(self) -> Sender:
        mail = self.inputs.config.mail
        return Sender(
            name=mail.sender_name,
            address=mail.sender_address,
            reply_to=mail.reply_to,
            domain=self.inputs.config.organisation.domain,
        )

    def look(self) -> bool:
        """Read the files again if one of them changed; whether any did. Faults keep the last good ones."""
        if signature(self.inputs.source) == self.inputs.signature:
            return False
        self.inputs = keeping(self.inputs.config, read_inputs(self.path, self.inputs))
        return True

    def plan(self, now: datetime) -> Plan:
        """What a tick would do at `now`. Nothing is written."""
        return plan(
            self.inputs,
            self.stored,
            now,
            last_tick=self.last_tick,
            new_id=self._new_id,
            feed_version=self._feed_version(),
            event_version=self._event_version(),
            in_hand=self.caller.records() if self.caller else frozenset(),
            before=self.agenda.world if self.agenda else None,
        )

    def tick(self, now: datetime) -> Plan:
        """Plan, and write down all but the letters; those wait in the queue for `claim_some`."""
        if self.caller:
            self.caller.withdraw()  # what has not begun is planned afresh: an edit may have turned it round
        found = self.plan(now)
        while not self.stored.write(found):  # somebody has changed a turn meanwhile, which we have read by now
            found = self.plan(now)
        # The rest is in the store by now, or in a queue, which lets go of what it hands out: of 100,000 people 100 MB.
        self.agenda = replace(found, letters=(), calls=(), questions=(), census=Census(), feeds={})
        self.queue = deque(found.letters)
        self.calls = deque(found.calls)
        self.questions = deque(found.questions)
        if not any(held.kind == "clock" for held in found.held):
            self.last_tick = now
        return found

    def claim_some(self, now: datetime, room: int = GROUP) -> list[str]:
        """Write and claim at most `room` letters of the queue, with one sync; their ids.

        The window and the lateness are judged once more, for a long queue may outlast both. A letter whose words
        cannot be made is left out and kept as a fault; the others go.
        """
        if self.agenda is None:
            return []
        claims: list[Claim] = []
        world = replace(self.agenda.world, now=now)  # one for the group: it keeps what it has worked out
        while self.queue and len(claims) < min(room, GROUP):
            job = self.queue.popleft()
            if not job.may_go(self.agenda.world, now):
                continue
            try:
                claims.append(self._claim(world, job))
            except (TemplateFault, ValueError) as error:
                # A text, an address or a time zone that cannot be written is one letter's fault, never the group's.
                self._fault(job.kind, job.person, error)
        if not claims:
            return []
        return list(claim(self.database, self.spool, claims, now, also=partial(self._fuse_memory, now)).claimed)

    def settled(self, record: LetterRecord, outcome: Outcome) -> Changes:
        """What else changes when a letter is settled: the publication of the calendar change in it."""
        if record.publication is None:
            return {}
        publication = self.stored.publication(record.publication)
        if publication is None or publication.intended is None or publication.intended.letter != record.id:
            return {}
        done = settle(publication) if record.state == "sent" else park(publication)
        self.moved_on = True
        return self.stored.publication_changes(done)

    def retry(self, letter_id: str, now: datetime) -> None:
        """Send a parked letter again. Raises Refused when something newer has taken its place."""
        record = self.letter(letter_id)
        extra: Changes = {}
        if record.publication and record.state == "parked":
            publication = self.stored.publication(record.publication)
            if publication is None:
                raise Refused(Sentence("What it carries is no longer planned. Give it up with aikultur outbox drop."))
            try:
                extra = self.stored.publication_changes(unpark(publication, letter_id))
            except Superseded:
                text = "Something newer about this event is on its way or has arrived. Give the old letter up."
                raise Refused(Sentence(text)) from None
        outbox.retry(self.database, letter_id, now, transport=self.inputs.config.mail.transport, extra=extra)

    def retry_call(self, name: str) -> None:
        """Try a call again that failed, at the next tick; `name` is `block/PERSON` or `meeting/TURN/PERSON`."""
        call = CallName.from_text(name)
        block = self.stored.block(call.record) if call.kind == "block" else None
        meeting = self.stored.meeting(call.record) if call.kind == "meeting" else None
        if block:
            self.stored.put_block(dataclasses.replace(block, attempts=0, next_try=None), sync=True)
        elif meeting:
            self.stored.put_meeting(dataclasses.replace(meeting, attempts=0, next_try=None), sync=True)
        else:
            raise Refused(Sentence("No letter begins with {text}.", {"text": name}))

    def drop(self, letter_id: str, now: datetime) -> None:
        """Give a letter up; a calendar change in it is not tried again until the plan changes."""
        record = self.letter(letter_id)
        publication = self.stored.publication(record.publication) if record.publication else None
        parked = park(publication) if publication and publication.intended else None
        extra = self.stored.publication_changes(parked) if parked else {}
        outbox.drop(self.database, letter_id, now, extra=extra)

    def make_outbox(self) -> Outbox:
        """The queue of claimed letters, for the transport that the config names. The rates spare a server, and a
        folder needs no sparing."""
        mail = self.inputs.config.mail
        return Outbox(
            self.database,
            self.spool,
            transport_factory(self.inputs.source, self._exchange_transport),
            server=server_name(self.inputs.source),
            per_minute=mail.per_minute if mail.transport != "folder" else None,
            per_hour=mail.per_hour or None if mail.transport != "folder" else None,
            on_settled=self.settled,
        )

    def session(self) -> "Session":
        """The one session on the Exchange server. It is imported only here: it costs most of a second."""
        from service import exchange

        with self._session_lock:
            if self._session is None:
                self._session = exchange.session(self.inputs.source, self.database, self.key)
            return self._session

    def make_caller(self, server: Server | None = None) -> Caller | None:
        """The queue of calls to the Exchange server (or what stands in for it); None where there is none."""
        section = self.inputs.config.exchange
        if section is None:
            return None
        mailbox = section.mailbox or self.inputs.config.mail.sender_address
        self.caller = Caller(self.stored, server or self.session(), mailbox, section.endpoint)
        return self.caller

    def ready_calls(self, caller: Caller, now: datetime) -> list[Work]:
        """The next calls with their words made, as many as there is room for.

        A call whose words cannot be made is left out and kept as a fault.
        """
        found: list[Work] = []
        room = caller.room(now)
        while self.agenda and self.questions and len(found) < room:
            asked = Asked(question=self.questions.popleft(), world=self.agenda.world)
            found += [] if caller.has(asked.record) else [asked]
        while self.agenda and self.calls and len(found) < room:
            call = self.calls.popleft()
            if call.may_go(self.agenda.world, now) and not caller.has(call.record):
                try:
                    found.append(ready(self.agenda.world, call, self.renderer, self._links_for(call.person)))
                except (TemplateFault, ValueError) as error:
                    self._fault(call.kind, call.person, error)
        return found

    def letters(self) -> Iterator[LetterRecord]:
        """Every letter that is remembered, in the order of their claims."""
        documents = self.database.table(records.LETTERS).all()
        found = [from_document(str(document.doc_id), document) for document in documents]
        yield from sorted(found, key=lambda record: record.claimed_at)

    def letter(self, letter_id: str) -> LetterRecord:
        document = self.database.table(records.LETTERS).find(letter_id)
        if document is None:
            raise Refused(Sentence("No letter begins with {text}.", {"text": letter_id}))
        return from_document(letter_id, document)

    def preview(self, found: Plan, name: str, person: Person) -> bytes:
        """A letter or feed as the person would get it at the plan's moment."""
        if name == "feed":
            return self.feed_content(found.world, person)
        world, jobs = samples(found.world, person)
        job = jobs.get(name)
        if job is None:
            text = "{name} has no letter of that kind to come. There are: {kinds}, feed."
            raise Refused(Sentence(text, {"name": person.name, "kinds": ", ".join(jobs)}))
        try:
            return self._written(world, job)[1]
        except TemplateFault as fault:
            raise Refused(Sentence("{name}: {error}", {"name": fault.name, "error": fault.sentence})) from None

    def feed_content(self, world: World, person: Person) -> bytes:
        """The person's feed, as it is served."""
        known = self.stored.feed(person.id) or Feed(fingerprint="", revised=world.now.astimezone(UTC))
        return self.feed_maker(world)(person.id, known).content

    def feed_maker(self, world: World) -> Callable[[str, Feed], FeedDocument]:
        """What makes feeds of `world` by their keys, later and elsewhere, with the texts and links as they are now."""
        renderer, links, domain = self.renderer, self.links, self.sender.domain
        departments = {feeds.department_key(key): key for key in world.organisation.departments}

        def make(key: str, known: Feed) -> FeedDocument:
            if key in departments:
                return feeds.department_document(world, departments[key], known, renderer, domain)
            person = world.organisation.people[key]
            found = letter_links(links, person, known.issue, feeds.monday(world, person))
            return feeds.document(world, person, known, renderer, found, domain)

        return make

    def fingerprints(self, world: World) -> feeds.Fingerprints:
        """What the feeds of `world` are made from, with the texts as they are now."""
        return feeds.Fingerprints(world, self._feed_version())

    @cached_property
    def shelf(self) -> feeds.Shelf:
        """Feeds that have been made, for as long as the engine lives."""
        return feeds.Shelf()

    def close(self) -> None:
        if self._session:
            self._session.close()
        self.database.close()

    def _fault(self, kind: str, person: Person, error: Exception) -> None:
        """Keep and say why the words to somebody could not be made."""
        file = error.name if isinstance(error, TemplateFault) else kind
        fields = {"name": person.name, "error": getattr(error, "sentence", error)}
        sentence = Sentence("the letter to {name} cannot be written: {error}", fields)
        self.faults = (*self.faults[-99:], Fault(file, "", sentence))
        log.error("%s", self.faults[-1])

    def _exchange_transport(self) -> Transport:
        from service import exchange

        section = self.inputs.config.exchange
        assert section is not None  # the config is refused otherwise
        return exchange.transport(self.session(), keep=section.keep_sent)

    def _links_for(self, person: Person) -> LetterLinks:
        """The links that stand in a week's events: dated by its Monday, so that the same words stay the same."""
        assert self.agenda is not None
        known = self.stored.feed(person.id)
        return letter_links(self.links, person, known.issue if known else 1, feeds.monday(self.agenda.world, person))

    def _claim(self, world: World, job: Job) -> Claim:
        mail = self.inputs.config.mail
        letter, mime = self._written(world, job)
        letter_id = letter_id_of(letter.key)
        calendar = job.calendar
        return Claim(
            id=letter_id,
            person=job.person.id,
            to=job.person.email,
            kinds=job.kinds,
            notices=job.keys,
            subject=letter.subject,
            transport=mail.transport,
            sender=mail.sender_address,
            mime=mime,
            counted=job.capped,
            expires=job.too_late,
            publication=calendar.publication if calendar else None,
            extra=self._with_claim(world, job, letter_id),
        )

    def _fuse_memory(self, now: datetime, claims: Sequence[Claim]) -> Changes:
        """What the fuse remembers when these letters are claimed."""
        week = Week.of(local_date(now, self.inputs.config.organisation.zone))
        letters = Counter(kind for one in claims for kind in one.kinds)
        return self.stored.fuse_changes(letters, self.inputs.config.mail.transport, week)

    def _with_claim(self, world: World, job: Job, letter_id: str) -> dict[str, dict[str, Any]]:
        """What else is written in the line that claims a letter: the counts, the publications."""
        today = world.organisation.today(job.person, world.now)
        extra: dict[str, dict[str, Any]] = {records.PUBLICATIONS: {}}
        if job.capped:
            key = PersonWeek(Week.of(today), job.person.id).to_text()
            extra[records.WEEKS] = {key: {"letters": self.stored.letters_in(Week.of(today), job.person.id) + 1}}
        if TURN_KINDS & set(job.kinds):
            extra[records.TURN_LETTERS] = {job.person.id: {"day": today.isoformat()}}
        for change in job.changes:
            intended = intend(self.stored.publication(change.publication), change, letter_id)
            # What is told in words alone needs no answer: the claimed letter is the telling.
            told = intended if change.method else settle(intended)
            extra[records.PUBLICATIONS] |= self.stored.publication_changes(told)[records.PUBLICATIONS]
        return extra

    def _written(self, world: World, job: Job) -> tuple[Letter, bytes]:
        known = self.stored.feed(job.person.id)
        links = letter_links(self.links, job.person, known.issue if known else 1, world.now)
        return write(world, job, self.renderer, links, self.sender)

    def _new_id(self, row: Row) -> str:
        """HR's number, or an opaque id made of the address at first sight."""
        return row.number or "p" + self.links.reference(row.email)[:10]

    def _event_version(self) -> str:
        """Changes with what all events on a server have in common: policy, contact, web address, templates."""
        config = self.inputs.config
        home = config.organisation
        parts = (
            config.policy.model_dump_json(),
            (home.name, home.contact_name, home.contact_email, config.web.public_url),
            [stamp for stamp in self.inputs.signature if stamp[0].endswith(".j2")],
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _feed_version(self) -> str:
        """Changes with whatever is in everybody's feed: texts, catalogue, policy, web address, templates."""
        config = self.inputs.config
        parts = (
            config.organisation.model_dump_json(),
            config.policy.model_dump_json(),
            config.vitamin.model_dump_json(),
            config.relay.model_dump_json(),
            self.inputs.challenges.digest,
            config.web.public_url,
            self.inputs.catalogue.digest,
            [stamp for stamp in self.inputs.signature if stamp[0].endswith(".j2")],
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def build(path: Path, inputs: Inputs, folder: Path, *, key: bytes, database: Database | None = None) -> Engine:
    """An engine on a database, or on the store in `folder`, which is made at need."""
    return Engine(
        path=path,
        inputs=inputs,
        folder=folder,
        database=open_database(folder / "store") if database is None else database,  # an empty one is false
        spool=Spool(folder / "spool"),
        key=key,
        last_tick=last_tick(folder),
    )


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    """An engine for a command that writes. Raises BadInput, Refused when the folder is another user's, and what the
    store raises."""
    inputs = read_inputs(path)
    folder = inputs.source.resolve(inputs.config.store.folder)
    refuse_another_user(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_database(folder / "store") as database:
        engine = build(path, inputs, folder, key=secret_beside(database, folder), database=database)
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def looking(path: Path) -> Iterator[Engine]:
    """An engine for a command that only looks: no file is made or changed. Where there is no store yet, it is empty.

    Raises BadInput, Damage, NewerSchema, OSError.
    """
    inputs = read_inputs(path)
    folder = inputs.source.resolve(inputs.config.store.folder)
    with look_at(folder / "store") as database:
        engine = build(path, inputs, folder, key=secret_to_look_with(database, folder), database=database)
        try:
            yield engine
        finally:
            engine.close()
