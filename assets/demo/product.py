"""The product of the demo show: a tumbler of glazed clay with mountains, a sun and a moon around it."""

import math

import numpy as np

from shapes import colour, ellipse, fill, linear, stroke

TALL = 1.22
RANGES = (("#9fb6d6", 0.50, 0.13, 0.4), ("#5878ad", 0.36, 0.12, 2.1), ("#27406f", 0.22, 0.10, 4.0))


def radius(v):
    """The radius at height v, 0 foot to 1 rim, in units of about the rim's width."""
    return 0.37 + 0.13 * v ** 0.6


def ridge(phi, height, swing, seed):
    """The upper edge of a range of mountains at the angle phi; closes after one turn."""
    peaks = abs(math.sin(1.5 * phi + seed)) * 1.1 + 0.45 * abs(math.sin(4 * phi + 2 * seed)) + 0.16 * math.sin(9 * phi + seed)
    return height + swing * (peaks - 0.5)


class Cup:
    """A cup standing at (x, y) on the screen, seen from `tilt` radians above, turned by `turn` radians."""

    def __init__(self, x, y, size, tilt, turn):
        self.x, self.y, self.size, self.turn = x, y, size, turn
        self.sin, self.cos = math.sin(tilt), math.cos(tilt)

    def at(self, theta, v, out=0.0):
        """The point of the screen of the side at angle theta (0 faces the viewer), `out` beyond the surface."""
        r = radius(min(max(v, 0.0), 1.0)) + out
        return self.space(r * math.sin(theta), -r * math.cos(theta), v * TALL)

    def space(self, x, depth, z):
        """A point of the room around the cup: to the right, away from the viewer, up."""
        return self.x + self.size * x, self.y - self.size * (depth * self.sin + z * self.cos)

    def outline(self, ctx, low=0.0, high=1.0):
        """The side between two heights, as the viewer sees it, with the rim's far half."""
        for v in np.linspace(low, high, 24):
            ctx.line_to(*self.at(-math.pi / 2, v))
        for theta in np.linspace(-math.pi / 2, -1.5 * math.pi, 40):
            ctx.line_to(*self.at(theta, high))
        for v in np.linspace(high, low, 24):
            ctx.line_to(*self.at(math.pi / 2, v))
        for theta in np.linspace(math.pi / 2, -math.pi / 2, 40):
            ctx.line_to(*self.at(theta, low))
        ctx.close_path()

    def band(self, ctx, upper):
        """The side from the foot up to upper(phi)."""
        angles = np.linspace(-math.pi / 2, math.pi / 2, 150)
        for theta in angles:
            ctx.line_to(*self.at(theta, upper(theta - self.turn)))
        # Down and up along the edges, which are round.
        for v in np.linspace(upper(angles[-1] - self.turn), 0, 12):
            ctx.line_to(*self.at(angles[-1], v))
        for theta in angles[::-1]:
            ctx.line_to(*self.at(theta, 0.0))
        for v in np.linspace(0, upper(angles[0] - self.turn), 12):
            ctx.line_to(*self.at(angles[0], v))
        ctx.close_path()

    def disc(self, ctx, phi, v, r, tone, alpha=1.0, squeeze=1.0):
        """A round spot on the side, where it can be seen."""
        middle = (phi + self.turn + math.pi) % (2 * math.pi) - math.pi
        if abs(middle) > math.pi / 2 + r / 0.45:
            return
        for a in np.linspace(0, 2 * math.pi, 40):
            theta = middle + squeeze * r / radius(v) * math.cos(a)
            ctx.line_to(*self.at(min(max(theta, -math.pi / 2), math.pi / 2), v + r * math.sin(a) / TALL))
        fill(ctx, tone, alpha)

    def draw(self, ctx):
        left, right = self.at(-math.pi / 2, 1)[0], self.at(math.pi / 2, 1)[0]
        ctx.save()
        self.outline(ctx)
        ctx.clip()
        self.pattern(ctx)
        ctx.rectangle(left, 0, right - left, 4000)
        fill(ctx, linear(left, 0, right, 0, (0, "#3a2a3c", 0.34), (0.13, "#ffffff", 0.0), (0.24, "#ffffff", 0.34),
                         (0.33, "#ffffff", 0.04), (0.6, "#2b2040", 0.04), (0.9, "#2b2040", 0.42), (1, "#5a4a60", 0.30)))
        ctx.restore()
        self.rim(ctx)

    def pattern(self, ctx):
        ctx.set_source_rgba(*colour("#f6efe2"))
        ctx.paint()
        self.disc(ctx, 0.0, 0.70, 0.155, "#e8644e")
        self.disc(ctx, math.pi, 0.72, 0.14, "#d9a441")
        self.disc(ctx, math.pi + 0.17, 0.75, 0.115, "#f6efe2")
        for phi, v in ((1.25, 0.80), (1.5, 0.73), (1.72, 0.83), (4.3, 0.78), (4.55, 0.85), (4.8, 0.74), (5.1, 0.82)):
            self.disc(ctx, phi, v, 0.018, "#d9a441")
        for tone, height, swing, seed in RANGES:
            self.band(ctx, lambda phi: ridge(phi, height, swing, seed))
            fill(ctx, tone)
        self.band(ctx, lambda phi: 0.085 + 0.008 * math.sin(5 * phi))
        fill(ctx, "#c07a55")

    def rim(self, ctx):
        """The opening: gilded edge, glazed inside, darker towards the light."""
        x, y = self.space(0, 0, TALL)
        r = radius(1) * self.size
        ellipse(ctx, x, y, r, r * self.sin)
        fill(ctx, linear(x - r, y, x + r, y, (0, "#b98a3a"), (0.25, "#f4d58a"), (0.6, "#c9963f"), (1, "#8c6428")))
        ctx.save()
        inner = r * 0.94
        ellipse(ctx, x, y + r * 0.012, inner, inner * self.sin)
        ctx.clip_preserve()
        fill(ctx, linear(x - inner, y - inner * self.sin, x + inner * 0.7, y + inner * self.sin,
                         (0, "#8f8fa3"), (0.5, "#d9d3cf"), (1, "#fbf5ea")))
        depth = self.space(0, 0, TALL * 0.25)[1]
        ellipse(ctx, x, depth, radius(0.2) * self.size, radius(0.2) * self.size * self.sin)
        fill(ctx, "#6f6f86", 0.35)
        ctx.restore()
        ellipse(ctx, x, y, r * 0.97, r * 0.97 * self.sin, 2.6, 4.4)
        stroke(ctx, "#fff4d0", max(1.0, r * 0.012), 0.9)
