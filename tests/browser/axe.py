"""What axe-core finds on the page that the browser shows."""

import re
from typing import Any, NamedTuple

from tests.browser.node_packages import package
from tests.browser.phone import Phone

TEXT_ITSELF = r"\[data-unformatted=[^]]*\]"
# On a gradient axe-core cannot tell a contrast: it sees the plain colour below.
RUN = """
const flat = document.head.appendChild(document.createElement("style"));
flat.textContent = "*, *::before, *::after { background-image: none !important }";
const results = axe.run(document, { resultTypes: ["violations", "incomplete"] });
results.finally(() => flat.remove()).then(arguments[0]);
"""


class Findings(NamedTuple):
    """Lines that name a rule and an element: violations, and what a person has to decide."""

    violations: list[str]
    incomplete: list[str]


def examine(phone: Phone) -> Findings:
    """Run all rules of axe-core, best practices included, on the page as it is now."""
    if not phone.run("return 'axe' in window"):
        phone.run((package("axe-core") / "axe.min.js").read_text())
    results: Any = phone.driver.execute_async_script(RUN)
    return Findings(_lines(results["violations"]), _lines(results["incomplete"]))


def serves_everybody(phone: Phone, name: str, undecided: set[str]) -> None:
    """Fail if axe-core finds a fault, and add what it leaves to a person to `undecided`.

    The name begins with the page's, as in "report hard".
    """
    findings = examine(phone)
    page = name.partition(" ")[0]
    undecided |= {f"{page}: {line}" for line in findings.incomplete}
    assert findings.violations == [], name


def _lines(rules: list[Any]) -> list[str]:
    # The chart's texts are named by what they say, which is another thing each time.
    return [
        f"{rule['id']}: {re.sub(TEXT_ITSELF, '', ' '.join(node['target']))}"
        for rule in rules
        for node in rule["nodes"]
    ]
