"""The vitamin pill: ten minutes in the calendar and the prompts of the week, as the service needs them."""
