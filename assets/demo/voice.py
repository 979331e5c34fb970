"""A voice that says nothing: twelve seconds of syllables made of formants, and the mouth that goes with them."""

from dataclasses import dataclass

import numpy as np

from shapes import SECONDS

SAMPLE_RATE = 48000
PEAK = 10 ** (-6 / 20)
STEP = 0.005
# First three formants of an adult woman's vowels in Hz, and how the mouth stands: open, spread (both 0 to 1).
VOWELS = {
    "a": ((850, 1220, 2810), 1.00, 0.5), "e": ((610, 2330, 2990), 0.62, 0.85), "i": ((370, 2670, 3200), 0.34, 1.0),
    "o": ((590, 920, 2710), 0.70, 0.1), "u": ((430, 1170, 2680), 0.40, 0.0), "@": ((600, 1650, 2750), 0.5, 0.5),
}
# Each phrase: when it begins, its pitch at the beginning and the end, its syllables. "-" rests for half a syllable.
PHRASES = (
    (0.45, 232, 186, "ha lo mi na se - ti ra mo la ne su ma ta"),
    (3.65, 240, 196, "so ka li me - no ta si ra ne mi la o"),
    (6.75, 226, 246, "ta mi sa no re la ki"),
    (8.75, 236, 172, "ma li so ne ta - ri mo sa le na mu la"),
)
BREATHS = {"s": (6500, 2600, 0.085), "t": (4200, 2400, 0.03), "k": (2300, 1300, 0.035), "h": (1500, 1500, 0.06)}


@dataclass
class Syllable:
    start: float
    length: float
    consonant: str
    vowel: str
    pitch: float
    loud: float


def syllables():
    """Every syllable of the loop, in order."""
    chance = np.random.default_rng(12)
    out = []
    for start, high, low, text in PHRASES:
        words, t = text.split(), start
        for n, word in enumerate(words):
            length = 0.5 * 0.19 if word == "-" else 0.19 * chance.uniform(0.85, 1.2) * (1.5 if n == len(words) - 1 else 1)
            if word != "-":
                pitch = high + (low - high) * n / len(words) + chance.uniform(-14, 20)
                vowel = word[-1]
                out.append(Syllable(t, length, word[:-1], vowel, pitch, chance.uniform(0.72, 1.0)))
            t += length
    return out


SYLLABLES = syllables()


def loudness(t, syllable):
    """0 to 1: how far the vowel of a syllable sounds at t (an array of seconds)."""
    attack, release = 0.045, 0.075
    rise = np.clip((t - syllable.start - 0.01) / attack, 0, 1)
    fall = np.clip((syllable.start + syllable.length + 0.03 - t) / release, 0, 1)
    return syllable.loud * (0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall)))


def mouth(t):
    """(open, spread), both 0 to 1, at t seconds of the loop; the lips lead the sound a little."""
    now = np.array([(t + 0.03) % SECONDS])
    weights = [(float(loudness(now, s)[0]), s) for s in SYLLABLES if abs(s.start - now[0]) < 0.6]
    total = sum(w for w, _ in weights)
    if total < 1e-6:
        return 0.0, 0.5
    opened = sum(w * VOWELS[s.vowel][1] for w, s in weights)
    spread = sum(w * VOWELS[s.vowel][2] for w, s in weights) / total
    return min(opened, 1.0), 0.5 + (spread - 0.5) * min(total * 2, 1.0)


def tracks():
    """Loudness, pitch and formants every 5 ms of the loop."""
    t = np.arange(0, SECONDS, STEP)
    parts = np.array([loudness(t, s) for s in SYLLABLES])
    nearest = np.array([np.exp(-((t - s.start - s.length / 2) / 0.07) ** 2) for s in SYLLABLES]) + 1e-12
    nearest /= nearest.sum(axis=0)
    pitch = np.array([s.pitch for s in SYLLABLES]) @ nearest
    formants = np.array([VOWELS[s.vowel][0] for s in SYLLABLES]).T @ nearest
    return t, parts.sum(axis=0), pitch, formants


def periodic(t, track, out):
    return np.interp(out, np.append(t, SECONDS), np.append(track, track[0]))


def resonance(frequency, formants):
    """The vocal tract's gain at a frequency: each formant a resonance, each weaker than the one before."""
    gain = np.full(np.broadcast(frequency, formants[0]).shape, 0.012)
    for centre, width, level in zip((*formants, np.full_like(formants[0], 4200.0)), (90, 120, 180, 350), (1.0, 0.55, 0.3, 0.12)):
        gain += level / np.sqrt(1 + ((frequency - centre) / width) ** 2) ** 1.5
    return gain


def sung(time, rng):
    """The voiced part: harmonics of the pitch, each as loud as the throat and the tract make it."""
    t, loud, pitch, formants = tracks()
    pitch = pitch * (1 + 0.008 * np.sin(2 * np.pi * 66 * t / SECONDS) + 0.006 * np.sin(2 * np.pi * 127 * t / SECONDS))
    turns = np.cumsum(pitch) * STEP
    turns *= np.round(turns[-1]) / turns[-1]
    phase = np.interp(time, np.append(0, t + STEP), np.append(0, turns)) * 2 * np.pi
    sound = np.zeros_like(time)
    for n in range(1, 34):
        level = loud * resonance(n * pitch, formants) / n ** 0.85
        level[n * pitch > 8000] = 0
        sound += periodic(t, level, time) * np.sin(n * phase + rng.uniform(0, 6.28))
    return sound


def band_noise(samples, centre, width, rng):
    """Noise around a frequency that closes by itself: made as a spectrum of the loop."""
    frequency = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    spectrum = np.exp(-((frequency - centre) / width) ** 2) * np.exp(2j * np.pi * rng.uniform(0, 1, len(frequency)))
    noise = np.fft.irfft(spectrum, samples)
    return noise / np.std(noise)


def breaths(time, rng):
    """The unvoiced part: a breath of noise before the vowel of s, t, k and h."""
    sound = np.zeros_like(time)
    noises = {c: band_noise(len(time), *BREATHS[c][:2], rng) for c in sorted(BREATHS)}
    for s in SYLLABLES:
        if s.consonant in BREATHS:
            length = BREATHS[s.consonant][2]
            x = np.clip((time - s.start + length - 0.02) / length, 0, 1)
            sound += 0.16 * s.loud * np.sin(np.pi * x) ** 2 * noises[s.consonant]
    return sound


def room(sound, rng):
    """A small room, by circular convolution: what rings past the end rings in at the beginning."""
    t = np.arange(len(sound)) / SAMPLE_RATE
    tail = rng.standard_normal(len(sound)) * np.exp(-t / 0.06) * (t > 0.004) * (t < 0.5)
    tail *= 0.16 / np.sqrt(np.sum(tail ** 2))
    tail[0] = 1
    return np.fft.irfft(np.fft.rfft(sound) * np.fft.rfft(tail), len(sound))


def samples():
    """The loop as mono samples, signed 16 bits, peak -6 dBFS."""
    rng = np.random.default_rng(5)
    time = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    voiced = sung(time, rng)
    sound = room(voiced / np.max(np.abs(voiced)) + breaths(time, rng) * 0.5, rng)
    return np.rint(sound / np.max(np.abs(sound)) * PEAK * 32767).astype("<i2")
