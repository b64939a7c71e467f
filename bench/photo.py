"""A sheet on a table, photographed with a phone: a bent page in space, a camera, bad light, a JPEG.

Perspective to 15°, paper that bends, is creased or has a corner folded over, shadows of a hand or the phone,
warm light, tables of several kinds with other papers on them, defocus, shake, noise, a lens, a phone's
sharpening, and pictures that are turned by their EXIF tag alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from bench.harsh import USUAL, Worse, lay_finger, patterned, reflect, second_lamp, sheet_beneath
from bench.scene import light, table_around
from omr.model.arrays import Floats, Gray, Singles, gray, singles

SIZES = (1920, 2560), (2250, 3000), (3024, 4032)
"""Width and height of pictures, px: as a messenger leaves them, an old phone's, and most others'."""

_FOCAL = 0.73
"""Focal length as a share of the picture's longer side: the 26 mm camera that phones have."""

_STEP = 6
"""Light and places are worked out every so many px: both are smooth."""


@dataclass(frozen=True, slots=True)
class Photo:
    """jpeg: the file a phone would write. traits: what was done to the page, for people."""

    jpeg: bytes
    traits: str


@dataclass(frozen=True, slots=True, eq=False)
class _Camera:
    """A camera over a table. plane: mm on the table → px, shape (3, 3). above: its place, mm, over the page.

    size: width and height of the picture, px. tilt: degrees.
    """

    plane: Floats
    above: Floats
    size: tuple[int, int]
    tilt: float


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Paper on the table. size: mm. bends: height, mm, wavelength, mm, direction and phase of each wave.

    lifted: which corner and by how much, mm. crease: height of the fold across the middle, mm. folded: the
    corner folded over, and the length of its legs, mm.
    """

    size: Floats
    bends: Floats
    lifted: tuple[int, float]
    crease: float
    folded: tuple[int, float]

    def height(self, at: Floats) -> Floats:
        """Return how high the paper is over the table at places, mm, shape (…, 2)."""
        up = np.zeros(at.shape[:-1])
        for high, long, towards, phase in self.bends:
            along = at[..., 0] * np.cos(towards) + at[..., 1] * np.sin(towards)
            up += high * (0.5 + 0.5 * np.sin(2 * np.pi * along / long + phase))
        far = np.linalg.norm((at - self.corner(self.lifted[0])) / self.size, axis=-1)
        up += self.lifted[1] * np.clip(1 - far / 0.6, 0, 1) ** 2
        off = np.abs(at[..., 1] - self.size[1] / 2)
        return np.asarray(up + self.crease * np.exp(-off / 30.0))

    def corner(self, number: int) -> Floats:
        """Return a corner of the flat paper, mm."""
        return np.array(((0, 0), (1, 0), (1, 1), (0, 1))[number]) * self.size


def photograph(
    page: Gray, px_per_mm: float, rng: np.random.Generator, cut: float = 0.0, worse: Worse = USUAL
) -> Photo:
    """Return a picture of `page`, a gray image of a whole sheet; cut: share of it beyond the edge."""
    sheet = _sheet(np.array(page.shape[::-1]) / px_per_mm, rng)
    if worse.folded:
        sheet = replace(sheet, folded=(sheet.folded[0], worse.folded))
    camera = _camera(sheet.size, rng, cut, worse.size)
    at, beyond = _seen(sheet, camera, rng, worse.lens)
    size = camera.size
    places = singles(cv2.resize((at * px_per_mm - 0.5).astype(np.float32), size))
    paper = cv2.remap(_folded(page, sheet, px_per_mm), places, None, cv2.INTER_AREA, borderValue=0)
    on_paper = _covered(sheet, px_per_mm, places)
    lit, told = light(sheet.height, at, rng)
    bright = float(rng.uniform(0.8, 0.97))
    scene = np.where(on_paper, paper * bright + 8.0, table_around(size, beyond, rng))
    # What is worse has luck of its own: without it a photograph is what it was.
    other = np.random.default_rng(int(sheet.bends[0, 3] * 1e9))
    if worse.table or worse.beneath:
        scene = np.where(on_paper, scene, _around(page, scene, beyond, sheet, worse, other))
    scene *= cv2.resize(lit * second_lamp(lit.shape, worse.lamp, other) if worse.lamp else lit, size)
    if worse.glare:
        reflect(scene, worse.glare, other)
    if worse.finger:
        lay_finger(scene, at, sheet.size, worse.finger, other)
    blur, shake = float(rng.uniform(0.5, 1.2)) * size[1] / 3000, float(rng.uniform(0, 2.5)) + worse.shake
    picture = _exposed(scene.astype(np.float32), blur, shake, rng)
    quality = int(rng.integers(70, 91)) if worse.quality is None else worse.quality
    traits = (
        f"tilt {camera.tilt:.0f}°, bends {sheet.bends[:, 0].sum():.1f} mm, corner {sheet.lifted[1]:.1f} mm,"
        f" crease {sheet.crease:.1f} mm, folded {sheet.folded[1]:.0f} mm, {told}, blur {blur:.1f} px,"
        f" shake {shake:.1f} px, quality {quality}, {size[0]}x{size[1]}"
    )
    return Photo(_jpeg(picture, quality, rng, worse), traits)


def _around(
    page: Gray, scene: Singles, places: Floats, sheet: _Sheet, worse: Worse, rng: np.random.Generator
) -> Singles:
    """Return what lies around the paper, shape as the scene's."""
    size = scene.shape[1], scene.shape[0]
    if worse.table is not None:
        scene = singles(cv2.resize(patterned(places, worse.table, rng), size))
    if not worse.beneath:
        return scene
    fine = cv2.resize(places.astype(np.float32), size)
    below = sheet_beneath(page, fine.astype(np.float64), sheet.size, worse.beneath, rng)
    return singles(np.where(below < 0, scene, below * np.float32(0.85)))


