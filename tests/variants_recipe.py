"""Variants of what an image is built on and from, and of what its configuration says of it."""

from __future__ import annotations

from variant_kinds import good, mutant
from variant_place import Place
from variants_good import CACHE

PYTHON = (
    "python:3.14.8-slim-trixie"
    "@sha256:f85c5697265c178cc6887276c55fe16cf3d14ca35c3df6a5eab3b360534a55d2"
)
UV = (
    "ghcr.io/astral-sh/uv:0.13.0"
    "@sha256:cdc6093146eb3ff6a40107b38f008b789e050e77ad87865e381d9917da55a168"
)
RUNTIME = f"FROM {PYTHON} AS runtime\n"
TAGGED = PYTHON.partition("@")[0]


@good
def good_on_stages_and_scratch(place: Place) -> None:
    """Nothing here is a base but what has a digest, and no argument chooses one."""
    place.recipe(
        RUNTIME,
        "FROM scratch AS files\nCOPY app.py health.py /\n\n"
        f"from --platform=$TARGETPLATFORM \\\n    {PYTHON} \\\n    as common\n"
        "ARG FLAVOUR=plain\nLABEL flavour=$FLAVOUR\nRUN <<EOF\nFROM=nowhere:1\ntrue $FROM\nEOF\n\n"
        "FROM common AS runtime\n",
    )
    place.recipe("COPY app.py health.py ./", "COPY --from=files /app.py /health.py ./")
    place.promise('[recipe]\nseverity = "warning"\n')  # it names a platform
    # Whoever knows hadolint leaves out what a stage that nobody gets has no use for.
    place.replace("hadolint.yaml", "strict-labels", "ignored: [DL3049, DL3065]\nstrict-labels")


@good
def good_with_rules_left_out(place: Place) -> None:
    """One by the file's own pragma, with its reason beside it; one by the contract."""
    place.recipe(
        "USER 1001:1001",
        "# hadolint ignore=DL3003 # one command\nRUN cd /tmp && true\nMAINTAINER tug\n"
        "USER 1001:1001",
    )
    place.promise('[recipe]\nseverity = "info"\nignored = ["DL4000"]\n')
    place.replace("hadolint.yaml", "strict-labels", "ignored: [DL4000]\nstrict-labels")


@good
def good_with_a_volume(place: Place) -> None:
    place.recipe("USER 1001:1001", "VOLUME /data\nUSER 1001:1001")
    place.promise('[filesystem]\nvolumes = ["/data"]\n')


@good
def good_with_defaults_here_and_there(place: Place) -> None:
    """One is in ENV, the other in the program, which nobody can read from outside."""
    place.recipe("USER 1001:1001", "ENV LEVEL=info\nUSER 1001:1001")
    place.promise('[env.optional.LEVEL]\ndefault = "info"\n[env.optional.PACE]\ndefault = "1"\n')


@good
def good_that_tells_its_times(place: Place) -> None:
    place.promise("[stamp]\nreproducible = true\n")


@good
def good_rebuilt_in_time(place: Place) -> None:
    place.promise(CACHE)
    place.promise('[limits]\nrebuild = "60s"\n')


@mutant("bases-by-digest")
def base_by_tag(place: Place) -> None:
    place.recipe(RUNTIME, f"FROM {TAGGED} AS runtime\n")


@mutant("bases-by-digest")
def base_by_tag_in_lower_case(place: Place) -> None:
    place.recipe(RUNTIME, f"from {TAGGED} as runtime\n")


@mutant("bases-by-digest")
def base_by_tag_copied_from(place: Place) -> None:
    place.recipe(f"--from={UV}", f"--from={UV.partition('@')[0]}")


@mutant("bases-by-digest")
def base_by_tag_mounted_from(place: Place) -> None:
    place.recipe(
        "USER 1001:1001",
        f"RUN --mount=type=bind,target=/mnt,from={UV.partition('@')[0]} \\\n    true\n"
        "USER 1001:1001",
    )


@mutant("bases-by-digest")
def base_by_tag_in_an_argument(place: Place) -> None:
    """The argument is no excuse: both checks of the family find it."""
    place.recipe(f"FROM {PYTHON} AS build", f"ARG TAG=3.14.8-slim-trixie\nFROM {PYTHON} AS build")
    place.recipe(RUNTIME, "FROM python:${TAG} AS runtime\n")


