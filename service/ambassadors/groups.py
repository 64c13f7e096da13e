"""The groups of commands that the ambassadors bring: name, module, and what they are about."""

GROUPS = (
    (
        "recommendations",
        "service.ambassadors.recommendation_commands",
        "Recommendations to management: drafted, sent, answered, and put before a board.",
    ),
)
