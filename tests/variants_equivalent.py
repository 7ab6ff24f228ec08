"""Equivalent mutants: written like mutants, and in all that they do like the good one."""

from __future__ import annotations

from variant_kinds import equivalent
from variant_place import Place
from variants_good import CMD

NGINX = (
    "nginxinc/nginx-unprivileged:1.31.6-alpine"
    "@sha256:b9241c6e7b8e9a862f129d8d4199ab64b10390949a78bdd5603379b32c844083"
)


@equivalent
def shell_that_execs_by_itself_bash(place: Place) -> None:
    """bash becomes the last command of `-c`; no signal is lost."""
    place.recipe(CMD, 'CMD ["/bin/bash", "-c", "python3 app.py"]')


@equivalent
def shell_that_execs_by_itself_busybox(place: Place) -> None:
    place.recipe("COPY app.py", f"COPY --from={NGINX} /bin/busybox /bin/busybox\nCOPY app.py")
    place.recipe(CMD, 'CMD ["/bin/busybox", "sh", "-c", "python3 app.py"]')


@equivalent
def database_that_is_never_read(place: Place) -> None:
    """Its address leads nowhere, and nobody goes there."""
    place.promise(
        '[env.optional.DATABASE_URL]\nvalue = "postgresql://tug:{canary}@127.0.0.1:9/tug"\n'
        "secret = true\n"
    )


@equivalent
def stop_signal_left_to_the_engine(place: Place) -> None:
    """Without STOPSIGNAL the engine sends SIGTERM as well."""
    place.recipe("STOPSIGNAL SIGTERM\n", "")


@equivalent
def stop_signal_as_a_number(place: Place) -> None:
    place.recipe("STOPSIGNAL SIGTERM", "STOPSIGNAL 15")


@equivalent
def user_with_a_leading_zero(place: Place) -> None:
    """The engine reads it as a decimal number."""
    place.recipe("USER 1001:1001", "USER 01001:1001")


@equivalent
def port_not_exposed(place: Place) -> None:
    """EXPOSE opens nothing."""
    place.recipe("EXPOSE 8000\n", "")


@equivalent
def health_by_the_defaults(place: Place) -> None:
    """What is not written is what the engine does by itself."""
    place.recipe("--interval=30s --timeout=5s --start-period=5s --retries=3", "")
    place.recipe("HEALTHCHECK  CMD", "HEALTHCHECK --timeout=5s --start-period=5s CMD")


@equivalent
def command_in_two_parts(place: Place) -> None:
    place.recipe(CMD, 'ENTRYPOINT ["python3"]\nCMD ["app.py"]')


@equivalent
def labels_in_one_line_more(place: Place) -> None:
    place.recipe(
        'LABEL org.opencontainers.image.title="tug"',
        'LABEL org.opencontainers.image.title="barge"\nLABEL org.opencontainers.image.title="tug"',
    )
