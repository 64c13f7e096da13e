"""`aikultur catalogue check`: a file of the organisation's own, held against what our catalogues are held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.programmes import brought
from service.settings.text_file import parse_toml, read_text


@dataclass(frozen=True, slots=True)
class LookedAt:
    """`name` is what an entry is called in the file: "prompt"."""

    name: str
    count: int
    faults: Sequence[Fault]

    def counted(self) -> Sentence:
        """How many there are, for people."""
        return Sentence("{count} prompts" if self.name == "prompt" else "{count} challenges", {"count": self.count})


def looked_at(file: Path) -> LookedAt:
    """What is in the file, and what should be mended. Raises BadInput for one with neither prompts nor challenges."""
    text = read_text(file)
    rows = {row.name: row.remarks for row in brought("catalogue", "CATALOGUE") if row.remarks}
    names = parse_toml(text, file.name).keys()
    name = next((one for one in rows if one in names), None)
    if name is None:
        said = "there are neither prompts nor challenges in it. Write {wanted} above each; docs/catalogue.md shows how."
        wanted = ", ".join(f"[[{one}]]" for one in rows)
        raise BadInput([Fault(file.name, "", Sentence(said, {"wanted": wanted}))])
    try:
        count, faults = rows[name](text, file.name)
    except BadInput as bad:
        return LookedAt(name, 0, bad.faults)
    return LookedAt(name, count, faults)
