"""Secrets: as they are meant, however the file was saved; none at all is a sentence before a server is asked."""

from pathlib import Path

import pytest

from mailer.smtp.settings import Smtp
from service.messages.faults import Refused
from service.settings.config import Source, parse_config
from service.settings.secrets import open_to_others, secret_of
from tests.test_config import shipped


def secret(folder: Path, **given: object) -> str:
    section = Smtp(host="mail", port=587, auth="password", user="aikultur", **given)  # type: ignore[arg-type]
    return secret_of(section, "smtp", Source(parse_config(shipped(), "config.toml"), folder / "config.toml"))()


def refused(folder: Path, **given: object) -> str:
    with pytest.raises(Refused) as caught:
        secret(folder, **given)
    return str(caught.value)


@pytest.mark.parametrize("content", [b"hemmelig", b"hemmelig\n", b"hemmelig\r\n", b"\xef\xbb\xbfhemmelig\r\n"])
def test_a_secret_file_may_have_a_mark_of_byte_order_and_line_ends(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(content)
    assert secret(tmp_path, secret_file="password") == "hemmelig"


def test_a_secret_file_that_cannot_be_understood_says_how_to_save_it(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes("hemmelig".encode("utf-16"))
    sentence = "this is saved as UTF-16, or is no text at all. Save it as UTF-8."
    assert refused(tmp_path, secret_file="password") == f"[smtp] secret_file: {file}: {sentence}"
    file.write_bytes("hemmeligø".encode("cp1252"))
    sentence = "a letter on this line is not written in UTF-8, but in Windows-1252, it seems. Save the file as UTF-8."
    assert refused(tmp_path, secret_file="password") == f"[smtp] secret_file: {file}: {sentence}"


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xef\xbb\xbf \n"])
def test_an_empty_secret_file_is_no_secret(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    sentence = f"[smtp] secret_file: {file} is empty. Write the secret in it."
    assert refused(tmp_path, secret_file="password") == sentence


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_variable_that_is_empty_is_not_set(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOME_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_SECRET", value)
    sentence = "[smtp] secret_env: the variable SOME_SECRET is not set where the service runs."
    assert refused(tmp_path, secret_env="SOME_SECRET") == sentence


def test_a_variable_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "two words ")
    assert secret(tmp_path, secret_env="SOME_SECRET") == "two words "


def test_a_command_that_prints_nothing_or_no_text_gave_no_secret(tmp_path: Path) -> None:
    assert secret(tmp_path, secret_command=["echo", "hemmelig"]) == "hemmelig"
    assert refused(tmp_path, secret_command=["printf", r"\370"]).startswith("[smtp] secret_command failed: a letter ")
    assert refused(tmp_path, secret_command=["true"]) == "[smtp] secret_command printed no secret."


@pytest.mark.parametrize(("mode", "said"), [(0o600, 0), (0o640, 0), (0o644, 1), (0o604, 1), (0o666, 1)])
def test_a_password_that_everybody_may_read_is_said_with_the_remedy(tmp_path: Path, mode: int, said: int) -> None:
    (tmp_path / "word").write_text("secret")
    (tmp_path / "word").chmod(mode)
    smtp = {"host": "mail", "port": 587, "auth": "password", "user": "aikultur", "secret_file": "word"}
    config = parse_config({**shipped(), "smtp": smtp}, "config.toml")
    found = [str(fault) for fault in open_to_others(config, Source(config, tmp_path / "config.toml"))]
    assert len(found) == said
    assert all(f"chmod 600 {tmp_path / 'word'}" in one and f"{mode:04o}" in one for one in found)


def test_a_private_key_that_everybody_may_read_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "proof.pem").write_text("key")
    (tmp_path / "proof.pem").chmod(0o644)
    tenant = {"tenant": "x.example", "client": "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00", "certificate_file": "proof.pem"}
    config = parse_config({**shipped(), "microsoft365": tenant}, "config.toml")
    (found,) = [str(fault) for fault in open_to_others(config, Source(config, tmp_path / "config.toml"))]
    assert found.startswith("config.toml, [microsoft365] certificate_file: ")
    assert "may read the secret" in found
