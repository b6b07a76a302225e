"""Pictures of our own for the demonstration: posters drawn by code, different for each seed.

`draw("railway", 7)` gives a Pillow image, the same one each time. There is no text in any picture.
Everything is drawn on a sheet of 1600 × 1000 units at twice the size asked for, and reduced, which smooths the edges.
"""

import math
import random
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

W, H = 1600, 1000

# sky: top to horizon; land: far to near; ink and light: the darkest and the lightest; warm and cool: accents.
PALETTES = {
    "dawn": {
        "sky": ["#7fb0cc", "#f2dcc4", "#f7b696"],
        "sun": "#fff3dc",
        "land": ["#c9a6b0", "#9a84a2", "#6c698f", "#465072", "#2a3854"],
        "ink": "#1b2540",
        "light": "#fcf1e3",
        "warm": "#e4633f",
        "cool": "#2f8f9d",
    },
    "dusk": {
        "sky": ["#1f2a5c", "#7d4c8c", "#f58f63"],
        "sun": "#ffe0ad",
        "land": ["#a0638c", "#704a80", "#4d3b70", "#332c5c", "#1e1d41"],
        "ink": "#141430",
        "light": "#ffe9cd",
        "warm": "#ff7a52",
        "cool": "#57b8b5",
    },
    "day": {
        "sky": ["#3f9bcb", "#9fd5e2", "#f6efd6"],
        "sun": "#fffae6",
        "land": ["#a9cbc6", "#7fb3a0", "#529680", "#327266", "#1f4f50"],
        "ink": "#15343c",
        "light": "#fdf8e9",
        "warm": "#e8703a",
        "cool": "#1f7a8c",
    },
    "amber": {
        "sky": ["#ec9f58", "#f7cf92", "#fcebc6"],
        "sun": "#fffbea",
        "land": ["#e3b081", "#cc8a5b", "#ab6642", "#7d4737", "#4d2d2e"],
        "ink": "#3a2026",
        "light": "#fff5e1",
        "warm": "#c8452f",
        "cool": "#2c7f87",
    },
    "mint": {
        "sky": ["#2b7d88", "#84c8b8", "#f5efd0"],
        "sun": "#fff6d6",
        "land": ["#98c5b1", "#66a593", "#3d8279", "#236060", "#144248"],
        "ink": "#0d2e36",
        "light": "#fbf5e3",
        "warm": "#e9724c",
        "cool": "#2a6f97",
    },
    "night": {
        "sky": ["#091131", "#1b3266", "#50739b"],
        "sun": "#f8f1d8",
        "land": ["#41618c", "#304d79", "#223c65", "#172b4e", "#0e1d39"],
        "ink": "#071126",
        "light": "#f5ecd6",
        "warm": "#f4a640",
        "cool": "#5cc0c0",
    },
    "rose": {
        "sky": ["#5f6fb0", "#d9a6c4", "#fddcc0"],
        "sun": "#fff3e2",
        "land": ["#bf98bb", "#927aaa", "#695e95", "#46467b", "#2b2f5a"],
        "ink": "#1d2146",
        "light": "#fdf1e6",
        "warm": "#d94f6a",
        "cool": "#3b8ea5",
    },
}
CLOTH = ["#d94f4f", "#e9a23b", "#f2e2b8", "#2f8f9d", "#2a5f9e", "#4b9b6a", "#8c5aa0", "#e4763f"]


def draw(motif, seed, size=(W, H)):
    """The picture of a motif; ValueError if there is no such motif."""
    if motif not in MOTIFS:
        raise ValueError(f"No motif {motif!r}; there are {', '.join(sorted(MOTIFS))}")
    painter, palettes = MOTIFS[motif]
    chance = random.Random(f"{motif} {seed}")  # noqa: S311 - art, not secrets
    sheet = Sheet(chance, PALETTES[palettes[(seed + seed // 4) % len(palettes)]], max(size[0] / W, size[1] / H), seed)
    painter(sheet)
    return ImageOps.fit(sheet.finish(), size)


# Colours and curves


def rgb(colour):
    if isinstance(colour, str):
        return tuple(bytes.fromhex(colour[1:]))
    return tuple(colour[:3])


def mix(first, second, share=0.5):
    return tuple(round(a + (b - a) * share) for a, b in zip(rgb(first), rgb(second), strict=True))


def smooth(points, steps=10, closed=False):
    """A Catmull-Rom curve through the points."""
    ring = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    curve = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in ((ax, bx, cx, dx), (ay, by, cy, dy))
                )
            )
    return curve if closed else [*curve, points[-1]]


def arc(x, y, radius, start, end, steps=24, squash=1.0):
    """Points on a circle, angles in degrees, clockwise from the right."""
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + radius * math.cos(a), y + radius * squash * math.sin(a)) for a in angles]


