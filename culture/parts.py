"""Values by their type: what each programme brings to a value that belongs to all. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Parts:
    """At most one value of each type. Equal when they hold equal values."""

    _by_type: Mapping[type, Any] = field(default_factory=dict)

    def of(self, which: type[Part]) -> Part:
        """The value of that type; where nobody brought one, the type's own default."""
        found: Part | None = self._by_type.get(which)
        return which() if found is None else found

    def find(self, which: type[Part]) -> Part | None:
        """The value of that type; None where nobody brought one."""
        found: Part | None = self._by_type.get(which)
        return found

    def without(self, *types: type) -> "Parts":
        """These without the values of these types."""
        return Parts({kind: part for kind, part in self._by_type.items() if kind not in types})

    def values(self) -> tuple[object, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._by_type.values())

    def having(self, *parts: object) -> "Parts":
        """These too, each instead of the one of its type."""
        return Parts({**self._by_type, **{type(part): part for part in parts}})


NO_PARTS = Parts()
