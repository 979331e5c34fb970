"""The second camera: from above, two hands turn the product on a wooden table."""

import math

import numpy as np

from product import TALL, Cup
from shapes import (BLAZER, BLAZER_DARK, BLAZER_LIGHT, CREAM, HEIGHT, SECONDS, SKIN, SKIN_DARK, SKIN_LIGHT, WIDTH, canvas, ease,
                    ellipse, fill, from_array, glow, limb, linear, shade, smooth, soft_mask, stroke, wave)

FLESH = (SKIN_DARK, SKIN, SKIN_LIGHT)
CLOTH = (BLAZER_DARK, BLAZER, BLAZER_LIGHT)
MIDDLE, TILT, SIZE = (560, 520), 0.80, 300
# Grips in the loop; each turns the product by an equal share of a whole turn.
GRIPS = 6
STROKE = 2 * math.pi / GRIPS
# Planks: lower edge, and how dark.
PLANKS = ((120, 0.95), (268, 1.02), (430, 0.97), (590, 1.03), (720, 0.96))


def table_top():
    """Oak planks across, lit from the upper left."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    grain = np.zeros((HEIGHT, WIDTH))
    upper = 0
    for lower, tone in PLANKS:
        rows = slice(upper, lower)
        px, py = x[rows] + rng.uniform(0, 4000), y[rows] - upper
        bend = 9 * np.sin(px / 210) + 5 * np.sin(px / 83 + 1) + 14 * np.sin(px / 520 + 2)
        rings = np.sin((py + bend) / 6.1) * 0.020 + np.sin((py + bend * 1.4) / 2.3) * 0.012 + np.sin((py + bend) / 21) * 0.03
        grain[rows] = tone * (1 + rings) - 1
        grain[rows] -= 0.35 * np.exp(-((lower - upper) - py) / 1.6) + 0.06 * np.exp(-py / 5)
        upper = lower
    light = 1.10 - 0.26 * (x / WIDTH) - 0.16 * (y / HEIGHT)
    light *= 1 - 0.28 * ((x / WIDTH - 0.45) ** 2 + (y / HEIGHT - 0.5) ** 2)
    tone = (1 + grain) * light
    return from_array(np.clip(np.stack([0.86 * tone, 0.665 * tone ** 1.12, 0.47 * tone ** 1.25], axis=-1), 0, 1))


class Table:
    """Draws the camera's picture at any time of the loop."""

    def __init__(self):
        surface, ctx = canvas()
        ctx.set_source_surface(table_top())
        ctx.paint()
        cloth(ctx)
        sprig(ctx)
        coaster(ctx)
        self.still = surface

    def draw(self, t):
        surface, ctx = canvas()
        ctx.set_source_surface(self.still)
        ctx.paint()
        grips = t * GRIPS / SECONDS
        count, part = math.floor(grips), grips - math.floor(grips)
        turned = ease(part / 0.58)
        back = ease((part - 0.58) / 0.42)
        cup = Cup(*MIDDLE, SIZE, TILT, (count + turned) * STROKE)
        swing = (turned - back - 0.5) * STROKE * 0.9
        loose = math.sin(math.pi * min(max((part - 0.55) / 0.45, 0), 1)) ** 2
        hands = [Hand(cup, side, swing, loose, t) for side in (-1, 1)]
        shadow = soft_mask(lambda c: shadows(c, cup, hands), 30, 4)
        shade(ctx, shadow, "#2a1208", 0.50, 26, 22)
        for hand in hands:
            hand.behind(ctx)
        cup.draw(ctx)
        for hand in hands:
            hand.before(ctx)
        return surface


class Hand:
    """A hand at one side of the cup: -1 on the left of the picture, 1 on the right; `swing` radians around the cup."""

    def __init__(self, cup, side, swing, loose, t):
        self.cup, self.side = cup, side
        self.swing = swing * side
        self.out = 0.02 + 0.10 * loose
        self.lift = 0.03 * wave(t, 6, 0.2) + 0.05 * loose

    def at(self, theta, v, out=0.0):
        """A point near the cup's side; theta counts from the front towards this hand."""
        x, y = self.cup.at(theta + self.swing, v + self.lift, out + self.out)
        return (x if self.side > 0 else 2 * self.cup.x - x), y

    def wrist(self):
        return self.at(1.25, 0.40, 0.62)

    def elbow(self):
        x, y = self.wrist()
        return x + self.side * 420, y + 330

    def behind(self, ctx):
        """Forearm, palm and the four fingers that go around the far side."""
        wrist, elbow = self.wrist(), self.elbow()
        for n in (3, 2, 1, 0):
            v = 0.28 + 0.19 * n
            limb(ctx, [self.at(1.45, v * 0.9, 0.26), self.at(1.75, v, 0.13), self.at(2.2, v, 0.08), self.at(2.7, v - 0.02, 0.06)],
                 (62, 56, 50, 40), FLESH)
        limb(ctx, [wrist, self.at(1.30, 0.42, 0.36), self.at(1.45, 0.55, 0.2)], (84, 112, 104), FLESH)
        limb(ctx, [wrist, self.at(1.25, 0.46, 0.40), self.at(1.15, 0.5, 0.22)], (84, 90, 74), FLESH)
        self.sleeve(ctx, wrist, elbow)

    def sleeve(self, ctx, wrist, elbow):
        near = (wrist[0] + 0.16 * (elbow[0] - wrist[0]), wrist[1] + 0.16 * (elbow[1] - wrist[1]))
        limb(ctx, [wrist, near], (84, 96), FLESH)
        cuff = (wrist[0] + 0.12 * (elbow[0] - wrist[0]), wrist[1] + 0.12 * (elbow[1] - wrist[1]))
        limb(ctx, [cuff, near], (120, 132), ("#dcc6b0", CREAM, "#ffffff"))
        limb(ctx, [(near[0] + self.side * 12, near[1] + 10), elbow], (136, 190), CLOTH)

    def before(self, ctx):
        """The thumb, on the side that faces the viewer."""
        tip = self.at(0.46, 0.60, 0.05)
        joint = self.at(0.82, 0.63, 0.10)
        limb(ctx, [self.at(1.22, 0.46, 0.36), self.at(1.12, 0.58, 0.24), joint, tip], (78, 66, 52, 42), FLESH)
        ctx.save()
        ctx.translate(*tip)
        ctx.rotate(math.atan2(tip[1] - joint[1], tip[0] - joint[0]))
        ellipse(ctx, 4, -4 * self.side * -1, 15, 11)
        fill(ctx, linear(-10, -10, 14, 10, (0, BLAZER_LIGHT), (1, BLAZER)))
        ellipse(ctx, 1, -4 * self.side * -1 - 4, 7, 3)
        fill(ctx, "#ffffff", 0.45)
        ctx.restore()


