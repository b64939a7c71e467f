"""The sheet in linear reflectance: print, photocopies, ink, fluid, specks, folds, show-through."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from .pens import FINE, Ink, Pen, grain

COARSE = FINE // 2
"""Pixels per mm of the whole page."""
SIZE_MM = (210.0, 297.0)
GAMMA = 2.2
"""The tone in which pens' darknesses are given."""
WHITE, BLACK = 0.82, 0.04
"""Reflectance of office paper and of fresh toner."""
_TONES = np.linspace(0, 1, 1025, dtype=np.float32)


@dataclass(frozen=True)
class Sheet:
    """A printed side before anybody wrote on it.

    `toner` is how much of each COARSE pixel is printed, 0..255; `place` (2, 3) leads from mm on the original
    to mm on this paper; `white` and `black` are the reflectances around the boxes and of the print,
    `solid` how much of a black square is really black.
    """

    toner: np.ndarray
    place: np.ndarray
    white: float
    black: float
    solid: float = 1.0

    def dark_end(self) -> float:
        """Return the reflectance of solid print, its missing grains included: what darkness 1 means."""
        return self.white + (self.black - self.white) * self.solid


def blank_sheet(page: object, rng: np.random.Generator) -> Sheet:
    """Return one page of the PDF as a laser printer puts it on paper."""
    shape = (round(SIZE_MM[1] * COARSE), round(SIZE_MM[0] * COARSE))
    image = page.render(scale=COARSE * 25.4 / 72, grayscale=True).to_numpy()
    image = image[..., 0] if image.ndim == 3 else image
    toner = np.zeros(shape, np.uint8)
    rows, cols = (min(a, b) for a, b in zip(shape, image.shape, strict=True))
    toner[:rows, :cols] = 255 - image[:rows, :cols]
    return Sheet(toner, np.eye(2, 3), WHITE * rng.uniform(0.96, 1.04), BLACK * rng.uniform(0.8, 1.5))


