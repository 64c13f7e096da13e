"""What the config allows and was probably not meant. `check` says it, a tick does not."""

import os
from collections.abc import Iterator
from datetime import date

from culture.organisation import Organisation
from service import channels
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.department_names import plain_name
from service.settings.inputs import Inputs
from service.settings.loopback import url_is_loopback


def oddities(inputs: Inputs, made: Organisation, today: date) -> Iterator[Fault]:
    """A sentence for each, with its place in the config."""
    found = (
        *_sender(inputs, made, today),
        *_templates(inputs),
        *_secrets(inputs),
        *_in_the_clear(inputs),
        *_names(made),
    )
    yield from (Fault(inputs.source.path.name, place, sentence) for place, sentence in found)


def no_folder(inputs: Inputs) -> Iterator[Fault]:
    """Where the state should stand and cannot."""
    folder = inputs.config.store.folder
    if inputs.source.resolve(folder).exists() and not inputs.source.resolve(folder).is_dir():
        text = '"{folder}" is a file, and the state needs a folder. Write the name of one; it need not be there yet.'
        yield Fault(inputs.source.path.name, "[store] folder", Sentence(text, {"folder": folder}))


def _sender(inputs: Inputs, made: Organisation, today: date) -> Iterator[tuple[str, Sentence]]:
    address = inputs.config.mail.sender_address
    person = made.holder(address)
    if person and person.works_here(today):
        text = '"{address}" is {name}\'s own. Answers and bounces end there, and nobody can be invited by themselves. Write a mailbox of the service.'
        yield "[mail] sender_address", Sentence(text, {"address": address, "name": person.name})


def _templates(inputs: Inputs) -> Iterator[tuple[str, Sentence]]:
    own = inputs.config.mail.own_templates
    if own and not inputs.source.resolve(own).is_dir():
        text = 'there is no folder "{folder}", so our own texts are sent. Make it, or write the name of yours.'
        yield "[mail] own_templates", Sentence(text, {"folder": own})


def _secrets(inputs: Inputs) -> Iterator[tuple[str, Sentence]]:
    for name in channels.SECTIONS:
        variable = getattr(inputs.config.named(name), "secret_env", None)
        if variable and not os.environ.get(variable, "").strip():
            text = "the variable {name} is not set here. Nothing can log in until it is, where the service runs."
            yield f"[{name}] secret_env", Sentence(text, {"name": variable})
        file = getattr(inputs.config.named(name), "secret_file", None)
        if file and not inputs.source.resolve(file).exists():
            text = "there is no file {path}. Nothing can log in until there is one, with the secret in it."
            yield f"[{name}] secret_file", Sentence(text, {"path": inputs.source.resolve(file)})


def _in_the_clear(inputs: Inputs) -> Iterator[tuple[str, Sentence]]:
    url = inputs.config.web.public_url
    if inputs.config.web.enabled and url.startswith("http://") and not url_is_loopback(url):
        text = 'letters carry "{url}", so everybody\'s personal links cross the network in the clear. Write an address that begins with https://.'
        yield "[web] public_url", Sentence(text, {"url": url})


def _names(made: Organisation) -> Iterator[tuple[str, Sentence]]:
    first: dict[str, str] = {}
    for key, department in made.departments.items():
        other = first.setdefault(plain_name(department.name), key)
        if other != key:
            text = 'is called "{name}" as [departments.{other}] is: whom HR lists by that name belongs there. Write another name, or let HR write the keys.'
            yield f"[departments.{key}] name", Sentence(text, {"name": department.name, "other": other})
