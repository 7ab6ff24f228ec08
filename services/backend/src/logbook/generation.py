"""Which deployment a process is part of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generation:
    """The `number`th deployment of `environment`; 0 is none."""

    environment: str = "local"
    number: int = 0


NO_GENERATION = Generation()
