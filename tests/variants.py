"""The variants of the good service: each mutant breaks one promise, a good one breaks none.

The first is good as it is; the others are measured by it. It is the first of `variants_running`,
which `variants_built` imports.
"""

from __future__ import annotations

import variants_alive  # noqa: F401 - declares its variants
import variants_built  # noqa: F401 - declares its variants
import variants_running  # noqa: F401 - declares its variants
from variant_kinds import QUICK, VARIANTS, Variant
from variants_built import KEY, TOKEN

__all__ = ["KEY", "QUICK", "TOKEN", "VARIANTS", "Variant"]
