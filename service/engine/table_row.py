"""A table of the store: one row says everything of it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from culture.called import Called
from culture.workdays import Week
from service.messages.translation import Sentence
from store.plain import from_plain, to_plain
from store.unreadable import Document

FOLD_AFTER = timedelta(weeks=5)
"""How long after its week a settled letter stays in the database: `status` and `outbox` look a month back."""

KEEP = timedelta(days=400)
"""How long the archive is kept, and what people chose when, and whatever there is about a person who has gone: a year's
round, and a month to look back on it."""

Reader = Callable[[str, Document], Any]
Whom = Callable[[str, Document], tuple[str, ...]]
Renamed = Callable[[str, Any, Called], tuple[str, Any]]
"""A record by its key and value, as departments are called now."""


Unnamed = Callable[[str, Document, str, str], Document]
"""A record by its key and document, in which what was one person's is another id's: the same document where nothing was."""

Joined = Callable[[Any, str, str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people are told of the records about them in a table: `what` they are, `why` they are there, who has `seen`
    them, `until` when they are kept. `stays`: what is left of them when all else about the person is erased, without who
    it was; None: nothing. `on_server`: only where a channel is on a server."""

    what: Sentence
    why: Sentence
    seen: Sentence
    until: Sentence
    stays: Sentence | None = None
    on_server: bool = False


def week_before(now: datetime, span: timedelta) -> str:
    """The ISO week, in UTC, in which `now` lies when `span` is gone back. The weeks before it ended that long ago."""
    return str(Week.of((now.astimezone(UTC) - span).date()))


def plain(kind: type) -> Reader:
    """The reader of records that `store/plain.py` made of a dataclass."""
    return lambda _, document: from_plain(kind, document)


def department_of_today(key: str, value: Any, called: Called) -> tuple[str, Any]:
    """A record that says in `department` whose it is."""
    today = called.now(value.department)
    return key, value if today == value.department else replace(value, department=today)


def as_it_is(_: str, document: Document) -> Any:
    return document


def nobody(_: str, __: Document) -> tuple[str, ...]:
    return ()


def its_key(key: str, _: Document) -> tuple[str, ...]:
    return (key,)


def named_in(name: str) -> Whom:
    """Whom a record names in a field; nobody where it holds no text."""

    def read(_: str, document: Document) -> tuple[str, ...]:
        found = document.get(name) if isinstance(document, Mapping) else None
        return (found,) if isinstance(found, str) else ()

    return read


def by_value(kind: type, joined: Joined) -> Unnamed:
    """What `joined` makes of records that `store/plain.py` made of a dataclass. Raises what reading raises."""

    def unnamed(_: str, document: Document, was: str, now: str) -> Document:
        value: Any = from_plain(kind, document)
        after = joined(value, was, now)
        made: Document = document if after == value else to_plain(after)
        return made

    return unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is so of every record of a table; all are asked with its key and its document.

    `at_restore`: "kept", because it is about what others have got or been told, or about what happened, which nobody
    can take back; "put back", because it is the organisation's; "dropped", because somebody is to look again. `read`:
    its value, raises whatever is wrong with it. `whose`: the ids of the people it is about, the first above all;
    `department`: whose turns stand still when it cannot be read. Both may raise NotAKey. `unnamed`: the record
    without one person, of what stays when they are forgotten; None: it goes with any of those it is about. `told`: what
    people are told of it; None: there is nobody in it. `mine`: what of a record about many is one person's; None: all of
    it, but for who others are. `over`: whether nothing needs it any more at a moment (aware), which comes first.
    `renamed`: a record that names departments, as these are called now; `both`, where its key does: the one value of
    what stands under a key and of what stands there by that too.
    `joined`: the value where what was the one's is the other's, for two ids have turned out one person; `merged`, where
    its key is a person's id, the one record of both: from what stood under the former id (None: nothing) and what stands
    under the one of now. `in_memory`: its values are kept as they were read, for it is small and every click looks at it.
    """

    name: str
    at_restore: Literal["kept", "put back", "dropped"]
    read: Reader = as_it_is
    whose: Whom = nobody
    department: Whom = nobody
    unnamed: Unnamed | None = None
    told: Told | None = None
    mine: Callable[[Document, str], Document] | None = None
    over: Callable[[datetime, str, Document], bool] | None = None
    in_memory: bool = False
    joined: Joined | None = None
    merged: Callable[[Any, Any], Any] | None = None
    renamed: Renamed | None = None
    both: Callable[[Any, Any], Any] | None = None
