"""scripts/chromium: finds a Chromium, or installs Debian's."""

from __future__ import annotations

import shutil
import subprocess

from script_tree import SCRIPTS, Ended, ScriptTree

RUNS = "#!/bin/bash\necho 'Chromium 1.2.3'\n"
STUB = "#!/bin/bash\necho 'install the snap first' >&2\nexit 1\n"
APT_THAT_INSTALLS = """#!/bin/bash
echo "apt-get $*" >>"$CALLS"
echo "Setting up chromium"
case $* in *chromium) cp "$STATE/chromium" "${0%/*}/chromium" ;; esac
"""


def find(tree: ScriptTree) -> Ended:
    shutil.copy(SCRIPTS / "chromium", tree.root / "scripts" / "chromium")
    ended = subprocess.run(
        [str(tree.root / "scripts" / "chromium")],
        env=tree.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_the_chromium_that_is_there_is_used(tree: ScriptTree) -> None:
    tree.fake("chromium", RUNS)
    assert find(tree) == Ended(0, f"{tree.bin}/chromium\n", "")


def test_a_stub_that_does_not_run_is_passed_over(tree: ScriptTree) -> None:
    tree.fake("chromium-browser", STUB)
    tree.fake("google-chrome", RUNS)
    assert find(tree) == Ended(0, f"{tree.bin}/google-chrome\n", "")


def test_without_one_and_without_root_it_says_what_to_do(tree: ScriptTree) -> None:
    ended = find(tree)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "no Chromium on PATH: install one" in ended.stderr


def test_root_on_debian_gets_one_and_only_its_path_is_printed(tree: ScriptTree) -> None:
    tree.as_root_on_debian()
    tree.flag("chromium", RUNS)
    (tree.state / "chromium").chmod(0o755)
    tree.fake("apt-get", APT_THAT_INSTALLS)
    (tree.bin / "cp").symlink_to(shutil.which("cp") or "")
    ended = find(tree)
    assert (ended.exit_code, ended.stdout) == (0, f"{tree.bin}/chromium\n")
    assert "installing" in ended.stderr


def test_a_failed_installation_ends_in_words(tree: ScriptTree) -> None:
    tree.as_root_on_debian()
    tree.fake("apt-get", "#!/bin/bash\necho 'E: no such package' >&2\nexit 100\n")
    ended = find(tree)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "E: no such package" in ended.stderr
    assert "apt could not install chromium" in ended.stderr
