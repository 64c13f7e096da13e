"""The config that the service runs on, kept beside the store: a bad edit must not leave the administrator blind.

The service keeps the old config while the new one is bad. What only looks goes by that one then, and says so.
"""

from dataclasses import replace
from pathlib import Path

from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.config import Source, read_config
from service.settings.inputs import Inputs, read_files, read_inputs, stamp
from service.settings.lenient import salvaged
from service.settings.sections import StoreSection
from store.journal import write_file

KEPT = "config-in-force.toml"
DEFAULT_FOLDER = StoreSection().folder


def keep_in_force(inputs: Inputs, folder: Path) -> None:
    """Copy the config file into `folder`, if it is still the one that was read. Raises OSError."""
    path = inputs.source.path
    if path.name in inputs.unusable:
        return
    content = path.read_bytes()
    kept = folder / KEPT
    if stamp(path) == inputs.signature[0] and not (kept.exists() and kept.read_bytes() == content):
        temporary = kept.with_suffix(".new")
        write_file(temporary, [content])
        temporary.replace(kept)


def inputs_in_force(path: Path) -> Inputs:
    """What `read_inputs` reads; of a bad config the one in force, with the faults of the bad one.

    Raises BadInput where none is in force.
    """
    try:
        return read_inputs(path)
    except BadInput as bad:
        found = salvaged(path)
        folder = path.resolve().parent / (found.config.store.folder if found else DEFAULT_FOLDER)
        try:
            kept = read_config(folder / KEPT)
        except BadInput:
            raise bad from None
        read = read_files(Source(kept.config, path.resolve()))
        text = "it cannot be used, so this is by the one in force, of which {file} is a copy."
        told = Fault(path.name, "", Sentence(text, {"file": folder / KEPT}))
        return replace(read, faults=(told, *bad.faults, *read.faults), unusable=(path.name, *read.unusable))
