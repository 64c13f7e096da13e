"""Trouble with an Exchange server or with a mailbox on it: one sentence for the administrator, and the others served."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from calendars.channel import ChannelError
from calendars.exchange.session import MOST_AT_ONCE, Session
from calendars.server.not_sent import was_sent
from culture.people import Preference
from service.acts import letters
from service.answers.status import status_lines, status_value
from service.cli.outbox_commands import outbox
from tests.ews import PASSWORD, SERVICE, EwsServer, Fault, Item, Request
from tests.ews.soap import make
from tests.exchange_values import Clock, Logins, act, exchange_engine, session, settings_of
from tests.relay_values import AppAt
from tests.server_office import NO_PROMPTS, ONE, THREE, TWO, WEEK_AT_NOON, office
from tests.service_values import MONDAY, make_engine, row, write_people
from tests.smtp_server import make_certificates

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def session_of(server: EwsServer, **changes: Any) -> Session:
    """A session with other settings than usual."""
    return Session(settings_of(server, **changes), Logins(), Clock())


# --- one mailbox


def state(name: Any) -> Callable[[EwsServer], None]:
    def change(server: EwsServer) -> None:
        server.mailbox(ONE).state = name

    return change


def missing(server: EwsServer) -> None:
    del server.world.mailboxes[ONE]


def may_act_in_others(server: EwsServer) -> None:
    server.impersonation = frozenset({TWO, THREE})


MAILBOXES: dict[str, tuple[Callable[[EwsServer], None], str]] = {
    "missing": (missing, "Exchange has no mailbox with this address, or it is in the cloud"),
    "cloud": (state("cloud"), "Exchange has no mailbox with this address, or it is in the cloud"),
    "disabled": (state("disabled"), "the account is disabled"),
    "full": (state("full"), "the mailbox is full"),
    "moving": (state("moving"), "the mailbox is being moved"),
    "denied": (
        may_act_in_others,
        "the service may not act in this mailbox. Give it ApplicationImpersonation for a group that the mailbox is in",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence"), MAILBOXES.values(), ids=MAILBOXES)
def test_a_mailbox_in_trouble_is_named_with_a_sentence_and_the_others_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[EwsServer], None], sentence: str
) -> None:
    with office(tmp_path, section=NO_PROMPTS) as found, caplog.at_level(logging.WARNING, "aikultur.exchange"):
        spoil(found.server)
        found.asked()
        assert found.served(2, 3) == [WEEK_AT_NOON] * 2
        ((who, said),) = found.failing()
        assert (who, said.partition(" (")[0]) == (ONE, sentence)
        assert (found.status()["counts"], found.trouble()) == ({"standing": 2, "left": 0, "failing": 1}, None)
        assert caplog.messages == [f"{ONE}: {said}"]
        assert f"Not in the calendar yet: {ONE}: {said}" in list(status_lines(found.engine, MONDAY, "en"))


def test_a_mailbox_in_trouble_is_tried_again_after_minutes_and_then_once_a_day(tmp_path: Path) -> None:
    with office(tmp_path, section=NO_PROMPTS) as found:
        found.server.mailbox(ONE).state = "full"
        found.asked()
        looks = [hours * HOUR for hours in (0.5, 1, 1.5, 2, 2.5, 3, 4, 12, 24, 26.5, 27, 28, 40, 50.5, 51, 52)]
        tries = [look for look in looks if "CreateItem" in found.asked(MONDAY + look)]
        assert tries == [hours * HOUR for hours in (0.5, 1, 1.5, 3, 27, 51)]
        found.server.mailbox(ONE).state = "active"
        letters.retry_call(found.engine, "block/1")
        later = MONDAY + 53 * HOUR
        found.asked(later)
        assert (len(found.ours()), found.failing(later)) == (1, [])


def test_the_outbox_lists_what_a_mailbox_said(tmp_path: Path) -> None:
    with office(tmp_path, section=NO_PROMPTS) as found:
        found.server.mailbox(ONE).state = "full"
        found.asked()
        found.engine.last_tick = MONDAY
        shown = CliRunner().invoke(outbox, ["list", "--json"], obj=AppAt(tmp_path / "config.toml", "en", MONDAY))
        listed = [line.strip() for line in shown.stdout.splitlines()]
    assert '"id": "block/1",' in listed
    assert f'"said": "{ONE}: the mailbox is full (The mailbox is full)."' in listed


def test_nobody_lets_the_service_act_and_each_is_named(tmp_path: Path) -> None:
    with office(tmp_path, server={"impersonation": "none"}, section=NO_PROMPTS) as found:
        assert found.asked() == ["ResolveNames", "FindItem", "FindItem", "FindItem"]
        assert [who for who, _ in found.failing()] == [ONE, TWO, THREE]
        assert all("Give it ApplicationImpersonation" in said for _, said in found.failing())
        found.server.impersonation = "all"
        found.asked(MONDAY + 2 * HOUR)
        assert (found.failing(MONDAY + 2 * HOUR), len(found.ours())) == ([], 1)


def test_a_day_that_cannot_be_taken_out_is_said_and_tried_again(tmp_path: Path) -> None:
    with office(
        tmp_path, 2, Fault("ErrorItemSave", operation="DeleteItem", mailbox=ONE, item=1), section=NO_PROMPTS
    ) as found:
        found.asked()
        assert found.failing() == [(ONE, "Exchange refused: ErrorItemSave, by script.")]
        one, other = (found.ours(who)[0] for who in (ONE, TWO))
        assert (other.deleted - one.deleted, one.deleted - other.deleted) == ({max(other.deleted)}, set())
        found.asked(MONDAY + HOUR)
        assert (found.failing(), one.deleted) == ([], other.deleted)


def test_where_a_mailbox_went_to_the_cloud_nothing_is_left_to_take_away(tmp_path: Path) -> None:
    with office(tmp_path, section=NO_PROMPTS) as found:
        found.asked()
        found.server.mailbox(ONE).state = "cloud"
        found.engine.stored.prefer("1", Preference(channel="feed"))
        found.asked(MONDAY + HOUR)
        assert (found.failing(), found.status()["counts"]["standing"]) == ([], 2)
        assert found.asked(MONDAY + 2 * HOUR) == []


def test_a_time_zone_that_the_server_does_not_know_is_that_persons_trouble(tmp_path: Path) -> None:
    with office(tmp_path, section=NO_PROMPTS) as found:
        text = (tmp_path / "config.toml").read_text("utf-8")
        there = text.replace('[departments.jura]\nname = "Jura"', '[departments.jura]\nname = "Jura"\nzone = "{}"')
        (tmp_path / "config.toml").write_text(there.replace("{}", "Australia/Darwin"), "utf-8")
        write_people(tmp_path, [row(1, department="jura"), row(2), row(3)])
        found.asked()
        assert found.served(2, 3) == [WEEK_AT_NOON] * 2
        ((who, said),) = found.failing()
        known = "the server does not know the person's time zone. Install Windows' time zone updates on it"
        assert (who, said.partition(" (")[0]) == (ONE, known)


# --- a series that somebody mangled, and copies


def single(item: Item) -> None:
    del item.fields["Recurrence"]


def daily(item: Item) -> None:
    bounds = item.fields["Recurrence"][1]
    pattern = make("t:DailyRecurrence", make("t:Interval", text="1"))
    item.fields["Recurrence"] = make("t:Recurrence", pattern, bounds)


def endless(item: Item) -> None:
    start = item.fields["Recurrence"][1][0]
    item.fields["Recurrence"] = make("t:Recurrence", item.fields["Recurrence"][0], make("t:NoEndRecurrence", start))


@pytest.mark.parametrize("mangle", [single, daily, endless])
def test_a_mangled_series_is_left_alone_and_said_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mangle: Callable[[Item], None]
) -> None:
    with office(tmp_path, 2) as found, caplog.at_level(logging.INFO, "aikultur.exchange"):
        found.asked()
        (item,) = found.ours()
        mangle(item)
        item.overrides, item.deleted, before = {}, set(), item.change
        found.asked(MONDAY + 7 * DAY)
        assert (found.ours(), item.change) == ([item], before)
        assert caplog.messages == [f"{ONE} has changed the block in their calendar; it is left alone"]
        assert found.status()["counts"] == {"standing": 2, "left": 1, "failing": 0}
        assert len({day.body for day in found.ours(TWO)[0].occurrences(MONDAY, MONDAY + 14 * DAY)}) == 10
        assert found.asked(MONDAY + 7 * DAY) == []


def test_a_copy_made_by_hand_stays_as_it_is_and_no_third_comes(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        (item,) = found.ours()
        copy = item.copied()
        copy.number, copy.overrides, copy.deleted = found.server.world.number(), {}, set()
        found.server.mailbox(ONE).items.append(copy)
        before = copy.change
        for now in (MONDAY + 7 * DAY, MONDAY + 14 * DAY):
            found.asked(now)
        assert (found.ours(), copy.change, len(item.overrides)) == ([item, copy], before, 19)


# --- the login


def test_a_wrong_password_is_one_request_whatever_follows_until_the_secret_is_another(tmp_path: Path) -> None:
    with EwsServer([ONE, TWO]) as server, exchange_engine(tmp_path, server, 2) as engine:
        (tmp_path / "exchange-secret").write_text("wrong", "utf-8")
        act(engine, MONDAY)
        for minutes in (1, 30, 60, 600):
            act(engine, MONDAY + timedelta(minutes=minutes))
        assert (server.http_requests, server.failed_logins) == (1, {SERVICE: 1})
        said = status_value(engine, MONDAY)["exchange"]["trouble"]["said"]
        assert said == (
            f"{server.url}: {SERVICE} is not let in. Nothing more is tried with this password, so that the account is "
            "not locked. Correct it where [exchange] says it is, or run aikultur check --online to try the same one again."
        )
        engine.close()
        again = make_engine(tmp_path)
        act(again, MONDAY + 12 * HOUR)
        assert (server.http_requests, server.failed_logins) == (1, {SERVICE: 1})
        (tmp_path / "exchange-secret").write_text(PASSWORD, "utf-8")
        act(again, MONDAY + 13 * HOUR)
        assert [len(server.mailbox(who).items) for who in (ONE, TWO)] == [1, 1]
        again.close()


@pytest.mark.parametrize("auth", ["basic", "ntlm"])
def test_four_threads_with_a_wrong_password_fail_one_login(auth: Any) -> None:
    with EwsServer([ONE], auth="NTLM" if auth == "ntlm" else "basic") as server:
        shared = session_of(server, password="wrong", auth=auth)
        barrier, said = threading.Barrier(4), list[str]()

        def find() -> None:
            barrier.wait()
            try:
                shared.calendar(ONE).find("key")
            except ChannelError as error:
                said.append(error.about)

        threads = [threading.Thread(target=find) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shared.close()
        assert (said, server.failed_logins) == (["login"] * 4, {SERVICE: 1})
        assert server.http_requests == (1 if auth == "basic" else 3)


def test_a_locked_account_is_named(tmp_path: Path) -> None:
    with EwsServer([ONE], lock_after=1) as server:
        shared = session(server, password="wrong")
        with pytest.raises(ChannelError, match=r"is not let in\. The account is locked\. Nothing more is tried"):
            shared.probe()
        shared.close()


def test_a_password_that_expires_is_tried_once_more_after_ten_minutes_and_never_again(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        found.asked()
        found.server.users[SERVICE] = "another"
        later = MONDAY + 7 * DAY
        assert found.asked(later) == ["FindItem"]
        assert found.trouble() == (
            f"{SERVICE} is not let in, and was before. The password may have expired. It is tried once more in ten minutes."
        )
        found.clock.seconds = 599
        assert found.asked(later + HOUR) == []
        found.clock.seconds = 601
        assert found.asked(later + 2 * HOUR) == ["ResolveNames"]
        assert "Nothing more is tried with this password" in (found.trouble() or "")
        found.clock.seconds = 100_000
        assert (found.asked(later + DAY), found.server.failed_logins) == ([], {SERVICE: 2})


def test_a_server_that_refuses_a_good_login_once_is_believed_again(tmp_path: Path) -> None:
    with office(tmp_path, 2, Fault("401", operation="FindItem", mailbox=ONE), section=NO_PROMPTS) as found:
        found.asked()
        found.clock.seconds = 601
        found.asked(MONDAY + HOUR)
        assert (found.served(1, 2), found.trouble()) == ([WEEK_AT_NOON] * 2, None)


def test_a_secret_that_cannot_be_had_asks_nothing_and_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with EwsServer([ONE]) as server, exchange_engine(tmp_path, server) as engine:
        (tmp_path / "exchange-secret").unlink()
        act(engine, MONDAY)
        said = status_value(engine, MONDAY)["exchange"]["trouble"]["said"]
        file = tmp_path / "exchange-secret"
        words = f"secret_file: {file} cannot be read: No such file or directory."
        assert said == f"[exchange]: the secret could not be had: [exchange] {words}"
        assert server.http_requests == 0


# --- the server, and the way to it

SERVER: dict[str, tuple[Fault, str]] = {
    "503": (Fault("503", retry_after=60), "the server is busy (status 503)."),
    "429": (Fault("429"), "the server is busy (status 429)."),
    "busy": (Fault("busy"), "the server is busy (The server cannot service this request right now)."),
}
AT_THE_LOGIN = {
    "html": (Fault("html"), "a web page came back instead of Exchange's answer."),
    "cut": (Fault("cut"), "the connection was lost."),
}


@pytest.mark.parametrize(
    ("operation", "fault", "sentence"),
    [("CreateItem", *one) for one in SERVER.values()] + [("ResolveNames", *one) for one in AT_THE_LOGIN.values()],
    ids=[*SERVER, "html at the login", "cut at the login"],
)
def test_a_server_in_trouble_is_said_and_left_alone_and_then_everybody_is_served(
    tmp_path: Path, operation: str, fault: Fault, sentence: str
) -> None:
    aimed = replace(fault, operation=operation)
    with office(tmp_path, 1, aimed, section=NO_PROMPTS) as found:
        found.asked()
        assert (found.trouble() or "").startswith(sentence)
        assert (f"Exchange is left alone since 2026-11-30 07:00: {found.server.url}: {sentence}") in " ".join(
            status_lines(found.engine, MONDAY, "en")
        )
        write_people(tmp_path, [row(1), row(2)])
        found.server.world.add(TWO)
        found.clock.seconds = 3600
        found.asked(MONDAY + HOUR)
        assert (found.served(1, 2), found.trouble(), found.failing()) == ([WEEK_AT_NOON] * 2, None, [])
        assert [len(found.ours(who)) for who in (ONE, TWO)] == [1, 1]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault("503", operation="FindItem", retry_after=120), 120),
        (Fault("429", operation="FindItem", retry_after=90), 90),
        (Fault("busy", operation="FindItem", back_off_ms=45_000), 45),
        (Fault("503", operation="FindItem", retry_after=86_400), 300),
    ],
    ids=["503", "429", "busy", "a day is five minutes"],
)
def test_a_server_that_asks_to_be_left_alone_is(fault: Fault, seconds: int) -> None:
    clock = Clock()
    with EwsServer([ONE], [fault]) as server:
        shared = session(server, clock=clock)
        with pytest.raises(ChannelError) as first:
            shared.calendar(ONE).find("key")
        clock.seconds = seconds - 1
        with pytest.raises(ChannelError) as second:
            shared.calendar(ONE).find("key")
        waits = (first.value.wait, second.value.wait)
        assert waits == (timedelta(seconds=seconds), timedelta(seconds=1))
        assert server.operations() == ["ResolveNames", "FindItem"]
        clock.seconds = seconds
        assert shared.calendar(ONE).find("key") == []
        shared.close()


def test_a_server_that_asks_for_two_minutes_has_them_from_the_queue_too(tmp_path: Path) -> None:
    with office(tmp_path, 1, Fault("503", operation="FindItem", retry_after=120)) as found:
        found.asked()
        assert found.status()["trouble"]["next"] == (MONDAY + timedelta(minutes=2)).isoformat()


def test_at_most_four_requests_are_on_their_way() -> None:
    barrier = threading.Barrier(4, timeout=30)
    finds = list[int]()

    def wait_for_four(request: Request) -> None:
        if request.operation == "FindItem" and len(finds) < 8:
            finds.append(request.number)
            barrier.wait()

    with EwsServer([ONE], before_reply=wait_for_four) as server:
        shared = session(server)
        shared.probe()
        threads = [threading.Thread(target=shared.calendar(ONE).find, args=("key",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shared.close()
        assert (MOST_AT_ONCE, server.most_at_once, server.operations().count("FindItem")) == (4, 4, 8)


def test_a_certificate_that_nobody_trusts_is_refused_and_one_of_the_ca_file_is_not(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    with EwsServer([ONE], certificates=certificates) as server:
        stranger = session_of(server)
        with pytest.raises(ChannelError) as caught:
            stranger.probe()
        stranger.close()
        said = "nobody whom we trust has signed the server's certificate. Name your authority's file in [exchange] ca_file."
        assert (caught.value.message, caught.value.about) == (f"{server.url}: {said}", "server")
        assert (caught.value.perhaps, server.http_requests) == (False, 0)
        friend = session_of(server, ca_file=certificates.authority)
        assert friend.probe() == "Microsoft Exchange Server 2019"
        friend.close()


@pytest.mark.parametrize("what", ["cut", "lost"])
def test_a_connection_over_tls_that_breaks_in_the_middle_may_have_done_it(what: str, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    with EwsServer([ONE], [Fault(what, operation="FindItem")], certificates=certificates) as server:
        shared = session_of(server, ca_file=certificates.authority)
        with pytest.raises(ChannelError) as caught:
            shared.calendar(ONE).find("key")
        shared.close()
    assert caught.value.message == f"{ONE}: the connection was lost."
    assert (caught.value.about, caught.value.perhaps) == ("person", True)


@pytest.mark.parametrize(
    ("why", "sent"),
    [
        ("SSLError [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", False),
        ("SSLError [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure", False),
        ("SSLError [SSL: WRONG_VERSION_NUMBER] wrong version number", False),
        ("SSLError [SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac", True),
        ("SSLError EOF occurred in violation of protocol (_ssl.c:2427)", True),
        ("ConnectionError ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", True),
        ("ConnectTimeout HTTPSConnectionPool(host='mail.x.example', port=443)", False),
    ],
)
def test_only_what_never_had_a_connection_was_not_sent(why: str, sent: bool) -> None:
    assert was_sent(why) is sent


def test_a_server_that_does_not_answer_may_have_done_it() -> None:
    with EwsServer([ONE], [Fault("hang", operation="FindItem")]) as server:
        shared = session_of(server, timeout_seconds=0.3)
        with pytest.raises(ChannelError) as caught:
            shared.calendar(ONE).find("key")
        server.release()
        shared.close()
    assert caught.value.message == f"{ONE}: no answer in time."
    assert (caught.value.about, caught.value.cause, caught.value.perhaps) == ("person", "no answer in time", True)


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with EwsServer([ONE]) as server:
        gone = session(server)
    with pytest.raises(ChannelError) as caught:
        gone.probe()
    gone.close()
    assert caught.value.message == f"{server.url}: the server refuses connections."
    assert (caught.value.about, caught.value.perhaps) == ("server", False)


def test_a_server_of_an_old_version_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    with EwsServer([ONE], product="2010") as server:
        shared = session(server)
        with pytest.raises(ChannelError) as caught:
            shared.calendar(ONE).find("key")
        shared.close()
        said = "The server is Microsoft Exchange Server 2010 SP3, and Exchange 2013 SP1 is the oldest that works. Update it."
        assert (caught.value.message, caught.value.wait) == (f"{server.url}: {said}", HOUR)
        assert set(server.operations()) == {"ResolveNames"}
