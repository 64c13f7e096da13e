"""Commands about the relay: who presents when and why, and what people may do about their turns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import click

from culture.organisation import Organisation
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.world import World
from service.acts.requests import Act
from service.cli.app import App, BadSentence, asked, pass_app
from service.cli.departments import find_department
from service.cli.records_commands import find_person
from service.cli.tables import table
from service.messages.translation import Sentence, say, word

FACILITATOR = "facilitator"

NEXT_CHALLENGES = 5
"""Of the challenges that come next: as many as anybody would look through to switch one off."""

AHEAD = click.IntRange(0, 100)


relay = click.Group("relay")


@relay.command("list")
@click.option("--department", help="Only this one: its key or its name.")
@click.option(
    "--ahead",
    type=AHEAD,
    default=4,
    help="How many turns to foresee for each department, beyond those that are announced. Default: 4.",
)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def relay_list(app: App, department: str | None, ahead: int, as_json: bool) -> None:
    """List the turns to come: announced and assigned, then those foreseen as it looks today.

    What is foreseen is no promise: people join, leave, pass and swap.
    """
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
        rows = [
            row for key in _departments(world.organisation, department) for row in _department_rows(world, key, ahead)
        ]
    if as_json:
        app.show(rows)
        return
    if not world.organisation.of(Relay).enabled:
        app.say("The relay is not enabled. Write enabled = true under [relay]; docs/relay.md says what else.")
        return
    if rows:
        table(app, [_row_shown(app, row) for row in rows])
    else:
        app.say("No turn is announced yet.")
    for key in _departments(world.organisation, department):
        _tell_without_turns(app, world, key)


def _tell_without_turns(app: App, world: World, key: str) -> None:
    """Say which of a department's next meetings have no turns, and why."""
    from culture.relay import schedule as rules
    from service.relay.why import by_reason, without

    if key in rules.departments(world.organisation):
        for reason, days in by_reason(without(world, key)):
            text = "{department}: no presentations on {days}: {reason}."
            app.say(text, department=key, days=days, reason=word("waiting", reason).said(app.language))


def _department_rows(world: World, key: str, ahead: int) -> Iterator[dict[str, Any]]:
    from culture.relay import schedule as rules

    coming = [turn for turn in world.of(RelayRecords).of_department(key) if turn.open]
    for turn in sorted(coming, key=lambda one: (one.starts is None, one.starts or one.announced, one.seat)):
        yield _row(world, turn)
    runs = key in rules.departments(world.organisation)
    for turn in (
        rules.projected(world.organisation, world.of(RelayRecords), key, world.now, ahead) if ahead and runs else ()
    ):
        yield {**_row(world, turn), "turn": "", "state": "foreseen", "challenge": "", "title": ""}


def _row(world: World, turn: Turn) -> dict[str, Any]:
    """A turn for a program to read: people by id and by name, for two may have one name."""
    from culture.relay.swaps import asked

    organisation = world.organisation
    swapped, colleague = turn.presenter != turn.person, asked(organisation, turn, world.now)
    challenge = organisation.of(Challenges).challenges.get(turn.challenge)
    return {
        "turn": turn.id,
        "department": turn.department,
        "starts": turn.starts.isoformat() if turn.starts else None,
        "presenter": organisation.name_of(turn.presenter),
        "presenter_id": turn.presenter,
        "for": organisation.name_of(turn.person) if swapped else "",
        "for_id": turn.person if swapped else "",
        "kind": turn.kind,
        "state": "waiting" if turn.open and turn.starts is None else turn.state,
        "asked": organisation.name_of(colleague),
        "asked_id": colleague,
        "challenge": turn.challenge,
        "title": challenge.text(organisation.language).title if challenge else "",
    }


def _row_shown(app: App, row: Mapping[str, Any]) -> dict[str, str]:
    state = word("turn-state", row["state"]).said(app.language)
    if row["kind"] != "normal":
        state = f"{state}, {word('turn-kind', row['kind']).said(app.language)}"
    if row["asked"]:
        state = f"{state}, {say(app.language, 'asks {name} to swap', name=row['asked'])}"
    presenter = row["presenter"] or "-"
    if row["for"]:
        presenter = say(app.language, "{name}, for {other}", name=presenter, other=row["for"])
    starts = (row["starts"] or "-")[:16].replace("T", " ")
    shown = {"turn": row["turn"], "when": starts, "presenter": presenter, "state": state, "challenge": row["title"]}
    return {**shown, "department": row["department"]}


