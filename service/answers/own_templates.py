"""Our texts for letters and events: which there are, what each is handed, and copies of them to be changed.

What a letter's text is handed is read from its facts, what the others are from the text itself, so that neither has to be
written down twice.
"""

import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

import service.planning.kinds  # noqa: F401  # with it come the facts of every programme
from mailer.letter import Facts, Reader
from mailer.render import OURS, environment
from mailer.words import LANGUAGES

READER = environment([OURS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in all its languages and forms. `name` is its path without them: "vitamin/tip", "event/block"."""

    name: str
    files: tuple[str, ...]  # paths in the folder of own templates, sorted
    facts: type[Facts] | None  # None: it is a part of others, a frame, or an event's

    def variables(self) -> list[str]:
        """The names it is handed: of a letter those of its facts, else those that ours asks for."""
        if self.facts is None:
            return sorted({path.partition(".")[0] for path in self.asked()})
        return [self._called, "reader", "lead"]

    def asked(self) -> list[str]:
        """What ours asks for: names, and paths into them as far as they are written out."""
        paths = {path for file in self.files for path in _asked((OURS / file).read_text("utf-8"))}
        return sorted(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))

    def told(self) -> Iterator[str]:
        """A line for each variable, with what it is; then a block for each kind of value in it."""
        if self.facts is None:
            yield from self.asked()
            return
        yield from _fields(self._called, self.facts)
        yield from _fields("reader", Reader)
        yield "lead: bool"
        for kind in _within(self.facts, Reader):
            yield ""
            yield f"{kind.__name__}:"
            yield from (f"  {line}" for line in _fields("", kind))

    @property
    def _called(self) -> str:
        return self.name.rpartition("/")[2]


def texts() -> list[Text]:
    """All texts that an own one may stand in for, by name."""
    found: dict[str, list[str]] = {}
    for folder in ("mail", "event"):
        for file in (OURS / folder).rglob("*.j2"):
            path = file.relative_to(OURS).as_posix()
            found.setdefault(_name(path), []).append(path)
    facts = {one.template: one for one in _kinds_of(Facts) if one.__module__.startswith("service.")}
    return [Text(name=name, files=tuple(sorted(found[name])), facts=facts.get(name)) for name in sorted(found)]


def named(name: str | None) -> list[Text]:
    """The text of that name, or all whose names begin with it, such as those of a programme; None: all there are."""
    return [one for one in texts() if name is None or one.name == name or one.name.startswith(f"{name}/")]


def copy(chosen: list[Text], folder: Path) -> list[tuple[Path, bool]]:
    """Copy ours into `folder`; for each file its path, and whether it was written (False: one is there). Raises OSError."""
    return [(folder / file, _copy(file, folder / file)) for one in chosen for file in one.files]


def _copy(file: str, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as opened:
            opened.write((OURS / file).read_bytes())
    except FileExistsError:
        return False
    return True


def _name(path: str) -> str:
    """The path without its language and its endings; "mail" is left out."""
    folder, _, file = path.rpartition("/")
    parts = [part for part in folder.split("/") if part not in (*LANGUAGES, "mail")]
    return "/".join([*parts, file.partition(".")[0]])


def _kinds_of(kind: type[Facts]) -> Iterator[type[Facts]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds_of(one)


# --- what stands in a value, and what a text asks for --------------------------------------------------------


def _fields(called: str, kind: type) -> Iterator[str]:
    """A line for each field and property: "tip.days: ((date, Prompt), ...)"."""
    before = f"{called}." if called else ""
    hints = get_type_hints(kind)
    for field in fields(kind):
        yield f"{before}{field.name}: {_shown(hints[field.name])}"
    for name, value in inspect.getmembers(kind, lambda one: isinstance(one, property)):
        if not name.startswith("_"):
            yield f"{before}{name}: {_shown(get_type_hints(value.fget).get('return', Any))}"


def _within(*kinds: type) -> list[type]:
    """Our own kinds of values that stand in these, however deep, in the order in which they are met."""
    found: list[type] = []
    waiting = list(kinds)
    while waiting:
        for hint in get_type_hints(waiting.pop(0)).values():
            for kind in _leaves(hint):
                if is_dataclass(kind) and kind not in found and kind not in kinds:
                    found.append(kind)
                    waiting.append(kind)
    return found


def _leaves(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and get_origin(hint) is None:
        yield hint
    for one in get_args(hint):
        yield from _leaves(one)


def _shown(hint: Any) -> str:
    """A type as it is read by whoever writes a text."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is types.NoneType:
        return "None"
    if origin is Literal:
        return " | ".join(f'"{one}"' for one in args)
    if origin in (Union, types.UnionType):
        return " | ".join(_shown(one) for one in args)
    if origin is tuple:
        return f"({', '.join('...' if one is Ellipsis else _shown(one) for one in args)})"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"{{{_shown(args[0])}: {_shown(args[1])}}}"
    if origin is not None:
        return f"{getattr(origin, '__name__', origin)}({', '.join(map(_shown, args))})"
    return getattr(hint, "__name__", str(hint))


def _asked(source: str) -> Iterator[str]:
    """Names that a text does not set itself, and paths into them."""
    tree = READER.parse(source)
    # In a block of a text that extends another, what it imports is counted as unknown too.
    imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
    known = find_undeclared_variables(tree) - set(LANGUAGES) - imported
    for node in tree.find_all((nodes.Name, nodes.Getattr)):
        path = _path(node)
        if path and path.partition(".")[0] in known:
            yield path


def _path(node: nodes.Node) -> str:
    """As it is written, "reader.policy.tools"; empty for what is no such path."""
    if isinstance(node, nodes.Name):
        return node.name
    inner = _path(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, nodes.Getattr) else ""
