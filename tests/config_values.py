"""The keys of config.toml, from the shape of the config."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from service.settings.config import Config


def keys(model: type[BaseModel] = Config, within: str = "") -> Iterator[str]:
    """The paths of all keys, `plan` standing for every department."""
    for name, field in model.model_fields.items():
        path = f"{within}{field.alias or name}"
        inside = [one for one in parts(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        many = "dict" in str(field.annotation)
        if inside and "list" not in str(field.annotation):
            yield from keys(inside[0], f"{path}.plan." if many else f"{path}.")
        else:
            yield path


def parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in getattr(annotation, "__args__", ()):
        yield from parts(one)