@relay.command()
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def why(app: App, person: str, as_json: bool) -> None:
    """Say why PERSON is next, or why not yet: turns, what counts, the last selections, and when it will be."""
    from service.engine.opening import looking
    from service.relay.why import explained, told

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
        found = explained(world, find_person(world, person))
    if as_json:
        app.show(found)
        return
    for line in told(found, app.language):
        click.echo(line)


@relay.command("pass")
@click.argument("turn")
@pass_app
def pass_(app: App, turn: str) -> None:
    """Let TURN go to whoever is next. No reason is needed, and none is kept."""
    _do(app, _act("pass", turn))


@relay.command()
@click.argument("turn")
@click.option("--with", "colleague", required=True, help="The colleague who is asked: an id, a number or an address.")
@click.option("--agreed", is_flag=True, help="Both have said yes already: swap at once.")
@pass_app
def swap(app: App, turn: str, colleague: str, agreed: bool) -> None:
    """Ask a colleague to swap with the presenter of TURN. Nothing changes until they accept; without an answer in a week it is a no."""
    other = _person_id(app, colleague)
    yes = [_act("accept", turn, other)] if agreed else []
    _do(app, _act("swap", turn, values={"colleague": other}), *yes)


@relay.command()
@click.argument("turn")
@click.option("--as", "colleague", required=True, help="Who was asked: an id, a number or an address.")
@pass_app
def accept(app: App, turn: str, colleague: str) -> None:
    """Say yes to the swap of TURN for the colleague who was asked."""
    _do(app, _act("accept", turn, _person_id(app, colleague)))


@relay.command()
@click.argument("turn")
@click.option("--as", "colleague", required=True, help="Who was asked: an id, a number or an address.")
@pass_app
def decline(app: App, turn: str, colleague: str) -> None:
    """Say no to the swap of TURN for the colleague who was asked. The turn stays where it is."""
    _do(app, _act("decline", turn, _person_id(app, colleague)))


@relay.command()
@click.argument("person")
@click.option("--on", "day", required=True, help="The day of the meeting: 2027-01-14.")
@click.option("--extra", is_flag=True, help="Count it apart, and not as their next ordinary turn.")
@pass_app
def volunteer(app: App, person: str, day: str, extra: bool) -> None:
    """Give PERSON a turn at a meeting that has room, because they would like one. It counts as their next ordinary turn."""
    from service.engine.opening import looking

    now = app.now()
    with looking(app.path) as engine:
        world = engine.snapshot(now)
        found = find_person(world, person)
        meeting = _meeting(world.organisation, found.department, day_of(day), now.astimezone(engine.zone).date())
    _do(app, _act("volunteer", meeting.id, found.id, {"extra": "yes"} if extra else None))


def _meeting(organisation: Organisation, department: str, day: date, today: date) -> Any:
    from culture.relay import schedule as rules

    if not rules.runs(organisation, department):
        raise BadSentence(Sentence("There is no relay in {department}.", {"department": department}))
    if day > today + rules.SEARCHED:
        raise BadSentence(Sentence("{day} is too far ahead. Choose a meeting within half a year.", {"day": day}))
    found = rules.meetings(organisation, department, day, day)
    if found:
        return found[0]
    coming = rules.meetings(organisation, department, today + timedelta(days=1), today + rules.SEARCHED)[:4]
    days = ", ".join(str(meeting.day) for meeting in coming) or "-"
    text = "{department} does not meet on {day}. The next meetings: {days}."
    raise BadSentence(Sentence(text, {"department": department, "day": day, "days": days}))


@relay.command()
@click.argument("person")
@click.option("--in/--out", "wants", required=True, help="Whether they have turns.")
@pass_app
def let(app: App, person: str, wants: bool) -> None:
    """Say whether PERSON, who gets no mail, has turns: somebody has asked them. Without this they have none.

    Their challenges go to the facilitator, to be handed over.
    """
    found = _person_id(app, person)
    _do(app, _act("let-in" if wants else "let-out", found, found))


@relay.command()
@click.argument("turn")
@pass_app
def undo(app: App, turn: str) -> None:
    """Take back the last pass, swap, question or offer on TURN, as long as nobody else is bound by it."""
    _do(app, _act("undo", turn))


