"""What all drawings share: the size of the picture, colours, soft and tapered shapes, periodic motion."""

import math

import cairo
import numpy as np

WIDTH, HEIGHT, RATE, FRAMES = 1280, 720, 30, 360
SECONDS = FRAMES / RATE

SKIN, SKIN_DARK, SKIN_LIGHT = "#f2c3a0", "#dd9d7c", "#ffdcc2"
BLAZER, BLAZER_DARK, BLAZER_LIGHT = "#e2604f", "#b8433a", "#f07f6b"
CREAM = "#fbf1e4"


def colour(text, alpha=1.0):
    """"#rrggbb" as four numbers for cairo."""
    return tuple(int(text[i:i + 2], 16) / 255 for i in (1, 3, 5)) + (alpha,)


def wave(t, turns, phase=0.0):
    """A sine that makes a whole number of turns in the loop, so that it closes."""
    return math.sin(2 * math.pi * (turns * t / SECONDS + phase))


def ease(x):
    """0 to 1 with a standstill at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * x * (x * (6 * x - 15) + 10)


def near(t, moment, width):
    """1 at `moment`, 0 further than `width` seconds from it, on the circle of the loop."""
    away = abs((t - moment + SECONDS / 2) % SECONDS - SECONDS / 2)
    return ease(1 - away / width)


def canvas(width=WIDTH, height=HEIGHT, form=cairo.FORMAT_RGB24):
    surface = cairo.ImageSurface(form, width, height)
    return surface, cairo.Context(surface)


def from_array(rgb):
    """A picture of floats 0 to 1 (height, width, 3) as a cairo surface, dithered by a fixed pattern."""
    height, width, _ = rgb.shape
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, (height, width, 1))
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., :3] = np.clip(np.rint(rgb[..., ::-1] * 255 + noise), 0, 255)
    data = bytearray(pixels.tobytes())
    return cairo.ImageSurface.create_for_data(data, cairo.FORMAT_RGB24, width, height, width * 4)


def curve(points, steps=10):
    """A Catmull-Rom line through points of any dimension."""
    p = np.asarray(points, float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    s = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        parts.append(b + 0.5 * s * (c - a + s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a))))
    return np.vstack(parts + [p[-2:-1]])


def smooth(ctx, points, closed=True):
    """Puts a smooth path through the points."""
    if closed:
        ring = curve(list(points[-2:]) + list(points) + list(points[:2]))
        line = ring[20:-10]
    else:
        line = curve(points)
    for x, y in line:
        ctx.line_to(x, y)
    if closed:
        ctx.close_path()


def fill(ctx, what, alpha=1.0):
    """Fills the path with "#rrggbb" or with a pattern."""
    if isinstance(what, str):
        ctx.set_source_rgba(*colour(what, alpha))
    else:
        ctx.set_source(what)
    ctx.fill()


def stroke(ctx, what, width, alpha=1.0):
    ctx.set_source_rgba(*colour(what, alpha))
    ctx.set_line_width(width)
    ctx.set_line_cap(cairo.LINE_CAP_ROUND)
    ctx.set_line_join(cairo.LINE_JOIN_ROUND)
    ctx.stroke()


def linear(x0, y0, x1, y1, *stops):
    """A gradient; a stop is (position, "#rrggbb", alpha)."""
    gradient = cairo.LinearGradient(x0, y0, x1, y1)
    for at, text, *alpha in stops:
        gradient.add_color_stop_rgba(at, *colour(text, *alpha))
    return gradient


def radial(x, y, radius, *stops):
    gradient = cairo.RadialGradient(x, y, 0, x, y, radius)
    for at, text, *alpha in stops:
        gradient.add_color_stop_rgba(at, *colour(text, *alpha))
    return gradient


def glow(ctx, x, y, rx, ry, text, alpha):
    """A soft spot."""
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(rx, ry)
    ctx.arc(0, 0, 1, 0, 2 * math.pi)
    fill(ctx, radial(0, 0, 1, (0, text, alpha), (0.5, text, alpha * 0.6), (1, text, 0)))
    ctx.restore()


def ellipse(ctx, x, y, rx, ry, start=0.0, end=2 * math.pi):
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(rx, ry)
    ctx.arc(0, 0, 1, start, end)
    ctx.restore()


def limb(ctx, points, widths, tones, light=(-0.16, -0.2)):
    """A rounded, tapered stroke through `points`: dark, middle and light tone over each other, lit from above left."""
    line = curve(points, 24)
    thick = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)
    dark, middle, bright = tones
    for tone, share, shift, alpha in ((dark, 1.0, 0.0, 1.0), (middle, 0.86, 0.33, 1.0), (bright, 0.34, 0.95, 0.5)):
        ctx.push_group()
        for (x0, y0), (x1, y1), w in zip(line, line[1:], thick):
            ctx.move_to(x0 + light[0] * w * shift, y0 + light[1] * w * shift)
            ctx.line_to(x1 + light[0] * w * shift, y1 + light[1] * w * shift)
            stroke(ctx, tone, w * share)
        ctx.pop_group_to_source()
        ctx.paint_with_alpha(alpha)


def soft_mask(draw, radius, step=4):
    """What `draw(ctx)` paints, blurred by about `radius` pixels, as a surface of alpha `step` times smaller."""
    small, ctx = canvas(WIDTH // step, HEIGHT // step, cairo.FORMAT_A8)
    ctx.scale(1 / step, 1 / step)
    draw(ctx)
    small.flush()
    stride = small.get_stride()
    alpha = np.frombuffer(small.get_data(), np.uint8).reshape(-1, stride)[:, :WIDTH // step].astype(float)
    size = max(1, radius // step)
    kernel = np.hanning(2 * size + 3)[1:-1]
    kernel /= kernel.sum()
    for _ in range(2):
        alpha = np.pad(alpha, ((0, 0), (size, size)), mode="edge")
        alpha = np.apply_along_axis(np.convolve, 1, alpha, kernel, "valid").T
    data = np.zeros((HEIGHT // step, stride), np.uint8)
    data[:, :WIDTH // step] = np.rint(alpha)
    return cairo.ImageSurface.create_for_data(bytearray(data.tobytes()), cairo.FORMAT_A8, WIDTH // step, HEIGHT // step, stride)


def shade(ctx, mask, text, alpha, dx=0.0, dy=0.0, step=4):
    """Paints a colour through a mask of `soft_mask`."""
    ctx.save()
    ctx.translate(dx, dy)
    ctx.scale(step, step)
    pattern = cairo.SurfacePattern(mask)
    pattern.set_filter(cairo.FILTER_BILINEAR)
    pattern.set_extend(cairo.EXTEND_PAD)
    ctx.set_source_rgba(*colour(text, alpha))
    ctx.mask(pattern)
    ctx.restore()
