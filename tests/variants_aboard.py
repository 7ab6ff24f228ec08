"""Mutants of secrets and the file system: what is aboard, and what is written."""

from __future__ import annotations

from variant_kinds import mutant
from variant_place import Place
from variants_good import CMD

# Not real, but of the form that such a token has; put together so that no scanner finds it here.
TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
KEY = f"-----BEGIN OPENSSH PRIVATE {'KEY'}-----\n{'b3BlbnNzaC1rZXktdjEAAAAA' * 4}\n"
NPM_TOKEN = "np" + "m_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SITE_PACKAGES = ".venv/lib/python3.14/site-packages"


@mutant("no-secrets-in-configuration")
def secret_in_env(place: Place) -> None:
    place.run_as_root("ENV UPSTREAM_PASSWORD=hunter2hunter2")


@mutant("no-secrets-in-configuration")
def secret_in_history(place: Place) -> None:
    place.run_as_root('ARG MIRROR\nRUN test -n "$MIRROR"')
    place.args["MIRROR"] = TOKEN


@mutant("no-secrets-in-configuration")
def secret_in_a_label(place: Place) -> None:
    place.run_as_root(f'LABEL com.example.deploy-key="{TOKEN}"')


@mutant("no-secrets-in-configuration")
def secret_for_those_who_build_on_it(place: Place) -> None:
    place.run_as_root(f"ONBUILD ENV MIRROR_AUTH={TOKEN}")


@mutant("no-secrets-in-configuration")
def secret_among_the_words_of_the_command(place: Place) -> None:
    place.recipe(CMD, f'CMD ["python3", "app.py", "--token={TOKEN}"]')


@mutant("no-secrets-in-configuration")
def secret_in_an_address_in_history(place: Place) -> None:
    place.run_as_root('RUN true "https://tug:hunter2hunter2@example.invalid/simple"')


@mutant("no-build-secrets-kept")
def secret_of_the_build_kept(place: Place) -> None:
    """The mount leaves nothing behind; the copy of what was mounted does."""
    place.write("more/token", "quite-an-ordinary-word-8512\n")
    place.secrets["token"] = "more/token"
    place.run_as_root("RUN --mount=type=secret,id=token cp /run/secrets/token /srv/settings")


@mutant("no-secrets-in-layers")
def secret_deleted_later(place: Place) -> None:
    place.write("more/key.pem", KEY)
    place.run_as_root("COPY more/key.pem /root/key.pem\nRUN rm /root/key.pem")


@mutant("no-secrets-in-layers", "forbidden-paths-absent")
def secret_env_file_copied(place: Place) -> None:
    place.write(".env", "APP_TOKEN=of-production\n")
    place.write("Dockerfile.dockerignore", "wheels/none\ncontract.toml\n")
    place.recipe("COPY app.py health.py ./", "COPY --exclude=wheels . .")


@mutant("no-secrets-in-layers")
def secret_in_a_package_managers_file(place: Place) -> None:
    place.write("more/npmrc", f"//registry.example.invalid/:_authToken={NPM_TOKEN}\n")
    place.run_as_root("COPY more/npmrc /root/.npmrc")


@mutant("no-secrets-in-layers")
def secret_in_an_address_of_a_repository(place: Place) -> None:
    place.write(
        "more/config",
        '[remote "origin"]\n\turl = https://tug:tr0ub4dor-And-3@git.harbour.net/tug\n',
    )
    place.run_as_root("COPY more/config /srv/tug/config")


@mutant("no-secrets-in-layers")
def secret_in_a_module_of_a_package(place: Place) -> None:
    place.write("more/settings.py", f'TOKEN = "{TOKEN}"\n')
    place.recipe("COPY app.py", f"COPY more/settings.py {SITE_PACKAGES}/hull/\nCOPY app.py")


