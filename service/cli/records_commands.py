"""Commands about people, letters and what was sent."""

import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from culture.organisation import Organisation
from culture.people import PRIVATE, Language, Person, Preference
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import tongue
from service.acts.who import meant
from service.answers.pilot import not_in_it
from service.cli.app import App, BadSentence, pass_app
from service.cli.progress import progress
from service.cli.tables import table
from service.messages.translation import Sentence, say
from service.planning.kinds import KINDS, PREVIEWS
from service.settings.inputs import Inputs
from store.private import private_opener

if TYPE_CHECKING:
    from service.engine.engine import Engine

DAY = click.DateTime(["%Y-%m-%d"])


people = click.Group("people")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def people_list(app: App, as_json: bool) -> None:
    """List everybody: id, name, department, time, days, track, language, channel."""
    from service.engine.opening import looking
    from service.settings import people_source

    with looking(app.path) as engine:
        now = app.now()
        organisation = engine.snapshot(now).organisation
        source = engine.inputs.source
        left_out = _erased_in_file(engine, organisation)
        rows = [
            _person_value(organisation, person, now)
            for person in sorted(organisation.people.values(), key=lambda person: (person.department, person.name))
        ]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, [_row_shown(app, row) for row in rows])
        for note in people_source.notes(source):
            app.say("Note: {text}", text=note.sentence)
        if left_out:
            text = "Rows of the people file that are left out, for everything about these people was erased: {count}"
            app.say(text, count=left_out)
    elif source.config.people.group:
        app.say("Nobody is known yet: the group that people come from has not been read.")
    else:
        app.say("Nobody is known yet: no people file has been read.")


def _erased_in_file(engine: "Engine", organisation: Organisation) -> int:
    """How many rows of the people file are left out because everything about their people was erased."""
    known = {person.email for person in organisation.people.values()}
    rows = engine.inputs.people.rows if engine.inputs.people else ()
    return len(engine.left_out([row for row in rows if row.email not in known]))


def _person_value(organisation: Organisation, person: Person, now: datetime) -> dict[str, Any]:
    from culture.vitamin import rules as vitamin

    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "department": person.department,
        "time": f"{vitamin.start_time(organisation, person):%H:%M}",
        "days": "".join(str(day) for day in sorted(person.working_days)),
        "track": person.track,
        "language": person.language,
        "channel": person.channel,
        "state": _state(organisation, person, now),
        "pause_until": person.pause_until,
    }


@people.command("set")
@click.argument("person")
@click.option("--time", "time_", help='When the ten minutes begin: 08:30, or "usual".')
@click.option("--days", help='On which weekdays: mon,wed,fri, or "usual".')
@click.option("--track", help='Which prompts besides the general ones, or "usual".')
@click.option("--level", help='At their own wish, and shown to nobody: gentle, bold, or "usual".')
@click.option("--language", help='da, en, or "usual".')
@click.option("--channel", help='feed, invite, exchange, microsoft365, none, or "usual".')
@click.option("--pause-until", help='The day it starts again: 2027-01-04, or "usual" for no pause.')
@click.option("--dose", help="Prompts by letter: all, one (a week), calendar (no letters).")
@click.option("--stop/--start", "stopped", default=None, help="Stop the weekly letters, or start them again.")
@click.option("--relay/--no-relay", "in_relay", default=None, help="Whether they have turns in the relay.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def people_set(
    app: App,
    /,
    person: str,
    time_: str | None,
    stopped: bool | None,
    in_relay: bool | None,
    as_json: bool,
    **given: str | None,
) -> None:
    """Choose for PERSON (an id, a number or an address), as the person could on the personal page.

    What is chosen here is stronger than people.csv. "usual" takes a choice back.
    """
    from service.acts.choices import values_of
    from service.acts.page_acts import carry_out
    from service.acts.requests import PageChoice
    from service.engine.opening import opened

    changes: dict[str, Any] = {"time": time_, "stopped": stopped, "in_relay": in_relay, **given}
    changes = {name: value for name, value in changes.items() if value is not None}
    with opened(app.path) as engine:
        now = app.now()
        world = engine.snapshot(now)
        organisation, found = world.organisation, find_person(world, person, engine.inputs)
        values = values_of(
            changes,
            weekdays=organisation.of(Vitamin).days,
            tracks=organisation.of(Catalogue).tracks,
            channels=organisation.channels,
        )
        carry_out(engine, PageChoice(person_id=found.id, changes=values, by="administrator"), now)
        if as_json:
            app.show(_chosen(found, engine.stored.preference(found.id)))
            return
        app.say(
            "{name}: {choices}.", name=found.name, choices=_choices(engine.stored.preference(found.id), app.language)
        )
        if "level" in changes:
            app.say("How they want the prompts is kept, and only their own page shows it.")


