"""The variants of the good service: each mutant breaks one promise, a good one breaks none.

The first is good as it is; the others are measured by it.
"""

from __future__ import annotations

import variants_aboard  # noqa: F401 - declares its variants, as each of the next does
import variants_alive  # noqa: F401
import variants_built  # noqa: F401
import variants_database  # noqa: F401
import variants_equivalent  # noqa: F401
import variants_good  # noqa: F401
import variants_identity  # noqa: F401
import variants_layers  # noqa: F401
import variants_recipe  # noqa: F401
import variants_signals  # noqa: F401
import variants_start  # noqa: F401
from variant_kinds import QUICK, VARIANTS, Variant
from variants_aboard import KEY, TOKEN

__all__ = ["KEY", "QUICK", "TOKEN", "VARIANTS", "Variant"]
# Whichever module comes first imports the good ones.
assert VARIANTS[0].name == "good-as-it-is"
