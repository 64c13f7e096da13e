"""`aikultur check --online` in Microsoft 365: each right proved by an act that changes nothing, and what reaches too far."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.answers import check
from service.microsoft365.proofs import Wanted, proofs
from tests.cloud_values import write_cloud
from tests.exchange_values import address
from tests.graph import SERVICE, Fault, GraphServer
from tests.graph_values import graph_session
from tests.service_values import MONDAY, row, write_people

pytestmark = pytest.mark.slow

ONE, TWO = address(1), address(2)
OUTSIDER = "direktion@x.example"
NAMED = f'outsider = "{OUTSIDER}"'
LET_IN = "Microsoft 365 lets us in: AI-tid."
NARROW = "In the whole tenant the application has no right that it does not need."
CALENDAR = f"The service may read and write the calendar of {SERVICE}."
EVERYBODY = "The service may act for everybody who has a block in Microsoft 365: 2."
LETTERS = f"The service may send letters from {SERVICE}."
STAY = f"Copies of letters stay in Sent Items of {SERVICE}: the service may not take them out (docs/microsoft365.md)."
OUT_OF_REACH = f"{OUTSIDER} is out of reach, as it should be."
NEW = "New rights work after half an hour to two hours (docs/microsoft365.md)."
WRITES = ("POST", "PATCH", "DELETE")

Looked = tuple[int, list[str], GraphServer]


def online(
    folder: Path,
    change: Callable[[GraphServer], object] = lambda server: None,
    staff: int = 2,
    cloud: str = NAMED,
    **config: str,
) -> Looked:
    """The exit status, what is said, and the server afterwards. `change` takes rights away or gives more of them than the
    documentation does."""
    with GraphServer([OUTSIDER, *(address(number) for number in range(1, staff + 1))]) as server:
        server.application.roles = set()
        everybody = [address(number) for number in range(1, staff + 1)]
        server.application.allow("Calendars.ReadWrite", SERVICE, *everybody)
        server.application.allow("Mail.Send", SERVICE)
        server.application.allow("Mail.ReadWrite", SERVICE)
        change(server)
        write_cloud(folder, server, cloud=cloud, **config)
        write_people(folder, [row(number) for number in range(1, staff + 1)])
        said: list[str] = []
        status = check.run(folder / "config.toml", MONDAY, "en", everybody=False, online=True, echo=said.append)
        assert (server.refused, server.misspoken) == ([], [])
        return status, [line for line in said if not line.startswith("Note:")], server


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """What is said where all is right, and the server afterwards."""
    return online(tmp_path_factory.mktemp("in-order"))


def test_each_right_is_proved_and_all_is_right(in_order: Looked) -> None:
    status, said, server = in_order
    assert (status, said[:6]) == (0, [LET_IN, NARROW, CALENDAR, EVERYBODY, LETTERS, OUT_OF_REACH])
    assert said[6].startswith("All right: 2 people")
    assert (server.world.sent, server.keys()) == ([], {})


def test_nothing_is_done_by_it(in_order: Looked) -> None:
    """Every write is refused, and no mailbox has another item or letter than before."""
    _, _, server = in_order
    writes = [one for one in server.log if one.operation.startswith(WRITES) and one.operation != "POST $batch"]
    assert {one.operation for one in writes} == {"PATCH events/{id}", "PATCH messages/{id}", "POST sendMail"}
    assert [one.operation for one in writes if one.status < 400] == []
    assert [(box.items, box.messages, box.letters) for box in server.world.mailboxes.values()] == [([], [], [])] * 4


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (
            "Mail.Send",
            f'{SERVICE}: the service may not send letters from it. Give it "Application Mail.Send" in this mailbox. {NEW}',
        ),
        ("Mail.ReadWrite", STAY),
    ],
)
def test_a_right_that_is_missing_is_said(tmp_path: Path, role: str, missing: str) -> None:
    status, said, _ = online(tmp_path, lambda server: server.application.forbid(role))
    assert missing in said
    assert status == (0 if missing == STAY else 1)  # that copies stay hinders nothing
    assert any("All right" in line for line in said) == (status == 0)


def test_a_calendar_that_can_be_read_only_is_said(tmp_path: Path) -> None:
    def read_only(server: GraphServer) -> None:
        server.application.forbid("Calendars.ReadWrite")
        server.application.allow("Calendars.Read", SERVICE, ONE, TWO)

    status, said, _ = online(tmp_path, read_only)
    told = f'{SERVICE}: the service may read this calendar and not write into it. Give it "Application Calendars.ReadWrite". {NEW}'
    assert (status, said[2]) == (1, told)


def test_without_any_right_each_is_said(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, lambda server: server.application.scoped.clear())
    assert status == 1
    assert said[:2] == [LET_IN, NARROW]
    assert said[2].startswith(f"{SERVICE}: the service may not act in this mailbox.")
    assert said[3].startswith(f"Outside the scope, so that they get no block: 2 of 2 ({ONE}, {TWO}).")
    assert said[-1] == OUT_OF_REACH


# --- too far


@pytest.mark.parametrize(
    ("roles", "wide"),
    [
        ({"Calendars.ReadWrite"}, "Calendars.ReadWrite"),
        ({"Mail.Send", "Mail.ReadWrite", "Calendars.ReadWrite"}, "Calendars.ReadWrite, Mail.ReadWrite, Mail.Send"),
        ({"User.Read.All"}, "User.Read.All"),
    ],
)
def test_rights_in_the_whole_tenant_are_said_by_name(tmp_path: Path, roles: set[str], wide: str) -> None:
    status, said, _ = online(tmp_path, lambda server: server.application.roles.update(roles))
    assert status == 1
    assert said[1].startswith(
        f"The application has rights in the whole tenant that it does not need: {wide}. Take them out"
    )


def test_who_reads_people_from_a_group_needs_rights_in_the_directory() -> None:
    wanted = Wanted(
        mailbox=SERVICE, people=(), outsider=None, calendars=False, letters=False, tidies=False, directory=True
    )
    with GraphServer() as server:
        server.application.roles = {"GroupMember.Read.All", "User.Read.All", "Mail.Read"}
        found = graph_session(server)
        said = [str(one) for one in proofs(found, wanted)]
        found.close()
    assert said[1].startswith("The application has rights in the whole tenant that it does not need: Mail.Read. ")


@pytest.mark.parametrize(
    ("role", "what"),
    [
        ("Calendars.ReadWrite", "read the calendar of"),
        ("Mail.ReadWrite", "read the mail of"),
        ("Mail.Send", "send letters from"),
    ],
)
def test_an_outsider_who_is_within_reach_is_said(tmp_path: Path, role: str, what: str) -> None:
    """A scope without a filter, or with a group that holds everybody."""
    status, said, _ = online(tmp_path, lambda server: server.application.allow(role))
    told = f"{OUTSIDER}: the service may {what} this mailbox, which [microsoft365] outsider names as out of reach."
    assert status == 1
    assert [line for line in said if line.startswith(OUTSIDER)] == [
        f"{told} Narrow the scope of its rights (docs/microsoft365.md)."
    ]


def test_letters_from_the_mailboxes_of_staff_are_a_slip(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, lambda server: server.application.allow("Mail.Send", SERVICE, ONE, TWO))
    assert status == 1
    assert (
        f'{ONE}: the service may send letters from this mailbox too. Give "Application Mail.Send" the scope of its own '
        "mailbox alone (docs/microsoft365.md)." in said
    )


def test_out_of_reach_by_another_code_is_out_of_reach_as_well(tmp_path: Path) -> None:
    """As it was seen with RBAC for Applications: ExtensionError, Access is denied."""
    other = Fault("403", mailbox=OUTSIDER, code="ExtensionError", times=None)
    status, said, _ = online(tmp_path, lambda server: server.add_faults(other))
    assert (status, OUT_OF_REACH in said) == (0, True)


def test_an_outsider_who_is_nobody_proves_nothing(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, cloud='outsider = "nobody@x.example"')
    assert status == 1
    assert said[5].startswith("nobody@x.example: Microsoft 365 knows no such person")


def test_without_an_outsider_it_is_said_how_to_name_one(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, cloud="")
    told = "To see that the rights end somewhere, name a mailbox out of reach: [microsoft365] outsider."
    assert (status, told in said) == (0, True)


# --- who stands outside


def test_whoever_stands_outside_the_scope_is_named_a_few_and_counted(tmp_path: Path) -> None:
    def narrow(server: GraphServer) -> None:
        inside = [address(number) for number in range(1, 38)]
        server.application.allow("Calendars.ReadWrite", SERVICE, *inside)

    status, said, server = online(tmp_path, narrow, staff=45)
    assert status == 1
    first = ", ".join(sorted(address(number) for number in range(38, 46))[:5])
    told = f"Outside the scope, so that they get no block: 8 of 45 ({first} and 3 more). Put them into its group themselves: "
    assert [line for line in said if line.startswith("Outside")] == [
        f"{told}members of groups in it do not count. {NEW}"
    ]
    assert server.operations().count("POST $batch") == 3  # twenty mailboxes to a request


def test_a_mailbox_that_is_elsewhere_is_said_as_that_and_not_as_outside(tmp_path: Path) -> None:
    def on_premises(server: GraphServer) -> None:
        server.mailbox(TWO).state = "onpremises"

    status, said, _ = online(tmp_path, on_premises)
    assert status == 1
    assert said[3].startswith(
        f"{TWO}: this mailbox has no licence for Exchange Online, or it is on a server of your own"
    )
    assert [line for line in said if line.startswith("Outside")] == []


# --- what is asked where little is used


def test_only_what_is_used_is_asked_for(tmp_path: Path) -> None:
    """People from elsewhere and letters by a folder: then neither right is needed, and none is missing."""
    status, said, server = online(
        tmp_path, lambda server: server.application.scoped.clear(), channel="feed", transport="folder"
    )
    assert (status, said[:3]) == (0, [LET_IN, NARROW, OUT_OF_REACH])
    assert {one.mailbox for one in server.log} == {OUTSIDER}


def test_a_server_that_stumbles_is_said_and_nothing_is_called_right(tmp_path: Path) -> None:
    status, said, _ = online(tmp_path, lambda server: server.add_faults(Fault("503", operation="POST sendMail")))
    assert status == 1
    assert [line for line in said if "busy" in line] != []
    assert LETTERS not in said
