"""Exit 0 if the server of this container answers, 1 if not. Standard library only."""

import os
import sys
import urllib.error
import urllib.request

DEFAULT_PREFIX = "/visualization-tools-ii"


def main() -> int:
    """Ask whether the process lives, which needs neither a broker nor an access code."""
    prefix = os.environ.get("URL_PREFIX") or DEFAULT_PREFIX
    url = f"http://127.0.0.1:{os.environ.get('PORT') or 8050}{prefix}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=4):
            return 0
    except (OSError, urllib.error.URLError) as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
