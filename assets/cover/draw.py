#!/usr/bin/env python3
"""Draws cover.png: what viewers see while they are kept out. Needs python3-cairo and fonts-noto-cjk."""

import pathlib

import cairo

WIDTH, HEIGHT = 1280, 720


def centred(context, text, size, y, weight):
    context.select_font_face("Noto Sans CJK SC", cairo.FONT_SLANT_NORMAL, weight)
    context.set_font_size(size)
    extents = context.text_extents(text)
    context.move_to(WIDTH / 2 - extents.width / 2 - extents.x_bearing, y)
    context.show_text(text)


def main():
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, WIDTH, HEIGHT)
    context = cairo.Context(surface)
    shade = cairo.LinearGradient(0, 0, 0, HEIGHT)
    shade.add_color_stop_rgb(0, 0.09, 0.15, 0.22)
    shade.add_color_stop_rgb(1, 0.05, 0.09, 0.14)
    context.set_source(shade)
    context.paint()
    # Two strokes: a pause.
    context.set_source_rgb(0.45, 0.78, 0.82)
    for x in (WIDTH / 2 - 34, WIDTH / 2 + 14):
        context.rectangle(x, 190, 20, 92)
        context.fill()
    context.set_source_rgb(0.95, 0.97, 0.98)
    centred(context, "Back in a moment", 64, 400, cairo.FONT_WEIGHT_BOLD)
    context.set_source_rgb(0.72, 0.80, 0.85)
    centred(context, "稍后回来", 48, 480, cairo.FONT_WEIGHT_NORMAL)
    surface.write_to_png(str(pathlib.Path(__file__).with_name("cover.png")))


if __name__ == "__main__":
    main()
