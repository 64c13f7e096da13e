"""The address of a department's feed that a person has: theirs alone, and no longer than they work there. Pure.

It is not kept: the person's opaque reference, which finds them, and a digest that ends when they move, when they make
it new, or when all their links are made new.
"""

import hmac

from service.pages.view import View
from service.planning.feeds import department_key
from service.planning.links import REFERENCE_LETTERS


def department_token(view: View, person_id: str) -> str:
    """What the person's address of their department's feed holds; empty where no such feed is."""
    person = view.organisation.people.get(person_id)
    key = department_key(person.department) if person else ""
    return view.links.department_token(person_id, key) if key in view.departments else ""


def department_of(view: View, token: str) -> str | None:
    """The key of the department's feed that this token opens now."""
    person_id = view.by_reference.get(token[:REFERENCE_LETTERS])
    person = view.organisation.people.get(person_id) if person_id else None
    key = department_key(person.department) if person else ""
    if person is None or key not in view.departments:
        return None
    # Whoever subscribed while it was called otherwise goes on being served.
    names = (person.department, *view.organisation.called.before(person.department))
    right = [view.links.department_token(person.id, department_key(name)) for name in names]
    return key if any(hmac.compare_digest(one.encode(), token.encode()) for one in right) else None
