"""What all records of the logbook have in common, and the names of their fields' kinds."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An answer of the backend, or a part of one.

    Fields that the backend adds later are ignored, so that it may grow without this server.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
