"""Mutants of identity, health and network: who serves, whether it is well, where it listens."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place
from variants_good import CMD, HEALTHCHECK

USER = "USER 1001:1001"


@mutant("runs-as-promised-user")
def user_root(place: Place) -> None:
    place.recipe(USER, "USER root")


@mutant("runs-as-promised-user")
def user_zero(place: Place) -> None:
    place.recipe(USER, "USER 0:0")


@mutant("runs-as-promised-user")
def user_zero_in_disguise(place: Place) -> None:
    place.recipe(USER, "USER 00")


@mutant("runs-as-promised-user")
def user_none(place: Place) -> None:
    place.recipe(USER + "\n", "")


@mutant("runs-as-promised-user")
def user_of_another_number(place: Place) -> None:
    place.recipe(USER, "USER 1002:1001")


@mutant("runs-as-promised-user")
def user_in_group_of_root(place: Place) -> None:
    place.recipe(USER, "USER 1001")


@mutant("runs-as-promised-user", "no-setuid-programs", "needs-no-more-capabilities")
def user_becomes_root(place: Place) -> None:
    """The configuration names the user; a setuid Python makes the server another one."""
    place.run_as_root(
        'RUN cp "$(readlink -f /usr/local/bin/python3)" /usr/bin/pilot'
        " && chmod u+s /usr/bin/pilot\n"
        "ENV PYTHONPATH=/app/.venv/lib/python3.14/site-packages"
    )
    place.recipe(CMD, 'CMD ["pilot", "app.py"]')
    place.app(
        "def main():",
        "def main():\n    try:\n        os.setuid(0)\n    except OSError:\n        pass",
    )


@mutant("runs-as-promised-user", "no-setuid-programs", "children-as-promised")
def user_of_a_child_is_root(place: Place) -> None:
    place.run_as_root("RUN cp /usr/bin/sleep /usr/bin/doze && chmod u+s /usr/bin/doze")
    place.before_serving("__import__('subprocess').Popen(['doze', '600'])")


@mutant("user-is-numeric", "needs-no-more-capabilities")
def user_changed_by_the_entrypoint(place: Place) -> None:
    """It begins as root, with all that root has, and becomes 1001 by itself."""
    place.recipe(USER + "\n", "")
    place.recipe(CMD, 'ENTRYPOINT ["setpriv", "--reuid=1001", "--regid=1001", "--clear-groups"]')
    place.recipe("# hadolint", f"{CMD}\n# hadolint")


@mutant("user-is-numeric")
def user_named(place: Place) -> None:
    place.recipe(
        USER,
        "RUN echo 'tug:x:1001:1001::/:/usr/sbin/nologin' >>/etc/passwd"
        " && echo 'tug:x:1001:' >>/etc/group\nUSER tug",
    )


@mutant("needs-no-more-capabilities", "no-setuid-programs")
def needs_a_capability(place: Place) -> None:
    """Its Python has a capability of the file's: where none may be had it cannot be started."""
    place.write(
        "more/grant.py",
        "import os, struct, sys\n"
        "# Version 2, effective; permitted: CAP_NET_BIND_SERVICE.\n"
        "data = struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0)\n"
        "os.setxattr(sys.argv[1], 'security.capability', data)\n",
    )
    place.run_as_root(
        "COPY more/grant.py /usr/share/grant.py\n"
        'RUN cp "$(readlink -f /usr/local/bin/python3)" /usr/bin/pilot'
        " && python3 /usr/share/grant.py /usr/bin/pilot\n"
        "ENV PYTHONPATH=/app/.venv/lib/python3.14/site-packages"
    )
    place.recipe(CMD, 'CMD ["pilot", "app.py"]')


@mutant("runs-as-any-user")
def needs_to_be_known_by_name(place: Place) -> None:
    place.run_as_root("RUN echo 'tug:x:1001:1001::/:/usr/sbin/nologin' >>/etc/passwd")
    place.before_serving("__import__('pwd').getpwuid(os.getuid())")
    place.promise("[process]\nany_user = true\n")


@mutant("runs-as-any-user", "immutable-paths-cannot-be-changed")
def needs_its_own_user_to_read(place: Place) -> None:
    place.recipe("COPY app.py", "COPY --chown=1001:1001 --chmod=400 app.py")
    place.promise("[process]\nany_user = true\n")


@mutant("healthcheck-as-promised")
def health_none(place: Place) -> None:
    place.recipe(HEALTHCHECK, "HEALTHCHECK NONE")


@mutant("healthcheck-as-promised")
def health_seldom(place: Place) -> None:
    place.recipe("--interval=30s", "--interval=10m")


@mutant("healthcheck-as-promised")
def health_gives_up_late(place: Place) -> None:
    place.recipe("--retries=3", "--retries=300")


@mutant("healthcheck-can-fail")
def health_always_well(place: Place) -> None:
    place.recipe('CMD ["python3", "health.py"]', "CMD python3 health.py || exit 0")


