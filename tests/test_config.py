import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from culture.workdays import Span, Week
from service.messages.faults import BadInput
from service.settings.config import parse_config, read_config
from tests.config_values import keys

SHIPPED = Path(__file__).parent.parent / "config.toml"


def shipped() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text("utf-8"))


def faults(data: dict[str, Any]) -> list[str]:
    with pytest.raises(BadInput) as caught:
        parse_config(data, "config.toml")
    return [str(fault) for fault in caught.value.faults]


def with_value(table: str, key: str, value: Any) -> dict[str, Any]:
    data = shipped()
    data.setdefault(table, {})[key] = value
    return data


def test_the_shipped_config_is_good() -> None:
    assert read_config(SHIPPED).config.organisation.sector == "public"


@pytest.mark.parametrize(
    ("table", "key", "value", "sentence"),
    [
        ("vitamin", "letter_at", "25:00", '[vitamin] letter_at: "25:00" is not a time of day. Write 24-hour HH:MM, for example "08:30".'),
        ("vitamin", "time", "13:00-12:00", '[vitamin] time: "13:00-12:00" must run forward between 06:00 and 22:00, for example "12:00-13:00".'),
        ("vitamin", "time", 1230, '[vitamin] time: 1230 is not a time or a window. Write "12:30" or "12:00-13:00".'),
        ("vitamin", "minuts", 10, "[vitamin] minuts: there is no such key. Did you mean minutes?"),
        ("vitamin", "minutes", "10", '[vitamin] minutes: "10" is of the wrong type. Write a whole number without quotes, for example 10.'),
        ("vitamin", "minutes", 3, "[vitamin] minutes: 3 is too small. Write at least 5."),
        ("vitamin", "days", ["monday", "noday"], '[vitamin] days: "noday" is not a weekday. Write for example "monday".'),
        ("vitamin", "show_as", "maybe", '[vitamin] show_as: "maybe" is none of the choices. Write one of "free", "tentative", "busy".'),
        ("organisation", "zone", "Europe/Kopenhagen", '[organisation] zone: "Europe/Kopenhagen" is not a time zone we can use. Write an IANA name, for example Europe/Copenhagen.'),
        ("organisation", "language", "xx", '[organisation] language: "xx" is none of the choices. Write one of "da", "en".'),
        ("organisation", "name", "A\r\nB", '[organisation] name: "A\\r\\nB" holds a line break or a control character. Write it on one line.'),
        ("organisation", "name", "Bo\u202egnaB", '[organisation] name: "Bo\u202egnaB" holds a line break or a control character. Write it on one line.'),
        ("policy", "tools", [], "[policy] tools: the list is empty. Write at least one into it, or leave the key out."),
        (
            "policy",
            "most_sensitive",
            "secret",
            '[policy] most_sensitive: "secret" is none of the choices. Write one of "none", "public", "own", "internal".',
        ),
        ("organisation", "name", " ", '[organisation] name: " " is empty or too long. Write a few words.'),
        ("organisation", "contact_email", "mette", '[organisation] contact_email: "mette" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".'),
        ("organisation", "closed", ["2026-02-30"], '[organisation] closed: "2026-02-30" is not a day. Write "2027-05-07", a range "2026-12-28..2026-12-30", or "12-24" for every year.'),
        ("organisation", "quiet_weeks", ["2027-W53"], '[organisation] quiet_weeks: "2027-W53" is not an ISO week. Write 29 for week 29 of every year, or "2026-W53" for one.'),
        ("organisation", "country", "XX", '[organisation] country: "XX" is not a country we know the holidays of. Write its two letters, for example "DK", or "" for none.'),
        ("web", "public_url", "ai tid", '[web] public_url: "ai tid" is not a web address. Write for example "https://aitid.styrelsen.dk".'),
        ("web", "host", "0.0.0.0", "[web]: demo shows everybody's personal links, so it needs host = \"127.0.0.1\". Write demo = false for a real service."),
        ("web", "public_url", "https://ai.x.example", "[web]: demo shows everybody's personal links, and public_url is \"https://ai.x.example\", where others see them. Write demo = false for a real service, or public_url = \"http://127.0.0.1:8017\" to try it out on this machine."),
        ("mail", "transport", "smtp", '[mail] transport is "smtp", but there is no [smtp]. Write it with at least host, port, or another transport.'),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence_with_the_remedy(table: str, key: str, value: Any, sentence: str) -> None:
    found = faults(with_value(table, key, value))
    assert [line.removeprefix("config.toml, ").removeprefix("config.toml: ") for line in found] == [sentence]


@pytest.mark.parametrize(
    "address", ["", "http://localhost:8017", "https://LOCALHOST", "http://127.1.2.3/ai", "http://[::1]:8017"]
)
def test_what_is_tried_out_on_this_machine_may_list_the_links(address: str) -> None:
    assert parse_config(with_value("web", "public_url", address), "config.toml").web.demo


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://localhost@x.example",
        "http://128.0.0.1",
        "http://[::2]",
    ],
)
def test_an_address_that_only_looks_like_this_machine_is_refused_beside_the_links(address: str) -> None:
    assert len(faults(with_value("web", "public_url", address))) == 1


