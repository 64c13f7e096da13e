"""The catalogue of challenges from TOML: ours in `templates/challenges/`, and the organisation's own file."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import Field

from culture.people import Sector
from culture.policy import DataClass, Tool
from culture.relay.challenges import DAYS, HOURS, PEOPLE, Challenge, Challenges, ChallengeText, challenges
from culture.relay.settings import Relay
from culture.seasons import Season
from culture.vitamin.catalogue import Level
from service.settings.checked import Model
from service.settings.entries import CATALOGUE_PAGE, EntryId, parse_entries, texts_of, with_texts
from service.settings.text_file import read_text

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class ChallengeTextEntry(Model):
    """One language of a [[challenge]]."""

    title: Annotated[str, Field(min_length=1, max_length=70)]
    goal: Text
    steps: Annotated[list[Text], Field(min_length=2, max_length=6)]
    data: Text
    tools: Text
    check: Text


class ChallengeEntry(Model):
    """One [[challenge]]."""

    page = CATALOGUE_PAGE

    id: EntryId
    level: Level
    tool: Tool
    hours: Annotated[int, Field(ge=HOURS[0], le=HOURS[1])]
    tracks: list[str] = Field(default_factory=list)
    sectors: list[Sector] = Field(default_factory=list)
    season: list[Season] = Field(default_factory=list)
    data: DataClass
    days: Annotated[int, Field(ge=DAYS[0], le=DAYS[1])] = 1
    people: Annotated[int, Field(ge=PEOPLE[0], le=PEOPLE[1])] = 1
    note: str = ""  # where facts, law and figures come from: for whoever reads the file


def load_challenges(settings: Relay, own: Path | None) -> Challenges:
    """The challenges in use. Raises BadInput with every fault of the organisation's own file."""
    mine = parse_challenges(read_text(own), own.name, own=True) if own else ()
    return challenges((*shipped_challenges(), *mine), frozenset(settings.without_challenges))


@cache
def shipped_challenges() -> tuple[Challenge, ...]:
    """Our own catalogue, in the order of the files."""
    folder = resources.files("templates").joinpath("challenges")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(one for file in files for one in parse_challenges(file.read_text("utf-8"), file.name))


def parse_challenges(text: str, file: str, *, own: bool = False) -> tuple[Challenge, ...]:
    """The challenges in TOML. Raises BadInput with every fault."""

    def make(entry: ChallengeEntry) -> Challenge:
        return Challenge(
            id=entry.id,
            level=entry.level,
            tool=entry.tool,
            hours=entry.hours,
            data=entry.data,
            texts=texts_of(entry, _text),
            tracks=frozenset(entry.tracks),
            sectors=frozenset(entry.sectors),
            season=frozenset(entry.season),
            days=entry.days,
            people=entry.people,
            own=own,
        )

    return parse_entries(text, file, "challenge", with_texts(ChallengeEntry, ChallengeTextEntry), make)


def _text(entry: ChallengeTextEntry) -> ChallengeText:
    return ChallengeText(
        title=entry.title,
        goal=entry.goal,
        steps=tuple(entry.steps),
        data=entry.data,
        tools=entry.tools,
        check=entry.check,
    )
