"""Records in memory, and the operations that change them. Pure: no file, no lock, no clock.

A `State` keeps each document as the bytes of its JSON: half of the memory that it takes as values, and whoever
reads it has a copy of their own. To make values of them again takes 0.001 ms.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any, cast

import orjson

Fields = dict[str, Any]
Tables = dict[str, dict[str, Fields]]
PackedTables = Mapping[str, Mapping[str, bytes]]
"""Tables whose documents are JSON."""

Operation = list[Any]
"""`["p", table, key, document]` put, `["m", table, key, fields]` merge, `["d", table, key]` delete,
`["t", table]` empty the table, `["r", table]` remove the table, `["x"]` remove all tables. `["@", moment]` changes
nothing: it says when this line and those after it were written. Nor does `["s", length, checksum]`, alone in its line:
it says how much of the journal is on the disk for certain (`store.journal`)."""

DEEPEST = 100
"""Levels of lists and objects in one record; orjson stops at 254. It also catches a record that holds itself."""


class Misfit(ValueError):
    """An operation that cannot have been written against this state."""


class _NotPlain(Exception):
    def __init__(self, wrong: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.path: list[str] = []


class State:
    """All tables. `born` is where its count of changes begins; see `version`."""

    def __init__(self, born: int = 0) -> None:
        self.tables: dict[str, dict[str, bytes]] = {}
        self.clock = born
        self._born = born
        self._touched: dict[str, int] = {}

    def copy(self) -> "State":
        """The same records, changed without this one. The documents are shared, for nobody changes their bytes."""
        made = State(self._born)
        made.tables = {name: dict(table) for name, table in self.tables.items()}
        made.clock, made._touched = self.clock, dict(self._touched)
        return made

    def version(self, table: str) -> int:
        """A number that grows with every change of this table."""
        return self._touched.get(table, self._born)

    def has(self, table: str, key: str) -> bool:
        return key in self.tables.get(table, ())

    def document(self, table: str, key: str) -> Fields | None:
        found = self.tables.get(table, {}).get(key)
        return None if found is None else unpacked(found)

    def unpacked(self) -> Tables:
        """All documents, as values."""
        return {name: {key: unpacked(one) for key, one in table.items()} for name, table in self.tables.items()}

    def apply(self, operations: Iterable[Operation]) -> None:
        """Carry out the operations in order. Raises Misfit at the first that does not fit; those before it stay."""
        for operation in operations:
            self._apply(operation)

    def _apply(self, operation: Operation) -> None:
        self.clock += 1
        match operation:
            case ["@", str()] | ["s", int(), str()]:
                return
            case ["p", str() as table, str() as key, dict() as document]:
                self.tables.setdefault(table, {})[key] = packed(document)
            case ["m", str() as table, str() as key, dict() as fields]:
                documents = self._holding(table, key)
                documents[key] = packed({**unpacked(documents[key]), **fields})
            case ["d", str() as table, str() as key]:
                del self._holding(table, key)[key]
            case ["t", str() as table]:
                self.tables[table] = {}
            case ["r", str() as table]:
                self.tables.pop(table, None)
            case ["x"]:
                self.tables, self._touched, self._born = {}, {}, self.clock
                return
            case _:
                raise Misfit(f"unknown operation {str(operation)[:80]}")
        self._touched[table] = self.clock

    def _holding(self, table: str, key: str) -> dict[str, bytes]:
        documents = self.tables.get(table, {})
        if key not in documents:
            raise Misfit(f'changes or deletes "{key}" of table "{table}", which is not there')
        return documents


class Draft:
    """Changes laid over a state and not yet in it: what an open batch sees."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.operations: list[Operation] = []
        self._forget()

    def _forget(self) -> None:
        self._laid: dict[str, dict[str, Fields | None]] = {}
        self._emptied: set[str] = set()
        self._all_emptied = False

    def stage(self, operation: Operation) -> None:
        """Lay one more operation over the state. It must fit, and its values must be ours alone (see `plain`)."""
        self._lay(operation)
        self.operations.append(operation)

    def roll_back(self, length: int) -> None:
        """Keep the first `length` operations only."""
        del self.operations[length:]
        self._forget()
        for operation in self.operations:
            self._lay(operation)

    def _lay(self, operation: Operation) -> None:
        match operation:
            case ["p", table, key, document]:
                self._laid.setdefault(table, {})[key] = document
            case ["m", table, key, fields]:
                self._laid.setdefault(table, {})[key] = {**(self._living(table, key) or {}), **fields}
            case ["d", table, key]:
                self._laid.setdefault(table, {})[key] = None
            case ["t" | "r", table]:
                self._laid[table] = {}
                self._emptied.add(table)
            case ["x"]:
                self._forget()
                self._all_emptied = True

    def touches(self, table: str) -> bool:
        return self._all_emptied or table in self._laid

    def has(self, table: str, key: str) -> bool:
        laid = self._laid.get(table, {})
        if key in laid:
            return laid[key] is not None
        return not (self._all_emptied or table in self._emptied) and self._state.has(table, key)

    def document(self, table: str, key: str) -> Fields | None:
        """The document as this draft has it; one look-up, whatever the table's size."""
        found = self._living(table, key)
        return None if found is None else copied(found)

    def _living(self, table: str, key: str) -> Fields | None:
        laid = self._laid.get(table, {})
        if key in laid:
            return laid[key]
        if self._all_emptied or table in self._emptied:
            return None
        return self._state.document(table, key)

    def documents(self, table: str) -> dict[str, Fields]:
        """All documents of the table in order. A walk through the table."""
        view = State()
        view.tables[table] = dict(self._state.tables.get(table, {}))
        view.apply(o for o in self.operations if o[0] == "x" or o[1] == table)
        return view.unpacked().get(table, {})

    def names(self) -> set[str]:
        """The tables there are."""
        names = set(self._state.tables)
        for operation in self.operations:
            match operation:
                case ["p" | "t", table, *_]:
                    names.add(table)
                case ["r", table]:
                    names.discard(table)
                case ["x"]:
                    names.clear()
        return names


