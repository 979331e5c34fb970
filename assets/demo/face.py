"""The presenter's head: hair, face, eyes that blink, a mouth that follows the voice. Origin between the eyes."""

import math

import numpy as np

from shapes import SKIN, SKIN_DARK, SKIN_LIGHT, curve, ellipse, fill, glow, linear, near, smooth, stroke, wave
from voice import mouth

HAIR, HAIR_DARK, HAIR_LIGHT = "#4a2b2e", "#2f1a20", "#8a5148"
LIP, LIP_DARK = "#cf4f52", "#a83a44"
BLINKS = (0.8, 3.3, 5.3, 7.9, 8.2, 11.0)
FACE = [(0, -118), (62, -100), (93, -40), (93, 22), (82, 78), (44, 122), (0, 136), (-44, 122), (-82, 78), (-93, 22), (-93, -40), (-62, -100)]


def back_hair(ctx, pose):
    """What hangs behind the neck, with loose strands that let the screen through."""
    swing = 5 * wave(pose.t, 2, 0.35) + 2 * wave(pose.t, 5, 0.6)
    shape = [(0, -166), (72, -148), (120, -84), (132, 20), (140 + swing * 0.4, 104), (150 + swing, 176), (112 + swing, 210),
             (50, 196), (-50, 196), (-112 + swing, 210), (-150 + swing, 176), (-140 + swing * 0.4, 104), (-132, 20), (-120, -84), (-72, -148)]
    strands(ctx, pose, shape)
    smooth(ctx, shape)
    fill(ctx, linear(-140, 0, 140, 0, (0, HAIR), (0.25, HAIR_DARK), (0.75, HAIR_DARK), (1, HAIR)))
    for side in (-1, 1):
        for n in range(7):
            x = side * (88 + 8 * n)
            smooth(ctx, [(x * 0.95, -60), (x * 1.02, 40), (x * 1.02 + swing * 0.5, 120), (x * 0.98 + swing, 196 - 3 * n)], closed=False)
            stroke(ctx, HAIR_LIGHT, 1.6, 0.35)


def strands(ctx, pose, shape):
    """Thin hairs beyond the outline: a hard case for a key."""
    line = curve(shape + shape[:1], 8)
    rng = np.random.default_rng(21)
    for _ in range(90):
        n = rng.integers(2, len(line) - 3)
        (x, y), (dx, dy) = line[n], line[n + 2] - line[n - 2]
        size = math.hypot(dx, dy) + 1e-9
        nx, ny, along = dy / size, -dx / size, 1 if dy > 0 else -1  # hair falls
        reach, length = rng.uniform(3, 14), rng.uniform(50, 110)
        drift = 3 * wave(pose.t, int(rng.integers(2, 5)), rng.uniform())
        points = [(x - 4 * nx, y - 4 * ny), (x + nx * reach * 0.6 + along * dx / size * length * 0.4, y + ny * reach * 0.6 + along * dy / size * length * 0.4),
                  (x + nx * reach + drift + along * dx / size * length * 0.8, y + ny * reach + along * dy / size * length * 0.8 + 6)]
        smooth(ctx, points, closed=False)
        stroke(ctx, HAIR if rng.uniform() < 0.6 else HAIR_LIGHT, rng.uniform(0.6, 1.4), rng.uniform(0.4, 0.85))


def head(ctx, pose):
    ears(ctx, pose)
    smooth(ctx, FACE)
    fill(ctx, linear(-90, -60, 100, 80, (0, SKIN_LIGHT), (0.4, SKIN), (1, "#e6b08e")))
    ctx.save()
    smooth(ctx, FACE)
    ctx.clip()
    glow(ctx, -56, 56, 36, 26, "#ee7f72", 0.42)
    glow(ctx, 54, 56, 36, 26, "#ee7f72", 0.42)
    glow(ctx, 96, 60, 36, 110, SKIN_DARK, 0.5)
    glow(ctx, 0, -112, 120, 60, SKIN_DARK, 0.75)
    glow(ctx, 0, 142, 70, 22, SKIN_DARK, 0.5)
    ctx.restore()
    look = (4 * wave(pose.t, 1, 0.2) * (1 - pose.look) + 9 * pose.look, 5 * pose.look)
    lid = max(near(pose.t, b, 0.13) for b in BLINKS)
    for side in (-1, 1):
        eye(ctx, side, look, lid)
        brow(ctx, side, pose)
    nose(ctx)
    lips(ctx, *mouth(pose.t))
    front_hair(ctx, pose)


