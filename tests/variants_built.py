"""Mutants of dependencies, cache and stamp: faults of the way in which it is built."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place
from variants_good import CACHE, LOCKED

INSTALL = "RUN uv sync --locked --offline --no-install-project"
STOWAWAY = "--offline --no-deps wheels/stowaway-1.0-py3-none-any.whl"


@mutant("no-development-packages")
def development_packages_installed(place: Place) -> None:
    place.recipe("UV_NO_DEV=1", "UV_NO_DEV=0")


@mutant("no-development-packages")
def development_packages_in_an_environment_beside(place: Place) -> None:
    """Another environment than the one on PATH: whoever asks for `import` misses it."""
    place.recipe(
        INSTALL,
        f"RUN UV_NO_DEV=0 UV_PROJECT_ENVIRONMENT=/opt/tools {INSTALL[4:]}"
        f" && rm /opt/tools/.lock\n{INSTALL}",
    )
    place.recipe("COPY app.py", "COPY --from=build /opt/tools /opt/tools\nCOPY app.py")


@mutant("every-module-is-of-a-package")
def development_packages_without_metadata(place: Place) -> None:
    place.recipe("UV_NO_DEV=1", "UV_NO_DEV=0")
    place.recipe(INSTALL, f"{INSTALL} && rm -r .venv/lib/python3*/site-packages/scaffold-*")


@mutant("only-locked-packages")
def package_beside_the_lock(place: Place) -> None:
    place.recipe(INSTALL, f"{INSTALL} && uv pip install --python .venv {STOWAWAY}")


@mutant("only-locked-packages")
def package_in_the_python_of_all(place: Place) -> None:
    """Not in the service's environment: in the base's own Python."""
    place.recipe(
        INSTALL,
        f"{INSTALL} && uv pip install --target /tmp/more {STOWAWAY} && rm -f /tmp/more/.lock",
    )
    place.run_as_root("COPY --from=build /tmp/more /usr/lib/python3/dist-packages")


@mutant("only-locked-packages")
def package_of_another_version(place: Place) -> None:
    """As somebody would hurry a fix in: the lock says 1.0, what runs says 1.1."""
    place.recipe(
        INSTALL,
        f"{INSTALL} && cd .venv/lib/python3*/site-packages && mv hull-1.0.dist-info"
        " hull-1.1.dist-info && sed -i s/1.0/1.1/ hull-1.1.dist-info/METADATA && cd /app",
    )


@mutant("source-edit-keeps-dependencies")
def source_before_dependencies(place: Place) -> None:
    place.recipe("COPY wheels wheels", "COPY wheels wheels\nCOPY app.py ./")
    place.promise(CACHE)


@mutant("source-edit-keeps-dependencies")
def source_before_dependencies_by_a_wide_copy(place: Place) -> None:
    place.recipe("COPY pyproject.toml uv.lock ./\nCOPY wheels wheels", "COPY . .")
    place.promise(CACHE)


@mutant("source-edit-keeps-dependencies")
def source_mounted_where_dependencies_are_installed(place: Place) -> None:
    place.recipe(INSTALL, INSTALL.replace("RUN", "RUN --mount=type=bind,target=/src"))
    place.promise(CACHE)


@mutant("version-keeps-dependencies")
def version_before_dependencies(place: Place) -> None:
    place.recipe("COPY wheels wheels", "COPY wheels wheels\nCOPY --from=version version.json ./")
    place.promise(CACHE)


@mutant("version-keeps-dependencies")
def version_mounted_where_dependencies_are_installed(place: Place) -> None:
    place.recipe(INSTALL, INSTALL.replace("RUN", "RUN --mount=from=version,target=/version"))
    place.promise(CACHE)


@mutant("lock-edit-rebuilds-dependencies")
def lock_not_read(place: Place) -> None:
    place.recipe("COPY pyproject.toml uv.lock ./", "COPY pyproject.toml ./")
    place.recipe(INSTALL, "RUN uv sync --offline --no-install-project")
    place.promise(LOCKED.replace("--locked ", ""))


@mutant("no-secrets-from-context")
def secret_files_reach_the_build(place: Place) -> None:
    place.write("Dockerfile.dockerignore", "contract.toml\n")
    place.recipe("COPY app.py health.py ./", "COPY . .\nRUN rm -rf wheels")
    place.contract('"/app/wheels"', '"/app/none"')
    place.promise(CACHE)


@mutant("version-file-matches-stamp")
def version_of_another_commit(place: Place) -> None:
    place.write("more/version.json", '{"sha": "0000000", "dirty": false}')
    place.recipe("COPY --from=version version.json", "COPY more/version.json")


@mutant("health-matches-stamp")
def version_told_is_the_programs_own(place: Place) -> None:
    place.app('json.loads(Path("/app/version.json").read_text())', '{"sha": "1.0"}')


@mutant("labels-match-stamp")
def label_without_a_revision(place: Place) -> None:
    place.lay_over('LABEL org.opencontainers.image.revision=""')


@mutant("labels-match-stamp")
def label_of_another_time(place: Place) -> None:
    place.lay_over("LABEL org.opencontainers.image.created=1999-12-31T23:59:59Z")


@mutant("labels-as-promised")
def label_missing(place: Place) -> None:
    place.recipe('LABEL org.opencontainers.image.title="tug"\n', "")


@mutant("labels-as-promised")
def label_empty(place: Place) -> None:
    place.recipe('title="tug"', 'title=""')
