"""Pictures of digits, rendered from Debian's fonts and then spoiled.

A digit is drawn from a font, warped (rotation, shear, stretch, perspective,
elastic), laid over clutter on a sloping ground, shrunk, made noisy and in half
of the cases inverted.  Everything follows from the seed and the font files.
"""
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = Path("/usr/share/fonts")
SIZE, CANVAS = 32, 64  # drawn at twice the size, then averaged 2x2
MEAN, SCALE = 0.5, 0.25  # input = (grey / 255 - MEAN) / SCALE, so in [-2, 2]

# Families are named one by one, by the folder Debian puts them in, so that
# other fonts installed on a machine do not change the data.  A family is in
# one list only: no test picture comes from a font file seen in training.  (Some
# families are relatives all the same: crosextra's Carlito is based on Lato.)
TRAIN_FAMILIES = """averia-gwf breip cabin cantarell clear-sans comfortaa
    crosextra dejavu didot dosis firacode fonts-go fonts-oldstandard
    fonts-prociono freefont hack inconsolata junction jura karla leckerli-one
    liberation linux-libertine lobster monofur ocr-a opendyslexic open-sans
    quattrocento radisnoir slab ubuntu-title""".split()
TEST_FAMILIES = """adf comic-neue courier-prime dancingscript humor-sans
    isabella junicode lato play quicksand sortsmill""".split()
# Hairlines vanish at 32 pixels; LinBiolinum_K draws keycaps, not digits.
SKIPPED_FACES = ("Hairline", "Thin", "ExtraLight", "LinBiolinum_K")


def draw_glyph(font, text):
    """The ink of a text, cropped, as an 8-bit mask."""
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("L", (right - left + 2, bottom - top + 2), 0)
    ImageDraw.Draw(mask).text((1 - left, 1 - top), text, font=font, fill=255)
    return mask.crop(mask.getbbox()) if mask.getbbox() else None


def load_families(names):
    """For each family the faces, for each face the masks of 0 to 9."""
    families = []
    for name in names:
        faces = []
        for path in sorted(FONTS.glob(f"**/{name}/*.[ot]tf")):
            if any(word in path.name for word in SKIPPED_FACES):
                continue
            font = ImageFont.truetype(str(path), 48, layout_engine=ImageFont.Layout.BASIC)
            faces.append([draw_glyph(font, str(digit)) for digit in range(10)])
        if not faces:
            raise SystemExit(f"no font of the family {name}: see the packages at the top")
        families.append(faces)
    return families


def pick_face(rng, families):
    """Family first, then face: a family of forty faces counts as one."""
    faces = families[rng.integers(len(families))]
    return faces[rng.integers(len(faces))]


def paste_warped(rng, canvas, mask, centre, height):
    """Rotate, shear, stretch and tilt a mask onto the canvas."""
    width = height * mask.width / mask.height * rng.uniform(0.8, 1.25)
    width = min(width, 44.0)
    angle = np.deg2rad(rng.uniform(-22, 22))  # less than what turns a 6 into a 9
    shear = rng.uniform(-0.25, 0.25)
    cos, sin = np.cos(angle), np.sin(angle)
    target = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        x, y = x * width + shear * y * height, y * height
        x, y = cos * x - sin * y, sin * x + cos * y
        # Each corner moves by itself: that is the perspective.
        jitter = rng.uniform(-0.07, 0.07, 2) * height
        target.append((centre[0] + x + jitter[0], centre[1] + y + jitter[1]))
    source = ((0, 0), (mask.width, 0), (mask.width, mask.height), (0, mask.height))
    rows, right = [], []
    for (u, v), (x, y) in zip(source, target):
        # PIL wants the map from a canvas point (x, y) back to the mask (u, v).
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    coefficients = np.linalg.solve(np.array(rows), np.array(right, dtype=float))
    warped = mask.transform(
        (CANVAS, CANVAS), Image.PERSPECTIVE, tuple(coefficients), Image.BILINEAR)
    return np.maximum(canvas, np.asarray(warped, dtype=np.float32) / 255)