class Sheet:
    def __init__(self, chance, colours, scale, seed=0):
        self.chance = chance
        self.seed = seed
        self.scale = 2 * scale
        self.size = (round(W * self.scale), round(H * self.scale))
        self.image = Image.new("RGB", self.size)
        self.pen = ImageDraw.Draw(self.image, "RGBA")
        self.sky, self.sun_colour, self.land = colours["sky"], colours["sun"], colours["land"]
        self.ink, self.light, self.warm, self.cool = (colours[name] for name in ("ink", "light", "warm", "cool"))

    def points(self, points):
        return [(x * self.scale, y * self.scale) for x, y in points]

    # Shapes. `alpha` runs from 0 to 1.

    def polygon(self, points, fill, alpha=1.0):
        self.pen.polygon(self.points(points), fill=(*rgb(fill), round(255 * alpha)))

    def rect(self, left, top, right, bottom, fill, alpha=1.0, radius=0):
        box = self.points([(left, top), (right, bottom)])
        fill = (*rgb(fill), round(255 * alpha))
        if radius:
            self.pen.rounded_rectangle(box, radius * self.scale, fill=fill)
        else:
            self.pen.rectangle(box, fill=fill)

    def ellipse(self, x, y, across, down, fill, alpha=1.0):
        box = self.points([(x - across, y - down), (x + across, y + down)])
        self.pen.ellipse(box, fill=(*rgb(fill), round(255 * alpha)))

    def ring(self, x, y, across, down, width, colour, alpha=1.0):
        box = self.points([(x - across, y - down), (x + across, y + down)])
        self.pen.ellipse(box, outline=(*rgb(colour), round(255 * alpha)), width=max(round(width * self.scale), 1))

    def line(self, points, width, colour, alpha=1.0, ends=True):
        points, colour = self.points(points), (*rgb(colour), round(255 * alpha))
        self.pen.line(points, fill=colour, width=max(round(width * self.scale), 1), joint="curve")
        if ends and alpha == 1 and width > 2:
            radius = width * self.scale / 2
            for x, y in (points[0], points[-1]):
                self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def gradient(self, points, *stops, alpha=1.0):
        """A polygon in colours that run from its top to its bottom."""
        points = self.points(points)
        left, right = min(x for x, _y in points), max(x for x, _y in points)
        top, bottom = min(y for _x, y in points), max(y for _x, y in points)
        left, right = max(int(left), 0), min(int(right) + 1, self.size[0])
        first, last = max(int(top), 0), min(int(bottom) + 1, self.size[1])
        if left >= right or first >= last:
            return
        shape = Image.new("L", (right - left, last - first))
        ImageDraw.Draw(shape).polygon([(x - left, y - first) for x, y in points], fill=round(255 * alpha))
        self.image.paste(
            column(stops, bottom - top, first - top, last - first).resize(shape.size, 0), (left, first), shape
        )

    def backdrop(self, *stops, top=0, bottom=H):
        self.gradient([(0, top), (W, top), (W, bottom), (0, bottom)], *stops)

    def glow(self, x, y, radius, colour, strength=1.0):
        side = round(2 * radius * self.scale)
        light = GLOW.point(lambda value: value * strength).resize((side, side), Image.Resampling.BILINEAR)
        place = (round((x - radius) * self.scale), round((y - radius) * self.scale))
        self.image.paste(rgb(colour), (*place, place[0] + side, place[1] + side), light)

    def mist(self, top, bottom, colour, strength=0.6):
        """Haze that thickens from top to bottom, to set one layer off from the next."""
        top, bottom = round(top * self.scale), min(round(bottom * self.scale), self.size[1])
        haze = Image.linear_gradient("L").point(lambda value: value * strength).resize((self.size[0], bottom - top))
        self.image.paste(rgb(colour), (0, top, self.size[0], bottom), haze)

    # Scenery

    def heavens(self, horizon=760):
        self.backdrop(*self.sky, bottom=horizon)

    def sun(self, x, y, radius, halo=4.0):
        self.glow(x, y, radius * halo, self.sun_colour, 0.75)
        self.ellipse(x, y, radius, radius, self.sun_colour)

    def moon(self, x, y, radius):
        self.sun(x, y, radius, 5)
        self.ellipse(
            x - radius * 0.3, y - radius * 0.2, radius * 0.16, radius * 0.16, mix(self.sun_colour, self.sky[1], 0.16)
        )
        self.ellipse(
            x + radius * 0.25, y + radius * 0.3, radius * 0.24, radius * 0.24, mix(self.sun_colour, self.sky[1], 0.16)
        )

    def stars(self, count=150, bottom=560):
        for _star in range(count):
            x, y = self.chance.uniform(0, W), self.chance.uniform(0, bottom)
            size = self.chance.choice([1.2, 1.2, 1.6, 2.4])
            self.ellipse(x, y, size, size, self.light, (0.9 - 0.6 * y / bottom) * self.chance.uniform(0.5, 1))

    def cloud(self, x, y, width, colour=None, alpha=0.8):
        across, down = round(width * 1.4 * self.scale), round(width * 0.3 * self.scale)
        shape = Image.new("L", (across, down))
        pen, unit = ImageDraw.Draw(shape), width * self.scale
        for number, part in enumerate((1, 0.66, 0.36)):
            left = across / 2 + (self.chance.uniform(-0.14, 0.14) - part / 2) * unit
            top = down - (0.085 + number * 0.066) * unit
            pen.rounded_rectangle(
                (left, top, left + part * unit, top + 0.074 * unit), 0.037 * unit, fill=round(255 * alpha)
            )
        place = (round(x * self.scale - across / 2), round(y * self.scale - down))
        self.image.paste(rgb(colour or self.light), (*place, place[0] + across, place[1] + down), shape)

    def clouds(self, count=4, top=90, bottom=330, alpha=0.55):
        for _cloud in range(count):
            self.cloud(
                self.chance.uniform(50, W - 50),
                self.chance.uniform(top, bottom),
                self.chance.uniform(150, 360),
                alpha=alpha * self.chance.uniform(0.6, 1),
            )

    def birds(self, count=5, x=1100, y=240):
        for _bird in range(count):
            bx, by = x + self.chance.uniform(-160, 160), y + self.chance.uniform(-60, 60)
            span = self.chance.uniform(9, 18)
            wing = [(bx - span, by - span * 0.5), (bx - span * 0.4, by - span * 0.55), (bx, by)]
            self.line(smooth(wing), 2.6, self.ink, ends=False)
            self.line(smooth([(2 * bx - px, py) for px, py in wing]), 2.6, self.ink, ends=False)

    def ridge(self, y, height, rough=0.55, steps=7):
        """A jagged line across the sheet."""
        line = [self.chance.uniform(-0.3, 0.3), self.chance.uniform(-0.3, 0.3)]
        spread = 1.0
        for _step in range(steps):
            longer = []
            for first, second in pairwise(line):
                longer += [first, (first + second) / 2 + self.chance.uniform(-spread, spread) * 0.5]
            line, spread = [*longer, line[-1]], spread * rough
        step = W / (len(line) - 1)
        return [(number * step, y - height * value) for number, value in enumerate(line)]

    def roll(self, y, height, waves=2.2):
        """A soft line across the sheet, as of hills or dunes."""
        phase, second = self.chance.uniform(0, 6.3), self.chance.uniform(0, 6.3)
        return [
            (
                x,
                y
                - height * 0.7 * math.sin(phase + x / W * waves * 6.28 / 2)
                - height * 0.3 * math.sin(second + x / W * waves * 6.28 * 1.27),
            )
            for x in range(0, W + 1, 20)
        ]

    def ground(self, line, top, bottom=None):
        self.gradient([*line, (W, H), (0, H)], top, bottom or top)

    def peak(self, x, top, half, base, rock, snow=0.36, light_left=True):
        """A mountain with a lit and a shaded side and a cap of snow."""
        chance = self.chance
        steps = 7
        left = [
            (x - half * t + chance.uniform(-0.05, 0.05) * half * (0 < t < 1), top + (base - top) * (t**0.9))
            for t in (number / steps for number in range(steps + 1))
        ]
        right = [
            (x + half * t + chance.uniform(-0.05, 0.05) * half * (0 < t < 1), top + (base - top) * (t**0.9))
            for t in (number / steps for number in range(steps + 1))
        ]
        spine = [
            (x + half * 0.2 * math.sin(number * 1.9 + x) * (number > 0), top + (base - top) * number / steps)
            for number in range(steps + 1)
        ]
        lit, shade = mix(rock, self.light, 0.26), mix(rock, self.ink, 0.3)
        self.gradient([*left, *reversed(right)], mix(rock, self.light, 0.1), rock)
        bright, dark = (left, right) if light_left else (right, left)
        self.gradient([*bright, *reversed(spine)], lit, mix(lit, rock, 0.7))
        self.gradient([*dark, *reversed(spine)], shade, mix(shade, rock, 0.7))
        if not snow:
            return
        depth = max(int(steps * snow), 1)
        for side, colour in ((bright, mix(self.light, "#ffffff", 0.5)), (dark, mix(self.light, rock, 0.45))):
            edge, middle = side[: depth + 1], spine[: depth + 1]
            (ax, ay), (bx, by) = edge[-1], middle[-1]
            teeth = []
            for number in range(1, 6):
                drop = (base - top) * (0.1 if number % 2 else -0.03) * chance.uniform(0.6, 1.2)
                teeth.append((ax + (bx - ax) * number / 6, ay + (by - ay) * number / 6 + drop))
            self.polygon([*edge, *teeth, *reversed(middle)], colour)

    def pine(self, x, y, height, colour, lit=None):
        width = height * 0.3
        self.rect(x - height * 0.025, y - height * 0.12, x + height * 0.025, y, mix(colour, self.ink, 0.4))
        for number in range(4):
            top = y - height + number * height * 0.19
            reach = width * (0.42 + 0.2 * number)
            foot = top + height * 0.36
            self.polygon([(x, top), (x + reach, foot), (x, foot - height * 0.03), (x - reach, foot)], colour)
            if lit:
                self.polygon([(x, top), (x - reach, foot), (x - reach * 0.25, foot - height * 0.025)], lit)

    def tree(self, x, y, height, colour):
        self.line([(x, y), (x, y - height * 0.6)], height * 0.07, mix(self.ink, colour, 0.25))
        for dx, dy, size in ((-0.16, 0.6, 0.22), (0.17, 0.62, 0.21), (0, 0.78, 0.27)):
            self.ellipse(x + dx * height, y - dy * height, size * height, size * height, colour)
        self.ellipse(x - 0.08 * height, y - 0.84 * height, 0.13 * height, 0.13 * height, mix(colour, self.light, 0.22))

    def yurt(self, x, y, width):
        wall, roof = width * 0.26, width * 0.26
        cloth, shade = mix(self.light, "#ffffff", 0.3), mix(self.light, self.land[2], 0.42)
        half = width / 2
        self.ellipse(x, y, half * 1.1, width * 0.05, self.ink, 0.3)
        self.rect(x - half, y - wall, x + half, y, cloth)
        self.gradient(
            [(x + half * 0.3, y - wall), (x + half, y - wall), (x + half, y), (x + half * 0.3, y)], shade, shade
        )
        dome = smooth(
            [
                (x - half * 1.04, y - wall),
                (x - half * 0.62, y - wall - roof * 0.66),
                (x - half * 0.16, y - wall - roof),
            ]
        )
        other = [(2 * x - px, py) for px, py in reversed(dome)]
        self.polygon([*dome, *other], mix(cloth, self.land[1], 0.14))
        self.polygon([(x + half * 0.25, y - wall), (x + half * 0.02, y - wall - roof), *other], shade)
        self.rect(x - half * 0.17, y - wall - roof * 1.1, x + half * 0.17, y - wall - roof * 0.96, self.warm, radius=3)
        self.rect(x - half, y - wall, x + half, y - wall * 0.82, self.warm)
        for number in range(int(half / 9) * 2):
            at = x - half + (number + 0.5) * width / (int(half / 9) * 2)
            tip, edge = y - wall * 0.84, y - wall * 0.98
            self.polygon([(at, edge), (at + 6, (tip + edge) / 2), (at, tip), (at - 6, (tip + edge) / 2)], self.light)
        self.rect(x - half * 0.17, y - wall * 0.74, x + half * 0.17, y, self.cool)
        self.rect(x - half * 0.12, y - wall * 0.66, x - half * 0.01, y, mix(self.cool, self.ink, 0.35))
        self.rect(x + half * 0.01, y - wall * 0.66, x + half * 0.12, y, mix(self.cool, self.ink, 0.35))

    def rider(self, x, y, size, coat, horse=None, flip=False):
        """A rider at a gallop; `x` and `y` are under the middle of the horse, `size` its length."""
        horse = horse or self.ink
        unit = size / 100

        def at(*points):
            return [(x + (50 - px if flip else px - 50) * unit, y + (py - 70) * unit) for px, py in points]

        far = mix(horse, self.land[2], 0.35)
        self.ellipse(x, y + unit, size * 0.42, unit * 3, self.ink, 0.25)
        self.line(at((64, 42), (80, 47), (85, 60)), 5 * unit, far)
        self.line(at((33, 42), (28, 55), (14, 58)), 5 * unit, far)
        body = [
            (24, 28),
            (34, 23),
            (48, 26),
            (60, 24),
            (70, 26),
            (74, 36),
            (68, 46),
            (52, 47),
            (38, 46),
            (27, 46),
            (21, 38),
        ]
        self.polygon(smooth(at(*body), closed=True), horse)
        self.polygon(
            smooth(at((60, 27), (70, 15), (79, 5), (85, 9), (82, 18), (76, 30), (70, 42), (62, 40)), closed=True),
            horse,
        )
        self.polygon(
            smooth(at((78, 5), (86, 6), (97, 18), (96, 22), (92, 23), (85, 17), (79, 14)), closed=True), horse
        )
        self.polygon(at((79, 7), (81, -1), (84, 7)), horse)
        self.polygon(
            smooth(at((80, 3), (70, 8), (60, 20), (58, 28), (66, 24), (74, 14)), closed=True),
            mix(horse, self.ink, 0.55),
        )
        self.line(at((68, 42), (77, 53), (70, 63)), 5.4 * unit, horse)
        self.line(at((30, 42), (17, 50), (8, 64)), 5.4 * unit, horse)
        self.polygon(
            smooth(at((25, 28), (14, 25), (4, 31), (0, 41), (10, 36), (22, 35)), closed=True),
            mix(horse, self.ink, 0.55),
        )
        self.polygon(at((39, 24), (57, 24), (56, 37), (41, 37)), self.warm if coat != self.warm else self.cool)
        self.line(at((48, 22), (59, 31), (54, 43)), 6 * unit, self.ink)
        self.polygon(smooth(at((43, 27), (41, 12), (46, 2), (53, 2), (57, 12), (56, 27)), closed=True), coat)
        self.line(at((50, 9), (59, 16), (69, 17)), 4.4 * unit, mix(coat, self.ink, 0.2))
        head = at((51, -4))[0]
        self.ellipse(*head, 5 * unit, 5.4 * unit, "#d9a67c")
        self.polygon(smooth(at((44, -6), (47, -12), (52, -15), (57, -11), (58, -6)), 6), mix(coat, self.ink, 0.55))

    def reflect(self, horizon, depth, tint, strength=0.45):
        """Water: what stands above the horizon, upside down, tinted, with glints."""
        line = round(horizon * self.scale)
        deep = min(round(depth * self.scale), self.size[1] - line, line)
        mirror = ImageOps.flip(self.image.crop((0, line - deep, self.size[0], line)))
        self.image.paste(Image.blend(mirror, Image.new("RGB", mirror.size, rgb(tint)), strength), (0, line))
        for _glint in range(60):
            y = horizon + depth * self.chance.random() ** 1.5
            x, half = self.chance.uniform(0, W), self.chance.uniform(14, 70) * (0.4 + (y - horizon) / depth)
            self.rect(x - half, y, x + half, y + 1 + 3 * (y - horizon) / depth, self.light, 0.2, radius=1.5)

    def finish(self):
        picture = self.image.reduce(2)
        across, down = picture.size
        grain = Image.frombytes("L", (across // 2, down // 2), self.chance.randbytes((across // 2) * (down // 2)))
        grain = grain.point(lambda value: 128 + (value - 128) * 0.09).resize(picture.size, Image.Resampling.BICUBIC)
        picture = ImageChops.overlay(picture, Image.merge("RGB", [grain] * 3))
        edges = ImageOps.invert(VIGNETTE).resize(picture.size, Image.Resampling.BILINEAR)
        picture.paste(rgb(self.ink), (0, 0), edges)
        return picture


def column(stops, length, skip=0, height=None):
    """One pixel wide: colours that run through the stops over the length; the part from `skip` on."""
    stops = [rgb(stop) for stop in stops]
    if len(stops) == 1:
        stops *= 2
    colours = []
    for number in range(int(height or length)):
        place = min(max((skip + number) / max(length - 1, 1), 0), 1) * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        colours.append(mix(stops[index], stops[index + 1], place - index))
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata(colours)
    return strip


# Bright in the middle and nothing at the edge; and the darkening of the corners, the other way round.
GLOW = Image.radial_gradient("L").point(lambda value: max(0, 255 - value * 1.4) ** 2 / 255)
VIGNETTE = Image.radial_gradient("L").point(lambda value: 255 - max(0, value - 150) * 0.35)


# Motifs

# One point a line, as the formatter would have it, makes these pages three times as long.
# fmt: off


def mountains(s):
    s.heavens(820)
    sun = s.chance.uniform(250, 1350)
    s.sun(sun, 250, 62)
    s.clouds(5)
    s.ground(s.ridge(520, 190), s.land[0], mix(s.land[0], s.light, 0.5))
    s.mist(430, 640, s.sky[2], 0.5)
    side = s.chance.choice([-1, 1])
    left = sun < W / 2
    x = 800 + side * s.chance.uniform(20, 110)

    def about(value, spread=50):
        return value + s.chance.uniform(-spread, spread)

    s.peak(about(800 - side * 560), about(330), 470, 860, s.land[1], light_left=left)
    s.peak(about(800 + side * 540), about(270), 520, 860, s.land[1], light_left=left)
    s.peak(x + side * 20, about(290, 30), 330, 860, mix(s.land[1], s.light, 0.3), 0.8, light_left=left)
    s.peak(about(x - side * 330), about(200), about(430, 30), 860, s.land[2], 0.5, light_left=left)
    s.peak(about(x + side * 340), about(330), about(350, 30), 860, s.land[2], 0.45, light_left=left)
    # The glacier comes down between the two near peaks, with moraines along it.
    ice = mix("#d9f0f4", s.light, 0.3)
    flow = smooth([(x, 430), (x + side * 26, 520), (x - side * 18, 610), (x + side * 30, 700),
        (x + side * 6, 810)], 14)
    tongue = [(px, py, 3 + 125 * min((py - 430) / 300, 1) ** 1.15) for px, py in flow]

    def lane(share):
        return [(px + w * share, py) for px, py, w in tongue]

    snout = arc(tongue[-1][0], 806, tongue[-1][2], 0, 180, 16, 0.24)
    s.gradient([*lane(-1), *reversed(snout), *reversed(lane(1))], "#ffffff", ice, mix(ice, s.cool, 0.4))
    s.gradient([*lane(0.45), *reversed(lane(1))], ice, mix(ice, s.cool, 0.3), mix(ice, s.cool, 0.6), alpha=0.7)
    for share, width in ((-0.5, 3), (0.05, 4), (0.45, 3)):
        s.line(lane(share), width, mix(ice, s.land[3], 0.55), 0.75, ends=False)
    for number in range(16, len(flow) - 3, 3):
        for share in (-0.78, -0.24, 0.24, 0.72):
            px, py, w = tongue[number]
            px += w * share + s.chance.uniform(-8, 8)
            s.line([(px - w * 0.13, py - 4), (px, py + 3), (px + w * 0.13, py - 4)], 2.4, mix(ice, s.cool, 0.6),
                0.8, ends=False)
    s.mist(640, 830, s.sky[2], 0.45)
    s.ground(s.roll(815, 30), s.land[3], s.land[4])
    river = [(x, 815), (x + 70 * side, 845), (x - 60 * side, 890), (x + 90 * side, 1010)]
    bank = smooth(river)
    wide = [(px, py, 12 + (py - 815) * 0.55) for px, py in bank]
    s.gradient([*((px - w, py) for px, py, w in wide), *((px + w, py) for px, py, w in reversed(wide))], mix(s.cool,
        s.light, 0.6), mix(s.cool, s.light, 0.15))
    s.ground(s.roll(960, 24, 3), s.land[4])
    for _tree in range(26):
        at = s.chance.choice([s.chance.uniform(-20, 430), s.chance.uniform(1170, 1620)])
        s.pine(at, s.chance.uniform(900, 1000), s.chance.uniform(90, 190),
            mix(s.land[4], s.ink, s.chance.uniform(0.2, 0.8)))


def steppe(s):
    s.heavens(700)
    sun = s.chance.uniform(400, 1200)
    s.sun(sun, 430, 120, 3.6)
    s.clouds(6, 80, 380)
    s.birds(6, sun, 250)
    s.ground(s.ridge(590, 60), s.land[0])
    s.mist(500, 680, s.sky[2], 0.6)
    s.ground(s.roll(650, 30), s.land[1], s.land[2])
    side = s.chance.choice([0, 1])
    s.yurt(430 if side else 1180, 735, 150)
    s.ground(s.roll(735, 26, 1.6), mix(s.land[2], s.warm, 0.2), s.land[3])
    s.yurt(250 if side else 1350, 800, 300)
    smoke = 250 if side else 1350
    for number in range(7):
        drift = 12 * math.sin(number * 0.9) + number * 9
        s.ellipse(smoke + drift, 618 - number * 26, 12 + number * 4.5, 10 + number * 3.5, s.light,
            0.42 - number * 0.05)
    s.rider(1080 if side else 520, 835, 330, s.warm, flip=bool(side) and s.seed % 2 == 0)
    s.ground(s.roll(900, 22, 2.8), s.land[4], s.ink)
    grass(s, 890, 240)


def grass(s, y, count, colour=None):
    for _blade in range(count):
        x, foot = s.chance.uniform(0, W), y + s.chance.uniform(0, H - y)
        tall, lean = s.chance.uniform(14, 42), s.chance.uniform(-12, 16)
        shade = mix(colour or s.land[3], s.light, s.chance.uniform(0, 0.35))
        s.polygon([(x - 2.4, foot), (x + lean, foot - tall), (x + 2.4, foot)], shade, 0.85)


def tower(s, x, y, width, height, colour, lit, top):
    s.gradient([(x, y - height), (x + width, y - height), (x + width, y), (x, y)], mix(colour, s.light, 0.1), colour)
    shade = mix(colour, s.ink, 0.28)
    s.rect(x + width * 0.68, y - height, x + width, y, shade)
    if top == 1:
        s.polygon([(x, y - height), (x + width * 0.5, y - height - width * 0.9), (x + width, y - height)], colour)
        s.polygon([(x + width * 0.68, y - height), (x + width * 0.5, y - height - width * 0.9),
            (x + width, y - height)], shade)
        s.line([(x + width / 2, y - height - width * 0.8), (x + width / 2, y - height - width * 1.5)], 3, colour)
    elif top == 2:
        s.polygon([(x, y - height), (x + width, y - height - width * 0.5), (x + width, y - height)], shade)
    elif top == 3:
        s.polygon(arc(x + width / 2, y - height, width / 2, 180, 360), colour)
        s.polygon([(x + width * 0.68, y - height), *arc(x + width / 2, y - height, width / 2, 290, 360)], shade)
        s.line([(x + width / 2, y - height - width / 2), (x + width / 2, y - height - width * 0.95)], 3, colour)
    elif top == 4:
        s.rect(x + width * 0.2, y - height - 26, x + width * 0.8, y - height, colour)
        s.line([(x + width / 2, y - height - 26), (x + width / 2, y - height - 90)], 3, colour)
    if not lit:
        return
    across = max(int(width / 17), 2)
    step = width / across
    for row in range(int((height - 18) / 20)):
        for number in range(across):
            if s.chance.random() < lit:
                left, up = x + number * step + step * 0.24, y - height + 12 + row * 20
                s.rect(left, up, left + step * 0.52, up + 10, s.chance.choice([s.sun_colour, s.sun_colour, s.warm]),
                    0.9)


def skyline(s):
    s.heavens(800)
    s.stars(70, 320)
    s.sun(s.chance.uniform(350, 1250), 500, 130, 3.4)
    s.clouds(5, 120, 460, 0.4)
    for colour, low, high, lit in ((s.land[0], 150, 330, 0), (s.land[1], 190, 430, 0.12), (s.land[2], 170, 560, 0.42)):
        x = -20
        while x < W:
            width = s.chance.uniform(62, 128)
            middle = 1 - abs(x + width / 2 - 800) / 1000
            tower(s, x, 800, width, s.chance.uniform(low, low + (high - low) * middle),
                colour, lit, s.chance.randrange(5))
            x += width + s.chance.uniform(4, 26) * (1 if lit < 0.3 else 2)
        s.mist(560, 800, s.sky[2], 0.4)
    s.gradient([(0, 780), (W, 780), (W, H), (0, H)], s.land[3], s.ink)
    for number in range(60):
        x = number * 28 + s.chance.uniform(-8, 8)
        size = s.chance.uniform(12, 26)
        s.ellipse(x, 785, size, size, s.land[3])
    # The road: a ribbon that comes out of the town, with trails of lights.
    curve = smooth([(900, 796), (1010, 820), (850, 858), (560, 906), (620, 1010)], 16)
    wide = [(x, y, 9 + (y - 796) * 1.05) for x, y in curve]

    def lane(share):
        return [(x + w * share, y) for x, y, w in wide]

    s.polygon([*lane(-1), *reversed(lane(1))], mix(s.land[4], s.land[2], 0.35))
    for share, colour in ((-0.62, s.warm), (-0.36, s.warm), (0.3, s.light), (0.6, s.light)):
        for first, second in pairwise(lane(share)):
            s.line([first, second], 1.5 + (first[1] - 796) * 0.035, colour, ends=False)
    s.line(lane(0), 1.6, s.light, 0.5)
    for x, y, w in wide[22::7]:
        for edge in (-1.12, 1.12):
            foot, tall = x + w * edge, 18 + (y - 796) * 0.7
            s.line([(foot, y), (foot, y - tall), (foot - edge * tall * 0.3, y - tall)], 1.5 + tall / 60, s.ink,
                ends=False)
            s.glow(foot - edge * tall * 0.3, y - tall, 8 + tall * 0.3, s.sun_colour, 0.9)


def container(s, left, bottom, width, height, colour):
    s.rect(left, bottom - height, left + width, bottom, colour)
    s.rect(left, bottom - height, left + width, bottom - height * 0.9, mix(colour, s.light, 0.35))
    ribs = max(int(width / 9), 3)
    for number in range(1, ribs):
        x = left + number * width / ribs
        s.rect(x, bottom - height * 0.86, x + width / ribs * 0.42, bottom - height * 0.06, mix(colour, s.ink, 0.22))
    s.rect(left, bottom - height * 0.06, left + width, bottom, mix(colour, s.ink, 0.45))


def railway(s):
    s.heavens(720)
    s.sun(s.chance.uniform(300, 1300), 380, 105, 3.6)
    s.clouds(5, 90, 330)
    s.ground(s.ridge(560, 130), s.land[0], s.land[1])
    s.mist(440, 640, s.sky[2], 0.65)
    s.ground(s.roll(625, 26), s.land[1], s.land[2])
    s.ground(s.roll(690, 20, 1.4), mix(s.land[2], s.warm, 0.18), s.land[3])
    for _tree in range(9):
        s.tree(s.chance.uniform(0, W), s.chance.uniform(676, 706), s.chance.uniform(40, 74),
            mix(s.land[3], s.cool, 0.25))
    # The embankment, the track and the line above it.
    s.gradient([(0, 770), (W, 770), (W, 890), (0, 890)], mix(s.land[3], s.light, 0.24), s.land[3])
    s.rect(0, 758, W, 772, mix(s.land[4], s.light, 0.4))
    for number in range(54):
        s.rect(number * 30, 756, number * 30 + 16, 764, s.ink)
    s.rect(0, 750, W, 756, mix(s.ink, s.light, 0.3))
    for x in range(90, W, 290):
        s.line([(x, 760), (x, 478)], 7, s.ink, ends=False)
        s.line([(x, 490), (x + 78, 508)], 5, s.ink, ends=False)
        s.line([(x, 530), (x + 78, 508)], 3, s.ink, ends=False)
    s.line([(0, 510), (W, 510)], 2.4, s.ink, ends=False)
    flip = s.seed % 2
    colours = [s.warm, s.cool, s.chance.choice(CLOTH), s.chance.choice(CLOTH), mix(s.warm, s.light, 0.35),
        mix(s.cool, s.ink, 0.3)]

    def across(left, right):
        return (W - right, W - left) if flip else (left, right)

    x = 1096
    while x > -260:
        left, right = across(x - 244, x)
        s.rect(left, 722, right, 734, s.ink)
        for wheel in (0.13, 0.27, 0.73, 0.87):
            s.ellipse(left + 244 * wheel, 738, 13, 13, mix(s.ink, s.light, 0.12))
            s.ellipse(left + 244 * wheel, 738, 5, 5, mix(s.ink, s.light, 0.5))
        if s.chance.random() < 0.5:
            container(s, left + 8, 722, 228, 96, s.chance.choice(colours))
        else:
            container(s, left + 8, 722, 112, 96, s.chance.choice(colours))
            container(s, left + 124, 722, 112, 96, s.chance.choice(colours))
        left, right = across(x, x + 14)
        s.rect(left, 728, right, 733, s.ink)
        x -= 258
    engine(s, 1110, flip)
    s.ground(s.roll(880, 14, 2.4), mix(s.land[3], s.land[4], 0.6), s.ink)
    grass(s, 872, 220)


def engine(s, x, flip):
    def at(*points):
        return [((W - px) if flip else px, py) for px, py in points]

    def box(left, top, right, bottom, fill):
        first, second = (W - right, W - left) if flip else (left, right)
        s.rect(first, top, second, bottom, fill)

    end = x + 400
    nose = [(x, 722), (x, 606), (end - 90, 606), (end - 52, 618), (end, 684), (end + 4, 722)]
    s.polygon(at(*nose), s.warm)
    s.polygon(at((x, 606), (end - 90, 606), (end - 52, 618), (x, 618)), mix(s.warm, s.light, 0.4))
    s.polygon(at((x, 676), (end - 6, 676), (end + 2, 694), (x, 694)), s.light)
    s.polygon(at((end - 82, 624), (end - 52, 626), (end - 16, 664), (end - 82, 664)), mix(s.ink, s.cool, 0.35))
    s.polygon(at((end - 82, 624), (end - 60, 625), (end - 76, 664), (end - 82, 664)), mix(s.cool, s.light, 0.6))
    for number in range(6):
        box(x + 30 + number * 44, 632, x + 58 + number * 44, 660, mix(s.warm, s.ink, 0.4))
    box(x - 4, 722, end + 6, 734, s.ink)
    for wheel in (36, 74, 112, 276, 314, 352):
        place = at((x + wheel, 738))[0]
        s.ellipse(*place, 14, 14, mix(s.ink, s.light, 0.12))
        s.ellipse(*place, 5, 5, mix(s.ink, s.light, 0.5))
    s.line(at((x + 110, 606), (x + 150, 560), (x + 118, 512)), 4, s.ink, ends=False)
    s.line(at((x + 84, 512), (x + 152, 512)), 4, s.ink, ends=False)
    lamp = at((end - 4, 702))[0]
    s.glow(*lamp, 70, s.sun_colour, 0.9)
    s.ellipse(*lamp, 8, 8, s.light)


def port(s):
    s.heavens(640)
    sun = s.chance.uniform(200, 1000)
    s.sun(sun, 400, 110, 3.8)
    s.clouds(6, 80, 400)
    s.birds(7, 1000 if sun < 600 else 300, 260)
    s.ground(s.ridge(600, 70), s.land[0])
    s.mist(500, 640, s.sky[2], 0.6)
    water = mix(s.cool, s.sky[1], 0.35)
    s.backdrop(mix(water, s.light, 0.4), water, mix(water, s.ink, 0.45), top=640)
    for number in range(70):
        y = 646 + 200 * s.chance.random()
        reach = 90 + (y - 640) * 0.7
        x = sun + s.chance.uniform(-reach, reach)
        s.rect(x - 34, y, x + 34, y + 3, s.sun_colour, 0.55, radius=1.5)
        if number % 2:
            x = s.chance.uniform(0, W)
            s.rect(x - 40, y, x + 40, y + 2.4, s.light, 0.22, radius=1)
    if s.seed % 2:
        ferry(s, 150, 800)
    else:
        freighter(s, 70, 800)
    for x, tall in ((1010, 640), (1330, 690)) if s.seed % 2 else ((760, 650), (1080, 690), (1400, 640)):
        crane(s, x, 830, tall, s.chance.choice([s.warm, s.warm, s.cool]))
    quay = mix(mix(s.land[3], s.light, 0.25), "#8a8580", 0.4)
    s.gradient([(0, 842), (W, 822), (W, H), (0, H)], quay, mix(quay, s.ink, 0.5))
    s.polygon([(0, 838), (W, 818), (W, 830), (0, 850)], mix(quay, s.light, 0.5))
    colours = [s.warm, s.cool, *s.chance.sample(CLOTH, 4)]
    x = -30.0
    while x < W:
        for row in range(s.chance.choice([1, 2, 2, 3])):
            container(s, x, 990 - row * 62, 168, 60, s.chance.choice(colours))
        x += 176
    s.rect(0, 988, W, H, s.ink)


def crane(s, x, y, tall, colour):
    """A quay crane; its boom reaches over the water to the left."""
    dark = mix(colour, s.ink, 0.35)
    top, beam = y - tall, y - tall * 0.55
    for foot, shade in ((x + 26, dark), (x + 176, dark), (x, colour), (x + 150, colour)):
        s.line([(foot, y + 10), (foot + (14 if foot < x + 100 else -8), beam)], 12, shade, ends=False)
    s.line([(x + 4, y - 90), (x + 152, y - 90)], 9, colour, ends=False)
    s.line([(x + 8, y - 90), (x + 144, beam)], 5, dark, ends=False)
    s.rect(x - 300, beam - 18, x + 270, beam, colour)
    for number in range(18):
        left = x - 300 + number * 31
        s.line([(left, beam - 18), (left + 16, beam), (left + 31, beam - 18)], 2.4, dark, ends=False)
    s.line([(x + 16, beam), (x + 70, top), (x + 140, beam)], 10, colour, ends=False)
    for reach in (-290, -140):
        s.line([(x + 70, top + 4), (x + reach, beam - 14)], 3.6, dark, ends=False)
    s.line([(x + 70, top + 4), (x + 262, beam - 14)], 3.6, dark, ends=False)
    s.rect(x + 160, beam - 62, x + 250, beam - 18, dark)
    s.rect(x + 172, beam - 52, x + 238, beam - 36, mix(s.light, colour, 0.3))
    trolley = x + s.chance.uniform(-240, -120)
    drop = beam + s.chance.uniform(60, 130)
    s.rect(trolley - 26, beam, trolley + 26, beam + 12, s.ink)
    for shift in (-20, 20):
        s.line([(trolley + shift, beam + 8), (trolley + shift, drop)], 2, s.ink, ends=False)
    container(s, trolley - 62, drop + 42, 124, 42, s.chance.choice(CLOTH))


def freighter(s, x, y):
    hull = [(x, y - 84), (x + 900, y - 96), (x + 950, y - 110), (x + 890, y + 26), (x + 40, y + 26)]
    colours = [s.warm, s.cool, *s.chance.sample(CLOTH, 4)]
    for number in range(7):
        for row in range(s.chance.choice([3, 4, 4, 5])):
            container(s, x + 190 + number * 92, y - 86 - row * 46, 88, 44, s.chance.choice(colours))
    s.rect(x + 56, y - 300, x + 160, y - 84, s.light)
    s.rect(x + 40, y - 300, x + 176, y - 270, mix(s.light, s.ink, 0.15))
    for row in range(5):
        for number in range(4):
            s.rect(x + 66 + number * 23, y - 256 + row * 34, x + 80 + number * 23, y - 242 + row * 34, mix(s.ink,
                s.cool, 0.4))
    s.rect(x + 84, y - 352, x + 132, y - 300, s.warm)
    s.rect(x + 84, y - 336, x + 132, y - 322, s.light)
    s.polygon(hull, mix(s.ink, s.land[3], 0.4))
    s.polygon([(x + 32, y - 4), (x + 903, y - 4), (x + 890, y + 26), (x + 40, y + 26)], s.warm)
    s.line([(x + 4, y - 76), (x + 906, y - 88)], 5, s.light, ends=False)
    s.ellipse(x + 470, y + 30, 460, 10, s.light, 0.35)


def ferry(s, x, y):
    s.polygon([(x, y - 80), (x + 700, y - 80), (x + 770, y - 120), (x + 710, y + 26), (x + 30, y + 26)], s.light)
    s.polygon([(x + 16, y - 30), (x + 735, y - 34), (x + 710, y + 26), (x + 30, y + 26)], mix(s.cool, s.ink, 0.35))
    s.polygon([(x + 20, y - 40), (x + 738, y - 46), (x + 734, y - 34), (x + 16, y - 28)], s.warm)
    for row, (left, right) in enumerate(((40, 640), (70, 590), (120, 540))):
        top = y - 136 - row * 54
        s.rect(x + left, top, x + right, top + 58, mix(s.light, s.sky[2], 0.12 * row))
        s.rect(x + left, top, x + right, top + 6, mix(s.light, s.ink, 0.25))
        for number in range(int((right - left - 30) / 34)):
            at = x + left + 20 + number * 34
            s.rect(at, top + 20, at + 20, top + 38, mix(s.ink, s.cool, 0.45), radius=3)
    s.polygon([(x + 470, y - 300), (x + 560, y - 300), (x + 580, y - 244),
        (x + 470, y - 244)], mix(s.light, s.land[1], 0.25))
    s.rect(x + 490, y - 288, x + 566, y - 268, mix(s.ink, s.cool, 0.45))
    for at in (200, 280):
        s.polygon([(x + at, y - 340), (x + at + 44, y - 340), (x + at + 56, y - 244), (x + at, y - 244)], s.warm)
        s.polygon([(x + at, y - 340), (x + at + 44, y - 340), (x + at + 46, y - 318), (x + at, y - 318)], s.ink)
    s.line([(x + 520, y - 300), (x + 520, y - 390)], 4, s.ink)
    s.ellipse(x + 370, y + 30, 370, 9, s.light, 0.35)


def silk(s):
    s.heavens(560)
    x, y = s.chance.uniform(880, 1200), 470
    s.sun(x, y - 60, 110, 4)
    s.clouds(4, 80, 300)
    s.ground(s.ridge(500, 90), s.land[0])
    s.mist(400, 560, s.sky[2], 0.7)
    s.ground(s.roll(530, 18), mix(s.land[1], s.sky[2], 0.35), s.land[2])
    # Every fold starts at one point on the horizon; one of them is the road.
    folds = 15
    phase = s.chance.uniform(0, 6.3)
    sway = s.chance.choice([-1, 1])

    def edge(number):
        spread = (number / folds - 0.5) * 2
        line = []
        for step in range(61):
            t = step / 60
            grow = t**1.7
            px = x + sway * 190 * math.sin(t * 4.4 + phase * 0.1) * t + spread * (16 + 1500 * grow) - (x - 800) * grow
            py = 540 + 580 * t**1.25 + 62 * math.sin(spread * 6.5 + phase + t * 3.2) * grow
            line.append((px, py))
        return line

    silks = [s.warm, mix(s.warm, s.light, 0.45), s.cool, mix(s.cool, s.light, 0.5), mix(s.warm, s.ink, 0.35),
        mix(s.cool, s.ink, 0.3)]
    lines = [edge(number) for number in range(folds + 1)]
    for number, (first, second) in enumerate(pairwise(lines)):
        colour = silks[(number * 5 + s.seed) % len(silks)]
        if number == folds // 2:
            continue
        s.gradient([*first, *reversed(second)], mix(colour, s.light, 0.5), colour, mix(colour, s.ink, 0.18))
        sheen = [((ax * 2 + bx) / 3, (ay * 2 + by) / 3) for (ax, ay), (bx, by) in zip(first, second, strict=True)]
        gleam = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in zip(first, second, strict=True)]
        s.polygon([*sheen, *reversed(gleam)], s.light, 0.32)
        shade = [((ax + bx * 5) / 6, (ay + by * 5) / 6) for (ax, ay), (bx, by) in zip(first, second, strict=True)]
        s.polygon([*shade, *reversed(second)], s.ink, 0.22)
    first, second = lines[folds // 2], lines[folds // 2 + 1]
    s.gradient([*first, *reversed(second)], mix(s.ink, s.land[1], 0.5), mix(s.ink, s.land[3], 0.4))
    for line in (first, second):
        s.line(line, 4, s.light, ends=False)
    middle = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in zip(first, second, strict=True)]
    for step in range(6, 60, 5):
        width = 1 + 7 * (step / 60) ** 1.6
        s.line(middle[step : step + 3], width, s.light, ends=False)
    camels(s, x - 420 if x > 1000 else x + 170, 548, 62, 4)


def camels(s, x, y, size, count):
    for number in range(count):
        left, unit = x + number * size * 1.35, size / 100
        colour = s.ink

        def at(*points, left=left, unit=unit):
            return [(left + px * unit, y + (py - 100) * unit) for px, py in points]

        body = [(14, 42), (22, 34), (30, 18), (38, 34), (46, 36), (54, 18), (62, 34), (72, 42), (70, 58), (50, 62),
            (28, 62), (14, 58)]
        s.polygon(smooth(at(*body), 6, closed=True), colour)
        s.line(smooth(at((68, 50), (80, 54), (86, 40), (88, 24))), 9 * unit, colour)
        s.polygon(smooth(at((84, 24), (88, 14), (96, 16), (104, 23), (102, 28), (92, 28)), 6, closed=True), colour)
        for top, foot in ((20, 16), (28, 32), (60, 56), (67, 72)):
            s.line(at((top, 56), ((top + foot) / 2 + 1, 78), (foot, 100)), 5.5 * unit, colour)
        s.line(at((15, 46), (9, 62)), 3 * unit, colour)
        s.polygon(at((38, 32), (46, 32), (52, 54), (32, 54)), s.warm if number % 2 else s.cool)


def solar(s):
    s.heavens(600)
    s.sun(s.chance.uniform(400, 1200), 230, 90, 5)
    s.clouds(4, 80, 360)
    s.ground(s.ridge(540, 120), s.land[0])
    s.mist(430, 600, s.sky[2], 0.6)
    for number in range(5):
        turbine(s, 140 + number * 330 + s.chance.uniform(-60, 60), 590, s.chance.uniform(160, 230))
    s.ground(s.roll(580, 14), mix(s.land[1], s.warm, 0.15), s.land[3])
    glass, deep = mix(s.cool, "#1d4f91", 0.55), mix(s.ink, "#163a74", 0.5)
    lean = s.chance.choice([-1, 1]) * 0.16
    row, y = 0, 622.0
    while y < 1090:
        near = (y - 560) / 440
        width, height, gap = 300 * near + 40, 118 * near + 10, 16 * near + 3
        x = -width * (0.5 + row % 2 * 0.3) - 200
        while x < W + 200:
            shift = lean * height * 2
            left, right = x, x + width - gap
            for post in (0.22, 0.78):
                at = left + width * post
                s.line([(at + shift / 2, y - height * 0.4), (at, y + height * 0.3)], 7 * near + 1, s.ink, ends=False)
            panel = [(left + shift, y - height), (right + shift, y - height), (right, y), (left, y)]
            s.gradient(panel, mix(glass, s.light, 0.4), glass, deep)
            for number in range(1, 6):
                t = number / 6
                s.line([(left + shift + (right - left) * t, y - height),
                    (left + (right - left) * t, y)], 1 + near, s.light, 0.5)
            for number in range(1, 3):
                t = number / 3
                s.line([(left + shift * t, y - height * t), (right + shift * t, y - height * t)], 1 + near, s.light,
                    0.5)
            s.polygon([(left + shift + width * 0.12, y - height), (left + shift + width * 0.3, y - height),
                (left + width * 0.14, y), (left, y)], s.light, 0.2)
            s.line([*panel, panel[0]], 1.6 + 2 * near, s.light, ends=False)
            x += width
        y += height * 1.5 + 18 * near
        row += 1


def turbine(s, x, y, height):
    s.polygon([(x - 4, y), (x - 2, y - height), (x + 2, y - height), (x + 4, y)], s.light)
    turn = s.chance.uniform(0, 120)
    for blade in range(3):
        angle = math.radians(turn + blade * 120)
        length = height * 0.55
        tip = (x + length * math.cos(angle), y - height + length * math.sin(angle))
        side = (math.cos(angle + 1.57) * 4, math.sin(angle + 1.57) * 4)
        root = (x + length * 0.2 * math.cos(angle) + side[0], y - height + length * 0.2 * math.sin(angle) + side[1])
        s.polygon([(x, y - height), root, tip], s.light)
    s.ellipse(x, y - height, 5, 5, s.light)


def wheat(s):
    s.heavens(640)
    sun = s.chance.uniform(350, 1000)
    s.sun(sun, 420, 130, 4)
    s.clouds(5, 80, 330)
    s.birds(7, sun + 250, 220)
    s.ground(s.roll(600, 20), s.land[0])
    s.mist(500, 650, s.sky[2], 0.5)
    gold, deep = mix("#e8b23f", s.warm, 0.12), mix("#a86a1e", s.ink, 0.1)
    elevator(s, 1150 if sun < 700 else 230, 640)
    s.ground(s.roll(640, 12), mix(gold, s.light, 0.45), deep)
    for number in range(-26, 27):
        foot = 800 + number * 130
        top = 800 + number * 22
        s.polygon([(top - 1, 650), (top + 5, 650), (foot + 44, H), (foot - 30, H)], deep, 0.3)
    for _tuft in range(420):
        t = s.chance.random() ** 0.7
        x, y = s.chance.uniform(0, W), 652 + 300 * t
        tall = 10 + 38 * t
        s.line([(x, y), (x + 3 * t, y - tall)], 1 + 2.2 * t, mix(gold, s.light, s.chance.uniform(0, 0.6)), ends=False)
    harvester(s, 640 if sun < 700 else 1050, 712)
    stalks = sorted((s.chance.uniform(840, 1000), s.chance.uniform(-20, W + 20)) for _stalk in range(46))
    for foot, x in stalks:
        ear(s, x, foot + 180, s.chance.uniform(330, 450), mix(gold, s.chance.choice([s.light, s.warm, deep]), 0.25),
            deep)


def ear(s, x, y, height, colour, dark):
    lean = s.chance.uniform(-40, 60)
    stem = smooth([(x, y), (x + lean * 0.2, y - height * 0.5), (x + lean, y - height)], 8)
    s.line(stem, 4, mix(colour, dark, 0.4), ends=False)
    (ax, ay), (bx, by) = stem[-4], stem[-1]
    angle = math.atan2(by - ay, bx - ax)
    ux, uy = math.cos(angle), math.sin(angle)
    for number in range(8):
        px, py = bx - ux * (number - 2) * 13, by - uy * (number - 2) * 13
        for side in (-1, 1):
            qx, qy = px - uy * side * 9, py + ux * side * 9
            grain = [(qx - ux * 13 + uy * side * 4, qy - uy * 13 - ux * side * 4),
                (qx - uy * side * 7, qy + ux * side * 7), (qx + ux * 17 - uy * side * 4, qy + uy * 17 + ux * side * 4),
                (qx + uy * side * 4, qy - ux * side * 4)]
            s.polygon(smooth(grain, 4, closed=True), colour if side < 0 else mix(colour, dark, 0.3))
            s.line([grain[2], (grain[2][0] + ux * 44 - uy * side * 12, grain[2][1] + uy * 44 + ux * side * 12)], 1.3,
                colour)


def elevator(s, x, y):
    for number in range(5):
        left = x + number * 46
        s.rect(left, y - 150, left + 44, y + 6, mix(s.light, s.land[1], 0.25))
        s.rect(left + 28, y - 150, left + 44, y + 6, mix(s.land[1], s.land[2], 0.3))
        s.polygon([(left, y - 150), (left + 22, y - 172), (left + 44, y - 150)], mix(s.warm, s.light, 0.2))
    s.rect(x - 62, y - 250, x - 6, y + 6, mix(s.light, s.land[1], 0.12))
    s.rect(x - 26, y - 250, x - 6, y + 6, mix(s.land[1], s.land[2], 0.2))
    s.polygon([(x - 68, y - 250), (x - 34, y - 284), (x, y - 250)], s.warm)
    s.line([(x - 20, y - 220), (x + 230, y - 176)], 7, mix(s.land[2], s.light, 0.2), ends=False)
    for row in range(5):
        s.rect(x - 50, y - 220 + row * 42, x - 36, y - 200 + row * 42, s.land[3])


def harvester(s, x, y):
    s.rect(x, y - 56, x + 110, y - 12, s.warm, radius=5)
    s.rect(x + 60, y - 88, x + 104, y - 54, mix(s.cool, s.light, 0.5), radius=4)
    s.rect(x + 56, y - 94, x + 110, y - 86, s.warm)
    s.polygon([(x + 106, y - 34), (x + 156, y - 16), (x + 160, y - 4), (x + 106, y - 10)], mix(s.warm, s.ink, 0.3))
    s.ring(x + 158, y - 14, 22, 22, 4, s.ink)
    s.line([(x + 20, y - 54), (x - 22, y - 84)], 8, mix(s.warm, s.ink, 0.3))
    s.ellipse(x + 84, y - 12, 22, 22, s.ink)
    s.ellipse(x + 84, y - 12, 9, 9, s.light)
    s.ellipse(x + 20, y - 6, 15, 15, s.ink)
    s.ellipse(x + 20, y - 6, 6, 6, s.light)


def observatory(s):
    s.heavens(900)
    centre = s.chance.uniform(980, 1250)
    for number in range(15):
        radius = 120 + number * 62
        start = s.chance.uniform(150, 250)
        for turn in range(3):
            track = arc(centre, 250, radius, start + turn * 120, start + turn * 120 + s.chance.uniform(24, 70), 40)
            s.line(track, 1.6, s.light, 0.34)
    s.stars(320, 760)
    s.glow(centre, 250, 420, s.cool, 0.3)
    s.moon(s.chance.uniform(180, 420), 190, 54)
    s.ground(s.ridge(720, 190), s.land[0], s.land[1])
    s.mist(560, 790, s.sky[2], 0.5)
    s.ground(s.ridge(800, 130), s.land[1], s.land[2])
    hill = smooth([(-20, 960), (260, 880), (560, 772), (900, 760), (1160, 850), (1620, 930)])
    s.ground(hill, s.land[3], s.ink)
    x, y = 700, 780
    wall, dome = mix(s.light, s.land[1], 0.2), mix(s.light, "#ffffff", 0.25)
    s.rect(x - 170, y - 150, x + 170, y + 10, wall)
    s.rect(x + 60, y - 150, x + 170, y + 10, mix(wall, s.land[3], 0.55))
    s.rect(x - 184, y - 168, x + 184, y - 146, mix(wall, s.land[2], 0.35))
    s.polygon(arc(x, y - 166, 172, 180, 360, 48), dome)
    s.polygon([(x + 40, y - 166), *arc(x, y - 166, 172, 285, 360, 24)], mix(dome, s.land[2], 0.5))
    s.polygon([*arc(x, y - 166, 172, 292, 318, 8), (x + 70, y - 230), (x + 22, y - 230)], s.ink)
    s.line([(x + 44, y - 262), (x + 150, y - 392)], 34, mix(s.warm, s.light, 0.2), ends=False)
    s.line([(x + 138, y - 378), (x + 156, y - 400)], 42, mix(s.warm, s.ink, 0.3), ends=False)
    for angle in (205, 230, 255):
        s.line([(x, y - 166), arc(x, y - 166, 172, angle, angle, 1)[0]], 2, mix(dome, s.land[2], 0.35), ends=False)
    s.rect(x - 30, y - 76, x + 24, y + 10, s.warm)
    s.glow(x - 3, y - 30, 120, s.warm, 0.5)
    for number in range(4):
        s.rect(x - 150 + number * 28, y - 118, x - 136 + number * 28, y - 92, s.sun_colour)
    for at, size in ((1120, 60), (340, 46)):
        foot = 856 if at > 800 else 860
        s.rect(at - size, foot - 44, at + size, foot + 10, mix(wall, s.land[2], 0.4))
        s.polygon(arc(at, foot - 44, size, 180, 360, 24), mix(dome, s.land[1], 0.3))
        s.polygon([(at + 14, foot - 44), *arc(at, foot - 44, size, 290, 360, 12)], mix(dome, s.land[3], 0.6))
    for _tree in range(22):
        at = s.chance.choice([s.chance.uniform(0, 420), s.chance.uniform(1080, 1600)])
        s.pine(at, s.chance.uniform(930, 1010), s.chance.uniform(90, 170),
            mix(s.land[4], s.ink, s.chance.uniform(0.3, 1)))


def bridge(s):
    s.heavens(680)
    sun = s.chance.uniform(300, 1300)
    s.sun(sun, 430, 120, 4)
    s.clouds(6, 80, 380)
    s.ground(s.ridge(610, 150), s.land[0])
    s.mist(480, 680, s.sky[2], 0.6)
    s.ground(s.roll(650, 20), s.land[1], s.land[2])
    for number in range(26):
        width = s.chance.uniform(26, 54)
        s.rect(number * 64, 680 - s.chance.uniform(24, 110), number * 64 + width, 680, mix(s.land[1], s.land[2],
            s.chance.random()))
    deck = 640
    pylons = (470, 1130)
    for x in pylons:
        for leg in (-1, 1):
            s.polygon([(x + leg * 34, 690), (x + leg * 46, 690), (x + leg * 9, 190), (x - leg * 1, 190)], s.light)
        s.rect(x - 10, 150, x + 10, 300, s.light)
        s.rect(x + 2, 150, x + 10, 690, mix(s.light, s.land[2], 0.35), 0.5)
        s.rect(x - 30, 560, x + 30, 572, s.light)
    for x in pylons:
        for number in range(1, 13):
            top = 168 + number * 10
            for side in (-1, 1):
                s.line([(x, top), (x + side * number * 27, deck)], 1.9, s.light, ends=False)
    s.polygon([(0, deck), (W, deck), (W, deck + 20), (0, deck + 20)], mix(s.ink, s.land[3], 0.5))
    s.rect(0, deck - 5, W, deck + 1, s.light)
    for _car in range(15):
        x, width = s.chance.uniform(0, W), s.chance.uniform(20, 46)
        s.rect(x, deck - 18, x + width, deck - 5, s.chance.choice(CLOTH), radius=4)
    for x in (130, 300, 1300, 1470):
        s.rect(x - 9, deck + 20, x + 9, 690, mix(s.light, s.land[2], 0.4))
    s.reflect(684, 316, mix(s.cool, s.sky[1], 0.3), 0.5)
    s.mist(684, 1000, mix(s.cool, s.ink, 0.6), 0.5)
    for number in range(40):
        y = 690 + number * 7
        x = sun + s.chance.uniform(-1, 1) * (60 + number * 3)
        s.rect(x - 40, y, x + 40, y + 3, s.sun_colour, 0.5, radius=1.5)
    boat(s, s.chance.uniform(600, 950), 850, 1)
    boat(s, s.chance.uniform(150, 400), 770, 0.55)
    bank = [(0, 905), (170, 925), (330, 980), (420, 1010), (0, 1010)]
    s.polygon(bank, s.land[4])
    for _blade in range(60):
        x = s.chance.uniform(0, 330)
        foot = 925 + x * 0.2
        s.line([(x, foot + 60), (x + s.chance.uniform(-10, 18), foot - s.chance.uniform(20, 90))], 3, mix(s.land[4],
            s.ink, 0.5))


def boat(s, x, y, size):
    s.polygon([(x - 90 * size, y - 18 * size), (x + 110 * size, y - 22 * size), (x + 80 * size, y + 16 * size),
        (x - 74 * size, y + 16 * size)], s.warm)
    s.rect(x - 50 * size, y - 54 * size, x + 34 * size, y - 18 * size, s.light)
    for number in range(4):
        s.rect(x + (-42 + number * 20) * size, y - 46 * size, x + (-30 + number * 20) * size, y - 32 * size, s.cool)
    s.rect(x - 56 * size, y - 60 * size, x + 42 * size, y - 53 * size, s.ink)
    s.line([(x + 60 * size, y - 20 * size), (x + 60 * size, y - 100 * size)], 4 * size, s.ink)
    s.polygon([(x + 62 * size, y - 100 * size), (x + 92 * size, y - 92 * size),
        (x + 62 * size, y - 82 * size)], s.light)
    s.ellipse(x, y + 18 * size, 130 * size, 6 * size, s.light, 0.45)


def conference(s):
    bright = s.seed % 2
    wall = mix(s.land[0], s.light, 0.62) if bright else mix(s.land[3], s.sky[1], 0.12)
    s.backdrop(mix(wall, s.ink, 0.12), wall, bottom=640)
    for number in range(7):
        x = 90 + number * 237
        opening = [(x - 74, 590), (x - 74, 220), *arc(x, 220, 74, 180, 360), (x + 74, 590)]
        s.gradient([(px + (px > x) * 6 - (px < x) * 6, py - 6) for px, py in opening], mix(wall, s.light, 0.4),
            mix(wall, s.ink, 0.2))
        s.gradient(opening, *s.sky)
        s.gradient([(x - 74, 590), (x - 74, 520 - 18 * math.sin(number)), (x + 74, 520 - 18 * math.sin(number + 1)),
            (x + 74, 590)], s.land[0], s.land[1])
        s.line([(x, 148), (x, 590)], 5, wall, ends=False)
        for y in (330, 460):
            s.line([(x - 74, y), (x + 74, y)], 4, wall, ends=False)
    # Flags that belong to nobody: two or three stripes.
    for number in range(15):
        x = 52 + number * 107
        s.line([(x, 655), (x, 330)], 5, mix(s.ink, s.warm, 0.3), ends=False)
        s.ellipse(x, 326, 7, 7, "#e3b84d")
        colours = s.chance.sample(CLOTH, 3)
        upright = s.chance.random() < 0.5
        for stripe in range(3):
            if upright:
                a, b = 4 + stripe * 16, 20 + stripe * 16
                cloth = [(x + a, 338 + a * 0.25), (x + b, 338 + b * 0.25), (x + b * 0.86, 545 + b * 0.5),
                    (x + a * 0.86, 545 + a * 0.5)]
            else:
                a, b = 338 + stripe * 70, 338 + (stripe + 1) * 70
                cloth = [(x + 3, a), (x + 52, a + 13), (x + 46, b + 20), (x + 3, b)]
            s.polygon(cloth, colours[stripe])
        s.polygon([(x + 20, 343), (x + 31, 345), (x + 24, 566), (x + 14, 560)], s.ink, 0.16)
    floor = mix(s.land[2], s.warm, 0.3) if bright else mix(s.land[4], s.warm, 0.12)
    s.backdrop(mix(floor, s.light, 0.25), floor, mix(floor, s.ink, 0.35), top=640)
    for number in range(-8, 9):
        s.line([(800 + number * 100, 640), (800 + number * 330, H)], 2, s.light, 0.14)
    x, y = 800, 800
    s.ellipse(x, y + 40, 690, 178, s.ink, 0.28)
    seats = [(angle, *arc(x, y - 14, 610, angle, angle, 1, 0.262)[0]) for angle in range(188, 353, 15)]
    for _angle, px, py in seats:
        chair(s, px, py - 8, 0.8)
    wood = mix("#a9693a", s.warm, 0.2)
    s.ellipse(x, y + 44, 560, 146, mix(wood, s.ink, 0.6))
    s.ellipse(x, y + 14, 560, 146, mix(wood, s.ink, 0.3))
    s.ellipse(x, y, 560, 146, mix(wood, s.light, 0.22))
    s.ellipse(x, y + 4, 330, 76, mix(wood, s.ink, 0.35))
    s.ellipse(x, y + 10, 326, 70, mix(s.cool, s.ink, 0.25))
    for number in range(40):
        angle = number * 2.4
        r = math.sqrt(number / 40)
        px, py = x + 250 * r * math.cos(angle), y + 6 + 44 * r * math.sin(angle)
        s.ellipse(px, py, 22, 13, mix(s.cool, "#4b9b6a", 0.6 + 0.3 * (number % 2)))
        s.ellipse(px, py - 5, 8, 7, s.chance.choice([s.light, s.warm, "#f2c14e"]))
    for angle in range(0, 360, 15):
        px, py = arc(x, y, 448, angle, angle, 1, 0.25)[0]
        s.polygon([(px - 17, py + 8), (px - 13, py - 7), (px + 21, py - 7), (px + 17, py + 8)], s.light)
        s.polygon([(px - 17, py + 8), (px + 17, py + 8), (px + 17, py + 12),
            (px - 17, py + 12)], mix(s.light, s.ink, 0.3))
        fx, fy = arc(x, y, 396, angle + 4, angle + 4, 1, 0.25)[0]
        s.line([(fx, fy), (fx, fy - 46)], 2.6, s.ink, ends=False)
        first, second = s.chance.sample(CLOTH, 2)
        s.polygon([(fx, fy - 46), (fx + 30, fy - 43), (fx + 30, fy - 33), (fx, fy - 35)], first)
        s.polygon([(fx, fy - 35), (fx + 30, fy - 33), (fx + 30, fy - 23), (fx, fy - 25)], second)
    for angle in (24, 47, 70, 110, 133, 156):
        px, py = arc(x, y + 64, 640, angle, angle, 1, 0.245)[0]
        chair(s, px, py + 48, 1.15, back=True)
    s.glow(800, 80, 620, s.sun_colour, 0.34)
    s.ring(800, 76, 330, 42, 10, "#e3b84d")
    for number in range(24):
        px, py = arc(800, 76, 330, number * 15, number * 15, 1, 0.127)[0]
        s.glow(px, py, 26, s.sun_colour, 0.8)
        s.ellipse(px, py, 7, 9, s.sun_colour)
    for number in (-250, 0, 250):
        s.line([(800 + number * 0.5, 0), (800 + number, 60 if number else 36)], 2.4, "#e3b84d", ends=False)


def chair(s, x, y, size, back=False):
    seat = mix(s.cool, s.ink, 0.42)
    if back:
        s.rect(x - 46 * size, y - 104 * size, x + 46 * size, y + 26 * size, mix(seat, s.ink, 0.3), radius=22 * size)
        s.rect(x - 36 * size, y - 94 * size, x + 36 * size, y + 10 * size, seat, radius=16 * size)
        s.rect(x - 56 * size, y - 18 * size, x - 44 * size, y + 40 * size, s.ink, radius=5)
        s.rect(x + 44 * size, y - 18 * size, x + 56 * size, y + 40 * size, s.ink, radius=5)
    else:
        s.rect(x - 36 * size, y - 92 * size, x + 36 * size, y + 10 * size, mix(seat, s.ink, 0.35), radius=18 * size)
        s.rect(x - 29 * size, y - 84 * size, x + 29 * size, y, mix(seat, s.light, 0.12), radius=14 * size)


def dam(s):
    s.heavens(640)
    s.sun(s.chance.uniform(450, 1150), 190, 72, 5)
    s.clouds(4, 70, 260)
    s.peak(330, 190, 480, 640, s.land[0], 0.42)
    s.peak(1230, 150, 540, 640, s.land[0], 0.42)
    s.peak(790, 250, 380, 640, s.land[1], 0.36)
    s.mist(400, 560, s.sky[2], 0.55)
    lake = mix(s.cool, s.light, 0.3)
    s.gradient([(170, 470), (1430, 470), (1430, 600), (170, 600)], mix(lake, s.light, 0.45), lake)
    for _glint in range(40):
        x, y = s.chance.uniform(220, 1380), s.chance.uniform(478, 560)
        s.rect(x - 30, y, x + 30, y + 2.4, s.light, 0.4, radius=1)
    boat(s, s.chance.uniform(560, 1020), 520, 0.3)
    s.backdrop(s.land[3], s.land[4], top=600)
    # The wall: an arc seen from below, its crown against the lake.
    wall = mix(s.light, s.land[1], 0.25)
    top = [(px, 560 + 30 * (1 - ((px - 800) / 560) ** 2)) for px in range(240, 1361, 40)]
    foot = [(px, 880 + 36 * (1 - ((px - 800) / 330) ** 2)) for px in range(1130, 469, -30)]
    s.gradient([*top, *foot], mix(wall, "#ffffff", 0.25), mix(wall, s.land[3], 0.55))
    for number in range(1, 14):
        t = number / 14
        s.line([top[round(t * (len(top) - 1))], foot[round((1 - t) * (len(foot) - 1))]], 2, s.ink, 0.13)
    for level in (0.3, 0.55, 0.8):
        line = [(a + (c - a) * level, b + (d - b) * level) for (a, b), (c, d) in zip(top,
            [foot[round((1 - n / 28) * (len(foot) - 1))] for n in range(29)], strict=True)]
        s.line(line, 2, s.ink, 0.12)
    shade = [top[0], top[8], foot[-8], foot[-1]]
    s.polygon(shade, s.ink, 0.16)
    s.line(top, 15, mix(wall, s.ink, 0.35), ends=False)
    s.line([(px, py - 9) for px, py in top], 5, mix(wall, "#ffffff", 0.5), ends=False)
    for number in range(2, len(top) - 1, 3):
        px, py = top[number]
        s.line([(px, py - 8), (px, py - 34)], 3, s.ink, ends=False)
        s.glow(px, py - 36, 16, s.sun_colour, 0.9)
    for x in (650, 750, 850, 950):
        s.rect(x - 24, 604, x + 24, 640, mix(s.ink, s.land[3], 0.3))
        spread = (x - 800) * 0.16
        fall = [(x - 22, 628), (x + 22, 628), (x + 40 - spread, 930), (x - 40 - spread, 930)]
        s.gradient(fall, "#ffffff", mix(lake, "#ffffff", 0.6))
        for shift in (-10, 2, 13):
            s.line([(x + shift, 632), (x + shift * 1.8 - spread, 920)], 3, lake, 0.7)
    s.gradient([(430, 905), (1170, 905), (1420, H), (180, H)], mix(lake, "#ffffff", 0.5), mix(lake, s.ink, 0.25))
    for x in (610, 735, 865, 990):
        for _drop in range(16):
            size = s.chance.uniform(14, 34)
            s.ellipse(x + s.chance.uniform(-46, 46), 925 + s.chance.uniform(-22, 20), size, size * 0.7, "#ffffff", 0.5)
    for side in (0, 1):

        def at(*points, side=side):
            return [(W - px if side else px, py) for px, py in points]

        cliff = [(-10, 340), (110, 380), (170, 450), (250, 470), (290, 580), (380, 680), (400, 770), (500, 880),
            (470, 950), (330, 1010), (-10, 1010)]
        s.gradient(at(*cliff), s.land[2], s.land[4])
        dark = [(-10, 560), (90, 600), (150, 700), (250, 780), (290, 900), (330, 1010), (-10, 1010)]
        s.polygon(at(*dark), mix(s.land[4], s.ink, 0.35))
        lit = [(110, 380), (170, 450), (250, 470), (290, 580), (200, 540), (150, 470)]
        s.polygon(at(*lit), mix(s.land[2], s.light, 0.3 if side == s.seed % 2 else 0.1))
        lit = [(290, 580), (380, 680), (400, 770), (500, 880), (400, 840), (340, 740), (270, 660)]
        s.polygon(at(*lit), mix(s.land[3], s.light, 0.22 if side == s.seed % 2 else 0.06))
        for _tree in range(13):
            px = s.chance.uniform(-10, 240)
            s.pine(*at((px, 440 + px * 0.3 + s.chance.uniform(0, 330)))[0], s.chance.uniform(60, 120),
                mix(s.land[4], s.ink, s.chance.random()))


def satellite(s):
    s.backdrop("#050b20", mix("#0b1a3f", s.sky[0], 0.25), mix(s.sky[1], "#0b1a3f", 0.4))
    for _cloud in range(7):
        s.glow(s.chance.uniform(0, W), s.chance.uniform(0, 560), s.chance.uniform(200, 420),
            s.chance.choice([s.cool, s.warm, s.sky[1]]), 0.16)
    s.stars(380, 900)
    for _star in range(7):
        x, y = s.chance.uniform(0, W), s.chance.uniform(20, 420)
        s.glow(x, y, 26, s.light, 0.6)
        s.ellipse(x, y, 3, 3, "#ffffff")
    x, y, radius = s.chance.uniform(500, 1100), 2060, 1420
    s.glow(x, y, radius * 1.26, s.cool, 1)
    s.ring(x, y, radius + 13, radius + 13, 13, mix(s.cool, s.light, 0.5), 0.5)
    sea = mix(s.cool, "#1f5fa8", 0.5)
    s.gradient(arc(x, y, radius, 180, 360, 160), mix(sea, s.light, 0.3), mix(sea, s.ink, 0.2), mix(sea, s.ink, 0.7))
    for _land in range(9):
        angle = s.chance.uniform(236, 304)
        lx, ly = arc(x, y, radius - s.chance.uniform(90, 330), angle, angle, 1)[0]
        size = s.chance.uniform(70, 190)
        outline = [(lx + size * s.chance.uniform(0.7, 1.3) * math.cos(a),
            ly + size * 0.4 * s.chance.uniform(0.6, 1.3) * math.sin(a)) for a in (n * 0.628 for n in range(10))]
        s.polygon(smooth(outline, 8, closed=True), mix("#5f9e63", s.warm, s.chance.uniform(0.05, 0.5)))
    for _cloud in range(16):
        angle, depth = s.chance.uniform(232, 308), s.chance.uniform(40, 400)
        width = s.chance.uniform(4, 11)
        s.line(arc(x, y, radius - depth, angle, angle + width, 30), s.chance.uniform(8, 17), "#ffffff", 0.5)
        s.line(arc(x, y, radius - depth - 17, angle + 1, angle + width * 0.7, 30), 9, "#ffffff", 0.4)
    s.glow(x - 520, 690, 300, s.sun_colour, 0.7)
    spacecraft(s, s.chance.uniform(660, 980), s.chance.uniform(290, 350), s.chance.choice([-22, 20, -16]))


def spacecraft(s, x, y, tilt):
    turn = math.radians(tilt)

    def at(*points):
        return [(x + px * math.cos(turn) - py * math.sin(turn), y + px * math.sin(turn) + py * math.cos(turn)) for px,
            py in points]

    glass = mix("#24509c", s.cool, 0.3)
    for side in (-1, 1):
        s.line(at((side * 60, 0), (side * 150, 0)), 9, mix(s.light, s.ink, 0.3), ends=False)
        for number in range(3):
            left = side * (118 + number * 118)
            right = left + side * 110
            s.polygon(at((left, -84), (right, -84), (right, 84), (left, 84)), mix(s.light, s.ink, 0.2))
            s.gradient(at((left + side * 5, -79), (right - side * 5, -79), (right - side * 5, 79),
                (left + side * 5, 79)), mix(glass, s.light, 0.45), glass, mix(glass, s.ink, 0.45))
            for cell in range(1, 4):
                across = left + side * cell * 27.5
                s.line(at((across, -79), (across, 79)), 1.6, s.light, 0.55)
            for cell in range(1, 6):
                s.line(at((left, -84 + cell * 28), (right, -84 + cell * 28)), 1.6, s.light, 0.55)
            s.polygon(at((left + side * 10, -79), (left + side * 44, -79), (left + side * 14, 79),
                (left + side * 5, 79)), "#ffffff", 0.2)
    foil = "#e0a63c"
    s.gradient(at((-62, -104), (62, -104), (62, 104), (-62, 104)), mix(foil, "#ffffff", 0.45),
        foil, mix(foil, s.ink, 0.4))
    s.polygon(at((18, -104), (62, -104), (62, 104), (18, 104)), mix(foil, s.ink, 0.45), 0.65)
    for number in range(5):
        s.line(at((-62, -70 + number * 36), (62, -62 + number * 34)), 2, mix(foil, s.ink, 0.5), 0.5)
    s.polygon(at((-62, -40), (62, -40), (62, -12), (-62, -12)), s.light)
    s.line(at((0, 104), (0, 150)), 9, mix(s.light, s.ink, 0.4), ends=False)
    dish = at(*arc(0, 150, 78, 0, 180, 30, 0.62))
    s.polygon(dish, mix(s.light, s.ink, 0.12))
    s.polygon(at(*arc(0, 150, 78, 0, 70, 16, 0.62), (0, 150)), mix(s.light, s.ink, 0.4), 0.8)
    s.polygon(at(*arc(0, 150, 78, 0, 360, 40, 0.2)), "#ffffff")
    s.line(at((0, 150), (0, 214)), 4, s.ink)
    s.ellipse(*at((0, 216))[0], 8, 8, s.warm)
    s.line(at((-30, -104), (-46, -168)), 4, s.light)
    s.ellipse(*at((-46, -170))[0], 7, 7, s.warm)
    s.line(at((30, -104), (40, -140)), 4, s.light)
    for number in range(4):
        s.line(at(*arc(0, 216, 50 + number * 42, 58, 122, 20)), 4, s.light, 0.5 - number * 0.11)


def forest(s):
    s.heavens(900)
    sun = s.chance.uniform(480, 1120)
    s.sun(sun, 330, 95, 5)
    for number in range(7):
        angle = math.radians(48 + number * 14)
        end = (sun + 1300 * math.cos(angle), 330 + 1300 * math.sin(angle))
        s.polygon([(sun, 330), (end[0] - 50, end[1]), (end[0] + 50, end[1])], s.sun_colour, 0.14)
    s.birds(6, sun - 220, 240)
    s.ground(s.ridge(520, 200), s.land[0])
    s.mist(380, 600, s.sky[2], 0.6)
    for layer in range(4):
        y = 600 + layer * 95
        colour = s.land[layer + (layer < 4)]
        line = s.roll(y, 26)
        for number in range(44 - layer * 7):
            px = number * W / (43 - layer * 7) + s.chance.uniform(-18, 18)
            py = line[min(max(int(px / 20), 0), 80)][1] + 14
            shade = mix(colour, s.ink, s.chance.uniform(0, 0.22))
            s.pine(px, py, s.chance.uniform(80, 130) * (1 + layer * 0.42), shade, mix(shade, s.light, 0.13))
        s.ground(line, colour, mix(colour, s.ink, 0.2))
        s.mist(y - 40, y + 110, s.sky[2], 0.34 - layer * 0.07)
    # A path leads in; a pair of big trees frames the view.
    path = smooth([(760, 905), (840, 925), (740, 955), (830, 1010)], 12)
    wide = [(px, py, 6 + (py - 905) * 1.1) for px, py in path]
    s.polygon([*((px - w, py) for px, py, w in wide), *((px + w, py) for px, py, w in reversed(wide))], mix(s.light,
        s.warm, 0.25), 0.8)
    for px, tall in ((70, 900), (250, 640), (1540, 940), (1370, 600)):
        s.pine(px, 1030, tall, s.ink, mix(s.ink, s.land[2], 0.3))
    deer(s, s.chance.choice([560, 1010]), 930, 150)


def deer(s, x, y, size):
    unit = size / 100

    def at(*points):
        return [(x + px * unit, y + (py - 100) * unit) for px, py in points]

    s.polygon(smooth(at((10, 50), (22, 42), (50, 46), (64, 40), (70, 52), (60, 64), (34, 64), (14, 64)),
        8, closed=True), s.ink)
    s.polygon(smooth(at((56, 48), (64, 28), (70, 16), (78, 18), (76, 34), (70, 54)), 8, closed=True), s.ink)
    s.polygon(smooth(at((68, 12), (78, 10), (92, 20), (90, 26), (78, 24), (70, 22)), 8, closed=True), s.ink)
    for top, foot in ((16, 14), (24, 28), (58, 56), (65, 68)):
        s.line(at((top, 56), ((top + foot) / 2 - 1, 78), (foot, 100)), 4 * unit, s.ink)
    s.line(at((72, 12), (66, -4), (54, -18)), 2.6 * unit, s.ink)
    s.line(at((66, -4), (70, -20)), 2.4 * unit, s.ink)
    s.line(at((76, 11), (80, -6), (94, -16)), 2.6 * unit, s.ink)
    s.line(at((80, -6), (78, -22)), 2.4 * unit, s.ink)
    s.line(at((11, 50), (6, 58)), 4 * unit, s.ink)


def desert(s):
    s.heavens(700)
    sun = s.chance.uniform(300, 1250)
    s.sun(sun, 340, 140, 3.6)
    s.clouds(3, 80, 260, 0.4)
    s.ground(s.ridge(560, 90), s.land[0])
    s.mist(460, 620, s.sky[2], 0.6)
    sand = [mix(colour, "#d99a54", 0.45) for colour in s.land]
    camel_line = 0
    for layer in range(4):
        y = 600 + layer * 105
        line = s.roll(y, 44 - layer * 2, 1.3 + 0.35 * layer)
        s.ground(line, mix(sand[layer], s.light, 0.42), sand[layer + 1])
        # The lee side of each crest lies in shadow.
        top = max(range(6, 74), key=lambda n,
            line=line: -line[n][1] - abs(n - 40 - 14 * math.sin(layer + s.seed)) * 1.5)
        crest = line[top]
        slope = line[top : min(top + 24, len(line))]
        low = slope[-1]
        bend = [crest, (crest[0] + 46, crest[1] + 36), (crest[0] - 30, crest[1] + 92), (crest[0] + 60, crest[1] + 176)]
        foot = [bend[-1], ((bend[-1][0] + low[0]) / 2 - 20, (bend[-1][1] + low[1]) / 2 + 12), low]
        edge = [*smooth(bend), *smooth(foot)]
        s.gradient([*slope, *reversed(edge)], mix(sand[layer + 1], s.ink, 0.42), mix(sand[layer + 1], s.ink, 0.12))
        for wave in range(7):
            shift = 26 + wave * 14
            part = [(px, py + shift + 5 * math.sin(px / 60 + wave)) for px,
                py in line[(wave * 11 + layer * 7) % 60 :][:18]]
            s.line(smooth(part, 3), 1.8, s.light, 0.2)
        if layer == 1:
            camel_line = line
    start = 250 if sun > 800 else 760
    for number in range(5):
        px = start + number * 118
        camels(s, px, camel_line[int((px + 50) / 20)][1] + 8, 96, 1)
    for px, tall in ((90, 330), (180, 240)) if s.seed % 2 else ((1500, 330), (1400, 240)):
        palm(s, px, 1000, tall)


def palm(s, x, y, height):
    trunk = smooth([(x, y), (x + 16, y - height * 0.5), (x + 6, y - height)])
    s.line(trunk, height * 0.06, s.ink)
    for angle in (-170, -140, -110, -70, -40, -10, 12, 168):
        a = math.radians(angle)
        length = height * 0.46
        tip = (x + 6 + length * math.cos(a), y - height + length * 0.7 * math.sin(a) + length * 0.32)
        mid = (x + 6 + length * 0.55 * math.cos(a), y - height + length * 0.7 * math.sin(a) * 0.8 - 8)
        upper = smooth([(x + 6, y - height), mid, tip], 8)
        lower = [(px, py + 16 * math.sin(n / len(upper) * 3.14)) for n, (px, py) in enumerate(upper)]
        s.polygon([*upper, *reversed(lower)], mix(s.ink, s.cool, 0.25))


def books(s):
    wall = mix(s.land[2], s.cool, 0.25)
    s.backdrop(mix(wall, s.ink, 0.25), mix(wall, s.light, 0.1), bottom=760)
    manuscript = s.seed // 4 % 2 == 0
    x = 1120 if manuscript else 480
    opening = [(x - 270, 700), (x - 270, 330), *arc(x, 330, 270, 180, 360, 40), (x + 270, 700)]
    s.gradient([(x + (px - x) * 1.08, y + (0 if y > 600 else -22)) for px, y in opening], mix(wall, s.light, 0.55),
        mix(wall, s.light, 0.3))
    s.gradient(opening, *s.sky)
    s.sun(x + 90, 350, 56, 4)
    s.gradient([(x - 270, 700), (x - 270, 590), (x - 130, 540), (x + 20, 600), (x + 150, 560), (x + 270, 600),
        (x + 270, 700)], s.land[0], s.land[1])
    for number in range(5):
        dome = x - 200 + number * 100
        tall = 50 + 40 * ((number * 7 + s.seed) % 3)
        s.rect(dome - 26, 690 - tall, dome + 26, 700, s.land[2])
        s.polygon(arc(dome, 690 - tall, 26, 180, 360), s.land[2])
        s.line([(dome, 664 - tall), (dome, 640 - tall)], 3, s.land[2])
    for bar in (-90, 90):
        s.line([(x + bar, 78), (x + bar, 700)], 7, mix(wall, s.light, 0.5), ends=False)
    for y in (330, 515):
        s.line([(x - 270, y), (x + 270, y)], 7, mix(wall, s.light, 0.5), ends=False)
    s.polygon([(x - 200, 720), (x + 270, 720), (x + 30, H), (x - 700, H)], s.sun_colour, 0.1)
    # A shelf on the other side.
    left = 60 if x > 800 else 920
    for row in (250, 470):
        px = left
        while px < left + 600:
            width, tall = s.chance.uniform(22, 52), s.chance.uniform(110, 168)
            cover = mix(s.chance.choice([s.warm, s.cool, *CLOTH]), wall, 0.45)
            s.rect(px, row - tall, px + width - 3, row, cover)
            s.rect(px, row - tall + 18, px + width - 3, row - tall + 26, mix(cover, s.light, 0.5))
            s.rect(px, row - 34, px + width - 3, row - 28, mix(cover, s.light, 0.5))
            px += width
        s.rect(left - 24, row, left + 640, row + 16, mix(wall, s.ink, 0.5))
    table = mix("#8a5632", s.ink, 0.15)
    s.backdrop(mix(table, s.light, 0.3), table, mix(table, s.ink, 0.4), top=736)
    s.rect(0, 732, W, 742, mix(table, s.light, 0.5))
    pile = 330 if x > 800 else 1270
    y = 900.0
    s.ellipse(pile, 902, 270, 20, s.ink, 0.35)
    for number in range(6):
        tall, half, shift = (s.chance.uniform(44, 66), s.chance.uniform(180, 250) - number * 9, s.chance.uniform(-26,
            26))
        cover = [s.warm, s.cool, "#e3b84d", mix(s.warm, s.ink, 0.5), mix(s.cool, s.light, 0.4),
            mix(s.cool, s.ink, 0.4)][(number + s.seed) % 6]
        s.rect(pile + shift - half, y - tall, pile + shift + half, y, cover, radius=7)
        s.rect(pile + shift - half + 26, y - tall + 8, pile + shift + half + 2, y - 8, mix(s.light, "#d8bf8e", 0.4))
        for leaf in range(4):
            at = y - tall + 14 + leaf * (tall - 26) / 3.4
            s.rect(pile + shift - half + 26, at, pile + shift + half + 2, at + 1.6, "#b79a67")
        s.rect(pile + shift - half, y - tall, pile + shift - half + 30, y, cover, radius=7)
        s.rect(pile + shift - half + 8, y - tall, pile + shift - half + 13, y, mix(cover, s.light, 0.5))
        s.rect(pile + shift + half - 70, y - tall, pile + shift + half + 4, y - tall + 7, cover)
        y -= tall
    s.polygon([(pile + 30, y), (pile + 44, y), (pile + 56, y + 96), (pile + 47, y + 84), (pile + 36, y + 96)], s.warm)
    open_book(s, 980 if x > 800 else 600, 900, manuscript)


def open_book(s, x, y, manuscript):
    page, edge = mix(s.light, "#f0dfb8", 0.5), mix(s.warm, s.ink, 0.5)
    s.ellipse(x, y + 18, 400, 22, s.ink, 0.35)
    s.polygon([(x - 390, y - 10), (x, y + 26), (x + 390, y - 10), (x + 372, y + 14), (x, y + 46),
        (x - 372, y + 14)], edge)
    for side in (-1, 1):

        def at(*points, side=side):
            return [(x + side * px, y + py) for px, py in points]

        bow = smooth(at((0, 18), (90, -34), (220, -34), (372, -8)), 10)
        far = smooth(at((318, -150), (200, -178), (80, -176), (0, -126)), 10)
        s.polygon([(px, py + 12) for px, py in [*bow, *far]], mix(page, "#9a7b45", 0.4))
        s.gradient([*bow, *far], page, mix(page, "#ffffff", 0.55)) if side > 0 else s.gradient([*bow, *far], mix(page,
            "#d9c193", 0.3), page)
        for row in range(7):
            t = (row + 1.2) / 8.6
            start, end = 44 - 6 * t, 330 - 40 * t
            end -= 120 * (row == 6)
            line = smooth(at(*((start + (end - start) * u, -14 - 132 * t - 30 * math.sin(u * 2.6) + 4 * u) for u in (0,
                0.3, 0.65, 1))), 6)
            if side > 0 and row > 2 and manuscript:
                continue
            s.line(line, 4, mix(s.ink, page, 0.45), ends=False)
        if side > 0 and manuscript:
            # An illumination in the manuscript.
            for number in range(8):
                turn = number * 0.785
                px, py = at((178 + 46 * math.cos(turn), -128 + 22 * math.sin(turn)))[0]
                s.ellipse(px, py, 20, 10, (s.cool, s.warm)[number % 2])
            s.ellipse(*at((178, -128))[0], 24, 12, "#e3b84d")
    s.line([(x, y + 18), (x, y - 126)], 4, mix(page, "#7a5a2a", 0.5), ends=False)


def lanterns(s):
    s.heavens(720)
    s.stars(140, 480)
    s.moon(s.chance.uniform(1250, 1450), 150, 46)
    x = -30
    while x < W:
        width = s.chance.uniform(110, 190)
        tall = s.chance.uniform(150, 300)
        colour = mix(s.land[1], s.land[2], s.chance.random())
        s.rect(x, 720 - tall, x + width, 730, colour)
        kind = s.chance.randrange(3)
        if kind == 0:
            s.polygon([(x - 14, 720 - tall), (x + width / 2, 720 - tall - 62),
                (x + width + 14, 720 - tall)], mix(colour, s.ink, 0.3))
        elif kind == 1:
            s.polygon(arc(x + width / 2, 720 - tall, width * 0.42, 180, 360), mix(colour, s.cool, 0.35))
            s.line([(x + width / 2, 720 - tall - width * 0.4), (x + width / 2, 720 - tall - width * 0.62)], 4,
                mix(colour, s.cool, 0.35))
        else:
            roof = smooth([(x - 26, 726 - tall), (x + 10, 712 - tall), (x + width / 2, 650 - tall),
                (x + width - 10, 712 - tall), (x + width + 26, 726 - tall)])
            s.polygon(roof, mix(s.warm, s.ink, 0.5))
        for row in range(int(tall / 66)):
            for number in range(int(width / 40)):
                if s.chance.random() < 0.6:
                    left, top = x + 16 + number * 40, 742 - tall + row * 62
                    s.polygon([(left, top + 30), (left, top), *arc(left + 9, top, 9, 180, 360, 8),
                        (left + 18, top + 30)], s.sun_colour, 0.85)
        x += width + s.chance.uniform(-4, 20)
    s.mist(520, 730, s.warm, 0.34)
    ground = mix(s.land[3], s.warm, 0.14)
    s.backdrop(mix(ground, s.light, 0.22), ground, s.ink, top=720)
    for number in range(-12, 13):
        s.line([(800 + number * 90, 720), (800 + number * 300, H)], 2, s.light, 0.1)
    for number in range(7):
        y = 726 + 5.4 * number**2
        s.line([(0, y), (W, y)], 2, s.light, 0.1)
    # The screen, pale in the dusk, and those who came to watch.
    s.glow(800, 570, 560, s.light, 0.5)
    s.rect(520, 420, 1080, 724, s.ink, radius=6)
    s.gradient([(534, 434), (1066, 434), (1066, 708), (534, 708)], mix(s.light, "#ffffff", 0.5),
        mix(s.light, s.cool, 0.28))
    s.polygon([(534, 708), (534, 650), (660, 590), (760, 640), (880, 570), (1066, 660),
        (1066, 708)], mix(s.light, s.cool, 0.45))
    s.ellipse(910, 512, 32, 32, mix(s.light, s.warm, 0.4))
    for leg in (560, 1040):
        s.line([(leg, 720), (leg - 20, 780)], 8, s.ink)
        s.line([(leg, 720), (leg + 20, 780)], 8, s.ink)
    s.polygon([(534, 724), (1066, 724), (1330, H), (270, H)], s.light, 0.12)
    for row, y in enumerate((812, 880, 968)):
        for number in range(11 - row):
            px = 330 + number * (96 + row * 20) + s.chance.uniform(-20, 20) - row * 30
            size = 1 + row * 0.4
            colour = mix(s.ink, s.chance.choice([s.warm, s.cool, s.land[3]]), 0.28)
            s.rect(px - 24 * size, y - 16 * size, px + 24 * size, y + 60 * size, colour, radius=20 * size)
            s.ellipse(px, y - 32 * size, 14 * size, 16 * size, mix(colour, s.ink, 0.4))
    for number in range(5):
        strand(s, number)


def strand(s, number):
    drop = 90 + s.chance.uniform(0, 60)
    left, right = (-20, 40 + number * 66), (W + 20, 330 - number * 62)
    line = [(left[0] + (right[0] - left[0]) * t, left[1] + (right[1] - left[1]) * t + drop * 4 * t * (1 - t))
        for t in (n / 40 for n in range(41))]
    s.line(line, 2.4, s.ink, ends=False)
    shades = [s.warm, "#e0483e", "#f2a541", mix(s.warm, s.light, 0.3)]
    for at in range(2 + number % 2, 40, 4):
        x, y = line[at]
        size = 17 + 9 * ((at * 7 + number * 3) % 3)
        colour = shades[(at + number) % 4]
        s.glow(x, y + size * 1.5, size * 3.6, mix(colour, s.sun_colour, 0.5), 0.55)
        s.line([(x, y), (x, y + size * 0.7)], 2, s.ink, ends=False)
        s.ellipse(x, y + size * 1.6, size * 1.08, size * 0.94, colour)
        s.ellipse(x, y + size * 1.6, size * 0.62, size * 0.94, mix(colour, s.sun_colour, 0.5))
        s.ellipse(x, y + size * 1.6, size * 0.22, size * 0.94, mix(colour, s.sun_colour, 0.8))
        s.rect(x - size * 0.42, y + size * 0.6, x + size * 0.42, y + size * 0.78, "#e3b84d")
        s.rect(x - size * 0.42, y + size * 2.42, x + size * 0.42, y + size * 2.6, "#e3b84d")
        s.line([(x, y + size * 2.6), (x, y + size * 3.4)], 2.4, colour)


def medicine(s):
    s.heavens(680)
    sun = 300 if s.seed % 2 else 1300
    s.sun(sun, 260, 70, 5)
    s.clouds(4, 80, 300)
    s.ground(s.ridge(560, 170), s.land[0])
    s.mist(430, 640, s.sky[2], 0.6)
    s.ground(s.roll(630, 22), s.land[1], s.land[2])
    s.yurt(210 if s.seed % 2 else 1390, 690, 210)
    s.ground(s.roll(700, 16), mix(s.land[2], s.cool, 0.2), s.land[3])
    s.backdrop(mix(s.light, s.cool, 0.12), mix(s.light, s.cool, 0.3), mix(s.cool, s.ink, 0.1), top=800)
    s.rect(0, 796, W, 806, "#ffffff")
    # The screen
    x = 840 if s.seed % 2 else 760
    s.ellipse(x, 880, 250, 22, s.ink, 0.3)
    s.polygon([(x - 50, 700), (x + 50, 700), (x + 76, 870), (x - 76, 870)], mix(s.ink, s.light, 0.35))
    s.rect(x - 180, 862, x + 180, 882, mix(s.ink, s.light, 0.45), radius=9)
    s.rect(x - 416, 214, x + 416, 746, s.ink, radius=30)
    s.gradient([(x - 390, 240), (x + 390, 240), (x + 390, 720), (x - 390, 720)], mix(s.ink, s.cool, 0.42),
        mix(s.ink, s.cool, 0.2))
    for number in range(1, 20):
        s.line([(x - 390 + number * 39, 240), (x - 390 + number * 39, 720)], 1, s.cool, 0.3)
    for number in range(1, 12):
        s.line([(x - 390, 240 + number * 40), (x + 390, 240 + number * 40)], 1, s.cool, 0.3)
    beat = [(0, 0), (60, 0), (76, -18), (94, 0), (112, 0), (122, 18), (140, -150), (160, 76), (172, 0), (196, 0),
        (216, -34), (240, 0)]
    pulse = [(x - 380 + turn * 250 + px, 440 + py) for turn in range(3) for px, py in beat]
    pulse = [point for point in pulse if point[0] < x + 376]
    s.line(pulse, 16, s.warm, 0.25, ends=False)
    s.line(pulse, 6, mix(s.warm, s.light, 0.25))
    s.glow(*pulse[-1], 46, s.warm, 1)
    s.ellipse(*pulse[-1], 9, 9, s.light)
    breath = [(x - 370 + step * 5, 612 + 26 * math.sin(step / 9)) for step in range(100)]
    s.line(breath, 5, mix(s.cool, s.light, 0.4))
    heart(s, x + 250, 600, 62)
    s.rect(x - 362, 670, x - 120, 682, mix(s.cool, s.light, 0.3), radius=6)
    s.rect(x - 362, 692, x - 200, 702, mix(s.cool, s.light, 0.1), radius=5)
    s.polygon([(x - 390, 240), (x - 140, 240), (x - 390, 640)], "#ffffff", 0.07)
    stethoscope(s, 470 if s.seed % 2 else 1130, 900, 1 if s.seed % 2 else -1)


def heart(s, x, y, size):
    outline = []
    for step in range(60):
        t = step / 60 * 6.283
        rise = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        outline.append((x + size * math.sin(t) ** 3, y - size * rise / 16))
    s.polygon(outline, s.warm)
    s.ellipse(x - size * 0.45, y - size * 0.42, size * 0.18, size * 0.14, mix(s.warm, s.light, 0.6))


def stethoscope(s, x, y, side):
    def at(*points):
        return [(x + side * px, y + py) for px, py in points]

    tube, metal = mix(s.warm, s.ink, 0.25), mix(s.light, s.ink, 0.3)
    s.ellipse(*at((60, 40))[0], 340, 30, s.ink, 0.15)
    loop = smooth(at((-250, 30), (-130, 64), (20, 66), (190, 46), (300, -4), (360, 30), (300, 66), (390, 74)), 14)
    s.line(loop, 19, mix(tube, s.ink, 0.4))
    s.line([(px, py - 2) for px, py in loop], 15, tube)
    s.line([(px, py - 5) for px, py in loop], 4, mix(tube, s.light, 0.45), ends=False)
    for turn in (-1, 1):
        branch = smooth(at((-250, 30), (-300, 20 + turn * 20), (-350, -60 + turn * 34), (-330, -150 + turn * 10)), 14)
        s.line(branch, 11, metal)
        s.line([(px, py - 2) for px, py in branch], 4, s.light, ends=False)
        s.ellipse(*branch[-1], 15, 12, s.ink)
    disc = at((420, 70))[0]
    s.ellipse(disc[0], disc[1] + 10, 66, 32, mix(s.ink, metal, 0.4))
    s.ellipse(*disc, 66, 32, metal)
    s.ellipse(disc[0], disc[1] - 3, 50, 23, s.light)
    s.ellipse(disc[0], disc[1] - 3, 30, 13, mix(s.light, s.cool, 0.5))


def sport(s):
    s.heavens(560)
    sun = s.chance.uniform(300, 1300)
    s.sun(sun, 180, 66, 5)
    s.clouds(5, 70, 300)
    for x, top, half in ((160, 230, 420), (560, 170, 460), (1010, 215, 430), (1420, 150, 500)):
        s.peak(x + s.chance.uniform(-60, 60), top + s.chance.uniform(-20, 40),
            half, 600, s.land[s.chance.choice([0, 1])], 0.42, sun < 800)
    s.mist(380, 590, s.sky[2], 0.6)
    s.ground(s.roll(560, 20), s.land[1], s.land[2])
    green = mix("#5fa653", s.cool, 0.16)
    # The stand: a crowd of dots below a line of pennants.
    s.rect(0, 560, W, 640, mix(s.land[3], s.ink, 0.2))
    for row in range(4):
        for number in range(104):
            colour = mix(s.chance.choice([*CLOTH, s.light, s.warm]), s.land[2], 0.25)
            s.ellipse(number * 15.5 + row % 2 * 8, 574 + row * 18, 7.6, 9, colour)
    s.rect(0, 632, W, 652, s.light)
    s.backdrop(mix(green, s.light, 0.35), green, mix(green, s.ink, 0.42), top=650)
    for number in range(5):
        y = 660 + number**2 * 15 + number * 14
        s.polygon([(0, y), (W, y), (W, y + 12 + number * 9), (0, y + 12 + number * 9)], mix(green, s.light, 0.5), 0.25)
    for strand_top, drop in ((392, 60), (440, 84)):
        line = [(W * t, strand_top + drop * math.sin(t * 9.42) ** 2) for t in (n / 60 for n in range(61))]
        s.line(line, 2.4, s.ink, ends=False)
        for number in range(0, 60, 2):
            (ax, ay), (bx, by) = line[number], line[number + 1]
            s.polygon([(ax, ay), (bx, by), ((ax + bx) / 2, (ay + by) / 2 + 38)], CLOTH[(number // 2 + s.seed) % 8])
    for x in (0, W / 3, 2 * W / 3, W):
        s.line([(x, 650), (x, 380)], 8, s.ink, ends=False)
    flip = s.seed % 2 == 1
    horses = ["#5a3424", "#2b2430", "#8a5a36", "#e9dfcf"]
    s.chance.shuffle(horses)
    s.ellipse(800, 945, 16, 13, s.light)
    for number, (x, y, size) in enumerate(((330, 790, 230), (1250, 800, 240), (820, 830, 300), (440, 935, 400),
        (1180, 950, 430))):
        s.rider(W - x if flip else x, y, size, [s.warm, s.cool, "#f2c14e"][number % 3], horses[number % 4], flip)
        for _puff in range(5):
            dust = x - size * s.chance.uniform(0.3, 0.6)
            s.ellipse(W - dust if flip else dust, y - s.chance.uniform(0, 20), 26, 14, s.light, 0.28)
    grass(s, 930, 130, mix(green, s.ink, 0.35))


def aircraft(s):
    s.backdrop(*s.sky)
    sun = s.chance.uniform(250, 600)
    s.sun(sun, 330, 105, 4.5)
    s.clouds(6, 120, 480, 0.45)
    s.ground(s.ridge(800, 150), s.land[0], s.land[1])
    s.mist(640, 860, s.sky[2], 0.6)
    for layer in range(4):
        y = 770 + layer * 66
        colour = mix(mix(s.light, "#ffffff", 0.4), s.land[1], 0.44 - layer * 0.14)
        shade = mix(colour, s.land[2], 0.32)
        for number in range(17):
            px = number * 104 + s.chance.uniform(-44, 44)
            size = s.chance.uniform(48, 104)
            s.ellipse(px, y + 30, size * 1.2, size * 0.74, colour)
            s.ellipse(px + size * 0.3, y + 44, size * 0.8, size * 0.5, shade, 0.28)
        s.gradient([(0, y + 34), (W, y + 34), (W, H), (0, H)], colour, shade)
    liner(s, s.chance.uniform(830, 960), s.chance.uniform(430, 480), 1.5, -13)


def liner(s, x, y, size, tilt):
    turn = math.radians(tilt)

    def at(*points):
        return [(x + size * (px * math.cos(turn) - py * math.sin(turn)),
            y + size * (px * math.sin(turn) + py * math.cos(turn))) for px, py in points]

    for shift in (-4, 14):
        for length, strength in ((900, 0.28), (640, 0.3)):
            s.polygon(at((-250, shift), (-length, shift - 6), (-length, shift + 20), (-250, shift + 9)),
                "#ffffff", strength)
    white, shade = mix(s.light, "#ffffff", 0.6), mix(s.light, s.land[2], 0.4)
    s.polygon(at((20, -14), (-64, -96), (-92, -96), (-50, -10)), mix(shade, s.land[2], 0.25))
    s.polygon(at((-228, -18), (-292, -120), (-252, -120), (-160, -26)), s.warm)
    s.polygon(at((-262, -72), (-274, -92), (-236, -92), (-214, -66)), s.light)
    body = [(-262, -12), (-220, -26), (-100, -33), (120, -33), (190, -27), (232, -10), (240, 2), (220, 14), (150, 25),
        (-60, 27), (-180, 14)]
    s.polygon(smooth(at(*body), 10, closed=True), white)
    belly = [(-230, -2), (-100, 4), (100, 6), (239, 3), (220, 14), (150, 25), (-60, 27), (-180, 14)]
    s.polygon(smooth(at(*belly), 10, closed=True), shade)
    s.polygon(at((-240, -8), (-100, 1), (100, 3), (239, 0), (238, 4), (100, 9), (-100, 8), (-236, -2)), s.cool)
    for number in range(19):
        px, py = at((-130 + number * 15, -12))[0]
        s.ellipse(px, py, 3.6 * size, 4.6 * size, mix(s.ink, s.cool, 0.45))
    s.polygon(at((196, -18), (214, -12), (222, -5), (194, -7)), s.ink)
    s.polygon(at((-238, -12), (-306, 12), (-290, 18), (-196, -2)), shade)
    s.polygon(at((46, 8), (-20, 10), (-150, 128), (-122, 132), (4, 44)), mix(shade, s.land[2], 0.2))
    s.polygon(at((46, 8), (20, 9), (-140, 127), (-122, 132), (4, 44)), white)
    for px, py in ((18, 44), (-52, 84)):
        engine_shape = [(px - 26, py - 10), (px + 24, py - 13), (px + 30, py), (px + 22, py + 13), (px - 26, py + 8)]
        s.polygon(smooth(at(*engine_shape), 8, closed=True), s.cool)
        s.ellipse(*at((px + 27, py))[0], 5 * size, 11 * size, s.ink)


def mosaic(s):
    """Eight-pointed stars and the crosses between them, as on portals in Samarkand; no two tiles quite alike."""
    blues = ["#0f6e84", "#1a93a5", "#2bb3b6", "#7fd3cb", "#155a8a", "#1d4480"]
    s.backdrop(mix(blues[5], s.ink, 0.4))
    grout = mix("#f3e6c8", s.light, 0.4)
    pitch = s.chance.choice([200, 230, 266])
    shift_x, shift_y = s.chance.uniform(0, pitch), s.chance.uniform(0, pitch)
    gold, cream, brick = "#e2aa3e", mix(s.light, "#f7ecd0", 0.5), "#b8532f"
    r = pitch / 2
    inner = r * 0.7654  # where the two squares of a star cross

    def star(cx, cy, outer, turn=0.0, depth=0.7654):
        angles = [math.radians(number * 22.5 + turn) for number in range(16)]
        return [(cx + (outer, outer * depth)[number % 2] * math.cos(a),
            cy + (outer, outer * depth)[number % 2] * math.sin(a)) for number, a in enumerate(angles)]

    s.backdrop(grout)
    for row in range(-1, int(H / pitch) + 2):
        for number in range(-1, int(W / pitch) + 2):
            cx, cy = number * pitch + shift_x, row * pitch + shift_y
            # the cross stands where four stars meet
            ox, oy = cx + r, cy + r
            tone = mix(s.chance.choice(blues[3:4] + blues[1:3]), s.light, s.chance.uniform(0, 0.12))
            arm = r - 4
            cross = []
            for quarter in range(4):
                a = math.radians(quarter * 90)
                for dx, dy in ((arm - 2, 0), (r * 0.7071 * 0.62, r * 0.2929 * 0.62 + 12), (r * 0.36, r * 0.36)):
                    cross.append((ox + dx * math.cos(a) - dy * math.sin(a), oy + dx * math.sin(a) + dy * math.cos(a)))
                    if len(cross) % 3 == 0:
                        dx, dy = r * 0.2929 * 0.62 + 12, r * 0.7071 * 0.62
                        cross.append((ox + dx * math.cos(a) - dy * math.sin(a),
                            oy + dx * math.sin(a) + dy * math.cos(a)))
            s.polygon([(ox + (px - ox) * 1.0, oy + (py - oy) * 1.0) for px, py in cross], tone)
            s.polygon(star(ox, oy, r * 0.3), cream)
            s.polygon(star(ox, oy, r * 0.2), s.chance.choice([brick, gold]))
            main = mix(blues[(row + number) % 2 * 4], s.chance.choice(blues), 0.25)
            s.polygon(star(cx, cy, r - 3), grout)
            s.polygon(star(cx, cy, r - 8), main)
            for spoke in range(8):
                a = math.radians(spoke * 45 + 22.5)
                b, c = math.radians(spoke * 45), math.radians(spoke * 45 + 45)
                kite = [(cx + inner * 0.92 * math.cos(a), cy + inner * 0.92 * math.sin(a)),
                    (cx + r * 0.56 * math.cos(c), cy + r * 0.56 * math.sin(c)), (cx + r * 0.44 * math.cos(a),
                    cy + r * 0.44 * math.sin(a)), (cx + r * 0.56 * math.cos(b), cy + r * 0.56 * math.sin(b))]
                s.polygon(kite, mix(blues[3], s.chance.choice([cream, blues[2], blues[1]]),
                    s.chance.uniform(0.1, 0.5)))
                s.line([*kite, kite[0]], 2, grout, ends=False)
            s.polygon(star(cx, cy, r * 0.46, 22.5), grout)
            s.polygon(star(cx, cy, r * 0.43, 22.5), gold)
            s.polygon(star(cx, cy, r * 0.31), cream)
            s.polygon(star(cx, cy, r * 0.26), mix(blues[5], blues[0], s.chance.random()))
            for petal in range(8):
                a = math.radians(petal * 45)
                s.ellipse(cx + r * 0.12 * math.cos(a), cy + r * 0.12 * math.sin(a), r * 0.045, r * 0.045, cream)
            s.ellipse(cx, cy, r * 0.06, r * 0.06, brick)
    # Light falls across the wall; glaze catches it.
    s.glow(s.chance.uniform(200, 1400), s.chance.uniform(100, 400), 900, s.sun_colour, 0.5)
    for _chip in range(240):
        x, y = s.chance.uniform(0, W), s.chance.uniform(0, H)
        s.line([(x, y), (x + s.chance.uniform(-14, 14), y + s.chance.uniform(-14, 14))], 1.2, s.light, 0.35)


def lake(s):
    s.heavens(560)
    sun = s.chance.uniform(350, 1250)
    s.sun(sun, 280, 84, 4.6)
    s.clouds(6, 70, 330)
    s.ground(s.ridge(440, 120), s.land[0])
    s.mist(330, 560, s.sky[2], 0.5)
    for x, top, half in ((120, 250, 460), (1490, 220, 520), (1130, 330, 330), (520, 340, 360)):
        s.peak(x + s.chance.uniform(-50, 50), top, half, 580, s.land[s.chance.choice([1, 2])], 0.4, sun > 800)
    s.mist(430, 570, s.sky[2], 0.5)
    for number in range(58):
        x = number * 28 + s.chance.uniform(-10, 10)
        if 560 < x < 1010:
            continue
        shade = mix(s.land[3], s.ink, s.chance.uniform(0, 0.4))
        s.pine(x, 570, s.chance.uniform(44, 96), shade)
    s.rect(0, 564, W, 572, mix(s.land[3], s.light, 0.25))
    s.reflect(570, 430, mix(s.cool, s.sky[0], 0.4), 0.36)
    s.mist(600, 1000, mix(s.cool, s.ink, 0.45), 0.62)
    for number in range(46):
        y = 580 + number * 7
        x = sun + s.chance.uniform(-1, 1) * (50 + number * 3)
        s.rect(x - 36, y, x + 36, y + 3, s.sun_colour, 0.5, radius=1.5)
    for x, y, size in ((s.chance.uniform(560, 1000), 730, 1.5), (s.chance.uniform(250, 500), 640, 0.7),
        (s.chance.uniform(1050, 1300), 625, 0.55)):
        sail(s, x, y, size)
    side = s.seed % 2
    shore = smooth([(-20, 850), (180, 860), (400, 920), (640, 1010), (-20, 1010)], 10)
    s.polygon([(W - px if side else px, py) for px, py in shore], s.land[4])
    tree = 1420 if side else 180
    s.pine(tree, 940, 480, s.ink, mix(s.ink, s.land[2], 0.35))
    s.pine(tree + (100 if side else -100), 960, 360, s.ink, mix(s.ink, s.land[2], 0.25))
    s.pine(tree + (-130 if side else 130), 950, 250, s.ink, mix(s.ink, s.land[2], 0.25))
    for _reed in range(60):
        x = s.chance.uniform(330, 760)
        foot = 1010
        tall = s.chance.uniform(50, 150)
        px = W - x if side else x
        s.line([(px, foot), (px + s.chance.uniform(-16, 16), foot - tall)], 3, mix(s.ink, s.land[3], 0.3))
        if s.chance.random() < 0.3:
            s.rect(px - 5, foot - tall - 8, px + 5, foot - tall + 26, mix(s.warm, s.ink, 0.5), radius=5)


def sail(s, x, y, size):
    s.polygon([(x - 70 * size, y), (x + 74 * size, y - 4 * size), (x + 50 * size, y + 22 * size),
        (x - 52 * size, y + 22 * size)], mix(s.warm, s.ink, 0.3))
    s.line([(x, y), (x, y - 190 * size)], 4 * size, s.ink)
    s.polygon(smooth([(x + 5 * size, y - 186 * size), (x + 60 * size, y - 90 * size), (x + 72 * size, y - 14 * size),
        (x + 5 * size, y - 14 * size)], 6), s.light)
    s.polygon([(x - 5 * size, y - 176 * size), (x - 5 * size, y - 16 * size), (x - 62 * size, y - 12 * size)], s.warm)
    s.ellipse(x, y + 26 * size, 90 * size, 5 * size, s.light, 0.5)


def tea(s):
    s.heavens(560)
    sun = s.chance.uniform(300, 1300)
    s.sun(sun, 230, 84, 4.6)
    s.clouds(5, 80, 300)
    s.ground(s.ridge(430, 170), s.land[0])
    s.mist(300, 530, s.sky[2], 0.6)
    s.ground(s.ridge(500, 90), s.land[1], s.land[2])
    s.mist(420, 600, s.sky[2], 0.6)
    green, deep = mix("#6bab4e", s.cool, 0.2), mix("#205c3c", s.ink, 0.2)
    for hill in range(3):
        middle = (350, 1250, 700)[hill] + s.chance.uniform(-80, 80)
        top = (500, 560, 690)[hill]
        spread = (760, 800, 1150)[hill]
        outline = [(px, top + 330 * ((px - middle) / spread) ** 2) for px in range(-20, W + 41, 20)]
        s.ground(outline, mix(green, s.light, 0.3 - hill * 0.06), mix(green, deep, 0.5 + hill * 0.12))
        rows = 15
        for number in range(rows):
            t = (number + 0.4) / rows
            drop = 10 + 460 * t**1.25
            tall = 7 + 26 * t + hill * 3
            crown, foot = [], []
            for px in range(-20, W + 41, 20):
                slope = 330 * ((px - middle) / spread) ** 2 * (1 + 0.2 * t)
                base = top + slope + drop + 10 * math.sin(px / 170 + hill * 2 + number * 0.16)
                crown.append((px, base - tall - 3 * math.sin(px / 13 + number)))
                foot.append((px, base))
            s.polygon([*crown, *reversed(foot)], mix(deep, green, 0.34))
            mid = [(px, py + tall * 0.5) for px, py in crown]
            s.polygon([*crown, *reversed(mid)], mix(green, s.light, 0.12 + 0.12 * (number % 2)))
        s.mist(top + 60, top + 200, s.sky[2], 0.12)
        for _picker in range((2, 3, 0)[hill]):
            px = middle + s.chance.uniform(-300, 300)
            py = top + 330 * ((px - middle) / spread) ** 2 + s.chance.uniform(40, 110)
            s.rect(px - 9, py - 34, px + 9, py, s.chance.choice([s.warm, s.cool, "#e3b84d"]), radius=7)
            s.ellipse(px + 10, py - 16, 11, 13, mix("#a9743a", s.ink, 0.2))
            s.polygon([(px - 19, py - 36), (px, py - 54), (px + 19, py - 36)], "#f0d79a")
    if s.seed % 3 == 1:
        for number in range(9):
            leaf(s, 40 + number * 190 + s.chance.uniform(-40, 40), 1010, s.chance.uniform(130, 210), green, deep)
        return
    table = mix("#8d5a35", s.ink, 0.12)
    s.backdrop(mix(table, s.light, 0.35), table, mix(table, s.ink, 0.35), top=838)
    s.rect(0, 834, W, 844, mix(table, s.light, 0.55))
    flip = s.seed % 2
    teapot(s, 1130 if flip else 470, 930, -1 if flip else 1)
    for number in range(3):
        x = (250 + number * 220) if flip else (930 + number * 220)
        cup(s, x, 945 + 14 * (number % 2))


def leaf(s, x, y, height, green, deep):
    s.line([(x, y), (x, y - height * 0.7)], 6, deep)
    for angle in (-48, 44, 0):
        a = math.radians(angle - 90)
        base = (x, y - height * (0.4 if angle else 0.6))
        tip = (base[0] + height * 0.62 * math.cos(a), base[1] + height * 0.62 * math.sin(a))
        side = (math.cos(a + 1.57) * height * 0.13, math.sin(a + 1.57) * height * 0.13)
        middle = ((base[0] + tip[0]) / 2, (base[1] + tip[1]) / 2)
        for turn, shade in ((1, mix(green, s.light, 0.3)), (-1, green)):
            s.polygon([*smooth([base, (middle[0] + side[0] * turn, middle[1] + side[1] * turn), tip], 8)], shade)
        s.line([base, tip], 2, deep, 0.6)


def teapot(s, x, y, side):
    def at(*points):
        return [(x + side * px, y + py) for px, py in points]

    clay, lit, dark = mix(s.cool, s.light, 0.15), mix(s.cool, s.light, 0.6), mix(s.cool, s.ink, 0.45)
    s.ellipse(x, y + 6, 230, 22, s.ink, 0.35)
    s.line(smooth(at((-130, -200), (-240, -216), (-262, -120), (-150, -62)), 12), 28, dark)
    s.polygon(smooth(at((130, -70), (210, -110), (236, -190), (290, -212), (300, -196), (268, -150), (236, -60),
        (140, -20)), 10, closed=True), mix(clay, dark, 0.3))
    pot = [(-90, 0), (-172, -60), (-182, -140), (-110, -216), (0, -230), (110, -216), (182, -140), (172, -60), (90, 0)]
    s.polygon(smooth(at(*pot), 12, closed=True), clay)
    s.polygon(smooth(at((60, -4), (110, -60), (124, -140), (84, -214), (110, -216), (182, -140), (172, -60), (90, 0)),
        10, closed=True), dark, 0.55)
    s.polygon(smooth(at((-150, -130), (-118, -184), (-86, -196), (-120, -140), (-130, -80)), 10, closed=True),
        lit, 0.8)
    for number in range(7):
        px = -132 + number * 44
        sag = 14 * (1 - (px / 140) ** 2)
        s.polygon(at((px, -134 + sag), (px + 20, -112 + sag), (px, -90 + sag), (px - 20, -112 + sag)), s.light)
        s.polygon(at((px, -124 + sag), (px + 11, -112 + sag), (px, -100 + sag), (px - 11, -112 + sag)), s.warm)
    s.rect(x - 92, y - 8, x + 92, y + 8, dark, radius=8)
    s.polygon(smooth(at((-92, -222), (-60, -258), (0, -270), (60, -258), (92, -222), (0, -214)), 10, closed=True),
        mix(clay, lit, 0.3))
    s.ellipse(*at((0, -282))[0], 19, 19, s.warm)
    for number in range(3):
        start = at((298, -220))[0]
        steam = smooth([(start[0] + number * 14 - 14, start[1]), (start[0] + number * 20, start[1] - 60),
            (start[0] + number * 12 - 20, start[1] - 120), (start[0] + number * 22, start[1] - 190)], 10)
        s.line(steam, 9, s.light, 0.3)


def cup(s, x, y):
    clay, dark = mix(s.light, "#ffffff", 0.3), mix(s.light, s.land[2], 0.5)
    s.ellipse(x, y + 6, 92, 12, s.ink, 0.3)
    bowl = [(x - 82, y - 86), (x - 70, y - 30), (x - 34, y), (x + 34, y), (x + 70, y - 30), (x + 82, y - 86)]
    s.polygon(smooth(bowl, 8), clay)
    s.polygon(smooth([(x + 30, y), (x + 52, y - 40), (x + 56, y - 86), (x + 82, y - 86), (x + 70, y - 30),
        (x + 34, y)], 8), dark, 0.6)
    for number in range(4):
        px = x - 54 + number * 30
        s.polygon([(px, y - 62), (px + 12, y - 48), (px, y - 34), (px - 12, y - 48)], s.cool if number % 2 else s.warm)
    s.ellipse(x, y - 86, 82, 20, clay)
    s.ellipse(x, y - 85, 74, 16, "#b4641f")
    s.ellipse(x - 12, y - 88, 40, 7, "#d88a34")
    for number in range(2):
        px = x - 16 + number * 28
        s.line(smooth([(px, y - 104), (px + 12, y - 140), (px - 8, y - 172), (px + 8, y - 210)], 8), 7, s.light, 0.28)


def datacentre(s):
    deep, cold = mix(s.ink, "#081226", 0.5), mix(s.cool, "#3fb7d9", 0.4)
    s.backdrop(deep, mix(deep, cold, 0.22), deep)
    vx, vy = s.chance.uniform(680, 920), 470

    def at(x, y, z):
        """A point of the hall: x from the middle, y down from the eye, z deep."""
        return vx + x / z, vy + y / z

    s.glow(vx, vy, 520, cold, 0.75)
    s.gradient([at(-900, 560, 1), at(-900, 560, 9), at(900, 560, 9), at(900, 560, 1)], mix(deep, cold, 0.55),
        mix(deep, cold, 0.1))
    for number in range(-6, 7):
        s.line([at(number * 130, 560, 1), at(number * 130, 560, 9)], 2, cold, 0.22)
    for number in range(1, 18):
        z = 1 + number * 0.45
        s.line([at(-900, 560, z), at(900, 560, z)], 2, cold, 0.2)
    for number in range(5):
        z = 1.1 + number * 1.3
        s.polygon([at(-150, -520, z), at(150, -520, z), at(150, -520, z + 0.8),
            at(-150, -520, z + 0.8)], mix(s.light, cold, 0.2), 0.9)
        s.glow(*at(0, -520, z + 0.4), 260 / z, s.light, 0.3)
    shades = [mix(deep, s.cool, 0.16), mix(deep, s.cool, 0.24)]
    for side in (-1, 1):
        for number in range(13, -1, -1):
            near, far = 0.45 + number * 0.58, 0.45 + (number + 0.94) * 0.58
            x = side * 560
            face = [at(x, -480, near), at(x, -480, far), at(x, 540, far), at(x, 540, near)]
            s.gradient(face, mix(shades[number % 2], s.light, 0.07), shades[number % 2])
            s.line([*face, face[0]], 2, mix(cold, deep, 0.35), ends=False)
            for unit in range(17):
                top = -440 + unit * 56
                a, b = near + 0.06, far - 0.06
                slot = [at(x, top, a), at(x, top, b), at(x, top + 42, b), at(x, top + 42, a)]
                s.polygon(slot, mix(deep, "#000000", 0.3))
                for lamp in range(5):
                    z = a + (b - a) * (0.12 + lamp * 0.1 + 0.38 * (unit % 3 == 0))
                    if s.chance.random() < 0.75:
                        size = max(5.4 / z, 1)
                        colour = s.chance.choice([cold, cold, "#63e6a6", s.warm, s.light])
                        s.ellipse(*at(x, top + 14 + 14 * (lamp % 2), z), size, size, colour)
            edge = [at(x, -480, near), at(x, 540, near)]
            s.line(edge, 5 / near, cold, 0.7)
    # Lines run between the cabinets, along the floor and overhead.
    for _cable in range(9):
        z, other = s.chance.uniform(0.9, 2.2), s.chance.uniform(2.4, 5)
        start, end = s.chance.choice([(-1, 1), (1, -1)])
        y = s.chance.uniform(-240, 200)
        colour = s.chance.choice([s.warm, cold, s.light, "#63e6a6"])
        path = smooth([at(start * 560, y, z), at(start * 220, y - 190, (z * 2 + other) / 3),
            at(end * 240, y - 150, (z + other * 2) / 3), at(end * 560, y, other)], 14)
        s.line(path, 7, colour, 0.2, ends=False)
        s.line(path, 2.6, colour, 0.95, ends=False)
        for px, py in (path[0], path[-1]):
            s.glow(px, py, 24, colour, 0.9)
            s.ellipse(px, py, 5, 5, s.light)
        px, py = path[s.chance.randrange(8, len(path) - 8)]
        s.glow(px, py, 30, colour, 1)
        s.ellipse(px, py, 5, 5, s.light)
    s.glow(vx, vy, 130, s.light, 0.7)


# fmt: on
MOTIFS = {
    "mountains": (mountains, ["dawn", "day", "rose", "dusk", "mint"]),
    "steppe": (steppe, ["amber", "dawn", "dusk", "mint"]),
    "skyline": (skyline, ["dusk", "rose", "night", "dusk"]),
    "railway": (railway, ["dawn", "amber", "day", "dusk"]),
    "port": (port, ["dawn", "day", "dusk", "mint"]),
    "silk": (silk, ["amber", "rose", "dusk", "mint"]),
    "solar": (solar, ["day", "amber", "dawn", "mint"]),
    "wheat": (wheat, ["day", "amber", "dawn"]),
    "observatory": (observatory, ["night", "dusk"]),
    "bridge": (bridge, ["dusk", "dawn", "rose", "mint"]),
    "conference": (conference, ["dusk", "day", "night", "dawn"]),
    "dam": (dam, ["day", "mint", "dawn", "amber"]),
    "satellite": (satellite, ["night", "dusk", "mint"]),
    "forest": (forest, ["mint", "dawn", "day", "dusk"]),
    "desert": (desert, ["amber", "dusk", "rose", "dawn"]),
    "books": (books, ["dusk", "amber", "mint", "dawn"]),
    "lanterns": (lanterns, ["dusk", "night", "rose"]),
    "medicine": (medicine, ["day", "mint", "dawn"]),
    "sport": (sport, ["day", "dawn", "mint"]),
    "aircraft": (aircraft, ["dawn", "day", "dusk", "rose"]),
    "mosaic": (mosaic, ["day", "mint", "dawn"]),
    "lake": (lake, ["day", "dawn", "dusk", "rose", "mint"]),
    "tea": (tea, ["dawn", "mint", "day"]),
    "datacentre": (datacentre, ["night", "dusk", "mint"]),
}


# Covers of the magazine


def cover(number, seed, size=(900, 1200)):
    """An abstract cover. `number` is the only thing written on it, and may be empty."""
    chance = random.Random(f"cover {seed}")  # noqa: S311 - art, not secrets
    colours = PALETTES[list(PALETTES)[seed % len(PALETTES)]]
    # The sheet's units are those of a picture 1600 wide; a cover uses its height and cuts the sides off.
    sheet = Sheet(chance, colours, max(size[0] / 750, size[1] / H), seed)
    (folds, discs, tiles)[seed % 3](sheet)
    picture = ImageOps.fit(sheet.finish(), size)
    text = str(number or "")
    if text:
        font = ImageFont.load_default(size[1] * 0.3)
        left, top, _right, _bottom = font.getbbox(text)
        place = (size[0] * 0.08 - left, size[1] * 0.06 - top)
        ImageDraw.Draw(picture).text(place, text, font=font, fill=rgb(sheet.light))
    return picture


def folds(s):
    s.backdrop(*s.sky)
    s.sun(980, 360, 170, 2.6)
    for number in range(9):
        y = 470 + number * 62
        line = [
            (x, y + 70 * math.sin(x / 210 + number * 0.55 + s.seed) + 26 * math.sin(x / 90 + number))
            for x in range(0, W + 1, 20)
        ]
        colour = mix([s.warm, s.cool, *s.land][number % 7], s.land[min(number // 2, 4)], 0.3)
        s.ground(line, mix(colour, s.light, 0.3), colour)


def discs(s):
    s.backdrop(mix(s.sky[0], s.ink, 0.35), s.land[4])
    for number, (x, y, radius) in enumerate(((870, 640, 400), (640, 820, 270), (1060, 420, 180), (800, 640, 120))):
        x, y = x + s.chance.uniform(-110, 110), y + s.chance.uniform(-80, 80)
        radius *= s.chance.uniform(0.75, 1.15)
        colour = (s.cool, s.warm, s.sun_colour, s.light)[number]
        for ring in range(12):
            s.ellipse(
                x, y, radius * (1 - ring / 12), radius * (1 - ring / 12), mix(colour, s.land[3], 0.7 * (ring % 2)), 0.9
            )
    for number in range(5):
        s.line(arc(425, 1000, 500 + number * 70, 270, 360, 60), 6, s.light, 0.6)


def tiles(s):
    s.backdrop(s.land[4])
    side = 125
    for row in range(8):
        for column_number in range(13):
            x, y = column_number * side - 12, row * side
            first, second = s.chance.sample(
                [s.warm, s.cool, s.light, s.sun_colour, s.land[1], s.land[3], s.land[2]], 2
            )
            s.rect(x, y, x + side, y + side, first if row > 2 else s.land[4])
            if row <= 2:
                second = mix(second, s.land[4], 0.75)
            corner = s.chance.randrange(4)
            px, py = x + side * (corner % 2), y + side * (corner // 2)
            start = {0: 0, 1: 90, 2: 270, 3: 180}[corner]
            if s.chance.random() < 0.7:
                s.polygon([(px, py), *arc(px, py, side, start, start + 90)], second)
                s.polygon([(px, py), *arc(px, py, side / 2, start, start + 90)], first if row > 2 else s.land[4])
            else:
                s.ellipse(x + side / 2, y + side / 2, side * 0.36, side * 0.36, second)
