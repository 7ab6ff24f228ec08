#!/usr/bin/env bash
# What projects usually have in place of a trial, written as such scripts are: build, run, poll
# /health each second, id -u, a missing variable, stop, import pytest. The bench's other side.
#
# usage: verify_images.sh BAKE_FILE; needs `docker` to reach the engine. Prints "N checks".
set -euo pipefail
bake_file=$1
checks=0
container=

cleanup() { [[ -z $container ]] || docker rm -f "$container" >/dev/null 2>&1 || true; }
trap cleanup EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
passed() { checks=$((checks + 1)); }

# healthy PORT HEALTH_PATH: by its path, or where it has no port by its HEALTHCHECK
healthy() {
    if [[ $1 == none ]]; then
        [[ $(docker inspect -f '{{.State.Health.Status}}' "$container") == healthy ]]
    else
        curl -sf "http://127.0.0.1:1$1$2" >/dev/null
    fi
}

# verify IMAGE PORT HEALTH_PATH REQUIRED_VARIABLE [-e NAME=VALUE]...
verify() {
    local image=$1 port=$2 path=$3 required=$4 without=() publish=() argument uid
    shift 4
    [[ $port == none ]] || publish=(-p "127.0.0.1:1$port:$port")
    # 1: it runs and is healthy within 30 s
    container=$(docker run -d "${publish[@]}" "$@" "$image")
    for attempt in $(seq 1 30); do
        if healthy "$port" "$path"; then break; fi
        [[ $attempt != 30 ]] || fail "$image: no health"
        sleep 1
    done
    passed
    # 2: it does not run as root
    uid=$(docker exec "$container" id -u)
    [[ $uid != 0 ]] || fail "$image: runs as root"
    passed
    # 3: it stops by itself
    docker stop "$container" >/dev/null
    [[ $(docker inspect -f '{{.State.ExitCode}}' "$container") == 0 ]] || fail "$image: exit code"
    passed
    docker rm -f "$container" >/dev/null
    container=
    # 4: without a required variable it does not start
    for argument in "$@"; do
        [[ $argument == -e || $argument == "$required="* ]] || without+=(-e "$argument")
    done
    if docker run --rm "${without[@]}" "$image" >/dev/null 2>&1; then fail "$image: started without $required"; fi
    passed
    # 5: no development dependencies
    if docker run --rm --entrypoint /app/.venv/bin/python "$image" -c 'import pytest' >/dev/null 2>&1; then
        fail "$image: pytest is importable"
    fi
    passed
}

docker buildx bake --file "$bake_file" --allow=fs.read=/ >/dev/null 2>&1 || fail "the build"
for _ in backend worker app frontend mcp-server; do passed; done

database=(-e DATABASE_URL=postgresql+asyncpg://noop:noop@127.0.0.1/noop)
api=("${database[@]}" -e JWT_SECRET_KEY=verify-key-verify-key-verify-key-verify-key
    -e OWNER_USERNAME=owner -e OWNER_PASSWORD=password)
verify logbook-backend:latest 8000 /api/v1/health JWT_SECRET_KEY "${api[@]}"
verify logbook-worker:latest none none DATABASE_URL "${database[@]}"
verify logbook-app:latest 8000 /api/v1/health JWT_SECRET_KEY "${api[@]}"
verify logbook-frontend:latest 8080 /healthz HUB_API_URL -e HUB_API_URL=http://127.0.0.1:8000
verify logbook-mcp-server:latest 8001 /health LOGBOOK_URL -e LOGBOOK_URL=http://127.0.0.1:8000
echo "$checks checks"
