"""What the W3C's suites gave, as a table at the end of a run."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total, passed, left = Counter[str](), Counter[str](), []
    for outcome in ("passed", "failed", "xfailed", "error"):
        for report in terminalreporter.getreports(outcome):
            suite = dict(getattr(report, "user_properties", ())).get("w3c")
            if suite is None or (report.when != "call" and outcome != "error"):
                continue
            total[suite] += 1
            passed[suite] += outcome == "passed"
            if outcome != "passed":
                name = report.nodeid.rpartition("[")[2].rstrip("]")
                left.append(f"{suite}: {name}: {getattr(report, 'wasxfail', '') or 'FAILED'}")
    if not total:
        return
    terminalreporter.section("W3C SPARQL 1.1, through HTTP: passed / total")
    for suite in sorted(total):
        terminalreporter.line(f"{suite:24} {passed[suite]:4} / {total[suite]}")
    for line in sorted(left):
        terminalreporter.line("left  " + line)
