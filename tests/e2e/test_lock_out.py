"""Who is locked out of the composed stack: a client by its own address, whatever it says of it."""

from __future__ import annotations

import urllib.error

import pytest
from stacks import LocalStack, ask, docker, free_port

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

PAGE, API = "http://frontend:8080", "http://api:8000"
# Prints what the sign-in answers to each of some tries, with a header of the client's own choice.
TRIES = """
import sys, urllib.error, urllib.request
url, forwarded, count = sys.argv[1:]
for _ in range(int(count)):
    headers = {"Content-Type": "application/json", "X-Forwarded-For": forwarded}
    body = b'{"username": "mallory", "password": "guessed"}'
    request = urllib.request.Request(url + "/api/v1/auth/login", body, headers)
    try:
        print(urllib.request.urlopen(request, timeout=10).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""
LOCKED_OUT = [401] * 5 + [429]


def tries(stack: LocalStack, last: int, url: str, forwarded: str, count: int) -> list[int]:
    """Try to sign in as a client of the stack's network whose address ends in `last`."""
    image = stack.container("api")["Image"]
    place = [f"--network={stack.name}_default", f"--ip={stack.network}.{last}"]
    argv = [image, "-c", TRIES, url, forwarded, str(count)]
    return [int(line) for line in docker("run", "--rm", *place, "--entrypoint=python", *argv)]


def test_each_client_behind_the_frontend_is_locked_out_by_itself(stack: LocalStack) -> None:
    assert tries(stack, 20, PAGE, "203.0.113.1", 6) == LOCKED_OUT
    assert tries(stack, 21, PAGE, "203.0.113.1", 1) == [401]
    # Another word of its own makes nobody another client.
    assert tries(stack, 20, PAGE, "203.0.113.2", 1) == [429]


def test_who_asks_the_api_itself_is_believed_nothing(stack: LocalStack) -> None:
    another = f"{stack.network}.31"
    assert tries(stack, 30, API, another, 6) == LOCKED_OUT
    assert tries(stack, 31, API, "203.0.113.1", 1) == [401], "it was locked out by another"
    # Not even that it is the frontend, and not through it.
    for url in (API, PAGE):
        assert tries(stack, 30, url, f"{another}, {stack.network}.2", 1) == [429]


def test_this_machine_signs_in_while_others_are_locked_out(stack: LocalStack) -> None:
    assert tries(stack, 40, PAGE, f"{stack.network}.1", 6) == LOCKED_OUT
    assert stack.sign_in()
    guess = {"username": "mallory", "password": "guessed"}
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(f"{stack.page}/api/v1/auth/login", guess, **{"X-Forwarded-For": "203.0.113.9"})
    assert caught.value.code == 401
    caught.value.close()


def test_the_frontend_has_the_address_that_the_api_believes(stack: LocalStack) -> None:
    networks = stack.container("frontend")["NetworkSettings"]["Networks"]
    (network,) = networks.values()
    assert network["IPAddress"] == f"{stack.network}.2"
    assert stack.given("api")["LOGIN_TRUSTED_PROXY_IPS"] == network["IPAddress"]


def test_a_network_that_another_has_is_told_before_anything_is_made(stack: LocalStack) -> None:
    other = f"{stack.name}-other"
    done = stack.invoke("compose-up", SEATRIAL_NAME=other, LOGBOOK_API_PORT=str(free_port()))
    assert done.returncode == 5
    assert f"the stack cannot have its network {stack.network}.0/24" in done.stderr
    assert f"{stack.name}_default has {stack.network}.0/24" in done.stderr
    label = f"label=com.docker.compose.project={other}"
    assert docker("network", "ls", "--quiet", "--filter", label) == []