def photocopy(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Return the sheet copied once: moved, scaled, its edges hardened, thinner or bolder, dirtier, grayer."""
    height, width = sheet.toner.shape
    grow, turn = 1 + rng.normal(0, 0.006), np.deg2rad(rng.normal(0, 0.35))
    cos, sin = grow * np.cos(turn), grow * np.sin(turn)
    middle = np.array(SIZE_MM) / 2
    linear = np.array([[cos, -sin], [sin, cos]])
    move = np.column_stack([linear, middle - linear @ middle + rng.normal(0, 0.7, 2)])
    pixels = move * [[1, 1, COARSE], [1, 1, COARSE]]
    toner = cv2.warpAffine(sheet.toner, pixels, (width, height), flags=cv2.INTER_LINEAR)
    toner = cv2.GaussianBlur(toner, (0, 0), rng.uniform(0.05, 0.10) * COARSE)
    bias, slope = rng.uniform(0.30, 0.52), rng.uniform(5, 14)
    level = 1 / (1 + np.exp(-slope * (np.linspace(0, 1, 256) - bias)))
    level = (level - level[0]) / (level[-1] - level[0])
    toner = cv2.LUT(toner, (255 * level).astype(np.uint8))
    if rng.random() < 0.6:  # worn drum: toner is missing in grains and in patches
        patch = cv2.resize(
            rng.random((30, 21), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        tiles = np.tile(grain(3, 0.06, 0.5), (height // 1024 + 1, width // 1024 + 1))[:height, :width]
        missing = np.clip((tiles - 0.92 - 0.25 * (0.55 - patch)) * 12, 0, 0.85)
        toner = (toner * (1 - missing)).astype(np.uint8)
    for x, y in rng.uniform(0, 1, (rng.integers(20, 160), 2)) * (width - 1, height - 1):
        cv2.circle(
            toner, (int(x * 16), int(y * 16)), int(rng.uniform(0.4, 1.7) * 16), 255, -1, cv2.LINE_AA, 4
        )
    cells = np.sort(
        cv2.resize(toner, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=cv2.INTER_AREA), axis=None
    )
    solid = float(cells[-100:].mean()) / 255  # what the fiducials show of the print's black, grains and all
    white, black = sheet.white * rng.uniform(0.84, 1.0), min(sheet.black * rng.uniform(1.0, 1.7), 0.11)
    whole = np.vstack([move, [0, 0, 1]]) @ np.vstack([sheet.place, [0, 0, 1]])
    return replace(sheet, toner=toner, place=whole[:2], white=white, black=black, solid=solid)


def reflectance(sheet: Sheet, behind: np.ndarray | None, tints: tuple[float, ...]) -> np.ndarray:
    """Return linear reflectance, float32 (h, w), with three `tints` (h, w, 3); `behind` shines through."""
    table = (sheet.white + (sheet.black - sheet.white) * np.linspace(0, 1, 256)).astype(np.float32)
    light = cv2.LUT(sheet.toner, table)
    if behind is not None:
        light *= behind
    return cv2.merge([light * tint for tint in tints]) if tints else light


def show_through(toner: np.ndarray, dark: float) -> np.ndarray:
    """Return what light a mirrored, blurred back side lets through, up to `dark` deep."""
    small = cv2.resize(cv2.flip(toner, 1), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.22 * COARSE / 2)
    table = transmission(np.linspace(0, dark, 256)).astype(np.float32)
    return cv2.LUT(cv2.resize(soft, toner.shape[::-1], interpolation=cv2.INTER_LINEAR), table)


def transmission(dark: np.ndarray, absorption: float = 1.0) -> np.ndarray:
    """Return what part of the light an ink of that darkness (in the GAMMA tone) lets through."""
    paper, toner = WHITE ** (1 / GAMMA), BLACK ** (1 / GAMMA)
    return np.clip(1 - dark * absorption * (paper - toner) / paper, 0.12, 1) ** GAMMA


def darkness(light: np.ndarray, sheet: Sheet, gamma: float) -> np.ndarray:
    """Return darkness as a scan of that tone shows it: 0 the paper, 1 the print."""
    white, black = sheet.white ** (1 / gamma), sheet.dark_end() ** (1 / gamma)
    return (white - np.power(light, 1 / gamma)) / (white - black)


def cover(light: np.ndarray, thickness: np.ndarray) -> None:
    """Lay correction fluid of 0..1 thickness over the paper, in place."""
    light += (0.86 - light) * thickness


def put_ink(light: np.ndarray, ink: Ink) -> None:
    """Let the paper under an ink reflect less, in place."""
    channels = ink.pen.colour if light.ndim == 3 else (1.0,)
    for number, absorption in enumerate(channels):
        plane = light[:, :, number] if light.ndim == 3 else light
        part, fine = _spot(plane, ink)
        if part.size:
            lookup = transmission(_TONES, absorption)
            part *= _halve(lookup[(fine * 1024).astype(np.int32)])


def put_fluid(light: np.ndarray, fluid: Ink) -> None:
    """Paint correction fluid over the page, in place."""
    part, thickness = _spot(light, fluid)
    if part.size:
        thin = _halve(thickness)
        cover(part, thin[:, :, None] if light.ndim == 3 else thin)


def _halve(fine: np.ndarray) -> np.ndarray:
    return cv2.resize(fine, (fine.shape[1] // 2, fine.shape[0] // 2), interpolation=cv2.INTER_AREA)


def _spot(light: np.ndarray, ink: Ink) -> tuple[np.ndarray, np.ndarray]:
    """Return the page under an ink and that ink's fine pixels, both cut at the page's edge."""
    x, y = ink.x // 2, ink.y // 2
    rows, cols = ink.dark.shape[0] // 2, ink.dark.shape[1] // 2
    left, top = max(-x, 0), max(-y, 0)
    right, bottom = min(cols, light.shape[1] - x), min(rows, light.shape[0] - y)
    if right <= left or bottom <= top:
        return light[:0, :0], ink.dark[:0, :0]
    return light[y + top : y + bottom, x + left : x + right], ink.dark[
        2 * top : 2 * bottom, 2 * left : 2 * right
    ]


def blob(
    x: float, y: float, wide: float, high: float, level: float, rough: float, rng: np.random.Generator
) -> Ink:
    """Return an irregular spot about `wide` by `high` mm around (x, y): a speck, or fluid."""
    count = 14
    around = np.linspace(0, 2 * np.pi, count, endpoint=False)
    far = 0.5 * np.clip(1 + rng.normal(0, rough, count), 0.4, 1.0)
    outline = np.stack([x + wide * far * np.cos(around), y + high * far * np.sin(around)], 1) * FINE
    corner = (outline.min(0).astype(int) - 4) // 2 * 2
    size = (outline.max(0).astype(int) + 4 - corner) // 2 * 2 + 2
    image = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(image, [np.rint((outline - corner) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    image = cv2.GaussianBlur(image, (0, 0), 1.0)
    return Ink(
        int(corner[0]),
        int(corner[1]),
        image.astype(np.float32) / 255 * level,
        Pen("speck", "speck", 0, level),
    )


def fold(light: np.ndarray, place: tuple[float, float], dark: float, rng: np.random.Generator) -> None:
    """Press a crease across the page, in place, between heights at its left and right edge, in mm."""
    length = light.shape[1]
    middle = np.linspace(*place, length) + 0.06 * np.cumsum(rng.normal(0, 0.02, length))
    half = int(0.6 * COARSE)
    profile = np.exp(-((np.arange(-half, half + 1) / COARSE / rng.uniform(0.08, 0.16)) ** 2))
    rows = ((middle * COARSE).astype(int)[:, None] + np.arange(-half, half + 1)).clip(0, light.shape[0] - 1)
    depth = dark * (0.7 + 0.3 * np.sin(np.linspace(0, rng.uniform(3, 30), length)))
    less = transmission(depth[:, None] * profile).astype(np.float32)
    light[rows, np.arange(length)[:, None]] *= less[..., None] if light.ndim == 3 else less
