"""Commands about the corps: who is in it, when it meets, who would like to be in it."""

from typing import Any

import click

from culture.people import Person
from service.cli.app import App, asked, pass_app
from service.cli.tables import table
from service.messages.translation import Sentence, say

ambassadors = click.Group("ambassadors")


@ambassadors.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def ambassadors_list(app: App, as_json: bool) -> None:
    """List the ambassadors, whoever has served longest first, and those who would like to be one."""
    from culture.ambassadors import corps as rules
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    found, people = rules.corps(world), world.organisation.people
    rows = [
        {
            "id": one.person_id,
            "name": people[one.person_id].name,
            "departments": list(one.departments),
            "since": one.since,
            "until": one.until,
            "chair": one.person_id == found.chair,
            "waiting": False,
        }
        for one in found.members.values()
    ]
    rows += [
        {
            "id": one.id,
            "name": one.name,
            "departments": [one.department],
            "since": None,
            "until": None,
            "chair": False,
            "waiting": True,
        }
        for one in rules.waiting(world)
    ]
    if as_json:
        app.show({"ambassadors": rows, "uncovered": list(rules.uncovered(world)), "sponsor": found.sponsor})
    elif rows:
        table(app, [_row(app, row) for row in rows])
    else:
        app.say("There are no ambassadors. Give somebody the role in the people file, or write [ambassadors] people.")


def _row(app: App, row: dict[str, Any]) -> dict[str, str]:
    state = "would like to be one" if row["waiting"] else "leads the meetings" if row["chair"] else ""
    return {
        "id": row["id"],
        "name": row["name"],
        "departments": ", ".join(row["departments"]),
        "since": str(row["since"] or "-"),
        "until": str(row["until"] or "-"),
        "state": say(app.language, state) if state else "",
    }


@ambassadors.command("meetings")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def ambassadors_meetings(app: App, as_json: bool) -> None:
    """List the meetings of the corps, those that were held and those of the coming year."""
    from culture.ambassadors import meetings as rules
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    people = world.organisation.people
    rows = [
        {
            "id": one.id,
            "starts": one.starts,
            "minutes": one.minutes,
            "place": one.place,
            "deputy": people[second].name if (second := rules.deputy(world, one)) in people else "",
            "deputy_id": second,
        }
        for one in rules.meetings(world)
    ]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, rows)
    else:
        app.say("The corps has no meetings. Write [ambassadors.meeting].")


def _person(app: App, who: str, doing: str, done: Sentence) -> None:
    from service.acts.requests import Act
    from service.acts.table import ACTS
    from service.acts.who import meant
    from service.engine.opening import opened
    from service.messages.faults import Refused

    with opened(app.path) as engine, asked():
        now = app.now()
        world = engine.snapshot(now)
        hits: list[Person] = meant(world.organisation.people.values(), who, world.today)
        if len(hits) != 1:
            names = ", ".join(f"{one.name} ({one.id})" for one in hits[:5])
            raise Refused(
                Sentence('"{text}" fits several: {names}. Write the id.', {"text": who, "names": names})
                if hits
                else Sentence('"{text}" is nobody here. Look with aikultur people list.', {"text": who})
            )
        person = hits[0]
        ACTS[doing].carry_out(engine, Act(person_id=person.id, doing=doing, about=person.id, by="command"), now)
    app.say(done.text, name=person.name)


@ambassadors.command("confirm")
@click.argument("person")
@pass_app
def ambassadors_confirm(app: App, person: str) -> None:
    """Say yes for PERSON (an id, an address or a name), who would like to be an ambassador or was asked by somebody."""
    _person(app, person, "ambassador-yes", Sentence("{name} is an ambassador, and gets a letter about what it is."))


@ambassadors.command("decline")
@click.argument("person")
@pass_app
def ambassadors_decline(app: App, person: str) -> None:
    """Say that it does not fit now to PERSON, who would like to be an ambassador."""
    _person(app, person, "ambassador-no", Sentence("{name} hears that it does not fit now."))


@ambassadors.command("step-down")
@click.argument("person")
@pass_app
def ambassadors_step_down(app: App, person: str) -> None:
    """Take PERSON out of the corps, who has said so. The people file does not bring them back by itself."""
    _person(app, person, "ambassador-leave", Sentence("{name} is no ambassador any more. Nobody is told why."))
