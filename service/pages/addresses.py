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
    right = department_token(view, person_id) if person_id else ""
    if not (right and hmac.compare_digest(right.encode(), token.encode())):
        return None
    return department_key(view.organisation.people[person_id].department) if person_id else None
