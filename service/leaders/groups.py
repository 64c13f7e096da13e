"""The groups of commands that the leaders bring: name, module, and what they are about."""

GROUPS = (("concerns", "service.leaders.concern_commands", "Concerns and obstacles, without who raised them."),)
