"""Who may ask, how often, and what a browser is told about it."""
