"""Templates that never end, or make more than a letter may hold: each is stopped, and it is said where."""

from pathlib import Path

import pytest

from mailer.budget import Budget
from mailer.render import Facts, Renderer, TemplateFault, Trial
from tests.mail_values import reader, tip, welcome
from tests.service_values import MONDAY, claim_all, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

HEAD = "{% set subject %}Emne{% endset %}\n"

STEPS = "it takes more steps than a letter may. Look for a loop within a loop, or one that calls itself"
TEXT = "it makes more text than a letter may hold. Look for what is repeated too often"
WIDE = "it asks for a text that is wider than a letter"
LIST = "it writes a whole list. Write its parts in a loop, or put them together with join"

CALLS = "".join(
    f"{{% macro m{n}() %}}{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}\n"
    if n
    else "{% macro m0() %}{% endmacro %}\n"
    for n in range(30)
)
DOUBLED = "{% set ns = namespace(t='a') %}{% for n in range(40) %}{% set ns.t = "

ENDLESS = {
    "a loop within a loop": (
        "{% for a in range(99999) %}\n{% for b in range(99999) %}\n{% endfor %}{% endfor %}",
        f"line 3: {STEPS}",
    ),
    "one that lets nothing through": (
        "{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
        f"line 2: {STEPS}",
    ),
    "one that calls itself": (
        "{% for a in range(99999) recursive %}{% if loop.depth < 9 %}{{ loop(range(99999)) }}{% endif %}{% endfor %}",
        f"line 2: {STEPS}",
    ),
    "one whose length is asked": (
        "{% for a in range(99999) %}{{ loop.length and '' }}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        f"line 2: {STEPS}",
    ),
    "macros that call each other twice": (CALLS + "{{ m29() }}", f"line 3: {STEPS}"),
    "text kept in a variable": (
        "{% set t %}{% for a in range(9999) %}" + "a" * 1000 + "{% endfor %}{% endset %}",
        f"line 2: {TEXT}",
    ),
    "text written": ("{% for a in range(9999) %}" + "a" * 1000 + "{% endfor %}", f"line 2: {TEXT}"),
    "a value written": ("{% for a in range(9999) %}{{ 'a' * 1000 }}{% endfor %}", f"line 2: {TEXT}"),
    "doubled by ~": (DOUBLED + "ns.t ~ ns.t %}{% endfor %}", f"line 2: {TEXT}"),
    "doubled by +": (DOUBLED + "ns.t + ns.t %}{% endfor %}", f"line 2: {TEXT}"),
    "doubled by replace": (DOUBLED + "ns.t.replace('a', 'aa') %}{% endfor %}", f"line 2: {TEXT}"),
    "doubled by a filter": (DOUBLED + "ns.t|replace('a', 'aa') %}{% endfor %}", f"line 2: {TEXT}"),
    "replaced by more than there is memory": (
        "{{ ('a' * 300000)|replace('a', 'b' * 300000) }}",
        f"line 2: {TEXT}",
    ),
    "a product": ("{{ 'a' * 10**9 }}", f"line 2: {TEXT}"),
    "a list": ("{{ ([1] * 10**9)|length }}", f"line 2: {TEXT}"),
    "a power": ("{{ 10 ** 99999 }}", "line 2: it reckons with a number that is too large"),
    "a width": ("{{ '%999999d' % 1 }}", f"line 2: {WIDE}"),
    "a format": ("{{ '{:>999999}'.format(1) }}", f"line 2: {WIDE}"),
    "a filled line": (
        "{{ 'a'.ljust(10000000) }}",
        "line 2: it asks for a text that is longer than a letter: no number above 10000 says how long",
    ),
    "a centred line": (
        "{{ 'a'|center(10000000) }}",
        "line 2: it asks for a text that is longer than a letter: no number above 10000 says how long",
    ),
    "sorted again and again": (
        "{% for a in range(9999) %}{{ range(99999)|sort|length }}{% endfor %}",
        f"line 2: {TEXT}",
    ),
    "a list in itself": ("{{ [[1], [2]] }}", f"line 2: {LIST}"),
    "paragraphs": ("{{ lipsum(1000000) }}", "line 2: 'lipsum' is undefined"),
}


def own(folder: Path, text: str, name: str = "mail/da/vitamin/tip.txt.j2") -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


