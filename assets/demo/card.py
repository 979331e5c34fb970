"""The product card: the product's picture, its name in two languages, the price and what it was before."""

import math

import cairo

from product import Cup
from shapes import canvas, colour, fill, linear, radial, stroke

WIDTH, HEIGHT, MARGIN, CORNER = 420, 200, 14, 20
FONT = "Noto Sans CJK SC"


def rounded(ctx, x, y, width, height, r):
    ctx.new_sub_path()
    for cx, cy, start in ((x + width - r, y + r, -0.5), (x + width - r, y + height - r, 0), (x + r, y + height - r, 0.5), (x + r, y + r, 1)):
        ctx.arc(cx, cy, r, start * math.pi, (start + 0.5) * math.pi)
    ctx.close_path()


def text(ctx, x, y, size, words, tone, bold=False):
    """Draws words from x on the base line y and answers where they end."""
    ctx.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL)
    ctx.set_font_size(size)
    ctx.move_to(x, y)
    ctx.set_source_rgba(*colour(tone))
    ctx.show_text(words)
    return ctx.get_current_point()[0]


def panel(ctx):
    """The white plate with its soft shadow."""
    width, height = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    for n in range(13):
        rounded(ctx, MARGIN - n, MARGIN - n + 3, width + 2 * n, height + 2 * n - 2, CORNER + n)
        fill(ctx, "#2a1208", 0.030)
    rounded(ctx, MARGIN, MARGIN, width, height, CORNER)
    fill(ctx, linear(0, MARGIN, 0, HEIGHT - MARGIN, (0, "#ffffff"), (1, "#fff7ef")))


def photo(ctx):
    x, y, size = MARGIN + 10, MARGIN + 10, HEIGHT - 2 * MARGIN - 20
    ctx.save()
    rounded(ctx, x, y, size, size, 13)
    ctx.clip()
    ctx.set_source(linear(x, y, x + size, y + size, (0, "#fbe3d3"), (1, "#f0b79d")))
    ctx.paint()
    middle, foot = x + size / 2, y + size * 0.86
    ctx.translate(middle + 6, foot - 6)
    ctx.scale(1, 0.34)
    ctx.arc(0, 0, 58, 0, 2 * math.pi)
    fill(ctx, radial(0, 0, 58, (0, "#5a2a18", 0.55), (0.6, "#5a2a18", 0.35), (1, "#5a2a18", 0.0)))
    ctx.restore()
    Cup(middle, foot - 12, 84, 0.42, -0.25).draw(ctx)


def draw():
    surface, ctx = canvas(WIDTH, HEIGHT, cairo.FORMAT_ARGB32)
    panel(ctx)
    photo(ctx)
    x = MARGIN + HEIGHT - 2 * MARGIN + 8
    text(ctx, x, 60, 23, "Shanlan tumbler", "#3a2226", True)
    text(ctx, x, 90, 19, "山岚手作杯", "#7a5a58")
    text(ctx, x, 132, 32, "¥129.00", "#d8432f", True)
    end = text(ctx, x, 163, 17, "¥169.00", "#9a8684")
    ctx.move_to(x - 2, 157)
    ctx.line_to(end + 2, 157)
    stroke(ctx, "#9a8684", 1.6)
    rounded(ctx, end + 14, 147, 66, 22, 11)
    fill(ctx, "#e2604f")
    text(ctx, end + 23, 163, 13, "−¥40.00", "#ffffff", True)
    return surface
