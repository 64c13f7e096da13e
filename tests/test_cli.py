"""The command line as a new administrator meets it: a folder with the shipped example, and the command itself.

In this process but for a few, which see that a process of its own does the same.
"""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.answers import check
from service.cli.main import complete
from service.messages.translation import say
from store.daemon import Daemon
from tests.cli_values import AIKULTUR, EXAMPLE, IN_ENGLISH, Command, Said, environment, example
from tests.relay_values import AppAt
from tests.small_example import ANNA, HANNE, JENS, KAREN, METTE, PETER, few

pytestmark = pytest.mark.slow

TUESDAY = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
"""07:00 in Copenhagen."""


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    return example(tmp_path)


def test_nothing_is_wrong_with_the_example_and_there_is_nothing_to_note(aikultur: Command) -> None:
    assert noted(aikultur) == []


def test_the_example_is_all_right(tmp_path: Path) -> None:
    """With an ambassador in each department, a manager, and one who reads English where there are meetings: they get
    every text that the forty get."""
    aikultur = few(tmp_path, ANNA, KAREN, "1113", "1183", "1211", "1253")
    said = aikultur("check")
    whole, left, of_tracks, *reach, challenges, corps = said.out.splitlines()
    assert (said.status, said.err) == (0, "")
    assert whole == (
        "Alt i orden: 6 personer i 4 afdelinger, 435 prompter, 228 udfordringer, "
        "4 personer med rollen som ambassadør, 36 skridt for ledere."
    )
    assert re.match(r"Prompter, som \[policy\] levner hver afdeling: 30 for begyndere, \d+ lette, ", left)
    assert of_tracks == "Dertil sporenes egne: economy 4, law 8."
    assert re.match(r"Udfordringer, som \[policy\] levner alle: \d\d\.", challenges)
    assert corps.startswith("Ambassadørerne mødes næste gang ")
    assert reach
    assert all(re.search(r": Den første kommer igen den \d+\. [a-z]+ \d{4}, \d{3} arbejdsdage", line) for line in reach)


@pytest.mark.parametrize("words", [["people", "--help"], ["--config", "nowhere.toml", "plan"]])
def test_in_a_process_of_its_own_it_says_the_same(aikultur: Command, words: list[str]) -> None:
    """What is well and what is wrong, where nothing is read for it. Whether all is imported that a command needs, the
    wheel shows; and that a process reads its files, the test of whoever has heard enough."""
    assert aikultur.process(*words) == aikultur(*words)