def shadows(ctx, cup, hands):
    """What the cup and the arms keep the light from, on the table."""
    x, y = cup.space(0, 0, 0)
    smooth(ctx, [(x - 120, y), (x, y - 100), (x + 150, y - 90), (x + 300, y + 30), (x + 250, y + 110), (x + 60, y + 100), (x - 80, y + 70)])
    fill(ctx, "#000000")
    for hand in hands:
        (x0, y0), (x1, y1) = hand.wrist(), hand.elbow()
        ctx.move_to(x0 + 30, y0 + 70)
        ctx.line_to(x1 + 30, y1 + 60)
        stroke(ctx, "#000000", 130)
        ctx.move_to(x0 + 20, y0 + 60)
        ctx.line_to(x + hand.side * 90, y - 20)
        stroke(ctx, "#000000", 100)


def coaster(ctx):
    """A round board under the cup, with a shadow of its own."""
    x, y = MIDDLE
    flat = math.sin(TILT)
    shade(ctx, soft_mask(lambda c: (ellipse(c, x, y, 214, 214 * flat), fill(c, "#000000")), 24), "#2a1208", 0.45, 12, 16)
    ellipse(ctx, x, y + 12, 212, 212 * flat)
    fill(ctx, "#6b3f28")
    ellipse(ctx, x, y, 212, 212 * flat)
    fill(ctx, linear(x - 212, y - 150, x + 212, y + 150, (0, "#b87b50"), (1, "#8d5636")))
    for r in (60, 96, 128, 156, 184, 202):
        ellipse(ctx, x, y, r, r * flat)
        stroke(ctx, "#6b3f28", 1.6, 0.35)


def cloth(ctx):
    """A striped linen cloth in the upper left corner."""
    edge = [(-60, -60), (330, -60), (352, 40), (300, 150), (180, 232), (60, 270), (-60, 330)]
    shade(ctx, soft_mask(lambda c: (smooth(c, edge), fill(c, "#000000")), 16), "#2a1208", 0.40, 8, 10)
    ctx.save()
    smooth(ctx, edge)
    ctx.clip()
    ctx.set_source(linear(0, 0, 320, 240, (0, "#f6ead9"), (0.5, "#efe0cc"), (1, "#dcc8b0")))
    ctx.paint()
    for n in range(-4, 14):
        ctx.move_to(-100 + 46 * n, 400)
        ctx.curve_to(0 + 46 * n, 220, 40 + 46 * n, 160, 90 + 46 * n, -80)
        stroke(ctx, "#5878ad" if n % 3 else BLAZER, 7 if n % 3 else 11, 0.55)
    for x, y in ((90, 60), (210, 110), (40, 190)):
        glow(ctx, x, y, 120, 28, "#ffffff", 0.35)
        glow(ctx, x + 20, y + 34, 120, 24, "#7a5a44", 0.22)
    ctx.restore()
    smooth(ctx, edge)
    stroke(ctx, "#cdb698", 2)


def sprig(ctx):
    """A dried flower in the upper right corner."""
    stem = [(1290, 60), (1180, 110), (1080, 190), (1010, 300)]
    buds = [(1030, 262, 22), (1010, 304, 26), (1062, 222, 20), (1046, 196, 17), (1104, 186, 20), (1096, 150, 16),
            (1144, 140, 18), (1150, 102, 15), (1196, 96, 17), (1000, 262, 15), (1060, 268, 15), (1120, 214, 14)]
    mask = soft_mask(lambda c: ([(ellipse(c, x, y, r, r), fill(c, "#000000")) for x, y, r in buds], smooth(c, stem, False), stroke(c, "#000000", 8)), 10)
    shade(ctx, mask, "#2a1208", 0.5, 12, 14)
    smooth(ctx, stem, closed=False)
    stroke(ctx, "#8a6a3e", 5)
    for x, y, r in buds:
        for k in range(7):
            a = k * 2 * math.pi / 7 + x
            ellipse(ctx, x + 0.55 * r * math.cos(a), y + 0.5 * r * math.sin(a), r * 0.48, r * 0.42)
            fill(ctx, ("#f4c9b8", "#eeb09b", "#f8dccb")[k % 3])
        ellipse(ctx, x, y, r * 0.3, r * 0.28)
        fill(ctx, "#c98a3c")
