# mypy: ignore-errors
"""The words of the week's letter, for a peer that builds and sends a letter of them in its own way."""

import pickle
from pathlib import Path

from mailer.render import Renderer


def read(file):
    """The readers and the facts of some letters. Our own benchmark has written them."""
    return pickle.loads(Path(file).read_bytes())  # noqa: S301 - our own file


class Words:
    def __init__(self):
        self.renderer = Renderer(None)

    def __call__(self, reader, tip):
        """Subject, text and HTML."""
        made = self.renderer.render(reader, [tip])
        return made.subject, made.text, made.html