@pytest.mark.parametrize("way", ENDLESS)
def test_what_never_ends_or_grows_is_stopped_with_file_and_line(tmp_path: Path, way: str) -> None:
    text, sentence = ENDLESS[way]
    own(tmp_path, HEAD + text)
    with pytest.raises(TemplateFault) as fault:
        Renderer(tmp_path).render(reader(), [tip()])
    assert (fault.value.name, fault.value.sentence) == ("mail/da/vitamin/tip.txt.j2", sentence)


def test_templates_that_include_each_other_twice_are_stopped(tmp_path: Path) -> None:
    for n in range(25):
        twice = "{% include 'part" + str(n - 1) + ".txt.j2' %}" if n else ""
        own(tmp_path, twice * 2, f"part{n}.txt.j2")
    own(tmp_path, HEAD + "{% include 'part24.txt.j2' %}")
    with pytest.raises(TemplateFault) as fault:
        Renderer(tmp_path).render(reader(), [tip()])
    assert fault.value.sentence == f"line 1: {STEPS}"


def test_the_budget_is_exact_and_every_rendering_has_its_own(tmp_path: Path) -> None:
    own(tmp_path, HEAD + "{% for a in range(7) %}{% endfor %}")  # and one step for the template itself
    exact, short = Renderer(tmp_path, Budget(steps=200)), Renderer(tmp_path, Budget(steps=7))
    letters = [exact.render(reader(), [tip()]) for _ in range(50)]
    assert letters == letters[:1] * 50
    with pytest.raises(TemplateFault):
        short.render(reader(), [tip()])


def test_what_a_loop_knows_of_itself_is_as_jinja_gives_it(tmp_path: Path) -> None:
    text = "{% for a in [3, 1, 2]|sort if a > 1 %}{{ loop.index }}/{{ loop.length }} {{ a }}{{ ',' if not loop.last }}{% endfor %}"
    own(tmp_path, HEAD + text)
    assert "1/2 2,2/2 3" in Renderer(tmp_path).render(reader(), [tip()]).text


def test_ours_take_a_hundredth_of_what_they_may(tmp_path: Path) -> None:
    sparing = Renderer(None, Budget(steps=200, characters=100_000))
    letters: list[list[Facts]] = [[tip()], [welcome(), tip()]]
    made = [Renderer(None).render(reader(), facts) for facts in letters]
    assert [sparing.render(reader(), facts) for facts in letters] == made


def test_a_subject_of_a_hundred_thousand_characters_is_a_fault(tmp_path: Path) -> None:
    own(tmp_path, "{% set subject %}{{ 'a' * 100000 }}{% endset %}")
    with pytest.raises(TemplateFault) as fault:
        Renderer(tmp_path).render(reader(), [tip()])
    assert fault.value.sentence == "its subject has 100000 characters. Write at most 1000"


@pytest.mark.parametrize("text", [HEAD + "a\0b", "{% set subject %}a\0b{% endset %}", HEAD + r"{{ '\x00' }}"])
def test_a_control_character_is_a_fault(tmp_path: Path, text: str) -> None:
    own(tmp_path, text)
    with pytest.raises(TemplateFault) as fault:
        Renderer(tmp_path).render(reader(), [tip()])
    assert fault.value.sentence == "it writes the control character U+0000. Take it out"


def test_the_mark_that_windows_writes_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    own(tmp_path, "\ufeff" + HEAD + "Hej")
    assert "\ufeff" not in Renderer(tmp_path).render(reader(), [tip()]).text


def test_the_check_tries_a_letter_without_an_end_once_and_the_others_all(tmp_path: Path) -> None:
    own(tmp_path, HEAD + "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    own(tmp_path, "{{ nme }}", "mail/da/vitamin/welcome.txt.j2")
    letters = [Trial(reader(), [tip()])] * 1000 + [Trial(reader(), [welcome()])]
    assert Renderer(tmp_path).check(letters) == [
        f"mail/da/vitamin/tip.txt.j2: line 2: {STEPS}.",
        "mail/da/vitamin/welcome.txt.j2: line 1: 'nme' is undefined.",
    ]


def test_a_letter_that_never_ends_is_one_persons_fault_and_the_others_get_theirs(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(number) for number in range(1, 6)])
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    own(
        tmp_path / "own-templates",
        HEAD + "{% if reader.person.id == '2' %}" + loop + "{% endif %}Hej",
        "mail/da/vitamin/welcome.txt.j2",
    )
    engine = make_engine(tmp_path)
    engine.tick(MONDAY)
    claimed = claim_all(engine, MONDAY)
    engine.close()
    assert len(claimed) == 4
