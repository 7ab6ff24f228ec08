"""The frontend's image by itself: what stops its start, and says so."""

from __future__ import annotations

import pytest
from e2e.servers import refused

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

GOOD = "HUB_API_URL=http://api:8000"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api:8000",
        "ftp://api",
        "http://",
        "http://api/path",
        "http://api:0",
        "http://api:65536",
        "http://api:80a",
        "http://user:secret@api",
        "http://api;return 200",
        "http://api:8000; }",
        "http://api\nserver { listen 9; }",
        "http://$host",
        "http://${LOGBOOK_NGINX_MODE}",
        'http://api"',
        "http://api'",
        "http://api\\",
        "http://api#",
        "http://api?x",
        "http://-api",
        "http://äpi",
        "http://[::1",
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_url_that_would_break_the_configuration_stops_the_start(url: str) -> None:
    done = refused(f"HUB_API_URL={url}")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("logbook-frontend: HUB_API_URL ")
    assert "expected http(s)://HOST[:PORT]" in line
    assert "secret" not in line


@pytest.mark.parametrize(
    "key",
    [
        'k"',
        "k;",
        "k$host",
        "${LOGBOOK_NGINX_MODE}",
        "k k",
        "k\nX-Evil: 1",
        "k\r",
        "k{",
        "k\\",
        "k'",
        "kü",
        "k" * 513,
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_key_that_would_break_the_configuration_stops_the_start(key: str) -> None:
    done = refused(GOOD, f"SPOKE_API_KEY={key}")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("logbook-frontend: SPOKE_API_KEY ")
    assert key not in line


@pytest.mark.usefixtures("engine")
def test_a_missing_url_stops_the_start() -> None:
    done = refused()
    assert done.returncode == 2
    assert "HUB_API_URL is missing or empty" in done.stderr


@pytest.mark.usefixtures("engine")
def test_a_place_that_cannot_be_written_stops_the_start() -> None:
    done = refused(GOOD, options=("--read-only", "--tmpfs=/tmp"))
    assert done.returncode == 2
    assert "/etc/nginx/conf.d cannot be written" in done.stderr
