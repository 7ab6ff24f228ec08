"""The database's clock: the only one that all who work on it agree about."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from logbook.database.moment import Moment


class In(FunctionElement[datetime]):
    """The time in so many seconds from now; before now where they are negative."""

    type = Moment()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(bindparam(None, float(seconds), Float))


@compiles(In, "postgresql")
def _in_postgres(element: In, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    # Not now(), which is when the transaction began.
    return f"(statement_timestamp() + make_interval(secs => {seconds}))"


@compiles(In, "sqlite")
def _in_sqlite(element: In, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    # As SQLAlchemy writes a time into a file: texts in one form are in the order of time.
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({seconds}) || ' seconds')"
