"""Letters and calls whose words could not be made: each is left for an hour, and the others go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from culture.people import Language
from service.messages.faults import Fault
from service.messages.translation import Sentence

SHOWN = 10
"""So many reasons why letters cannot be written are told to `aikultur status`."""

REST = timedelta(hours=1)
"""Long enough that a fault costs nothing, short enough that what is mended elsewhere goes out the same morning."""


REMEMBERED = timedelta(days=8)
"""How long it is known that something failed: until it is noted why it came too late."""


@dataclass(slots=True)
class Aside:
    """What waits, by the key of the letter or call: since when, and why. In memory only: a start tries everything."""

    _since: dict[str, datetime] = field(default_factory=dict)
    _faults: dict[str, Fault] = field(default_factory=dict)
    _failed: dict[str, datetime] = field(default_factory=dict)  # also what is no longer tried, for it came too late
    _seen: object = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why, each once."""
        return tuple({str(fault): fault for fault in self._faults.values()}.values())

    def told(self, language: Language) -> list[tuple[str, datetime, str]]:
        """The first of them for `aikultur status`: that it is a letter, when it was tried last, and why."""
        kinds: dict[tuple[str, str], list[str]] = {}
        for key, fault in self._faults.items():
            kinds.setdefault(_why(fault), []).append(key)
        return [("letter", self._since[keys[0]], self._told(keys, language)) for keys in list(kinds.values())[:SHOWN]]

    def _told(self, keys: Sequence[str], language: Language) -> str:
        """What is said of letters that cannot be written for the same reason."""
        first = self._faults[keys[0]]
        if len(keys) == 1:
            return first.said(language)
        text = "{count} letters cannot be written, such as that to {name}: {error}"
        return Fault(first.file, "", Sentence(text, {"count": len(keys), **first.sentence.fields})).said(language)

    @property
    def keys(self) -> frozenset[str]:
        """Which letters and calls failed when they were tried last, of this week."""
        return frozenset(self._failed)

    def __len__(self) -> int:
        return len(self._faults)

    def put(self, key: str, fault: Fault, now: datetime) -> bool:
        """Leave `key` for REST; whether its reason is news."""
        news = _why(fault) not in {_why(known) for known in self._faults.values()}
        self._since[key], self._faults[key], self._failed[key] = now, fault, now
        return news

    def done(self, key: str) -> None:
        """It could be written."""
        self._since.pop(key, None)
        self._faults.pop(key, None)
        self._failed.pop(key, None)

    def waits(self, key: str, now: datetime) -> bool:
        """Whether it is to be left now. A clock that was set back lets it go at once."""
        since = self._since.get(key)
        return since is not None and since <= now < since + REST

    def until(self, now: datetime) -> datetime | None:
        """When the first of them may be tried again."""
        return min((since + REST for since in self._since.values() if since + REST > now), default=None)

    def tidy(self, now: datetime, made_from: object) -> None:
        """Forget what was tried again long ago without failing; all of it when `made_from` is another than before: an
        edit of a file or a record may be the remedy."""
        if made_from != self._seen:
            self._since.clear()
            self._faults.clear()
        self._seen = made_from
        self._failed = {key: at for key, at in self._failed.items() if now - at < REMEMBERED}
        for key in [key for key, since in self._since.items() if not since <= now < since + 2 * REST]:
            del self._since[key], self._faults[key]


def _why(fault: Fault) -> tuple[str, str]:
    """Which letters cannot be written for the same reason: by the file, and by what is wrong."""
    return fault.file, str(fault.sentence.fields.get("error", fault.sentence))
