"""What people do about turns, and about what those taught them: who may, what changes, what is said.

Of a page each can do what is theirs, and what was done already is done: a form posted twice says nothing else than posted
once. The facilitator does it for others, by the command line, and is told when nothing can be done any more.
"""

from collections.abc import Callable
from datetime import date, datetime

from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay.acts import NotPossible, Request
from culture.relay.days import time_enough
from culture.relay.deeds import SERVICE, Deed, Did
from culture.relay.schedule import RelayRecords
from culture.relay.swaps import asked
from culture.relay.turns import Turn
from service.acts.act_row import ActRow, CarryOut
from service.acts.requests import Act, PageChoice
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.relay import learnings
from service.relay.records import relay_records
from service.relay.turn_acts import perform

Rule = Callable[[Organisation, RelayRecords, Act, Request], RelayRecords]


def pass_on(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """The turn goes to whoever is next."""
    turn, last = _own(records, act), _last_own_deed(records, act)
    gone = last and (last.what is Did.PASSED or last.ends_swap)
    if gone and turn and not (turn.open and turn.presenter == act.person_id):
        return records
    _theirs(turn, act)
    return relay_acts.pass_on(records, act.about, request)


def swap(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """A colleague is asked to change places."""
    turn, colleague = _own(records, act), act.values.get("colleague", "")
    mine = turn and turn.open and turn.presenter == act.person_id
    if turn and mine and colleague and asked(organisation, turn, request.at) == colleague:
        return records
    _theirs(turn, act)
    return relay_acts.offer(organisation, records, act.about, colleague, request)


def accept(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """The colleague says yes."""
    last = _last_own_deed(records, act)
    if last and last.what is Did.SWAPPED:
        return records
    _asked_of(organisation, records, act, request)
    return relay_acts.accept(organisation, records, act.about, act.person_id, request)


def decline(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """The colleague would rather not."""
    last = _last_own_deed(records, act)
    if last and last.what is Did.DECLINED:
        return records
    _asked_of(organisation, records, act, request)
    return relay_acts.decline(organisation, records, act.about, act.person_id, request)


def undo(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """The person's last pass, question, swap or offer is taken back."""
    last = _last_own_deed(records, act)
    if last is None and not act.by:
        raise NotPossible("That turn is not yours.")
    if last and last.what is Did.UNDONE:
        return records
    return relay_acts.undo(organisation, records, act.about, request)


def volunteer(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
    """A turn of the person's own wish."""
    person = organisation.people[act.person_id]
    today = organisation.today(person, request.at)
    meeting = _meeting(organisation, person.department, act.about, today)
    if meeting is None:
        raise NotPossible("There is no such meeting any more.")
    if not act.by and _has_volunteered(records, person.id, meeting):
        return records
    if not act.by and meeting.starts > request.at and not time_enough(organisation, today, meeting.day):
        raise NotPossible("It is too soon: there must be three working days before the meeting. Choose a later one.")
    extra = learnings.yes(act.values.get("extra", ""))
    return relay_acts.volunteer(organisation, records, person.id, meeting, request, extra=extra)


def _meeting(organisation: Organisation, department: str, id_: str, today: date) -> Meeting | None:
    """The meeting to come of a department with a relay."""
    if not relay.runs(organisation, department):
        return None
    coming = relay.meetings(organisation, department, today, today + relay.SEARCHED)
    return next((one for one in coming if one.id == id_), None)


def _has_volunteered(records: RelayRecords, person_id: str, meeting: Meeting) -> bool:
    open_ = (turn for turn in records.turns.values() if turn.open and turn.meeting == meeting.id)
    return any(turn.kind == "volunteer" and turn.person == turn.presenter == person_id for turn in open_)


def _of_facilitator(rule: Callable[[RelayRecords, str, Request], RelayRecords], done: Did) -> Rule:
    """What the facilitator of the turn's department says of it, on their page or by the command line."""

    def carry_out(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> RelayRecords:
        turn = records.turns.get(act.about)
        if not act.by and not (turn and sees_to(organisation, turn, act.person_id)):
            raise NotPossible("That turn is not in your department.")
        last = _last_own_deed(records, act)
        return records if last and last.what is done else rule(records, act.about, request)

    return carry_out


missed = _of_facilitator(relay_acts.missed, Did.MISSED)
held = _of_facilitator(relay_acts.held, Did.HELD)
postpone = _of_facilitator(relay_acts.postpone, Did.POSTPONED)
closed = _of_facilitator(relay_acts.closed, Did.CLOSED)


def sees_to(organisation: Organisation, turn: Turn, person_id: str) -> bool:
    """Whether that person sees to the relay in the turn's department."""
    return organisation.facilitators.get(turn.department) == person_id


def _own(records: RelayRecords, act: Act) -> Turn | None:
    """The turn that somebody acts on from their page; None for a facilitator, whom the rule itself tells what is wrong."""
    if act.by:
        return None
    turn = records.turns.get(act.about)
    if turn is None:
        raise NotPossible("That turn is not yours.")
    return turn


def _theirs(turn: Turn | None, act: Act) -> None:
    """Raises NotPossible where the person does not present the turn: nobody passes or swaps a colleague's away."""
    if turn and turn.presenter != act.person_id:
        raise NotPossible("That turn is not yours.")


def _asked_of(organisation: Organisation, records: RelayRecords, act: Act, request: Request) -> None:
    """Raises NotPossible, the same for every turn about which the person is not asked, whether there is one or not."""
    turn = records.turns.get(act.about)
    if not act.by and (turn is None or asked(organisation, turn, request.at) != act.person_id):
        raise NotPossible("Nobody is asking for this swap any more.")


def _last_own_deed(records: RelayRecords, act: Act) -> Deed | None:
    """The last thing that somebody did about the turn, if it was this person who did it from their page."""
    if act.by:
        return None
    turn = records.turns.get(act.about)
    last = next((deed for deed in reversed(turn.deeds) if deed.by != SERVICE), None) if turn else None
    return last if last and last.by == act.person_id else None


# --- what was learned ---------------------------------------------------------------------------------------


def _is_to_come(turn: Turn, now: datetime) -> bool:
    return turn.starts is None or turn.starts > now


def _to_tell_of(engine: Engine, act: Act, now: datetime) -> Turn:
    """The turn of which the person may tell: their own, or one that they see to. Raises Refused where there is none,
    and where there is nothing to tell of it."""
    turn = relay_records(engine.stored).turns.get(act.about)
    mine = turn is not None and turn.presenter == act.person_id
    if turn is None or not (mine or sees_to(engine.snapshot(now).organisation, turn, act.person_id)):
        raise Refused(Sentence("That turn is not yours."))
    if turn.open and _is_to_come(turn, now):
        raise Refused(Sentence("This turn is still to come. Write what you learned afterwards."))
    if turn.state in ("passed", "withdrawn"):
        raise Refused(Sentence("This turn was given away, so there is nothing to write about it."))
    return turn


def _learning(engine: Engine, act: Act, now: datetime) -> None:
    turn = _to_tell_of(engine, act, now)
    entry, known = learnings.read_entry(act.values), relay_records(engine.stored).learnings.get(turn.id)
    if turn.presenter != act.person_id:  # whether their name stands there is for the presenter alone
        entry = learnings.with_consent_of(entry, known)
    stands = learnings.version(known)
    if act.values.get("before", stands) != stands and known and not learnings.says(known, entry):
        text = "This was changed elsewhere while the page was open. What is written down now stands with the form. Write yours down again if it is to stand instead."
        raise Refused(Sentence(text))
    try:
        learnings.write_learning(engine, turn.id, entry, now)
    except Refused:  # said for the command line, with its words
        raise Refused(Sentence("This turn does not count as held, so there is nothing to write about it.")) from None


def _discovery(engine: Engine, act: Act, now: datetime) -> None:
    shown = learnings.yes(act.values.get("show_name", ""))
    # Without the name not the department either: of two people who work there it is half a name.
    department = engine.snapshot(now).organisation.people[act.person_id].department if shown else ""
    learnings.note_discovery(
        engine, act.values.get("text", ""), now, person=act.person_id, department=department, show_name=shown
    )


def _unname(engine: Engine, act: Act, now: datetime) -> None:
    learnings.take_name_off(engine, act.about, act.person_id, now)


def _on_list(wants: bool) -> CarryOut:
    """Writes down whether somebody wants to have turns. Nobody is told, and no reason is asked."""

    def carry_out(engine: Engine, act: Act, now: datetime) -> None:
        from service.acts.page_acts import carry_out as choose  # which knows all acts, this one among them

        choose(engine, PageChoice(person_id=act.person_id, changes={"in_relay": wants}), now)

    return carry_out


def _without_mail(wants: bool) -> CarryOut:
    """Writes down whether somebody who gets no mail has turns: the facilitator has asked them."""

    def carry_out(engine: Engine, act: Act, now: datetime) -> None:
        from service.acts.page_acts import carry_out as choose

        organisation = engine.snapshot(now).organisation
        person = organisation.people.get(act.about)
        if person is None or (not act.by and organisation.facilitators.get(person.department) != act.person_id):
            raise Refused(Sentence("That is for the facilitator of the department to say."))
        if person.email:
            text = "{name} gets letters, so whether they have turns is theirs to say, on their own page."
            raise Refused(Sentence(text, {"name": person.name}))
        choose(engine, PageChoice(person_id=person.id, changes={"in_relay": wants}, by="facilitator"), now)

    return carry_out


def _by(rule: Rule) -> CarryOut:
    """Carries a rule about turns out, in one journal line."""

    def carry_out(engine: Engine, act: Act, now: datetime) -> None:
        request = Request(by=act.by or act.person_id, at=now)
        perform(engine, lambda made, records: rule(made, records, act, request), now)

    return carry_out


ACTS = (
    ActRow(
        name="off-list",
        carry_out=_on_list(False),
        done=Sentence("It is done. You are not on the list, and nobody is told."),
    ),
    ActRow(name="let-in", carry_out=_without_mail(True), done=Sentence("It is done. They have turns like the others.")),
    ActRow(name="let-out", carry_out=_without_mail(False), done=Sentence("It is done. They have no turns.")),
    ActRow(name="on-list", carry_out=_on_list(True), done=Sentence("It is done. You are on the list.")),
    ActRow(name="pass", carry_out=_by(pass_on), done=Sentence("It is done. The turn is no longer yours.")),
    ActRow(
        name="swap",
        carry_out=_by(swap),
        done=Sentence("It is done. Your colleague is asked, and the turn stays yours until there is a yes."),
        fields=("colleague",),
    ),
    ActRow(name="accept", carry_out=_by(accept), done=Sentence("It is done. Thank you, you have swapped.")),
    ActRow(
        name="decline",
        carry_out=_by(decline),
        done=Sentence("It is done. The turn stays where it is, and that is fine."),
    ),
    ActRow(
        name="volunteer",
        carry_out=_by(volunteer),
        done=Sentence("It is done. The turn is yours."),
        fields=("extra",),
    ),
    ActRow(name="undo", carry_out=_by(undo), done=Sentence("It is done. That was taken back.")),
    ActRow(name="missed", carry_out=_by(missed), done=Sentence("It is done. The turn comes again at a later meeting.")),
    ActRow(name="held", carry_out=_by(held), done=Sentence("It is done. The turn counts as held.")),
    ActRow(name="postpone", carry_out=_by(postpone), done=Sentence("It is done. The turn goes to a later meeting.")),
    ActRow(
        name="close",
        carry_out=_by(closed),
        done=Sentence("It is done. The turn is closed, and nobody is asked any more."),
    ),
    ActRow(
        name="unname",
        carry_out=_unname,
        done=Sentence("It is done. Your name is gone from the page, and will not stand in letters to come."),
    ),
    ActRow(
        name="learning",
        carry_out=_learning,
        fields=("outcome", *learnings.ANSWERS, "show_name", "before"),
        nameless=True,
    ),
    ActRow(name="discovery", carry_out=_discovery, fields=("text", "show_name"), nameless=True),
)
