"""Python packages: what is installed, whose each module is, and what was changed since."""

from __future__ import annotations

import base64
import hashlib

import pytest
from layer_tars import entry, read, scanned

from seatrial.verify.claims import module_of
from seatrial.verify.final import final_files
from seatrial.verify.layers import LayerScan
from seatrial.verify.site_packages import distributions, unclaimed

SITE = "app/.venv/lib/python3.14/site-packages"
PASSWORD = b'DB_PASSWORD = "tr0ub4dor-And-3"\n'
ADDRESS = b'DSN = "postgresql://tug:tr0ub4dor-And-3@db.harbour.net/tug"\n'


def record(name: str, files: dict[str, bytes], **more: bytes) -> dict[str, bytes]:
    """Return an installed package's files with its metadata, by path."""
    info = f"{name}-1.0.dist-info"
    lines = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},1"
        for path, data in files.items()
    ]
    told = {f"{info}/{key.replace('_json', '.json')}": value for key, value in more.items()}
    metadata = {f"{info}/RECORD": "\n".join(lines).encode(), f"{info}/METADATA": b"Name: x"}
    return {f"{SITE}/{path}": data for path, data in {**files, **metadata, **told}.items()}


def strangers(*scans: LayerScan, above: int = 0) -> list[str]:
    claims = {path: names for scan in scans for path, names in scan.claims.items()}
    return unclaimed(final_files(scans), above, claims)


def kinds(files: dict[str, bytes]) -> list[str]:
    scan, _ = read(files)
    return [one.kind for one in scan.sightings]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("hull/__init__.py", "hull"),
        ("hull.py", "hull"),
        ("_hull.cpython-314-x86_64-linux-gnu.so", "_hull"),
        ("hull.pth", "hull.pth"),
        ("_virtualenv.py", None),
        ("_virtualenv.pth", None),
        ("hull-1.0.dist-info/RECORD", None),
        ("__pycache__/hull.cpython-314.pyc", None),
    ],
)
def test_a_path_belongs_to_a_top_level_module(path: str, module: str | None) -> None:
    assert module_of(path) == module


def test_distributions_are_found_above_the_base_and_named_as_indexes_do() -> None:
    below = scanned(entry("usr/lib/pip-25.0.dist-info/METADATA"))
    above = scanned(
        entry("app/Typing_Extensions-4.1.dist-info/METADATA"),
        entry("app/Typing_Extensions-4.1.dist-info/RECORD"),
        entry("app/old-1.0-py3.14.egg-info/PKG-INFO"),
    )
    found = distributions(final_files([scanned(), below, above]), above=2)
    assert [(one.name, one.version, one.layer) for one in found] == [
        ("typing-extensions", "4.1", 2),
        ("old", "1.0", 2),
    ]


def test_a_module_without_metadata_is_of_no_package() -> None:
    files = record("hull", {"hull/__init__.py": b"", "_hull.abi3.so": b""})
    files |= {f"{SITE}/stowaway/__init__.py": b"", f"{SITE}/_virtualenv.py": b""}
    files |= {f"{SITE}/sneaky.pth": b"import x", f"{SITE}/README.txt": b""}
    scan, _ = read(files)
    assert strangers(scan) == [f"/{SITE}/sneaky.pth", f"/{SITE}/stowaway"]


def test_metadata_that_a_later_layer_deletes_claims_nothing() -> None:
    below, _ = read(record("hull", {"hull/__init__.py": b""}))
    above = scanned(entry(f"{SITE}/.wh.hull-1.0.dist-info"))
    assert strangers(below) == []
    assert strangers(below, above) == [f"/{SITE}/hull"]


def test_the_bases_own_modules_are_left_out() -> None:
    below = scanned(entry("usr/lib/python3/site-packages/odd.py"))
    assert strangers(below, scanned(), above=1) == []


def test_older_metadata_claims_by_its_list_of_modules() -> None:
    info = f"{SITE}/old-1.0.egg-info"
    scan, _ = read(
        {f"{info}/top_level.txt": b"old\n", f"{info}/PKG-INFO": b"", f"{SITE}/old.py": b""}
    )
    assert strangers(scan) == []


@pytest.mark.parametrize("text", [PASSWORD, ADDRESS])
def test_a_credential_in_code_of_ones_own_is_seen(text: bytes) -> None:
    assert len(kinds({"app/settings.py": text})) == 1


@pytest.mark.parametrize("text", [PASSWORD, ADDRESS])
def test_a_package_as_its_index_gave_it_is_left_alone(text: bytes) -> None:
    assert kinds(record("hull", {"hull/settings.py": text})) == []


def test_a_module_that_was_changed_since_is_not() -> None:
    files = record("hull", {"hull/settings.py": b"PASSWORD = None\n"})
    assert kinds(files | {f"{SITE}/hull/settings.py": PASSWORD}) == ["value of a secret's name"]


def test_a_module_that_another_layer_writes_over_is_not() -> None:
    assert kinds({f"{SITE}/hull/settings.py": PASSWORD}) == ["value of a secret's name"]


def test_a_package_from_a_folder_is_somebodys_own() -> None:
    files = record("hull", {"hull/settings.py": PASSWORD}, direct_url_json=b"{}")
    assert kinds(files) == ["value of a secret's name"]


def test_the_excerpt_is_masked() -> None:
    scan, _ = read({"app/settings.py": PASSWORD})
    assert "tr0ub4dor" not in scan.model_dump_json()


@pytest.mark.parametrize(
    "text",
    [
        b'password = "password"',
        b'token = os.environ["API_TOKEN_V2"]',
        b'SECRET_NAME = "projects/x/secrets/{name}2"',
        b'api_key = "your-api-key-123"',
        b'dsn = "postgresql://user:pass1word@localhost/db"',
        b'dsn = "postgresql://user:s3cr3tpw@db.example.com/db"',
        b'secret_url = "https://x.org/a1b2c3d4"',
        b'TOKEN_HEADER = "x-auth-token"',
        b'password: str = ""',
        b'{"token-service": "91fd4e755a6594556c5e4b09fef6f5e9"}',
        b'{"src/token.ts": {"file": "assets/token-Dx3f9k2L.js"}}',
        b'{"token": "assets/token-Dx3f9k2L.js"}',
    ],
)
def test_what_is_no_credential_is_left_alone(text: bytes) -> None:
    assert kinds({"app/settings.py": text}) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", b"api_key: str = 'q8Zr2Lk0Vw7T'"),
        ("a.json", b'{"client_secret": "q8Zr2Lk0Vw7T"}'),
        ("a.js", b"const authToken = 'q8Zr2Lk0Vw7T';"),
        ("a.yaml", b"db:\n  password: q8Zr2Lk0Vw7T\n"),
        ("a.ini", b"[db]\npasswd = q8Zr2Lk0Vw7T\n"),
        ("a.py", b'os.environ["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzq1"'),
        ("a.toml", b'url = "redis://:x@a/"\nurl2 = "amqp://tug:q8Zr2Lk0Vw7T@mq/"'),
    ],
)
def test_a_credential_is_seen_in_every_kind_of_file(name: str, text: bytes) -> None:
    assert len(kinds({f"app/{name}": text})) == 1
