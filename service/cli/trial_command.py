"""`aikultur send-test`: one letter to an address of one's own, to see it arrive."""

import sys

import click

from mailer.transport import TransportError, way_of
from service.cli.app import OUTSIDE, App, BadSentence, pass_app
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.planning.kinds import PREVIEWS


@click.command("send-test")
@click.argument("kind", metavar="KIND", type=click.Choice(list(PREVIEWS)))
@click.option("--to", "address", required=True, metavar="ADDRESS", help="The address it goes to: yours.")
@pass_app
def send_test(app: App, kind: str, address: str) -> None:
    """Send one letter of that KIND to an address of your own, marked "[Test]". Nobody else gets anything.

    It leaves by the transport of the config and looks as it would, but what it tells is made up and its personal links
    open nobody's page. It is not remembered: nothing counts as said, and the fuse knows nothing of it. `aikultur preview`
    writes the letter of a real person into a file. Exit status 1 when the mail server does not take it.
    """
    from service.engine.trial_letter import made_ready, send_trial
    from service.settings.config_types import is_email

    if not is_email(address):
        raise BadSentence(Sentence('"{value}" is not an e-mail address. Write yours after --to.', {"value": address}))
    source, letter = made_ready(app.path, kind, address, app.language, app.now())
    try:
        said = send_trial(app.path, source, letter)
    except TransportError as error:
        click.echo(Relayed(error.message).said(app.language), err=True)
        sys.exit(OUTSIDE)
    text = "Sent to {address} by {transport}: {subject}"
    if way_of(source.config.mail.transport) == "file":
        text = "Written into a file, for letters become files here: {said}"
    app.say(text, address=address, transport=source.config.mail.transport, subject=letter.subject, said=said)
    if letter.invites:
        app.say("Without its calendar part, which nobody would take out of your calendar again.")