def _sheet(size: Floats, rng: np.random.Generator) -> _Sheet:
    bends = [
        (float(rng.uniform(0, high)), float(rng.uniform(250, 700)), *rng.uniform(0, 2 * np.pi, 2).tolist())
        for high in (4.0, 1.5)
    ]
    lifted = float(rng.uniform(0, 8)) if rng.random() < 0.3 else 0.0
    crease = float(rng.uniform(0.5, 3)) if rng.random() < 0.25 else 0.0
    folded = float(rng.uniform(8, 25)) if rng.random() < 0.15 else 0.0
    corners = rng.integers(0, 4, 2).tolist()
    return _Sheet(size, np.array(bends), (corners[0], lifted), crease, (corners[1], folded))


def _camera(
    sheet: Floats, rng: np.random.Generator, cut: float, size: tuple[int, int] | None = None
) -> _Camera:
    """Return a camera from which the whole sheet is seen, or all but a share `cut` at one side."""
    usual = SIZES[int(rng.choice(3, p=(0.2, 0.3, 0.5)))]
    size = size or usual
    tilt, towards, roll = float(rng.uniform(0, 15)), float(rng.uniform(0, 2 * np.pi)), float(rng.normal(0, 3))
    axis = np.radians(tilt) * np.array((np.cos(towards), np.sin(towards), 0.0))
    turned = np.asarray(cv2.Rodrigues(np.array((0.0, 0.0, np.radians(roll))))[0] @ cv2.Rodrigues(axis)[0])
    focal, fills = _FOCAL * size[1], float(rng.uniform(0.72, 0.95))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * sheet / 2
    away = 300.0
    for _step in range(8):
        middle = np.column_stack((turned[:, :2], (0.0, 0.0, away)))
        lens = np.diag((focal, focal, 1.0)) @ middle
        px = cv2.perspectiveTransform(corners[None], lens)[0]
        spread = np.ptp(px, axis=0) / size
        away *= float(spread.max()) / fills
    free = (1 - spread) * size
    left = free * rng.uniform(0.1, 0.9, 2) if not cut else free / 2
    shift = left - px.min(axis=0)
    if cut:
        side = int(rng.integers(0, 4))
        shift[side % 2] += (free[side % 2] / 2 + cut * np.ptp(px, axis=0)[side % 2]) * (1 if side < 2 else -1)
    moved = np.array(((1.0, 0.0, shift[0]), (0.0, 1.0, shift[1]), (0.0, 0.0, 1.0)))
    centred = np.array(((1.0, 0.0, -sheet[0] / 2), (0.0, 1.0, -sheet[1] / 2), (0.0, 0.0, 1.0)))
    above = -turned.T @ np.array((0.0, 0.0, away))
    return _Camera(moved @ lens @ centred, above + (*(sheet / 2), 0.0), size, tilt)


