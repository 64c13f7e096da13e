"""Being let into Microsoft 365 as the service does it, over restarts and with its store: a wrong secret is one request."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from service.answers import check
from service.answers.status import status_value
from service.engine.carry_out import call_all
from tests.graph import CLIENT, SECRET, SERVICE, TENANT, GraphServer
from tests.service_values import MONDAY, approve_all, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
PEOPLE = [f"p{number}@x.example" for number in range(1, 7)]
CONFIG = f"""
[microsoft365]
tenant = "{TENANT}"
client = "{CLIENT}"
secret_file = "secret"
mailbox = "{SERVICE}"
authority = "{{authority}}"
endpoint = "{{endpoint}}/v1.0"
ca_file = "{{ca_file}}"
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GraphServer]:
    """Six people on the channel, and a secret that is wrong."""
    with GraphServer(PEOPLE) as running:
        write_config(tmp_path, channel="microsoft365")
        more = CONFIG.format(authority=running.secure_url, endpoint=running.url, ca_file=running.ca_file)
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as file:
            file.write(more)
        write_people(tmp_path, [row(number) for number in range(1, 7)])
        (tmp_path / "secret").write_text("wrong")
        running.application.roles.clear()  # no right in the whole tenant
        yield running


def a_process(folder: Path) -> set[str]:
    """Ten hours of the service in a process of its own; what `status` says of the server."""
    engine = make_engine(folder)
    approve_all(engine, MONDAY)
    callers = engine.servers.make_callers()
    for now in (MONDAY + hour * HOUR for hour in range(10)):
        engine.tick(now)
        call_all(engine, callers, partial(_at, now))
    trouble = status_value(engine, now)["microsoft365"]["trouble"]
    engine.close()
    return {str(trouble["said"])} if trouble else set()


def _at(now: datetime) -> datetime:
    return now


def test_a_wrong_secret_is_one_request_for_a_token_until_it_is_another_or_somebody_asks(
    server: GraphServer, tmp_path: Path
) -> None:
    told = {said for _ in range(3) for said in a_process(tmp_path)}
    assert (server.token_requests, server.http_requests, len(told)) == (1, 0, 1)
    assert (
        "the client secret is wrong. Write the secret's value, not its id, where [microsoft365] says it is"
        in told.pop()
    )
    for _ in range(2):
        said: list[str] = []
        assert check.run(tmp_path / "config.toml", MONDAY, "en", everybody=False, online=True, echo=said.append) == 1
        assert [line for line in said if "the client secret is wrong" in line]
    assert server.token_requests == 3
    a_process(tmp_path)
    assert server.token_requests == 3
    (tmp_path / "secret").write_text(SECRET)
    said = []
    assert check.run(tmp_path / "config.toml", MONDAY, "en", everybody=False, online=True, echo=said.append) == 0
    assert "Microsoft 365 lets us in: AI-tid." in said
    assert a_process(tmp_path) == set()
    assert [sum(counts.values()) for who, counts in server.keys().items() if who in PEOPLE] == [1] * len(PEOPLE)


def test_a_secret_that_was_refused_stands_in_no_store(server: GraphServer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("verySpecialSecret")
    a_process(tmp_path)
    stored = b"".join(file.read_bytes() for file in (tmp_path / "var").rglob("*") if file.is_file())
    assert b"the client secret is wrong" in stored
    assert b"verySpecialSecret" not in stored
