"""The first camera: a presenter before an unevenly lit green screen."""

import math

import numpy as np

import face
from product import Cup
from shapes import (BLAZER, BLAZER_DARK, BLAZER_LIGHT, CREAM, HEIGHT, SKIN, SKIN_DARK, SKIN_LIGHT, WIDTH, canvas, curve,
                    ease, ellipse, fill, from_array, glow, limb, linear, near, shade, smooth, soft_mask, stroke, wave)

FLESH = (SKIN_DARK, SKIN, SKIN_LIGHT)
CLOTH = (BLAZER_DARK, BLAZER, BLAZER_LIGHT)
CENTRE = 800
# Seconds at which the free hand opens towards the viewer.
ACCENTS = (1.3, 4.4, 7.4, 9.6)


def green_screen():
    """Cloth lit from the upper left: gradient, vignette, soft creases, a trace of weave."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    u, v = x / WIDTH, y / HEIGHT
    light = 1.06 - 0.20 * u - 0.16 * v + 0.12 * np.exp(-((u - 0.28) ** 2 + (v - 0.25) ** 2) / 0.10)
    light *= 1 - 0.30 * ((u - 0.5) ** 2 + (v - 0.5) ** 2)
    rng = np.random.default_rng(3)
    for _ in range(11):
        at, lean, bend = rng.uniform(-0.1, 1.2), rng.uniform(-0.5, 0.5), rng.uniform(-0.08, 0.08)
        width, depth = rng.uniform(0.012, 0.04), rng.uniform(0.015, 0.04)
        away = (u - at - lean * v - bend * np.sin(3 * v)) / width
        light += depth * -away * np.exp(-away ** 2) * (0.35 + 0.65 * np.exp(-((v - rng.uniform(0, 1)) / 0.5) ** 2))
    light += 0.004 * rng.standard_normal((HEIGHT, WIDTH))
    rgb = np.stack([0.16 * light ** 1.2, 0.70 * light, 0.30 * light ** 1.1], axis=-1)
    return from_array(np.clip(rgb, 0, 1))


class Host:
    """Draws the camera's picture at any time of the loop."""

    def __init__(self):
        self.screen = green_screen()

    def draw(self, t):
        surface, ctx = canvas()
        ctx.set_source_surface(self.screen)
        ctx.paint()
        pose = Pose(t)
        shade(ctx, soft_mask(lambda c: silhouette(c, pose), 48, 8), "#04331a", 0.42, 34, 26, 8)
        ctx.translate(pose.sway, pose.breath)
        self.figure(ctx, pose)
        return surface

    def figure(self, ctx, pose):
        with_head(ctx, pose, lambda: face.back_hair(ctx, pose))
        neck(ctx)
        torso(ctx, pose)
        with_head(ctx, pose, lambda: face.head(ctx, pose))
        cup_arm(ctx, pose)
        free_arm(ctx, pose)


class Pose:
    """Where everything is at t seconds."""

    def __init__(self, t):
        self.t = t
        self.sway = 5 * wave(t, 1) + 2 * wave(t, 3, 0.2)
        self.breath = 2.5 * wave(t, 3)
        self.head_x = 5 * wave(t, 2, 0.1) + 3 * wave(t, 5, 0.3)
        self.head_y = 3 * wave(t, 5, 0.6) + 3 * wave(t, 8, 0.1)
        self.head_turn = 0.035 * wave(t, 2, 0.3) + 0.022 * wave(t, 3, 0.75)
        self.accent = max(near(t, a, 0.95) for a in ACCENTS)
        self.look = near(t, 6.0, 0.9)
        self.cup_lift = 16 * near(t, 6.1, 1.4) + 4 * wave(t, 3, 0.4)
        self.beat = wave(t, 8, 0.2) + 0.5 * wave(t, 13, 0.1)


def with_head(ctx, pose, draw):
    """Draws in the head's own coordinates: chin below, origin between the eyes."""
    ctx.save()
    ctx.translate(CENTRE + pose.head_x, 392 + pose.head_y)
    ctx.rotate(pose.head_turn)
    ctx.translate(0, -130)
    draw()
    ctx.restore()


