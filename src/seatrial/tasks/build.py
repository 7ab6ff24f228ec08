"""The verbs that plan and build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.build.memo import Options

HELP = {
    "image": "Build only this image; may be given more than once.",
    "tag": "Give this tag (TAG or REPOSITORY:TAG) alone, not latest and the commit's.",
    "bases": "Base policy: auto (default), registry or stand-in.",
    "platform": "Platform to build for, as linux/arm64; may be given more than once.",
    "no_cache": "Build every step anew.",
    "builder": "Name of another builder than the default one (docker buildx ls).",
    "push": "Refused for now: images are pushed only once they can be proven and signed.",
    "json": "Print JSON on standard output in place of the table.",
}


@verb(name="build-prod", help=HELP, iterable=["image", "platform"])
def build_prod(
    c: Context,
    image: list[str] | None = None,
    tag: str | None = None,
    bases: str | None = None,
    platform: list[str] | None = None,
    no_cache: bool = False,
    builder: str | None = None,
    push: bool = False,
    json: bool = False,
) -> None:
    """Build every image, stamped with version.json."""
    if push:
        _refuse_push()
    from seatrial.tasks.building import build_images

    options = _options(image, tag, bases, platform)
    build_images(options, no_cache=no_cache, builder=builder, as_json=json)


@verb(
    help={name: HELP[name] for name in ("image", "tag", "bases", "platform", "json")},
    iterable=["image", "platform"],
)
def plan(
    c: Context,
    image: list[str] | None = None,
    tag: str | None = None,
    bases: str | None = None,
    platform: list[str] | None = None,
    json: bool = False,
) -> None:
    """Show what build-prod would build; needs no engine."""
    from seatrial.catalog import read_project
    from seatrial.report.plan_view import print_plan
    from seatrial.tasks.building import offline_plan

    options = _options(image, tag, bases, platform)
    planned, reason = offline_plan(read_project(), options)
    if json:
        print(planned.model_dump_json(indent=2))
    else:
        print_plan(planned, reason)


@verb(
    help={
        "target": "Target of the bake file; may be given more than once.",
        "bases": HELP["bases"],
        "no_cache": HELP["no_cache"],
    },
    iterable=["target"],
)
def bake(
    c: Context, target: list[str] | None = None, bases: str | None = None, no_cache: bool = False
) -> None:
    """Run any target of the bake file, with its own output, on seatrial's bases; no tags."""
    from seatrial.tasks.building import build_targets

    build_targets(tuple(target or ()), bases=bases, no_cache=no_cache)


def build_one(image: str, tag: str | None) -> None:
    """Build one image: the body of a verb of its own, as `build-backend-image`."""
    from seatrial.tasks.building import build_images

    build_images(_options([image], tag, None, None))


def _options(
    images: list[str] | None, tag: str | None, bases: str | None, platforms: list[str] | None
) -> Options:
    from seatrial.build.memo import Options

    return Options(tuple(images or ()), tag, bases, tuple(platforms or ()))


def _refuse_push() -> None:
    from seatrial.errors import ConfigurationError

    raise ConfigurationError(
        "--push is refused for now",
        hint="an image is pushed only with its proof and a signature, which is not built yet; "
        "until then docker push the tag that build-prod printed",
    )