def test_whoever_has_heard_enough_of_a_long_answer_may_go(aikultur: Command) -> None:
    command = [*AIKULTUR, "people", "list", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=aikultur.folder, env=environment(), stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert (process.stderr.read(), process.wait(120)) == (b"", 1)


def test_check_says_every_fault_in_every_file_at_once(tmp_path: Path) -> None:
    aikultur = few(tmp_path, ANNA, PETER, METTE, "1022")
    aikultur.edit(
        "config.toml",
        IN_ENGLISH,
        ('sector = "public"', 'sector = "state"'),
        ('contact_email = "mette.lund@groennebyrum.example"', 'contact_email = "mette"'),
        ('quiet_weeks = ["2026-W53", 29, 30]', "quiet_weeks = [77]"),
        ('time = "07:45"', 'time = "05:45"'),
        ('time = "12:15-12:45"', 'time = "12:45-12:15"\nminuts = 10'),
        ('transport = "folder"', 'transport = "pigeon"'),
        ('public_url = "http://127.0.0.1:8017"', 'public_url = "ai"'),
    )
    aikultur.edit(
        "people.csv",
        ("anna.holm@groennebyrum.example", "anna"),
        ("1008;Peter", "010203-1234;Peter"),
        ("mette.lund@groennebyrum.example;Plan og Byrum", "mette.lund@groennebyrum.example;Kantinen"),
    )
    (aikultur.folder / "absences.csv").write_text("person;first;last\n9999;2026-12-01;\n1022;x;\n", "utf-8")
    said = aikultur("check")
    faults = [line for line in said.lines if not line.startswith("Note: ")]  # of whom there is none among so few
    assert said.status == 2
    assert sorted(line.partition(": ")[0] for line in faults) == [
        "absences.csv, 2:person",
        "absences.csv, 3:first",
        "config.toml, [departments.drift] time",
        "config.toml, [mail] transport",
        "config.toml, [organisation] contact_email",
        "config.toml, [organisation] quiet_weeks",
        "config.toml, [organisation] sector",
        "config.toml, [vitamin] minuts",
        "config.toml, [vitamin] time",
        "config.toml, [web] public_url",
        "people.csv, 2:email",
        "people.csv, 3:number",
        "people.csv, 4:department",
    ]
    assert all(re.search(r"Write |Did you mean |Export |for example ", line) for line in faults)


def test_check_says_that_there_is_no_people_file_and_nothing_that_follows_from_it(aikultur: Command) -> None:
    (aikultur.folder / "people.csv").unlink()
    said = aikultur("check")
    assert said.status == 2
    assert len(said.lines) == 1
    assert said.lines[0].startswith("people.csv: Der er ingen fil på ")


def noted(aikultur: Command) -> list[str]:
    """What `check` notes of the files, in which nothing is wrong; no text is tried for anybody."""
    found = check.look(aikultur.folder / "config.toml", TUESDAY)
    assert found.faults == ()
    return [one.said("en") for one in check.remarks(found.inputs, found.world)]


def test_check_asks_about_names_that_do_nothing(aikultur: Command) -> None:
    aikultur.edit(
        "config.toml",
        ('track = "law"', 'track = "lwa"'),
        ("# without_kinds = []", 'without_kinds = ["translat"]\nwithout_prompts = ["nothing-like-it"] #'),
    )
    assert noted(aikultur) == [
        'config.toml, [vitamin] without_kinds: "translat" switches nothing off, for nothing is called that. Did you mean "translate"?',
        'config.toml, [vitamin] without_prompts: "nothing-like-it" switches nothing off, for nothing is called that.',
        'config.toml, [departments.jura] track: "lwa" is a track without prompts of its own; those for everybody come. Did you mean "law"?',
    ]  # fmt: skip


def test_check_counts_those_whose_last_day_is_before_their_first(aikultur: Command) -> None:
    aikultur.edit(
        "people.csv", ("leder;11-03-2021;", "leder;01-12-2026;30-11-2020"), (";;21-01-2011;", ";;21-01-2027;20-01-2027")
    )
    assert noted(aikultur) == [
        "people.csv, left: 2 have a last day that is before their first, so they get nothing (such as Anna Holm, Peter Østergaard). Empty it for whoever works here again."
    ]  # fmt: skip


def test_a_list_of_nobody_is_a_sentence(aikultur: Command) -> None:
    (aikultur.folder / "people.csv").write_bytes(b"\0")
    assert aikultur("people", "list") == Said(0, "Ingen er kendt endnu: der er ikke læst en personfil.\n", "")


def test_a_terminal_without_our_letters_gets_a_sign_for_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [*AIKULTUR, "--help"],  # which reads no more than it needs
        cwd=few(tmp_path, PETER).folder,
        env={**environment(), "PYTHONIOENCODING": "cp437"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr, b"K?r tjenesten" in done.stdout) == (0, b"", True)


def test_check_names_own_prompts_that_some_get_in_another_language(tmp_path: Path) -> None:
    aikultur = few(tmp_path, ANNA, HANNE)
    own = 'id = "draft-trees"\nkind = "draft"\nlevel = "easy"\ntool = "chat"\ndata = "public"'
    words = 'title = "Et svar"\nprompt = "Skriv."\nlook_for = "Se."\ndata = "Offentligt."'
    (aikultur.folder / "prompts.toml").write_text(f"[[prompt]]\n{own}\n[prompt.da]\n{words}\n", "utf-8")
    aikultur.edit("config.toml", ("# own_prompts = ", "own_prompts = "))
    note = "prompts.toml: skrevet på kun ét sprog, så den, der læser det andet, får dem, som de er: draft-trees"
    assert [line for line in aikultur("check").lines if "prompts.toml" in line] == [f"Bemærk: {note}"]
    aikultur.edit("config.toml", IN_ENGLISH)  # now all read one language
    assert [line for line in aikultur("check").lines if "prompts.toml" in line] == []


def test_check_names_columns_that_are_not_used_once_and_it_is_no_fault(aikultur: Command) -> None:
    aikultur.edit("people.csv", (";Ansat;Fratrådt\n", ";Ansat;Fratrædelse\n"))
    assert noted(aikultur) == ['people.csv, 1: the column "Fratrædelse" is not used. Did you mean "fratrædelsesdato"?']


def test_closed_for_good_and_away_until_further_notice_are_followed_and_long_closings_are_asked_about(
    tmp_path: Path,
) -> None:
    aikultur = few(tmp_path, ANNA, JENS)
    config = (aikultur.folder / "config.toml").read_text("utf-8")
    line = next(line for line in config.splitlines() if line.startswith("closed ="))
    aikultur.edit("config.toml", IN_ENGLISH, (line, 'closed = ["2026-12-10..9999-12-31"]'))
    (aikultur.folder / "absences.csv").write_text(
        "person;first;last\n1001;01-11-2026;31.12.9999\n1036;01-11-2026;\n", "utf-8"
    )
    said = aikultur("check")
    assert said.status == 0
    assert "Note: config.toml, [organisation] closed: closed from 2026-12-10 to 9999-12-31: until then no letter goes and nothing stands in calendars." in said.lines  # fmt: skip
    planned = aikultur("plan", "--days", "30")
    assert planned.status == 0


def test_check_says_where_outlook_cannot_follow_the_clock(aikultur: Command) -> None:
    aikultur.edit("config.toml", ('track = "law"', 'track = "law"\nzone = "Africa/Casablanca"'))
    assert noted(aikultur) == [
        'config.toml, [departments.jura] zone: the clock of "Africa/Casablanca" changes by no yearly rule, so Outlook may show its times an hour wrong for some weeks of the year.'
    ]  # fmt: skip


def test_check_ends_with_a_template_that_does_not_and_says_where(tmp_path: Path) -> None:
    aikultur = few(tmp_path, ANNA, PETER)
    own = aikultur.folder / "own-templates" / "mail" / "da" / "vitamin"
    own.mkdir(parents=True)
    loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (own / "welcome.txt.j2").write_text("{% set subject %}Hej{% endset %}\n" + loops, "utf-8")
    aikultur.edit("config.toml", ("# own_templates", "own_templates"))
    said = aikultur("check", "--all")
    assert (said.status, [line for line in said.lines if not line.startswith("Bemærk: ")]) == (
        2,
        ["own-templates: mail/da/vitamin/welcome.txt.j2: linje 2: den bruger flere skridt, end et brev må. Se efter en løkke i en løkke, eller en, der kalder sig selv."],
    )  # fmt: skip


def test_a_config_that_is_not_there_is_answered_with_the_way_on(aikultur: Command) -> None:
    said = aikultur("--config", "nowhere.toml", "plan")
    assert (said.status, said.lines) == (
        2,
        ["nowhere.toml: Filen findes ikke. Nævn din egen med --config FIL, eller begynd med eksemplet: aikultur example ."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("english", "words"),
    [(False, "Ti minutter i kalenderen"), (True, "Ten minutes in the calendar")],
)
def test_help_speaks_the_organisations_language(aikultur: Command, english: bool, words: str) -> None:
    if english:
        aikultur.edit("config.toml", IN_ENGLISH)
    said = aikultur("--help")
    assert said.status == 0
    assert words in said.out
    named = {"run", "check", "plan", "apply", "example", "people", "outbox", "status", "history", "preview", "rehearse"}
    assert named <= set(re.findall(r"^  (\w+)  ", said.out, re.MULTILINE))
    assert ("Afspil dagene" in aikultur("rehearse", "--help").out) is not english


CLICKS_ENGLISH = r"Usage|Options|Commands|OPTIONS|ARGS|exit\.|required|default|TEXT|PATH|FILE|LETTER|TURN"
"""What Click says by itself, and names of values."""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], "Brug: aikultur [VALG] KOMMANDO [...]"),
        (["--help"], "--config STI"),
        (["people", "--help"], "Kommandoer: list"),
        (
            ["--help"],
            "ambassadors AI-ambassadørerne: hvem der er i korpset, hvem der gerne vil være det, og hvornår det mødes",
        ),
        (["history", "--help"], "Brug: aikultur history [VALG] PERSON"),
        (["outbox", "retry", "--help"], "[VALG] [BREV]"),
        (["preview", "--help"], "[skal med]"),
        (["preview", "--help"], "tip ugens prompter"),
        (["relay", "pass", "-h"], "Brug: aikultur relay pass [VALG] TUR"),
        (["relay", "pass", "-h"], "Valg: -h, --help Vis denne hjælp."),
    ],
)
def test_danish_help_is_danish_in_clicks_own_words_too(aikultur: Command, words: list[str], said: str) -> None:
    help_text = " ".join(aikultur(*words).out.split())
    assert said in help_text
    assert re.findall(CLICKS_ENGLISH, help_text) == []


