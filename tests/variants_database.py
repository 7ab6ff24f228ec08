"""Variants that have a database: away at the start, there, away again and back."""

from __future__ import annotations

from variant_kinds import good, mutant
from variant_place import Place

# A database client of a few lines: Postgres answers a greeting with R, what it asks to sign in.
DATABASE = """

def database_answers():
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    said = f"user\\0{url.username}\\0database\\0{url.path[1:]}\\0\\0".encode()
    try:
        with socket.create_connection((url.hostname, url.port), 2) as held:
            held.sendall(struct.pack("!II", len(said) + 8, 196608) + said)
            return held.recv(1) == b"R"
    except OSError:
        return False


def read_environment():
"""
READY = """        elif self.path == "/ready":
            self.answer(200 if database_answers() else 503, {})
        else:
"""
PROMISED = """
[env.required.DATABASE_URL]
value = "postgresql://tug:{canary}@127.0.0.1:9/tug"
secret = true

[database]
variable = "DATABASE_URL"
within = "2s"
"""


def with_database(place: Place) -> None:
    """Give the server a database that it asks each time it is asked whether it is ready."""
    place.app('("APP_NAME", "APP_TOKEN")', '("APP_NAME", "APP_TOKEN", "DATABASE_URL")')
    place.app(
        "import signal\nimport sys\n", "import signal\nimport socket\nimport struct\nimport sys\n"
    )
    place.app("import threading\n", "import threading\nimport urllib.parse\n")
    place.app("\n\ndef read_environment():\n", DATABASE)
    place.app(
        "        else:\n            self.answer(404, {})",
        READY + "            self.answer(404, {})",
    )
    place.contract('path = "/health"\n', 'path = "/health"\nready_path = "/ready"\n')
    place.promise(PROMISED)
    url = "postgresql://tug:none@127.0.0.1:9/tug"
    given = "{ key: APP_TOKEN, value: x }"
    place.structure(given, f'{{ key: DATABASE_URL, value: "{url}" }}, {given}')
    place.structure("APP_NAME=tug timeout", f"DATABASE_URL={url} APP_NAME=tug timeout")
    place.structure("APP_TOKEN=x timeout", f"DATABASE_URL={url} APP_TOKEN=x timeout")


@good
def good_with_a_database(place: Place) -> None:
    with_database(place)


@good
def good_that_looks_for_its_database_now_and_then(place: Place) -> None:
    """A thread of its own asks each half second; what it says is a little old."""
    with_database(place)
    place.app("200 if database_answers() else 503", "200 if READY else 503")
    place.app(
        "def main():\n",
        "READY = []\n\n\ndef look():\n    import time\n\n    while True:\n"
        "        READY[:] = [1] if database_answers() else []\n        time.sleep(0.5)\n\n\n"
        "def main():\n    threading.Thread(target=look, daemon=True).start()\n",
    )


@mutant("lives-without-database", "becomes-healthy", "runs-read-only", "starts-offline")
def database_needed_at_the_start(place: Place) -> None:
    with_database(place)
    place.app(
        "def main():\n    read_environment()\n",
        "def main():\n    read_environment()\n    if not database_answers():\n"
        "        sys.exit('no database')\n",
    )


@mutant("tells-database-is-away")
def database_away_and_yet_ready(place: Place) -> None:
    with_database(place)
    place.app("200 if database_answers() else 503", "200")


@mutant("tells-database-is-away")
def database_asked_but_once(place: Place) -> None:
    """Once it was there it is believed to be there for ever."""
    with_database(place)
    place.app("200 if database_answers() else 503", "200 if READY or database_answers() else 503")
    place.app(
        '            return held.recv(1) == b"R"',
        '            READY.append(1)\n            return held.recv(1) == b"R"',
    )
    place.app("PORT = 8000\n", "PORT = 8000\nREADY = []\n")


@mutant("becomes-ready-with-database")
def database_asked_only_at_the_start(place: Place) -> None:
    with_database(place)
    place.app("200 if database_answers() else 503", "200 if READY else 503")
    place.app(
        "def main():\n", "READY = []\n\n\ndef main():\n    READY[:] = [1] * database_answers()\n"
    )


@mutant("survives-loss-of-database")
def database_lost_and_all_ends(place: Place) -> None:
    """It says so, and ends a moment later."""
    with_database(place)
    place.app(
        "self.answer(200 if database_answers() else 503, {})",
        "SEEN.append(database_answers())\n"
        "            self.answer(200 if SEEN[-1] else 503, {})\n"
        "            if any(SEEN) and not SEEN[-1]:\n"
        "                threading.Timer(0.3, os._exit, [3]).start()",
    )
    place.app("PORT = 8000\n", "PORT = 8000\nSEEN = []\n")


@mutant("survives-loss-of-database")
def database_lost_and_unwell(place: Place) -> None:
    """Health is well before it was there and unwell after."""
    with_database(place)
    place.app(
        'self.answer(200, {"status": "ok"',
        'self.answer(200 if database_answers() or not SEEN else 500, {"status": "ok"',
    )
    place.app(
        '            return held.recv(1) == b"R"',
        '            SEEN.append(1)\n            return held.recv(1) == b"R"',
    )
    place.app("PORT = 8000\n", "PORT = 8000\nSEEN = []\n")


@mutant("recovers-its-database")
def database_back_and_not_noticed(place: Place) -> None:
    """What was lost once is given up."""
    with_database(place)
    place.app(
        "    except OSError:\n        return False\n\n\ndef read_environment",
        "    except OSError:\n        LOST.extend(SEEN)\n        return False\n\n\n"
        "def read_environment",
    )
    place.app(
        '            return held.recv(1) == b"R"',
        '            SEEN.append(1)\n            return held.recv(1) == b"R" and not LOST',
    )
    place.app("PORT = 8000\n", "PORT = 8000\nSEEN = []\nLOST = []\n")


@mutant("no-secrets-in-logs")
def database_address_in_the_logs(place: Place) -> None:
    """Only what it says when its database is there tells its address."""
    with_database(place)
    place.app(
        '            return held.recv(1) == b"R"',
        '            print("connected to", os.environ["DATABASE_URL"], flush=True)\n'
        '            return held.recv(1) == b"R"',
    )
