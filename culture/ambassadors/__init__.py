"""The ambassadors: a corps across departments that meets monthly, judges again what was rejected, and advises management."""
