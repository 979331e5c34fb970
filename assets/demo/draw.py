#!/usr/bin/python3
"""Draws the demo show: two cameras, a voice and a product card. See README.md beside this file."""

import argparse
import pathlib
import subprocess
import sys

import numpy as np

from shapes import FRAMES, HEIGHT, RATE, WIDTH

HERE = pathlib.Path(__file__).resolve().parent
X264 = ("keyint=30:min-keyint=30:scenecut=0:bframes=0:open-gop=0:ref=4:aq-mode=1:"
        "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv")


def cameras():
    from host import Host
    from table import Table
    return {"host": Host, "table": Table}


def pixels(surface):
    surface.flush()
    return bytes(surface.get_data())


def video(name, scene, quality):
    """Pipes every frame into the encoder: H.264 high, no B-frames, a closed GOP of 1 s."""
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "bgr0", "-s", f"{WIDTH}x{HEIGHT}",
               "-r", str(RATE), "-i", "-", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
               "-c:v", "libx264", "-profile:v", "high", "-preset", "veryslow", "-crf", str(quality), "-x264-params", X264,
               "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
               "-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact", str(HERE / f"{name}.mp4")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        for n in range(FRAMES):
            encoder.stdin.write(pixels(scene.draw(n / RATE)))
        encoder.stdin.close()
    if encoder.returncode:
        sys.exit(f"ffmpeg could not write {name}.mp4")


def sound():
    from voice import SAMPLE_RATE, samples
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "-",
               "-compression_level", "12", "-fflags", "+bitexact", str(HERE / "voice.flac")]
    subprocess.run(command, input=samples().tobytes(), check=True)


def difference(a, b):
    return float(np.mean(np.abs(np.frombuffer(a, np.uint8).astype(int) - np.frombuffer(b, np.uint8))))


def check():
    """Frame 360 is frame 0, and the step into it is no larger than the steps around it."""
    for name, scene in cameras().items():
        scene = scene()
        last = {n: pixels(scene.draw(n / RATE)) for n in (0, 1, 2, 357, 358, 359, 360)}
        if last[0] != last[360]:
            sys.exit(f"{name}: frame 360 differs from frame 0 by {difference(last[0], last[360]):.4f}")
        steps = [difference(last[a], last[b]) for a, b in ((357, 358), (358, 359), (0, 1), (1, 2))]
        if difference(last[359], last[360]) > 1.5 * max(steps) + 0.05:
            sys.exit(f"{name}: a jump of {difference(last[359], last[360]):.3f} where the loop closes, beside {steps}")
        print(f"{name}: closes; steps around the seam {steps}")
    from voice import PEAK, samples
    loop = samples().astype(int)
    if abs(loop[0] - loop[-1]) > 64 or np.max(np.abs(loop)) != round(PEAK * 32767):
        sys.exit(f"voice: seam {loop[-1]} to {loop[0]}, peak {np.max(np.abs(loop))}")
    print("voice: closes in silence, peak -6 dBFS")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("only", nargs="*", help="host, table, voice or card; everything when left out")
    options.add_argument("--check", action="store_true", help="check that the loops close; writes nothing")
    options.add_argument("--frame", type=int, help="write one frame of each camera named as PNG into the current folder")
    given = options.parse_args()
    if given.check:
        return check()
    wanted = given.only or ["host", "table", "voice", "card"]
    for name, scene in cameras().items():
        if name in wanted and given.frame is not None:
            scene().draw(given.frame / RATE).write_to_png(f"{name}-{given.frame}.png")
        elif name in wanted:
            video(name, scene(), 23)
    if given.frame is None and "voice" in wanted:
        sound()
    if given.frame is None and "card" in wanted:
        from card import draw
        draw().write_to_png(str(HERE / "card.png"))


if __name__ == "__main__":
    main()
