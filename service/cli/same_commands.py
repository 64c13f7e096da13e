"""`aikultur people same`: two whom the people file made of one."""

import click

from service.cli.app import App, BadSentence, pass_app
from service.messages.faults import Refused
from service.messages.translation import say

people = click.Group("people")


@people.command("same")
@click.argument("before")
@click.argument("there")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def people_same(app: App, before: str, there: str, as_json: bool) -> None:
    """Say that BEFORE and THERE are one person (each an id, an address or a name).

    BEFORE was known before and has no row in the people file any more; THERE has one now. The person keeps what BEFORE
    chose, got and did; what THERE has chosen since wins over it.
    """
    from service.acts.choices import FIELDS, in_words
    from service.acts.join import join
    from service.engine.opening import opened

    with opened(app.path) as engine:
        try:
            one, other = join(engine, before, there, app.now())
        except Refused as wrong:
            raise BadSentence(wrong.sentence) from None
        preference = engine.stored.preference(one.id)
    if as_json:
        app.show({"id": one.id, "name": other.row.name, "before": one.row.name, "there": other.id})
        return
    chosen = [name for name in FIELDS if getattr(preference, name)]
    choices = "; ".join(in_words(preference, chosen, app.language))
    app.say(
        "{name} is {before} ({id}), and keeps everything: {choices}.",
        name=other.row.name,
        before=one.row.name,
        id=one.id,
        choices=choices or say(app.language, "nothing chosen, the usual applies"),
    )
