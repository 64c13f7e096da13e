"""What pydantic checks, made from what a section declares, and what it finds as sentences."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

import pydantic
from pydantic import AfterValidator, BaseModel, ConfigDict, create_model

from culture.people import Language
from culture.settings import Bad, Check, Size, Within, Written
from mailer.words import LANGUAGES
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.config_types import CHECKS, shown
from service.settings.declared import bare, choices, declared, is_section, is_spread, needed


class Model(BaseModel):
    """Keys as pydantic checks them: none may be unknown, none of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    page: ClassVar[str] = "docs/configuration.md"  # where they are explained


# --- how pydantic checks it ---------------------------------------------------------------------------


@cache
def checked(section: type) -> Any:
    """A type that pydantic reads a table with, and makes the section of."""
    model = model_of(section)

    def made(found: BaseModel) -> Any:
        given = {name: getattr(found, name) for name in found.model_fields_set}
        for field, hint, _ in declared(section):
            if is_spread(hint):
                each = {language: given.pop(language, None) for language in LANGUAGES}
                given[field.name] = {language: table for language, table in each.items() if table is not None}
        return make(section, given)

    return Annotated[model, AfterValidator(made)]


def model_of(section: type, **more: Any) -> type[Model]:
    """The model that checks the keys of a section, and `more` of them."""
    keys: dict[str, Any] = {
        field.name: (at_edge(hint), pydantic.Field(... if needed(field) else None, alias=key.word or None))
        for field, hint, key in declared(section)
        if not is_spread(hint)
    }
    for _, hint, _ in declared(section):
        if is_spread(hint):
            keys |= dict.fromkeys(LANGUAGES, (at_edge(get_args(bare(hint))[1]) | None, None))
    return create_model(section.__name__, __base__=Model, **keys, **more)


def make(section: type, given: Mapping[str, Any]) -> Any:
    """The section of what stands in the file. Raises Bad where it does not go together."""
    usual = {field.name: field.default_factory for field in fields(section) if field.default_factory is not MISSING}
    whole = {
        name: {**usual[name](), **value} if name in usual and isinstance(value, dict) else value
        for name, value in given.items()
    }
    found = section(**whole)
    check: Callable[[frozenset[str]], None] | None = getattr(found, "check", None)
    if check:
        check(frozenset(given))
    return found


def at_edge(hint: Any) -> Any:
    """The type of a key as pydantic checks it."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(hint, *inside)
    if origin in (Union, UnionType):
        return Union[tuple(at_edge(one) for one in inside)]  # noqa: UP007 - made of a list
    if origin is tuple:
        return Annotated[list[at_edge(inside[0])], AfterValidator(tuple)]  # type: ignore[misc]  # only known now
    if origin is Mapping:
        return _by_language(inside[1]) if inside[0] == Language else _by_key(inside[1])
    return checked(hint) if isinstance(hint, type) and is_dataclass(hint) else hint


def _annotated(hint: Any, inner: Any, *said: Any) -> Any:
    """The type of a key of which more is `said` than its type."""
    written = any(isinstance(one, Written) for one in said)
    rules = tuple(rule for one in said for rule in _rules(one))
    among = choices(hint)
    kind = Literal[among] if among else inner if written else at_edge(inner)
    return Annotated[(kind, *rules)] if rules else kind


def _rules(said: Any) -> Iterator[Any]:
    match said:
        case Written():
            yield from CHECKS[said]
        case Within(least=least, most=most):
            yield pydantic.Field(ge=least, le=most)
        case Size(least=least, most=most):
            yield pydantic.Field(min_length=least, max_length=most)
        case Check(of=check):
            yield AfterValidator(lambda value: (check(value), value)[1])


def _by_language(hint: Any) -> Any:
    """A table with one value for a language; the others are left out."""
    kind = at_edge(hint)
    keys: Any = dict.fromkeys(LANGUAGES, (kind | None, None))
    model = create_model("Languages", __base__=Model, **keys)

    def made(found: BaseModel) -> dict[str, Any]:
        return {language: value for language in LANGUAGES if (value := getattr(found, language)) is not None}

    return Annotated[model, AfterValidator(made)]


def _by_key(hint: Any) -> Any:
    """A table of sections that each have a name, which a section knows; or of values by names."""
    if not is_section(bare(hint)):
        return dict[str, at_edge(hint)]  # type: ignore[misc]  # only known now

    def made(found: Mapping[str, Any]) -> dict[str, Any]:
        return {name: replace(one, key=name) for name, one in found.items()}

    return Annotated[dict[str, at_edge(hint)], AfterValidator(made)]  # type: ignore[misc]  # only known now


SECRET = ("password", "secret", "token", "pass", "pwd", "adgangskode", "kodeord")
"""How people call what the config only says the place of."""


# --- what it finds ------------------------------------------------------------------------------------


def fault_of(file: str, found: Any, model: type[Model], within: str) -> Fault:
    """One finding of pydantic's in an entry of a list; `within` names the entry."""
    place = ".".join(str(part) for part in found["loc"])
    return Fault(file, f"{within} {place}".strip(), sentence_of(found, model))


