"""Commands that are imported when they are asked for: the list of commands says of each what its own help says."""

import subprocess
import sys

import pytest

from service.cli.main import COMMANDS, complete
from service.cli.spoken import LaterCommand, paragraphs


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, _, said in COMMANDS])
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str, said: str) -> None:
    command = complete().commands[name]
    assert isinstance(command, LaterCommand)
    assert next(paragraphs(command.loaded.help or "")) == said


def test_who_asks_for_the_list_of_commands_waits_for_none_of_them() -> None:
    """Neither pydantic nor the engine nor a module of commands is imported for it."""
    code = "import sys; sys.argv = ['aikultur', '--help']; import atexit; from service.cli.main import main; atexit.register(lambda: print(*sys.modules)); main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "service.cli.main" in modules
    assert modules.isdisjoint({"pydantic", "jinja2", "service.engine.engine", *(module for _, module, _ in COMMANDS)})
