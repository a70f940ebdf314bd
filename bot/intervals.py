"""Confidence intervals of shares."""

from __future__ import annotations

import math

Interval = tuple[float, float]

Z95 = 1.959964


def wilson(share: float, n: int, z: float = Z95) -> Interval:
    """The interval of a share 0..1 of `n` trials (Wilson 1927), of 95 % unless `z` says otherwise.

    The whole of 0..1 without a trial.
    """
    if n == 0:
        return 0.0, 1.0
    centre, whole = share + z * z / (2 * n), 1 + z * z / n
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends rounding would leave the share itself out.
    return max(0.0, min((centre - spread) / whole, share)), min(1.0, max((centre + spread) / whole, share))
