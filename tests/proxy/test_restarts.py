"""Two sites behind nginx are restarted one after the other, and nobody is refused."""

from contextlib import ExitStack

from tests.ports import free_port
from tests.proxy.conftest import InFront
from tests.proxy.nginx import Nginx
from tests.proxy.upstream import Upstream, private
from tests.served import PREFIX

CLICK = f"{PREFIX}/kafka/click"


def statuses(nginx: Nginx) -> set[int]:
    """Return what a crowd is answered: enough requests that each site would get some."""
    asked = [nginx.ask("POST", CLICK, b"{}").status for _ in range(10)]
    return {*asked, *(nginx.ask("GET", f"{PREFIX}/kafka/repeat").status for _ in range(10))}


def test_none_is_refused_while_one_of_two_sites_serves(in_front: InFront) -> None:
    first, second = (Upstream(free_port(), lambda _: private("counted")) for _ in range(2))
    line = f"server 127.0.0.1:{first.port} max_fails=0;"
    both = f"{line} {line.replace(str(first.port), str(second.port))}"
    with ExitStack() as serving_second:
        serving_second.enter_context(second.running())
        with first.running():
            nginx = in_front(first.port, {line: both})
            assert statuses(nginx) == {200}
        # The first one is away: nginx meets its closed port, and asks the other.
        assert statuses(nginx) == {200}
        with first.running():
            serving_second.close()
            assert statuses(nginx) == {200}
