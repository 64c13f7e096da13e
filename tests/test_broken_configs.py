"""config.toml broken in many ways: what `check` says then, in both languages.

The list began as an administrator's, who broke theirs a hundred times and was not always told; what is said stands in
words here, so that a change of it is seen.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from culture.people import Language, Preference
from service.answers import check
from service.messages import grouped
from service.messages.faults import BadInput
from tests.relay_values import PEOPLE, Place, make_place
from tests.service_values import make_engine
from tests.small_example import few

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)

Edit = Callable[[str], str] | Callable[[str], bytes]


@dataclass(frozen=True)
class Broken:
    """An edit of the example, the exit status of `check`, and what it says among other things; nothing where it is fine."""

    edit: Edit
    status: int
    da: str
    en: str


def rep(before: str, after: str) -> Callable[[str], str]:
    """The first of a text by another."""

    def edit(text: str) -> str:
        assert before in text, before
        return text.replace(before, after, 1)

    return edit


def add(lines: str) -> Callable[[str], str]:
    return lambda text: f"{text}\n{lines}\n"


def table(name: str, lines: str) -> Callable[[str], str]:
    """Lines under the heading of a table."""
    return rep(f"[{name}]\n", f"[{name}]\n{lines}\n")


def in_bytes(edit: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return edit


SMTP = '[smtp]\nhost = "mail.x.example"\nport = 587\nauth = "password"\nuser = "ai"\n'

CONFIGS = {
    "smart quotes": Broken(
        rep('"Plan og Byrum"', "“Plan og Byrum”"),
        2,
        "“ er ikke et anførselstegn i TOML. Skriv de lige: \"...\" eller '...'.",
        "“ is no quote in TOML. Write straight ones: \"...\" or '...'.",
    ),
    "smart single": Broken(
        rep('"Plan og Byrum"', "‘Plan og Byrum’"),
        2,
        "‘ er ikke et anførselstegn i TOML. Skriv de lige: \"...\" eller '...'.",
        "‘ is no quote in TOML. Write straight ones: \"...\" or '...'.",
    ),
    "guillemets": Broken(
        rep('"Plan og Byrum"', "»Plan og Byrum«"),
        2,
        "» er ikke et anførselstegn i TOML. Skriv de lige: \"...\" eller '...'.",
        "» is no quote in TOML. Write straight ones: \"...\" or '...'.",
    ),
    "True": Broken(
        rep("[relay]\nenabled = true", "[relay]\nenabled = True"),
        2,
        "True er ikke en værdi. Skriv true eller false med små bogstaver.",
        "True is no value. Write true or false, in small letters.",
    ),
    "yes": Broken(
        rep("[relay]\nenabled = true", "[relay]\nenabled = yes"),
        2,
        "yes er ikke en værdi. Skriv true eller false med små bogstaver.",
        "yes is no value. Write true or false, in small letters.",
    ),
    "ja": Broken(
        rep("[relay]\nenabled = true", "[relay]\nenabled = ja"),
        2,
        "ja er ikke en værdi. Skriv true eller false med små bogstaver.",
        "ja is no value. Write true or false, in small letters.",
    ),
    "økonomi": Broken(
        rep("[departments.stab]", "[departments.økonomi]"),
        2,
        'et navn med andre bogstaver end a til z skal stå i anførselstegn: "økonomi".',
        'a name with other letters than a to z stands in quotes: "økonomi".',
    ),
    "key with blank": Broken(
        rep("[departments.stab]", "[departments.økonomi og stab]"),
        2,
        'et navn med andre bogstaver end a til z skal stå i anførselstegn: "økonomi og stab".',
        'a name with other letters than a to z stands in quotes: "økonomi og stab".',
    ),
    "key two words": Broken(
        rep("[departments.stab]", "[departments.stab to]"),
        2,
        'et navn med mellemrum i skal stå i anførselstegn: "stab to".',
        'a name with a space in it stands in quotes: "stab to".',
    ),
    "backslash": Broken(
        rep('file = "people.csv" ', 'file = "C:\\HR\\people.csv" '),
        2,
        "mellem dobbelte anførselstegn indleder en omvendt skråstreg et specialtegn. Skriv en sti i enkelte: 'C:\\HR\\people.csv'.",
        "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'.",
    ),
    "backslash u": Broken(
        rep('file = "people.csv" ', 'file = "C:\\users\\people.csv" '),
        2,
        "mellem dobbelte anførselstegn indleder en omvendt skråstreg et specialtegn. Skriv en sti i enkelte: 'C:\\HR\\people.csv'.",
        "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'.",
    ),
    "backslash n": Broken(
        rep('file = "people.csv" ', 'file = "C:\\new\\people.csv" '),
        2,
        "mellem dobbelte anførselstegn indleder en omvendt skråstreg et specialtegn. Skriv en sti i enkelte: 'C:\\HR\\people.csv'.",
        "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'.",
    ),
    "vitamin list": Broken(
        rep("[vitamin]", "[[vitamin]]"),
        2,
        "[vitamin]: det står i to klammer, som var der flere af dem. Skriv det i én: [vitamin].",
        "[vitamin]: this stands in two brackets, as one of many. Write it in one: [vitamin].",
    ),
    "departments list": Broken(
        rep("[departments.jura]", "[[departments.jura]]"),
        2,
        "[departments] jura: det står i to klammer, som var der flere af dem. Skriv det i én: [departments.jura].",
        "[departments] jura: this stands in two brackets, as one of many. Write it in one: [departments.jura].",
    ),
    "twice table": Broken(
        add('[departments.plan]\nname = "X"'),
        2,
        "denne tabel står to gange. Skriv alle dens nøgler under den ene.",
        "this table stands twice. Write all its keys under one of the two.",
    ),
    "twice key": Broken(
        table("relay", "enabled = true"),
        2,
        "en nøgle eller tabel står to gange. Tag den ene ud.",
        "a key or table stands twice. Take one of the two out.",
    ),
    "unclosed text": Broken(
        rep('"Plan og Byrum"', '"Plan og Byrum'),
        2,
        "her begynder en tekst, der ikke slutter. Skriv det anførselstegn, der mangler.",
        "a text begins here and does not end. Write the quote that is missing.",
    ),
    "unclosed list": Broken(
        rep('closed = ["12-24", "12-31", "06-05", "2027-05-07"]', 'closed = ["12-24", "12-31"'),
        2,
        "en liste eller tabel, der begynder ovenfor eller her, slutter ikke. Skriv den klamme, der mangler til sidst.",
        "a list or a table that begins above, or here, does not end. Write the closing bracket that is missing.",
    ),
    "no equals": Broken(
        rep('name = "Plan og Byrum"', 'name "Plan og Byrum"'),
        2,
        "efter nøglens navn skal der stå =, for eksempel minutes = 10.",
        "after the name of a key stands =, for example minutes = 10.",
    ),
    "colon": Broken(
        rep('name = "Plan og Byrum"', 'name: "Plan og Byrum"'),
        2,
        "efter nøglens navn skal der stå =, for eksempel minutes = 10.",
        "after the name of a key stands =, for example minutes = 10.",
    ),
    "unquoted": Broken(
        rep('name = "Plan og Byrum"', "name = Plan og Byrum"),
        2,
        'Plan og Byrum er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        'Plan og Byrum is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "time unquoted": Broken(
        rep('time = "09:00" ', "time = 9:00 "),
        2,
        '9:00 er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        '9:00 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "time toml": Broken(
        rep('time = "09:00" ', "time = 09:00:00 "),
        2,
        '[departments.plan.meeting] time: 09:00:00 er ikke et klokkeslæt. Skriv timer og minutter, for eksempel "08:30".',
        '[departments.plan.meeting] time: 09:00:00 is not a time of day. Write 24-hour HH:MM, for example "08:30".',
    ),
    "time dot": Broken(
        rep('time = "09:00" ', 'time = "9.00" '),
        0,
        "",
        "",
    ),
    "time 25": Broken(
        rep('time = "09:00" ', 'time = "25:00" '),
        2,
        '[departments.plan.meeting] time: "25:00" er ikke et klokkeslæt. Skriv timer og minutter, for eksempel "08:30".',
        '[departments.plan.meeting] time: "25:00" is not a time of day. Write 24-hour HH:MM, for example "08:30".',
    ),
    "semicolon comment": Broken(
        rep("[relay]", "; her er stafetten\n[relay]"),
        2,
        "en kommentar begynder med #.",
        "a comment begins with #.",
    ),
    "slash comment": Broken(
        rep("[relay]", "// her er stafetten\n[relay]"),
        2,
        "en kommentar begynder med #.",
        "a comment begins with #.",
    ),
    "bracket missing": Broken(
        rep("[relay]", "[relay"),
        2,
        "her mangler en klamme, et anførselstegn eller en værdi.",
        "a bracket, a quote or a value is missing here.",
    ),
    "curly": Broken(
        rep(
            'nth = "first", minutes = 45, place = "Materielgården" }',
            'nth = "first", minutes = 45, place = "Materielgården"',
        ),
        2,
        "en liste eller tabel, der begynder ovenfor eller her, slutter ikke. Skriv den klamme, der mangler til sidst.",
        "a list or a table that begins above, or here, does not end. Write the closing bracket that is missing.",
    ),
    "date da": Broken(
        rep("counted_from = 2026-12-03", "counted_from = 03-12-2026"),
        2,
        '03-12-2026 er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        '03-12-2026 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "date quoted": Broken(
        rep("counted_from = 2026-12-03", 'counted_from = "2026-12-03"'),
        2,
        '[departments.plan.meeting] counted_from: "2026-12-03" er af den forkerte slags. Skriv en dato uden anførselstegn, for eksempel 2026-12-01.',
        '[departments.plan.meeting] counted_from: "2026-12-03" is of the wrong type. Write a date without quotes, for example 2026-12-01.',
    ),
    "counted_from missing": Broken(
        rep("counted_from = 2026-12-03", "#"),
        2,
        "[departments.plan] meeting: 2 weeks kræver counted_from: en dag, hvor der er møde, for eksempel 2027-01-14.",
        "[departments.plan] meeting: 2 weeks needs counted_from: a day on which there is a meeting, for example 2027-01-14.",
    ),
    "counted_from weekday": Broken(
        rep("counted_from = 2026-12-03", "counted_from = 2026-12-01"),
        0,
        "[departments.plan.meeting] counted_from: 2026-12-01 er en anden ugedag end weekday. Det er ugen, der tæller: skriv 2026-12-03, hvis der er møde dér.",
        "[departments.plan.meeting] counted_from: 2026-12-01 is another day of the week than weekday. The week counts: write 2026-12-03, if that has a meeting.",
    ),
    "nth without month": Broken(
        rep('every = "2 weeks" ', 'every = "week"\nnth = "first" '),
        2,
        '[departments.plan] meeting: nth hører til every = "month". Tag den ud, eller skriv every = "month".',
        '[departments.plan] meeting: nth belongs to every = "month". Take it out, or write every = "month".',
    ),
    "every da": Broken(
        rep('every = "2 weeks"', 'every = "14 dage"'),
        2,
        '[departments.plan.meeting] every: "14 dage" er ikke en af mulighederne. Skriv en af disse: "week", "2 weeks", "4 weeks", "month".',
        '[departments.plan.meeting] every: "14 dage" is none of the choices. Write one of "week", "2 weeks", "4 weeks", "month".',
    ),
    "weekday da": Broken(
        rep('weekday = "thursday"', 'weekday = "torsdag"'),
        0,
        "",
        "",
    ),
    "weekday bad": Broken(
        rep('weekday = "thursday"', 'weekday = "torsdagg"'),
        2,
        '[departments.plan.meeting] weekday: "torsdagg" er ikke en ugedag. Skriv for eksempel "monday" eller "mandag".',
        '[departments.plan.meeting] weekday: "torsdagg" is not a weekday. Write for example "monday".',
    ),
    "minutes text": Broken(
        rep("minutes = 60", 'minutes = "60"'),
        2,
        '[departments.plan.meeting] minutes: "60" er af den forkerte slags. Skriv et helt tal uden anførselstegn, for eksempel 10.',
        '[departments.plan.meeting] minutes: "60" is of the wrong type. Write a whole number without quotes, for example 10.',
    ),
    "minutes small": Broken(
        rep("minutes = 60", "minutes = 5"),
        2,
        "[departments.plan.meeting] minutes: 5 er for lille. Skriv mindst 15.",
        "[departments.plan.meeting] minutes: 5 is too small. Write at least 15.",
    ),
    "minutes big": Broken(
        rep("minutes = 60", "minutes = 5000"),
        2,
        "[departments.plan.meeting] minutes: 5000 er for stort. Skriv højst 480.",
        "[departments.plan.meeting] minutes: 5000 is too large. Write at most 480.",
    ),
    "minutes float": Broken(
        rep("minutes = 60", "minutes = 60.5"),
        2,
        "[departments.plan.meeting] minutes: 60.5 er af den forkerte slags. Skriv et helt tal uden anførselstegn, for eksempel 10.",
        "[departments.plan.meeting] minutes: 60.5 is of the wrong type. Write a whole number without quotes, for example 10.",
    ),
    "unknown key": Broken(
        rep("[relay]", "[relay]\npresentters = 2"),
        2,
        "[relay] presentters: den nøgle findes ikke. Mente du presenters?",
        "[relay] presentters: there is no such key. Did you mean presenters?",
    ),
    "unknown key far": Broken(
        rep("[relay]", "[relay]\ncolour = 2"),
        2,
        "[relay] colour: den nøgle findes ikke. Tag den ud.",
        "[relay] colour: there is no such key. Take it out.",
    ),
    "unknown section": Broken(
        add("[vitamins]\nenabled = true"),
        2,
        "vitamins: den nøgle findes ikke. Mente du vitamin?",
        "vitamins: there is no such key. Did you mean vitamin?",
    ),
    "unknown section far": Broken(
        add("[kaffe]\nenabled = true"),
        2,
        "kaffe: den nøgle findes ikke. Tag den ud.",
        "kaffe: there is no such key. Take it out.",
    ),
    "key above sections": Broken(
        lambda t: "enabled = true\n" + t,
        2,
        "enabled: den nøgle findes ikke. Tag den ud.",
        "enabled: there is no such key. Take it out.",
    ),
    "sender_nam": Broken(
        rep("sender_name =", "sender_nam ="),
        2,
        "[mail] sender_name: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[mail] sender_name: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "no mail section": Broken(
        lambda t: t[: t.index("[mail]")] + t[t.index("[calendar]") :],
        2,
        "[mail]: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[mail]: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "no departments": Broken(
        lambda t: re.sub(r"(?ms)^\[departments\.plan\].*?(?=^\[vitamin\])", "", t),
        2,
        "[departments]: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[departments]: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "departments flat": Broken(
        lambda t: re.sub(r"(?ms)^\[departments\.plan\].*?(?=^\[vitamin\])", '[departments]\nplan = "Plan"\n', t),
        2,
        '[departments] plan: "Plan" er af den forkerte slags. Skriv en tabel for sig.',
        '[departments] plan: "Plan" is of the wrong type. Write a table of its own.',
    ),
    "no policy": Broken(
        lambda t: re.sub(r"(?ms)^\[policy\].*?(?=^\[people\])", "", t),
        2,
        "[policy]: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[policy]: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "policy empty": Broken(
        lambda t: re.sub(r"(?ms)^\[policy\.da\].*?(?=^\[people\])", "", t),
        2,
        "[policy]: De tre svar mangler. Skriv dem under en eller flere af [policy.da], [policy.en].",
        "[policy]: The three answers are missing. Write them under one or more of [policy.da], [policy.en].",
    ),
    "policy missing answer": Broken(
        rep('responsible = "Du står', '#responsible = "Du står'),
        2,
        "[policy.da] responsible: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[policy.da] responsible: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "no name": Broken(
        rep('name = "Styrelsen', '#name = "Styrelsen'),
        2,
        "[organisation] name: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[organisation] name: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "name empty": Broken(
        rep('"Styrelsen for Grønne Byrum"', '""'),
        2,
        '[organisation] name: "" er tomt eller for langt. Skriv nogle få ord.',
        '[organisation] name: "" is empty or too long. Write a few words.',
    ),
    "sector bad": Broken(
        rep('sector = "public"', 'sector = "offentlig"'),
        2,
        '[organisation] sector: "offentlig" er ikke en af mulighederne. Skriv en af disse: "public", "private", "interest".',
        '[organisation] sector: "offentlig" is none of the choices. Write one of "public", "private", "interest".',
    ),
    "language bad": Broken(
        rep('# language = "da"', 'language = "dansk"'),
        2,
        '[organisation] language: "dansk" er ikke en af mulighederne. Skriv en af disse: "da", "en".',
        '[organisation] language: "dansk" is none of the choices. Write one of "da", "en".',
    ),
    "zone bad": Broken(
        rep('# zone = "Europe/Copenhagen"', 'zone = "CET+1"'),
        2,
        '[organisation] zone: "CET+1" er ikke en tidszone, vi kan bruge. Skriv et IANA-navn, for eksempel CET.',
        '[organisation] zone: "CET+1" is not a time zone we can use. Write an IANA name, for example CET.',
    ),
    "zone copenhagen": Broken(
        rep('# zone = "Europe/Copenhagen"', 'zone = "København"'),
        2,
        '[organisation] zone: "København" er ikke en tidszone, vi kan bruge. Skriv et IANA-navn, for eksempel Europe/Copenhagen.',
        '[organisation] zone: "København" is not a time zone we can use. Write an IANA name, for example Europe/Copenhagen.',
    ),
    "country bad": Broken(
        rep('# country = "DK"', 'country = "Danmark"'),
        2,
        '[organisation] country: "Danmark" er ikke et land, vi kender helligdagene for. Skriv dets to bogstaver, for eksempel "DK", eller "" for ingen.',
        '[organisation] country: "Danmark" is not a country we know the holidays of. Write its two letters, for example "DK", or "" for none.',
    ),
    "domain url": Broken(
        rep('domain = "groennebyrum.example"', 'domain = "https://groennebyrum.example"'),
        2,
        '[organisation] domain: "https://groennebyrum.example" er ikke et domæne. Skriv for eksempel "styrelsen.dk".',
        '[organisation] domain: "https://groennebyrum.example" is not a domain name. Write for example "styrelsen.dk".',
    ),
    "domain at": Broken(
        rep('domain = "groennebyrum.example"', 'domain = "@groennebyrum.example"'),
        2,
        '[organisation] domain: "@groennebyrum.example" er ikke et domæne. Skriv for eksempel "styrelsen.dk".',
        '[organisation] domain: "@groennebyrum.example" is not a domain name. Write for example "styrelsen.dk".',
    ),
    "contact bad": Broken(
        rep('contact_email = "mette.lund@groennebyrum.example"', 'contact_email = "mette lund"'),
        2,
        '[organisation] contact_email: "mette lund" er ikke en mailadresse. Skriv for eksempel "ai-tid@styrelsen.dk".',
        '[organisation] contact_email: "mette lund" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".',
    ),
    "closed bad": Broken(
        rep('"12-24", "12-31"', '"24-12", "12-31"'),
        2,
        '[organisation] closed: "24-12" er ikke en dag. Skriv "2027-05-07", en periode "2026-12-28..2026-12-30" eller "12-24" for hvert år.',
        '[organisation] closed: "24-12" is not a day. Write "2027-05-07", a range "2026-12-28..2026-12-30", or "12-24" for every year.',
    ),
    "closed da": Broken(
        rep('"12-24", "12-31"', '"24.12.2026", "12-31"'),
        2,
        '[organisation] closed: "24.12.2026" er ikke en dag. Skriv "2027-05-07", en periode "2026-12-28..2026-12-30" eller "12-24" for hvert år.',
        '[organisation] closed: "24.12.2026" is not a day. Write "2027-05-07", a range "2026-12-28..2026-12-30", or "12-24" for every year.',
    ),
    "closed backwards": Broken(
        rep('"12-24", "12-31"', '"2026-12-30..2026-12-28", "12-31"'),
        2,
        '[organisation] closed: "2026-12-30..2026-12-28" er ikke en dag. Skriv "2027-05-07", en periode "2026-12-28..2026-12-30" eller "12-24" for hvert år.',
        '[organisation] closed: "2026-12-30..2026-12-28" is not a day. Write "2027-05-07", a range "2026-12-28..2026-12-30", or "12-24" for every year.',
    ),
    "closed long": Broken(
        rep('"12-24", "12-31"', '"2026-12-01..2027-12-28", "12-31"'),
        0,
        "[departments.plan.meeting]: der er ikke noget møde i det kommende halve år, så ingen får en tur.",
        "[departments.plan.meeting]: there is no meeting in the coming half year, so nobody gets a turn.",
    ),
    "closed not list": Broken(
        rep('closed = ["12-24", "12-31", "06-05", "2027-05-07"]', 'closed = "12-24"'),
        2,
        '[organisation] closed: "12-24" er ikke en liste. Skriv for eksempel ["12-24", "2027-05-07", "2026-12-28..2026-12-30"].',
        '[organisation] closed: "12-24" is not a list. Write for example ["12-24", "2027-05-07", "2026-12-28..2026-12-30"].',
    ),
    "quiet bad": Broken(
        rep('quiet_weeks = ["2026-W53", 29, 30]', "quiet_weeks = [60]"),
        2,
        '[organisation] quiet_weeks: "60" er ikke en uge. Skriv 29 for uge 29 hvert år eller "2026-W53" for en enkelt.',
        '[organisation] quiet_weeks: "60" is not an ISO week. Write 29 for week 29 of every year, or "2026-W53" for one.',
    ),
    "quiet text": Broken(
        rep('quiet_weeks = ["2026-W53", 29, 30]', 'quiet_weeks = ["uge 29"]'),
        2,
        '[organisation] quiet_weeks: "uge 29" er ikke en uge. Skriv 29 for uge 29 hvert år eller "2026-W53" for en enkelt.',
        '[organisation] quiet_weeks: "uge 29" is not an ISO week. Write 29 for week 29 of every year, or "2026-W53" for one.',
    ),
    "people missing": Broken(
        rep('file = "people.csv" ', 'file = "personer.csv" '),
        2,
        "Der er ingen fil på",
        "There is no such file",
    ),
    "absences missing": Broken(
        rep('absences = "absences.csv"', 'absences = "fravaer.csv"'),
        2,
        "Der er ingen fil på",
        "There is no such file",
    ),
    "people folder": Broken(
        rep('file = "people.csv" ', 'file = "." '),
        2,
        "Det er en mappe. Skriv navnet på en fil i den.",
        "This is a folder. Write the name of a file in it.",
    ),
    "facilitator nobody": Broken(
        table("departments.plan", 'facilitator = "mette.lundd@groennebyrum.example"'),
        0,
        '[departments.plan] facilitator: "mette.lundd@groennebyrum.example" er ingen, der arbejder her, så der er kun kontaktpersonen til at tage sig af stafetten. Skriv adressen på en, der gør, eller udelad nøglen.',
        '[departments.plan] facilitator: "mette.lundd@groennebyrum.example" is nobody who works here, so only the contact sees to the relay. Write the address of somebody who does, or leave the key out.',
    ),
    "facilitator bad": Broken(
        table("departments.plan", 'facilitator = "Mette Lund"'),
        2,
        '[departments.plan] facilitator: "Mette Lund" er ikke en mailadresse. Skriv for eksempel "ai-tid@styrelsen.dk".',
        '[departments.plan] facilitator: "Mette Lund" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".',
    ),
    "manager nobody": Broken(
        table("departments.plan", 'manager = "mette.lundd@groennebyrum.example"'),
        0,
        '[departments.plan] manager: "mette.lundd@groennebyrum.example" er ingen, der arbejder her. Skriv adressen på den, der er leder, eller udelad nøglen.',
        '[departments.plan] manager: "mette.lundd@groennebyrum.example" is nobody who works here. Write the address of whoever is the manager, or leave the key out.',
    ),
    "sender is employee": Broken(
        rep('sender_address = "ai-tid@groennebyrum.example"', 'sender_address = "anna.holm@groennebyrum.example"'),
        0,
        '[mail] sender_address: "anna.holm@groennebyrum.example" er Anna Holms egen. Svar og returmails ender dér, og ingen kan blive inviteret af sig selv. Skriv en postkasse, der er tjenestens.',
        '[mail] sender_address: "anna.holm@groennebyrum.example" is Anna Holm\'s own. Answers and bounces end there, and nobody can be invited by themselves. Write a mailbox of the service.',
    ),
    "sender bad": Broken(
        rep('sender_address = "ai-tid@groennebyrum.example"', 'sender_address = "ai-tid"'),
        2,
        '[mail] sender_address: "ai-tid" er ikke en mailadresse. Skriv for eksempel "ai-tid@styrelsen.dk".',
        '[mail] sender_address: "ai-tid" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".',
    ),
    "reply_to bad": Broken(
        rep('reply_to = "mette.lund@groennebyrum.example"', 'reply_to = "mette.lund@"'),
        2,
        '[mail] reply_to: "mette.lund@" er ikke en mailadresse. Skriv for eksempel "ai-tid@styrelsen.dk".',
        '[mail] reply_to: "mette.lund@" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".',
    ),
    "own_templates missing": Broken(
        table("mail", 'own_templates = "own-templtes"'),
        0,
        '[mail] own_templates: mappen "own-templtes" findes ikke, så det er de medfølgende tekster, der bliver sendt. Lav den, eller skriv navnet på jeres.',
        '[mail] own_templates: there is no folder "own-templtes", so our own texts are sent. Make it, or write the name of yours.',
    ),
    "transport smtp no section": Broken(
        rep('transport = "folder"', 'transport = "smtp"'),
        2,
        '[mail] transport er "smtp", men der er intet [smtp]. Skriv det med mindst host, port, eller vælg en anden transport.',
        '[mail] transport is "smtp", but there is no [smtp]. Write it with at least host, port, or another transport.',
    ),
    "transport bad": Broken(
        rep('transport = "folder"', 'transport = "SMTP"'),
        2,
        '[mail] transport: "SMTP" er ikke en af mulighederne. Skriv en af disse: "folder", "smtp", "exchange", "microsoft365".',
        '[mail] transport: "SMTP" is none of the choices. Write one of "folder", "smtp", "exchange", "microsoft365".',
    ),
    "smtp no host": Broken(
        lambda t: rep('transport = "folder"', 'transport = "smtp"')(t) + '[smtp]\nuser = "x"\n',
        2,
        "[smtp] host: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[smtp] host: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "secret_env not set": Broken(
        lambda t: rep('transport = "folder"', 'transport = "smtp"')(t) + SMTP + 'secret_env = "AIKULTUR_NOPE"\n',
        0,
        "[smtp] secret_env: variablen AIKULTUR_NOPE er ikke sat her. Der kan ikke logges ind, før den er det, dér hvor tjenesten kører.",
        "[smtp] secret_env: the variable AIKULTUR_NOPE is not set here. Nothing can log in until it is, where the service runs.",
    ),
    "secret in config": Broken(
        lambda t: rep('transport = "folder"', 'transport = "smtp"')(t) + SMTP + 'password = "hemmelig"\n',
        2,
        "[smtp] password: hemmeligheder skal ikke stå i config.toml. Skriv secret_env, secret_file eller secret_command, som siger, hvor den er.",
        "[smtp] password: no secret stands in the config. Write secret_env, secret_file or secret_command, which say where it is.",
    ),
    "secret_file missing": Broken(
        lambda t: rep('transport = "folder"', 'transport = "smtp"')(t) + SMTP + 'secret_file = "nope.txt"\n',
        0,
        "[smtp] secret_file: der er ingen fil",
        "[smtp] secret_file: there is no file",
    ),
    "smtp user without secret": Broken(
        lambda t: rep('transport = "folder"', 'transport = "smtp"')(t) + SMTP,
        2,
        '[smtp]: auth = "password" kræver user og netop en af secret_env, secret_file, secret_command.',
        '[smtp]: auth = "password" needs user and exactly one of secret_env, secret_file, secret_command.',
    ),
    "smtp port text": Broken(
        lambda t: (
            rep('transport = "folder"', 'transport = "smtp"')(t) + SMTP.replace("587", '"587"') + 'secret_env = "X"\n'
        ),
        2,
        '[smtp] port: "587" er af den forkerte slags. Skriv et helt tal uden anførselstegn, for eksempel 10.',
        '[smtp] port: "587" is of the wrong type. Write a whole number without quotes, for example 10.',
    ),
    "channel bad": Broken(
        table("calendar", 'channel = "outlook"'),
        2,
        '[calendar] channel: "outlook" er ikke en af mulighederne. Skriv en af disse: "feed", "invite", "exchange", "microsoft365", "none".',
        '[calendar] channel: "outlook" is none of the choices. Write one of "feed", "invite", "exchange", "microsoft365", "none".',
    ),
    "channel exchange no section": Broken(
        table("calendar", 'channel = "exchange"'),
        2,
        '[calendar] channel er "exchange", men der er intet [exchange]. Skriv det med mindst endpoint, user, eller vælg en anden kanal.',
        '[calendar] channel is "exchange", but there is no [exchange]. Write it with at least endpoint, user, or another channel.',
    ),
    "window bad": Broken(
        table("mail", 'window = "7-17"'),
        2,
        '[mail] window: "7-17" er ikke et tidsrum. Skriv "07:00-17:00".',
        '[mail] window: "7-17" is not a window of time. Write "07:00-17:00".',
    ),
    "window reversed": Broken(
        table("mail", 'window = "17:00-07:00"'),
        2,
        '[mail] window: "17:00-07:00" skal gå fremad, for eksempel "07:00-17:00".',
        '[mail] window: "17:00-07:00" must run forward, for example "07:00-17:00".',
    ),
    "store is file": Broken(
        lambda t: rep("[store]", '[store]\nfolder = "people.csv"')(t),
        2,
        '[store] folder: "people.csv" er en fil, og tilstanden skal ligge i en mappe. Skriv navnet på en; den behøver ikke være der endnu.',
        '[store] folder: "people.csv" is a file, and the state needs a folder. Write the name of one; it need not be there yet.',
    ),
    "store is empty": Broken(
        lambda t: rep("[store]", '[store]\nfolder = ""')(t),
        2,
        '[store] folder: "" er tomt eller for langt. Skriv nogle få ord.',
        '[store] folder: "" is empty or too long. Write a few words.',
    ),
    "public_url http": Broken(
        lambda t: rep('public_url = "http://127.0.0.1:8017"', 'public_url = "http://aitid.groennebyrum.example"')(
            rep("demo = true", "demo = false")(t)
        ),
        0,
        '[web] public_url: brevene har "http://aitid.groennebyrum.example", så alles personlige links går ukrypteret over nettet. Skriv en adresse, der begynder med https://.',
        '[web] public_url: letters carry "http://aitid.groennebyrum.example", so everybody\'s personal links cross the network in the clear. Write an address that begins with https://.',
    ),
    "public_url no scheme": Broken(
        lambda t: rep('public_url = "http://127.0.0.1:8017"', 'public_url = "aitid.groennebyrum.example"')(
            rep("demo = true", "demo = false")(t)
        ),
        2,
        '[web] public_url: "aitid.groennebyrum.example" er ikke en webadresse. Skriv for eksempel "https://aitid.styrelsen.dk".',
        '[web] public_url: "aitid.groennebyrum.example" is not a web address. Write for example "https://aitid.styrelsen.dk".',
    ),
    "public_url none": Broken(
        lambda t: rep('public_url = "http://127.0.0.1:8017"', 'public_url = ""')(rep("demo = true", "demo = false")(t)),
        0,
        "",
        "",
    ),
    "public_url with demo": Broken(
        rep('public_url = "http://127.0.0.1:8017"', 'public_url = "https://aitid.groennebyrum.example"'),
        2,
        '[web]: demo viser alles personlige links, og public_url er "https://aitid.groennebyrum.example", hvor andre kan se dem. Skriv demo = false til en rigtig tjeneste eller public_url = "http://127.0.0.1:8017" for at prøve den af på denne maskine.',
        '[web]: demo shows everybody\'s personal links, and public_url is "https://aitid.groennebyrum.example", where others see them. Write demo = false for a real service, or public_url = "http://127.0.0.1:8017" to try it out on this machine.',
    ),
    "port differs": Broken(
        table("web", "port = 21304"),
        0,
        '[web] public_url: brevene bærer "http://127.0.0.1:8017", men siderne ligger på port 21304. Medmindre noget af jeres står der og sender videre, så skriv public_url = "http://127.0.0.1:21304".',
        '[web] public_url: letters carry "http://127.0.0.1:8017", but the pages are on port 21304. Unless something of yours stands there and passes it on, write public_url = "http://127.0.0.1:21304".',
    ),
    "port big": Broken(
        table("web", "port = 99999"),
        2,
        "[web] port: 99999 er for stort. Skriv højst 65535.",
        "[web] port: 99999 is too large. Write at most 65535.",
    ),
    "host all with demo": Broken(
        table("web", 'host = "0.0.0.0"'),
        2,
        '[web]: demo viser alles personlige links og kræver derfor host = "127.0.0.1". Skriv demo = false til en rigtig tjeneste.',
        '[web]: demo shows everybody\'s personal links, so it needs host = "127.0.0.1". Write demo = false for a real service.',
    ),
    "same name": Broken(
        rep('name = "Jura og Tilladelser"', 'name = "Plan og Byrum"'),
        2,
        '[departments.jura] name: hedder "Plan og Byrum" ligesom [departments.plan]: den, som HR skriver det navn på, hører til der. Skriv et andet navn, eller lad HR skrive nøglerne.',
        '[departments.jura] name: is called "Plan og Byrum" as [departments.plan] is: whom HR lists by that name belongs there. Write another name, or let HR write the keys.',
    ),
    "same meeting": Broken(
        table(
            "departments.jura",
            'meeting = { weekday = "thursday", time = "09:00", every = "2 weeks", counted_from = 2026-12-03, place = "Mødelokale 2" }',
        ),
        0,
        '[departments.jura.meeting]: er på samme tid og sted som det i [departments.plan], for eksempel 3. december 2026. Er det ét møde, så skriv meets_with = "plan" i [departments.jura] i stedet for et møde og en tovholder.',
        '[departments.jura.meeting]: is at the same time and place as that of [departments.plan], on 3 December 2026 for one. If it is one meeting, write meets_with = "plan" in [departments.jura], instead of a meeting and a facilitator.',
    ),
    "meeting taken away": Broken(
        lambda t: re.sub(r"(?ms)^\[departments\.plan\.meeting\].*?(?=^\[departments\.jura\])", "", t),
        0,
        "",
        "",
    ),
    "meeting ics and rhythm": Broken(
        table("departments.plan.meeting", 'ics = "https://x.example/a.ics"'),
        2,
        "[departments.plan] meeting: ics siger, hvornår møderne er, så der må ikke stå andet ved siden af. Tag de andre nøgler ud.",
        "[departments.plan] meeting: ics says when the meetings are, so nothing else may stand beside it. Take the other keys out.",
    ),
    "meeting calendar": Broken(
        lambda t: re.sub(
            r"(?ms)^\[departments\.plan\.meeting\].*?(?=^\[departments\.jura\])",
            '[departments.plan.meeting]\ncalendar = "plan@groennebyrum.example"\nsubject = "Møde"\n',
            t,
        ),
        2,
        '[departments.plan.meeting] calendar er "plan@groennebyrum.example", men der er ingen server at spørge om den. Skriv dens afsnit ([exchange], [microsoft365]), eller ics = "en fil eller en adresse".',
        '[departments.plan.meeting] calendar is "plan@groennebyrum.example", but there is no server to ask for it. Write its section ([exchange], [microsoft365]), or ics = "a file or an address".',
    ),
    "presenters 0": Broken(
        table("relay", "presenters = 0"),
        2,
        "[relay] presenters: 0 er for lille. Skriv mindst 1.",
        "[relay] presenters: 0 is too small. Write at least 1.",
    ),
    "presenters 9": Broken(
        table("relay", "presenters = 9"),
        2,
        "[relay] presenters: 9 er for stort. Skriv højst 2.",
        "[relay] presenters: 9 is too large. Write at most 2.",
    ),
    "vitamin time night": Broken(
        rep('time = "12:15-12:45"', 'time = "23:00"'),
        2,
        '[vitamin] time: "23:00" skal gå fremad mellem 06:00 og 22:00, for eksempel "12:00-13:00".',
        '[vitamin] time: "23:00" must run forward between 06:00 and 22:00, for example "12:00-13:00".',
    ),
    "vitamin days da": Broken(
        table("vitamin", 'days = ["man", "tir"]'),
        0,
        "",
        "",
    ),
    "vitamin days bad": Broken(
        table("vitamin", 'days = ["hverdage"]'),
        2,
        '[vitamin] days: "hverdage" er ikke en ugedag. Skriv for eksempel "monday" eller "mandag".',
        '[vitamin] days: "hverdage" is not a weekday. Write for example "monday".',
    ),
    "own_prompts missing": Broken(
        table("vitamin", 'own_prompts = "prompts.toml"'),
        2,
        "prompts.toml: Den fil findes ikke.",
        "prompts.toml: There is no such file.",
    ),
    "without_prompts": Broken(
        table("vitamin", 'without_prompts = ["findes-ikke"]'),
        0,
        '[vitamin] without_prompts: "findes-ikke" slår ikke noget fra, for intet hedder sådan.',
        '[vitamin] without_prompts: "findes-ikke" switches nothing off, for nothing is called that.',
    ),
    "track bad": Broken(
        rep('track = "law"', 'track = "laww"'),
        0,
        '[departments.jura] track: "laww" er et spor uden egne prompter; dem til alle kommer. Mente du "law"?',
        '[departments.jura] track: "laww" is a track without prompts of its own; those for everybody come. Did you mean "law"?',
    ),
    "ambassadors hours text": Broken(
        rep("hours = 6 ", 'hours = "6" '),
        2,
        '[ambassadors] hours: "6" er af den forkerte slags. Skriv et helt tal uden anførselstegn, for eksempel 10.',
        '[ambassadors] hours: "6" is of the wrong type. Write a whole number without quotes, for example 10.',
    ),
    "ambassadors people nobody": Broken(
        table("ambassadors", 'people = [{ email = "nobody@groennebyrum.example" }]'),
        0,
        "[ambassadors] people: nobody@groennebyrum.example er ingen, der arbejder her. Skriv adressen på en, der gør, eller tag rækken ud.",
        "[ambassadors] people: nobody@groennebyrum.example is nobody who works here. Write the address of somebody who does, or take the entry out.",
    ),
    "ambassadors covers": Broken(
        table("ambassadors", 'people = [{ email = "anna.holm@groennebyrum.example", covers = ["nope"] }]'),
        0,
        '[ambassadors] people: anna.holm@groennebyrum.example har "nope" i covers, og der er ingen [departments.nope]. Skriv en afdelings nøgle, eller tag den ud.',
        '[ambassadors] people: anna.holm@groennebyrum.example covers "nope", and there is no [departments.nope]. Write the key of a department, or take it out.',
    ),
    "limits percent": Broken(
        lambda t: rep("[limits]", "[limits]\nlost_people_percent = 200")(t),
        2,
        "[limits] lost_people_percent: 200 er for stort. Skriv højst 100.",
        "[limits] lost_people_percent: 200 is too large. Write at most 100.",
    ),
    "logging": Broken(
        lambda t: rep("[logging]", '[logging]\nlevel = "verbose"')(t),
        2,
        '[logging] level: "verbose" er ikke en af mulighederne. Skriv en af disse: "debug", "info", "warning", "error".',
        '[logging] level: "verbose" is none of the choices. Write one of "debug", "info", "warning", "error".',
    ),
    "everything on one line": Broken(
        lambda t: t.replace("\n", " "),
        2,
        "[organisation]: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[organisation]: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "empty": Broken(
        lambda t: "",
        2,
        "[organisation]: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[organisation]: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "BOM": Broken(
        in_bytes(lambda t: b"\xef\xbb\xbf" + t.encode()),
        0,
        "",
        "",
    ),
    "cp1252": Broken(
        in_bytes(lambda t: t.encode("cp1252")),
        2,
        "et bogstav på denne linje er ikke skrevet i UTF-8, men formentlig i Windows-1252. Gem filen som UTF-8.",
        "a letter on this line is not written in UTF-8, but in Windows-1252, it seems. Save the file as UTF-8.",
    ),
    "utf16": Broken(
        in_bytes(lambda t: t.encode("utf-16")),
        2,
        "den er gemt som UTF-16, eller den er slet ikke tekst. Gem den som UTF-8.",
        "this is saved as UTF-16, or is no text at all. Save it as UTF-8.",
    ),
    "utf16 no bom": Broken(
        in_bytes(lambda t: t.encode("utf-16-le")),
        2,
        "den er gemt som UTF-16, eller den er slet ikke tekst. Gem den som UTF-8.",
        "this is saved as UTF-16, or is no text at all. Save it as UTF-8.",
    ),
    "nbsp": Broken(
        rep('name = "Plan og Byrum"', 'name\u00a0= "Plan og Byrum"'),
        2,
        "der står et usynligt tegn på denne linje (U+00A0). Slet det, og skriv et almindeligt mellemrum.",
        "an invisible character stands on this line (U+00A0). Delete it, and write an ordinary space.",
    ),
    "zero width": Broken(
        rep("[relay]", "\u200b[relay]"),
        2,
        "der står et usynligt tegn på denne linje (U+200B). Slet det, og skriv et almindeligt mellemrum.",
        "an invisible character stands on this line (U+200B). Delete it, and write an ordinary space.",
    ),
    "tabs CRLF": Broken(
        in_bytes(lambda t: t.replace("\n", "\r\n").encode()),
        0,
        "",
        "",
    ),
    "mac CR": Broken(
        in_bytes(lambda t: t.replace("\n", "\r").encode()),
        2,
        "linjerne slutter som på en gammel Mac. Gem filen med linjeskift som i Windows eller Linux.",
        "its lines end as on an old Mac. Save the file with the line ends of Windows or Linux.",
    ),
    "control": Broken(
        rep('"Plan og Byrum"', '"Plan og\\u0007 Byrum"'),
        2,
        "departments.plan.name: her står styretegnet U+0007. Tag det ud.",
        "departments.plan.name: the control character U+0007 stands here. Take it out.",
    ),
    "json": Broken(
        lambda t: '{"organisation": {"name": "x"}}',
        2,
        "det er en anden slags fil, for eksempel JSON eller en webside. Skriv TOML: [sektion] og under den nøgle = værdi.",
        "this is another kind of file, such as JSON or a web page. Write TOML: [section], and under it key = value.",
    ),
    "yaml": Broken(
        lambda t: "organisation:\n  name: x\n",
        2,
        "efter nøglens navn skal der stå =, for eksempel minutes = 10.",
        "after the name of a key stands =, for example minutes = 10.",
    ),
    "html": Broken(
        lambda t: "<!DOCTYPE html><html><body>Log ind</body></html>",
        2,
        "det er en anden slags fil, for eksempel JSON eller en webside. Skriv TOML: [sektion] og under den nøgle = værdi.",
        "this is another kind of file, such as JSON or a web page. Write TOML: [section], and under it key = value.",
    ),
    "comma decimals": Broken(
        rep("minutes = 60", "minutes = 60,5"),
        2,
        '60,5 er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        '60,5 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "leading zero": Broken(
        rep("minutes = 60", "minutes = 060"),
        2,
        '060 er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        '060 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "none": Broken(
        rep("minutes = 60", "minutes = None"),
        2,
        'None er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        'None is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "null": Broken(
        rep("minutes = 60", "minutes = null"),
        2,
        'null er ikke en værdi i TOML. En tekst eller et klokkeslæt står i anførselstegn: "09:00"; en dato er 2026-12-01; et tal er 10 eller 0.5.',
        'null is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "list index": Broken(
        table("vitamin", 'days = ["mon", 3]'),
        2,
        '[vitamin] days: 3 er ikke en ugedag. Skriv for eksempel "monday" eller "mandag".',
        '[vitamin] days: 3 is not a weekday. Write for example "monday".',
    ),
    "changes bad": Broken(
        table("departments.plan.meeting", "changes = [{ on = 2027-01-14, cancelled = true }, { on = 2027-01-14 }]"),
        2,
        "[departments.plan.meeting.changes] 2: Skriv { on = 2027-01-14, cancelled = true }, { on = 2027-01-14, to = 2027-01-15T10:00:00 } eller, for et ekstra møde, { to = 2027-01-20T09:00:00 }.",
        "[departments.plan.meeting.changes] 2: Write one of { on = 2027-01-14, cancelled = true }, { on = 2027-01-14, to = 2027-01-15T10:00:00 }, or for an extra meeting { to = 2027-01-20T09:00:00 }.",
    ),
    "ambassadors people bad": Broken(
        table("ambassadors", 'people = [{ email = "anna.holm@groennebyrum.example" }, { emial = "x" }]'),
        2,
        "[ambassadors.people.2] email: dette mangler. Skriv det; docs/configuration.md siger, hvad det er til.",
        "[ambassadors.people.2] email: this is missing. Write it; docs/configuration.md says what it is for.",
    ),
    "relay starts before": Broken(
        table("relay", "starts = 2026-11-30"),
        0,
        "",
        "",
    ),
    "facilitator left": Broken(
        table("departments.plan", 'facilitator = "peter.svane@groennebyrum.example"'),
        0,
        '[departments.plan] facilitator: "peter.svane@groennebyrum.example" er ingen, der arbejder her, så der er kun kontaktpersonen til at tage sig af stafetten. Skriv adressen på en, der gør, eller udelad nøglen.',
        '[departments.plan] facilitator: "peter.svane@groennebyrum.example" is nobody who works here, so only the contact sees to the relay. Write the address of somebody who does, or leave the key out.',
    ),
    "two facilitators": Broken(
        table("departments.drift", 'facilitator = "nobody@groennebyrum.example"'),
        0,
        '[departments.drift] facilitator: "nobody@groennebyrum.example" er ingen, der arbejder her, så der er kun kontaktpersonen til at tage sig af stafetten. Skriv adressen på en, der gør, eller udelad nøglen.',
        '[departments.drift] facilitator: "nobody@groennebyrum.example" is nobody who works here, so only the contact sees to the relay. Write the address of somebody who does, or leave the key out.',
    ),
    "formerly present": Broken(
        table("departments.jura", 'formerly = ["plan"]'),
        2,
        '[departments.jura] formerly har "plan", som er [departments.plan] nu. Tag en af de to ud.',
        '[departments.jura] formerly has "plan", which is [departments.plan] now. Take one of the two out.',
    ),
    "formerly twice": Broken(
        lambda t: table("departments.jura", 'formerly = ["x"]')(table("departments.stab", 'formerly = ["X"]')(t)),
        2,
        '"X" står i formerly både i [departments.jura] og i [departments.stab]. Kun den ene kan få dens folk: tag det ud af den anden.',
        '"X" stands in formerly of [departments.jura] and of [departments.stab]. Only one of them can have its people: take it out of the other.',
    ),
    "formerly text": Broken(
        table("departments.jura", 'formerly = "x"'),
        2,
        '[departments.jura] formerly: "x" er af den forkerte slags. Skriv en liste, for eksempel ["..."].',
        '[departments.jura] formerly: "x" is of the wrong type. Write a list, for example ["..."].',
    ),
    "meets_with unknown": Broken(
        table("departments.jura", 'meets_with = "planen"'),
        2,
        '[departments.jura] meets_with er "planen". Skriv nøglen på en anden afdeling, der har et møde: plan, drift.',
        '[departments.jura] meets_with is "planen". Write the key of another department that has a meeting: plan, drift.',
    ),
    "meets_with chain": Broken(
        lambda t: table("departments.jura", 'meets_with = "stab"')(table("departments.stab", 'meets_with = "plan"')(t)),
        2,
        '[departments.jura] meets_with er "stab", som selv mødes med "plan". Skriv den, der har mødet.',
        '[departments.jura] meets_with is "stab", which itself meets with "plan". Write the one that has the meeting.',
    ),
    "meets_with circle": Broken(
        lambda t: table("departments.jura", 'meets_with = "stab"')(table("departments.stab", 'meets_with = "jura"')(t)),
        2,
        '[departments.jura] meets_with er "stab", som selv mødes med "jura". Skriv den, der har mødet.',
        '[departments.jura] meets_with is "stab", which itself meets with "jura". Write the one that has the meeting.',
    ),
    "meets_with own meeting": Broken(
        table("departments.drift", 'meets_with = "plan"'),
        2,
        '[departments] drift: meets_with = "plan" siger, at de har ét møde, én tovholder og én stafet. Tag meeting ud her, eller meets_with.',
        '[departments] drift: meets_with = "plan" says that they have one meeting, one facilitator and one relay. Take meeting out here, or meets_with.',
    ),
    "relay text": Broken(
        table("departments.plan", 'relay = "nej"'),
        2,
        '[departments.plan] relay: "nej" er af den forkerte slags. Skriv true eller false, uden anførselstegn.',
        '[departments.plan] relay: "nej" is of the wrong type. Write true or false, without quotes.',
    ),
    "meeting every far": Broken(
        rep('nth = "first", minutes = 45', 'nth = "fifth", minutes = 45'),
        2,
        '[departments.drift.meeting] nth: "fifth" er ikke en af mulighederne. Skriv en af disse: "first", "second", "third", "fourth", "last".',
        '[departments.drift.meeting] nth: "fifth" is none of the choices. Write one of "first", "second", "third", "fourth", "last".',
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_broken_config_is_told_what_to_write(name: str, tmp_path: Path) -> None:
    case = CONFIGS[name]
    few(tmp_path)
    edited = case.edit((tmp_path / "config.toml").read_text("utf-8"))
    (tmp_path / "config.toml").write_bytes(edited if isinstance(edited, bytes) else edited.encode())
    status, told = looked(tmp_path / "config.toml")
    assert status == case.status
    languages: tuple[Language, ...] = ("da", "en")
    for language, part in zip(languages, (case.da, case.en), strict=True):
        said = told(language)
        assert [line for line in said if part in line] if part else said == []


def looked(path: Path) -> tuple[int, Callable[[Language], list[str]]]:
    """The exit status of `check`, and what it says of the config and of the files, in a language: no texts are tried, and it
    is looked once."""
    try:
        found = check.look(path, NOW)
    except BadInput as bad:
        faults = bad.faults
        return 2, lambda language: [fault.said(language) for fault in faults]
    remarks = check.remarks(found.inputs, found.world)

    def told(language: Language) -> list[str]:
        return [*grouped.lines(found.faults, language, each=False), *(one.said(language) for one in remarks)]

    return 2 if found.faults else 0, told


# --- who sees to the relay, and what only the records know ---------------------------------------------------


def said_of(place: Place, *, absences: str = "", people: str = PEOPLE) -> list[str]:
    """What the files tell of facilitators: what the records do, `check` alone knows."""
    place.write("absences.csv", f"person;first;last\n{absences}")
    place.write("people.csv", people)
    _, told = looked(place.folder / "config.toml")
    return facilitators(told("en"))


def facilitators(lines: Iterable[str]) -> list[str]:
    return [line.removeprefix("Note: ").removeprefix("config.toml, ") for line in lines if "facilitator:" in line]


def checked(place: Place, now: datetime) -> list[str]:
    """What `check` says."""
    lines = list[str]()
    check.run(place.folder / "config.toml", now, "en", everybody=False, online=False, echo=lines.append)
    return lines


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = make_place(tmp_path)
    config = (tmp_path / "config.toml").read_text("utf-8")
    made.write("config.toml", config.replace('name = "Plan"', 'name = "Plan"\nfacilitator = "bo@x.example"'))
    return made


def test_a_facilitator_who_is_away_or_leaves_is_told(place: Place) -> None:
    here = "[departments.plan] facilitator: Bo Lind sees to the relay here, and "
    assert said_of(place) == []
    assert said_of(place, absences="2;2026-12-07;2026-12-11\n") == []  # a week's holiday
    assert said_of(place, absences="2;2026-12-07;2027-01-04\n") == [
        f"{here}is away from 7 December 2026 to 4 January 2027. Write somebody else's address for that time."
    ]
    assert said_of(place, absences="2;2026-11-02;\n") == [
        f"{here}is away from 2 November 2026 for now. Write somebody else's address meanwhile."
    ]
    leaves = PEOPLE.replace("bo@x.example;plan;;;", "bo@x.example;plan;;;2026-12-11")
    assert said_of(place, people=leaves) == [
        f"{here}leaves on 11 December 2026. Write somebody else's address by then."
    ]
    left = PEOPLE.replace("bo@x.example;plan;;;", "bo@x.example;plan;;;2026-11-01")
    assert said_of(place, people=left) == [
        "[departments.plan] facilitator: Bo Lind does not work here today, and sees to the relay by this. Write somebody else's address."
    ]


def test_a_facilitator_who_takes_a_break_is_told(place: Place) -> None:
    place.tick()
    engine = make_engine(place.folder)
    engine.stored.prefer("2", Preference(pause_until=date(2026, 12, 24)))
    engine.close()
    assert facilitators(checked(place, place.now)) == [
        "[departments.plan] facilitator: Bo Lind sees to the relay here, and takes a break until 24 December 2026. Write somebody else's address for that time."
    ]


def test_a_meeting_that_was_taken_away_and_a_department_that_is_gone_name_the_turns(place: Place) -> None:
    place.at(NOW).tick()
    config = (place.folder / "config.toml").read_text("utf-8")
    turns = ", ".join(one["turn"] for one in place.at(NOW).turns())
    assert turns
    place.write("config.toml", config.replace("departments.plan.meeting", "departments.jura.meeting"))
    assert (
        f"Note: config.toml, [departments.plan]: there is no relay here any more, so {turns} fall away, and whoever was to present is told. Put the meeting back if that is not meant."
        in checked(place, NOW)
    )
    place.write("config.toml", config.replace("departments.plan", "departments.byen"))
    assert (
        f'Note: config.toml, [departments.plan]: there is no such department any more, so {turns} fall away, and whoever was to present is told. If the department is called something else now, write formerly = ["plan"] there.'
        in checked(place, NOW)
    )
    place.write(
        "config.toml",
        config.replace("departments.plan", "departments.byen").replace('"Plan"', '"By"\nformerly = ["plan", "Plan"]'),
    )
    assert [line for line in checked(place, NOW) if "fall away" in line] == []


def test_a_domain_that_was_changed_is_told_where_calendars_have_the_other(place: Place) -> None:
    config = (place.folder / "config.toml").read_text("utf-8")
    place.write("config.toml", config.replace('channel = "feed"', 'channel = "invite"'))
    place.at(NOW).tick()
    place.write("config.toml", config.replace('domain = "x.example"', 'domain = "y.example"'))
    assert [line for line in checked(place, NOW) if "domain:" in line] == [
        'Note: config.toml, [organisation] domain: it is "y.example", and what stands in calendars was made with "x.example". It may never change, or nobody\'s calendar knows its own events again: write that one.'
    ]
