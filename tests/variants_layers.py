"""Variants of what lies in the layers: secrets that are packed, modes, modules of no package."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from tempfile import TemporaryDirectory

from packed import committed, loose_object, tarred, zipped, zstandard
from variant_kinds import good, mutant
from variant_place import Place
from variants_aboard import SITE_PACKAGES, TOKEN

SETTINGS = f'TOKEN = "{TOKEN}"\n'.encode()
PASSWORD = 'DSN = "postgresql://tug:tr0ub4dor-And-3@db.harbour.net/tug"\n'


def aboard(place: Place, name: str, data: bytes) -> None:
    """Copy a file into the image."""
    path = place.folder / "more" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    place.run_as_root(f"COPY more/{name} /srv/{name}")


@mutant("no-secrets-in-layers")
def secret_in_a_zip(place: Place) -> None:
    aboard(place, "tug.zip", zipped("tug/settings.py", SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_wheel(place: Place) -> None:
    aboard(place, "tug-1.0-py3-none-any.whl", zipped("tug/settings.py", SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_jar_in_a_tar(place: Place) -> None:
    aboard(place, "lib.tar", tarred("lib/tug.jar", zipped("tug/settings.properties", SETTINGS)))


@mutant("no-secrets-in-layers")
def secret_in_a_gzip(place: Place) -> None:
    aboard(place, "settings.py.gz", gzip.compress(SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_compressed_tar(place: Place) -> None:
    aboard(place, "backup.tgz", gzip.compress(tarred("tug/.env", b"A=1\n")))


@mutant("no-secrets-in-layers")
def secret_in_an_xz(place: Place) -> None:
    aboard(place, "settings.xz", lzma.compress(SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_bzip2(place: Place) -> None:
    aboard(place, "settings.bz2", bz2.compress(SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_zstd(place: Place) -> None:
    aboard(place, "settings.zst", zstandard(SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_a_program_that_is_a_zip(place: Place) -> None:
    aboard(place, "tug.pyz", b"#!/usr/bin/env python3\n" + zipped("__main__.py", SETTINGS))


@mutant("no-secrets-in-layers")
def secret_in_an_object_of_git(place: Place) -> None:
    path, data = loose_object(SETTINGS)
    aboard(place, f"tug/{path}", data)


@mutant("no-secrets-in-layers")
def secret_in_a_pack_of_git(place: Place) -> None:
    """It was committed once, and removed in the next commit."""
    with TemporaryDirectory() as folder:
        pack = committed(Path(folder, "tug"), SETTINGS.decode(), "TOKEN = None\n").read_bytes()
    aboard(place, "tug/objects/pack/pack-1.pack", pack)


@mutant("no-secrets-in-layers")
def secret_packed_and_deleted(place: Place) -> None:
    aboard(place, "tug.zip", zipped("tug/settings.py", SETTINGS))
    place.run_as_root("RUN rm /srv/tug.zip")


@mutant("no-secrets-in-layers")
def secret_password_in_a_module_that_was_changed(place: Place) -> None:
    place.write("more/settings.py", PASSWORD)
    place.recipe("COPY app.py", f"COPY more/settings.py {SITE_PACKAGES}/hull/\nCOPY app.py")


@mutant("no-secrets-in-layers")
def secret_password_in_code(place: Place) -> None:
    place.app("REQUIRED = (", 'ADMIN_PASSWORD = "tr0ub4dor-And-3"\nREQUIRED = (')


@mutant("no-build-secrets-kept")
def secret_of_the_build_deleted_later(place: Place) -> None:
    place.write("more/token", "an-ordinary-word-8512\n")
    place.secrets["token"] = "more/token"
    place.run_as_root(
        "RUN --mount=type=secret,id=token gzip -c /run/secrets/token >/srv/t.gz\nRUN rm /srv/t.gz"
    )


@mutant("no-build-secrets-kept")
def secret_of_the_build_in_base64(place: Place) -> None:
    place.write("more/token", "an-ordinary-word-8512\n")
    place.secrets["token"] = "more/token"
    place.run_as_root(
        'RUN --mount=type=secret,id=token printf "tug:%s" "$(cat /run/secrets/token)" '
        "| base64 >/srv/auth"
    )


@mutant("every-module-is-of-a-package")
def package_without_its_metadata(place: Place) -> None:
    """A development package, installed whole, then robbed of what lists would know it by."""
    place.recipe("UV_NO_DEV=1", "UV_NO_DEV=0")
    place.recipe(
        "&& rm -f .venv/.lock", f"&& rm -rf .venv/.lock {SITE_PACKAGES}/scaffold-1.0.dist-info"
    )


@mutant("every-module-is-of-a-package")
def module_that_python_runs_at_its_start(place: Place) -> None:
    place.write("more/odd.pth", "import sys; sys.odd = True\n")
    place.recipe("COPY app.py", f"COPY more/odd.pth {SITE_PACKAGES}/\nCOPY app.py")


@mutant("no-setuid-programs")
def program_with_capabilities(place: Place) -> None:
    place.run_as_root(
        "RUN cp /usr/bin/sleep /opt/doze && python3 -c \"import os; os.setxattr('/opt/doze', "
        "'security.capability', bytes.fromhex('0100000202000000000000000000000000000000'))\""
    )
    place.promise('[filesystem]\nsetuid = ["/usr/*"]\n')


@mutant("nothing-world-writable")
def file_for_everybody(place: Place) -> None:
    place.run_as_root("RUN install -m 666 /dev/null /srv/state")


@mutant("immutable-paths-cannot-be-changed")
def program_that_its_user_could_make_writable(place: Place) -> None:
    """Nobody may write it now; but its owner can change that."""
    place.recipe("COPY app.py", "COPY --chown=1001:1001 --chmod=444 app.py")


@mutant("immutable-paths-cannot-be-changed")
def program_below_a_link_of_its_users_group(place: Place) -> None:
    place.run_as_root("RUN chgrp 1001 /app/.venv/bin && chmod 775 /app/.venv/bin")


@good
def good_with_a_sticky_folder_and_what_may_be_written(place: Place) -> None:
    place.run_as_root(
        "RUN mkdir -m 1777 /srv/spool && mkdir -m 777 /srv/uploads && install -d -o 1001 /var/tug"
    )
    place.promise('[filesystem]\nwritable = ["/srv/uploads"]\n')


@good
def good_with_a_setuid_program_that_is_allowed(place: Place) -> None:
    place.run_as_root("RUN install -m 4755 /usr/bin/sleep /opt/doze")
    place.promise('[filesystem]\nsetuid = ["/usr/*", "/opt/doze"]\n')
    place.structure("-perm -4000", "-perm -4000 ! -path /opt/doze")


@good
def good_with_a_mode_that_was_mended_later(place: Place) -> None:
    place.run_as_root(
        "RUN chown -R 1001 /app && install -m 4777 /usr/bin/sleep /opt/doze\n"
        "RUN chown -R 0 /app && chmod 755 /opt/doze"
    )


@good
def good_with_archives_and_damaged_ones(place: Place) -> None:
    aboard(place, "tug.zip", zipped("tug/settings.py", b'TOKEN = os.environ["TUG_TOKEN_2"]\n'))
    aboard(place, "half.tgz", gzip.compress(tarred("a", bytes(9000)))[:40])
    aboard(place, "bomb.gz", gzip.compress(gzip.compress(bytes(300 * 1024 * 1024))))


@good
def good_with_a_secret_that_its_build_only_used(place: Place) -> None:
    place.write("more/token", "an-ordinary-word-8512\n")
    place.secrets["token"] = "more/token"
    place.run_as_root("RUN --mount=type=secret,id=token sha256sum /run/secrets/token >/srv/digest")


@good
def good_with_examples_of_secrets(place: Place) -> None:
    place.write(
        "more/.env.example",
        "DATABASE_URL=postgresql://user:password@localhost/db\nAPI_TOKEN=your-token-here-123\n",
    )
    place.write("more/docs.py", 'URL = "https://user:pa55word@example.com/"\nSECRET_KEY = None\n')
    place.run_as_root("COPY more/.env.example more/docs.py /srv/")


@good
def good_with_a_package_of_one_module(place: Place) -> None:
    """Code of one's own in site-packages, with metadata: it is a package like others."""
    info = "own-1.0.dist-info"
    place.write("more/own.py", "NAME = 'own'\n")
    place.write("more/RECORD", f"own.py,,\n{info}/RECORD,,\n{info}/METADATA,,\n")
    place.write("more/METADATA", "Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    place.recipe(
        "COPY app.py",
        f"COPY more/own.py {SITE_PACKAGES}/\n"
        f"COPY more/RECORD more/METADATA {SITE_PACKAGES}/{info}/\nCOPY app.py",
    )
    place.promise('[dependencies]\nalso = ["own"]\n')
    place.structure("hull-1.0.dist-info\\n", "hull-1.0.dist-info\\nown-1.0.dist-info\\n")
