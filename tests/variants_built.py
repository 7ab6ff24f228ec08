"""Mutants whose fault is in the image or in the way it is built."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place
from variants_running import CACHE, LOCKED

# Not real, but of the form that such a token has; put together so that no scanner finds it here.
TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
KEY = f"-----BEGIN OPENSSH PRIVATE {'KEY'}-----\n{'b3BlbnNzaC1rZXktdjEAAAAA' * 4}\n"


@mutant("no-secrets-in-configuration")
def secret_in_env(place: Place) -> None:
    place.recipe("USER 1001:1001", "ENV UPSTREAM_PASSWORD=hunter2hunter2\nUSER 1001:1001")


@mutant("no-secrets-in-configuration")
def secret_in_history(place: Place) -> None:
    place.recipe("USER 1001:1001", 'ARG MIRROR\nRUN test -n "$MIRROR"\nUSER 1001:1001')
    place.args["MIRROR"] = TOKEN


@mutant("no-secrets-in-layers")
def secret_deleted_later(place: Place) -> None:
    place.write("more/key.pem", KEY)
    place.recipe(
        "USER 1001:1001", "COPY more/key.pem /root/key.pem\nRUN rm /root/key.pem\nUSER 1001:1001"
    )


@mutant("no-secrets-in-layers")
def secret_env_file_copied(place: Place) -> None:
    place.write(".env", "APP_TOKEN=of-production\n")
    place.write("Dockerfile.dockerignore", "wheels/none\ncontract.toml\n")
    place.recipe("COPY app.py health.py ./", "COPY --exclude=wheels . .")


@mutant("no-secrets-from-context")
def secret_files_reach_the_build(place: Place) -> None:
    place.write("Dockerfile.dockerignore", "contract.toml\n")
    place.recipe("COPY app.py health.py ./", "COPY . .\nRUN rm -rf wheels")
    place.contract('"/app/wheels"', '"/app/none"')
    place.promise(CACHE)


@mutant("forbidden-paths-absent")
def tests_are_shipped(place: Place) -> None:
    place.write("more/tests/test_app.py", "def test_nothing(): pass\n")
    place.recipe("COPY app.py health.py ./", "COPY app.py health.py more ./")


@mutant("no-development-packages")
def development_packages_installed(place: Place) -> None:
    place.recipe("UV_NO_DEV=1", "UV_NO_DEV=0")


@mutant("only-locked-packages")
def package_beside_the_lock(place: Place) -> None:
    place.recipe(
        "--no-install-project\n",
        "--no-install-project\n"
        "RUN uv pip install --python .venv --offline --no-deps "
        "wheels/stowaway-1.0-py3-none-any.whl\n",
    )


@mutant("source-edit-keeps-dependencies")
def source_before_dependencies(place: Place) -> None:
    place.recipe("COPY wheels wheels", "COPY wheels wheels\nCOPY app.py ./")
    place.promise(CACHE)


@mutant("version-keeps-dependencies")
def version_before_dependencies(place: Place) -> None:
    place.recipe("COPY wheels wheels", "COPY wheels wheels\nCOPY --from=version version.json ./")
    place.promise(CACHE)


@mutant("lock-edit-rebuilds-dependencies")
def lock_not_read(place: Place) -> None:
    place.recipe("COPY pyproject.toml uv.lock ./", "COPY pyproject.toml ./")
    place.recipe(
        "RUN uv sync --locked --offline --no-install-project",
        "RUN uv sync --offline --no-install-project # not: uv sync --locked --offline",
    )
    place.promise(LOCKED.replace("--locked ", ""))


@mutant("version-file-matches-stamp")
def version_of_another_commit(place: Place) -> None:
    place.write("more/version.json", '{"sha": "0000000", "dirty": false}')
    place.recipe(
        "COPY --from=version version.json version.json", "COPY more/version.json version.json"
    )


@mutant("labels-as-promised")
def label_missing(place: Place) -> None:
    place.recipe('LABEL org.opencontainers.image.title="tug"\n', "")


@mutant("size-within-limit")
def junk_aboard(place: Place) -> None:
    place.recipe("USER 1001:1001", "RUN head -c 20000000 /dev/urandom >/srv/junk\nUSER 1001:1001")