def mark_of(payload: Any) -> datetime | None:
    """The moment with which a line's operations begin (aware), None when they begin with none."""
    match payload:
        case [["@", str() as moment], *_]:
            return datetime.fromisoformat(moment)
    return None


def packed(document: Fields) -> bytes:
    """The document as JSON. It holds what JSON can: `plain` has seen to that."""
    # A copy, for orjson's own bytes stand in a block of a kilobyte that was cut short, and the rest of it is lost.
    return bytes(memoryview(orjson.dumps(document)))


def unpacked(document: bytes) -> Fields:
    """The document that `packed` made this of."""
    return cast(Fields, orjson.loads(document))


def packed_tables(tables: Tables) -> PackedTables:
    return {name: {key: packed(one) for key, one in table.items()} for name, table in tables.items()}


def copied(document: Mapping[str, Any]) -> Fields:
    """A copy that shares nothing that can be changed."""
    return {name: _copied(value) if type(value) in (dict, list) else value for name, value in document.items()}


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return copied(value)
    return [_copied(item) if type(item) in (dict, list) else item for item in value]


def plain(document: Mapping[str, Any], table: str, key: str) -> Fields:
    """A copy of `document` that the journal can hold and give back equal.

    Raises TypeError, naming table, key and field, for anything but text, whole numbers of 64 bits, finite
    numbers, true, false, null, lists and objects with text as names.
    """
    try:
        for name in (table, key):
            _name(name)
        made: Fields = _plain(dict(document), 0)
    except _NotPlain as fault:
        place = f", field {'.'.join(fault.path)}" if fault.path else ""
        raise TypeError(
            f'table "{table}", key "{key}"{place}: {fault.wrong}. A record holds only text, numbers, true, false, '
            "null, lists and objects"
        ) from None
    return made


def _plain(value: Any, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _text(value)
    if kind is int:
        return _int(value)
    if kind is float:
        return _float(value)
    if depth > DEEPEST:
        raise _NotPlain(f"a value of type {kind.__name__} more than {DEEPEST} levels down")
    if isinstance(value, dict):
        return _object(value, depth)
    if isinstance(value, list):
        return [_inside(item, str(place), depth) for place, item in enumerate(value)]
    raise _NotPlain(f"a value of type {kind.__name__}")


def _int(value: int) -> int:
    if -(2**63) <= value < 2**64:
        return value
    raise _NotPlain("an int of more than 64 bits")


def _float(value: float) -> float:
    if isfinite(value):
        return value
    raise _NotPlain(f"the float {value}, which JSON does not have")


def _object(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    # Most of a record is ASCII text and nothing: that is seen here, and saves two calls for each field.
    return {
        name if type(name) is str and name.isascii() else _name(name): item
        if item is None or (type(item) is str and item.isascii())
        else _inside(item, str(name), depth)
        for name, item in value.items()
    }


def _inside(item: Any, place: str, depth: int) -> Any:
    try:
        return _plain(item, depth + 1)
    except _NotPlain as fault:
        fault.path.insert(0, place)
        raise


def _name(name: Any) -> str:
    if type(name) is not str:
        raise _NotPlain(f"a name of type {type(name).__name__}")
    return _text(name)


def _text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _NotPlain("a str with half a character (a lone surrogate)") from None
    return value
