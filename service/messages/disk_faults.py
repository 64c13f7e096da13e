"""What the disk refused, as a sentence: which file, what is wrong, what to do."""

import errno
from pathlib import Path
from typing import Any

from culture.people import Language
from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence

BELOW = ("calendars", "mailer", "store")
"""The rooms whose errors are sentences, in English."""


def disk_sentence(error: OSError) -> Sentence:
    """An OSError for the administrator. One that was made with a sentence of its own says that; one about no file (a
    socket) has no advice."""
    if error.errno is None or error.filename is None:
        return Relayed(str(error.strerror or error))
    fields = {"path": error.filename, "folder": _folder(error.filename), "error": Relayed(str(error.strerror or error))}
    return Sentence("{path}: {what}", {**fields, "what": _what(error.errno, fields)})


def told(error: Exception, language: Language) -> str:
    """What went wrong, in a sentence."""
    if isinstance(error, Refused):
        return error.sentence.said(language)
    if isinstance(error, OSError):
        return disk_sentence(error).said(language)
    if type(error).__module__.partition(".")[0] in BELOW:
        return Relayed(str(error)).said(language)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _what(number: int, fields: dict[str, Any]) -> Sentence:
    if number in (errno.ENOSPC, errno.EDQUOT):
        return Sentence(
            "the disk is full ({error}). Free space on the disk of {folder}; nothing is lost, and it goes on by itself.",
            fields,
        )
    if number == errno.EFBIG:
        return Sentence(
            "the file may not get larger ({error}). Raise the limit: ulimit -f, or LimitFSIZE= in the unit.", fields
        )
    if number in (errno.EACCES, errno.EPERM):
        return Sentence(
            "this user may not use it ({error}). Run the command as the user of the service, or give that user "
            "everything in {folder}: chown -R.",
            fields,
        )
    if number == errno.EROFS:
        return Sentence(
            "the disk can only be read ({error}), often because it has failed. Look at dmesg, and mount it again to be "
            "written.",
            fields,
        )
    if number in (errno.EMFILE, errno.ENFILE):
        return Sentence(
            "too many files are open ({error}). Raise LimitNOFILE= in the unit; it goes on by itself.", fields
        )
    if number == errno.EIO:
        return Sentence(
            "the disk has failed ({error}). Look at dmesg, and copy {folder} to another disk before you go on.", fields
        )
    if number == errno.ENOENT:
        return Sentence("there is no such file or folder. Write another path, or put it there.", fields)
    return Sentence("{error}. See that {folder} can be read and written by the user of the service.", fields)


def _folder(path: Any) -> Path:
    """Where there is space to be freed or something to be owned: the folder of the file, or the folder itself."""
    named = Path(str(path))
    return named if named.is_dir() else named.parent
