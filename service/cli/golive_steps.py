"""The steps of `aikultur golive` that ask and write config.toml: each leaves what it was told, or nothing."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from culture.people import Department
from culture.policy import QUESTIONS
from mailer.transport import way_of
from service import channels
from service.answers.golive import Ground, Name, examples_people, first_monday, without_meeting
from service.answers.look import Look, look, look_lines, missing
from service.cli.talk import Talk
from service.messages.faults import BadInput
from service.messages.translation import Sentence, say
from service.settings.config_types import is_email, parse_weekday
from service.settings.edits import Edit
from service.settings.people_file import as_key, people_headers, read_everybody
from service.settings.table_file import open_table

Asks = Callable[[Talk, Ground], None]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SECTORS = {"public": "public", "private": "private", "interest": "interest group"}
EVERY = {"week": "every week", "2 weeks": "every second week", "4 weeks": "every fourth week", "month": "once a month"}
FOUR_WEEKS = timedelta(weeks=4)
"""In which the relay gives nobody a turn, where [relay] starts says nothing else."""

NTH = {
    "first": "the first",
    "second": "the second",
    "third": "the third",
    "fourth": "the fourth",
    "last": "the last",
}


def _address(talk: Talk) -> Callable[[str], str | None]:
    text = '"{value}" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".'
    return lambda value: None if is_email(value) else say(talk.app.language, text, value=value)


def _something(talk: Talk) -> Callable[[str], str | None]:
    return lambda value: None if value else say(talk.app.language, "Write a few words.")


def _one_of(talk: Talk, choices: tuple[str, ...]) -> Callable[[str], str | None]:
    text = "Write one of {choices}."
    return lambda value: None if value in choices else say(talk.app.language, text, choices=", ".join(choices))


def _day(talk: Talk) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        try:
            date.fromisoformat(value)
        except ValueError:
            return say(talk.app.language, "Write the year first: 2026-12-01.")
        return None

    return check


def organisation(talk: Talk, found: Ground) -> None:
    """Who you are, and from whom letters come."""

    def now(table: str, key: str) -> str:
        return "" if found.is_examples(table, key) else str(found.file.data.get(table, {}).get(key) or "")

    something, address = _something(talk), _address(talk)
    name = talk.ask("What is the organisation called, as it stands in letters?", now("organisation", "name"), something)
    sector = talk.choose("Which sector?", SECTORS, found.inputs.config.organisation.sector)
    contact = talk.ask("Whom can people write to? The name:", now("organisation", "contact_name"), something)
    contact_email = talk.ask("And the address:", now("organisation", "contact_email"), address)
    domain = talk.ask(
        "Your mail domain, which makes identities and never changes:",
        now("organisation", "domain") or _domain(contact_email),
    )
    sender = talk.ask(
        "The mailbox that letters come from, never a person's:",
        now("mail", "sender_address") or f"ai-tid@{domain}",
        address,
    )
    called = talk.ask(
        "And the name they come from:",
        now("mail", "sender_name") or say(talk.app.language, "AI time at {name}", name=name),
    )
    edits = [
        Edit("organisation", "name", name),
        Edit("organisation", "sector", sector),
        Edit("organisation", "domain", domain),
        Edit("organisation", "contact_name", contact),
        Edit("organisation", "contact_email", contact_email),
        Edit("mail", "sender_name", called),
        Edit("mail", "sender_address", sender),
        Edit("mail", "reply_to", contact_email),
    ]
    talk.write([*edits, *_corps(talk, found)])


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _corps(talk: Talk, found: Ground) -> list[Edit]:
    """Whether there is a corps, while its sponsor is the example's."""
    if not found.is_examples("ambassadors", "sponsor_email") or not found.has("ambassadors"):
        return []
    if not talk.yes("Is there a corps of AI ambassadors, or will there be one this year?"):
        return [
            Edit("ambassadors", "enabled", False),
            Edit("ambassadors", "sponsor_name"),
            Edit("ambassadors", "sponsor_email"),
        ]
    name = talk.ask("Who in management backs it? The name:", "", _something(talk))
    return [
        Edit("ambassadors", "sponsor_name", name),
        Edit("ambassadors", "sponsor_email", talk.ask("And the address:", "", _address(talk))),
    ]


def people(talk: Talk, found: Ground) -> None:
    """HR's file: how it is read, and the departments that the config lacks."""
    file = _asked_people_file(talk, found)
    if not file:
        return
    path = found.inputs.source.resolve(file)
    try:
        departments, come, looked = _looked(path, found)
    except (BadInput, OSError) as wrong:
        click.echo(_why_not_looked(talk, wrong))
        return
    for line in look_lines(looked, talk.app.language):
        click.echo(f"    {line}".rstrip())
    gone = _examples_departments(found, looked)
    left = {key: one for key, one in departments.items() if key not in gone}
    edits = [*_people_files(talk, found, file), *come, *(Edit(f"departments.{key}") for key in gone)]
    edits += _first_meeting(talk, found, left)
    if edits:
        talk.write(edits)


