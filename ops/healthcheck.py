"""Exit 0 if the server of this container answers, 1 if not. Standard library only."""

import http.client
import os
import sys

DEFAULT_PREFIX = "/visualization-tools-ii"


def main() -> int:
    """Ask whether the process lives, which needs neither a broker nor an access code."""
    prefix = (os.environ.get("URL_PREFIX") or DEFAULT_PREFIX).rstrip("/")
    port = os.environ.get("PORT") or 8050
    # Not urllib, which would ask the proxy of the environment for this container's own address.
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
    status: object
    try:
        connection.request("GET", f"{prefix}/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        status = error
    finally:
        connection.close()
    if status == 200:
        return 0
    print(f"http://127.0.0.1:{port}{prefix}/healthz: {status}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
