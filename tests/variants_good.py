"""Good variants: other ways of keeping the same promises. The first is the one as it is."""

from __future__ import annotations

from variant_kinds import good
from variant_place import Place

CACHE = '[cache]\nstep = "uv sync --locked --offline --no-install-project"\nsource = "app.py"\n'
LOCKED = CACHE + 'lock = "uv.lock"\n'
# What takes starts of its own, or depends on how the recipe is written: not tried on all variants.
EVERYTHING = """
[process]
restarts = true
[network]
outbound = false
[env]
empty_is_missing = true
[filesystem]
setuid = []
[drain]
second_signal = true
[stamp]
reproducible = true
[recipe]
severity = "info"
"""
HEALTHCHECK = (
    "HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 "
    'CMD ["python3", "health.py"]'
)
CMD = 'CMD ["python3", "app.py"]'
INIT = '''"""A small init: passes signals on and waits for everything that ends."""

import os
import signal
import sys

child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda got, _frame: os.kill(child, got))
while True:
    pid, status = os.wait()
    if pid == child:
        sys.exit(max(os.waitstatus_to_exitcode(status), 0) or (3 if os.WIFSIGNALED(status) else 0))
'''
SUPERVISOR = '''"""A killed child is started again; one that ends by itself ends all."""

import signal
import subprocess
import sys
import time

COMMANDS = (["python3", "app.py"], ["sleep", "86400"])
children = {}
ending = []


def end(number, _frame):
    ending.append(number)
    for one in children.values():
        one.send_signal(number)


signal.signal(signal.SIGTERM, end)
while not ending:
    for at, command in enumerate(COMMANDS):
        code = children[at].poll() if at in children else -1
        if code is not None and code >= 0:
            sys.exit(code)
        if code is not None:
            children[at] = subprocess.Popen(command)
    time.sleep(0.1)
sys.exit(children[0].wait())
'''
# Python and what it needs, for an image that has nothing else.
PYTHON = (
    "python:3.14.8-slim-trixie"
    "@sha256:f85c5697265c178cc6887276c55fe16cf3d14ca35c3df6a5eab3b360534a55d2"
)
BARE = rf"""
FROM {PYTHON} AS bare
RUN mkdir -p /out/tmp /out/usr/local/bin && chmod 1777 /out/tmp \
    && program="$(readlink -f "$(command -v python3)")" \
    && library="$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && cp --parents "$program" /out && cp -r --parents "$library" /out \
    && ln -sf "$program" /out/usr/local/bin/python3 \
    && find "$library/lib-dynload" -name '*.so' -exec ldd "$program" {{}} + >/tmp/needed \
    && grep -o '/[^ :)]*' /tmp/needed >/tmp/files \
    && xargs -a /tmp/files cp --parents -L -t /out

FROM scratch AS runtime
COPY --from=bare /out /
"""


@good
def good_as_it_is(place: Place) -> None:
    place.run_as_root("RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +")
    place.promise(f"{EVERYTHING}{LOCKED}")


@good
def good_wrapper_that_execs(place: Place) -> None:
    command = 'CMD ["/bin/sh", "-c", "true && exec python3 app.py"]'
    place.recipe(CMD, command)
    place.structure("cmd: [python3, app.py]", 'cmd: [/bin/sh, -c, "true && exec python3 app.py"]')


@good
def good_entrypoint_that_execs(place: Place) -> None:
    place.write("more/entry.sh", '#!/bin/sh\nset -eu\numask 027\nexec "$@"\n')
    place.recipe(
        CMD, f'COPY --chmod=755 more/entry.sh /usr/local/bin/entry\nENTRYPOINT ["entry"]\n{CMD}'
    )
    place.structure("entrypoint: []", "entrypoint: [entry]")


@good
def good_on_another_port_and_user(place: Place) -> None:
    place.app("PORT = 8000", "PORT = 9090")
    place.replace("health.py", "8000", "9090")
    place.recipe("USER 1001:1001", "USER 65532:65532")
    place.recipe("EXPOSE 8000", "EXPOSE 9090")
    place.contract("listen = [8000]", "listen = [9090]")
    place.contract("user = 1001\ngroup = 1001", "user = 65532\ngroup = 65532")
    place.structure("1001:1001", "65532:65532")
    place.structure('"8000"', '"9090"')


@good
def good_on_both_kinds_of_addresses(place: Place) -> None:
    place.app("class Server(", "class Server6(")
    place.app(
        "def read_environment",
        "class Server(Server6):\n    address_family = socket.AF_INET6\n\n\ndef read_environment",
    )
    place.app("import signal\n", "import signal\nimport socket\n")
    place.app('"0.0.0.0"', '"::"')


