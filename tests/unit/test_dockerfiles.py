"""Which images a Dockerfile relies on, and what its stages start."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.dockerfiles import missing_locks, read_base_uses, read_bases, read_start
from seatrial.errors import ConfigurationError

DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "Dockerfile"
    path.write_text(text)
    return path


def bases(folder: Path, text: str, *contexts: str, **args: str | None) -> list[tuple[str, int]]:
    found = read_bases(write(folder, text), "api/Dockerfile", contexts, args)
    assert all(base.dockerfile == "api/Dockerfile" for base in found)
    return [(base.reference, base.line) for base in found]


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        bases(folder, text)
    return "\n".join(caught.value.lines())


def test_every_place_that_names_an_image_is_a_base_with_its_line(folder: Path) -> None:
    text = f"""# syntax comes from the engine
FROM python:3.14@{DIGEST} AS build
COPY --from=ghcr.io/x/uv:1 /uv /usr/local/bin/
RUN --mount=type=bind,from=busybox:1,source=/bin,target=/b \\
    --mount=type=cache,target=/c \\
    true
ADD --from=alpine:3 /a /a
FROM nginx:1
"""
    assert bases(folder, text) == [
        (f"python:3.14@{DIGEST}", 2),
        ("ghcr.io/x/uv:1", 3),
        ("busybox:1", 4),
        ("alpine:3", 7),
        ("nginx:1", 8),
    ]


def test_a_base_that_is_named_twice_is_told_once_where_it_is_first(folder: Path) -> None:
    assert bases(folder, "FROM a:1 AS x\nFROM a:1 AS y\n") == [("a:1", 1)]


def test_stages_by_name_or_number_and_scratch_are_no_bases(folder: Path) -> None:
    text = "FROM scratch AS One\nFROM ONE AS two\nCOPY --from=0 /a /a\nCOPY --from=Two /b /b\n"
    assert bases(folder, text) == []


def test_a_stage_named_as_its_image_takes_the_name_over(folder: Path) -> None:
    text = "FROM python AS python\nFROM python\nCOPY --from=python /a /a\n"
    assert bases(folder, text) == [("python", 1)]


def test_named_contexts_are_no_bases(folder: Path) -> None:
    text = "FROM a:1\nCOPY --from=version version.json /\nCOPY --from=b:1 x y\n"
    assert bases(folder, text, "version", "b:1") == [("a:1", 1)]


def test_a_platform_is_no_image(folder: Path) -> None:
    assert bases(folder, "FROM --platform=$BUILDPLATFORM a:1 AS build\n") == [("a:1", 1)]


def test_what_stands_in_a_heredoc_is_text(folder: Path) -> None:
    text = "FROM a:1\nRUN <<EOF\nFROM b:1\nCOPY --from=c:1 x y\nEOF\nCOPY <<F /f\nFROM d:1\nF\n"
    assert bases(folder, text) == [("a:1", 1)]


def test_what_is_copied_on_build_belongs_to_the_next_build(folder: Path) -> None:
    assert bases(folder, "FROM a:1\nONBUILD COPY --from=b:1 x y\n") == [("a:1", 1)]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("ARG V=3\nFROM python:$V\n", "python:3"),
        ("ARG V=3\nFROM python:${V}-slim\n", "python:3-slim"),
        ('ARG V="3"\nARG B=python:${V}\nFROM ${B}\n', "python:3"),
        ("ARG V\nFROM python:${V:-3}\n", "python:3"),
        ("ARG V=x\nFROM python:3${V:+-slim}\n", "python:3-slim"),
        ('FROM "python:3"\n', "python:3"),
    ],
)
def test_a_base_that_an_argument_chooses_is_read_with_its_default(
    folder: Path, text: str, reference: str
) -> None:
    assert [found for found, _ in bases(folder, text)] == [reference]


def test_an_argument_of_the_bake_file_comes_before_the_default(folder: Path) -> None:
    text = "ARG V=3\nFROM python:$V\n"
    assert bases(folder, text, V="4") == [("python:4", 2)]
    assert bases(folder, text, V=None, W="5") == [("python:3", 2)]


def test_an_argument_without_a_value_is_an_error_with_its_place(folder: Path) -> None:
    for text in ("ARG V\nFROM $V\n", "FROM $V\n", "FROM a:1\nARG V=3\nFROM b:$V\n"):
        said = refused(folder, text)
        assert "api/Dockerfile:" in said
        assert "$V" in said


def test_a_stage_that_the_platform_chooses_is_a_stage(folder: Path) -> None:
    text = "FROM a:1 AS for-amd64\nFROM b:1 AS for-arm64\nFROM for-${TARGETARCH} AS last\n"
    assert bases(folder, text) == [("a:1", 1), ("b:1", 2)]


def uses(text: str, **contexts: str) -> list[tuple[str, str, str, str | None]]:
    found = read_base_uses(text, "api/Dockerfile", contexts)
    return [(use.instruction, use.reference, use.kind, use.argument) for use in found]


def test_a_use_is_told_by_its_instruction_and_by_what_it_names() -> None:
    text = f"""# escape=`
