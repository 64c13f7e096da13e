"""The server from a shell, for clients that live elsewhere.

    python -m tests.graph anna@x.example bo@x.example --port-file server.json

writes where it is, whom it trusts and who may come in, as JSON, and serves until it is killed.
"""

import argparse
import json
import threading
from pathlib import Path

from tests.graph.server import CLIENT, SECRET, SERVICE, TENANT, GraphServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.graph")
    parser.add_argument("addresses", nargs="*", help="people with a mailbox")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument(
        "--role", action="append", default=[], help="a right of the whole organisation, Mail.Send for one"
    )
    options = parser.parse_args()
    with GraphServer(options.addresses) as server:
        server.application.roles |= set(options.role)
        found = {
            "url": f"{server.url}/v1.0",
            "secure_url": f"{server.secure_url}/v1.0",
            "authority": server.authority,
            "ca_file": str(server.ca_file),
            "tenant": TENANT,
            "client": CLIENT,
            "secret": SECRET,
            "service": SERVICE,
        }
        ready = options.port_file.with_suffix(".new")
        ready.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        ready.replace(options.port_file)
        threading.Event().wait()


if __name__ == "__main__":
    main()