def test_english_help_is_as_click_writes_it(aikultur: Command) -> None:
    aikultur.edit("config.toml", IN_ENGLISH)
    said = aikultur("preview", "--help").out
    assert said.startswith("Usage: aikultur preview [OPTIONS] NAME\n")
    assert "-h, --help Show this message and exit." in " ".join(said.split())
    assert "[required]" in said


@pytest.mark.parametrize("word", ["usual", "sædvanlig"])
def test_a_choice_is_taken_back_by_the_word_for_it_in_either_language(aikultur: Command, word: str) -> None:
    assert aikultur("people", "set", "1001", "--time", "09:00").out.endswith("kl. 09:00.\n")
    assert aikultur("people", "set", "1001", "--time", word).out.endswith("intet valgt, det sædvanlige gælder.\n")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["plan"], "For a program to read."),
        (["people", "set"], "Stop the weekly letters, or start them again."),
        (["store", "backup"], "Also copy it into this folder."),  # of a group that is imported when it is asked for
    ],
)
def test_the_help_of_a_commands_options_does_too(aikultur: Command, words: list[str], option: str) -> None:
    danish = " ".join(aikultur(*words, "--help").out.split())
    assert (say("da", option) in danish, option in danish) == (True, False)
    aikultur.edit("config.toml", IN_ENGLISH)
    assert option in " ".join(aikultur(*words, "--help").out.split())


