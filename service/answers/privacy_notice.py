"""The text for staff about what is kept of them: the facts from the config in force and from the tables' rows, the words
from `templates/privacy`. Pure but for the templates that it reads."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

import templates
from culture.people import Language
from culture.vitamin.settings import Vitamin
from service.answers.privacy import PROGRAMME_OF
from service.engine.daily_backup import BACKUPS
from service.engine.table_row import KEEP, Told
from service.engine.tables import ROWS
from service.messages.translation import WRITTEN_IN, Sentence, say, word
from service.programmes import PROGRAMMES, brought_by
from service.settings import people_source
from service.settings.channel_row import servers_here
from service.settings.config import Config, Source
from service.settings.inputs import Inputs
from service.settings.transport_row import TransportRow, transport_of

FOLDER = Path(templates.__file__).parent / "privacy"


def notice_text(inputs: Inputs, language: Language) -> str:
    """The text for this config, as Markdown; in English where there is none in the language."""
    template = f"notice.{language}.md.j2"
    if not (FOLDER / template).is_file():
        template, language = f"notice.{WRITTEN_IN}.md.j2", WRITTEN_IN
    made = _environment().get_template(template).render(_facts(inputs, language))
    return re.sub(r"\n{3,}", "\n\n", made).strip() + "\n"


def _facts(inputs: Inputs, language: Language) -> Mapping[str, Any]:
    """All that the templates ask for."""
    config = inputs.config
    servers = [server.called for _, server in servers_here(config)]
    on = programmes_on(config)
    return {
        "organisation": config.organisation.name,
        "contact": f"{config.organisation.contact_name} ({config.organisation.contact_email})",
        "origin": _first_up(people_source.origin(inputs.source).said(language)),
        "absences": config.people.absences or "",
        "yields": bool(servers) and config.of(Vitamin).enabled and config.of(Vitamin).yields,
        "groups": list(_groups(on, language, server=bool(servers))),
        "on": on,
        "archive_days": (KEEP + timedelta(weeks=1)).days,
        "backup_days": (BACKUPS + timedelta(days=1)).days,
        "days": KEEP.days,
        "redacted": config.logging.redact,
        "transport": _transport(transport_of(inputs.source), inputs.source).said(language),
        "server": ", ".join(servers),
        "pages": bool(config.web.enabled and config.web.public_url),
    }


def programmes_on(config: Config) -> frozenset[str]:
    """The programmes that this config has switched on; one without a switch is on."""
    sections = {name: config.of(section.holds) for name, section in brought_by("section", "SECTION")}
    return frozenset(name for name in PROGRAMMES if getattr(sections.get(name), "enabled", True))


def _transport(row: TransportRow, source: Source) -> Sentence:
    if row.files(source):
        return Sentence("Letters become files on the machine of the organisation, and leave no further.")
    return Sentence("The organisation's mail server, which takes the letters to you.")


def _groups(on: frozenset[str], language: Language, *, server: bool) -> Iterator[Mapping[str, Any]]:
    """The service's own tables, then those of each programme that is on."""
    with_section = {name for name, _ in brought_by("section", "SECTION")}
    for programme in ("", *(name for name in PROGRAMMES if name in on)):
        told = list(_told_of(programme, server=server))
        if told or programme in with_section:
            heading = word("programme", programme).said(language) if programme else say(language, "The service itself")
            yield {"heading": _first_up(heading), "tables": [_in_words(one, language) for one in told]}


def _told_of(programme: str, *, server: bool) -> Iterator[Told]:
    """What is told of a programme's tables; where it is empty, of the service's own. Of a server only where one is."""
    for row in ROWS:
        if PROGRAMME_OF.get(row.name, "") == programme and row.told and (server or not row.told.on_server):
            yield row.told


def _in_words(told: Told, language: Language) -> Mapping[str, str]:
    said = {name: getattr(told, name) for name in ("what", "why", "seen", "until", "stays")}
    return {name: one.said(language) if one else "" for name, one in said.items()} | {
        "what": _first_up(told.what.said(language))
    }


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=False,  # noqa: S701 - Markdown, from the administrator's own config
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