def test_every_fault_is_said_at_once() -> None:
    data = shipped()
    data["vitamin"] |= {"minutes": 3, "letter_at": "25:00"}
    data["mail"] |= {"sender_address": "x", "folderr": "y"}
    data["nonsense"] = {}
    del data["organisation"]["name"]
    assert len(faults(data)) == 6


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"auth": "password"}, "needs user and exactly one of"),
        ({"auth": "password", "user": "u", "secret_env": "A", "secret_file": "b"}, "exactly one of"),
        ({"auth": "password", "user": "u", "secret_env": "A", "security": "none"}, "must not travel in the clear"),
        ({"user": "u"}, 'auth is "none"'),
    ],
)
def test_smtp_settings_that_contradict_each_other_are_refused(changes: dict[str, Any], part: str) -> None:
    data = shipped()
    data["smtp"] = {"host": "smtp.x.example", "port": 587, **changes}
    (fault,) = faults(data)
    assert part in fault


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (
            {"endpoint": "mail.x.example", "secret_file": "b"},
            '"mail.x.example" is not the address of an Exchange server',
        ),
        (
            {"endpoint": "http://mail.x.example/EWS/Exchange.asmx", "secret_file": "b"},
            "is not the address of an Exchange server",
        ),
        (
            {"endpoint": "https://outlook.office365.com/EWS/Exchange.asmx", "secret_file": "b"},
            "Exchange Online has taken no",
        ),
        ({"auth": "kerberos", "secret_env": "A"}, "the ticket is the proof"),
        ({"auth": "ntlm"}, "needs exactly one of"),
    ],
)
def test_exchange_settings_that_contradict_each_other_are_refused(changes: dict[str, Any], part: str) -> None:
    data = shipped()
    data["exchange"] = {"endpoint": "https://mail.x.example/EWS/Exchange.asmx", "user": "u", **changes}
    (fault,) = faults(data)
    assert fault.startswith("config.toml, [exchange]: ")
    assert part in fault


TENANT = {"tenant": "x.example", "client": "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00"}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({}, "needs exactly one of certificate_file, secret_env"),
        ({"secret_env": "A", "certificate_file": "b"}, "needs exactly one of certificate_file, secret_env"),
        ({"certificate_file": "b", "secret_expires": date(2027, 1, 1)}, "Take secret_expires out"),
        ({"secret_env": "A", "tenant": "our tenant"}, '"our tenant" is no tenant'),
        ({"secret_env": "A", "tenant": "common"}, '"common" is no tenant'),
        ({"secret_env": "A", "client": "aikultur"}, '"aikultur" is no application (client) id'),
        ({"secret_env": "A", "authority": "http://127.0.0.1:1"}, '"http://127.0.0.1:1" is not where one logs in'),
        ({"secret_env": "A", "authority": "https://login.microsoftonline.com/x"}, "is not where one logs in"),
        ({"secret_env": "A", "endpoint": "http://graph.microsoft.com/v1.0"}, "is not the address of Microsoft Graph"),
        ({"secret_env": "A", "endpoint": "https://graph.microsoft.com:no/"}, "is not the address of Microsoft Graph"),
        ({"secret_env": "A", "endpoint": "https://u@graph.microsoft.com/"}, "is not the address of Microsoft Graph"),
        (
            {"secret_env": "A", "authority": "https://login.microsoftonline.us"},
            'Write "https://graph.microsoft.us/v1.0"',
        ),
        (
            {"secret_env": "A", "endpoint": "https://graph.microsoft.us/v1.0"},
            'Write "https://graph.microsoft.com/v1.0"',
        ),
        ({"secret_env": "A", "proxy": "proxy.x.example"}, '"proxy.x.example" is no proxy'),
        ({"secret_env": "A", "mailbox": "a@x.dk", "outsider": "a@x.dk"}, "is the service's own mailbox"),
    ],
)
def test_microsoft365_settings_that_contradict_each_other_are_refused(changes: dict[str, Any], part: str) -> None:
    (fault,) = faults({**shipped(), "microsoft365": {**TENANT, **changes}})
    assert fault.startswith("config.toml, [microsoft365]: ")
    assert part in fault


