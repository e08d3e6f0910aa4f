"""The audit: the whole log counted a second time."""
