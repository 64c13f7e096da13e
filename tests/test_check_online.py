"""`aikultur check --online` on Exchange: whether the account is let in, and whether it may act where every call must."""

from pathlib import Path
from typing import Any

import pytest

from service.answers import check
from tests.ews import PASSWORD, SERVICE, EwsServer
from tests.ews.client import account, at, event
from tests.exchange_values import address, write_exchange
from tests.service_values import MONDAY, row, write_people

pytestmark = pytest.mark.slow

ACCOUNT = "account@x.example"
ONE, TWO = address(1), address(2)
LET_IN = "Exchange lets us in: Microsoft Exchange Server 2019."
DENIED = (
    "the service may not act in this mailbox. Give it ApplicationImpersonation for a group that the mailbox is in "
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


PLAN = "afdeling-plan@x.example"


# Before it was read by the service, that is a fault of its own: status 2.
@pytest.mark.parametrize(
    ("mailbox", "subject", "status", "expected"),
    [
        (PLAN, "Afdelingsmøde", 2, f'The calendar of {PLAN} has one meeting called "Afdelingsmøde" ahead.'),
        (
            PLAN, "Møde", 1,
            'config.toml, [departments.plan.meeting] calendar: no event in its calendar is called "Møde" (events there: 1). Write subject as the meeting is called in Outlook.',
        ),
        (
            "plan-group@x.example", "Møde", 1,
            "config.toml, [departments.plan.meeting] calendar: plan-group@x.example: Exchange has no mailbox with this address, or it is in the cloud (The SMTP address has no mailbox associated with it). Of a group no service can read the calendar: name a shared mailbox, or somebody's own.",
        ),
        (
            ONE, "Møde", 1,
            f"config.toml, [departments.plan.meeting] calendar: {ONE}: {DENIED}",
        ),
    ],
)  # fmt: skip
def test_the_mailboxes_of_departments_meetings_are_looked_into(
    tmp_path: Path, mailbox: str, subject: str, status: int, expected: str
) -> None:
    with EwsServer([ONE, TWO, PLAN], impersonation=frozenset({PLAN, "plan-group@x.example"})) as server:
        event(account(server, PLAN), at(2026, 12, 3, 9), 60, subject="Afdelingsmøde").save()
        write_exchange(tmp_path, server, channel="feed")
        file = tmp_path / "config.toml"
        meeting = f'[departments.plan.meeting]\ncalendar = "{mailbox}"\nsubject = "{subject}"\n'
        file.write_text(file.read_text("utf-8") + meeting, "utf-8")
        write_people(tmp_path, [row(1), row(2)])
        said: list[str] = []
        found = check.run(file, MONDAY, "en", everybody=False, online=True, echo=said.append)
    assert (found, [line for line in said if line == expected]) == (status, [expected])


def test_where_nobody_is_let_in_no_mailbox_is_asked_for(tmp_path: Path) -> None:
    with EwsServer([PLAN]) as server:
        write_exchange(tmp_path, server, channel="feed")
        file = tmp_path / "config.toml"
        meeting = f'[departments.plan.meeting]\ncalendar = "{PLAN}"\nsubject = "Møde"\n'
        file.write_text(file.read_text("utf-8") + meeting, "utf-8")
        write_people(tmp_path, [row(1)])
        (tmp_path / "exchange-secret").write_text("wrong", "utf-8")
        said: list[str] = []
        assert check.run(file, MONDAY, "en", everybody=False, online=True, echo=said.append)
    assert (len(server.log), len([line for line in said if "is not let in" in line])) == (1, 1)
