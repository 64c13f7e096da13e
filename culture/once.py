"""What is asked for at every tick and kept by value."""

from functools import cached_property
from typing import TypeVar

T_co = TypeVar("T_co", covariant=True)


class Once(tuple[T_co, ...]):
    """A tuple whose hash is worked out once. As a key of what is kept, one of hundreds is as cheap as a number."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash
