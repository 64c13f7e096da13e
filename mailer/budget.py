"""How much a template may do: steps and characters, counted while it runs. What goes beyond is stopped with a sentence.

Counted and not timed: the same template stops at the same place in every thread and on every machine. It stops what an
administrator writes by mistake, a loop within a loop or a text doubled again and again; whoever wants to harm their own
service has shorter ways.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

LARGEST_NUMBER = 10_000
"""As an argument that says how long a text becomes: a width, an indent, a count. A letter is some seventy columns."""

LONGEST_INTEGER_BITS = 4096
"""Of what is multiplied or raised: a number of a thousand digits is no mistake of a letter's any more."""

WIDE = re.compile(r"%(\(\w*\))?[-+ #0]*\d*\.?(\d{5}|\*)|\{[^{}]*:[^{}]*(\d{5}|\{)")
"""A width in a format such as %99999d or {:99999}, or one that comes from outside."""


class TooMuch(Exception):
    """The template does more than a rendering may. Says what, without a full stop."""


@dataclass(slots=True)
class Budget:
    """What one template may do in one rendering: steps (passes of a loop, calls of a macro, blocks, parts) and
    characters (written, kept in variables, or gone through by filters)."""

    steps: int = 20_000  # a hundred times what the longest of ours takes, and a twentieth of a second
    characters: int = 1_000_000  # a letter has forty thousand


_spent: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """What templates do inside is taken from the budget, which is used up."""
    token = _spent.set(budget)
    try:
        yield
    finally:
        _spent.reset(token)


def _spend(steps: int, characters: int) -> None:
    budget = _spent.get()
    if budget is None:  # while a template is compiled
        return
    budget.steps -= steps
    budget.characters -= characters
    if budget.steps < 0:
        raise TooMuch("it takes more steps than a letter may. Look for a loop within a loop, or one that calls itself")
    if budget.characters < 0:
        raise TooMuch("it makes more text than a letter may hold. Look for what is repeated too often")


LISTS = (list, tuple, dict, set)


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(value) if isinstance(value, Sized) else 1


def _sizes(*values: object) -> list[int]:
    return [_size(one) for one in values if isinstance(one, Sized)]


def _numbers(*values: object) -> list[int]:
    return [one for one in values if isinstance(one, int)]


class BudgetedSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which everything that repeats or grows is taken from the budget of the rendering."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, finalize=self.sized)
        self.globals.pop("lipsum", None)  # makes as many paragraphs as it is asked for
        self.filters = {name: _counted(name, function) for name, function in self.filters.items()}
        self.step: Callable[[int], bool] = _step

    @staticmethod
    def sized(value: Any) -> Any:
        """The value, its characters taken from the budget."""
        if isinstance(value, str):  # most are: it is asked for every value in a letter
            _spend(0, len(value))
            return value
        if isinstance(value, LISTS):
            raise TooMuch("it writes a whole list. Write its parts in a loop, or put them together with join")
        _spend(0, _size(value))
        return value

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        found: nodes.Template = _Counting().visit(parsed)
        return found

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """The format method of a text, as the sandbox allows it. Raises TooMuch for one that is wider than a letter."""
        made = super().wrap_str_format(value)
        if made:
            _check_width(value.__self__)
        return made

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What templates call. Raises TooMuch for a text that would become too long."""
        if obj is _step or obj is self.sized:
            return obj(*args)
        text = getattr(obj, "__self__", None)
        if isinstance(text, str):
            _check_numbers(args, kwargs)
            _check_growth(obj.__name__, text, args)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """What templates reckon. Raises TooMuch for a text or number that would become too long."""
        sizes, numbers = _sizes(left, right), _numbers(left, right)
        if operator == "+" and sizes:
            _spend(0, sum(sizes))
        elif operator == "*" and sizes and numbers:
            _spend(0, sizes[0] * max(numbers[0], 0))
        elif operator == "%" and isinstance(left, str):
            _check_width(left)
        elif len(numbers) == 2:
            _check_bits(operator, left, right)
        return super().call_binop(context, operator, left, right)


def _step(characters: int) -> bool:
    _spend(1, characters)
    return True


def _check_numbers(args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
    if any(isinstance(one, int) and abs(one) > LARGEST_NUMBER for one in (*args, *kwargs.values())):
        raise TooMuch(
            f"it asks for a text that is longer than a letter: no number above {LARGEST_NUMBER} says how long"
        )


def _check_width(text: str) -> None:
    if WIDE.search(text):
        raise TooMuch("it asks for a text that is wider than a letter")


def _check_bits(operator: str, left: int, right: int) -> None:
    bits = left.bit_length() * (right if operator == "**" else 1) + right.bit_length()
    if bits > LONGEST_INTEGER_BITS:
        raise TooMuch("it reckons with a number that is too large")


def _check_growth(method: str, text: str, args: tuple[object, ...]) -> None:
    """Take what a method of a text or a filter of that name may at most make of it from the budget, beforehand."""
    if method == "replace" and len(args) > 1:
        _spend(0, len(text) * _size(args[1]))
    elif method == "expandtabs":
        _spend(0, text.count("\t") * LARGEST_NUMBER)
    elif method == "join" and args:
        _spend(0, len(text) * _size(args[0]))
    else:
        if method == "format":
            _check_width(text)
        _spend(0, len(text))


def _counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, with what it goes through and what it makes taken from the budget."""
    first = 1 if hasattr(function, "jinja_pass_arg") else 0  # some get the context before the value

    @wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        value, more = args[first], args[first + 1 :]
        _check_numbers(more, kwargs)
        _check_growth(name, value, more) if isinstance(value, str) else _spend(0, _size(value))
        made = function(*args, **kwargs)
        _spend(0, _size(made))
        return made

    return counted


class _Counting(NodeTransformer):
    """Puts a step at the beginning of everything that can be carried out again and again, and counts what `~` joins."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        super().generic_visit(node, *args, **kwargs)
        if isinstance(node, nodes.Template | nodes.Block | nodes.Macro | nodes.CallBlock | nodes.For):
            line = node.lineno
            node.body.insert(0, nodes.ExprStmt(_call("step", nodes.Const(_length(node)), line), lineno=line))
        if isinstance(node, nodes.For) and node.test:  # what the test leaves out never reaches the body
            node.test = nodes.And(_call("step", nodes.Const(0), node.lineno), node.test, lineno=node.lineno)
        return _call("sized", node, node.lineno) if isinstance(node, nodes.Concat) else node


def _call(name: str, argument: nodes.Expr, line: int) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name, lineno=line), [argument], [], None, None, lineno=line)


def _length(node: nodes.Node) -> int:
    """The characters of the template's own text within a node."""
    texts = [one.data for one in node.find_all(nodes.TemplateData)]
    texts += [one.value for one in node.find_all(nodes.Const) if isinstance(one.value, str)]
    return sum(map(len, texts))
