"""Which department a command means."""

from culture.organisation import Organisation
from culture.people import Department
from service.cli.app import BadSentence
from service.messages.translation import Sentence
from service.settings.department_names import called, plain_name


def find_department(organisation: Organisation, text: str) -> Department:
    """The department of a key or name. Raises BadSentence."""
    if key := called(organisation.departments).get(plain_name(text)):
        return organisation.departments[key]
    fields = {"text": text, "names": ", ".join(organisation.departments)}
    raise BadSentence(Sentence('"{text}" is no department. Write one of {names}.', fields))
