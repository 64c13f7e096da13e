"""The leaders: a step each month, the frame they set, and what people are worried about."""
