"""The scanner: warp, blur, lamp, dirty glass, noise, tone, and the file it writes."""

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .motion import smooth_noise
from .paper import COARSE, SIZE_MM
from .pens import grain

LIMIT_BYTES = 1_000_000


@dataclass(frozen=True)
class Device:
    """One scanner as it was set for one batch. Lengths in mm, angles in degrees, light in parts of one."""

    dpi: int
    mode: str = "gray"
    suffix: str = "jpg"
    quality: int = 85
    gamma: float = 2.2
    blur: float = 0.07
    noise: float = 0.006
    skew: float = 1.5
    wobble: float = 0.0
    shade: float = 0.05
    streaks: tuple[tuple[float, float, float], ...] = ()
    ground: float = 0.8
    clip: float = 1.0
    turned: float = 0.0
    dirt: float = 0.0
    holes: bool = False
    staples: bool = False
    through: float = 0.0
    copies: int = 0


def set_up(profile: str, dpi: int | None, rng: np.random.Generator) -> Device:
    """Return the scanner of one batch.

    Args:
        profile: office, worn, photocopy, onebit or colour.
        dpi: 150 to 300, or None for what is usual with the profile.
        rng: the batch's own.

    Raises:
        ValueError: for a profile there is none of.
    """
    usual = dpi or int(rng.choice((300, 300, 200)))
    common = {
        "dpi": usual,
        "suffix": str(rng.choice(("jpg", "jpg", "pdf"))),
        "quality": int(rng.integers(75, 93)),
        "gamma": rng.uniform(2.0, 2.4),
        "blur": rng.uniform(0.04, 0.10),
        "noise": rng.uniform(0.002, 0.009),
        "clip": rng.uniform(0.9, 1.05),
        "ground": float(rng.choice((0.85, 0.75, 0.05))),
    }
    if profile == "office":
        return Device(**common, through=rng.uniform(0, 0.05) if rng.random() < 0.2 else 0.0)
    if profile == "photocopy":
        return Device(**common, copies=1)
    if profile == "colour":
        common["dpi"] = dpi or int(rng.choice((200, 200, 150)))
        return Device(**common, mode="colour", dirt=3)
    if profile == "onebit":
        mode = str(rng.choice(("threshold", "threshold", "diffuse")))
        suffix = str(rng.choice(("tif", "tif", "pdf", "png")))
        return Device(**common | {"mode": mode, "suffix": suffix, "noise": common["noise"] / 2, "clip": 1.05})
    if profile != "worn":
        raise ValueError(f"unknown profile {profile!r}: office, worn, photocopy, onebit or colour")
    lines = int(rng.integers(1, 4)) if rng.random() < 0.3 else 0
    streaks = [(rng.uniform(8, 202), rng.uniform(0.1, 0.45), rng.uniform(0.25, 0.9)) for _ in range(lines)]
    worn = {
        "quality": int(rng.integers(40, 71)),
        "gamma": rng.uniform(1.7, 2.7),
        "blur": rng.uniform(0.07, 0.17),
        "noise": rng.uniform(0.006, 0.016),
        "clip": rng.uniform(0.85, 1.0),
        "ground": float(rng.choice((0.85, 0.3, 0.03))),
    }
    return Device(
        **common | worn,
        skew=4.0,
        wobble=rng.uniform(0.05, 0.4),
        shade=rng.uniform(0.05, 0.4),
        streaks=tuple(streaks),
        turned=0.15,
        dirt=rng.uniform(5, 60),
        holes=rng.random() < 0.35,
        staples=rng.random() < 0.35,
        through=rng.uniform(0.02, 0.09) if rng.random() < 0.4 else 0.0,
    )


