"""The mix of customers' questions: fit, thresholds, report and plots all count by this one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# An assumption, as no log says which questions an FAQ should have answered: one in ten has no entry. A bank
# of off-topic lines and a file of held-out questions are as long as somebody wrote them, so neither tells.
# A probability "this answer is right" means something under one mix only; where another one was used for
# the fit than for the plot, the plot would show a fault that is none.
OFF_TOPIC_TRAFFIC = 0.1
# A quarter of these sound like the shop's own questions: calibration makes such by leaving out the right
# entry of a question. The rest is as far away as the bank.
UNCOVERED_PART = 0.25


def traffic_weights(off_topic: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each question counts for so that off-topic ones make up their share; the sum is 1.

    Where there is one kind only, it makes up the whole.
    """
    outside = np.asarray(off_topic, bool)
    weights = np.where(
        outside,
        OFF_TOPIC_TRAFFIC / max(int(outside.sum()), 1),
        (1 - OFF_TOPIC_TRAFFIC) / max(int((~outside).sum()), 1),
    )
    found: NDArray[np.float64] = weights / max(float(weights.sum()), 1e-12)
    return found