def silhouette(ctx, pose):
    ellipse(ctx, CENTRE + pose.head_x, 270, 140, 165)
    fill(ctx, "#000000")
    smooth(ctx, [(570, 760), (585, 560), (690, 480), (910, 480), (1020, 560), (1040, 760)])
    fill(ctx, "#000000")


def neck(ctx):
    smooth(ctx, [(758, 350), (842, 350), (846, 440), (880, 500), (800, 560), (720, 500), (754, 440)])
    fill(ctx, linear(740, 0, 860, 0, (0, SKIN), (0.55, SKIN), (1, SKIN_DARK)))
    smooth(ctx, [(757, 372), (800, 400), (845, 372), (844, 420), (800, 446), (760, 416)])
    fill(ctx, SKIN_DARK, 0.75)


def torso(ctx, pose):
    lift = -4 * pose.accent
    shape = [(800, 800), (560, 800), (572, 640 + lift), (596, 545 + lift), (650, 500 + lift), (728, 476),
             (800, 560), (872, 476), (950, 500), (1004, 545), (1028, 640), (1040, 800)]
    smooth(ctx, shape)
    fill(ctx, linear(590, 480, 1010, 720, (0, BLAZER_LIGHT), (0.35, BLAZER), (1, BLAZER_DARK)))
    blouse(ctx)
    for side in (-1, 1):
        lapel(ctx, side)


def blouse(ctx):
    ctx.save()
    for x, y in ((742, 474), (702, 560), (800, 760), (898, 560), (858, 474), (832, 496), (800, 512), (768, 496)):
        ctx.line_to(x, y)
    ctx.close_path()
    fill(ctx, linear(720, 480, 890, 720, (0, CREAM), (1, "#e6d3c0")))
    smooth(ctx, [(752, 482), (770, 500), (800, 514), (830, 500), (848, 482)], closed=False)
    stroke(ctx, "#e9d9c6", 5)
    smooth(ctx, [(768, 494), (786, 548), (800, 560), (814, 548), (832, 494)], closed=False)
    stroke(ctx, "#d9a441", 2)
    ellipse(ctx, 800, 566, 8, 8)
    fill(ctx, "#e0b04f")
    ctx.restore()


def lapel(ctx, side):
    def x(value):
        return CENTRE + side * value

    for px, py in ((50, 470), (88, 484), (128, 560), (100, 576), (114, 596), (8, 760), (-6, 760), (44, 600), (66, 520)):
        ctx.line_to(x(px), py)
    ctx.close_path()
    fill(ctx, BLAZER_LIGHT if side < 0 else "#d6584a")
    for px, py in ((128, 560), (100, 576), (114, 596), (8, 760)):
        ctx.line_to(x(px), py)
    stroke(ctx, BLAZER_DARK, 2.5, 0.7)


def cup_arm(ctx, pose):
    """The arm that holds the product up, on the right of the picture."""
    hand_x, hand_y = 1000 + 3 * pose.beat, 560 - pose.cup_lift
    limb(ctx, [(978, 575), (1030, 660), (1050, 740)], (92, 100, 104), CLOTH)
    limb(ctx, [(hand_x + 46, hand_y + 84), (hand_x + 30, hand_y + 40), (hand_x + 18, hand_y + 2)], (46, 46, 56), FLESH)
    frill(ctx, pose, hand_x + 44, hand_y + 78, -0.35)
    limb(ctx, [(1064, 790), (1062, 720), (hand_x + 52, hand_y + 112)], (104, 94, 72), CLOTH)
    limb(ctx, [(hand_x + 24, hand_y + 14), (hand_x - 22, hand_y + 10), (hand_x - 50, hand_y - 34)], (34, 28, 20), FLESH)
    Cup(hand_x - 14, hand_y + 22, 128, 0.26, 0.5 + 0.5 * wave(pose.t, 1, 0.4) + 0.25 * wave(pose.t, 3)).draw(ctx)
    for n in range(4):
        y = hand_y - 40 + 19 * n
        reach = (-22, -30, -28, -18)[n] + 2 * wave(pose.t, 6, 0.12 * n)
        limb(ctx, [(hand_x + 40, y + 18 - 4 * n), (hand_x + 18, y + 2), (hand_x + reach, y + 2)], (25, 23, 17), FLESH)
        ellipse(ctx, hand_x + reach - 3, y + 1, 6, 4.4)
        fill(ctx, BLAZER_LIGHT)
    limb(ctx, [(hand_x + 32, hand_y - 24), (hand_x + 42, hand_y + 14), (hand_x + 30, hand_y + 42)], (26, 34, 34), FLESH)


