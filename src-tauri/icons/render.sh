#!/bin/sh
# Draws the icons from assets/icon.svg (needs rsvg-convert). Run after changing it; the pictures are committed.
set -eu
cd "$(dirname "$0")"
for size in 32 128 256 512; do
    rsvg-convert --width "$size" --height "$size" ../../assets/icon.svg --output "${size}x${size}.png"
done
