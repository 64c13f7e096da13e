"""The body of a POST: any bytes are a form or a refusal, in little time; and nothing is read for a stranger."""

import asyncio
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.applications import Starlette

from service.pages.act_form import LARGEST_FORM
from service.pages.body import LARGEST_BODY, MOST_FIELDS, Fields, NoForm, form_of, mailbox_form_of
from service.pages.site import application
from service.pages.turnstile import ActLimits
from tests.test_web import LINKS, NOW, Web, done, form, me, stop, view

pytestmark = pytest.mark.slow

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def part(headers: bytes, content: bytes = b"y") -> bytes:
    return b"--b\r\n" + headers + b"\r\n\r\n" + content + b"\r\n--b--\r\n"


def field(name: bytes, content: bytes = b"y") -> bytes:
    return part(b'Content-Disposition: form-data; name="' + name + b'"', content)


def read(kind: str, body: bytes) -> Fields | str:
    """The fields, or why there are none."""
    try:
        return mailbox_form_of(kind, body)
    except NoForm as refusal:
        return str(refusal)


# The inputs that kept the service busy for minutes, or made it answer 500, when the standard library's mail parser
# read them.
SLOW = {
    "quotes in a name": (MULTIPART, part(b"Content-Disposition: form-data; name=" + b'"a";' * 25_000)),
    "encoded words": (MULTIPART, part(b"Content-Disposition: form-data; name=" + b"=?utf-8?q?a?=" * 30_000)),
    "parameters": (MULTIPART, part(b"Content-Disposition: form-data" + b"; a=b" * 70_000)),
    "continued headers": (MULTIPART, part(b"Content-Disposition: form-data" + b";\r\n a=b" * 50_000)),
    "parts": (MULTIPART, b"--b\r\n\r\n\r\n" * 40_000 + b"--b--"),
    "comments": (MULTIPART, part(b"Content-Disposition: " + b"(" * 15_000)),
    "fields": (URLENCODED, b"&a" * 190_000),
}
BROKEN = {
    "an RFC 2231 parameter": ("multipart/form-data; a*1*", field(b"x")),
    "no boundary": ("multipart/form-data", field(b"x")),
    "another boundary": ("multipart/form-data; boundary=c", field(b"x")),
    "a long type": ("multipart/form-data; boundary=b; x=" + "x" * 400, field(b"x")),
    "a part without an end": (MULTIPART, field(b"x")[:-6]),
    "a mail in the form": ("multipart/mixed; boundary=b", field(b"x")),
    "no type": ("", b"a=b"),
    "json": ("application/json", b'{"a": 1}'),
}


@pytest.mark.parametrize("name", [*SLOW, *BROKEN])
def test_what_is_no_form_is_refused_wherever_it_is_read(name: str) -> None:
    kind, body = {**SLOW, **BROKEN}[name]
    for reader in (form_of, mailbox_form_of):
        with pytest.raises(NoForm):
            reader(kind, body)


kinds = st.one_of(
    st.sampled_from([URLENCODED, MULTIPART, "Multipart/Form-Data; Boundary=b; charset=x", "text/plain", ""]),
    st.text(st.characters(max_codepoint=255), max_size=60).map(lambda text: f"multipart/form-data; {text}"),
    st.text(st.characters(max_codepoint=255), max_size=60),
)
pieces = st.sampled_from(
    [b"--b", b"--b--", b"\r\n", b"\r", b"\n", b"Content-Disposition:", b" form-data;", b"name=x", b'name="', b'"', b"*0*",
     b";", b"=", b"&", b"%", b"%C3%A6", b"(", b"=?utf-8?q?", b":", b"\x00", b"\xff", b"+"]
)  # fmt: skip
bodies = st.one_of(st.binary(max_size=300), st.lists(pieces, max_size=60).map(b"".join))


@given(kind=kinds, body=bodies)
@example(kind="multipart/form-data; a*1*", body=field(b"x"))
@example(kind=MULTIPART, body=part(b"Content-Disposition: " + b"(" * 4_000))
def test_any_bytes_under_any_type_are_fields_or_a_refusal(kind: str, body: bytes) -> None:
    for reader in (form_of, mailbox_form_of):
        try:
            fields = reader(kind, body)
        except NoForm:
            continue
        assert all(isinstance(value, str) for values in fields.values() for value in values)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=MOST_FIELDS))
def test_a_form_comes_back_as_it_was_written(fields: dict[str, str]) -> None:
    from urllib.parse import urlencode

    sound = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    assert form_of(f"{URLENCODED}; charset=utf-8", urlencode(sound).encode()) == {
        name: [value] for name, value in sound.items()
    }