from --platform=$BUILDPLATFORM `
    a@{DIGEST} as Build
FROM scratch AS files
COPY --from=build /a /a
copy --link --from=b:1 /b /b
RUN --mount=type=bind,from=files,target=/f --mount=target=/c,from=c:1 <<EOF
FROM d:1
EOF
COPY --from=version v /v
FROM build
"""
    assert uses(text, version="dist") == [
        ("FROM", f"a@{DIGEST}", "image", None),
        ("FROM", "scratch", "scratch", None),
        ("COPY --from", "build", "stage", None),
        ("COPY --from", "b:1", "image", None),
        ("RUN --mount", "files", "stage", None),
        ("RUN --mount", "c:1", "image", None),
        ("COPY --from", "version", "context", None),
        ("FROM", "build", "stage", None),
    ]


def test_a_context_that_is_an_image_is_that_image() -> None:
    assert uses("FROM tools\n", tools="docker-image://busybox:1") == [
        ("FROM", "busybox:1", "image", None)
    ]


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        (f"ARG B=a@{DIGEST}\nFROM $B\n", "B"),
        (f"ARG D={DIGEST}\nFROM a:1@${{D}}\n", "D"),
        (f"ARG TAG=1\nFROM a:${{TAG}}@{DIGEST}\n", "TAG"),
        ("ARG HUB=ghcr.io\nFROM ${HUB}/a:1\n", "HUB"),
        (f"ARG NAME=a\nFROM ghcr.io/$NAME@{DIGEST}\n", "NAME"),
        ("FROM a:1 AS b\nFROM a:1\nCOPY --from=$X /a /a\n", "X"),
        ("ARG B=one\nFROM scratch AS one\nFROM ${B}\n", "B"),
    ],
)
def test_an_argument_that_could_choose_another_image_is_told(text: str, argument: str) -> None:
    assert argument in [use.argument for use in read_base_uses(text, "Dockerfile", {})]


@pytest.mark.parametrize(
    "text",
    [
        f"ARG V=1\nFROM a@{DIGEST}\nARG V\nRUN echo $V\n",
        f"FROM --platform=$TARGETPLATFORM a@{DIGEST}\n",
        f"ARG HUB=ghcr.io\nFROM ${{HUB}}/a:1@{DIGEST}\n",
        f"ARG HUB\nFROM ${{HUB:-ghcr.io}}/a:1@{DIGEST}\n",
        f"ARG V=x\nFROM a@{DIGEST} AS for-x\nFROM a@{DIGEST} AS for-y\nFROM for-$V\n",
        f"FROM a@{DIGEST} AS for-amd64\nFROM for-${{TARGETARCH}}\n",
    ],
)
def test_an_argument_that_can_choose_no_other_image_is_not_told(text: str) -> None:
    assert {use.argument for use in read_base_uses(text, "Dockerfile", {})} == {None}


def test_instructions_may_be_written_in_lower_case(folder: Path) -> None:
    assert bases(folder, "arg V=3\nfrom python:$V\ncopy --from=b:1 x y\n") == [
        ("python:3", 2),
        ("b:1", 3),
    ]
    assert missing_locks(write(folder, "from a:1\ncopy uv.lock ./\n"), folder) == ["uv.lock"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "FROM\n", "FROM a:1\nRUN <<EOF\nno end\n"])
def test_a_dockerfile_that_is_none_is_named(folder: Path, text: str) -> None:
    assert "api/Dockerfile cannot be parsed" in refused(folder, text)


def test_a_dockerfile_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "Dockerfile").write_bytes(b"FROM a:1\nLABEL x=\xe9\n")
    with pytest.raises(ConfigurationError, match=r"api/Dockerfile .*: it is not UTF-8"):
        read_bases(folder / "Dockerfile", "api/Dockerfile", ())


def test_a_missing_dockerfile_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no Dockerfile at api/Dockerfile"):
        read_bases(folder / "none", "api/Dockerfile", ())


STARTS = """
FROM base AS runtime
CMD ["python", "-m", "tug"]
FROM runtime AS inherits
FROM runtime AS both
ENTRYPOINT ["tini", "--"]
CMD ["python", "-m", "pilot"]
FROM runtime AS alone
ENTRYPOINT ["pilot"]
FROM runtime AS shell
CMD python -m tug
"""


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("runtime", ("python", "-m", "tug")),
        ("INHERITS", ("python", "-m", "tug")),
        ("both", ("tini", "--", "python", "-m", "pilot")),
        ("alone", ("pilot",)),
    ],
)
def test_what_a_stage_starts_is_read_with_what_it_inherits(
    tmp_path: Path, stage: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(STARTS)
    assert read_start(path, "Dockerfile", stage) == words


@pytest.mark.parametrize(
    ("stage", "told"), [("nowhere", "has no stage nowhere"), ("shell", "starts nothing")]
)
def test_a_stage_that_starts_nothing_is_told(tmp_path: Path, stage: str, told: str) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(STARTS)
    with pytest.raises(ConfigurationError, match=told):
        read_start(path, "Dockerfile", stage)
