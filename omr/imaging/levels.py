"""How many grays an image has. Knows no form and no answer."""

from __future__ import annotations

import numpy as np

from omr.model.arrays import Gray


def is_of_two_values(image: Gray, scale: int = 1) -> bool:
    """Return whether an image, shape (H, W), was black and white before it was made smaller `scale` times.

    Then each pixel is the mean of scale² that are black or white.
    """
    seen = image[::_STEP, ::_STEP]
    # Most scans are gray: that is seen at once.
    if float(np.mean((seen == 0) | (seen == _WHITE))) <= _PLAIN:
        return False
    level = _WHITE / scale**2
    apart = np.abs(seen - level * np.rint(seen.astype(np.float32) / level))
    return float(np.mean(apart <= _ROUNDED)) >= _NEARLY_ALL


_WHITE = 255

_STEP = 7
"""Every seventh pixel of every seventh row is looked at."""

_ROUNDED = 0.6
"""How far, in grays, a mean lies from its level when it is rounded."""

_NEARLY_ALL, _PLAIN = 0.995, 0.8
"""Share of pixels on a level, and share of pixels that are black or white: few lie on an edge."""
