"""The group of commands that the revisit list brings: name, module, and what they are about."""

GROUPS = (
    (
        "revisit",
        "service.revisit.commands",
        "The revisit list: tools and use cases once rejected, judged again every three to six months.",
    ),
)
