"""The embedded broker: clicks in one SQLite file."""
