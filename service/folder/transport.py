"""The transport `folder`: letters become files in [mail] folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

from mailer.folder.transport import FolderTransport
from mailer.transport import Transport
from service.messages.translation import Sentence
from service.settings.config import Source
from service.settings.transport_row import Session, TransportRow


def _files(source: Source) -> Path:
    return source.resolve(source.config.mail.folder)


def _make(source: Source, _: Session) -> Callable[[], Transport]:
    folder = _files(source)
    return lambda: FolderTransport(folder)


def _probe(_: Source) -> Iterator[Sentence]:
    yield Sentence("Letters go into a folder; there is no server to ask.")


TRANSPORT = TransportRow(
    name="folder",
    server=lambda source: source.config.mail.folder,
    make=_make,
    probe=_probe,
    spared=False,  # the rates spare a server
    files=_files,
)
