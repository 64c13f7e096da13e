"""What all feeds, and all events on a server, have in common: their texts are made anew when it changes. Pure."""

import hashlib
from pathlib import PurePath
from typing import Any

from pydantic_core import to_json

from mailer.words import LANGUAGES
from service.planning.calls import EventTexts
from service.planning.programme import programmes
from service.settings.config import Config
from service.settings.inputs import Inputs


def event_texts(inputs: Inputs) -> EventTexts:
    """What all events on a server have in common: policy, contact, web address, templates. The file of an own template
    tells whether it may show more of its reader than ours do."""
    config = inputs.config
    home = config.organisation
    parts = (
        _policy(config),
        (home.name, home.contact_name, home.contact_email, config.web.public_url),
        [stamp for stamp in inputs.signature if stamp[0].endswith(".j2")],
    )
    own = any(PurePath(stamp[0]).parent.name == "event" for stamp in inputs.signature if stamp[0].endswith(".j2"))
    return EventTexts(version=hashlib.sha256(repr(parts).encode()).hexdigest(), personal=own)


def feed_version(inputs: Inputs) -> str:
    """Changes with whatever is in everybody's feed: texts, catalogue, policy, web address, templates."""
    config = inputs.config
    parts = (
        _json(config.organisation),
        _policy(config),
        config.web.public_url,
        [one.feed_parts(inputs) for one in programmes()],
        [stamp for stamp in inputs.signature if stamp[0].endswith(".j2")],
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _policy(config: Config) -> str:
    return _json({language: config.policy.answers.get(language) for language in LANGUAGES})


def _json(value: Any, *but: str) -> str:
    return to_json(value, exclude=set(but)).decode()
