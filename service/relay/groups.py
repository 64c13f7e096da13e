"""The groups of commands that the relay brings: name, module, and what they are about."""

GROUPS = (
    ("relay", "service.relay.commands", "The AI relay: who presents when, why, and with what challenge."),
    (
        "learnings",
        "service.relay.learning_commands",
        "What the relay taught: written down, searched, exported, made into prompts.",
    ),
    ("discoveries", "service.relay.learning_commands", "Discoveries: one line about what worked unexpectedly well."),
)
