"""An organisation in Microsoft 365 and a server of our own, for the tests of letters and of `check --online`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.engine.engine import Engine
from tests.graph import CLIENT, SECRET, SERVICE, TENANT, GraphServer
from tests.service_values import MONDAY, approve_all, make_engine, row, write_config, write_people

CLOUD = """
[microsoft365]
tenant = "{tenant}"
client = "{client}"
secret_file = "secret"
mailbox = "{mailbox}"
authority = "{authority}"
endpoint = "{endpoint}"
ca_file = "{ca_file}"
{more}
"""


def write_cloud(
    folder: Path,
    server: GraphServer,
    *,
    channel: str = "microsoft365",
    transport: str = "microsoft365",
    cloud: str = "",
    mail: str = "",
) -> None:
    """A config with `[microsoft365]` on that server; `cloud` and `mail` are more lines of those sections."""
    write_config(folder, channel=channel, transport=transport)
    file = folder / "config.toml"
    text = file.read_text("utf-8").replace("ai-tid@x.example", SERVICE).replace("[mail]", f"[mail]\n{mail}")
    more = CLOUD.format(
        tenant=TENANT,
        client=CLIENT,
        mailbox=SERVICE,
        authority=server.secure_url,
        endpoint=f"{server.url}/v1.0",
        ca_file=server.ca_file,
        more=cloud,
    )
    file.write_text(text + more, "utf-8")
    (folder / "secret").write_text(SECRET, "utf-8")


@contextmanager
def cloud_engine(folder: Path, server: GraphServer, people: int = 1, **settings: Any) -> Iterator[Engine]:
    """An engine on `people` people whose first letters are approved; nothing is done yet."""
    write_cloud(folder, server, **settings)
    write_people(folder, [row(number) for number in range(1, people + 1)])
    engine = make_engine(folder)
    approve_all(engine, MONDAY)
    try:
        yield engine
    finally:
        engine.close()
