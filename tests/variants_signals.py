"""Mutants of signals: what becomes of it, and of its requests, when it is told to stop."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place
from variants_good import CMD

STOPS = "threading.Thread(target=server.shutdown).start()"
ENDS = "    server.server_close()"


@mutant("stops-in-time")
def signal_ignored(place: Place) -> None:
    place.app("signal.SIGTERM, lambda", "signal.SIGUSR1, lambda")


@mutant("stops-in-time")
def signal_stays_in_the_shell(place: Place) -> None:
    place.recipe(CMD, 'CMD ["/bin/sh", "-c", "python3 app.py; exit $?"]')
    place.promise('[process]\nchildren = "fatal"\n')


@mutant("stops-in-time")
def signal_stays_in_the_entrypoint(place: Place) -> None:
    place.write("more/entry.sh", '#!/bin/sh\nset -eu\n"$@"\n')
    place.recipe(
        CMD, f'COPY --chmod=755 more/entry.sh /usr/local/bin/entry\nENTRYPOINT ["entry"]\n{CMD}'
    )
    place.promise('[process]\nchildren = "fatal"\n')


@mutant("stops-in-time")
def signal_taken_slowly(place: Place) -> None:
    place.app(ENDS, f"{ENDS}\n    time.sleep(7)")
    place.app("import threading\n", "import threading\nimport time\n")


@mutant("stops-in-time")
def signal_waits_for_a_thread(place: Place) -> None:
    """It closes its server and then waits for a worker that nobody told."""
    place.before_serving("threading.Thread(target=threading.Event().wait).start()")


@mutant("answers-request-in-flight")
def signal_drops_the_request(place: Place) -> None:
    place.app(STOPS, "os._exit(0)")


@mutant("answers-request-in-flight")
def signal_drops_the_request_soon(place: Place) -> None:
    """Its threads do not keep it: it ends cleanly, and what was in flight is lost."""
    place.app("daemon_threads = False", "daemon_threads = True")


@mutant("answers-request-in-flight")
def signal_refuses_the_request(place: Place) -> None:
    """It is answered, politely, that it came too late."""
    place.app(STOPS, f"(ENDING.append(1), {STOPS})")
    place.app("PORT = 8000\n", "PORT = 8000\nENDING = []\n")
    place.app('self.answer(200, {"bytes"', 'self.answer(503 if ENDING else 200, {"bytes"')


@mutant("answers-request-in-flight")
def signal_cuts_the_answer(place: Place) -> None:
    """The head of the answer comes, and no more of it."""
    place.app(STOPS, f"(ENDING.append(1), {STOPS})")
    place.app("PORT = 8000\n", "PORT = 8000\nENDING = []\n")
    place.app(
        "        self.wfile.write(text)", "        self.wfile.write(text[: 9 if ENDING else None])"
    )


@mutant("refuses-new-requests")
def signal_waits_for_the_last_request(place: Place) -> None:
    """It takes new requests for as long as there are old ones: under load it never ends."""
    place.app(
        STOPS,
        "threading.Thread(target=lambda: (IDLE.wait(), server.shutdown())).start()",
    )
    place.app("PORT = 8000\n", "PORT = 8000\nIDLE = threading.Event()\nIDLE.set()\n")
    place.app("        body = self", "        IDLE.clear()\n        body = self")
    place.app('"bytes": len(body)})', '"bytes": len(body)})\n        IDLE.set()')


@mutant("stops-when-idle")
def signal_noticed_at_the_next_request(place: Place) -> None:
    place.app(STOPS, "ENDING.append(1)")
    place.app("PORT = 8000\n", "PORT = 8000\nENDING = []\n")
    place.app(
        "    server.serve_forever(poll_interval=0.05)",
        "    while not ENDING:\n        server.handle_request()",
    )


@mutant("idle-exit-code-as-promised")
def signal_ends_with_one_where_it_was_idle(place: Place) -> None:
    place.app(ENDS, f"{ENDS}\n    sys.exit(not POSTED)")
    place.app("PORT = 8000\n", "PORT = 8000\nPOSTED = []\n")
    place.app("        body = self", "        POSTED.append(1)\n        body = self")


@mutant("survives-second-signal")
def signal_twice_drops_the_request(place: Place) -> None:
    place.app(STOPS, f"(ENDING.append(1), os._exit(0) if ENDING[1:] else {STOPS})")
    place.app("PORT = 8000\n", "PORT = 8000\nENDING = []\n")
    place.promise("[drain]\nsecond_signal = true\n")


@mutant("exit-code-as-promised")
def signal_ends_with_one(place: Place) -> None:
    place.app(ENDS, f"{ENDS}\n    sys.exit(1)")


@mutant("exit-code-as-promised", "children-as-promised")
def signal_ends_as_killed(place: Place) -> None:
    """It ends of the signal itself, 143, where 0 is promised."""
    place.app(
        ENDS,
        f"{ENDS}\n    sys.stdout.flush()\n    os._exit(143)",
    )


@mutant("stop-signal-as-promised")
def signal_is_kill(place: Place) -> None:
    place.recipe("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL")


@mutant("stop-signal-as-promised")
def signal_is_another(place: Place) -> None:
    place.recipe("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGINT")
    place.app(
        '    print(f"listening',
        '    signal.signal(signal.SIGINT, signal.getsignal(15))\n    print(f"listening',
    )
