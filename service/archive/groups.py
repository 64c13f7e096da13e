"""The group of commands that the archive brings: name, module, and what it is about."""

GROUPS = (("archive", "service.archive.commands", "Everything that was learned: as a site and as data, for all."),)
