"""`aikultur check --online` on Exchange: whether the account is let in, and whether it may act where every call must."""

from pathlib import Path
from typing import Any

import pytest

from service.answers import check
from tests.ews import PASSWORD, SERVICE, EwsServer
from tests.exchange_values import address, write_exchange
from tests.service_values import MONDAY, row, write_people

ACCOUNT = "account@x.example"
ONE, TWO = address(1), address(2)
LET_IN = "Exchange lets us in: Microsoft Exchange Server 2019."
DENIED = (
    "the service may not act in this mailbox. Give it ApplicationImpersonation for a group that this person is in "
    "(The account does not have permission to impersonate the requested user)."
)


def online(folder: Path, **settings: Any) -> tuple[int, list[str], list[tuple[str, str]]]:
    """The exit status, what is said, and which requests came for which mailbox. The account that logs in is another than
    the service's mailbox."""
    with EwsServer([ONE, TWO, ACCOUNT], users={ACCOUNT: PASSWORD}, **settings) as server:
        write_exchange(folder, server)
        file = folder / "config.toml"
        file.write_text(file.read_text("utf-8").replace(f'user = "{SERVICE}"', f'user = "{ACCOUNT}"'), "utf-8")
        write_people(folder, [row(1), row(2)])
        said: list[str] = []
        status = check.run(file, MONDAY, "en", everybody=False, online=True, echo=said.append)
        assert (server.refused, server.misspoken) == ([], [])
        said = [line for line in said if not line.startswith("Note:")]
        return status, said, [(one.operation, one.mailbox) for one in server.log]


def test_it_looks_into_the_services_mailbox_and_into_one_persons(tmp_path: Path) -> None:
    status, said, asked = online(tmp_path)
    assert asked == [("ResolveNames", ACCOUNT), ("GetFolder", SERVICE), ("GetFolder", ONE)]
    rights = [f"The service may act in {SERVICE}.", f"The service may act in {ONE}."]
    assert (status, said[:3]) == (0, [LET_IN, *rights])
    assert [line[:20] for line in said if line.startswith("All right")] == ["All right: 2 people "]


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (frozenset({ONE}), [f"{SERVICE}: {DENIED}", f"The service may act in {ONE}."]),
        (frozenset({SERVICE}), [f"The service may act in {SERVICE}.", f"{ONE}: {DENIED}"]),
        (frozenset(), [f"{SERVICE}: {DENIED}", f"{ONE}: {DENIED}"]),
    ],
    ids=["not in its own", "not in others'", "nowhere"],
)
def test_a_right_that_is_missing_is_said_and_nothing_is_all_right(
    tmp_path: Path, allowed: frozenset[str], expected: list[str]
) -> None:
    status, said, _ = online(tmp_path, impersonation=allowed)
    assert (status, said[1:3]) == (1, expected)
    assert [line for line in said if "All right" in line] == []


def test_a_server_that_does_not_let_us_in_is_not_all_right_either(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, product="2010")
    assert status == 1
    assert [line for line in said if "All right" in line or "may act" in line] == []
