"""The frontend's image by itself: what nginx does with requests."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from e2e.servers import Echo, Server, serving
from stacks import docker, free_port

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

KEY = "lbk_ab12_s3cret"


@pytest.fixture(scope="module")
def hub_url(engine: object) -> Iterator[str]:
    """Where the echo is, as a container reaches it."""
    echo = ThreadingHTTPServer(("0.0.0.0", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    yield f"http://host.docker.internal:{echo.server_port}"
    echo.shutdown()
    echo.server_close()


@pytest.fixture(scope="module")
def hub(hub_url: str) -> Iterator[Server]:
    with serving(HUB_API_URL=hub_url) as server:
        yield server


@pytest.fixture(scope="module")
def spoke(hub_url: str) -> Iterator[Server]:
    with serving(HUB_API_URL=hub_url, SPOKE_API_KEY=KEY) as server:
        yield server


def test_a_hub_adds_no_authorization(hub: Server) -> None:
    assert "authorization" not in hub.echoed()
    assert hub.echoed(Authorization="Bearer mine")["authorization"] == "Bearer mine"
    assert json.loads(hub.ask("/healthz").body)["wired"] == {"hub": True, "mode": "hub"}


def test_a_spoke_speaks_with_its_key_for_all_who_bring_none(spoke: Server) -> None:
    assert spoke.echoed()["authorization"] == f"Bearer {KEY}"
    assert spoke.echoed(Authorization="Bearer mine")["authorization"] == "Bearer mine"
    assert json.loads(spoke.ask("/healthz").body)["wired"] == {"hub": True, "mode": "spoke"}


def test_a_spokes_key_is_nowhere_to_be_read(spoke: Server) -> None:
    read = [spoke.ask(path).body for path in ("/", "/healthz", "/version.json")]
    assert not any(KEY.encode() in body for body in read)
    assert KEY not in "\n".join(docker("logs", spoke.name))


def test_a_request_has_one_id_on_its_whole_way(hub: Server) -> None:
    answer = hub.ask("/api/v1/echo", X_Request_ID="trace-1.a_B")
    assert answer.header("X-Request-ID") == "trace-1.a_B"
    assert json.loads(answer.body)["headers"]["x-request-id"] == "trace-1.a_B"
    assert any("trace-1.a_B" in line for line in docker("logs", hub.name))


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "x" * 129, "ü"])
def test_an_id_that_is_not_fit_for_a_log_is_replaced(hub: Server, given: str) -> None:
    answer = hub.ask("/api/v1/echo", X_Request_ID=given)
    made = answer.header("X-Request-ID")
    assert made is not None
    assert len(made) == 32
    assert json.loads(answer.body)["headers"]["x-request-id"] == made


@pytest.mark.parametrize("path", ["/", "/builds/7", "/api/v1/echo", "/assets/none.js", "/healthz"])
def test_every_answer_has_each_security_header_once(hub: Server, path: str) -> None:
    answer = hub.ask(path)
    policy = answer.header("Content-Security-Policy")
    assert policy is not None
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Referrer-Policy") == "no-referrer"
    assert answer.header("X-Frame-Options") == "DENY"
    assert answer.header("Cross-Origin-Opener-Policy") == "same-origin"
    assert answer.header("Cross-Origin-Resource-Policy") == "same-origin"
    assert answer.header("Permissions-Policy") is not None
    assert answer.header("Server") == "nginx"


def test_only_who_came_by_tls_is_told_to_stay_there(hub: Server) -> None:
    assert hub.ask("/").header("Strict-Transport-Security") is None
    told = hub.ask("/", X_Forwarded_Proto="https").header("Strict-Transport-Security")
    assert told == "max-age=31536000"


def assets(server: Server) -> list[str]:
    page = server.ask("/").body.decode()
    return [word for word in page.split('"') if word.startswith("/assets/")]


def test_hashed_assets_are_kept_for_ever_and_the_page_is_not(hub: Server) -> None:
    found = assets(hub)
    assert {path.rpartition(".")[2] for path in found} == {"js", "css"}
    for path in found:
        answer = hub.ask(path)
        assert answer.status == 200
        assert answer.header("Cache-Control") == "public, max-age=31536000, immutable"
    assert hub.ask("/").header("Cache-Control") == "no-cache"
    assert hub.ask("/api/v1/echo").header("Cache-Control") == "no-store"
    missing = hub.ask("/assets/gone-0123.js")
    assert (missing.status, missing.header("Cache-Control")) == (404, None)


def test_text_travels_compressed(hub: Server) -> None:
    for path in [*assets(hub), "/api/v1/echo"]:
        plain = hub.ask(path)
        small = hub.ask(path, Accept_Encoding="gzip", Via="1.1 a-proxy")
        assert small.header("Content-Encoding") == "gzip", path
        assert small.header("Vary") == "Accept-Encoding"
        assert len(small.body) < len(plain.body)
        assert len(gzip.decompress(small.body)) >= len(plain.body) // 2


@pytest.mark.parametrize("path", ["/", "/images/a%2Fb", "/builds/7?trial=x", "/metrics"])
def test_every_address_of_the_page_is_the_page(hub: Server, path: str) -> None:
    answer = hub.ask(path)
    assert answer.status == 200
    assert b'<div id="root">' in answer.body


def test_a_body_that_is_too_large_is_refused_in_words(hub: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    connection.putrequest("PUT", "/api/v1/builds/7/sbom")
    connection.putheader("Content-Length", str(60 * 2**20))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert response.getheader("Content-Type") == "application/problem+json"
    assert json.loads(response.read())["status"] == 413
    connection.close()


def test_a_backend_that_is_away_is_told_in_words(engine: object) -> None:
    with serving(HUB_API_URL=f"http://host.docker.internal:{free_port()}") as server:
        answer = server.ask("/api/v1/images")
        assert answer.status == 502
        assert answer.header("Content-Type") == "application/problem+json"
        assert "cannot be reached" in json.loads(answer.body)["detail"]
        assert server.ask("/").status == 200
