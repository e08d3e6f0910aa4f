"""Web processes killed, frozen and cut off, in front of Kafka with eight partitions."""

import contextlib
import time
from collections.abc import Callable

from tests.faults.harms import DroppingProxy, Web
from tests.faults.ledger import LogContents
from tests.faults.scenario import Scenario, pass_seconds, whole_or_cut


def test_web_processes_killed(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents]
) -> None:
    with scenario.crowd([web.url for web in sites]) as crowd:
        for turn in range(whole_or_cut(20, 3)):
            crowd.press_on(scenario.chance.randint(50, 300))
            web = sites[turn % 2]
            began = time.monotonic()
            web.kill_worker(scenario.chance)
            web.come_back()
            scenario.recover(web, since=began)
    scenario.close_books(read, *sites)


def test_web_processes_frozen(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents]
) -> None:
    with scenario.crowd([web.url for web in sites], nameless=1) as crowd:
        for web in sites:
            crowd.press_on(scenario.chance.randint(50, 300))
            web.freeze_worker(scenario.chance)
            pass_seconds(whole_or_cut(10, 3))
            crowd.press_on(1)
            web.thaw()
            scenario.recover(web)
    scenario.close_books(read, *sites)


def test_answers_dropped_and_batches_sent_four_times_at_once(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents]
) -> None:
    with contextlib.ExitStack() as opened:
        proxies = [opened.enter_context(DroppingProxy(web.port, scenario.chance)) for web in sites]
        urls = [proxy.url for proxy in proxies]
        with scenario.crowd(urls) as crowd:
            for proxy in proxies:
                proxy.share = 0.4
            crowd.press_on(whole_or_cut(3000, 300), seconds=120)
            scenario.send_four_at_once(urls, whole_or_cut(50, 5))
        assert all(proxy.dropped for proxy in proxies)
    scenario.close_books(read, *sites)
    assert scenario.ledger.sent_again > len(scenario.ledger.acknowledged) / 3