@mutant("no-secrets-in-layers")
def secret_in_what_python_compiled(place: Place) -> None:
    """The source is not shipped; its bytecode holds the text all the same."""
    place.write(
        "more/compile.py",
        "import pathlib, py_compile\n"
        f"pathlib.Path('/tmp/keys.py').write_text('TOKEN = \"{TOKEN}\"')\n"
        "py_compile.compile('/tmp/keys.py', '/tmp/keys.pyc')\n",
    )
    place.recipe("RUN uv sync", "COPY more ./\nRUN python3 compile.py\nRUN uv sync")
    place.run_as_root("COPY --from=build /tmp/keys.pyc /srv/keys.pyc")


@mutant("forbidden-paths-absent")
def tests_are_shipped(place: Place) -> None:
    place.write("more/tests/test_app.py", "def test_nothing(): pass\n")
    place.recipe("COPY app.py health.py ./", "COPY app.py health.py more ./")


@mutant("forbidden-paths-absent")
def repository_is_shipped_elsewhere(place: Place) -> None:
    place.write("more/head", "ref: refs/heads/main\n")
    place.run_as_root("COPY more/head /srv/tug/.git/HEAD")


@mutant("forbidden-paths-absent")
def caches_are_shipped(place: Place) -> None:
    place.run_as_root("RUN python3 -m compileall -q app.py")


@mutant("immutable-paths-cannot-be-changed")
def program_owned_by_its_user(place: Place) -> None:
    place.recipe("COPY app.py", "COPY --chown=1001:1001 app.py")


@mutant("immutable-paths-cannot-be-changed")
def program_writable_by_its_group(place: Place) -> None:
    place.run_as_root("RUN chgrp 1001 app.py && chmod g+w app.py")


@mutant("immutable-paths-cannot-be-changed")
def program_in_a_folder_of_its_user(place: Place) -> None:
    """Every file is root's; but the folder is not, and files in it can be replaced."""
    place.run_as_root("RUN chown 1001 /app")


@mutant("nothing-world-writable")
def folder_for_everybody(place: Place) -> None:
    place.run_as_root("RUN mkdir -m 777 /srv/uploads")


@mutant("no-setuid-programs")
def setuid_program(place: Place) -> None:
    place.run_as_root("RUN install -m 4755 /usr/bin/sleep /opt/doze")
    place.promise('[filesystem]\nsetuid = ["/usr/*"]\n')


@mutant("no-setuid-programs")
def setgid_program(place: Place) -> None:
    place.run_as_root("RUN install -m 2755 -g staff /usr/bin/sleep /opt/doze")
    place.promise('[filesystem]\nsetuid = ["/usr/*"]\n')


@mutant("writes-nothing")
def writes_where_it_can(place: Place) -> None:
    place.before_serving(
        "try:\n    Path('/var/tmp/state').write_text('x')\nexcept OSError:\n    pass"
    )


@mutant("writes-nothing")
def writes_under_requests(place: Place) -> None:
    place.app('elif self.path == "/work":', 'elif self.path == "/work" and not remember():')
    place.app(
        "class Handler(",
        "def remember():\n"
        "    try:\n"
        "        Path('/var/tmp/seen').write_text('x')\n"
        "    except OSError:\n"
        "        pass\n\n\n"
        "class Handler(",
    )


@mutant("writes-nothing", "immutable-paths-cannot-be-changed")
def writes_what_python_compiles(place: Place) -> None:
    """Its folder is its user's, and Python was not told to leave its cache."""
    place.recipe(" PYTHONDONTWRITEBYTECODE=1", "")
    place.run_as_root("RUN chown 1001 /app")
    place.write("more/ballast.py", "WEIGHT = 1\n")
    place.recipe("COPY app.py", "COPY more/ballast.py ./\nCOPY app.py")
    place.app("import hull", "import ballast\nimport hull")


@mutant("runs-read-only")
def writes_or_fails(place: Place) -> None:
    place.before_serving("Path('/var/tmp/state').write_text('x')")
    place.promise('[filesystem]\nwritable = ["/var/tmp/*"]\n')


@mutant("runs-read-only")
def needs_a_folder_of_its_own_to_write(place: Place) -> None:
    place.run_as_root("RUN install -d -o 1001 -g 1001 /var/lib/tug")
    place.before_serving("Path('/var/lib/tug/state').write_text('x')")
    place.promise('[filesystem]\nwritable = ["/var/lib/tug/*"]\n')