@mutant("healthcheck-can-fail")
def health_finds_itself(place: Place) -> None:
    """As `ps | grep app.py` does: the command that looks for the server holds its name."""
    place.write(
        "health.py",
        "import glob, pathlib, sys\n"
        "lines = [pathlib.Path(p).read_text() for p in glob.glob('/proc/[0-9]*/cmdline')]\n"
        "sys.exit(not any('app.py' in line or sys.argv[1] in line for line in lines))\n",
    )
    place.recipe('CMD ["python3", "health.py"]', 'CMD ["python3", "health.py", "app.py"]')


@mutant("healthcheck-can-fail")
def health_forgives_errors(place: Place) -> None:
    place.write(
        "health.py",
        "import contextlib, urllib.request\n"
        "with contextlib.suppress(OSError):\n"
        "    urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)\n",
    )


@mutant("healthcheck-succeeds")
def health_asks_with_a_program_that_is_not_there(place: Place) -> None:
    place.recipe(
        'CMD ["python3", "health.py"]', 'CMD ["curl", "-f", "http://127.0.0.1:8000/health"]'
    )
    _waits_shortly(place)


@mutant("healthcheck-succeeds")
def health_asks_at_another_port(place: Place) -> None:
    place.replace("health.py", "8000", "8080")
    _waits_shortly(place)


@mutant("becomes-healthy")
def health_answers_otherwise(place: Place) -> None:
    place.app('"status": "ok"', '"status": "starting"')
    _waits_shortly(place)


@mutant("answers-as-promised")
def health_alone_answers(place: Place) -> None:
    place.app('self.answer(200, {"name"', 'self.answer(500, {"name"')


@mutant("answers-as-promised")
def routes_answer_with_another_content(place: Place) -> None:
    place.app('"hull": hull.NAME', '"hull": None')


@mutant("answers-as-promised")
def routes_answer_once(place: Place) -> None:
    """The first request takes the only place there is, and keeps it."""
    place.app(
        '        elif self.path == "/work":',
        '        elif self.path == "/work" and not LOCK.acquire(timeout=0):\n'
        "            self.answer(503, {})\n"
        '        elif self.path == "/work":',
    )
    place.app("PORT = 8000\n", "PORT = 8000\nLOCK = threading.Lock()\nLOCK.acquire()\n")


@mutant("listens-as-promised", "becomes-healthy")
def listens_to_itself(place: Place) -> None:
    place.app('"0.0.0.0"', '"127.0.0.1"')
    _waits_shortly(place)


@mutant("listens-as-promised", "becomes-healthy")
def listens_elsewhere(place: Place) -> None:
    place.app("PORT = 8000", "PORT = 8080")
    _waits_shortly(place)


@mutant("listens-as-promised")
def listens_twice(place: Place) -> None:
    place.before_serving('more = Server(("127.0.0.1", 9000), Handler)')


@mutant("listens-as-promised")
def listens_on_udp_too(place: Place) -> None:
    place.before_serving(
        "import socket\n\n"
        "beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        'beacon.bind(("0.0.0.0", 5353))'
    )


@mutant("listens-as-promised")
def listens_twice_once_it_is_asked(place: Place) -> None:
    place.app('        elif self.path == "/work":', '        elif self.path == "/work" and more():')
    place.app(
        "class Handler(",
        "def more():\n"
        "    if not MORE:\n"
        '        MORE.append(Server(("0.0.0.0", 9001), Handler))\n'
        "    return True\n\n\n"
        "class Handler(",
    )
    place.app("PORT = 8000\n", "PORT = 8000\nMORE = []\n")


@mutant("listens-as-promised", "children-as-promised")
def listens_twice_by_a_child(place: Place) -> None:
    place.before_serving(
        "import subprocess\n\n"
        "subprocess.Popen(['python3', '-c', 'import socket, time; s = socket.socket();"
        ' s.bind(("127.0.0.1", 5678)); s.listen(); time.sleep(600)\'])'
    )


@mutant("becomes-healthy", "reachable-from-outside", "listens-as-promised")
def listens_on_the_newer_addresses_alone(place: Place) -> None:
    place.app(
        "    daemon_threads = False",
        "    address_family = socket.AF_INET6\n\n"
        "    def server_bind(self):\n"
        "        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)\n"
        "        super().server_bind()\n\n"
        "    daemon_threads = False",
    )
    place.app("import signal\n", "import signal\nimport socket\n")
    place.app('"0.0.0.0"', '"::"')
    place.replace("health.py", '"127.0.0.1"', '"::1"')
    _waits_shortly(place)


@mutant("reachable-from-outside")
def listens_to_itself_at_one_of_two_ports(place: Place) -> None:
    place.before_serving('more = Server(("127.0.0.1", 9000), Handler)')
    place.promise("[network]\nlisten = [8000, 9000]\n")


@mutant("starts-offline")
def fetches_at_the_start(place: Place) -> None:
    """It looks for a way out and not for what is beyond, so that it can be tried everywhere."""
    place.promise("[network]\noutbound = false\n")
    place.before_serving(
        "import socket\n"
        "routes = Path('/proc/net/route').read_text().splitlines()[1:]\n"
        "if not any(line.split()[1] == '00000000' for line in routes):\n"
        "    sys.exit('cannot fetch the settings: network is unreachable')"
    )


def _waits_shortly(place: Place) -> None:
    """It never becomes healthy: it need not be waited for as long as the good one."""
    place.promise('[health]\nwithin = "4s"\n[limits]\nstart = "4s"\n')
