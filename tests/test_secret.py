"""The secret beside the store."""

from pathlib import Path
from typing import Any

import pytest

from store.database import Damage, Database, open_database
from store.secret import make, renew, secret, secret_beside, secret_to_look_with


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


# Beside records


def with_people(folder: Path) -> Database:
    database = open_database(folder / "store")
    database.table("people").put("1", {})
    return database


def test_the_secret_is_made_with_the_first_start_and_remembered(tmp_path: Path) -> None:
    with open_database(tmp_path / "store") as db:
        made = secret_beside(db, tmp_path)
        db.table("people").put("1", {})
        assert secret_beside(db, tmp_path) == secret_to_look_with(db, tmp_path) == made
        assert made.hex() not in str(db.storage.read())


def test_a_secret_from_before_it_was_remembered_is_the_one(tmp_path: Path) -> None:
    made = secret(tmp_path)
    with with_people(tmp_path) as db:
        assert (secret_beside(db, tmp_path), len(db.table("signing"))) == (made, 1)


@pytest.mark.parametrize("ask", [secret_beside, secret_to_look_with])
def test_a_secret_missing_beside_people_stops_and_none_is_made(tmp_path: Path, ask: Any) -> None:
    with with_people(tmp_path) as db:
        with pytest.raises(Damage, match=r"the file is missing, and people have links made with it.*new-secret"):
            ask(db, tmp_path)
        assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("ask", [secret_beside, secret_to_look_with])
def test_a_secret_with_any_digit_changed_stops(tmp_path: Path, ask: Any) -> None:
    with with_people(tmp_path) as db:
        secret_beside(db, make_first(tmp_path))
        digits = (tmp_path / "secret").read_text()
        for place in range(64):
            other = "0" if digits[place] != "0" else "1"
            (tmp_path / "secret").write_text(digits[:place] + other + digits[place + 1 :])
            with pytest.raises(Damage, match="this is not the secret with which people's links were made"):
                ask(db, tmp_path)
        (tmp_path / "secret").write_text(digits)
        ask(db, tmp_path)


def make_first(folder: Path) -> Path:
    make(folder / "secret")
    return folder


def test_whoever_looks_where_nobody_is_yet_makes_none(tmp_path: Path) -> None:
    with open_database(tmp_path / "store") as db:
        secret_to_look_with(db, tmp_path)
        assert not (tmp_path / "secret").exists()


def test_a_new_secret_takes_the_place_of_the_old_one_which_is_kept(tmp_path: Path) -> None:
    with with_people(tmp_path) as db:
        assert renew(db, tmp_path) is None
        first = secret_beside(db, tmp_path)
        aside = renew(db, tmp_path)
        assert aside is not None
        assert (bytes.fromhex(aside.read_text()), secret_beside(db, tmp_path) == first) == (first, False)
