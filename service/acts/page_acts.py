"""What people do on their pages, written down by the main thread."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from culture import relay, relay_acts, revisit
from culture.organisation import Organisation
from culture.people import Person, Preference
from culture.relay import Records
from culture.relay_acts import NotPossible, Request
from culture.relay_days import time_enough
from culture.relay_swaps import asked
from culture.turns import Deed, Turn
from service.acts import learnings, revisits
from service.acts.conflicts import Overtaken, overtaken, standing
from service.acts.requests import Act, RelayAct
from service.acts.turn_acts import perform
from service.engine.choices_log import choose
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.settings.inputs import with_choice

Rule = Callable[[Organisation, Records, RelayAct, Request], Records]


def carry_out(engine: Engine, act: Act | RelayAct, now: datetime) -> None:
    """Write what somebody did. Raises Refused with a sentence for them, Overtaken when their page was too old for it,
    BadInput for fields that cannot be used.

    What was done already is done: a form posted twice says nothing else than posted once.
    """
    if isinstance(act, RelayAct):
        _relay(engine, act, now)
        return
    if act.asks_link:
        with engine.database.batch():
            if engine.stored.person(act.person_id):
                engine.stored.ask_link(act.person_id, now)
        return
    with engine.act(now) as acting:
        made = acting.world.organisation
        person, known = made.people.get(act.person_id), engine.stored.person(act.person_id)
        if person is None:
            return  # erased since: nothing is to be kept of them
        for one in engine.stored.ids_of(person.id):
            if act.new_links:
                engine.stored.new_links(one)
            elif act.new_addresses:
                engine.stored.new_addresses(one)
        preference = _chosen(engine, made, person, act, now)
        if preference != engine.stored.preference(person.id):
            choose(engine.stored, person.id, preference, act.by, now)
            if known:
                acting.world = replace(acting.world, organisation=with_choice(made, engine.inputs, known, preference))


def _chosen(engine: Engine, organisation: Organisation, person: Person, act: Act, now: datetime) -> Preference:
    """What is stored of the person's choices, with what the act changes. Raises Overtaken."""
    before = engine.stored.preference(person.id)
    if act.shown:
        today = organisation.today(person, now)
        stands = standing(organisation, person, before, today)
        changed = overtaken(act.shown, stands, act.changes, today)
        if changed:
            raise Overtaken(changed, stands)
    return replace(before, **act.changes)


def _relay(engine: Engine, act: RelayAct, now: datetime) -> None:
    match act.doing:
        case "learning":
            _learning(engine, act, now)
        case "discovery":
            shown = learnings.yes(act.values.get("show_name", ""))
            # Without the name not the department either: of two people who work there it is half a name.
            department = engine.snapshot(now).organisation.people[act.person_id].department if shown else ""
            learnings.note_discovery(
                engine, act.values.get("text", ""), now, person=act.person_id, department=department, show_name=shown
            )
        case "address":
            for one in engine.stored.ids_of(act.person_id):
                engine.stored.new_addresses(one)
        case "judgement":
            _judgement(engine, act, now)
        case _:
            request, rule = Request(by=act.person_id, at=now), RULES[act.doing]
            perform(engine, lambda made, records: rule(made, records, act, request), now)


# --- turns --------------------------------------------------------------------------------------------------