def test_the_example_is_written_and_never_over_what_is_there(tmp_path: Path) -> None:
    place = Command(tmp_path)
    assert place("example", "new").out.count("er skrevet") == 3
    written = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert sorted(written) == sorted(EXAMPLE)
    (tmp_path / "new" / "people.csv").write_text("mine", "utf-8")
    (tmp_path / "new" / "absences.csv").unlink()
    said = place("example", "new")
    assert (said.out.count("er skrevet"), said.out.count("findes i forvejen")) == (1, 2)
    assert (tmp_path / "new" / "people.csv").read_text("utf-8") == "mine"
    (tmp_path / "new" / "people.csv").unlink()
    assert place("example", "new").status == 0
    # It is all right in either language: tests/test_cli_language.py.
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == written


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    aikultur = few(tmp_path, ANNA)
    for command in (["plan"], ["status"], ["people", "list"], ["outbox", "list"], ["history", "1001"], ["check"]):
        assert aikultur(*command).status == 0
    assert sorted(path.name for path in aikultur.folder.iterdir()) == sorted(EXAMPLE)


def test_plan_shows_the_first_names_and_all_of_them_on_request(aikultur: Command) -> None:
    short, whole = aikultur("plan"), aikultur("plan", "--all")
    (first,) = (line for line in short.lines if line.startswith("Nye personer: 40"))
    (every,) = (line for line in whole.lines if line.startswith("Nye personer: 40"))
    assert first.endswith("og 35 til)")
    assert every.count(", ") == 39
    assert len(short.lines) == len(whole.lines)


