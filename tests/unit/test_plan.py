"""The plan of a build, made out of what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seatrial.build.plan import (
    Ground,
    Request,
    context_of,
    dockerfile_of,
    make_plan,
    repository_of,
    secret_id,
)
from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base
from seatrial.model.stamp import GitFacts, Stamp

SHA = "0123456789abcdef0123456789abcdef01234567"
PYTHON = "python:3.14@sha256:" + "0" * 64
STAND_IN = "seatrial.local/python:3.14-aa"
API: dict[str, Any] = {
    "context": "services/api",
    "contexts": {"version": "unstamped", "recipe": "docker/api"},
    "dockerfile": "../../docker/api/Dockerfile",
    "labels": {"org.opencontainers.image.licenses": "Apache-2.0"},
    "tags": ["acme-api"],
}
WEB: dict[str, Any] = {"context": "web", "tags": ["localhost:5000/web:old", "web:other"]}


def ground_of(**changes: Any) -> Ground:
    facts = GitFacts(
        sha=SHA,
        short_sha=SHA[:7],
        describe="v1.2.3",
        dirty=False,
        committed_at=1_700_000_000,
        release_tags=("v1.2.3",),
        origin="https://host.example/acme",
    )
    stamp = Stamp(sha=SHA, short_sha=SHA[:7], describe="v1.2.3", dirty=False, built_at="then")
    ground = Ground(
        printed={"group": {"default": {"targets": ["api", "web"]}}, "target": printed()},
        git=facts,
        stamp=stamp,
        policy="registry",
        bases={"api": (Base(reference=PYTHON, dockerfile="docker/api/Dockerfile", line=3),)},
        version_context="dist",
    )
    return replace(ground, **changes)


def printed(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"api": {**API, **changes.get("api", {})}, "web": {**WEB, **changes.get("web", {})}}


def targets_of(request: Request, ground: Ground) -> dict[str, Any]:
    targets: dict[str, Any] = make_plan(request, ground).definition["target"]
    return targets


BOTH = Request(("api", "web"))
ON_STAND_INS: dict[str, Any] = {
    "policy": "stand-in",
    "recipes": {"python:3.14": "bases/python"},
    "stand_ins": {"python:3.14": STAND_IN},
}


def test_every_image_gets_latest_the_commit_and_the_release_in_its_own_repository() -> None:
    plan = make_plan(BOTH, ground_of())
    assert [image.name for image in plan.images] == ["api", "web"]
    assert plan.images[0].tags == ("acme-api:latest", f"acme-api:{SHA}", "acme-api:1.2.3")
    assert plan.images[1].tags[0] == "localhost:5000/web:latest"


def test_the_key_of_a_stand_in_is_the_literal_reference_with_its_digest() -> None:
    target = targets_of(BOTH, ground_of(**ON_STAND_INS))["api"]
    assert target["contexts"] == {
        "version": "dist",
        "recipe": "docker/api",
        PYTHON: f"docker-image://{STAND_IN}",
    }


def test_a_base_of_the_latest_tag_is_replaced_under_the_name_that_buildkit_looks_for() -> None:
    bases = {"web": (Base(reference="docker.io/library/nginx:latest", dockerfile="d", line=1),)}
    changes = {
        "bases": bases,
        "recipes": {"docker.io/library/nginx:latest": "bases/nginx"},
        "stand_ins": {"docker.io/library/nginx:latest": STAND_IN},
    }
    target = targets_of(Request(("web",)), ground_of(**{**ON_STAND_INS, **changes}))["web"]
    assert target["contexts"] == {"nginx": f"docker-image://{STAND_IN}"}


def test_the_policy_registry_replaces_no_base() -> None:
    ground = ground_of(**{**ON_STAND_INS, "policy": "registry"})
    assert PYTHON not in targets_of(BOTH, ground)["api"]["contexts"]
    assert make_plan(BOTH, ground).images[0].bases[0].stand_in is None


def test_a_plan_says_what_each_base_is_taken_from() -> None:
    (base,) = make_plan(BOTH, ground_of(**ON_STAND_INS)).images[0].bases
    assert (base.reference, base.stand_in, base.line) == (PYTHON, STAND_IN, 3)


def test_a_base_without_a_stand_in_is_an_error_that_names_file_and_line() -> None:
    ground = ground_of(**{**ON_STAND_INS, "recipes": {}, "stand_ins": {}})
    with pytest.raises(ConfigurationError) as caught:
        make_plan(BOTH, ground)
    assert "docker/api/Dockerfile:3" in (caught.value.found or "")


def test_a_stand_in_that_no_from_asks_for_is_an_error() -> None:
    more = {"python:3.14": "bases/python", "node:24": "bases/node"}
    ground = ground_of(**{**ON_STAND_INS, "recipes": more})
    with pytest.raises(ConfigurationError, match="no FROM asks for the stand-in of node:24"):
        make_plan(BOTH, ground)


def test_one_image_alone_may_leave_stand_ins_to_the_others() -> None:
    assert make_plan(Request(("web",)), ground_of(**ON_STAND_INS)).images[0].bases == ()


def test_the_version_context_is_replaced_only_where_a_target_has_one() -> None:
    targets = targets_of(BOTH, ground_of())
    assert targets["api"]["contexts"]["version"] == "dist"
    assert targets["web"]["contexts"] == {}


def test_bakes_own_tags_are_emptied_and_its_output_is_the_engine() -> None:
    for target in targets_of(BOTH, ground_of()).values():
        assert target["tags"] == []
        assert target["output"] == [{"type": "docker"}]


def test_targets_that_are_built_as_written_keep_their_output_and_tags() -> None:
    own = [{"type": "cacheonly"}]
    ground = ground_of(printed={"target": printed(web={"output": own, "tags": []})})
    target = targets_of(Request(("web",), as_written=True), ground)["web"]
    assert target["output"] == own


def test_labels_of_the_bake_file_stay_and_the_stamps_join_them() -> None:
    labels = targets_of(BOTH, ground_of())["api"]["labels"]
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    assert labels["seatrial.base-policy"] == "registry"


def test_no_provenance_is_attached_for_it_carries_times() -> None:
    attest = targets_of(BOTH, ground_of())["api"]["attest"]
    assert attest == [{"type": "provenance", "disabled": "true"}]


def test_the_ca_bundle_is_a_secret_of_every_target() -> None:
    for target in targets_of(BOTH, ground_of(ca_bundle="/ca.pem")).values():
        assert target["secret"] == [{"id": "ca", "type": "file", "src": "/ca.pem"}]


def test_without_a_ca_bundle_there_is_no_such_secret() -> None:
    assert "secret" not in targets_of(BOTH, ground_of())["api"]


@pytest.mark.parametrize("own", [{"id": "ca", "src": "x"}, "type=file,id=ca,src=x"])
def test_the_ca_bundle_takes_the_place_of_the_bake_files_and_leaves_other_secrets(own: Any) -> None:
    npm = {"id": "npm", "src": "token"}
    ground = ground_of(printed={"target": printed(api={"secret": [own, npm]})}, ca_bundle="/ca.pem")
    target = targets_of(Request(("api",)), ground)["api"]
    assert target["secret"] == [npm, {"id": "ca", "type": "file", "src": "/ca.pem"}]


def test_the_id_of_a_secret_is_found_in_both_ways_of_writing_it() -> None:
    assert secret_id("type=file,id=x,src=y") == secret_id({"id": "x"}) == "x"
    assert secret_id("src=y,required") is None


def test_a_tag_asked_for_takes_the_place_of_all_others() -> None:
    plan = make_plan(Request(("api", "web"), tag="mine"), ground_of())
    assert [image.tags for image in plan.images] == [
        ("acme-api:mine",),
        ("localhost:5000/web:mine",),
    ]


def test_one_tag_for_two_images_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the tag x:1 would name both api and web"):
        make_plan(Request(("api", "web"), tag="x:1"), ground_of())


def test_two_targets_with_one_repository_are_refused() -> None:
    ground = ground_of(printed={"target": printed(web={"tags": ["acme-api"]})})
    with pytest.raises(ConfigurationError, match="would name both api and web"):
        make_plan(BOTH, ground)


def test_a_target_whose_name_is_no_repository_needs_a_tag_in_the_bake_file() -> None:
    ground = ground_of(printed={"target": {"Api": {"context": "."}}})
    with pytest.raises(ConfigurationError, match="'Api' is not an image repository"):
        make_plan(Request(("Api",)), ground)


def test_platforms_asked_for_come_before_those_of_the_bake_file() -> None:
    ground = ground_of(printed={"target": printed(api={"platforms": ["linux/amd64"]})})
    assert targets_of(BOTH, ground)["api"]["platforms"] == ["linux/amd64"]
    asked = Request(("api",), platforms=("linux/arm64",))
    assert targets_of(asked, ground)["api"]["platforms"] == ["linux/arm64"]
    assert "platforms" not in targets_of(BOTH, ground)["web"]


def test_only_what_was_asked_for_is_in_the_definition() -> None:
    definition = make_plan(Request(("web",)), ground_of()).definition
    assert definition["group"] == {"default": {"targets": ["web"]}}
    assert list(definition["target"]) == ["web"]


def test_targets_that_an_image_is_built_on_come_along_without_being_images() -> None:
    targets = {
        **printed(web={"contexts": {"middle": "target:middle"}}),
        "middle": {"context": ".", "contexts": {"low": "target:low"}},
        "low": {"context": ".", "output": [{"type": "cacheonly"}]},
    }
    bases = {"low": (Base(reference=PYTHON, dockerfile="low/Dockerfile", line=1),)}
    ground = ground_of(**{**ON_STAND_INS, "bases": bases, "printed": {"target": targets}})
    plan = make_plan(Request(("web",)), ground)
    assert [image.name for image in plan.images] == ["web"]
    assert set(plan.definition["target"]) == {"web", "middle", "low"}
    assert plan.definition["target"]["low"]["contexts"][PYTHON] == f"docker-image://{STAND_IN}"
    assert plan.definition["target"]["low"]["output"] == [{"type": "cacheonly"}]


def test_an_image_built_on_another_image_of_the_run_is_built_once_and_tagged() -> None:
    ground = ground_of(printed={"target": printed(web={"contexts": {"api": "target:api"}})})
    targets = targets_of(BOTH, ground)
    assert set(targets) == {"api", "web"}
    assert targets["api"]["output"] == [{"type": "docker"}]


@pytest.mark.parametrize(
    ("target", "context", "dockerfile"),
    [
        (API, "services/api", "docker/api/Dockerfile"),
        ({"context": "./web/"}, "web", "web/Dockerfile"),
        ({"dockerfile": "a/b/../Dockerfile"}, ".", "a/Dockerfile"),
        ({"context": "../up"}, "../up", "../up/Dockerfile"),
        ({"context": "x", "dockerfile": "/abs/Dockerfile"}, "x", "/abs/Dockerfile"),
    ],
)
def test_a_dockerfile_counts_from_its_context(
    target: dict[str, Any], context: str, dockerfile: str
) -> None:
    assert context_of(target) == context
    assert dockerfile_of(target) == dockerfile


@pytest.mark.parametrize(
    ("tags", "repository"),
    [
        (["acme/api"], "acme/api"),
        (["acme/api:1"], "acme/api"),
        (["localhost:5000/x"], "localhost:5000/x"),
        (["localhost:5000/x:1", "other"], "localhost:5000/x"),
        ([], "api"),
        (None, "api"),
    ],
)
def test_the_repository_is_that_of_the_first_tag_or_the_targets_name(
    tags: list[str] | None, repository: str
) -> None:
    assert repository_of("api", {"tags": tags}) == repository