def ears(ctx, pose):
    for side in (-1, 1):
        ellipse(ctx, side * 92, 22, 14, 24)
        fill(ctx, SKIN_DARK)
        ellipse(ctx, side * 91, 21, 11, 20)
        fill(ctx, SKIN)
        swing = 3 * wave(pose.t, 4, 0.1)
        ctx.move_to(side * 95, 44)
        ctx.line_to(side * 95 + swing * 0.5, 58)
        stroke(ctx, "#d9a441", 2)
        ellipse(ctx, side * 95 + swing, 67, 9, 9)
        fill(ctx, linear(side * 95 - 9, 58, side * 95 + 9, 76, (0, "#fbe3a4"), (1, "#c58f34")))


def eye(ctx, side, look, lid):
    x, y = side * 40, 8
    opening = 1 - lid
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(side, 1)
    almond = [(-25, 6), (-14, -10 * opening + 7 * lid), (3, -15 * opening + 9 * lid), (19, -8 * opening + 7 * lid), (28, -1 + 3 * lid), (14, 11), (-8, 12)]
    if opening > 0.15:
        ctx.save()
        smooth(ctx, almond)
        ctx.clip_preserve()
        fill(ctx, "#fffaf5")
        gx = side * look[0]
        ellipse(ctx, 1 + gx, -1 + look[1], 14, 15.5)
        fill(ctx, linear(0, -16, 0, 15, (0, "#2b1512"), (1, "#8a4f31")))
        ellipse(ctx, 1 + gx, -1 + look[1], 7, 8)
        fill(ctx, "#1a0c0c")
        ellipse(ctx, 1 + gx - side * 5, -7 + look[1], 4.6, 4.6)
        fill(ctx, "#ffffff")
        ellipse(ctx, 1 + gx + side * 5, 5 + look[1], 2.2, 2.2)
        fill(ctx, "#ffffff", 0.7)
        ctx.rectangle(-40, -24, 80, 16)
        fill(ctx, "#7d5a58", 0.20)
        ctx.restore()
    top = [(-26, 7), almond[1], almond[2], almond[3], (28, -1 + 3 * lid), (34, -4 + 6 * lid)]
    smooth(ctx, top, closed=False)
    stroke(ctx, "#2a1719", 4.2)
    smooth(ctx, [(-8, 14), (8, 14), (20, 9)], closed=False)
    stroke(ctx, SKIN_DARK, 1.8, 0.9)
    smooth(ctx, [(-20, -12 + 6 * lid), (0, -25 + 9 * lid), (24, -13 + 7 * lid)], closed=False)
    stroke(ctx, "#c98a6e", 2.0, 0.75)
    ctx.restore()


def brow(ctx, side, pose):
    lift = -6 * pose.accent - 2 * pose.look
    line = curve([(side * 15, -28 + lift * 0.5), (side * 42, -35 + lift), (side * 70, -25 + lift * 0.8)])
    for n, ((x0, y0), (x1, y1)) in enumerate(zip(line, line[1:])):
        ctx.move_to(x0, y0)
        ctx.line_to(x1, y1)
        stroke(ctx, HAIR, 6.5 * math.sin(0.5 + 2.4 * n / len(line)) + 0.6)


def nose(ctx):
    glow(ctx, 0, 50, 20, 14, SKIN_DARK, 0.55)
    smooth(ctx, [(-11, 54), (-5, 59), (0, 57), (6, 59), (11, 54)], closed=False)
    stroke(ctx, "#c98467", 2.4, 0.9)
    glow(ctx, -3, 36, 6, 16, "#fff0e2", 0.8)