def test_plan_is_a_value_for_programs(aikultur: Command) -> None:
    said = aikultur("plan", "--json")
    found = json.loads(said.out)
    assert (said.status, len(found["people"]["joined"])) == (0, 40)
    assert found["held"] == found["faults"] == []
    assert "1001" in found["feeds"]


def test_approving_what_is_not_held_is_refused(aikultur: Command) -> None:
    said = aikultur("apply", "abcdef")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Intet er holdt tilbage under abcdef.")


def test_a_letter_to_somebody_without_an_address_cannot_be_previewed_and_a_sentence_says_so(aikultur: Command) -> None:
    people = aikultur.folder / "people.csv"
    people.write_text(f"{people.read_text('utf-8')}9001;Karen Uden;;Drift og Anlæg;;;;;;;\n", "utf-8")
    aikultur("run", "--once")
    said = aikultur("preview", "welcome", "--to", "9001")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Karen Uden får ikke mail, for der står ingen adresse i personfilen.")
    assert aikultur("preview", "feed", "--to", "9001").status == 0


def test_people_are_listed(aikultur: Command) -> None:
    said = aikultur("people", "list")
    assert len(said.lines) == 41
    assert re.search(r"^1001 +Anna Holm +anna\.holm@groennebyrum\.example +plan .* man-fre ", said.out, re.MULTILINE)
    assert re.search(r"^1064 .* man-ons ", said.out, re.MULTILINE)
    rows = json.loads(aikultur("people", "list", "--json").out)
    assert len(rows) == 40
    assert {row["department"] for row in rows} == {"plan", "jura", "drift", "stab"}


def one(aikultur: Command, number: str) -> dict[str, Any]:
    rows = json.loads(aikultur("people", "list", "--json").out)
    return next(row for row in rows if row["id"] == number)


@pytest.mark.parametrize(
    "who", ["1001", "anna.holm@groennebyrum.example", "ANNA.HOLM@groennebyrum.example", "Anna Holm"]
)
def test_a_choice_made_for_somebody_counts_and_can_be_taken_back(aikultur: Command, who: str) -> None:
    aikultur("run", "--once")
    before = one(aikultur, "1001")
    said = aikultur(
        "people", "set", who, "--time", "08:30", "--days", "man,ons", "--language", "en", "--channel", "none"
    )
    assert (said.status, said.err) == (0, "")
    after = one(aikultur, "1001")
    assert (after["time"], after["days"], after["language"], after["channel"]) == ("08:30", "13", "en", "none")
    usual = [word for name in ("time", "days", "language", "channel") for word in (f"--{name}", "usual")]
    assert aikultur("people", "set", who, *usual).status == 0
    assert one(aikultur, "1001") == before


def test_faulty_choices_are_all_said_and_none_is_written(aikultur: Command) -> None:
    before = one(aikultur, "1001")
    said = aikultur("people", "set", "1001", "--time", "25:00", "--days", "xx", "--channel", "pigeon", "--track", "hr")
    assert (said.status, [line.partition(":")[0] for line in said.lines]) == (2, ["time", "days", "channel"])
    assert one(aikultur, "1001") == before


def test_how_easy_somebody_wants_it_is_taken_down_and_told_to_nobody(aikultur: Command) -> None:
    who = "1001"
    assert aikultur("people", "set", who, "--level", "gentle", "--dose", "one").out.splitlines() == [
        "Anna Holm: én prompt om ugen.",
        "Hvordan de vil have prompterne, er gemt, og kun deres egen side viser det.",
    ]
    assert "gentle" not in aikultur("people", "list", "--json").out + aikultur("history", who, "--json").out
    assert aikultur("people", "set", who, "--level", "usual", "--dose", "calendar").status == 0
    assert aikultur("people", "set", who, "--dose", "all").status == 0


def test_letters_that_would_lead_to_another_port_are_noted(aikultur: Command) -> None:
    aikultur.edit("config.toml", ("# port = 8017", "port = 21304"))
    assert noted(aikultur) == [
        'config.toml, [web] public_url: letters carry "http://127.0.0.1:8017", but the pages are on port 21304. Unless something of yours stands there and passes it on, write public_url = "http://127.0.0.1:21304".'
    ]  # fmt: skip


