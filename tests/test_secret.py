"""The secret beside the store."""

from pathlib import Path

import pytest

from store.database import Damage
from store.secret import make, secret


def test_the_secret_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    made = secret(tmp_path / "store")
    assert (len(made), secret(tmp_path / "store")) == (32, made)
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "store").iterdir()] == [("secret", 0o600)]


def test_two_stores_have_two_secrets(tmp_path: Path) -> None:
    assert secret(tmp_path / "a") != secret(tmp_path / "b")


def test_of_two_processes_that_make_a_secret_the_first_one_wins(tmp_path: Path) -> None:
    made = secret(tmp_path)
    make(tmp_path / "secret")
    assert (secret(tmp_path), [path.name for path in tmp_path.iterdir()]) == (made, ["secret"])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_secret_that_others_may_touch_is_refused_with_the_way_out(tmp_path: Path, mode: int) -> None:
    secret(tmp_path)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(PermissionError, match=f"the mode is {mode:04o}.*chmod 600"):
        secret(tmp_path)


@pytest.mark.parametrize("text", ["", "00", "g" * 64, "0" * 65])
def test_a_file_that_holds_no_secret_is_damage(tmp_path: Path, text: str) -> None:
    secret(tmp_path)
    (tmp_path / "secret").write_text(text)
    with pytest.raises(Damage, match="64 hex digits"):
        secret(tmp_path)