def bend(rng, ink):
    """Elastic warp: a coarse random field, smoothed, moves every pixel."""
    field = rng.normal(0, 1.7, (2, 5, 5)).astype(np.float32)
    size = (CANVAS, CANVAS)
    moves = [np.asarray(Image.fromarray(part).resize(size, Image.BICUBIC)) for part in field]
    y, x = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32)
    y, x = np.clip(y + moves[0], 0, CANVAS - 1.001), np.clip(x + moves[1], 0, CANVAS - 1.001)
    row, column = y.astype(int), x.astype(int)
    dy, dx = y - row, x - column
    top = ink[row, column] * (1 - dx) + ink[row, column + 1] * dx
    bottom = ink[row + 1, column] * (1 - dx) + ink[row + 1, column + 1] * dx
    return top * (1 - dy) + bottom * dy


def draw_clutter(rng, families):
    """Lines, blobs and pieces of other digits at the rim, as one mask."""
    image = Image.new("L", (CANVAS, CANVAS), 0)
    pen = ImageDraw.Draw(image)
    for _ in range(rng.integers(0, 4)):
        ends = tuple(rng.uniform(-8, CANVAS + 8, 4))
        pen.line(ends, fill=int(rng.integers(60, 220)), width=int(rng.integers(1, 4)))
    for _ in range(rng.integers(0, 4)):
        (x, y), (a, b) = rng.uniform(0, CANVAS, 2), rng.uniform(1, 6, 2)
        pen.ellipse((x - a, y - b, x + a, y + b), fill=int(rng.integers(60, 220)))
    clutter = np.asarray(image, dtype=np.float32) / 255
    for _ in range(rng.integers(0, 3)):
        # The centre lies outside the canvas, so only a part is to be seen.
        side, along = rng.integers(4), rng.uniform(0, CANVAS)
        off = -6.0 if side < 2 else CANVAS + 6.0
        centre = (off, along) if side % 2 else (along, off)
        glyph = pick_face(rng, families)[rng.integers(10)]
        clutter = paste_warped(rng, clutter, glyph, centre, rng.uniform(26, 44))
    return clutter


def render(rng, families, digit):
    """One picture of 32x32 grey values in [0, 1], quantised to 8 bits."""
    centre = rng.uniform(CANVAS / 2 - 6, CANVAS / 2 + 6, 2)
    ink = np.zeros((CANVAS, CANVAS), dtype=np.float32)
    ink = paste_warped(rng, ink, pick_face(rng, families)[digit], centre, rng.uniform(28, 48))
    ink = bend(rng, ink)
    y, x = np.mgrid[-1:1:CANVAS * 1j, -1:1:CANVAS * 1j]
    slope = rng.uniform(-0.12, 0.12, 2)
    contrast, ground = rng.uniform(0.25, 0.9), rng.uniform(0.0, 0.2)
    picture = ground + slope[0] * x + slope[1] * y
    picture += contrast * rng.uniform(0.3, 0.75) * draw_clutter(rng, families) * (1 - ink)
    picture += contrast * ink
    picture = picture.reshape(SIZE, 2, SIZE, 2).mean(axis=(1, 3))
    picture += rng.normal(0, rng.uniform(0.01, 0.11), (SIZE, SIZE))
    if rng.random() < 0.5:  # dark on light as often as light on dark
        picture = 1 - picture
    return np.rint(np.clip(picture, 0, 1) * 255) / 255


def make_set(seed, families, count):
    """Pictures as the network takes them, and labels, every digit as often."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10)
    pictures = np.stack([render(rng, families, int(digit)) for digit in labels])
    images = ((pictures - MEAN) / SCALE).astype(np.float32)[:, None]
    return images, labels.astype(np.int64)