def test_somebody_unknown_or_ambiguous_is_a_sentence(aikultur: Command) -> None:
    assert aikultur("history", "nobody") == Said(
        2, "", 'Vi kender ingen "nobody". Se efter med aikultur people list.\n'
    )
    said = aikultur("history", "anna")
    assert (said.status, "Anna Holm (1001), Nanna Søgaard (1197)" in said.err) == (2, True)


def test_one_run_writes_the_letters_once_and_history_tells_of_them(aikultur: Command) -> None:
    app = AppAt(aikultur.folder / "config.toml", "da", TUESDAY)
    first, second = (CliRunner().invoke(complete().commands["run"], ["--once"], obj=app) for _ in range(2))
    letters = sorted((aikultur.folder / "var" / "mail").glob("*.eml"))
    assert (first.exit_code, second.exit_code) == (0, 0)
    # Who works on Tuesdays is welcomed; the first turns' letters are written as well.
    assert len(letters) >= 35
    assert "Breve skrevet til" in first.output
    assert "Breve skrevet til" not in second.output
    assert "Velkommen til AI-tid" in aikultur("history", "1001").out
    (row,) = json.loads(aikultur("history", "1001", "--json").out)["entries"]
    assert row["to"] == "anna.holm@groennebyrum.example"


def test_an_empty_outbox_says_so(aikultur: Command) -> None:
    assert aikultur("outbox", "list") == Said(0, "Der venter ingen breve.\n", "")
    assert json.loads(aikultur("outbox", "list", "--json").out) == []
    assert aikultur("outbox", "retry", "abc") == Said(2, "", "Intet brev begynder med abc.\n")


@pytest.mark.parametrize(
    ("run", "words"),
    [(Command.process, ["run"]), (Command.__call__, ["run", "--once"])],  # the first would not end here if it began
)
def test_a_second_service_in_one_store_is_refused_and_told_of_the_first(
    aikultur: Command, run: Callable[..., Said], words: list[str]
) -> None:
    started = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
    aikultur.edit("config.toml", ('# host = "127.0.0.1"', 'enabled = false\n# host = "127.0.0.1"'))
    with Daemon(aikultur.folder / "var", pid=4321, started=started):
        said = run(aikultur, *words)
    assert said.status == 1
    assert "proces 4321, startet 2026-12-01 06:30 UTC" in said.err
    assert not (aikultur.folder / "var" / "mail").exists()


@pytest.mark.parametrize(
    ("name", "start"), [("welcome", b""), ("tip", b""), ("invite", b""), ("feed", b"BEGIN:VCALENDAR\r\n")]
)
def test_a_preview_is_one_file_and_nothing_else(aikultur: Command, name: str, start: bytes) -> None:
    out = aikultur.folder / "look"
    said = aikultur("preview", name, "--to", "1001", "--out", str(out))
    assert said.status == 0, said
    assert out.read_bytes().startswith(start)
    if name != "feed":
        assert message_from_bytes(out.read_bytes())["To"] == "Anna Holm <anna.holm@groennebyrum.example>"
    assert sorted(path.name for path in aikultur.folder.iterdir()) == sorted((*EXAMPLE, "look"))


def test_a_preview_without_a_name_for_it_lies_here(aikultur: Command) -> None:
    assert aikultur("preview", "tip", "--to", "1001").status == 0
    assert (aikultur.folder / "tip.eml").exists()


@pytest.mark.parametrize("arguments", [["nonsense"], ["apply"], ["run", "--onc"], ["preview", "poem", "--to", "1001"],
                                       ["rehearse", "--from", "soon", "--to", "2026-12-01", "--out", "q"],
                                       ["rehearse", "--from", "2026-12-05", "--to", "2026-12-01", "--out", "q"]])  # fmt: skip
def test_a_wrong_command_has_status_2_and_leaves_nothing(aikultur: Command, arguments: list[str]) -> None:
    said = aikultur(*arguments)
    assert (said.status, said.out) == (2, "")
    assert said.err
    assert sorted(path.name for path in aikultur.folder.iterdir()) == sorted(EXAMPLE)


