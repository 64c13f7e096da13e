"""Commands about the corps' meetings: what is on, and what somebody wrote who has no page or did not use it."""

import click

from service.cli.app import App, asked, pass_app

ambassadors = click.Group("ambassadors")


@ambassadors.command("agenda")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def ambassadors_agenda(app: App, as_json: bool) -> None:
    """Show the newest agenda of the corps, and what was decided there."""
    from culture.ambassadors.agenda import newest
    from culture.ambassadors.agenda_records import AgendaRecords
    from service.ambassadors.agenda_sections import sections
    from service.ambassadors.agenda_words import points_of
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    meeting = newest(world)
    if meeting is None and as_json:
        app.show({"meeting": None, "starts": None, "sections": [], "minutes": ""})
        return
    if meeting is None:
        app.say("No agenda has been made. The first comes ten working days before the next meeting.")
        return
    records = world.of(AgendaRecords)
    shown = sections(points_of(world, records.agendas[meeting.id], app.language, "page"), app.language)
    minutes = records.minutes.get(meeting.id)
    if as_json:
        found = [
            {"of": one.of, "heading": one.heading, "lines": list(one.lines), "rest": list(one.rest)} for one in shown
        ]
        app.show(
            {
                "meeting": meeting.id,
                "starts": meeting.starts,
                "sections": found,
                "minutes": minutes.text if minutes else "",
            }
        )
        return
    app.say("The ambassadors' meeting on {day}", day=meeting.day)
    for one in shown:
        click.echo(f"\n{one.heading}")
        for line in (*one.lines, *one.rest) or (one.nothing,):
            click.echo(f"- {line}")
    if minutes and minutes.text:
        click.echo(f"\n{minutes.text}")


@ambassadors.command("news")
@click.argument("person")
@click.option("--news", default="", help="What they tell.")
@click.option("--topic", default="", help="A concrete case to work on together.")
@pass_app
def ambassadors_news(app: App, /, person: str, **values: str) -> None:
    """Keep what PERSON (an id, an address or a name; "sponsor" for whoever backs the corps) answered by mail to the
    question for news. Without anything: nothing new."""
    from service.acts.requests import Act
    from service.acts.table import ACTS
    from service.ambassadors.agenda_acts import asked_person
    from service.engine.opening import opened

    with opened(app.path) as engine, asked():
        now = app.now()
        person_id = asked_person(engine.snapshot(now), person)
        doing = "corps-news" if any(one.strip() for one in values.values()) else "corps-nothing"
        ACTS[doing].carry_out(engine, Act(person_id=person_id, doing=doing, by="command", values=values), now)
    app.say("It is written down for the next agenda.")


@ambassadors.command("minutes")
@click.argument("text")
@pass_app
def ambassadors_minutes(app: App, text: str) -> None:
    """Keep TEXT as what was decided at the last meeting, for whoever led it."""
    from culture.ambassadors import decisions
    from service.acts.requests import Act
    from service.acts.table import ACTS
    from service.engine.opening import opened

    with opened(app.path) as engine, asked():
        now = app.now()
        world = engine.snapshot(now)
        meeting = decisions.held(world)
        act = Act(
            person_id=decisions.leader(world, meeting) if meeting else "",
            doing="corps-decisions",
            by="command",
            values={"minutes": text},
        )
        ACTS[act.doing].carry_out(engine, act, now)
    app.say("It is written down.")