@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART, "", "text/plain"])
def test_an_empty_body_is_an_empty_form(kind: str) -> None:
    assert form_of(kind, b"") == {}


def test_of_a_mailboxs_parts_only_names_and_contents_count() -> None:
    body = (
        b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        b"One-Click\r\n--b\r\n\r\nno name\r\n--b\r\ncontent-disposition: form-data; name=\xc3\xa6; filename=x\r\n\r\n"
        b"\xc3\xa5\xff\r\n--b--\r\nafterwards"
    )
    assert read(MULTIPART, body) == {"List-Unsubscribe": ["One-Click"], "æ": ["å\ufffd"]}


def test_a_form_has_at_most_a_hundred_fields() -> None:
    for count, kept in ((MOST_FIELDS, MOST_FIELDS), (MOST_FIELDS + 1, 0)):
        parts = b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n" * count + b"--b--\r\n"
        urlencoded = b"&".join([b"x=y"] * count)
        for kind, body in ((MULTIPART, parts), (URLENCODED, urlencoded)):
            found = read(kind, body)
            assert (found["x"] if isinstance(found, dict) else []) == ["y"] * kept


# --- on the pages ------------------------------------------------------------------------------------------------


def relay(person_id: str = "7") -> str:
    return f"/relay/{LINKS.token('relay', person_id, NOW)}"


UNLIMITED = ActLimits(a_minute=10**9)


@given(kind=kinds, body=bodies, path=st.sampled_from([me(), relay(), stop()]))
def test_whoever_has_a_link_and_sends_anything_gets_a_page_and_changes_nothing(
    kind: str, body: bytes, path: str
) -> None:
    web = Web(view())
    answer = web.client(limits=UNLIMITED).post(path, content=body, headers=[(b"Content-Type", kind.encode("latin-1"))])
    assert (answer.status_code in (400, 403), "<h1>" in answer.text, web.acts) == (True, True, [])


@pytest.mark.parametrize("name", [*SLOW, *BROKEN])
def test_the_attacks_get_400_and_a_page_from_their_own_link_and_404_from_another(name: str) -> None:
    web = Web(view())
    kind, body = {**SLOW, **BROKEN}[name]
    headers = [(b"Content-Type", kind.encode())]
    for path, largest in ((me(), LARGEST_BODY), (relay(), LARGEST_FORM), (stop(), LARGEST_BODY)):
        answer = web.client().post(path, content=body, headers=headers)
        assert answer.status_code == (400 if len(body) <= largest else 413)
        assert "<h1>" in answer.text
    for path in ("/me/x", "/relay/x", "/stop/x"):
        assert web.client().post(path, content=body, headers=headers).status_code == 404
    assert web.acts == []


def test_only_a_mailbox_may_post_parts() -> None:
    web = Web(view())
    posted = form()
    parts = b"".join(
        b"--b\r\nContent-Disposition: form-data; name=" + name.encode() + b"\r\n\r\n" + str(value).encode() + b"\r\n"
        for name, value in posted.items()
    )
    answer = web.client().post(me(), content=parts + b"--b--\r\n", headers={"Content-Type": MULTIPART})
    assert (answer.status_code, web.acts) == (400, [])
    assert "<h1>Formularen kan ikke læses</h1>" in answer.text
    assert f'href="..{me()}"' in answer.text


def posted_without_a_body(app: Starlette, path: str) -> int:
    """The status of a POST whose body must not be asked for."""
    statuses: list[int] = []

    async def receive() -> Any:
        raise AssertionError("the body was touched")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"content-length", b"9")], "scheme": "http", "server": ("x", 80), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return statuses[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/me/forged", 404), ("/relay/forged", 404), ("/stop/forged", 404),
        (me("9"), 404), (stop("9"), 404), (f"/relay/{LINKS.token('page', '7', NOW)}", 404),
        (me(at=NOW.replace(month=8)), 410), (stop(at=NOW.replace(year=2024)), 410),
    ],
)  # fmt: skip
def test_the_link_is_read_before_the_body(path: str, status: int) -> None:
    web = Web(view())
    app = application(lambda: web.view, done, lambda: NOW, False, print)
    assert posted_without_a_body(app, path) == status


def test_who_posts_too_often_is_refused_before_the_body() -> None:
    client = Web(view()).client(limits=ActLimits(a_minute=1))
    assert client.post(me(), data=form()).status_code == 303
    app = client.app
    assert isinstance(app, Starlette)
    assert [posted_without_a_body(app, path) for path in (me(), relay(), stop())] == [429, 429, 429]