# --- rehearse ----------------------------------------------------------------------------------------------------

ACTS = """
[[act]]
at = 2026-12-02T10:00:00
do = "choose"
person = "1015"
set = { time = "09:00", days = "mon,wed", channel = "invite" }

[[act]]
at = 2026-12-03T08:00:00
do = "join"
row = { number = "2001", name = "Nadia Berg", email = "nadia.berg@groennebyrum.example", department = "plan" }

[[act]]
at = 2026-12-07T16:00:00
do = "leave"
person = "1008"

[[act]]
at = 2026-12-08T09:00:00
do = "edit"
edit = { "organisation.closed" = ["12-10"] }

[[act]]
at = 2026-12-09T09:00:00
do = "reject"
set = { tool = "Referat af møder", rejected_on = "2026-09-15", reason = "Optagelser lå uden for EU." }
"""


def test_a_rehearsal_tells_what_people_did_and_what_came_of_it(tmp_path: Path) -> None:
    aikultur = few(tmp_path)
    (aikultur.folder / "acts.toml").write_text(ACTS, "utf-8")
    span = ["--from", "2026-12-01", "--to", "2026-12-14"]
    said = aikultur("rehearse", *span, "--out", "out", "--acts", "acts.toml")
    assert said.status == 0, said
    out = aikultur.folder / "out"
    story = (out / "timeline.txt").read_text("utf-8")
    for words in (
        "2026-12-01 07:00  velkomstbreve: ",
        "2026-12-02 10:00  · vælger Mette Lund time = 09:00",
        "2026-12-02 10:00  kalenderaftaler og ændringer: 1 (Mette Lund)",
        "2026-12-03 08:00  · ny medarbejder number = 2001",
        "2026-12-03 08:00  Nye personer: 1 (Nadia Berg)",
        "2026-12-07 16:00  · fratræder Peter Østergaard",
        "2026-12-08 09:00  · rettelse organisation.closed",
    ):
        assert words in story
    letters = [message_from_bytes(path.read_bytes()) for path in (out / "mail").glob("*.eml")]
    recipients = [letter["To"].rpartition("<")[2] for letter in letters]
    assert recipients.count("nadia.berg@groennebyrum.example>") == 3  # welcome, and the letters of two Mondays
    dates = [parsedate_to_datetime(one["Date"]) for one in letters if "<peter.oestergaard@" in one["To"]]
    assert dates
    assert max(dates) < datetime(2026, 12, 7, 15, 0, tzinfo=UTC)
    feeds = {path.stem: path.read_text("utf-8") for path in (out / "calendars").glob("*.ics")}
    anna = re.findall(r"DTSTART\S*:(\d{8})", feeds["anna.holm@groennebyrum.example"])
    assert "20261209" in anna
    assert "20261210" not in anna
    assert "Referat af møder" in (out / "archive" / "da" / "2026-09.html").read_text("utf-8")
    assert sorted(path.name for path in aikultur.folder.iterdir()) == sorted((*EXAMPLE, "acts.toml", "out"))
    again = aikultur("rehearse", *span, "--out", "out")
    assert (again.status, "er ikke tom" in again.err) == (1, True)


def test_faulty_acts_are_all_said_before_anything_is_played(aikultur: Command) -> None:
    text = '[[act]]\ndo = "choose"\n[[act]]\nat = 2026-12-02T10:00:00\ndo = "dance"\n[[act]]\nat = 2026-12-02T10:00:00\ndo = "leave"\nwho = "1"\n'
    (aikultur.folder / "acts.toml").write_text(text, "utf-8")
    said = aikultur("rehearse", "--from", "2026-12-01", "--to", "2026-12-02", "--out", "out", "--acts", "acts.toml")
    assert (said.status, [line.partition(":")[0] for line in said.lines]) == (
        2,
        ["acts.toml, act 1", "acts.toml, act 2", "acts.toml, act 3"],
    )
    assert not (aikultur.folder / "out").exists()
