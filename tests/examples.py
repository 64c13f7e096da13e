"""How many examples are tried of what is drawn: few each time, ten times as many with the profile `thorough`."""

from hypothesis import settings

THOROUGH = settings.get_current_profile_name() == "thorough"


def some(count: int) -> int:
    """For `max_examples` where one example takes long, or where many are needed."""
    return count * 10 if THOROUGH else count