@good
def good_with_an_init(place: Place) -> None:
    place.write("more/init.py", INIT)
    place.recipe(CMD, f'COPY more/init.py ./\nENTRYPOINT ["python3", "init.py"]\n{CMD}')
    place.promise('[process]\nchildren = "fatal"\norphans = "reaped"\npid1 = "init.py"')
    place.structure("entrypoint: []", "entrypoint: [python3, init.py]")


@good
def good_under_a_supervisor(place: Place) -> None:
    place.write("more/supervisor.py", SUPERVISOR)
    place.recipe(CMD, 'COPY more/supervisor.py ./\nCMD ["python3", "supervisor.py"]')
    place.contract('children = "none"', 'children = "replaced"')
    place.structure("cmd: [python3, app.py]", "cmd: [python3, supervisor.py]")


@good
def good_with_a_child(place: Place) -> None:
    place.before_serving("import subprocess\n\nsubprocess.Popen(['sleep', '600'])")
    place.contract('children = "none"\n', "")


@good
def good_as_any_user(place: Place) -> None:
    place.recipe("USER 1001:1001", "USER 1001:0")
    place.contract("group = 1001", "group = 0\nany_user = true")
    place.structure('user: "1001:1001"', 'user: "1001:0"')
    place.structure("1001:1001\\n", "1001:0\\n")


@good
def good_without_a_shell(place: Place) -> None:
    place.run_as_root("RUN rm -f /bin/*sh /usr/bin/*sh /usr/bin/cat /usr/bin/env")
    _without_commands(place)


@good
def good_on_scratch(place: Place) -> None:
    """As distroless images are: a program, its libraries, and no more."""
    place.recipe(f"\nFROM {PYTHON} AS runtime\n", BARE)
    place.recipe("PATH=/app/.venv/bin:$PATH", "PATH=/app/.venv/bin:/usr/local/bin")
    _without_commands(place)


@good
def good_on_nginx(place: Place) -> None:
    place.instead("nginx")


@good
def good_on_bun(place: Place) -> None:
    place.instead("bun")


@good
def good_without_a_healthcheck_that_nobody_promised(place: Place) -> None:
    place.recipe(HEALTHCHECK, "HEALTHCHECK NONE")
    for line in ('interval = "30s"', 'timeout = "5s"', 'start_period = "5s"', "retries = 3"):
        place.contract(f"{line}\n", "")


@good
def good_with_debug_symbols(place: Place) -> None:
    """Long, dense, full of names: what a scanner for secrets stumbles over."""
    place.write(
        "more/symbols.py",
        "import hashlib\n"
        "names = (f'_ZN4tug{n}password_token_secretE{hashlib.sha256(b\"%d\" % n).hexdigest()}'"
        " for n in range(9000))\n"
        "open('/tmp/tug.debug', 'wb').write(b'\\x7fELF\\x02\\x01\\x01' + b'\\0' * 57 + "
        "'\\0'.join(names).encode())\n",
    )
    place.recipe(
        "RUN uv sync", "COPY more/symbols.py /tmp/\nRUN python3 /tmp/symbols.py\nRUN uv sync"
    )
    place.run_as_root("COPY --from=build /tmp/tug.debug /usr/lib/debug/.build-id/1f/tug.debug")


@good
def good_that_says_very_much(place: Place) -> None:
    place.before_serving('print(("x" * 999 + "\\n") * 20000)')


@good
def good_that_ends_in_a_traceback(place: Place) -> None:
    """A missing variable is named on stderr, and the code is not 0: that is all that is asked."""
    place.app("if not os.environ.get(name):", "if not os.environ[name]:")
    place.structure('APP_NAME[^\\n]*\\n[^\\n]*APP_TOKEN"', 'KeyError: .APP_NAME."')


@good
def good_that_writes_where_it_may(place: Place) -> None:
    place.before_serving(
        "Path('/tmp/tug.pid').write_text(str(os.getpid()))\n"
        "Path('/var/lib/tug/state').write_text('x')"
    )
    place.run_as_root("RUN install -d -o 1001 -g 1001 /var/lib/tug")
    place.contract('tmpfs = ["/tmp"]', 'tmpfs = ["/tmp", "/var/lib/tug:uid=1001,gid=1001"]')


@good
def good_that_takes_its_time(place: Place) -> None:
    place.before_serving("__import__('time').sleep(2)")


@good
def good_that_finishes_slowly(place: Place) -> None:
    """A second from the signal to the end: it was promised less than four."""
    place.app("    server.server_close()", "    server.server_close()\n    time.sleep(1)")
    place.app("import threading\n", "import threading\nimport time\n")


def _without_commands(place: Place) -> None:
    """Leave out of the rival's configuration what needs a shell."""
    path = place.folder / "structure.yaml"
    path.write_text(path.read_text().partition("\ncommandTests:")[0] + "\n")
