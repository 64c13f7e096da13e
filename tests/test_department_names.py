"""Which department a row of HR's is about, by its name, its code or its path."""

import pytest

from culture.people import Department
from service.settings.department_names import department_names, parts

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
    "skoler": Department(key="skoler", name="Skolerne"),
}
PATTERNS = {"*skole*": "skoler", "5000*": "plan", "Børn [[]0-6]": "skoler"}


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (("plan",), "plan"),
        (("PLAN OG  byrum",), "plan"),
        (("Kirkeskolen",), "skoler"),
        (("børn [0-6]",), "skoler"),
        (("50001234",), "plan"),
        (("", "50001234"), "plan"),
        (("Jura og Tilladelser", "50001234"), "jura"),
        (("Kantinen", "50001234"), "plan"),
        (("Kantinen", "", "Byen > Jura og Tilladelser > Kantinen"), "jura"),
        (("", "", "/Forvaltning/Plan og Byrum/Vej"), "plan"),
        (("", "", "Plan og Byrum/Jura og Tilladelser"), "jura"),
        (("", "", "OU=Vej\\, Park,OU=Jura og Tilladelser,OU=plan,DC=by,DC=example"), "jura"),
        (("Kantinen", "7", "Byen > Kantinen"), None),
        (("",), None),
    ],
)
def test_a_name_comes_before_a_code_and_a_code_before_a_path(cells: tuple[str, ...], key: str | None) -> None:
    assert department_names(DEPARTMENTS, PATTERNS).find(*cells) == key


def test_the_rest_goes_where_the_config_says_and_a_name_comes_first() -> None:
    found = department_names(DEPARTMENTS, {"*": "jura", **PATTERNS})
    assert [found.find(one) for one in ("Kantinen", "", "Kirkeskolen", "plan")] == ["jura", "jura", "skoler", "plan"]


def test_the_first_pattern_that_fits_counts() -> None:
    patterns = {"Kirke*": "jura", "*skolen": "skoler"}
    assert department_names(DEPARTMENTS, patterns).find("Kirkeskolen") == "jura"


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/By/Drift", ["Drift", "By"]),
        ("By\\Drift\\ Vej ", ["Vej", "Drift", "By"]),
        ("By > Drift/Vej > Nord", ["Nord", "Drift/Vej", "By"]),
        ("By|Drift", ["Drift", "By"]),
        ("CN=Bo,OU=Drift\\, Vej,OU=By,DC=x", ["Drift, Vej", "By"]),
        ("Drift", []),
        ("", []),
    ],
)
def test_a_path_is_read_from_its_end(path: str, right: list[str]) -> None:
    assert list(parts(path)) == right
