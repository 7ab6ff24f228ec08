"""Variants whose processes are other ones: who they are, what becomes of them."""

from __future__ import annotations

from variant_kinds import good, mutant
from variant_place import Place

# In place of the server alone: process 1 starts it, hands the signal on, waits for all.
INIT = """
if __name__ == "__main__" and (child := os.fork()):
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)

if __name__ == "__main__":
"""
RELOADER = """
if __name__ == "__main__" and not os.environ.get("TUG_SERVES"):
    import subprocess
    import time

    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        child = subprocess.Popen([sys.executable, "app.py"], env={**os.environ, "TUG_SERVES": "1"})
        changed = os.stat("app.py").st_mtime
        while child.poll() is None and os.stat("app.py").st_mtime == changed:
            time.sleep(0.1)
        if child.poll() is not None:
            sys.exit(child.returncode)
        child.terminate()
        child.wait()

if __name__ == "__main__":
"""
WATCH = """def main():
    import ctypes

    held = ctypes.CDLL(None).inotify_init()
    ctypes.CDLL(None).inotify_add_watch(held, b"{}", 2)
"""
# With what comes after it as the last words of a lambda that is called when the child has ended.
CHILD = """def main():
    import subprocess

    def keep():
        worker = subprocess.Popen(["sleep", "600"])
        worker.wait()
        {}

    threading.Thread(target=keep, daemon=True).start()
"""


OTHER = """    def keep_other():
        worker = subprocess.Popen(["sleep", "700"])
        worker.wait()
        {}

    threading.Thread(target=keep_other, daemon=True).start()

    def keep():"""
JSON_LOGS = (
    ("print(form % words, flush=True)", 'print(json.dumps({"said": form % words}), flush=True)'),
    (
        'print(f"listening on {PORT}", flush=True)',
        'print(json.dumps({"said": f"listening on {PORT}"}), flush=True)',
    ),
)


def promise(place: Place, *lines: str) -> None:
    """Add promises about its processes."""
    place.promise("\n".join(["[process]", *lines]))


def with_child(place: Place, then: str, promised: str) -> None:
    """Give the server a child; `then` is done when that has ended."""
    place.app("def main():\n", CHILD.format(then))
    promise(place, f'children = "{promised}"')


def with_two_children(place: Place, then: str) -> None:
    """Give the server a child whose end ends all, and another; `then` is done at its end."""
    with_child(place, "os._exit(1)", "fatal")
    place.app("    def keep():", OTHER.format(then))


@good
def good_with_every_promise_about_processes(place: Place) -> None:
    promise(place, "capabilities = []", 'pid1 = "python3 app.py"', 'children = "none"')


@good
def good_whose_child_ends_all(place: Place) -> None:
    with_child(place, "os._exit(1)", "fatal")


@good
def good_whose_child_is_replaced(place: Place) -> None:
    with_child(place, "keep()", "replaced")


@good
def good_with_two_children_that_end_all(place: Place) -> None:
    with_two_children(place, "os._exit(1)")


@good
def good_whose_workers_come_and_go(place: Place) -> None:
    """Each works for a moment and makes way for the next, whoever touches what."""
    place.app("def main():\n", CHILD.format("keep()").replace('"600"', '"0.3"'))
    place.contract('children = "none"\n', "")


@good
def good_under_an_init(place: Place) -> None:
    place.app('\nif __name__ == "__main__":\n', INIT)
    promise(place, 'children = "fatal"', 'orphans = "reaped"')


@good
def good_that_watches_its_settings(place: Place) -> None:
    place.app("def main():\n", WATCH.format("/etc/hosts"))


# Root may change everything, whatever the modes of it are.
@mutant("has-only-promised-capabilities", "immutable-paths-cannot-be-changed")
def capabilities_of_root(place: Place) -> None:
    place.recipe("USER 1001:1001", "USER 0:0")
    place.contract("user = 1001\ngroup = 1001\n", "user = 0\ngroup = 0\n")
    promise(place, "capabilities = []")


@mutant("has-only-promised-capabilities")
def capabilities_of_a_file(place: Place) -> None:
    """CAP_NET_RAW, permitted to a copy of Python: it need only take it."""
    write = (
        "import os, struct; os.setxattr('/usr/bin/pilot', 'security.capability', "
        "struct.pack('<5I', 0x02000000, 1 << 13, 0, 0, 0))"
    )
    place.recipe(
        "USER 1001:1001",
        'RUN cp "$(readlink -f /usr/local/bin/python3)" /usr/bin/pilot '
        f'&& python3 -c "{write}"\n'
        "ENV PYTHONPATH=/app/.venv/lib/python3.14/site-packages\n"
        "USER 1001:1001",
    )
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["pilot", "app.py"]')
    promise(place, "capabilities = []")


@mutant("has-no-other-groups")
def groups_of_others(place: Place) -> None:
    """The user is in a group of others, which the engine adds where USER names none."""
    place.recipe(
        "USER 1001:1001",
        "RUN echo 'tug:x:1001:1001::/:/usr/sbin/nologin' >>/etc/passwd"
        " && echo 'harbour:x:990:tug' >>/etc/group\nUSER 1001",
    )


@mutant("first-process-as-promised")
def first_process_is_another(place: Place) -> None:
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["python3", "-m", "app"]')
    promise(place, 'pid1 = "python3 app.py"')


@mutant("children-as-promised")
def child_dies_and_nobody_minds(place: Place) -> None:
    with_child(place, "return", "fatal")


@mutant("children-as-promised")
def child_dies_of_two_and_only_the_other_is_minded(place: Place) -> None:
    with_two_children(place, "return")


@mutant("children-as-promised")
def child_dies_and_all_ends_as_if_well(place: Place) -> None:
    with_child(place, "os._exit(0)", "fatal")


@mutant("children-as-promised")
def child_is_not_replaced(place: Place) -> None:
    with_child(place, "return", "replaced")


@mutant("children-as-promised")
def child_where_none_is_promised(place: Place) -> None:
    with_child(place, "return", "none")


@mutant("orphans-are-reaped")
def orphans_stay_zombies(place: Place) -> None:
    promise(place, 'orphans = "reaped"')


@mutant("no-development-server")
def development_reloader_of_its_own(place: Place) -> None:
    """It looks at its source now and then; nothing but a touch shows that."""
    place.app('\nif __name__ == "__main__":\n', RELOADER)


@mutant("no-development-server")
def development_watch_on_its_source(place: Place) -> None:
    place.app("def main():\n", WATCH.format("/app"))


@mutant("no-development-server")
def development_by_an_option(place: Place) -> None:
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["python3", "app.py", "--reload"]')


@good
def good_that_logs_json(place: Place) -> None:
    for old, new in JSON_LOGS:
        place.app(old, new)
    place.contract("stderr = false\n", 'stderr = false\nformat = "json"\n')


@mutant("log-lines-as-promised")
def logs_a_line_that_is_no_json(place: Place) -> None:
    """The server's own lines are JSON; a print that was left behind is not."""
    place.app(*JSON_LOGS[0])
    place.contract("stderr = false\n", 'stderr = false\nformat = "json"\n')


@mutant("log-lines-as-promised")
def logs_json_that_is_no_object(place: Place) -> None:
    good_that_logs_json(place)
    place.app('json.dumps({"said": f"listening on {PORT}"})', 'json.dumps(f"listening on {PORT}")')
