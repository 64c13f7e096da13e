"""The groups of commands that the ambassadors bring: name, module, and what they are about."""

CORPS = "The AI ambassadors: who is in the corps, who would like to be, and when it meets."

GROUPS = (
    ("ambassadors", "service.ambassadors.corps_commands", CORPS),
    ("ambassadors", "service.ambassadors.agenda_commands", CORPS),
    (
        "recommendations",
        "service.ambassadors.recommendation_commands",
        "Recommendations to management: drafted, sent, answered, and put before a board.",
    ),
)
