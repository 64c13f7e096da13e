"""What all feeds, and all events on a server, have in common: their texts are made anew when it changes. Pure."""

import hashlib
from pathlib import PurePath

from service.planning.calls import EventTexts
from service.settings.inputs import Inputs


def event_texts(inputs: Inputs) -> EventTexts:
    """What all events on a server have in common: policy, contact, web address, templates. The file of an own template
    tells whether it may show more of its reader than ours do."""
    config = inputs.config
    home = config.organisation
    parts = (
        config.policy.model_dump_json(),
        (home.name, home.contact_name, home.contact_email, config.web.public_url),
        [stamp for stamp in inputs.signature if stamp[0].endswith(".j2")],
    )
    own = any(PurePath(stamp[0]).parent.name == "event" for stamp in inputs.signature if stamp[0].endswith(".j2"))
    return EventTexts(version=hashlib.sha256(repr(parts).encode()).hexdigest(), personal=own)


def feed_version(inputs: Inputs) -> str:
    """Changes with whatever is in everybody's feed: texts, catalogue, policy, web address, templates."""
    config = inputs.config
    parts = (
        config.organisation.model_dump_json(),
        config.policy.model_dump_json(),
        config.vitamin.model_dump_json(),
        config.relay.model_dump_json(),
        inputs.challenges.digest,
        config.web.public_url,
        inputs.catalogue.digest,
        [stamp for stamp in inputs.signature if stamp[0].endswith(".j2")],
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()
