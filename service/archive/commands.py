"""Commands about the archive."""

from pathlib import Path

import click

from service.cli.app import App, BadSentence, pass_app

archive = click.Group("archive")


@archive.command("export")
@click.option(
    "--site",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder of the site: a new one, an empty one, or one that an export has made.",
)
@pass_app
def archive_export(app: App, site: Path) -> None:
    """Write everything that was learned as a static site, for the intranet or a shared drive.

    It is read and searched in a browser without a server, in every language, and holds the same as JSON. What stood in
    the folder is replaced as a whole, or not at all. A name stands there only where that person said yes.
    """
    from service.archive.folder import Foreign, replace_site
    from service.archive.site import site as made
    from service.engine.opening import looking

    with looking(app.path) as engine:
        files = made(engine.snapshot(app.now()), engine.links.public_id)
    try:
        replace_site(site, files)
    except Foreign as foreign:
        raise BadSentence(foreign.sentence) from None
    app.say("{path} is written. Open it in a browser.", path=site / "index.html")
