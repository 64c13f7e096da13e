"""The channel `exchange`: Exchange Web Services, the only place that knows exchangelib."""
