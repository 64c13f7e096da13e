"""The transport `folder`: each letter as a file that any mail program opens. Nothing leaves the machine."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from mailer.transport import Envelope, TransportError
from store.private import private_folder, replace_privately

LONGEST_PART = 60
"""Characters of a local part that are kept in a file name; RFC 5321, 4.5.3.1.1 allows 64."""


class FolderTransport:
    """Writes letters into `folder`, which is made at need; only the owner may read them. `name` says which transport it
    stands in for, as it does in a rehearsal."""

    def __init__(self, folder: Path, name: str = "folder") -> None:
        self._folder = folder
        self.name = name

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        """Write the letter and return the file's path. The same letter again replaces its file.

        Raises TransportError (server_down) when the folder cannot be written.
        """
        file = self._folder / file_name(envelope)
        on_wire()
        try:
            private_folder(self._folder)
            # No fsync: the spool holds the same bytes safely, and a rehearsal writes thousands of these.
            replace_privately(file, mime)
        except OSError as error:
            sentence = f"{self._folder}: the letter could not be written there ({error.strerror or error})."
            raise TransportError(sentence, server_down=True) from error
        return str(file)

    def close(self) -> None:
        """Nothing is held open."""


def file_name(envelope: Envelope) -> str:
    """`anna.berg-3f2a9c81d7e0.eml`: ASCII, safe in every file system, the same for the same letter."""
    local = _plain(envelope.recipient.rpartition("@")[0])[:LONGEST_PART]
    return f"{local or 'letter'}-{_plain(envelope.message_id)[:12]}.eml"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", folded).strip(".-")