def sentence_of(found: Any, model: type[Model]) -> Sentence:
    """One finding of pydantic's as a sentence."""
    given = found["input"]
    if found["type"] == "value_error":
        bad: Bad = found["ctx"]["error"]
        return Sentence(bad.text, {"value": shown(given), **bad.fields})
    return _standard(found["type"], found.get("ctx", {}), given, [str(part) for part in found["loc"]], model)


def _standard(kind: str, context: Mapping[str, Any], given: Any, path: Sequence[str], model: type[Model]) -> Sentence:
    """Pydantic's own findings, in our words."""
    value = shown(given)
    match kind:
        case "model_type" | "dict_type" if _are_tables(given):
            return Sentence(
                "this stands in two brackets, as one of many. Write it in one: [{name}].", {"name": ".".join(path)}
            )
        case "extra_forbidden":
            return _no_such_key(path[-1], list(_siblings(path, model)))
        case "missing":
            return Sentence("this is missing. Write it; {page} says what it is for.", {"page": model.page})
        case "literal_error":
            return Sentence(
                "{value} is none of the choices. Write one of {choices}.",
                {"value": value, "choices": context["expected"].replace("'", '"').replace(" or ", ", ")},
            )
        case "greater_than_equal" | "less_than_equal":
            return _beyond(value, context)
        case "too_short" if not given:
            return Sentence("the list is empty. Write at least one into it, or leave the key out.")
        case "string_too_short" | "string_too_long" | "too_short":
            return Sentence("{value} is empty or too long. Write a few words.", {"value": value})
        case "string_pattern_mismatch":
            return Sentence('{value} is not a domain name. Write for example "styrelsen.dk".', {"value": value})
    wanted = {
        "string_type": 'a text in quotes, for example "..."',
        "int_type": "a whole number without quotes, for example 10",
        "bool_type": "true or false, without quotes",
        "date_type": "a date without quotes, for example 2026-12-01",
        "list_type": 'a list, for example ["..."]',
        "model_type": "a table of its own",
        "dict_type": "a table of its own",
    }.get(kind, "another kind of value")
    return Sentence("{value} is of the wrong type. Write {wanted}.", {"value": value, "wanted": Sentence(wanted)})


def _are_tables(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, dict) for one in given)


def _no_such_key(key: str, keys: Sequence[str]) -> Sentence:
    """What to write instead of a key, where `keys` may stand."""
    if key.lower() in SECRET and "secret_file" in keys:
        return Sentence(
            "no secret stands in the config. Write secret_env, secret_file or secret_command, which say where it is."
        )
    near = difflib.get_close_matches(key, keys, 1, 0.6)
    if near:
        return Sentence("there is no such key. Did you mean {near}?", {"near": near[0]})
    return Sentence("there is no such key. Take it out. Here one may write: {keys}.", {"keys": ", ".join(keys)})


def _beyond(value: object, context: Mapping[str, Any]) -> Sentence:
    """That a number is beyond its limit, which is at one end."""
    limit = context.get("ge", context.get("le"))
    text = (
        "{value} is too small. Write at least {limit}."
        if "ge" in context
        else "{value} is too large. Write at most {limit}."
    )
    return Sentence(text, {"value": value, "limit": limit})


def _siblings(path: Sequence[str], model: type[Model]) -> Iterator[str]:
    """The keys that may stand where the last part of `path` stands."""
    for part in path[:-1]:
        if field := model.model_fields.get(part):  # the name of a department is no field: stay in its section
            model = next(_models_in(field.annotation), model)
    yield from (field.alias or name for name, field in model.model_fields.items())


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    """The models inside `X`, `X | None`, `list[X]` or `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for one in get_args(annotation):
        yield from _models_in(one)