def free_arm(ctx, pose):
    """The arm that talks, on the left of the picture."""
    a = pose.accent
    wrist = (596 - 46 * a + 7 * pose.beat, 610 - 66 * a + 9 * pose.beat)
    elbow = (556 - 14 * a, 752 - 6 * a)
    limb(ctx, [(622, 570), (586, 650), elbow], (94, 98, 96), CLOTH)
    angle = math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]) + math.pi / 2 - 0.12 + 0.16 * a + 0.06 * pose.beat
    ctx.save()
    ctx.translate(*wrist)
    ctx.rotate(angle)
    open_hand(ctx, a, pose.t)
    ctx.restore()
    frill(ctx, pose, wrist[0], wrist[1] + 8, angle)
    end = (wrist[0] + 0.28 * (elbow[0] - wrist[0]), wrist[1] + 0.28 * (elbow[1] - wrist[1]))
    limb(ctx, [elbow, ((elbow[0] + end[0]) / 2 - 5, (elbow[1] + end[1]) / 2), end], (96, 86, 68), CLOTH)


def open_hand(ctx, a, t):
    """A right hand seen from its palm, wrist at the origin, fingers up; spread by a, 0 to 1."""
    limb(ctx, [(0, 26), (0, -4), (1, -26)], (40, 42, 52), FLESH)
    spread = 0.10 + 0.13 * a
    for n, (x, y, length) in enumerate(((-24, -52, 42), (-9, -60, 52), (8, -60, 50), (24, -52, 40))):
        lean = (n - 1.5) * spread + 0.05 * wave(t, 5, 0.17 * n)
        bend = 0.55 * (1 - a) + 0.05
        reach = length * (1 - 0.38 * bend)
        tip = (x + reach * math.sin(lean), y - reach * math.cos(lean))
        knee = (x + 0.55 * reach * math.sin(lean * 0.7), y - 0.55 * reach * math.cos(lean * 0.7))
        limb(ctx, [(x * 0.8, y + 26), (x, y), knee, tip], (22, 20, 19, 15), FLESH)
    limb(ctx, [(16, -12), (34, -34), (42 + 8 * a, -56 - 6 * a)], (30, 24, 16), FLESH)
    smooth(ctx, [(-24, -14), (-22, -50), (0, -58), (22, -50), (24, -16), (0, -2)])
    fill(ctx, linear(-24, -60, 24, 0, (0, SKIN_LIGHT), (0.5, SKIN), (1, SKIN)))
    for points in ([(-18, -38), (-4, -32), (12, -40)], [(14, -30), (4, -20), (4, -6)]):
        smooth(ctx, points, closed=False)
        stroke(ctx, SKIN_DARK, 1.8, 0.6)
    glow(ctx, 12, -16, 18, 18, "#f08a78", 0.30)


def frill(ctx, pose, x, y, angle):
    """A cuff of thin cloth that lets the screen through."""
    ctx.save()
    ctx.translate(x, y)
    ctx.rotate(angle)
    for layer, alpha in ((1.0, 0.50), (0.72, 0.50)):
        edge = []
        for k in range(13):
            s = k / 12 * 2 - 1
            edge.append((s * 46 * layer, 10 - 28 * layer * (1 - 0.25 * s * s) + 4 * math.cos(k * math.pi) + 2.5 * wave(pose.t, 4, 0.2 * k)))
        for px, py in curve([(-30, 22), *edge, (30, 22), (0, 28)]):
            ctx.line_to(px, py)
        ctx.close_path()
        fill(ctx, CREAM, alpha)
        for px, py in edge[1:-1:2]:
            ctx.move_to(px * 0.6, 20)
            ctx.line_to(px, py)
        stroke(ctx, "#e2cbb4", 1.2, 0.5)
    ctx.restore()
