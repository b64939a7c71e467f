"""Places on paper (millimetres) and on a scan (pixels): two families of types that never mix.

Millimetres count from the page's top left corner, x to the right and y down.
Pixels count from the centre of the scan's top left pixel, x to the right and y down (OpenCV's convention).
Corners are always named in this order: top left, top right, bottom right, bottom left.
The only door between the two families is `omr.model.registration.Registration`.
"""

from __future__ import annotations

from dataclasses import dataclass

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72


@dataclass(frozen=True, slots=True)
class PointMm:
    """A place on the printed page, in millimetres."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SizeMm:
    """Width and height of something on paper, in millimetres."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class RectMm:
    """An upright rectangle on the printed page; `x`, `y` is its top left corner, in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """x of the right edge, mm."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of the bottom edge, mm."""
        return self.y + self.height

    @property
    def center(self) -> PointMm:
        """The middle of the rectangle."""
        return PointMm(self.x + self.width / 2, self.y + self.height / 2)

    @property
    def corners(self) -> tuple[PointMm, PointMm, PointMm, PointMm]:
        """Top left, top right, bottom right, bottom left."""
        return (
            PointMm(self.x, self.y),
            PointMm(self.right, self.y),
            PointMm(self.right, self.bottom),
            PointMm(self.x, self.bottom),
        )

    def grown(self, margin: float) -> RectMm:
        """Return this rectangle with `margin` mm added on each side (negative shrinks)."""
        return RectMm(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def overlaps(self, other: RectMm) -> bool:
        """True where the two rectangles share an area (touching edges do not)."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def contains(self, other: RectMm) -> bool:
        """True where `other` lies wholly inside or on the edge."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class PointPx:
    """A place on a scan, in pixels (fractions allowed)."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RectPx:
    """An upright rectangle of whole pixels on a scan; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


QuadPx = tuple[PointPx, PointPx, PointPx, PointPx]
"""Four corners on a scan: top left, top right, bottom right, bottom left of the *printed* shape."""

A4 = SizeMm(210.0, 297.0)
