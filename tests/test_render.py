import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from functools import cache
from html.parser import HTMLParser
from itertools import groupby, pairwise, product
from pathlib import Path

import pytest

from culture.people import ChannelName, Language
from mailer.letter import Facts, Links
from mailer.render import Rendered, Renderer, TemplateFault, Trial, unbroken
from mailer.words import LANGUAGES, opening, tongue
from service.planning.line import Line
from service.planning.own_letters import LinkFacts
from tests.leader_values import LEADER_LETTERS, LEADER_LINES
from tests.mail_values import LINKS, MONDAY, NO_LINKS, POLICY, invite, prompt, reader, slot, tip, welcome

pytestmark = pytest.mark.slow

OURS = Renderer(None)
DANISH, ENGLISH = tongue("da"), tongue("en")

LETTERS: dict[str, tuple[Facts, ...]] = {
    "welcome": (welcome(),),
    "welcome without days": (welcome(weekdays=frozenset()),),
    "tip": (tip(),),
    "one day": (tip(1),),
    "tip after a break": (replace(tip(1), fresh=True),),
    "tip met before": (replace(tip(), again=date(2026, 1, 7)),),
    "tip of one's own": (replace(tip(), common=prompt(9), beside="Begynd småt."),),
    "tip for the bold": (replace(tip(), beside="Find på mere.", further=True),),
    "welcome with the first": (welcome(starter=prompt(1), rest=tip(3).days[1:]),),
    "welcome on a track": (welcome(track=True, when="evening", rest=tip(2).days),),
    "link": (LinkFacts(relay=True),),
    **{name: (one,) for name, one in LEADER_LETTERS.items()},
    "the week's prompts with all that is said once": (replace(tip(1), lines=LEADER_LINES),),
    "create": (invite("create"),),
    "update": (invite("update"),),
    "cancel": (invite("cancel"),),
}
EVERY_TWO: tuple[tuple[ChannelName, bool, Links], ...] = (
    ("feed", False, LINKS),
    ("feed", True, NO_LINKS),
    ("invite", False, NO_LINKS),
    ("invite", True, LINKS),
    ("none", False, LINKS),
    ("none", True, NO_LINKS),
)
"""Each channel with each of the others, and whoever stopped with links and without."""

READERS = {
    f"{language} {channel} {'stopped' if stopped else ''} {'' if links.page else 'no web'}": reader(
        language, links, channel=channel, stopped=stopped
    )
    for language, (channel, stopped, links) in product(LANGUAGES, EVERY_TWO)
}
every_letter = pytest.mark.parametrize("name", LETTERS)