def _seen(
    sheet: _Sheet, camera: _Camera, rng: np.random.Generator, lens: float = 1.0
) -> tuple[Floats, Floats]:
    """Return which places of the paper and of the table, mm, are seen, every `_STEP` px, shape (H, W, 2)."""
    count = [-(-side // _STEP) for side in camera.size]
    across, down = (np.arange(number) * _STEP + (_STEP - 1) / 2 for number in count)
    px = np.stack(np.meshgrid(across, down), axis=2)
    middle = np.array(camera.size) / 2
    off = (px - middle) / np.linalg.norm(middle)
    px = middle + (px - middle) * (
        1 + lens * rng.uniform(-0.008, 0.008) * (off**2).sum(axis=2, keepdims=True)
    )
    back = np.linalg.inv(camera.plane)
    table = cv2.perspectiveTransform(px.reshape(1, -1, 2), back)[0].reshape(px.shape)
    at = table
    for _step in range(6):
        # The ray to a place on the table meets paper that lies higher nearer to the camera's foot.
        at = table + (camera.above[:2] - table) * (sheet.height(at) / -camera.above[2])[..., None]
    return at, table


def _folded(page: Gray, sheet: _Sheet, px_per_mm: float) -> Gray:
    """Return the page with the corner that is folded over showing its back."""
    corner, legs = sheet.folded
    if not legs:
        return page
    at = sheet.corner(corner)
    inward = np.where(at > 0, -1.0, 1.0)
    triangle = np.array((at + inward * (legs, 0), at + inward * (legs, legs), at + inward * (0, legs)))
    shown = page.copy()
    cv2.fillConvexPoly(shown, np.round(triangle * px_per_mm).astype(np.int32), 246, cv2.LINE_AA)
    edge = np.round(triangle * px_per_mm).astype(np.int32)
    cv2.polylines(shown, [edge], isClosed=False, color=205, thickness=2, lineType=cv2.LINE_AA)
    return shown


def _covered(sheet: _Sheet, px_per_mm: float, places: Singles) -> np.ndarray:
    """Return where paper is seen, shape (H, W)."""
    wide, high = sheet.size * px_per_mm
    inside = (places[..., 0] > 0) & (places[..., 0] < wide) & (places[..., 1] > 0) & (places[..., 1] < high)
    corner, legs = sheet.folded
    if legs:
        off = np.abs(places - sheet.corner(corner) * px_per_mm).sum(axis=2)
        inside &= off > legs * px_per_mm
    return inside


def _exposed(scene: Singles, blur: float, shake: float, rng: np.random.Generator) -> Gray:
    """Return what the phone makes of a scene: defocus, shake, noise, its own sharpening and contrast."""
    seen = cv2.GaussianBlur(scene, (0, 0), blur)
    if shake > 1:
        wide = 2 * int(max(shake, 5) / 2) + 3
        kernel = np.zeros((wide, wide), dtype=np.float32)
        turn = float(rng.uniform(0, np.pi))
        half = np.array((np.cos(turn), np.sin(turn))) * shake / 2
        ends = [tuple(np.round((wide / 2 + sign * half) * 16 - 8).astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(kernel, *ends, 1.0, 1, cv2.LINE_AA, 4)
        seen = cv2.filter2D(seen, -1, kernel / max(float(kernel.sum()), 1e-6))
    noise = np.empty(seen.shape, dtype=np.float32)
    cv2.randn(noise, 0.0, float(rng.uniform(1.5, 7.0)))
    seen += noise
    if rng.random() < 0.6:
        seen += 0.6 * (seen - cv2.GaussianBlur(seen, (0, 0), 1.5))
    steep, middle = float(rng.uniform(1.0, 1.2)), 128.0
    return gray(cv2.convertScaleAbs(np.clip((seen - middle) * steep + middle, 0, 255)))


def _jpeg(picture: Gray, quality: int, rng: np.random.Generator, worse: Worse = USUAL) -> bytes:
    """Return a picture as a file in colour, by warm or cold light, sometimes turned by its EXIF tag alone."""
    warm = rng.uniform((0.7, 0.9, 0.97), (1.0, 1.0, 1.0))[::-1] * worse.tint
    colour = np.stack([cv2.convertScaleAbs(picture, alpha=float(part)) for part in warm], axis=2)
    exif, turned = Image.Exif(), 6 if rng.random() < 0.4 else 0
    if turned := worse.turned or turned:
        exif[0x0112] = turned
        colour = np.ascontiguousarray(np.rot90(colour, _TURNS[turned]))
    file = BytesIO()
    Image.fromarray(colour).save(file, "JPEG", quality=quality, exif=exif, dpi=(72, 72))
    return file.getvalue()


_TURNS = {3: 2, 6: 1, 8: 3}
"""Quarter turns against the clock that each EXIF orientation takes back."""
