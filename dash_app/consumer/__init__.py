"""The background consumer of one process, and the life of that process's threads."""