class Page(HTMLParser):
    """What a reader of the HTML meets: its words without the preheader, its links, its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.hidden = "", False
        self.links: list[str | None] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.hidden = tag in ("style", "title") or found.get("class") == "preheader"
        self.words += "\n"
        if tag == "a":
            self.links.append(found["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.words += "" if tag in ("a", "strong") else "\n"

    def handle_data(self, data: str) -> None:
        self.words += "" if self.hidden else data


NOTHING_BESIDE = {"common": None, "again": None}


def words(text: str) -> list[str]:
    text = text.replace("\u2011", "-")
    """The words of a text, without web addresses, which text shows and HTML hides behind words."""
    return re.findall(r"\w+", re.sub(r"https?://\S+", " ", text).casefold())


def links(text: str) -> set[str]:
    return {link.rstrip(".") for link in re.findall(r"https?://\S+", text)}


@cache
def made(to: str, name: str) -> tuple[Rendered, Page]:
    """A letter to one of the readers, and its page: rendered once, and looked at by many tests."""
    found = OURS.render(READERS[to], LETTERS[name])
    return found, Page(found.html)


@every_letter
def test_text_and_html_say_the_same_and_carry_the_same_links(name: str) -> None:
    for to in READERS:
        letter, page = made(to, name)
        assert words(page.words) == words(letter.text), to
        assert {link for link in page.links if link and not link.startswith("mailto:")} == links(letter.text), to


@every_letter
def test_every_letter_greets_is_signed_by_a_human_and_has_one_step_to_stop(name: str) -> None:
    for to, who in READERS.items():
        text = made(to, name)[0].text
        assert text.startswith("Hej Anna\n\n" if who.person.language == "da" else "Hi Anna\n\n"), to
        assert "Mette Lund\nmette@x.example\n" in text, to
        if who.links.page:
            assert who.links.page in text, to
            assert (who.links.stop in text) == (not who.person.stopped), to


@every_letter
def test_every_letter_is_tidy(name: str) -> None:
    for to in READERS:
        letter, _ = made(to, name)
        assert not [line for line in letter.text.splitlines() if line != line.rstrip() or "  " in line.strip()], to
        assert "\n\n\n\n" not in letter.text, to
        assert "!" not in letter.text, to
        assert letter.text.endswith(".\n"), to
        assert letter.subject == letter.subject.strip(), to
        assert "\n" not in letter.subject, to


@every_letter
def test_html_has_one_first_heading_no_skipped_level_and_nothing_remote(name: str) -> None:
    for to, who in READERS.items():
        page = made(to, name)[1]
        assert page.headings.count(1) == 1, to
        assert page.headings[0] == 1, to
        assert all(after - before <= 1 for before, after in pairwise(page.headings)), to
        assert [attrs["lang"] for tag, attrs in page.tags if tag == "html"] == [who.person.language], to
        assert {attrs.get("role") for tag, attrs in page.tags if tag == "table"} == {"presentation"}, to
        assert {tag for tag, _ in page.tags} & {"img", "link", "script", "iframe"} == set(), to
        assert all("src" not in attrs for _, attrs in page.tags), to


@every_letter
def test_the_policy_stands_where_something_is_pasted_in_full_only_for_who_is_new(name: str) -> None:
    pastes = any(one.pastes for one in LETTERS[name])
    for to, who in READERS.items():
        policy, page = POLICY[who.person.language], who.links.page
        later = OURS.plain(replace(who, new=False), LETTERS[name])
        full = [policy.tools, policy.data, policy.responsible]
        said = [[text.count(answer) for answer in full] for text in (made(to, name)[0].text, later)]
        assert said == [[pastes] * 3, [False, pastes and not page, False]], to
        assert (f"{page}#rules" in later) == (pastes and bool(page)), to


def test_the_text_alone_is_the_letters() -> None:
    for (to, who), name in product(READERS.items(), ("tip", "welcome", "cancel")):
        assert OURS.plain(who, LETTERS[name]) == made(to, name)[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_page_the_week_carries_every_prompt_whole_and_only_the_first_before_the_signature(
    language: Language,
) -> None:
    made = OURS.render(reader(language, NO_LINKS), [tip()])
    before, _, after = made.text.partition("Mette Lund\n")
    assert "Spørg om 1" in before
    assert "Spørg om 2" not in before
    assert "Spørg om 5" in after
    other = "en" if language == "da" else "da"
    shown = " ".join(Page(made.html).words.split())
    place = 0
    for day, one in tip().days:
        text = one.text(language)
        for part in (text.title, text.prompt.strip(), text.data, text.look_for):
            place = made.text.index(part, place)
            assert " ".join(part.split()) in shown
        assert opening(tongue(language).day(day)) in made.text or day == MONDAY
    assert not re.search(rf"\d {other}\b", made.text)


def test_the_subject_of_the_week_is_the_first_prompt_and_how_many_more() -> None:
    assert OURS.render(reader(), [tip()]).subject == "Titel 1 da (og fire til)"
    assert OURS.render(reader(), [tip(2)]).subject == "Titel 1 da (og en til)"
    assert OURS.render(reader(), [tip(1)]).subject == "Titel 1 da"
    assert OURS.render(reader("en"), [tip(3)]).subject == "Titel 1 en (and two more)"


def test_what_comes_first_gives_the_subject() -> None:
    made = OURS.render(reader(), [welcome(), invite()])
    assert made.subject == "Velkommen til AI-tid"
    assert made.text.index("Velkommen til AI-tid\n") < made.text.index("AI-tid i din kalender\n")


def test_a_weeks_prompts_are_named_in_the_subject_of_another_letter() -> None:
    assert OURS.render(reader(), [invite(), tip()]).subject == "AI-tid i din kalender, og ugens prompter"
    assert OURS.render(reader("en"), [invite(), tip(1)]).subject.endswith(", and this week's prompt")


def test_lines_of_other_programmes_stand_instead_of_the_question_to_colleagues(tmp_path: Path) -> None:
    for form in ("txt", "html"):
        file = tmp_path / f"mail/da/probe/line.{form}.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            "Linje {{ line.values.number }}." if form == "txt" else "<p>Linje {{ line.values.number }}.</p>"
        )
    two = tuple(Line(template="probe/line", values={"number": number}, words=2) for number in (1, 2))
    made = Renderer(tmp_path).render(reader(), [replace(tip(), lines=two)])
    assert "\n\nLinje 1.\n\nLinje 2.\n\n" in made.text
    assert "Ses I til et møde" not in made.text
    assert words(Page(made.html).words) == words(made.text)


def test_a_narrow_screen_does_not_break_after_the_hyphen_of_an_ending_and_what_is_copied_keeps_its_own() -> None:
    made = OURS.render(
        reader(), [tip(1, title="Ord på -ing i AI-stafetten", prompt="Skriv -ing og AI-tid, ikke --help")]
    )
    assert "Ord på \u2011ing i AI\u2011stafetten</h2>" in made.html
    assert "Skriv -ing og AI-tid, ikke --help</td>" in made.html


def test_the_prompt_keeps_its_lines_in_html() -> None:
    html = OURS.render(reader(), [tip(1, prompt="Først\n  - så\n\nsidst\n")]).html
    assert "Først<br>  - så<br><br>sidst</td>" in html


def test_names_and_prompts_cannot_write_html() -> None:
    hostile = "<script>alert('x')</script> & \"<b>æ</b>\" {{ 7 * 7 }}"
    made = OURS.render(
        reader(name=hostile, links=NO_LINKS),
        [welcome(title=hostile), tip(2, title=hostile, prompt=hostile, data=hostile)],
    )
    assert "<script" not in made.html
    assert "<b>" not in made.html
    assert made.html.count("&lt;script&gt;") >= 8
    assert "49" not in made.text.replace("Uge 49", "")
    assert made.text.count(hostile) >= 8
    assert words(Page(made.html).words) == words(made.text)


def test_a_cancellation_says_where_the_time_went() -> None:
    moved = OURS.render(reader(channel="feed"), [invite("cancel")]).text
    assert LINKS.feed in moved
    pausing = reader(channel="invite", pause_until=date(2027, 1, 4))
    assert "mandag den 4. januar" in OURS.render(pausing, [invite("cancel")]).text
    long_over = reader(channel="invite", pause_until=MONDAY)
    assert "pause." not in OURS.render(long_over, [invite("cancel")]).text


def test_the_event_of_a_day_carries_its_prompt_the_rules_and_the_page() -> None:
    summary, description = OURS.event(reader(), "block", {"title": "Tech-tid", "prompt": prompt(1), **NOTHING_BESIDE})
    assert summary == "Tech-tid: Titel 1 da"
    assert description.startswith("Spørg om 1 da\n\n[indsæt 1]\n\n")
    for part in (
        "Kun åbne tekster 1 da.",
        "Kig efter 1 da.",
        "opdagelse",
        *_answers(),
        f"Bed om et link på {LINKS.link}",
    ):
        assert part in description


def test_an_event_names_the_departments_prompt_beside_a_starter_and_says_what_came_before() -> None:
    values = {"title": "AI-tid", "prompt": prompt(1), "common": prompt(2), "again": date(2026, 9, 1)}
    _, description = OURS.event(reader(), "block", values)
    assert "Din afdeling har haft den før, tirsdag den 1. september. Svarer assistenten bedre nu?" in description
    assert f"Din afdeling har i dag: »{prompt(2).texts['da'].title}«" in description
    assert f"Your department has today: '{prompt(2).texts['en'].title}'" in OURS.event(reader("en"), "block", values)[1]


def test_the_event_without_a_prompt_says_where_the_prompts_are() -> None:
    summary, description = OURS.event(reader(), "block", {"title": "AI-tid", "prompt": None, **NOTHING_BESIDE})
    assert summary == "AI-tid"
    assert "Dagens prompt står i ugens brev og på din egen side." in description
    assert (
        "ugens brev"
        not in OURS.event(reader(stopped=True), "block", {"title": "AI-tid", "prompt": None, **NOTHING_BESIDE})[1]
    )
    assert (
        "Mette Lund"
        in OURS.event(
            reader(links=NO_LINKS, stopped=True), "block", {"title": "AI-tid", "prompt": None, **NOTHING_BESIDE}
        )[1]
    )
    assert all(answer in description for answer in _answers())


def _answers() -> tuple[str, str, str]:
    return POLICY["da"].tools, POLICY["da"].data, POLICY["da"].responsible


def test_the_same_facts_give_the_same_words() -> None:
    assert OURS.render(reader(), [tip()]) == Renderer(None).render(reader(), [tip()])


def test_every_letter_passes_the_check() -> None:
    some = [next(found) for _, found in groupby(READERS.values(), key=lambda one: one.person.language)]
    cases = [Trial(who, facts) for who in (*some, reader(links=NO_LINKS)) for facts in LETTERS.values()]
    assert OURS.check(cases) == []


def own(folder: Path, **files: str) -> Renderer:
    """A renderer with own templates; `da_tip` stands for mail/da/vitamin/tip.txt.j2."""
    for name, text in files.items():
        language, kind = name.split("_", 1)
        file = folder / "mail" / language / "vitamin" / f"{kind}.txt.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return Renderer(folder)


SUBJECT = "{% set subject %}Vores emne{% endset %}\n"


def test_an_own_template_stands_in_for_ours_and_the_others_stay(tmp_path: Path) -> None:
    made = own(tmp_path, da_welcome=SUBJECT + "Hej {{ reader.person.name }}, vi gør det på vores måde.")
    letter = made.render(reader(), [welcome(), tip()])
    assert letter.subject == "Vores emne, og ugens prompter"
    assert letter.text.startswith("Hej Anna\n\nHej Anna Holm, vi gør det på vores måde.\n")
    assert "Titel 5 da" in letter.text
    assert made.render(reader("en"), [welcome()]) == OURS.render(reader("en"), [welcome()])
    assert made.check([Trial(reader(), [welcome()])]) == []


def test_a_missing_name_is_a_fault_with_template_line_and_name(tmp_path: Path) -> None:
    made = own(tmp_path, da_tip=SUBJECT + "Første linje\n{{ reader.person.nickname }}\n")
    with pytest.raises(TemplateFault) as caught:
        made.render(reader(), [tip()])
    assert caught.value.name == "mail/da/vitamin/tip.txt.j2"
    assert re.fullmatch("line 3: .*nickname.*[^.]", caught.value.sentence)
    assert made.render(reader(), [welcome()]) == OURS.render(reader(), [welcome()])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ name }}", "line 1: 'name' is undefined"),
        ("a\n{% if %}", "line 2: Expected an expression, got 'end of statement block'"),
        ("a\n{{ 1 / 0 }}", "line 2: division by zero"),
        (
            "Hej",
            "it gives no subject; write {% set subject %}...{% endset %} at its top",
        ),
        ("{% include 'gone.j2' %}", 'it needs the template "gone.j2", which is neither yours nor ours'),
        ("{% set subject = ' ' %}", "it gives no subject; write {% set subject %}...{% endset %} at its top"),
    ],
)
def test_each_kind_of_fault_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        own(tmp_path, da_tip=text).render(reader(), [tip()])
    assert (caught.value.name, caught.value.sentence) == ("mail/da/vitamin/tip.txt.j2", sentence)


def test_a_template_in_another_encoding_is_a_fault(tmp_path: Path) -> None:
    made = own(tmp_path, da_tip="x")
    (tmp_path / "mail/da/vitamin/tip.txt.j2").write_bytes("Blåbærgrød".encode("latin-1"))
    assert made.check([Trial(reader(), [tip()])]) == [
        "mail/da/vitamin/tip.txt.j2: it, or a template it uses, is not saved as UTF-8."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{{ reader.__class__.__mro__ }}",
        "{{ reader.person.tz.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ reader.person.roles.__reduce__() }}",
        "{{ range(100000000)|list }}",
        "{% include '../../pyproject.toml' %}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_an_own_template_cannot_leave_the_sandbox(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateFault):
        own(tmp_path / "own", da_tip=SUBJECT + text).render(reader(), [tip()])


def test_the_check_names_a_misspelt_own_template_and_each_fault_once(tmp_path: Path) -> None:
    made = own(tmp_path, da_tipp="x", da_welcome="{{ nme }}", da_shared="{% macro m() %}{% endmacro %}")
    (tmp_path / "mail/da/vitamin/invite.txt.j2").write_text(
        SUBJECT + "{% import 'mail/da/vitamin/shared.txt.j2' as shared %}Hej"
    )
    cases = [
        Trial(reader(), [welcome()]),
        Trial(reader(name="Bo"), [welcome()]),
        Trial(reader(), [invite()]),
    ]
    assert made.check(cases) == [
        (
            "mail/da/vitamin/tipp.txt.j2: none of our templates has this name, so nothing uses it. "
            'Did you mean "mail/da/vitamin/tip.txt.j2"?'
        ),
        "mail/da/vitamin/welcome.txt.j2: line 1: 'nme' is undefined.",
    ]


def test_the_check_finds_a_fault_that_only_one_prompt_meets(tmp_path: Path) -> None:
    (tmp_path / "event").mkdir()
    (tmp_path / "event/block.da.txt.j2").write_text(
        "{% set summary = title %}{% if prompt %}{{ prompt.da.text }}{% endif %}"
    )
    shown = [("block", {"title": "AI-tid", "prompt": one, **NOTHING_BESIDE}) for one in (None, tip().days[0][1])]
    found = Renderer(tmp_path).check([Trial(reader(), [], shown)])
    assert len(found) == 1
    assert found[0].startswith("event/block.da.txt.j2: line 1: ")


def test_dates_times_and_numbers_are_written_as_people_write_them() -> None:
    assert DANISH.day(date(2027, 3, 1)) == "mandag den 1. marts"
    assert ENGLISH.day(date(2027, 8, 29)) == "Sunday 29 August"
    assert (DANISH.clock(time(7, 5)), ENGLISH.clock(time(7, 5))) == ("07.05", "07:05")
    assert [DANISH.number(n) for n in (1, 2, 10, 12, 15)] == ["en", "to", "ti", "tolv", "15"]
    assert [ENGLISH.number(n) for n in (1, 5, 12, 60)] == ["one", "five", "twelve", "60"]


@pytest.mark.parametrize(
    ("weekdays", "danish", "english"),
    [
        ({1, 2, 3, 4, 5}, "mandag til fredag", "Monday to Friday"),
        ({2}, "hver tirsdag", "every Tuesday"),
        ({4, 2}, "hver tirsdag og torsdag", "every Tuesday and Thursday"),
        ({1, 2, 4}, "hver mandag, tirsdag og torsdag", "every Monday, Tuesday and Thursday"),
        ({1, 2, 3}, "mandag til onsdag", "Monday to Wednesday"),
        ({4, 5}, "hver torsdag og fredag", "every Thursday and Friday"),
        (set(range(1, 8)), "alle ugens dage", "every day of the week"),
    ],
)
def test_weekdays_are_said_as_people_say_them(weekdays: set[int], danish: str, english: str) -> None:
    assert (DANISH.days(weekdays), ENGLISH.days(weekdays)) == (danish, english)


def test_dark_mode_and_the_phone_keep_their_rules_and_the_rest_is_in_the_elements() -> None:
    html = OURS.render(reader(), [tip()]).html
    assert "@media (prefers-color-scheme: dark)" in html
    assert html.count("<style") == 1
    assert re.search(r'<h1 style="[^"]*font-size: 30px', html)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("#23282b", "#fffefb"),
        ("#5a6166", "#fffefb"),
        ("#5a6166", "#f3f1eb"),
        ("#1d6650", "#fffefb"),
        ("#1d6650", "#f3f1eb"),
        ("#23282b", "#f0f4ef"),
        ("#23282b", "#f7f5ef"),
        ("#e7e4dd", "#1b1f22"),
        ("#e7e4dd", "#232a2a"),
        ("#a9b0b5", "#1b1f22"),
        ("#a9b0b5", "#121517"),
        ("#8fd0b8", "#121517"),
        ("#8fd0b8", "#1b1f22"),
        ("#e7e4dd", "#20262a"),
    ],
)
def test_the_colours_have_the_contrast_of_wcag_aa(ink: str, ground: str) -> None:
    html = OURS.render(reader(), [tip()]).html
    assert ink in html
    assert ground in html
    lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_preheader_tells_the_titles_and_the_organisation_is_escaped_in_it() -> None:
    html = OURS.render(replace(reader(), organisation_name="A & B"), [tip(2)]).html
    assert re.search(r'<div class="preheader"[^>]*>\s*Titel 1 da · Titel 2 da\s*</div>', html)
    assert "A &amp; B har sat tid af" in html


def test_of_a_page_what_people_copy_or_write_keeps_its_hyphens() -> None:
    kept = '<div class="words">AI-tid</div><textarea name="x">AI-tid</textarea><a href="AI-tid">'
    assert unbroken(f"{kept}AI-tid, Ord på -ing</a>") == f"{kept}AI\u2011tid, Ord på \u2011ing</a>"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "facts",
    [welcome(channel="exchange"), invite("cancel"), slot(), slot("update")],
    ids=["welcome", "invite", "slot", "news"],
)
def test_letters_say_the_same_of_outlook_whichever_server_it_is_on(facts: Facts, language: Language) -> None:
    on_premises, cloud = (
        OURS.render(reader(language, channel=channel), [facts]) for channel in ("exchange", "microsoft365")
    )
    assert "Outlook" in on_premises.text
    assert (cloud.text, cloud.html) == (on_premises.text, on_premises.html)