@relay.command()
@click.argument("turn")
@pass_app
def missed(app: App, turn: str) -> None:
    """Say that TURN was not held after all. It waits for the next meeting with its challenge."""
    _do(app, _act("missed", turn))


@relay.command()
@click.argument("turn")
@pass_app
def postpone(app: App, turn: str) -> None:
    """Move TURN to the first later meeting with room, with its challenge."""
    _do(app, _act("postpone", turn))


@relay.command()
@click.argument("turn")
@pass_app
def close(app: App, turn: str) -> None:
    """Close TURN, of which nothing is written: nobody is asked about it any more."""
    _do(app, _act("close", turn))


@relay.command()
@click.argument("turn")
@pass_app
def held(app: App, turn: str) -> None:
    """Say that TURN, which waits again, was held after all."""
    _do(app, _act("held", turn))


@relay.command()
@click.option("--department", help="Only this one: its key or its name.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def challenges(app: App, department: str | None, as_json: bool) -> None:
    """Show how many challenges fit each department and track, how many were given, and which come next."""
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
        rows = [row for key in _departments(world.organisation, department) for row in _challenge_rows(world, key)]
    if as_json:
        app.show(rows)
        return
    for row in rows:
        fields = {key: row[key] for key in ("department", "track", "fit", "given")}
        app.say("{department}, {track}: {fit} challenges fit, {given} of them have been given. Next:", **fields)
        for one in row["next"]:
            click.echo(f"  {one['title']} ({one['id']})")
    if not rows:
        app.say("Nobody here takes part in a relay.")


def _challenge_rows(world: World, key: str) -> Iterator[dict[str, Any]]:
    from culture.relay import schedule as rules
    from culture.relay.challenges import next_challenge, to_give
    from culture.relay.turns import TurnList

    organisation = world.organisation
    people = rules.members(organisation, key, world.today)
    for track in sorted({person.track for person in people}) if key in rules.departments(organisation) else ():
        fitting = to_give(organisation, track)
        given = dict(world.of(RelayRecords).standings.get(key, TurnList()).given)
        row = {"department": key, "track": track, "fit": len(fitting), "given": sum(one.id in given for one in fitting)}
        coming = []
        for _ in range(min(NEXT_CHALLENGES, len(fitting))):
            found = next_challenge(fitting, given, key, first_turn=False)
            assert found is not None
            given[found.id] = given.get(found.id, 0) + 1
            coming.append({"id": found.id, "title": found.text(organisation.language).title})
        yield {**row, "next": coming}


# --- what several commands need ---------------------------------------------------------------------------


def _act(doing: str, about: str, person_id: str = "", values: Mapping[str, str] | None = None) -> Act:
    """What the facilitator does, for the person if it is somebody's."""
    return Act(person_id=person_id, doing=doing, about=about, by=FACILITATOR, values=values or {})


def _do(app: App, *acts: Act) -> None:
    """Carry out acts in one journal line, and show the turns that are now otherwise than before."""
    from service.acts.table import ACTS
    from service.engine.opening import opened

    now = app.now()
    with opened(app.path) as engine, asked():
        before = engine.snapshot(now).of(RelayRecords).turns
        with engine.database.batch():
            for act in acts:
                ACTS[act.doing].carry_out(engine, act, now)
        world = engine.snapshot(now)
    changed = [turn for key, turn in world.of(RelayRecords).turns.items() if before.get(key) != turn]
    app.say("It is noted. Letters and calendars follow when the service next looks.")
    if changed:
        table(app, [_row_shown(app, _row(world, turn)) for turn in changed])


def _person_id(app: App, text: str) -> str:
    from service.engine.opening import looking

    with looking(app.path) as engine:
        return find_person(engine.snapshot(app.now()), text).id


def _departments(organisation: Organisation, text: str | None) -> Sequence[str]:
    """All departments that have meetings of their own or none, or the one that is meant. Raises BadSentence."""
    keys = [find_department(organisation, text).key] if text else organisation.departments
    return list(dict.fromkeys(map(organisation.called.table, keys)))


def day_of(text: str) -> date:
    """The day that is meant. Raises BadSentence."""
    from service.messages.days import parse_day

    found = parse_day(text)
    if found is None:
        raise BadSentence(Sentence('"{value}" is not a date. Write 2026-12-01 or 01-12-2026.', {"value": text}))
    return found
