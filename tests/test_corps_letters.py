"""The letters about the corps, as somebody gets them: what they say in both languages, and that nobody's text breaks them."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest

from mailer.render import Renderer
from service.planning.feeds import NO_LINKS
from service.planning.letters import reader_for
from service.planning.sample_letters import samples
from tests.calendar_readers import lines
from tests.relay_values import SCRIPT, at
from tests.web_relay_values import Place

pytestmark = pytest.mark.slow

KINDS = (
    "ambassador",
    "corps-chair",
    "corps-sponsor",
    "corps-thanks",
    "corps-asked",
    "corps-declined",
    "corps-uncovered",
    "corps-meeting",
)
CORPS = f"""
[ambassadors]
enabled = true
hours = 6
sponsor_name = "{SCRIPT}"
sponsor_email = "bk@x.example"
people = [{{ email = "eva@x.example" }}]
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
place = "{SCRIPT}"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("corps"), enabled=False, more=CORPS + "[revisit]\nenabled = false\n")
    yield made.at(at(1))
    made.engine.close()


def letter(place: Place, kind: str, person_id: str) -> EmailMessage:
    found = place.engine.plan(place.now)
    made = place.engine.preview(found, kind, found.world.organisation.people[person_id])
    mail = message_from_bytes(made, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def words(text: str) -> list[str]:
    """Its words, for no sign that only keeps them together or links somewhere is one."""
    plain = text.replace("\u2011", "-").replace("\u00a0", " ")
    return [word.strip(".,:") for word in re.sub(r"https?://\S+", "", plain).split() if re.search(r"\w", word)]


def shown(html: str) -> str:
    """What a reader sees of it."""
    inside = re.sub(r"<(style|title|head).*?</\1>", "", html, flags=re.DOTALL)
    return unescape(re.sub("<[^>]*>", " ", inside))


@pytest.mark.parametrize("person_id", ["1", "3"])
@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same_and_what_people_wrote_stays_text(place: Place, kind: str, person_id: str) -> None:
    mail = letter(place, kind, person_id)
    text, html = part(mail, "plain"), part(mail, "html")
    assert "<script>" not in html
    assert "<b>fed" not in html
    assert len(words(text)) < 250
    assert set(words(text)) - set(words(shown(html))) == set()
    for one in mail.walk():
        if one.get_content_type() == "text/calendar":
            content = one.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert any(line.startswith("LOCATION:<script>alert(1)") for line in lines(content))


@pytest.mark.parametrize(
    ("person_id", "said"),
    [
        ("1", ("Seks timer om måneden", "Bag jer står: <script>", "Du kan stoppe, når du vil", "ikke sige hvorfor")),
        ("3", ("Six hours a month", "Behind you stands: <script>", "You can step down", "need not say why")),
    ],
)
def test_a_new_ambassador_is_told_the_hours_the_sponsor_and_the_way_out(
    place: Place, person_id: str, said: tuple[str, ...]
) -> None:
    text = " ".join(part(letter(place, "ambassador", person_id), "plain").split())
    assert [one for one in said if one not in text] == []
    assert "sagde nej til" not in text  # there is no revisit list


@pytest.mark.parametrize(("person_id", "open_"), [("1", "ikke besluttet endnu"), ("3", "not decided yet")])
def test_what_nobody_has_decided_is_said_to_be_open_and_who_is_asked(place: Place, person_id: str, open_: str) -> None:
    found = place.engine.plan(place.now)
    person = found.world.organisation.people[person_id]
    tried = samples(found.world, person)
    reader = reader_for(tried.world, person, (), NO_LINKS)
    (bare,) = (one for one in tried.shapes if getattr(one, "sponsored", True) is False)
    text = Renderer(None).render(reader, [bare]).text
    assert open_ in text
    assert text.count("Mette Lund") >= 3


@pytest.mark.parametrize("person_id", ["1", "3"])
def test_every_shape_of_the_letters_can_be_written(place: Place, person_id: str) -> None:
    found = place.engine.plan(place.now)
    person = found.world.organisation.people[person_id]
    tried = samples(found.world, person)
    reader = reader_for(tried.world, person, (), NO_LINKS)
    subjects = [Renderer(None).render(reader, [one]).subject for one in tried.shapes]
    assert [subject for subject in subjects if not subject.strip() or "  " in subject or "None" in subject] == []
