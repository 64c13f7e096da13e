"""The groups of commands that the leaders programme brings: name, module, and what they are about."""

GROUPS = (
    ("leaders", "service.leaders.commands", "The leaders: who they are, the frame, and the steps that have come."),
    ("concerns", "service.leaders.concern_commands", "Concerns and obstacles, without who raised them."),
)
