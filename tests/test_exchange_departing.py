"""An Exchange server that leaves out or writes otherwise what Microsoft's always sends: nothing is made up, and it is said."""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.ews import EwsServer, Item
from tests.ews.mailbox import Override, stamp
from tests.ews.soap import make
from tests.exchange_values import address, session, write_exchange
from tests.server_office import ONE, WEEK_AT_NOON, Office, office
from tests.service_values import MONDAY, look

pytestmark = pytest.mark.slow

DAY, WEEK = timedelta(days=1), timedelta(days=7)
Mangle = Callable[[str, bytes], bytes]


def without(*names: str) -> Mangle:
    """Replies in which these properties are not there, in anybody's mailbox."""
    pattern = "|".join(f"<t:{name}(?: [^>]*)?/>|<t:{name}(?: [^>]*)?>.*?</t:{name}>" for name in names)
    return lambda mailbox, reply: re.sub(pattern.encode(), b"", reply, flags=re.DOTALL)


def with_fractions(mailbox: str, reply: bytes) -> bytes:
    """Replies to one mailbox whose times have fractions of a second."""
    return re.sub(rb"(<t:(?:Start|End)>[^<]*)Z<", rb"\1.0000000Z<", reply) if mailbox == ONE else reply


def moved_to(found: Office, at: str) -> None:
    write_exchange(found.folder, found.server, vitamin=f'time = "{at}"')
    look(found.engine)


def texts(found: Office, who: str = ONE, now: datetime = MONDAY) -> list[str]:
    return [day.body for day in found.server.mailbox(who).occurrences(now, now + 5 * DAY)]


def test_a_text_that_was_not_sent_is_neither_the_persons_nor_erased(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        before = texts(found)
        found.server.mangle = without("TextBody")
        moved_to(found, "09:10")
        found.asked(MONDAY + DAY)
        block = found.engine.stored.block("1")
        assert block is not None
        assert (block.own_text, block.own) == (None, ())
        (item,) = found.ours()
        assert item.body != ""
        assert texts(found, now=MONDAY + DAY)[:4] == before[1:]


def test_what_a_person_wrote_is_kept_also_when_the_server_no_longer_sends_it(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        by_hand(found.ours()[0])
        found.asked(MONDAY + WEEK)
        found.server.mangle = without("TextBody")
        moved_to(found, "09:10")
        found.asked(MONDAY + WEEK + DAY)
        assert found.ours()[0].body == "bring the cake"


def by_hand(item: Item) -> None:
    item.fields["Body"].text = "bring the cake"


@pytest.mark.parametrize("left_out", ["Subject", "TextBody"])
def test_a_day_that_the_person_moved_keeps_what_was_not_sent(tmp_path: Path, left_out: str) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        (item,) = found.ours()
        title, day = item.subject, item.occurrences(MONDAY, MONDAY + 5 * DAY)[2]
        starts, ends = day.start + timedelta(minutes=45), day.end + timedelta(minutes=45)
        override = item.overrides.setdefault(day.original, Override())
        override.fields |= {"Start": make("t:Start", text=stamp(starts)), "End": make("t:End", text=stamp(ends))}
        found.server.mangle = without(left_out)
        moved_to(found, "09:10")
        found.asked(MONDAY + DAY)
        found.server.mangle = lambda mailbox, reply: reply
        (new,) = found.ours()
        moved = [one for one in new.occurrences(MONDAY, MONDAY + 5 * DAY) if one.start == starts]
        assert [(one.subject, bool(one.body)) for one in moved] == [(title, True)]


def test_a_title_that_was_not_sent_is_no_change_by_the_person(tmp_path: Path) -> None:
    with office(tmp_path, 1, server={"mangle": without("Subject")}) as found:
        found.asked()
        found.asked(MONDAY + WEEK)
        assert found.status()["counts"] == {"standing": 1, "left": 0, "failing": 0}


@pytest.mark.parametrize(
    ("mangle", "what"),
    [(with_fractions, "Start"), (without("Start"), "Start"), (without("End"), "End"), (without("ItemId"), "ItemId")],
    ids=["fractions", "no start", "no end", "no id"],
)
def test_an_answer_that_cannot_be_read_is_one_sentence_about_that_mailbox(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mangle: Mangle, what: str
) -> None:
    with office(tmp_path, 3) as found, caplog.at_level(logging.INFO):
        found.asked()
        found.server.mangle = lambda mailbox, reply: mangle(mailbox, reply) if mailbox == ONE else reply
        before = texts(found, address(2), MONDAY + 2 * WEEK)
        found.asked(MONDAY + WEEK)
        said = f"in Exchange's answer {what} is missing or cannot be read."
        assert found.failing() == [(ONE, said)]
        assert found.trouble() is None
        assert [texts(found, address(n), MONDAY + 2 * WEEK) == before for n in (2, 3)] == [False, False]
        assert [entry.name for entry in caplog.records if entry.name.startswith("exchangelib")] == []
        assert [entry for entry in caplog.records if entry.exc_info] == []
        assert [entry.getMessage() for entry in caplog.records if entry.levelno >= logging.WARNING] == [
            f"{ONE}: {said}"
        ]


def test_without_the_time_of_creation_a_series_is_found_all_the_same(tmp_path: Path) -> None:
    with office(tmp_path, 1, server={"mangle": without("DateTimeCreated")}) as found:
        found.asked()
        found.asked(MONDAY + WEEK)
        assert (len(found.ours()), found.failing()) == (1, [])
        assert found.served(1) == [WEEK_AT_NOON]


def test_a_creation_whose_answer_has_no_id_is_found_and_not_made_twice(tmp_path: Path) -> None:
    def once(mailbox: str, reply: bytes) -> bytes:
        found.server.mangle = lambda mailbox, reply: reply
        return without("ItemId")(mailbox, reply)

    with office(tmp_path, 1) as found:
        found.server.mangle = lambda mailbox, reply: once(mailbox, reply) if b"CreateItemResponse" in reply else reply
        found.asked()
        assert [said for _, said in found.failing()] == ["in Exchange's answer ItemId is missing or cannot be read."]
        found.asked(MONDAY + timedelta(hours=1))
        assert (len(found.ours()), found.failing()) == (1, [])


def test_a_server_that_writes_every_time_so_is_believed_to_be_the_server(tmp_path: Path) -> None:
    with office(tmp_path, 7) as found:
        found.asked()
        found.server.mangle = lambda mailbox, reply: with_fractions(ONE, reply)
        asked = found.asked(MONDAY + WEEK)
        assert asked.count("FindItem") <= 5
        assert "Start is missing or cannot be read" in (found.trouble() or "")


def test_the_servers_own_name_is_said_or_its_build() -> None:
    with EwsServer() as server:
        shared = session(server)
        assert shared.probe() == "Microsoft Exchange Server 2019"
        server.build = (15, 9, 1544, 4)
        again = session(server)
        assert again.probe() == "build 15.9.1544.4"
        shared.close()
        again.close()
