"""The groups of commands that the ambassadors bring: name, module, and what they are about."""

GROUPS = (
    (
        "ambassadors",
        "service.ambassadors.corps_commands",
        "The AI ambassadors: who is in the corps, who would like to be, and when it meets.",
    ),
    (
        "recommendations",
        "service.ambassadors.recommendation_commands",
        "Recommendations to management: drafted, sent, answered, and put before a board.",
    ),
)
