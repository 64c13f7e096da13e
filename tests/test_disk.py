"""What the disk refused, as a sentence; and errors that say of which file."""

import errno
import os
from pathlib import Path

import pytest

from service.messages.disk_faults import disk_sentence
from service.messages.translation import translations
from store.disk import LATER, StoreLost, is_later, naming


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Free space on the disk of /var/lib/aikultur/store"),
        (errno.EDQUOT, "Free space on the disk of /var/lib/aikultur/store"),
        (errno.EFBIG, "Raise the limit: ulimit -f"),
        (errno.EACCES, "give that user everything in /var/lib/aikultur/store: chown -R"),
        (errno.EROFS, "mount it again to be written"),
        (errno.EMFILE, "Raise LimitNOFILE="),
        (errno.EIO, "copy /var/lib/aikultur/store to another disk"),
        (errno.ENOENT, "there is no such file or folder"),
        (errno.ENOTDIR, "See that /var/lib/aikultur/store can be read and written"),
    ],
)
def test_a_sentence_says_the_file_and_what_to_do(number: int, advice: str) -> None:
    said = disk_sentence(OSError(number, os.strerror(number), "/var/lib/aikultur/store/journal-3"))
    assert said.said("en").startswith("/var/lib/aikultur/store/journal-3: ")
    assert advice in said.said("en")
    assert "[Errno" not in said.said("en")
    assert said.said("da") != said.said("en")


def test_an_error_with_a_sentence_of_its_own_says_that() -> None:
    assert str(disk_sentence(OSError("store: this store has been closed."))) == "store: this store has been closed."


def test_an_error_about_no_file_says_what_the_system_says() -> None:
    assert str(disk_sentence(OSError(errno.ECONNREFUSED, "Connection refused"))) == "Connection refused"


def test_an_error_from_a_descriptor_gets_the_name_of_its_file() -> None:
    with pytest.raises(OSError, match=r"^\[Errno 28\] full: 'journal-3'$") as caught, naming("journal-3"):
        raise OSError(errno.ENOSPC, "full")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "journal-3")
    with pytest.raises(FileNotFoundError, match="'other'"), naming("journal-3"):
        Path("other").read_bytes()


def test_a_full_disk_is_later_and_a_failed_one_is_not() -> None:
    assert {errno.ENOSPC, errno.EDQUOT, errno.EMFILE} < LATER
    errors = [OSError(errno.ENOSPC, ""), OSError(errno.EIO, ""), OSError(errno.EROFS, ""), ValueError()]
    assert [is_later(error) for error in errors] == [True, False, False, False]
    assert not isinstance(StoreLost(Path("x"), "y"), OSError)  # who waits for a disk must not wait for this


def test_what_can_be_said_has_a_danish_twin() -> None:
    assert "{path}: {what}" in translations("da")
