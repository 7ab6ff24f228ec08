"""Good variants, and mutants whose fault shows while they run."""

from __future__ import annotations

from variant_kinds import good, mutant
from variant_place import Place

CACHE = '[cache]\nstep = "uv sync --locked --offline --no-install-project"\nsource = "app.py"\n'
LOCKED = CACHE + 'lock = "uv.lock"\n'


@good
def good_as_it_is(place: Place) -> None:
    place.contract("[env]\n", "[env]\nempty_is_missing = true\n")
    place.promise(LOCKED)


@good
def good_wrapper_that_execs(place: Place) -> None:
    place.recipe(
        'CMD ["python3", "app.py"]', 'CMD ["/bin/sh", "-c", "true && exec python3 app.py"]'
    )


@good
def good_on_another_port_and_user(place: Place) -> None:
    place.app("PORT = 8000", "PORT = 9090")
    place.replace("health.py", "8000", "9090")
    place.recipe("USER 1001:1001", "USER 65532:65532")
    place.contract("listen = [8000]", "listen = [9090]")
    place.contract("user = 1001\ngroup = 1001", "user = 65532\ngroup = 65532")


@good
def good_with_a_child(place: Place) -> None:
    place.app(
        "def main():",
        "def main():\n    import subprocess\n\n    subprocess.Popen(['sleep', '600'])",
    )


@good
def good_without_a_shell(place: Place) -> None:
    place.recipe(
        "USER 1001:1001",
        "RUN rm -f /bin/*sh /usr/bin/*sh /usr/bin/cat /usr/bin/env\nUSER 1001:1001",
    )


@good
def good_without_a_healthcheck_that_nobody_promised(place: Place) -> None:
    health_none(place)
    for line in ('interval = "30s"', 'timeout = "5s"', 'start_period = "5s"', "retries = 3"):
        place.contract(f"{line}\n", "")


@good
def good_that_says_very_much(place: Place) -> None:
    place.app(
        '    print(f"listening', '    print(("x" * 999 + "\\n") * 20000)\n    print(f"listening'
    )


@mutant("runs-as-promised-user")
def user_root(place: Place) -> None:
    place.recipe("USER 1001:1001", "USER root")


@mutant("runs-as-promised-user")
def user_zero(place: Place) -> None:
    place.recipe("USER 1001:1001", "USER 0:0")


@mutant("runs-as-promised-user")
def user_none(place: Place) -> None:
    place.recipe("USER 1001:1001\n", "")


@mutant("runs-as-promised-user")
def user_becomes_root(place: Place) -> None:
    """The configuration names the user; a setuid Python makes the server another one."""
    place.recipe(
        "USER 1001:1001",
        'RUN cp "$(readlink -f /usr/local/bin/python3)" /usr/bin/pilot'
        " && chmod u+s /usr/bin/pilot\n"
        "ENV PYTHONPATH=/app/.venv/lib/python3.14/site-packages\n"
        "USER 1001:1001",
    )
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["pilot", "app.py"]')
    place.app(
        "def main():",
        "def main():\n    try:\n        os.setuid(0)\n    except OSError:\n        pass",
    )


@mutant("user-is-numeric")
def user_named(place: Place) -> None:
    place.recipe(
        "USER 1001:1001",
        "RUN echo 'tug:x:1001:1001::/:/usr/sbin/nologin' >>/etc/passwd"
        " && echo 'tug:x:1001:' >>/etc/group\nUSER tug",
    )


@mutant("healthcheck-as-promised")
def health_none(place: Place) -> None:
    place.recipe(
        "HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 "
        'CMD ["python3", "health.py"]',
        "HEALTHCHECK NONE",
    )


@mutant("healthcheck-as-promised")
def health_seldom(place: Place) -> None:
    place.recipe("--interval=30s", "--interval=10m")


@mutant("healthcheck-can-fail")
def health_always_well(place: Place) -> None:
    place.recipe('CMD ["python3", "health.py"]', "CMD python3 health.py || exit 0")


