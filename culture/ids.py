"""What our enumerations have in common: members with ids that last. Pure."""

from enum import Enum


class Id(Enum):
    """An enumeration whose values stand in records and in JSON: short, in English, and never changed. What people read
    of a member is a message of `templates/words` (`service.messages.translation.word`).

    It is no `StrEnum`, for mypy would let one of those be compared with any text: here a wrong one is found. What
    templates see is one all the same, for there it is a text that it is compared with.
    """

    def __str__(self) -> str:
        return str(self.value)