@pytest.mark.parametrize(
    "changes",
    [
        {"tenant": "0d8f5c1e-5a44-4c5e-9d39-7a6b9f1c2e11"},
        {"authority": "https://login.microsoftonline.us/", "endpoint": "https://dod-graph.microsoft.us/v1.0"},
        {"authority": "https://127.0.0.1:1", "endpoint": "http://127.0.0.1:2/v1.0"},
        {"proxy": "http://user:word@proxy.x.example:3128"},
    ],
)
def test_microsoft365_settings_that_go_together_are_taken(changes: dict[str, Any]) -> None:
    parse_config({**shipped(), "microsoft365": {**TENANT, "secret_env": "A", **changes}}, "config.toml")


def test_letters_leave_by_the_mailbox_that_they_are_from() -> None:
    data = with_value("mail", "transport", "exchange")
    address = "https://mail.x.example/EWS/Exchange.asmx"
    data["exchange"] = {"endpoint": address, "user": "u", "auth": "kerberos", "mailbox": "another@x.example"}
    (fault,) = faults(data)
    assert 'letters would leave by the mailbox "another@x.example" of [exchange]' in fault


def test_a_relay_needs_a_department_that_meets() -> None:
    data = shipped()
    data["departments"] = {key: {"name": key} for key in data["departments"]}
    (fault,) = faults(data)
    assert fault.startswith("config.toml: [relay] is enabled, but no department has a meeting.")


@pytest.mark.parametrize(("table", "key"), [("vitamin", "most_sensitive"), ("vitamin", "yields"), ("web", "theme")])
def test_where_a_key_is_unknown_the_keys_that_are_named_are_known(table: str, key: str) -> None:
    """As they are written, which is not always as our fields are called."""
    (fault,) = faults(with_value(table, key, True))
    named = re.findall(r"\w+", fault.rpartition(": ")[2]) if "Here one may write" in fault else [fault.split()[-1][:-1]]
    known = {one.split(".")[1] for one in keys() if one.startswith(f"{table}.")}
    assert set(named) <= known


def test_closed_days_and_quiet_weeks_are_read() -> None:
    data = shipped()
    data["organisation"] |= {"closed": ["12-24", "2026-12-28..2026-12-30"], "quiet_weeks": ["2026-W53", 29]}
    home = parse_config(data, "config.toml").organisation
    assert home.closed[0] == (12, 24)
    assert isinstance(home.closed[1], Span)
    assert home.quiet_weeks == (Week(2026, 53), 29)


def test_a_file_that_is_not_there_or_no_toml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no such file"):
        read_config(tmp_path / "config.toml")
    (tmp_path / "config.toml").write_text("[organisation\n")
    with pytest.raises(BadInput, match="a bracket, a quote or a value is missing here"):
        read_config(tmp_path / "config.toml")


@pytest.mark.parametrize("key", list(keys()))
def test_every_key_is_in_its_section_of_the_documentation_and_of_the_example(key: str) -> None:
    """In the example behind a #, where it may be left out."""
    table, name = key.split(".")[0], key.split(".")[-1]
    if "title" in key:  # one for each language
        name = "title"
    docs = re.split(r"(?m)^## ", (SHIPPED.parent / "docs/configuration.md").read_text("utf-8"))
    assert [part for part in docs if f"[{table}" in part.splitlines()[0] and re.search(rf"`({table}\.)?{name}`", part)]
    example = re.split(r"(?m)^(?=#? ?\[)", SHIPPED.read_text("utf-8"))
    assert [part for part in example if re.match(rf"#? ?\[{table}\W", part) and re.search(rf"\b{name} *=", part)]
