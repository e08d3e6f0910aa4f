"""An application on a port of this machine, for a browser to open."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from werkzeug.serving import make_server

from tests.ports import free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def listening(application: "WSGIApplication", *, tls: bool = False) -> Iterator[int]:
    """Serve the application, with a certificate that nobody trusts, while inside; give its port."""
    port = free_port()
    context: Literal["adhoc"] | None = "adhoc" if tls else None
    httpd = make_server("127.0.0.1", port, application, threaded=True, ssl_context=context)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield port
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
