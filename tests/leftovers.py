"""What a test may not leave behind: threads of the site and processes."""

import threading

import psutil

from tests.waiting import eventually

LONG_LIVED: set[int] = set()
"""Process ids that may outlive a test: whoever starts one for a module or a session adds it."""

OUR_THREADS = "clicks-"


def living_children() -> set[psutil.Process]:
    """Return the processes started from here that run and belong to no long-lived one."""
    processes: set[psutil.Process] = set()
    for child in psutil.Process().children():
        if child.pid not in LONG_LIVED and _runs(child):
            processes.add(child)
            processes.update(descendant for descendant in _descendants(child) if _runs(descendant))
    return processes


def end_leftovers(children_before: set[psutil.Process], seconds: float = 5) -> list[str]:
    """Wait for what a test started to end; end the processes that do not, and describe the rest."""
    try:
        eventually(lambda: not _describe(children_before), seconds, "")
    except AssertionError:
        remains = _describe(children_before)
        for child in living_children() - children_before:
            child.kill()
        return remains
    return []


def _describe(children_before: set[psutil.Process]) -> list[str]:
    threads = [
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if thread.name.startswith(OUR_THREADS)
    ]
    return threads + [_describe_process(child) for child in living_children() - children_before]


def _describe_process(process: psutil.Process) -> str:
    try:
        return f"process {process.pid}: {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return f"process {process.pid}"


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _runs(process: psutil.Process) -> bool:
    try:
        # Python's own helper of multiprocessing lives as long as the interpreter.
        helper = any("resource_tracker" in part for part in process.cmdline())
        return not helper and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