def scan(light: np.ndarray, device: Device, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Feed one page through the scanner.

    Args:
        light: linear reflectance at COARSE pixels per mm, (h, w) or (h, w, 3) as R, G, B; it is used up.
        device: the scanner.
        rng: the page's own.

    Returns:
        The image as uint8 (bool for a 1-bit mode), and the (2, 3) way from mm on paper to mm in the scan, as
        long as the page is not turned over; wobble is not in it.
    """
    density = device.dpi / 25.4
    width, height = (round(side * density) for side in SIZE_MM)
    grain_of_sensor = 0.4 / density
    light = cv2.GaussianBlur(light, (0, 0), COARSE * max(np.hypot(device.blur, 0.02), grain_of_sensor))
    turn = np.deg2rad(np.clip(rng.normal(0, device.skew / 2.5), -device.skew, device.skew))
    grow = 1 + rng.normal(0, 0.002) * (1 + 2 * (device.skew > 2))
    middle = np.array(SIZE_MM) / 2
    linear = grow * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    way = np.column_stack([linear, middle - linear @ middle + rng.normal(0, 0.8, 2)])
    light = _warp(light, _in_pixels(way, density), (width, height), device, rng)
    light = _lamp(light, device, rng)
    noise = np.tile(_noise(device), (height // 1024 + 2, width // 1024 + 2))
    y, x = rng.integers(0, 1024, 2)
    noise = noise[y : y + height, x : x + width]
    light += noise[:, :, None] if light.ndim == 3 else noise
    image = cv2.pow(np.clip(light, 1e-4, 1.2, out=light), 1 / device.gamma)
    top = device.clip * 0.84 ** (1 / device.gamma)
    cv2.multiply(image, np.full(4, 238 / top), dst=image)
    gray = cv2.convertScaleAbs(image)
    if device.mode == "threshold":
        gray = gray > 238 * rng.uniform(0.6, 0.72)
    elif device.mode == "diffuse":
        level = np.clip((np.arange(256) - 40) * 255 / 175, 0, 255).astype(np.uint8)
        gray = np.array(Image.fromarray(cv2.LUT(gray, level)).convert("1"))
    if rng.random() < device.turned:
        gray = np.ascontiguousarray(np.rot90(gray, 2))
    return gray, way


def _in_pixels(way: np.ndarray, density: float) -> np.ndarray:
    """Return the same way from COARSE pixels of the page to pixels of the scan."""
    return np.column_stack([way[:, :2] * density / COARSE, way[:, 2] * density])


def _warp(
    light: np.ndarray, way: np.ndarray, size: tuple[int, int], device: Device, rng: np.random.Generator
) -> np.ndarray:
    ground = [device.ground] * 3
    if not device.wobble:
        return cv2.warpAffine(light, way, size, flags=cv2.INTER_LINEAR, borderValue=ground)
    width, height = size
    back = cv2.invertAffineTransform(way)
    sway = [smooth_noise(height, knots, rng) * device.wobble * COARSE / 2.5 for knots in (7, 12)]
    sway = [np.clip(s, -device.wobble * COARSE, device.wobble * COARSE).astype(np.float32) for s in sway]
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    maps = [
        np.float32(back[i, 0]) * x
        + (np.float32(back[i, 1]) * y + (np.float32(back[i, 2]) + sway[i])[:, None])
        for i in (0, 1)
    ]
    return cv2.remap(light, maps[0], maps[1], cv2.INTER_LINEAR, borderValue=ground)


def _lamp(light: np.ndarray, device: Device, rng: np.random.Generator) -> np.ndarray:
    """Shade the page unevenly, mostly across the feed, and draw what lies on the glass along it."""
    height, width = light.shape[:2]
    x = np.linspace(-1, 1, width)
    across = 1 - device.shade * np.clip((0.5 * x**2 + 0.5 * np.abs(x - rng.uniform(-1, 1)) / 2), 0, 1)
    for place, wide, dark in device.streaks:
        away = np.abs(np.arange(width) / device.dpi * 25.4 - place)
        across *= 1 - dark * np.clip((wide / 2 - away) * device.dpi / 25.4 + 0.5, 0, 1)
    down = 1 - 0.3 * device.shade * np.clip(smooth_noise(height, 4, rng), -1, 1) ** 2
    factor = across.astype(np.float32)[None, :] * down.astype(np.float32)[:, None]
    light *= factor[:, :, None] if light.ndim == 3 else factor
    return light


def _noise(device: Device) -> np.ndarray:
    """Return a periodic tile of paper's and sensor's noise."""
    fine = (grain(5, 0.02, 0.2) - 0.5) * 3.4 * device.noise
    return fine + (grain(6, 0.25, 3.0) - 0.5) * 0.02


def save(images: list[np.ndarray], path: Path, device: Device) -> list[Path]:
    """Write the scans of one sheet: one file for PDF and TIFF, else a file a page; return the files."""
    pages = [Image.fromarray(image) for image in images]
    path.parent.mkdir(parents=True, exist_ok=True)
    if device.suffix in {"pdf", "tif"}:
        target = path.with_suffix(f".{device.suffix}")
        if device.suffix == "tif":
            more = {"compression": "group4", "dpi": (device.dpi,) * 2}
        else:  # Pillow writes 1-bit pages as G4 by itself, and then takes no quality
            more = {"resolution": device.dpi}
            if pages[0].mode != "1":
                more["quality"] = min(_fit(page, device)[0] for page in pages)
        pages[0].save(target, save_all=True, append_images=pages[1:], **more)
        return [target]
    targets = [path.with_name(f"{path.name}-{n}.{device.suffix}") for n in range(1, len(pages) + 1)]
    for page, target in zip(pages, targets, strict=True):
        if device.suffix == "png":
            page.save(target, dpi=(device.dpi,) * 2)
        else:
            target.write_bytes(_fit(page, device)[1])
    return targets


def _fit(page: Image.Image, device: Device) -> tuple[int, bytes]:
    """Return the quality at or below the device's at which the page is small enough, and the JPEG."""
    for quality in range(device.quality, 29, -6):
        file = io.BytesIO()
        page.save(file, "JPEG", quality=quality, dpi=(device.dpi,) * 2)
        if file.tell() <= LIMIT_BYTES:
            break
    return quality, file.getvalue()
