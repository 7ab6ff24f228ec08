"""The verbs that help to write a contract."""

from __future__ import annotations

import sys

from invoke.context import Context

from seatrial.tasks.verb import verb


@verb(
    name="contract-init",
    help={
        "image_ref": "Image to look at, as the engine knows it.",
        "output": "Where to write the contract; - prints it.",
        "force": "Write over a file that is there.",
    },
)
def contract_init(
    c: Context, image_ref: str, output: str = "contract.toml", force: bool = False
) -> None:
    """Write a first contract from what an image shows, to be tightened by hand."""
    from pathlib import Path

    from seatrial.draft import draft_contract
    from seatrial.engine.client import find_engine
    from seatrial.engine.facts import read_image
    from seatrial.errors import ConfigurationError
    from seatrial.files import write_atomic

    path = Path(output)
    if output != "-" and not force and (path.exists() or path.is_symlink()):
        raise ConfigurationError(
            f"{path} is there already",
            hint="give another --output, or --force to write over it",
        )
    image = read_image(find_engine(), image_ref)
    if image is None:
        raise ConfigurationError(
            f"the engine holds no image {image_ref}",
            hint="build it or pull it first; `docker images` shows what there is",
        )
    text = draft_contract(image_ref, image)
    if output == "-":
        print(text, end="")
        return
    write_atomic(path, text)
    print(
        f"wrote {path}: tighten it by hand, then invoke verify {image_ref} {path}", file=sys.stderr
    )


@verb(
    name="contract-schema",
    help={"output": "Write it there in place of standard output."},
)
def contract_schema(c: Context, output: str | None = None) -> None:
    """Show the JSON Schema of contracts, by which editors complete and check them."""
    import json
    from pathlib import Path

    from seatrial.files import write_atomic
    from seatrial.model import schema

    text = json.dumps(schema.contract_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        print(text, end="")
    else:
        write_atomic(Path(output), text)
