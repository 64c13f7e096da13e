"""One tick: look at the files, plan, write down, claim letters. The same for the service, `--once` and `rehearse`."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from calendars.difference import intend, park, settle
from culture.census import Census, Erased
from culture.erased import left_out
from culture.organisation import local_date
from culture.people import Person, Row
from culture.workdays import Week
from culture.world import World
from mailer.drain import Outbox
from mailer.letter import Letter, Sender
from mailer.letter import Links as LetterLinks
from mailer.letter import letter_id as letter_id_of
from mailer.outbox import Changes, Claim, Outcome, claim, sent_moments
from mailer.pace import Rate
from mailer.render import Renderer, TemplateFault
from mailer.transport import Way, way_of
from service.engine.aside import Aside
from service.engine.caller import Asked, Caller, Work
from service.engine.server_words import ready
from service.engine.servers import Servers
from service.engine.state import Stored
from service.engine.still import Looks, accepted, changed, stamps
from service.engine.unsaid import remember, then
from service.messages.faults import Fault, Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.planning import feeds, jobs
from service.planning.calls import Call
from service.planning.feeds import Feed, FeedDocument
from service.planning.jobs import Job
from service.planning.kinds import GONE_BY
from service.planning.letters import letter_links, write
from service.planning.links import Links
from service.planning.moments import moment_after, next_moment
from service.planning.plan import Notices, Plan, plan
from service.planning.sample_letters import samples
from service.planning.snapshot import Acting, Kept, Snapshot, snapshot
from service.planning.versions import event_texts, feed_version
from service.settings.inputs import NOBODY, Inputs, Signature, keeping, read_inputs, signature
from service.settings.transport_row import rate_of, transport_of
from store import records
from store.database import Database
from store.letters import LetterRecord, from_document, letters_in
from store.spool import Spool

log = logging.getLogger("aikultur")

NOT_NOW = Sentence("Something in the service cannot be worked out just now. Nothing was changed. Try again later.")

Write = Callable[[World, Job], tuple[Letter, bytes]]

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

    def __post_init__(self) -> None:
        self.stored = Stored(self.database, lambda: self.inputs.called)
        self.aside = Aside()
        self.looks = Looks()
        self.settles = 0  # how many letters were settled: then the store can be written
        self.plans = 0  # how many plans were made: a click must cost none
        self._kept: Kept | None = None
        self.queue: deque[Job] = deque()
        self.servers = Servers(lambda: self.inputs.source, self.stored, self.key)
        self._erased = self.database.storage.version(records.FORMER)  # as of the plan that is carried out
        self.moved_on = False  # a calendar change has arrived, and another may have waited for it
        self.write: Write = self.written  # a forecast writes less of a letter
        self.notices: Notices = jobs.notices
        self.feeds_too = True  # whether a plan looks which feeds change
        self._renderer: tuple[Signature, Renderer] | None = None
        self._links: Links | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's own zone."""
        return ZoneInfo(self.inputs.config.organisation.zone)

    @property
    def links(self) -> Links:
        """Kept, for it keeps its signers; others when the web address changed, or somebody's links were made new."""
        url, issues = self.inputs.config.web.public_url, self.stored.issues()
        if self._links is None or (self._links.public_url, self._links.issues) != (url, issues):
            self._links = Links(self.key, url, issues)
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
        """The mailbox that letters leave from."""
        mail = self.inputs.config.mail
        return Sender(
            name=mail.sender_name,
            address=mail.sender_address,
            reply_to=mail.reply_to,
            domain=self.inputs.config.organisation.domain,
        )

    @property
    def way(self) -> Way:
        """Where letters end up now."""
        return way_of(self.inputs.config.mail.transport)

    def look(self, now: datetime) -> bool:
        """Read the files again if one of them changed and stands still; whether that was so."""
        found = signature(self.inputs.source)
        if found != self.inputs.signature and self.restless() and not self.looks.same(found, now):
            return False
        self.looks = Looks()
        return self.read()

    def restless(self) -> list[str]:
        """The files that have changed since they were last acted on."""
        return changed(stamps(self.inputs.source), self.stored.stood())

    def read(self) -> bool:
        """Read the files again if one of them changed; whether any did. Faults keep the last good ones."""
        if signature(self.inputs.source) == self.inputs.signature:
            return False
        self.inputs = keeping(self.inputs.config, read_inputs(self.path, self.inputs))
        return True

    def snapshot(self, now: datetime) -> World:
        """The organisation and its records at `now`, without what is due or to be changed: what a click needs.

        Kept until something that it was made from changes, or a moment comes at which something can become due.
        """
        return self._known(now).world

    def _known(self, now: datetime) -> Kept:
        kept, made_from = self._kept, self._made_from()  # before the reading: what comes meanwhile makes another
        if kept and kept.made_from == made_from and kept.world.now <= now < kept.until:
            return replace(kept, world=replace(kept.world, now=now))
        return self._keep(self._snapshot(now).world, made_from)

    @contextmanager
    def act(self, now: datetime) -> Iterator[Acting]:
        """What somebody does: one journal line, and the world that it is done in, with what others wrote before.

        Whoever writes sets `world` to what is so afterwards; it is kept when it is written. Raises what a batch raises,
        and Refused while the records of a programme are not known: what is written could take the place of one.
        """
        with self.database.batch():
            before = self._known(now)
            acting = Acting(before.world)
            if before.world.out:
                raise Refused(NOT_NOW)
            yield acting
            made_from = self._made_from()  # while nobody else can write
        until = moment_after(acting.world, before.world, before.until)
        self._kept = Kept(world=acting.world, made_from=made_from, until=until)

    def plan(self, now: datetime) -> Plan:
        """What a tick would do at `now`. Nothing is written."""
        return self._plan(self._snapshot(now))

    def _snapshot(self, now: datetime) -> Snapshot:
        before = self.agenda or self._kept
        return snapshot(
            self.inputs,
            self.stored,
            now,
            last_tick=self.last_tick,
            new_id=self._new_id,
            former=lambda person_id: self.stored.is_former(self.links.mark(person_id)),
            erased=Erased(self._wiped, self.left_out),
            in_hand=self.servers.in_hand(),
            before=before.world.organisation.people if before else NOBODY,
        )

    def _wiped(self, person_ids: Iterable[str]) -> Collection[str]:
        """Which of these ids are of people who had everything about them erased: asked where there are any."""
        asked = {mark for mark, one in self.stored.former().items() if one.marks}
        return {one for one in person_ids if self.links.mark(one) in asked} if asked else ()

    def left_out(self, rows: Sequence[Row]) -> Mapping[int, str]:
        """Which of these rows, by their places, are of people who had everything about them erased, and their marks."""
        return left_out(rows, self.stored.former(), self.links.marks)

    def _plan(self, found: Snapshot) -> Plan:
        self.plans += 1
        feeds_are, events_are = feed_version(self.inputs) if self.feeds_too else None, event_texts(self.inputs)
        return plan(
            self.inputs, found, self.stored, feed_version=feeds_are, event_texts=events_are, notices=self.notices
        )

    def _made_from(self) -> tuple[object, ...]:
        return self.inputs.signature, self.database.storage.foreign, self.stored.changes

    def _keep(self, world: World, made_from: tuple[object, ...]) -> Kept:
        self._kept = Kept(world=world, made_from=made_from, until=next_moment(world))
        return self._kept

    def tick(self, now: datetime) -> Plan:
        """Plan, and write down all but the letters; those wait in the queue for `claim_some`."""
        before = then(self.stored, self.last_tick, self.aside.keys)
        self.servers.withdraw()  # what has not begun is planned afresh: an edit may have turned it round
        self.aside.tidy(now, (self.inputs.signature, self.database.storage.foreign))
        storage = self.database.storage
        seen, self._erased = storage.foreign, storage.version(records.FORMER)
        found = self.plan(now)
        while not self.stored.write(found):  # somebody has changed a turn meanwhile, which we have read by now
            seen, self._erased = storage.foreign, storage.version(records.FORMER)
            found = self.plan(now)
        remember(self.stored, found, before, self.agenda, self.way)
        # As of before the reading: what another process wrote since makes it another.
        self._keep(found.world, (self.inputs.signature, seen, self.stored.changes))
        # The rest is in the store by now, or in a queue, which lets go of what it hands out: of 100,000 people 100 MB.
        self.agenda = replace(found, letters=(), calls=(), questions=(), census=Census(), feeds={})
        self.queue = deque(letter for letter in found.letters if not self.aside.waits(letter.key, now))
        self.servers.planned((call for call in found.calls if not self.aside.waits(call.key, now)), found.questions)
        if not any(held.kind == "clock" for held in found.held):
            self.last_tick = now
            self.stored.stand(accepted(self.inputs))
            if self.way == "mailbox":
                self.stored.open_mailbox(now)
        return found

    def claim_some(self, now: datetime, room: int = GROUP) -> list[str]:
        """Write and claim at most `room` letters of the queue, with one sync; their ids.

        The window and the lateness are judged once more, for a long queue may outlast both. A letter whose words
        cannot be made is left out and kept as a fault; the others go.
        """
        if self.agenda is None:
            return []
        claims: list[Claim] = []
        taken: list[Job] = []
        world = replace(self.agenda.world, now=now)  # one for the group: it keeps what it has worked out
        while self.queue and len(claims) < min(room, GROUP):
            job = self.queue.popleft()
            if not job.may_go(self.agenda.world, now) or self.aside.waits(job.key, now):
                continue
            try:
                claims.append(self._claim(world, job))
                taken.append(job)
                self.aside.done(job.key)
            except Exception as error:  # whatever it is, it is this letter's fault and never the group's
                self._put_aside(job, error, now)
        if not claims:
            return []
        try:
            with self.database.batch():  # what another process wrote is read first
                if self._overtaken(self.agenda):
                    self.queue.clear()
                    return []
                return list(claim(self.database, self.spool, claims, now, also=partial(self._fuse_memory, now)).claimed)
        except BaseException:
            self.queue.extendleft(reversed(taken))  # nothing was claimed, so nothing is said
            raise

    def _overtaken(self, agenda: Plan) -> bool:
        """Whether since the plan all has been taken back or taken up again, or somebody erased: then nothing of it is
        carried out."""
        erased = self.database.storage.version(records.FORMER) != self._erased
        overtaken = erased or self.stored.recalled() != agenda.world.recalled
        self.moved_on = self.moved_on or overtaken
        return overtaken

    def settled(self, record: LetterRecord, outcome: Outcome) -> Changes:
        """What else changes when a letter is settled: the publication of the calendar change in it."""
        self.settles += 1
        if outcome.late and outcome.result == "withdrawn":  # taken apart: what is still in time is due again
            self.stored.changes += 1
            self.moved_on = True
        if not GONE_BY.isdisjoint(record.kinds):  # a rule goes by whether it left
            self.stored.changes += 1
            self.moved_on = self.moved_on or record.state == "parked"
        if record.publication is None:
            return {}
        publication = self.stored.publication(record.publication)
        if publication is None or publication.intended is None or publication.intended.letter != record.id:
            return {}
        # Of what is taken back, whatever may stand is cancelled.
        may_stand = (
            record.in_doubt > 0 and publication.intended.entry is not None and self.stored.recalled() is not None
        )
        done = settle(publication) if record.state == "sent" or may_stand else park(publication)
        self.moved_on = True
        return self.stored.publication_changes(done)

    def rate(self) -> Rate:
        """How fast letters may leave, by what has left already, also before a restart: then all letters are scanned."""
        rate, transport = rate_of(self.inputs.source), self.inputs.config.mail.transport
        return rate.after(sent_moments(self.database, transport)) if rate.per_hour or rate.per_day else rate

    def make_outbox(self) -> Outbox:
        """The queue of claimed letters, for the transport that the config names."""
        source = self.inputs.source
        row = transport_of(source)
        return Outbox(
            self.database,
            self.spool,
            row.make(source, lambda: self.servers.session(row.name)),
            server=row.server(source),
            rate=self.rate(),
            on_settled=self.settled,
        )

    def ready_calls(self, caller: Caller, now: datetime) -> list[Work]:
        """The next calls with their words made, as many as there is room for.

        A call whose words cannot be made is left out and kept as a fault.
        """
        found: list[Work] = []
        if self.agenda is None or self._overtaken(self.agenda):
            return found
        room, servers = caller.room(now), self.servers
        questions, calls = servers.questions.get(caller.channel), servers.calls.get(caller.channel)
        while questions and len(found) < room:
            asked = Asked(question=questions.popleft(), world=self.agenda.world)
            found += [asked] if caller.takes(asked.record, now) else []
        while calls and len(found) < room:
            call = calls.popleft()
            if call.may_go(self.agenda.world, now) and caller.takes(call.record, now):
                found += self._with_words(self.agenda.world, call, now)
        return found

    def _with_words(self, world: World, call: Call, now: datetime) -> list[Work]:
        """The call with its words made; nothing when they cannot be."""
        try:
            made = ready(world, call, self.renderer, self._calendar_links())
            self.aside.done(call.key)
        except Exception as error:  # whatever it is, it is this call's fault and never the others'
            self._put_aside(call, error, now)
            return []
        return [made]

    def letters(self) -> Iterator[LetterRecord]:
        """Every letter that is remembered, in the order of their claims."""
        found = letters_in(self.database.storage.documents(records.LETTERS))
        yield from sorted(found, key=lambda record: record.claimed_at)

    def letter(self, letter_id: str) -> LetterRecord:
        """A letter that is remembered. Raises Refused when there is none of that id."""
        document = self.database.table(records.LETTERS).find(letter_id)
        if document is None:
            raise Refused(Sentence("No letter begins with {text}.", {"text": letter_id}))
        return from_document(letter_id, document)

    def preview(self, found: Plan, name: str, person: Person) -> bytes:
        """A letter or feed as the person would get it at the plan's moment."""
        if name == "feed":
            return self.feed_content(found.world, person)
        tried = samples(found.world, person)
        job = tried.jobs.get(name)
        if job is None:
            text = "{name} has no letter of that kind to come. There are: {kinds}, feed."
            raise Refused(Sentence(text, {"name": person.name, "kinds": ", ".join(tried.jobs)}))
        try:
            return self.written(tried.world, job)[1]
        except TemplateFault as fault:
            raise Refused(Sentence("{name}: {error}", {"name": fault.name, "error": Relayed(fault.sentence)})) from None

    def feed_content(self, world: World, person: Person) -> bytes:
        """The person's feed, as it is served."""
        known = self.stored.feed(person.id) or Feed(fingerprint="", revised=world.now.astimezone(UTC))
        return self.feed_maker(world)(person.id, known).content

    def feed_maker(self, world: World) -> Callable[[str, Feed], FeedDocument]:
        """What makes feeds of `world` by their keys, later and elsewhere, with the texts and links as they are now."""
        renderer, links, domain = self.renderer, self._calendar_links(), self.sender.domain
        departments = {feeds.department_key(key): key for key in world.organisation.departments}

        def make(key: str, known: Feed) -> FeedDocument:
            if world.out:  # clients keep what they have, and bytes are kept by what they were made from
                raise Refused(NOT_NOW)
            if key in departments:
                return feeds.department_document(world, departments[key], known, renderer, domain)
            return feeds.document(world, world.organisation.people[key], known, renderer, links, domain)

        return make

    def fingerprints(self, world: World) -> feeds.Fingerprints:
        """What the feeds of `world` are made from, with the texts as they are now."""
        return feeds.Fingerprints(world, feed_version(self.inputs))

    @cached_property
    def shelf(self) -> feeds.FeedCache:
        """Feeds that have been made, for as long as the engine lives."""
        return feeds.FeedCache()

    def close(self) -> None:
        """Let go of servers and the store."""
        self.servers.close()
        self.database.close()

    def _put_aside(self, action: Job | Call, error: Exception, now: datetime) -> None:
        """Leave one letter or call for an hour, and say why. Of a letter that says several things each is tried alone
        first, so that one that cannot be written does not hold the others."""
        if isinstance(action, Job) and len(action.keys) > 1:
            self.queue.extendleft(reversed(action.parts()))
            self.moved_on = self.moved_on or bool(action.carried)  # what was carried is due at another tick
            return
        file = error.name if isinstance(error, TemplateFault) else action.kind
        why = Relayed(error.sentence if isinstance(error, TemplateFault) else f"{type(error).__name__}: {error}")
        sentence = Sentence(
            "the letter to {name} cannot be written: {error}", {"name": action.person.name, "error": why}
        )
        fault = Fault(file, "", sentence)
        if self.aside.put(action.key, fault, now):
            log.error("%s", fault, exc_info=None if isinstance(error, TemplateFault) else error)

    def _calendar_links(self) -> LetterLinks:
        return replace(feeds.NO_LINKS, link=self.links.url("link"))

    def _claim(self, world: World, job: Job) -> Claim:
        mail = self.inputs.config.mail
        letter, mime = self.write(world, job)
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
            counted=job.counted,
            expires=job.too_late,
            outlasts=job.outlasts,
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
        if job.counted:
            extra[records.WEEKS] = self.stored.one_letter_more(Week.of(today), job.person.id, self.way)
        if job.own_turn:
            extra[records.TURN_LETTERS] = {job.person.id: {"day": today.isoformat()}}
        for change in job.changes:
            before = self.stored.publication(change.publication)
            intended = intend(before, change, letter_id, in_file=self.way == "file")
            # What is told in words alone needs no answer: the claimed letter is the telling.
            told = intended if change.method else settle(intended)
            extra[records.PUBLICATIONS] |= self.stored.publication_changes(told)[records.PUBLICATIONS]
        return extra

    def written(self, world: World, job: Job) -> tuple[Letter, bytes]:
        """A letter and its bytes. Raises TemplateFault."""
        known = self.stored.feed(job.person.id)
        links = letter_links(self.links, job.person, known.issue if known else 1, world.now)
        return write(world, job, self.renderer, links, self.sender)

    def _new_id(self, row: Row) -> str:
        """HR's number, or the directory's id, or an opaque id made of the address at first sight."""
        return row.number or row.account or "p" + self.links.reference(row.email)[:10]
