"""How much is tried: a cut in every run, all of it in `make fuzz`."""

import os

WHOLE = os.environ.get("FUZZ") == "all"
REQUESTS = 2000 if WHOLE else 100
"""Examples per route that a server is asked."""

CASES = 100_000 if WHOLE else 1000
"""Examples per function that reads what others wrote."""

SECONDS = 3600 if WHOLE else 300
