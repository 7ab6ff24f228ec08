"""The pytest plugin that builds before it tries: `--trial-build`.

A plugin of its own, for those who try know nothing of those who build; it can be switched off by
itself (`-p no:seatrial-build`). One process for both saves the start of another, and what both
need is imported once. It imports nothing heavy by itself.
"""

from __future__ import annotations

import pytest

from seatrial.verify.plugin import INTERRUPTED


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("seatrial", "trials of container images (contract.toml)")
    group.addoption(
        "--trial-build",
        action="store_true",
        help="build every image of the project first, as `invoke build-prod` does",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Build, with the build's own output; what cannot be built is not tried."""
    if not session.config.getoption("trial_build") or session.config.getoption("collectonly"):
        return
    from seatrial.build.memo import Options
    from seatrial.errors import SeatrialError
    from seatrial.tasks.building import build_images

    capture = session.config.pluginmanager.get_plugin("capturemanager")
    if capture:
        capture.suspend_global_capture(in_=True)
    try:
        # The logbook is told when all is done: trials do not wait for it.
        build_images(Options(), send=False)
    except SeatrialError as error:
        pytest.exit("\n".join(error.lines()), returncode=error.exit_code)
    except KeyboardInterrupt:
        pytest.exit("interrupted", returncode=INTERRUPTED)
    finally:
        if capture:
            capture.resume_global_capture()
