"""Commands about the leaders."""

from typing import Any

import click

from culture.world import World
from service.cli.app import App, pass_app
from service.cli.tables import table

leaders = click.Group("leaders")


@leaders.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def leaders_list(app: App, as_json: bool) -> None:
    """Show who leads others, what of the frame is open, and the steps by month."""
    from service.engine.opening import looking

    with looking(app.path) as engine:
        value = _value(engine.snapshot(app.now()), app.language)
    if as_json:
        app.show(value)
        return
    if value["managers"]:
        table(app, [{"name": one["name"], "departments": ", ".join(one["departments"])} for one in value["managers"]])
    else:
        app.say("Nobody leads others, by what the people file and the departments say.")
    if value["open"]:
        app.say("Not decided: {names}.", names=", ".join(value["open"]))
    if value["steps"]:
        table(app, value["steps"])
    else:
        app.say("No step has come yet.")


def _value(world: World, language: str) -> dict[str, Any]:
    """All of it for a program to read."""
    from culture.leaders.records import LeaderRecords
    from culture.leaders.steps import Steps
    from culture.roles import managers

    organisation, steps = world.organisation, world.organisation.of(Steps).steps
    named = organisation.managers
    frame = world.of(LeaderRecords).frame()
    return {
        "managers": [
            {
                "id": one.id,
                "name": one.name,
                "departments": [organisation.departments[key].name for key, who in named.items() if who == one.id],
                "department_ids": [key for key, who in named.items() if who == one.id],
            }
            for one in managers(organisation, world.today)
        ],
        "sheet": frame.sheet if frame else None,
        "open": list(organisation.policy.open),
        "steps": [
            {
                "month": month,
                "day": one.day.isoformat(),
                "step": steps[one.step].text(language).title if one.step in steps else one.step,
                "step_id": one.step,
            }
            for month, one in world.of(LeaderRecords).given().items()
        ],
    }