def _asked_people_file(talk: Talk, found: Ground) -> str:
    usual = found.inputs.config.people.file if "file" in found.file.data.get("people", {}) else ""
    return talk.ask("HR's export of the people (a path; nothing: later):", "" if examples_people(found) else usual)


def _why_not_looked(talk: Talk, wrong: BadInput | OSError) -> str:
    """Why a people file cannot be used at all."""
    faults = wrong.faults if isinstance(wrong, BadInput) else ()
    return "\n".join(fault.said(talk.app.language) for fault in faults) or str(wrong)


def _people_files(talk: Talk, found: Ground, file: str) -> list[Edit]:
    """Where HR's file of the people is, and the list of who is away while that is the example's."""
    edits = [] if file == found.inputs.config.people.file else [Edit("people", "file", file)]
    if found.is_examples("people", "absences"):
        absences = talk.ask("HR's list of who is away (a path; nothing: there is none):")
        edits.append(Edit("people", "absences", absences or None))
    return edits


def _examples_departments(found: Ground, looked: Look) -> list[str]:
    """The example's departments in the config in which the file has nobody."""
    empty = (key for key in found.inputs.departments if key not in looked.departments)
    return [key for key in empty if found.is_examples(f"departments.{key}", "name")]


def _looked(path: Path, found: Ground) -> tuple[dict[str, Department], list[Edit], Look]:
    """The departments with those that the file names besides, what brings these in, and the file read with all of them.
    Raises BadInput and OSError."""
    departments, people = dict(found.inputs.departments), found.inputs.config.people
    table = open_table(path, people_headers(people))
    edits = []
    for name in missing(read_everybody(path, departments, people).faults):
        key, number = as_key(name), 1
        while key in departments:
            number += 1
            key = f"{as_key(name)}-{number}"
        departments[key] = Department(key=key, name=name)
        edits.append(Edit(f"departments.{key}", "name", name))
    return departments, edits, look(table, partial(read_everybody, path, departments), departments, people)


def _first_meeting(talk: Talk, found: Ground, departments: Mapping[str, Department]) -> list[Edit]:
    """The relay needs a meeting to begin with; without one it waits."""
    if not found.has("relay") or any(one.meeting for one in departments.values()):
        return []
    keys = list(departments)
    talk.say("The relay goes by the departments' own meetings. Departments: {departments}", departments=", ".join(keys))

    def known(value: str) -> str | None:
        return None if not value or value in keys else _one_of(talk, tuple(keys))(as_key(value))

    named = talk.ask("When does one of them meet? Its key (nothing: no relay for now):", "", known)
    key = named if named in keys or not named else as_key(named)
    return _meeting(talk, f"departments.{key}.meeting") if key else [Edit("relay", "enabled", False)]


def meetings(talk: Talk, found: Ground) -> None:
    """When departments meet, one after the other, as far as somebody knows."""
    left = without_meeting(found)
    talk.say("Without a meeting here: {departments}", departments=", ".join(left))
    while left:
        named = talk.ask("Which one do you know of? Its key (nothing: no more for now):")
        if not named:
            return
        key = named if named in left else as_key(named)
        if key not in left:
            talk.say("Write one of {choices}.", choices=", ".join(left))
            continue
        relay = [] if found.has("relay") else [Edit("relay", "enabled", True)]
        if talk.write([*_meeting(talk, f"departments.{key}.meeting"), *relay]):
            left.remove(key)


def _meeting(talk: Talk, table: str) -> list[Edit]:
    def weekday(value: str) -> str | None:
        text = '{item} is not a weekday. Write for example "monday".'
        return None if parse_weekday(value) else say(talk.app.language, text, item=value)

    day = parse_weekday(talk.ask("On which weekday do they meet?", "", weekday)) or 1
    edits = [
        Edit(table, "weekday", WEEKDAYS[day - 1]),
        Edit(table, "time", talk.ask("At what time, such as 09:00?", "", _something(talk))),
    ]
    every = talk.choose("How often?", EVERY, "week")
    edits.append(Edit(table, "every", every))
    if every == "month":
        edits.append(Edit(table, "nth", talk.choose("Which of them in a month?", NTH, "first")))
    elif every != "week":
        counted = talk.ask("A day on which there is one, such as 2026-12-03:", "", _day(talk))
        edits.append(Edit(table, "counted_from", date.fromisoformat(counted)))
    return edits


