"""What is said of the departments' managers: whom the config names in vain, and where none is decided."""

from collections.abc import Iterator
from datetime import date

from culture.organisation import Organisation
from culture.roles import candidates
from service.messages.faults import Fault
from service.messages.translation import Sentence


def unknown(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """Managers of the config who do not work here (any more): whoever has the role counts instead."""
    for key, department in made.departments.items():
        found = made.holder(department.manager) if department.manager else None
        if department.manager and not (found and found.works_here(today)):
            text = '"{address}" is nobody who works here. Write the address of whoever is the manager, or leave the key out.'
            yield Fault(file, f"[departments.{key}] manager", Sentence(text, {"address": department.manager}))


def undecided(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """Departments in which several lead, and nobody said who is the manager. For the programmes that write to one."""
    listed = candidates(made.people.values(), today)
    for key in made.departments:
        several = [made.people[one].name for one in listed.get(key, ())]
        if len(several) > 1 and key not in made.managers:
            text = "{count} have the role of a manager here (such as {names}), so none is the manager. Write the address of the one who is."
            fields = {"count": len(several), "names": ", ".join(several[:3])}
            yield Fault(file, f"[departments.{key}] manager", Sentence(text, fields))
