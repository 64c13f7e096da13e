"""Where people come from: a file, or a group that is read beside the tick, whose last good copy is read as a file is."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from calendars.channel import ChannelError
from culture.workdays import Span
from service.messages.faults import BadInput, Fault
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.settings import group_copy
from service.settings.channel_row import ReadGroup, servers_here
from service.settings.config import Source
from service.settings.group_copy import Cells, GroupCopy, NotRead
from service.settings.headings import HEADERS
from service.settings.people_file import People, people_of, read_people

log = logging.getLogger("aikultur")

EMPTY: Cells = dict.fromkeys(HEADERS, "")

PLACE = "[people] group"


def origin(source: Source) -> Sentence:
    """What people come from, as words for a sentence."""
    return Sentence("the group") if source.config.people.group else Sentence("the people file")


def collect(source: Source, session: Callable[[str], Any], now: datetime) -> Sentence | None:
    """Read the group, where people come from one, and keep what was read; why not, when it cannot be had. `session` gives
    the session on a channel's server. Half a reading is none. Raises OSError when nothing can be kept."""
    people = source.config.people
    if not people.group:
        return None
    fault: Sentence
    try:
        name, read = _server(source)
        local = now.astimezone(ZoneInfo(source.config.organisation.zone))
        group_copy.keep(source, read(people, session(name), group_copy.newest(source), local), now)
    except NotRead as wrong:
        fault = wrong.sentence
    except ChannelError as error:
        fault = Relayed(error.message)
    except OSError:
        raise
    except Exception as error:  # whatever it is: the people of the last copy are not to blame
        log.exception("the group %s", people.group)
        fault = Sentence("{said}", {"said": repr(error)})
    else:
        return None
    log.warning("the group %s: %s", people.group, fault)
    group_copy.keep_fault(source, fault)
    return fault


def _server(source: Source) -> tuple[str, ReadGroup]:
    """The channel whose server knows groups, and how one is read. Raises NotRead."""
    for name, row in servers_here(source.config):
        if row.people:
            return name, row.people
    # the config is refused without one; but its section waits for a start, and the group does not
    raise NotRead("the server that has it is asked when the service is started again.")


def read(source: Source) -> People:
    """The people in the file, or in the copy of the group. Raises BadInput where it cannot be used as a whole."""
    people = source.config.people
    return (
        _read_copy(source)
        if people.group
        else read_people(source.resolve(people.file), source.config.departments, people)
    )


def _read_copy(source: Source) -> People:
    copy, name = group_copy.kept(source), source.config.people.told
    if copy is None:
        text = "this group has not been read yet, so nobody of it is known. aikultur check --online reads it, and aikultur run."
        why = group_copy.kept_fault(source)
        said = (
            Sentence("the group cannot be read, and nobody of it is known: {why}", {"why": why})
            if why
            else Sentence(text)
        )
        raise BadInput([Fault(source.path.name, PLACE, said)])
    if not copy.members:  # that is for the fuse to judge
        text = "there is nobody in this group who works here. Look whether it is the right one, and whether its members are hidden."
        return People(rows=(), faults=(Fault(source.path.name, PLACE, Sentence(text)),))
    spoilt = "more than {count} members are faulty, most of the group. Look whether [people.attributes] names the right ones."
    empty = "nobody in this group can be read. Look whether [people.attributes] names the right ones."
    found = people_of(name, _table(copy), source.config.departments, source.config.people, spoilt=spoilt, empty=empty)
    away = {account: tuple(_span(*days) for days in spans) for account, spans in copy.away.items()}
    return replace(found, away=away)


def _span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last) if last else date.max)


def _table(copy: GroupCopy) -> Iterator[tuple[str, Cells]]:
    for cells in copy.members:
        whole = {**EMPTY, **cells}
        yield whole["email"] or whole["name"] or f"{whole['first_name']} {whole['last_name']}".strip(), whole


def fault(source: Source) -> Fault | None:
    """Why the group could not be read the last time; None when it could, or when people come from a file."""
    found = group_copy.kept_fault(source) if source.config.people.group else None
    text = "the group cannot be read, and the last copy stays: {why}"
    return Fault(source.path.name, PLACE, Sentence(text, {"why": found})) if found else None


def notes(source: Source) -> Iterator[Fault]:
    """What the administrator should know of a group that was read."""
    copy = group_copy.kept(source) if source.config.people.group else None
    when = group_copy.last_read(source)
    if copy is not None and when is not None:
        zone = ZoneInfo(source.config.organisation.zone)
        fields = {
            "called": copy.called,
            "when": f"{when.astimezone(zone):%Y-%m-%d %H:%M}",
            "count": len(copy.members),
            "disabled": copy.left_out.get("disabled", 0),
            "guests": copy.left_out.get("guests", 0),
        }
        text = 'people come from the group "{called}", read {when}: {count} accounts. Left out: {disabled} disabled, {guests} guests.'
        yield Fault(source.path.name, PLACE, Sentence(text, fields))


def stamps(source: Source) -> list[Path]:
    """The files whose change means that what is known of the group has changed."""
    return [group_copy.copy_in(source), group_copy.fault_in(source)] if source.config.people.group else []
