"""What a role of the people file means: which of HR's words say that somebody leads others, and which that they are an
ambassador. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from culture.organisation import Organisation
from culture.people import Person

MANAGER = frozenset({
    *("leder", "chef", "manager", "leader", "head", "director", "direktør", "direktoer"),
    *("afdelingsleder", "afdelingschef", "enhedsleder", "enhedschef", "gruppeleder", "teamleder", "teamchef"),
    *("områdeleder", "områdechef", "omraadeleder", "omraadechef", "funktionsleder", "funktionschef", "mellemleder"),
    *("sektionsleder", "sektionschef", "daglig leder", "linjeleder", "personaleleder"),
    # the public sector
    *("kontorchef", "centerchef", "centerleder", "forvaltningschef", "stabschef", "vicedirektør", "vicedirektoer"),
    *("styrelseschef", "institutionsleder", "skoleleder", "plejehjemsleder", "rektor", "dekan"),
    *("institutleder", "afdelingssygeplejerske", "ledende overlæge"),
    # interest organisations
    *("sekretariatschef", "sekretariatsleder", "generalsekretær", "generalsekretaer", "secretary general"),
    # companies
    *("team lead", "team leader", "team manager", "line manager", "people manager", "department head"),
    *("head of department", "department manager", "department director", "vp", "vice president"),
})  # fmt: skip
"""Whoever leads people, as HR writes it, whole: a "projektleder" or an "account manager" leads nobody."""

AMBASSADOR = frozenset({
    *("ambassadør", "ambassadoer", "ambassador"),
    *("ai-ambassadør", "ai-ambassadoer", "ai-ambassador", "ai ambassadør", "ai ambassadoer", "ai ambassador"),
})  # fmt: skip


def is_manager(person: Person) -> bool:
    """Whether one of the person's roles says that they lead others."""
    return not MANAGER.isdisjoint(person.roles)


def is_ambassador(person: Person) -> bool:
    """Whether one of the person's roles says that they are an ambassador."""
    return not AMBASSADOR.isdisjoint(person.roles)


def leads(organisation: Organisation, person: Person, today: date) -> bool:
    """Whether the person leads others here today: by their role, or because a department names them as its manager."""
    return person.works_here(today) and (is_manager(person) or person.id in organisation.managers.values())


def managers(organisation: Organisation, today: date) -> tuple[Person, ...]:
    """Everybody who leads others here today, by id."""
    found = (one for one in organisation.people.values() if leads(organisation, one, today))
    return tuple(sorted(found, key=lambda one: one.id))


def candidates(people: Iterable[Person], today: date) -> Mapping[str, tuple[str, ...]]:
    """Who may be the manager of each department: the ids of those in it whose role says so and who work here today."""
    found: dict[str, list[str]] = {}
    for person in people:
        if is_manager(person) and person.works_here(today):
            found.setdefault(person.department, []).append(person.id)
    return {department: tuple(sorted(ids)) for department, ids in found.items()}


def manager_of_each(
    named: Mapping[str, str], people: Mapping[str, Person], departments: Iterable[str], today: date
) -> dict[str, str]:
    """The manager's person id by department, where one is decided: whom the department names (`named`: person id by
    department) while they work here, else the only one there whose role says so. Of several none is."""
    listed = candidates(people.values(), today)
    found = {}
    for department in departments:
        person = people.get(named.get(department, ""))
        alone = listed.get(department, ())
        if person and person.works_here(today):
            found[department] = person.id
        elif len(alone) == 1:
            found[department] = alone[0]
    return found
