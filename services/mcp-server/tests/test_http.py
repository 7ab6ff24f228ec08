import httpx2
import pytest
from conftest import running_server

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def test_health_tells_the_stamp_and_what_is_wired(server_url: str) -> None:
    answer = httpx2.get(f"{server_url}/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "version": {"sha": "0f", "describe": "v1.2.3"},
        "wired": {"logbook": True, "identity": "caller"},
    }


def test_health_says_unstamped_outside_an_image(no_stamp: str) -> None:
    variables = {"LOGBOOK_URL": "http://127.0.0.1:9", "VERSION_FILE": no_stamp}
    with running_server(**variables) as (_, url):
        assert httpx2.get(f"{url}/health").json()["version"]["describe"] == "unstamped"


def test_a_client_of_the_older_protocol_is_served_without_a_session(server_url: str) -> None:
    answer = httpx2.post(f"{server_url}/mcp", json=INITIALIZE, headers=ACCEPT)

    assert answer.status_code == 200
    assert answer.json()["result"]["serverInfo"]["name"] == "logbook"
    assert "mcp-session-id" not in answer.headers


def test_no_standing_stream_is_opened(server_url: str) -> None:
    answer = httpx2.get(f"{server_url}/mcp", headers={"Accept": "text/event-stream"})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("header", "status"),
    [({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403)],
)
def test_a_foreign_host_or_origin_is_turned_away(
    server_url: str, header: dict[str, str], status: int
) -> None:
    answer = httpx2.post(f"{server_url}/mcp", json=INITIALIZE, headers=ACCEPT | header)

    assert answer.status_code == status


def test_the_hosts_that_are_named_are_let_in(backend: str) -> None:
    with running_server(LOGBOOK_URL=backend, MCP_ALLOWED_HOSTS="a.example, b:8001") as (_, url):
        statuses = [
            httpx2.post(f"{url}/mcp", json=INITIALIZE, headers=ACCEPT | {"Host": host}).status_code
            for host in ("a.example", "b:8001", "b", "localhost:8001")
        ]

    assert statuses == [200, 200, 421, 421]


def preflight(url: str, origin: str) -> httpx2.Response:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return httpx2.options(
        f"{url}/mcp", headers=asks | {"Access-Control-Request-Headers": "authorization"}
    )


def test_pages_of_the_origins_that_are_named_are_let_in_and_no_others(backend: str) -> None:
    named = "https://app.example, http://localhost:*"
    with running_server(LOGBOOK_URL=backend, MCP_ALLOWED_ORIGINS=named) as (_, url):
        answers = {
            origin: httpx2.post(f"{url}/mcp", json=INITIALIZE, headers=ACCEPT | {"Origin": origin})
            for origin in (
                "https://app.example",
                "http://localhost:6274",
                "http://localhost",
                "https://app.example.evil",
                "https://appxexample",
            )
        }
        asked = [preflight(url, origin).status_code for origin in answers]

    assert [answer.status_code for answer in answers.values()] == [200, 200, 403, 403, 403]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers.values()] == [
        "https://app.example",
        "http://localhost:6274",
        None,
        None,
        None,
    ]
    assert asked == [200, 200, 400, 400, 400]


def test_a_page_is_told_nothing_where_no_origin_is_named(server_url: str) -> None:
    answer = preflight(server_url, "http://localhost:6274")

    assert answer.status_code in {403, 405}
    assert "access-control-allow-origin" not in answer.headers


def test_a_request_that_no_tool_needs_is_too_large(server_url: str) -> None:
    body = INITIALIZE | {"padding": "x" * 300_000}

    assert httpx2.post(f"{server_url}/mcp", json=body, headers=ACCEPT).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/health/", 404),
        ("POST", "/health", 405),
        ("HEAD", "/health", 200),
    ],
)
def test_nothing_else_is_served(server_url: str, method: str, path: str, status: int) -> None:
    assert httpx2.request(method, f"{server_url}{path}").status_code == status