def _pass(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    turn, last = _turn(records, act), _last_own_deed(records, act)
    gone = last and (last.what == "passed" or (last.what, last.about) == ("undone", "swapped"))
    if gone and not (turn.open and turn.presenter == act.person_id):
        return records
    return relay_acts.pass_on(records, _own(turn, act), request)


def _swap(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    turn, colleague = _turn(records, act), act.values.get("colleague", "")
    if (
        turn.open
        and turn.presenter == act.person_id
        and colleague
        and asked(organisation, turn, request.at) == colleague
    ):
        return records
    return relay_acts.offer(organisation, records, _own(turn, act), colleague, request)


def _accept(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    last = _last_own_deed(records, act)
    if last and last.what == "swapped":
        return records
    _asked_of(organisation, records, act, request)
    return relay_acts.accept(organisation, records, act.about, act.person_id, request)


def _decline(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    last = _last_own_deed(records, act)
    if last and last.what == "declined":
        return records
    _asked_of(organisation, records, act, request)
    return relay_acts.decline(organisation, records, act.about, act.person_id, request)


def _undo(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    last = _last_own_deed(records, act)
    if last is None:
        raise NotPossible("That turn is not yours.")
    if last.what == "undone":
        return records
    return relay_acts.undo(organisation, records, act.about, request)


def _volunteer(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> Records:
    person = organisation.people[act.person_id]
    today = organisation.today(person, request.at)
    runs = person.department in set(relay.departments(organisation))
    coming = relay.meetings(organisation, person.department, today, today + relay.SEARCHED) if runs else ()
    meeting = next((one for one in coming if one.id == act.about), None)
    if meeting is None:
        raise NotPossible("There is no such meeting any more.")
    mine = (turn for turn in records.turns.values() if turn.open and turn.meeting == meeting.id)
    if any(turn.kind == "volunteer" and turn.person == turn.presenter == person.id for turn in mine):
        return records
    if meeting.starts > request.at and not time_enough(organisation, today, meeting.day):
        raise NotPossible("It is too soon: there must be three working days before the meeting. Choose a later one.")
    return relay_acts.volunteer(organisation, records, person.id, meeting, request)


RULES: dict[str, Rule] = {
    "pass": _pass,
    "swap": _swap,
    "accept": _accept,
    "decline": _decline,
    "undo": _undo,
    "volunteer": _volunteer,
}


def _turn(records: Records, act: RelayAct) -> Turn:
    turn = records.turns.get(act.about)
    if turn is None:
        raise NotPossible("That turn is not yours.")
    return turn


def _own(turn: Turn, act: RelayAct) -> str:
    """The turn's id, if the person presents it: nobody passes or swaps a colleague's turn away."""
    if turn.presenter != act.person_id:
        raise NotPossible("That turn is not yours.")
    return turn.id


def _asked_of(organisation: Organisation, records: Records, act: RelayAct, request: Request) -> None:
    """Raises NotPossible, the same for every turn about which the person is not asked, whether there is one or not."""
    turn = records.turns.get(act.about)
    if turn is None or asked(organisation, turn, request.at) != act.person_id:
        raise NotPossible("Nobody is asking for this swap any more.")


def _last_own_deed(records: Records, act: RelayAct) -> Deed | None:
    """The last thing that somebody did about the turn, if it was this person who did it."""
    turn = records.turns.get(act.about)
    last = next((deed for deed in reversed(turn.deeds) if deed.by != relay.SERVICE), None) if turn else None
    return last if last and last.by == act.person_id else None


# --- what was learned ---------------------------------------------------------------------------------------


def _learning(engine: Engine, act: RelayAct, now: datetime) -> None:
    turn = engine.stored.relay().turns.get(act.about)
    if turn is None or turn.presenter != act.person_id:
        raise Refused(Sentence("That turn is not yours."))
    if turn.open and (turn.starts is None or turn.starts > now):
        raise Refused(Sentence("This turn is still to come. Write what you learned afterwards."))
    if turn.state in ("passed", "withdrawn"):
        raise Refused(Sentence("This turn was given away, so there is nothing to write about it."))
    entry, known = learnings.read_entry(act.values), engine.stored.relay().learnings.get(turn.id)
    stands = learnings.version(known)
    if act.values.get("before", stands) != stands and known and not learnings.says(known, entry):
        text = "This was changed elsewhere while the page was open. What is written down now stands with the form. Write yours down again if it is to stand instead."
        raise Refused(Sentence(text))
    try:
        learnings.write_learning(engine, turn.id, entry, now)
    except Refused:  # said for the command line, with its words
        raise Refused(Sentence("This turn does not count as held, so there is nothing to write about it.")) from None


def _judgement(engine: Engine, act: RelayAct, now: datetime) -> None:
    organisation = engine.snapshot(now).organisation
    person = organisation.people[act.person_id]
    item = engine.stored.revisits().get(act.about)
    if item is None or revisit.owners([item], organisation, organisation.today(person, now)).get(item.id) != person.id:
        raise Refused(Sentence("That is not for you to judge, or somebody else does it now."))
    if not item.open:
        if item.judgements[-1].verdict == revisits.verdict_of(act.values.get("verdict", "")):
            return
        raise Refused(Sentence("{name} has been decided already.", {"name": item.name}))
    revisits.judge(engine, item.id, {**act.values, "by": person.name}, now)