def lips(ctx, opened, spread):
    """Between a smile at rest and an open vowel."""
    half = 34 + 8 * (spread - 0.5) - 6 * opened
    gap = 25 * opened
    top, low, corner = 85 - 0.12 * gap, 90 + gap, 80 + 0.22 * gap
    upper = [(-half, corner), (-10, top - 1), (0, top + 1), (10, top - 1), (half, corner)]
    lower = [(half, corner), (half * 0.5, low - 0.22 * gap), (0, low), (-half * 0.5, low - 0.22 * gap), (-half, corner)]
    if gap > 1.5:
        ctx.save()
        for x, y in [*curve(upper), *curve(lower)]:
            ctx.line_to(x, y)
        ctx.close_path()
        ctx.clip_preserve()
        fill(ctx, "#64202c")
        ellipse(ctx, 0, low + 3, half * 0.62, 4 + 0.34 * gap)
        fill(ctx, "#e07a78")
        smooth(ctx, [(-half + 4, top - 8), (half - 4, top - 8), (half * 0.7, top + 3 + 0.20 * gap), (0, top + 5 + 0.22 * gap), (-half * 0.7, top + 3 + 0.20 * gap)])
        fill(ctx, "#fffaf3")
        ctx.restore()
    lip_shapes(ctx, upper, lower, half, top, corner, low)


def lip_shapes(ctx, upper, lower, half, top, corner, low):
    crown = [(half, corner), (half * 0.45, top - 7), (8, top - 10), (0, top - 7), (-8, top - 10), (-half * 0.45, top - 7), (-half, corner)]
    for x, y in [*curve(upper), *curve(crown)]:
        ctx.line_to(x, y)
    ctx.close_path()
    fill(ctx, LIP_DARK)
    base = [(-half, corner), (-half * 0.5, low + 6), (0, low + 10), (half * 0.5, low + 6), (half, corner)]
    for x, y in [*curve(lower), *curve(base)]:
        ctx.line_to(x, y)
    ctx.close_path()
    fill(ctx, LIP)
    glow(ctx, -5, low + 4, 11, 3.5, "#ffc9c0", 0.8)
    for side in (-1, 1):
        smooth(ctx, [(side * (half - 2), corner + 2), (side * (half + 4), corner - 3), (side * (half + 6), corner - 8)], closed=False)
        stroke(ctx, "#c98467", 2, 0.8)


def front_hair(ctx, pose):
    """A side parting and two locks that frame the face."""
    swing = 3 * wave(pose.t, 2, 0.4)
    right = [(-26, -154), (36, -158), (94, -118), (119, -44), (124, 40), (132 + swing, 120), (118 + swing, 176), (98 + swing, 150),
             (102, 80), (98, 10), (92, -30), (62, -66), (22, -92), (-14, -118)]
    left = [(-12, -156), (-66, -146), (-110, -92), (-124, 0), (-126, 70), (-136 + swing, 130), (-120 + swing, 180), (-100 + swing, 150),
            (-102, 80), (-98, 16), (-93, -28), (-72, -62), (-40, -88), (-10, -112)]
    smooth(ctx, [(-40, -150), (30, -152), (30, -100), (-30, -100), (-10, -128)])
    fill(ctx, HAIR)
    for shape, tone in ((left, HAIR), (right, HAIR)):
        smooth(ctx, shape)
        fill(ctx, linear(0, -150, 0, 170, (0, HAIR), (0.25, HAIR_LIGHT), (0.45, tone), (1, HAIR_DARK)))
    for n in range(6):
        s = n / 5
        smooth(ctx, [(-16 + 6 * s, -148 + 6 * s), (44 + 22 * s, -128 - 8 * s), (86 + 24 * s, -70 - 6 * s), (100 + 18 * s, 10), (104 + 18 * s + swing * 0.5, 110)], closed=False)
        stroke(ctx, HAIR_DARK, 1.8, 0.35)
        smooth(ctx, [(-22 - 4 * s, -146), (-62 - 24 * s, -116 - 10 * s), (-92 - 22 * s, -60), (-100 - 20 * s, 20), (-106 - 18 * s + swing * 0.5, 120)], closed=False)
        stroke(ctx, HAIR_DARK, 1.8, 0.35)