@click.command()
@click.option("--all", "each", is_flag=True, help="Show each fault and every name, not one line for a kind.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def status(app: App, each: bool, as_json: bool) -> None:
    """Show how the service is: running or not, what was sent, what waits, what is held, what comes next.

    Exit status 1 when something is held, parked or failing.
    """
    from service.answers.status import is_well, status_lines, status_value
    from service.engine.opening import looking

    with looking(app.path) as engine:
        now = app.now()
        found = engine.plan(now)
        value = status_value(engine, now, found)
        if as_json:
            app.show(value)
        else:
            for line in status_lines(engine, now, app.language, found, each=each):
                click.echo(line)
        well = is_well(engine, value, found)
    if not well:
        sys.exit(1)


@click.command()
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def history(app: App, person: str, as_json: bool) -> None:
    """Show what PERSON got, chose and did, when, and why, and why nothing goes to them now where that is so.

    A calendar that is subscribed to, and one on a server, is told as it stands now; invitations are letters. Of what
    people do it shows what the programmes' records hold anyway: turns passed on, taken and swapped, and what happened to them.
    """
    from service.answers.history import history_end, history_rows, history_value
    from service.engine.opening import looking

    with looking(app.path) as engine:
        plan = engine.plan(app.now())
        found = find_person(plan.world, person, engine.inputs)
        if as_json:
            app.show(history_value(engine, plan, found))
            return
        rows, end = (
            history_rows(engine, plan.world, found, app.language),
            list(history_end(engine, plan, found, app.language)),
        )
    if rows:
        app.say("{name} ({id}):", name=found.name, id=found.id)
        table(app, rows)
    else:
        app.say("{name} ({id}) has not been sent anything yet.", name=found.name, id=found.id)
    for line in end:
        click.echo(line)


@click.command()
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def why(app: App, person: str, as_json: bool) -> None:
    """Say why PERSON got a letter or none, and ten minutes or none: the last five weeks and the next two.

    For whoever asks "I got no letter", "I got two", "why not at twelve". Nothing is written and nothing is sent.
    """
    from service.answers.why_read import answer
    from service.answers.why_said import day_rows, head, letter_rows, rules_said, value
    from service.engine.opening import looking

    with looking(app.path) as engine:
        plan = engine.plan(app.now())
        with progress(app.language, "Looking ahead") as tell:
            found = answer(engine, plan, find_person(plan.world, person, engine.inputs), tell)
    if as_json:
        app.show(value(found))
        return
    for line in head(found, app.language):
        click.echo(line)
    parts = (
        (Sentence("Days without them, or at another time:"), day_rows(found, app.language)),
        (Sentence("Letters until now:"), letter_rows(found.past, app.language)),
        (Sentence("The next two weeks, if nobody does anything:"), letter_rows(found.ahead, app.language)),
    )
    for heading, rows in parts:
        if rows:
            click.echo(f"\n{heading.said(app.language)}")
            table(app, rows)
    if found.quiet:
        click.echo()
        app.say("As it stands now:")
        for reason in found.quiet:
            click.echo(reason.said(app.language))
    click.echo()
    for line in rules_said(found, app.language):
        click.echo(line)


class Preview(click.Command):
    """A command whose help tells what each of its names is."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        app = ctx.find_object(App)
        language: Language = app.language if app else "en"
        shown = [(", ".join(kind.shown), kind.one) for kind in KINDS.values() if kind.shown and kind.one]
        with formatter.section("NAME"):
            formatter.write_dl([(names, one.said(language)) for names, one in (*shown, ("feed", A_FEED))])


A_FEED = Sentence("the calendar to subscribe to")


@click.command(cls=Preview)
@click.argument("name", metavar="NAME", type=click.Choice([*PREVIEWS, "feed"]))
@click.option("--to", "person", required=True, help="For whom: an id, a number or an address.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Default: NAME.eml or NAME.ics here.",
)
@pass_app
def preview(app: App, name: str, person: str, out: Path | None) -> None:
    """Write one letter or feed as PERSON would get it now, into a file to open. Nothing is sent or remembered."""
    from service.engine.opening import looking

    with looking(app.path) as engine:
        found = engine.plan(app.now())
        target = find_person(found.world, person, engine.inputs)
        if name != "feed" and not target.email:
            text = "{name} gets no mail, for the people file has no address. Write somebody who has one after --to."
            raise BadSentence(Sentence(text, {"name": target.name}))
        content = engine.preview(found, name, target)
    path = out or Path(f"{name}.ics" if name == "feed" else f"{name}.eml")
    with open(path, "wb", opener=private_opener) as file:  # a letter holds the keys of its links
        file.write(content)
    app.say("{path} is written. Open it in your mail or calendar program.", path=path)


@click.command()
@click.option("--from", "first", type=DAY, metavar="DATE", help="The first day, 2026-12-01.")
@click.option("--to", "last", type=DAY, metavar="DATE", required=True, help="The last day, 2027-11-30.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder for what it writes."
)
@click.option(
    "--acts", type=click.Path(dir_okay=False, path_type=Path), help="What people do meanwhile: docs/rehearse.md."
)
@click.option(
    "--from-store", is_flag=True, help="Play on from what the service remembers today, on a copy. Without --from."
)
@pass_app
def rehearse(app: App, first: datetime | None, last: datetime, out: Path, acts: Path | None, from_store: bool) -> None:
    """Play the days from --from to --to on a clock of its own, with the same code as the service.

    Leaves mail/*.eml, calendars/*.ics, timeline.txt and a page to look at, index.html, in the folder. Nothing is
    sent, and the real store is not touched.
    """
    from service.rehearsal.rehearse import rehearse as play
    from service.settings.config import read_config

    if from_store == (first is not None):
        raise BadSentence(Sentence("Write --from and a day, or --from-store to play on from today: one of the two."))
    now = app.now() if from_store else None
    zone = ZoneInfo(read_config(app.path).config.organisation.zone) if now else None
    begin = now.astimezone(zone).date() if now else first.date() if first else date.min
    if last.date() < begin:
        raise BadSentence(Sentence("--to lies before --from. Write the earlier day first."))
    with progress(app.language, "Playing the days") as tell:
        play(app.path, begin, last.date(), out, acts, app.language, click.echo, tell, now=now)


def find_person(world: World, text: str, inputs: Inputs | None = None) -> Person:
    """The person of an id, number, address or unmistakable name; who works here comes before who has left.

    Raises BadSentence for nobody, and for several with their ids; by `inputs` it tells who is not in the pilot yet.
    """
    hits = meant(world.organisation.people.values(), text, world.today)
    if len(hits) == 1:
        return hits[0]
    if hits:
        fields = {"text": text, "names": ", ".join(f"{person.name} ({person.id})" for person in hits[:5])}
        raise BadSentence(Sentence('"{text}" fits several: {names}. Write the id.', fields))
    if inputs and (waits := not_in_it(inputs, text)):
        raise BadSentence(waits)
    raise BadSentence(Sentence('"{text}" is nobody here. Look with aikultur people list.', {"text": text}))


def _state(organisation: Organisation, person: Person, now: datetime) -> str:
    """Why somebody gets nothing, or no letters, as a code; empty when they get everything."""
    today = organisation.today(person, now)
    if person.id in organisation.outside:
        return "outside"
    if person.left and person.left < today:
        return "left"
    if person.pause_until and person.pause_until > today:
        return "paused"
    return "stopped" if person.stopped else ""


def _row_shown(app: App, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the list for a person to read."""
    texts = {
        "left": Sentence("left"),
        "outside": Sentence("not in the pilot"),
        "paused": Sentence("paused until {day}", {"day": row["pause_until"]}),
        "stopped": Sentence("no letters"),
    }
    shown = {name: value for name, value in row.items() if name != "pause_until"}
    shown["days"] = tongue(app.language).short_days({int(day) for day in row["days"]})
    return shown | {"state": texts[row["state"]].said(app.language) if row["state"] else ""}


def _chosen(person: Person, preference: Preference) -> dict[str, Any]:
    """What somebody has chosen, for a program to read, without what is theirs alone to know."""
    from store.records import from_preference

    chosen = {name: value for name, value in from_preference(preference).items() if name not in PRIVATE}
    return {"id": person.id, "name": person.name, "chosen": chosen}


def _choices(preference: Preference, language: Language) -> str:
    """What somebody has chosen, in words; what they have not is as for everybody."""
    from service.acts.choices import FIELDS, in_words

    chosen = [name for name in FIELDS if getattr(preference, name)]
    return "; ".join(in_words(preference, chosen, language)) or say(language, "nothing chosen, the usual applies")