def policy(talk: Talk, found: Ground) -> None:
    """The three answers that stand beside every prompt."""
    language, other = found.inputs.config.organisation.language, {"da": "en", "en": "da"}
    asked = (
        Sentence("Which tools are approved?"),
        Sentence("Which data may be shared?"),
        Sentence("Who is responsible when it goes wrong?"),
    )
    table = f"policy.{language}"
    edits = [
        Edit(table, key, talk.ask(text.text, "", _something(talk)))
        for key, text in zip(QUESTIONS[:3], asked, strict=True)
    ]
    # what management has not answered is asked of the contact, and not answered by an example
    edits += [Edit(table, key) for key in QUESTIONS[3:] if found.is_examples(table, key)]
    second = f"policy.{other.get(language, '')}"
    if any(found.is_examples(second, key) for key in QUESTIONS):
        edits.append(Edit(second))
    talk.write(edits)


def starts(talk: Talk, found: Ground) -> None:
    """The day each programme begins."""
    talk.say(
        "Nobody hears anything before the first Monday. Then the welcomes come, and the week's prompts each Monday after it."
    )
    usual = first_monday(found)
    day = date.fromisoformat(talk.ask("The first Monday:", f"{usual}", _day(talk)))
    edits = [Edit("vitamin", "starts", day)]
    talk.say(
        "The relay gives nobody a turn in the first four weeks: the first ones are from {day} on.",
        day=day + FOUR_WEEKS,
    )
    if found.has("leaders"):
        leaders = talk.ask("Managers hear of their part from:", f"{day}", _day(talk))
        edits.append(Edit("leaders", "starts", date.fromisoformat(leaders)))
    talk.write(edits)


def web(talk: Talk, found: Ground) -> None:
    """Where people open their own page."""
    talk.say("The service answers on {host}:{port}. Your proxy with https stands before it, and letters carry the proxy's address.",
             host=found.inputs.config.web.host, port=found.inputs.config.web.port)  # fmt: skip
    url = talk.ask("That address, such as https://aitid.styrelsen.dk (nothing: later):")
    if url:
        talk.write([Edit("web", "public_url", url), Edit("web", "demo", False)])


def mail(talk: Talk, found: Ground) -> None:
    """The way letters leave."""
    ways = [name for name in channels.TRANSPORTS if way_of(name) == "mailbox"]
    way = talk.ask("How shall letters leave: smtp, microsoft365 or exchange? (nothing: later)")
    if not way:
        return
    if way not in ways:
        talk.say("Write one of {choices}.", choices=", ".join(ways))
        return
    by_server = channels.TRANSPORTS[way] in channels.CHANNELS.values()
    if by_server and way not in found.file.data:
        talk.say("Write [{section}] into config.toml first: docs/{page}.md has it all. Then come back.",
                 section=way, page={"exchange": "exchange-server"}.get(way, way))  # fmt: skip
        return
    talk.write([Edit("mail", "transport", way), *(() if by_server else _smtp(talk, found))])


def _smtp(talk: Talk, found: Ground) -> list[Edit]:
    known: dict[str, Any] = found.file.data.get("smtp", {})
    host = talk.ask("The mail server:", str(known.get("host", "")), _something(talk))
    security = talk.ask("How the connection is protected: starttls, tls or none?", str(known.get("security", "starttls")),
                        _one_of(talk, ("starttls", "tls", "none")))  # fmt: skip
    usual = {"starttls": "587", "tls": "465", "none": "25"}[security]
    port = talk.ask(
        "Its port:",
        str(known.get("port", usual)),
        lambda value: None if value.isdigit() else say(talk.app.language, "Write a whole number."),
    )
    user = talk.ask("The account it logs in with (nothing: it needs none):", str(known.get("user", "")))
    edits = [
        Edit("smtp", "host", host),
        Edit("smtp", "port", int(port)),
        Edit("smtp", "security", security),
        Edit("smtp", "auth", "password" if user else "none"),
    ]
    if user:
        talk.say("The password stands in no config: a file that only the service can read has it.")
        secret = talk.ask("That file:", str(known.get("secret_file", "/run/secrets/smtp")), _something(talk))
        edits += [Edit("smtp", "user", user), Edit("smtp", "secret_file", secret)]
    return edits


def pilot(talk: Talk, found: Ground) -> None:
    """Who is known first."""
    only = found.inputs.config.people.only or ()
    talk.say('Departments by their keys, addresses, or a share such as 10 %, with commas between; "all" for everybody.')
    answer = talk.ask("Who is in from the beginning?", ", ".join(only) or "all")
    entries = [entry.strip() for entry in answer.split(",") if entry.strip()]
    wanted = None if [entry.lower() for entry in entries] == ["all"] else entries
    if wanted != (list(only) or None):
        talk.write([Edit("people", "only", wanted)])


ASKS: dict[Name, Asks] = {
    "organisation": organisation,
    "people": people,
    "meetings": meetings,
    "policy": policy,
    "starts": starts,
    "web": web,
    "mail": mail,
    "pilot": pilot,
}
