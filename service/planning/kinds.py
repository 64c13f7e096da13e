"""Every kind of what can be sent, made or held: those of the programmes, and the service's own."""

from collections.abc import Callable

from culture.people import Language
from service.messages.translation import Sentence
from service.planning.kind import LAST, Kind
from service.planning.own_letters import ending_facts, link_facts
from service.programmes import rows

OURS = (
    # What tells of the fuse passes it, and whoever asks for a link waits for it.
    Kind(
        id="held",
        name=Sentence("letters about what is held"),
        one=Sentence("letter about what is held"),
        rank=20,
        counts="office",
        fused=False,
    ),
    Kind(
        id="link",
        name=Sentence("links that somebody asked for"),
        one=Sentence("a link that somebody asked for with the address"),
        rank=30,
        counts="receipt",
        fused=False,
        facts=link_facts,
    ),
    Kind(
        id="ending",
        name=Sentence("letters about what ends soon and the service needs"),
        one=Sentence("letter about what ends soon and the service needs"),
        rank=25,
        counts="office",
        fused=False,
        facts=ending_facts,
    ),
    Kind(id="people", name=Sentence("people who are gone or changed"), way="hold"),
    Kind(id="meetings", name=Sentence("meetings that would be gone"), way="hold"),
    Kind(id="clock", name=Sentence("everything, because of the clock"), way="hold"),
)

KINDS = {kind.id: kind for kind in (*rows("kinds", "KINDS"), *OURS)}


def _of(which: Callable[[Kind], bool]) -> frozenset[str]:
    return frozenset(kind.id for kind in KINDS.values() if which(kind))


CALLS = _of(lambda kind: kind.way == "call")
OWN_TURN = _of(lambda kind: kind.counts == "own-turn")
COUNTED = _of(lambda kind: kind.counts == "counted" and kind.way == "letter")
YIELDING = _of(lambda kind: kind.yields_in is not None)
GONE_BY = _of(lambda kind: kind.gone_by)
CANCELS = _of(lambda kind: kind.cancels)
UNFUSED = _of(lambda kind: not kind.fused)
OF_DEPARTMENTS = _of(lambda kind: kind.of_department)
PREVIEWS = tuple(name for kind in KINDS.values() for name in kind.shown)


def rank(kind: str) -> tuple[int, int]:
    """The place of a kind among those that a letter may begin with, and then among what yields; the lowest leads."""
    found = KINDS.get(kind)
    return (found.rank, LAST if found.yields_in is None else found.yields_in) if found else (LAST, LAST)


def kind_name(kind: str, language: Language) -> str:
    """What a kind is called, of many; as it stands where it is none of ours, as in a record of a later version."""
    return KINDS[kind].name.said(language) if kind in KINDS else kind
