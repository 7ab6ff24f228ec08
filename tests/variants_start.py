"""Mutants of environment, logs, restart and limits: how it starts, and what it says and takes."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place

RESTARTS = "[process]\nrestarts = true\n"
SAYS = "print(form % words, flush=True)"
STARTED = 'print(f"listening on {PORT}", flush=True)'
CHECKED = "if not os.environ.get(name):"


@mutant("missing-variable-ends-start")
def variable_has_a_default(place: Place) -> None:
    place.app(CHECKED, 'if name != "APP_TOKEN" and not os.environ.get(name):')


@mutant("missing-variable-ends-start")
def variable_has_a_default_in_the_image(place: Place) -> None:
    place.run_as_root("ENV APP_NAME=tug")


@mutant("missing-variable-ends-start")
def variable_may_be_empty(place: Place) -> None:
    place.app(CHECKED, "if name not in os.environ:")
    place.promise("[env]\nempty_is_missing = true\n")


@mutant("missing-variable-ends-start")
def variable_missing_ends_with_zero(place: Place) -> None:
    place.app("sys.exit(2)", "sys.exit(0)")


@mutant("missing-variable-ends-start")
def variable_read_at_the_first_request(place: Place) -> None:
    place.app("    read_environment()\n", "")


@mutant("missing-variable-ends-start")
def variable_waited_for(place: Place) -> None:
    """It ends, with all that is asked, long after whoever started it looked away."""
    place.app("sys.exit(2)", "time.sleep(6) or sys.exit(2)")
    place.app("import threading\n", "import threading\nimport time\n")
    place.contract('fails_within = "8s"', 'fails_within = "4s"')


@mutant("missing-variable-ends-start")
def variable_missing_is_tried_again(place: Place) -> None:
    """Its wrapper starts it again and again, so that the container never ends."""
    place.write("more/again.sh", '#!/bin/sh\nuntil "$@"; do sleep 1; done\n')
    place.recipe(
        'CMD ["python3", "app.py"]',
        "COPY --chmod=755 more/again.sh /usr/local/bin/again\n"
        'CMD ["/bin/sh", "-c", "if [ \\"$APP_NAME\\" ] && [ \\"$APP_TOKEN\\" ]; '
        'then exec python3 app.py; fi; exec again python3 app.py"]',
    )


@mutant("missing-variable-is-named")
def variable_named_on_stdout(place: Place) -> None:
    place.app(", file=sys.stderr)", ")")


@mutant("missing-variable-is-named")
def variable_not_named(place: Place) -> None:
    place.app('f"{name} is missing or empty"', '"something is missing"')


@mutant("missing-variable-is-named")
def variable_named_is_another(place: Place) -> None:
    place.app('f"{name} is missing or empty"', 'f"{REQUIRED[0]} is missing or empty"')


@mutant("no-secrets-in-logs")
def secret_in_the_logs(place: Place) -> None:
    place.before_serving("print(dict(os.environ), flush=True)")


@mutant("no-secrets-in-logs")
def secret_in_the_logs_of_a_failed_start(place: Place) -> None:
    place.app(
        'print(f"{name} is missing or empty", file=sys.stderr)',
        'print(f"{name} is missing or empty: {dict(os.environ)}", file=sys.stderr)',
    )


@mutant("no-secrets-in-logs")
def secret_in_the_logs_of_a_request(place: Place) -> None:
    place.app(SAYS, 'print(form % words, os.environ["APP_TOKEN"], flush=True)')


@mutant("no-log-files")
def logs_to_a_file(place: Place) -> None:
    place.app(SAYS, "open('/tmp/app.log', 'a').write(form % words)")


@mutant("no-log-files")
def logs_to_a_file_as_well(place: Place) -> None:
    place.app(SAYS, f"{SAYS}; open('/tmp/tug.log', 'a').write(form % words)")


@mutant("logs-as-promised")
def logs_nothing(place: Place) -> None:
    place.app(SAYS, "pass")
    place.app(f"    {STARTED}\n", "")


@mutant("logs-as-promised")
def logs_are_held_back(place: Place) -> None:
    """All is said, in one piece, when it ends: who looks at it while it runs sees nothing."""
    place.recipe(" PYTHONUNBUFFERED=1", "")
    place.app(SAYS, "print(form % words)")
    place.app(STARTED, 'print(f"listening on {PORT}")')


@mutant("logs-as-promised")
def logs_on_the_other_stream(place: Place) -> None:
    place.app(SAYS, "print(form % words, file=sys.stderr, flush=True)")


@mutant("logs-as-promised")
def logs_to_the_other_stream_alone(place: Place) -> None:
    place.app("    def log_message(self, form, *words):\n        " + SAYS + "\n", "")
    place.app(f"    {STARTED}\n", "")


@mutant("no-colours-in-logs")
def logs_in_colours(place: Place) -> None:
    place.app('print(f"listening', 'print(f"\\x1b[32mlistening')


@mutant("no-colours-in-logs")
def logs_in_colours_under_requests(place: Place) -> None:
    place.app(SAYS, 'print("\\x1b[1m" + form % words + "\\x1b[0m", flush=True)')


@mutant("restarts-after-stop")
def restart_finds_its_mark(place: Place) -> None:
    """What the first start left makes the second one fail."""
    place.run_as_root("RUN install -d -o 1001 -g 1001 /var/lib/tug")
    place.before_serving(
        "try:\n    Path('/var/lib/tug/initialised').mkdir()\n"
        "except FileExistsError:\n    sys.exit('it is initialised already')\n"
        "except OSError:\n    pass"
    )
    _writes_state(place)


@mutant("restarts-after-kill")
def restart_finds_its_lock(place: Place) -> None:
    """A clean stop takes the lock away; SIGKILL leaves it there."""
    place.run_as_root("RUN install -d -o 1001 -g 1001 /var/lib/tug")
    place.before_serving(
        "lock = Path('/var/lib/tug/lock')\n"
        "if lock.exists():\n    sys.exit('another one runs: /var/lib/tug/lock')\n"
        "lock.write_text(str(os.getpid()))"
    )
    place.app("    server.server_close()", "    server.server_close()\n    lock.unlink()")
    _writes_state(place)


@mutant("runs-within-memory")
def memory_hog(place: Place) -> None:
    place.before_serving("hog = bytearray(os.urandom(1 << 20) * 200)")


@mutant("runs-within-memory")
def memory_hog_under_requests(place: Place) -> None:
    place.app(
        '        elif self.path == "/work":',
        '        elif self.path == "/work" and not HOG.append(os.urandom(1 << 20) * 30):',
    )
    place.app("PORT = 8000\n", "PORT = 8000\nHOG = []\n")


@mutant("starts-in-time")
def starts_late(place: Place) -> None:
    place.before_serving("__import__('time').sleep(4)")
    place.promise('[limits]\nstart = "3s"\n')


@mutant("size-within-limit")
def junk_aboard(place: Place) -> None:
    place.run_as_root("RUN head -c 30000000 /dev/urandom >/srv/junk")


@mutant("size-within-limit")
def junk_in_a_layer_that_is_covered(place: Place) -> None:
    place.run_as_root("RUN head -c 30000000 /dev/urandom >/srv/junk\nRUN rm /srv/junk")


@mutant("size-within-limit")
def junk_by_a_change_of_owners(place: Place) -> None:
    """Each file of the base that is touched is there twice."""
    place.run_as_root("RUN chmod -R g=u /usr/lib /usr/bin")


def _writes_state(place: Place) -> None:
    place.promise(f'{RESTARTS}[filesystem]\nread_only = false\ntmpfs = ["/tmp"]\n')
