"""What people do on their pages, written down by the main thread."""

from datetime import datetime

from culture import relay, relay_acts
from culture.relay_acts import Request
from service.engine import Engine
from service.fault import Refused
from service.turns import perform
from service.view import Act, RelayAct
from service.words import Sentence


def carry_out(engine: Engine, act: Act | RelayAct, now: datetime) -> None:
    """Write what somebody did. Raises Refused with a sentence for them, BadInput for fields that cannot be used."""
    if isinstance(act, RelayAct):
        _relay(engine, act, now)
        return
    if act.new_feed_token:
        engine.stored.new_feed_token(act.person_id)
    engine.stored.prefer(act.person_id, act.preference)


def _relay(engine: Engine, act: RelayAct, now: datetime) -> None:
    request, me, about = Request(by=act.person_id, at=now), act.person_id, act.about
    match act.doing:
        case "pass":
            perform(engine, lambda _, records: relay_acts.pass_on(records, _own(records, about, me), request), now)
        case "undo":
            perform(
                engine, lambda made, records: relay_acts.undo(made, records, _last_by(records, about, me), request), now
            )
        case "swap":
            colleague = act.values.get("colleague", "")
            perform(
                engine,
                lambda made, records: relay_acts.offer(made, records, _own(records, about, me), colleague, request),
                now,
            )
        case "accept":
            perform(engine, lambda made, records: relay_acts.accept(made, records, about, me, request), now)
        case "decline":
            perform(engine, lambda _, records: relay_acts.decline(records, about, me, request), now)
        case "volunteer":
            _volunteer(engine, act, request)


def _own(records: relay.Records, turn_id: str, person_id: str) -> str:
    """The turn's id, if the person presents it: nobody passes or swaps a colleague's turn away."""
    turn = records.turns.get(turn_id)
    if turn is None or turn.presenter != person_id:
        raise relay_acts.NotPossible("That turn is not yours.")
    return turn_id


def _last_by(records: relay.Records, turn_id: str, person_id: str) -> str:
    """The turn's id, if the last thing somebody did about it was done by this person."""
    turn = records.turns.get(turn_id)
    last = next((deed for deed in reversed(turn.deeds) if deed.by != relay.SERVICE), None) if turn else None
    if last is None or last.by != person_id:
        raise relay_acts.NotPossible("That turn is not yours.")
    return turn_id


def _volunteer(engine: Engine, act: RelayAct, request: Request) -> None:
    organisation = engine.plan(request.at).world.organisation
    person = organisation.people[act.person_id]
    today = organisation.today(person, request.at)
    coming = (
        relay.meetings(organisation, person.department, today, today + relay.SEARCHED)
        if person.department in organisation.meeting_plans
        else ()
    )
    meeting = next((one for one in coming if one.id == act.about), None)
    if meeting is None:
        raise Refused(Sentence("There is no such meeting any more."))
    perform(
        engine, lambda made, records: relay_acts.volunteer(made, records, act.person_id, meeting, request), request.at
    )
