"""Small files of ours beside the store, in which what was fetched is kept between two fetches, and why there is none."""

import json
from pathlib import Path
from typing import Any

from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from store.private import private_folder, replace_privately


def load(file: Path) -> dict[str, Any]:
    """What stands in a file of ours; nothing when it is not there or not whole."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(file: Path, content: str) -> None:
    """Replace a file whole; one that holds the same stays as it is, for its time of change means something. Raises
    OSError."""
    data = content.encode()
    if file.exists() and file.read_bytes() == data:
        return
    private_folder(file.parent)
    replace_privately(file, data)


def plain(sentence: Sentence) -> dict[str, Any]:
    """A sentence as JSON can hold it, with those in it."""
    if isinstance(sentence, Relayed):
        return {"relayed": sentence.text}
    fields = {key: plain(one) if isinstance(one, Sentence) else str(one) for key, one in sentence.fields.items()}
    return {"text": sentence.text, "fields": fields}


def sentence(value: Any) -> Sentence | None:
    """The sentence that `plain` was given; None for anything else."""
    match value:
        case {"text": str(text), "fields": dict(fields)}:
            return Sentence(text, {name: sentence(one) or one for name, one in fields.items()})
        case {"relayed": str(text)}:
            return Relayed(text)
    return None