@mutant("no-base-chosen-by-argument")
def base_by_argument(place: Place) -> None:
    place.recipe(f"FROM {PYTHON} AS build", f"ARG BASE={PYTHON}\nFROM {PYTHON} AS build")
    place.recipe(RUNTIME, "FROM ${BASE} AS runtime\n")


@mutant("no-base-chosen-by-argument")
def base_by_argument_for_its_digest(place: Place) -> None:
    digest = PYTHON.partition("@")[2]
    place.recipe(f"FROM {PYTHON} AS build", f"ARG DIGEST={digest}\nFROM {PYTHON} AS build")
    place.recipe(RUNTIME, f'FROM "{TAGGED}@${{DIGEST}}" AS runtime\n')


# Git tells what the stamp should be where no record does; the fleet's tree has changed meanwhile.
@mutant("base-policy-recorded", "labels-match-stamp", "version-file-matches-stamp")
def base_policy_wiped(place: Place) -> None:
    place.lay_over('LABEL seatrial.base-policy=""')


@mutant("recipe-has-no-findings")
def recipe_changes_folder(place: Place) -> None:
    place.promise("[recipe]\n")
    place.recipe("USER 1001:1001", "RUN cd /tmp && true\nUSER 1001:1001")


@mutant("recipe-has-no-findings")
def recipe_loses_an_exit_code(place: Place) -> None:
    place.promise("[recipe]\n")
    place.recipe("USER 1001:1001", "RUN false | true\nUSER 1001:1001")


@mutant("recipe-has-no-findings")
def recipe_with_a_fault_of_the_shell(place: Place) -> None:
    place.promise("[recipe]\n")
    place.recipe("USER 1001:1001", 'RUN if [ "$HOME" == / ]; then true; fi\nUSER 1001:1001')


@mutant("labels-match-stamp")
def label_of_another_commit(place: Place) -> None:
    place.lay_over(f"LABEL org.opencontainers.image.revision={'0' * 40}")


@mutant("labels-match-stamp")
def label_of_another_version(place: Place) -> None:
    place.lay_over("LABEL org.opencontainers.image.version=v9.9.9")


@mutant("health-matches-stamp")
def health_tells_another_commit(place: Place) -> None:
    place.app('"version": VERSION', '"version": {**VERSION, "sha": "0" * 40}')


@mutant("version-file-matches-stamp")
def version_file_says_dirty(place: Place) -> None:
    place.recipe(
        "COPY --from=version version.json version.json",
        'USER 0\nRUN --mount=from=version,target=/mnt sed \'s/"dirty": false/"dirty": true/\''
        " /mnt/version.json >version.json\nUSER 1001:1001",
    )


@mutant("stamp-is-reproducible")
def stamp_with_the_hour_of_the_build(place: Place) -> None:
    place.args["SOURCE_DATE_EPOCH"] = "1700000000"
    place.promise("[stamp]\nreproducible = true\n")


@mutant("workdir-as-promised")
def workdir_elsewhere(place: Place) -> None:
    place.recipe("STOPSIGNAL SIGTERM", "WORKDIR /srv\nSTOPSIGNAL SIGTERM")
    place.recipe('CMD ["python3", "health.py"]', 'CMD ["python3", "/app/health.py"]')
    place.recipe('CMD ["python3", "app.py"]', 'CMD ["python3", "/app/app.py"]')
    place.recipe("version.json version.json", "version.json /app/version.json")


@mutant("volumes-as-promised")
def volume_undeclared(place: Place) -> None:
    place.recipe("USER 1001:1001", "VOLUME /var/lib/tug\nUSER 1001:1001")


@mutant("optional-defaults-as-promised")
def default_is_another(place: Place) -> None:
    place.recipe("USER 1001:1001", "ENV LEVEL=debug\nUSER 1001:1001")
    place.promise('[env.optional.LEVEL]\ndefault = "info"\n')


@mutant("rebuilds-in-time")
def rebuilt_too_slowly(place: Place) -> None:
    place.recipe("COPY app.py health.py ./", "COPY app.py health.py ./\nRUN sleep 3")
    place.promise(CACHE)
    place.promise('[limits]\nrebuild = "2s"\n')