@mutant("answers-as-promised")
def health_alone_answers(place: Place) -> None:
    place.app('self.answer(200, {"name"', 'self.answer(500, {"name"')


@mutant("listens-as-promised", "becomes-healthy")
def listens_to_itself(place: Place) -> None:
    place.app('"0.0.0.0"', '"127.0.0.1"')
    place.contract('within = "12s"', 'within = "4s"')


@mutant("listens-as-promised", "becomes-healthy")
def listens_elsewhere(place: Place) -> None:
    place.app("PORT = 8000", "PORT = 8080")
    place.contract('within = "12s"', 'within = "4s"')


@mutant("listens-as-promised")
def listens_twice(place: Place) -> None:
    place.app(
        "    server = Server",
        '    more = Server(("127.0.0.1", 9000), Handler)\n    server = Server',
    )


@mutant("no-secrets-in-logs")
def secret_in_the_logs(place: Place) -> None:
    place.app('print(f"listening', 'print(dict(os.environ), flush=True)\n    print(f"listening')


@mutant("missing-variable-ends-start")
def variable_has_a_default(place: Place) -> None:
    place.app(
        "if not os.environ.get(name):", 'if name != "APP_TOKEN" and not os.environ.get(name):'
    )


@mutant("missing-variable-ends-start")
def variable_missing_ends_with_zero(place: Place) -> None:
    place.app("sys.exit(2)", "sys.exit(0)")


@mutant("missing-variable-ends-start")
def variable_read_at_the_first_request(place: Place) -> None:
    place.app("    read_environment()\n", "")


@mutant("missing-variable-is-named")
def variable_named_on_stdout(place: Place) -> None:
    place.app(", file=sys.stderr)", ")")


@mutant("missing-variable-is-named")
def variable_not_named(place: Place) -> None:
    place.app('f"{name} is missing or empty"', '"something is missing"')


@mutant("stops-in-time")
def signal_ignored(place: Place) -> None:
    place.app("signal.SIGTERM, lambda", "signal.SIGUSR1, lambda")


@mutant("stops-in-time")
def signal_stays_in_the_shell(place: Place) -> None:
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["/bin/sh", "-c", "python3 app.py; exit $?"]')


@mutant("answers-request-in-flight")
def signal_drops_the_request(place: Place) -> None:
    place.app("threading.Thread(target=server.shutdown).start()", "os._exit(0)")


@mutant("exit-code-as-promised")
def signal_ends_with_one(place: Place) -> None:
    place.app("    server.server_close()", "    server.server_close()\n    sys.exit(1)")


@mutant("stop-signal-as-promised")
def signal_is_kill(place: Place) -> None:
    place.recipe("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL")


@mutant("writes-nothing")
def writes_where_it_can(place: Place) -> None:
    place.app(
        "    server = Server",
        "    try:\n        Path('/var/tmp/state').write_text('x')\n"
        "    except OSError:\n        pass\n"
        "    server = Server",
    )


@mutant("runs-read-only")
def writes_or_fails(place: Place) -> None:
    place.app(
        "    server = Server", "    Path('/var/tmp/state').write_text('x')\n    server = Server"
    )


@mutant("no-log-files")
def logs_to_a_file(place: Place) -> None:
    place.app("print(form % words, flush=True)", "open('/tmp/app.log', 'a').write(form % words)")


@mutant("logs-as-promised")
def logs_nothing(place: Place) -> None:
    place.app("print(form % words, flush=True)", "pass")
    place.app('    print(f"listening on {PORT}", flush=True)\n', "")


@mutant("logs-as-promised")
def logs_on_the_other_stream(place: Place) -> None:
    place.app("print(form % words, flush=True)", "print(form % words, file=sys.stderr, flush=True)")


@mutant("no-colours-in-logs")
def logs_in_colours(place: Place) -> None:
    place.app('print(f"listening', 'print(f"\\x1b[32mlistening')


@mutant("runs-within-memory")
def memory_hog(place: Place) -> None:
    place.app("def main():", "def main():\n    hog = bytearray(os.urandom(1 << 20) * 200)")
