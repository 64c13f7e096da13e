# mypy: ignore-errors
"""The words of the week's letter, as a program would make them that has our templates and nothing else of ours."""

import pickle
from pathlib import Path

import jinja2
from css_inline import CSSInliner

from mailer.render import lines
from mailer.words import opening, tongue

TEMPLATES = Path(__file__).parents[2] / "templates"


def read(file):
    """The readers and the facts of some letters. Our own benchmark has written them."""
    return pickle.loads(Path(file).read_bytes())  # noqa: S301 - our own file


class Words:
    def __init__(self):
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),  # noqa: S701 - as ours
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.update(da=tongue("da"), en=tongue("en"))
        self.environment.filters.update(opening=opening, lines=lines)
        self.inliner = CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)

    def __call__(self, reader, tip):
        """Subject, text and HTML."""
        mail, values = f"mail/{reader.person.language}", {"reader": reader, "tip": tip, "lead": True}
        text, html = self.made(f"{mail}/tip.txt.j2", values), self.made(f"{mail}/tip.html.j2", values)
        subject = " ".join(str(text.subject).split())
        shared = {"reader": reader, "subject": subject, "preheader": html.preheader}
        whole = self.made(f"{mail}/letter.html.j2", {**shared, "sections": [html.__html__()]})
        body = self.made(f"{mail}/letter.txt.j2", {**shared, "sections": [str(text).strip()]})
        return subject, f"{str(body).strip()}\n", f"{self.inliner.inline(str(whole)).strip()}\n"

    def made(self, name, values):
        return self.environment.get_template(name).make_module(values)
