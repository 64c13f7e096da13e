"""The quarter's report, as the service needs it: what programmes count, shown by the rules of anonymity."""
