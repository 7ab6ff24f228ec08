"""`python -m logbook.api` serves; `python -m logbook.api --healthy` asks whether it does.

`python -m logbook.api --openapi` prints the description of the API and needs no settings.
"""

import gc
import sys

from logbook.signals import leave, on_stop

# Before the slow imports: a stop signal that comes during them must not be lost.
on_stop(leave)


def main() -> int:
    """Run what the command line asks for and return the exit code; 2 is a wrong setting."""
    if sys.argv[1:] == ["--healthy"]:
        from logbook.api import healthy  # noqa: PLC0415 - the check needs none of the rest

        return healthy.main()
    if sys.argv[1:] == ["--openapi"]:
        from logbook.api import app, openapi  # noqa: PLC0415 - as above

        sys.stdout.write(openapi.as_text(app.make_routes()))
        return 0
    return _serve()


def _serve() -> int:
    from logbook.database.alone import hold_alone  # noqa: PLC0415 - see above
    from logbook.settings import SettingsError, load_settings  # noqa: PLC0415
    from logbook.stamp import read_stamp  # noqa: PLC0415

    try:
        settings = load_settings()
        stamp = read_stamp(settings.version_file)
        hold_alone(settings.database_url.reveal())
    except SettingsError as error:
        sys.stderr.write(f"logbook: {error}\n")
        return 2
    # What is imported lives as long as the process: looking for garbage in it costs a tenth more.
    gc.disable()
    import asyncio  # noqa: PLC0415

    from logbook.api.server import ApiServer  # noqa: PLC0415
    from logbook.logs import configure_logging  # noqa: PLC0415

    gc.freeze()  # nor is it looked through later, again and again
    # An answer makes thousands of objects and leaves next to no garbage that refers to itself.
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    configure_logging(settings.log_level)
    # Not asyncio.run: it would wait for the resolver's thread at the end, see `leave`.
    return asyncio.new_event_loop().run_until_complete(ApiServer(settings, stamp).serve())


if __name__ == "__main__":
    leave(main())
