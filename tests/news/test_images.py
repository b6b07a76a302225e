import io
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageDraw, ImageOps, PngImagePlugin

from news import images
from tests.factories import make_image

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 160, 60)


def encoded(image, format="JPEG", **options):  # noqa: A002
    content = io.BytesIO()
    image.save(content, format, **options)
    return content.getvalue()


def upload(content, name="picture.jpg"):
    return SimpleUploadedFile(name, content)


def decoded(content):
    return Image.open(io.BytesIO(content))


def landscape(size=(300, 200)):
    """Red on the left, blue on the right, so that a turn is seen."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def photograph(size=(1600, 1000)):
    """Smooth and noisy, as a camera's picture is."""
    noise = [Image.effect_noise((size[0] // 8, size[1] // 8), 60).resize(size) for _channel in "RGB"]
    return Image.merge("RGB", noise)


def like(colour, other, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(colour, other, strict=False))


def code_of(file):
    with pytest.raises(ValidationError) as caught:
        images.inspect_upload(file)
    assert str(caught.value.messages[0])
    return caught.value.code


# What is accepted


@pytest.mark.parametrize(
    ("format", "name"),
    [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WebP"), ("AVIF", "AVIF"), ("GIF", "GIF")],
)
def test_upload_is_known_by_its_content(format, name):  # noqa: A002
    file = upload(encoded(landscape(), format), "misnamed.txt")

    assert images.inspect_upload(file) == (name, 300, 200)
    assert file.tell() == 0


def test_mpo_of_a_phone_is_a_jpeg():
    content = encoded(landscape(), "MPO", save_all=True, append_images=[landscape()])

    assert images.inspect_upload(upload(content)).format == "JPEG"


def test_smallest_picture_is_accepted():
    assert images.inspect_upload(upload(encoded(Image.new("RGB", (64, 64))))) == ("JPEG", 64, 64)


# What is refused


def png_header(width, height):
    """A PNG of a few bytes that declares any size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, data)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


# 64 million pixels are above our limit; Pillow warns from 89 million and refuses from 179.
@pytest.mark.parametrize("side", [8_000, 11_000, 60_000])
def test_bomb_is_refused_before_it_is_decoded(side, monkeypatch):
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("decoded"))

    assert code_of(upload(png_header(side, side))) == "too_many_pixels"


def test_pixels_at_the_limit_and_above(settings):
    settings.IMAGE_MAX_PIXELS = 300 * 200
    assert images.inspect_upload(upload(encoded(landscape()))).width == 300

    settings.IMAGE_MAX_PIXELS -= 1
    assert code_of(upload(encoded(landscape()))) == "too_many_pixels"


def test_bytes_at_the_limit_and_above(settings):
    content = encoded(landscape())
    settings.IMAGE_MAX_BYTES = len(content)
    assert images.inspect_upload(upload(content)).width == 300

    settings.IMAGE_MAX_BYTES -= 1
    assert code_of(upload(content)) == "too_many_bytes"


@pytest.mark.parametrize("size", [(1, 1), (63, 500), (500, 63)])
def test_too_small_a_picture_is_refused(size):
    assert code_of(upload(encoded(Image.new("RGB", size)))) == "too_small"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0" * 1000, "not_a_picture"),
        (b"<!doctype html><script>alert(1)</script>", "not_a_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><SVG/>", "svg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "not_a_picture"),
    ],
)
def test_other_content_is_refused_whatever_its_name(content, code):
    assert code_of(upload(content, "photo.jpg")) == code


@pytest.mark.parametrize("format", ["BMP", "TIFF", "ICO", "PPM"])
def test_formats_that_we_do_not_use_are_refused(format):  # noqa: A002
    assert code_of(upload(encoded(landscape((128, 128)), format))) == "not_a_picture"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_truncated_file_is_refused(format, part):  # noqa: A002
    content = encoded(photograph((320, 200)), format)

    assert code_of(upload(content[: int(len(content) * part)])) in {"damaged", "not_a_picture"}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_corrupted_file_is_refused_or_read_but_never_fails(format):  # noqa: A002
    chance = random.Random(format)
    original = encoded(photograph((96, 80)), format)
    for _attempt in range(40):
        content = bytearray(original)
        for _damage in range(chance.randrange(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            images.inspect_upload(upload(bytes(content)))
            images.normalise(upload(bytes(content)))
        except ValidationError:
            pass


# What is kept


def test_photograph_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    file = upload(encoded(landscape(), exif=exif))

    assert images.inspect_upload(file) == ("JPEG", 200, 300)
    original = images.normalise(file)

    assert original[1:] == ("jpg", 200, 300)
    picture = decoded(original.content)
    assert like(picture.getpixel((100, 20)), RED)
    assert like(picture.getpixel((100, 280)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(orientation):
    image = landscape()
    image.paste(GREEN, (0, 0, 150, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(image, exif=exif)

    with decoded(content) as source:
        expected = ImageOps.exif_transpose(source)
    picture = decoded(images.normalise(upload(content)).content)

    assert picture.size == expected.size
    for x, y in [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)]:
        place = int(x * picture.width), int(y * picture.height)
        assert like(picture.getpixel(place), expected.getpixel(place))


def test_picture_with_broken_exif_is_kept():
    content = encoded(landscape(), exif=b"Exif\0\0" + b"broken" * 20)

    assert images.normalise(upload(content))[1:] == ("jpg", 300, 200)


def test_nothing_is_told_about_place_camera_and_person():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (41.0, 18.0, 0.0), 3: "E", 4: (69.0, 16.0, 0.0)}
    content = encoded(landscape(), exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>")
    content += b"SecretTrailer"
    assert decoded(content).getexif().get_ifd(0x8825)
    assert b"SecretXmp" in content

    kept = images.normalise(upload(content)).content

    assert b"Secret" not in kept
    picture = decoded(kept)
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_nothing_is_told_in_a_png_either():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SecretAuthor")
    transparent = Image.new("RGBA", (100, 100), (*RED, 90))

    kept = images.normalise(upload(encoded(transparent, "PNG", pnginfo=notes, dpi=(300, 300)), "a.png"))

    assert kept.extension == "png"
    assert b"Secret" not in kept.content
    assert decoded(kept.content).info == {}


def test_colour_profile_is_applied_and_left_out():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, lab, b"no profile at all"):  # the second fits no RGB picture, the third is none
        picture = decoded(images.normalise(upload(encoded(landscape(), icc_profile=profile))).content)

        assert "icc_profile" not in picture.info
        assert like(picture.getpixel((20, 20)), RED)


def test_cmyk_becomes_rgb():
    content = encoded(landscape().convert("CMYK"))

    picture = decoded(images.normalise(upload(content)).content)

    assert picture.mode == "RGB"
    assert like(picture.getpixel((20, 20)), RED)
    assert like(picture.getpixel((280, 20)), BLUE)


def test_palette_with_transparency_keeps_both():
    image = Image.new("P", (100, 100), 1)
    image.putpalette([0, 0, 0, *RED, *BLUE])
    image.paste(2, (50, 0, 100, 100))
    content = encoded(image, "PNG", transparency=2)

    original = images.normalise(upload(content))
    picture = decoded(original.content)

    assert (original.extension, picture.mode) == ("png", "RGBA")
    assert picture.getpixel((20, 20)) == (*RED, 255)
    assert picture.getpixel((80, 20))[3] == 0


def test_opaque_png_with_an_alpha_channel_becomes_jpeg():
    original = images.normalise(upload(encoded(landscape().convert("RGBA"), "PNG")))

    assert original.extension == "jpg"


def test_sixteen_bits_keep_their_shades():
    row = struct.pack("<200H", *[128 * 256] * 100, *[200 * 256] * 100)
    image = Image.frombytes("I;16", (200, 100), row * 100)

    picture = decoded(images.normalise(upload(encoded(image, "PNG"))).content)

    assert like(picture.getpixel((20, 50)), (128, 128, 128))
    assert like(picture.getpixel((180, 50)), (200, 200, 200))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_kept(mode):
    original = images.normalise(upload(encoded(Image.new(mode, (90, 70)), "PNG")))

    assert original[2:] == (90, 70)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_first_frame_of_an_animation_is_kept(format):  # noqa: A002
    frames = [Image.new("RGB", (100, 80), colour) for colour in (RED, BLUE, GREEN)]
    content = encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100)

    original = images.normalise(upload(content))

    assert original[1:] == ("jpg", 100, 80)
    assert like(decoded(original.content).getpixel((50, 40)), RED)


@pytest.mark.parametrize(
    ("size", "kept"), [((5000, 2500), (4000, 2000)), ((300, 4100), (293, 4000)), ((4000, 90), (4000, 90))]
)
def test_large_picture_is_kept_with_4000_pixels_a_side(size, kept):
    original = images.normalise(upload(encoded(Image.new("RGB", size, RED))))

    assert (original.width, original.height) == kept == decoded(original.content).size


# Shapes and widths


def test_crop_holds_the_focal_point_as_near_the_centre_as_the_frame_allows():
    chance = random.Random(7)
    for _case in range(3000):
        width, height = chance.randrange(1, 4000), chance.randrange(1, 4000)
        ratio = chance.choice([16 / 9, 1, 1200 / 630, 0.5, 3])
        x, y = chance.random(), chance.random()

        left, top, right, bottom = images.crop_box(width, height, ratio, x, y)

        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert (right - left == width) or (bottom - top == height)
        if min(right - left, bottom - top) > 1:
            assert abs((right - left) - (bottom - top) * ratio) <= max(ratio, 1)
        for start, end, side, focus in ((left, right, width, x), (top, bottom, height, y)):
            assert start - 1 <= focus * side <= end + 1
            off_centre = abs((start + end) / 2 - focus * side)
            assert off_centre <= 1 or start == 0 or end == side


@pytest.mark.parametrize(
    ("focal", "box"),
    [
        ((0.5, 0.5), (250, 0, 750, 500)),
        ((0, 0), (0, 0, 500, 500)),
        ((0.3, 0.9), (50, 0, 550, 500)),
        ((1, 1), (500, 0, 1000, 500)),
    ],
)
def test_square_of_a_wide_picture_follows_the_focal_point(focal, box):
    assert images.crop_box(1000, 500, 1, *focal) == box


@pytest.mark.parametrize(
    ("size", "shape", "widths"),
    [
        ((4000, 3000), "full", [320, 480, 680, 1040, 1280, 1600]),
        ((1600, 1000), "full", [320, 480, 680, 1040, 1280, 1600]),
        ((1599, 1000), "full", [320, 480, 680, 1040, 1280, 1599]),
        ((1300, 1000), "full", [320, 480, 680, 1040, 1280]),
        ((200, 150), "full", [200]),
        ((1000, 300), "wide", [320, 480]),
        ((1000, 300), "square", [160, 300]),
        ((1600, 1000), "share", [1200]),
        ((900, 900), "share", [900]),
    ],
)
def test_no_width_is_larger_than_the_picture(size, shape, widths):
    assert images.available_widths(*size, shape) == widths


# Renditions


@dataclass
class FakeImage:
    file: object
    width: int
    height: int
    token: str = "Zm9vYmFyYmF6cXV4cXV1eA"
    version: int = 1
    focal_x: float = 0.5
    focal_y: float = 0.5


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / name, "base_url": None},
        }
        for name in ("originals", "renditions")
    }
    return tmp_path


def stored(picture, name="aa/original.jpg", **fields):
    content = encoded(picture, "PNG" if name.endswith("png") else "JPEG")
    name = storages["originals"].save(name, ContentFile(content))
    file = SimpleNamespace(storage=storages["originals"], name=name)
    return FakeImage(file=file, width=picture.width, height=picture.height, **fields)


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("extension", "format"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")])
@pytest.mark.parametrize(("shape", "size"), [("full", (640, 400)), ("wide", (640, 360)), ("square", (640, 640))])
def test_rendition_has_the_format_and_size_asked_for(shape, size, extension, format):  # noqa: A002
    content = images.render(encoded(photograph()), shape=shape, width=640, format=extension)

    with decoded(content) as picture:
        assert (picture.format, picture.size) == (format, size)


@pytest.mark.parametrize("focal", [(0.1, 0.5), (0.9, 0.5), (0.5, 0.5)])
@pytest.mark.parametrize("shape", ["square", "wide", "share"])
@pytest.mark.parametrize("size", [(1600, 600), (700, 1500)])
def test_what_is_at_the_focal_point_stays_in_the_crop(size, shape, focal):
    picture = Image.new("RGB", size, "white")
    focal = focal if size[0] > size[1] else focal[::-1]
    x, y = focal[0] * size[0], focal[1] * size[1]
    ImageDraw.Draw(picture).ellipse((x - 30, y - 30, x + 30, y + 30), fill=RED)
    width = images.available_widths(*size, shape)[-1]

    crop = decoded(images.render(encoded(picture), shape=shape, width=width, format="jpg", focal=focal))

    left, top, right, _bottom = images.crop_box(*size, images.SHAPES[shape].ratio, *focal)
    scale = width / (right - left)
    assert like(crop.getpixel((int((x - left) * scale), int((y - top) * scale))), RED)


def test_transparent_picture_keeps_it_where_the_format_can_and_stands_on_white_in_jpeg():
    picture = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 200, 300))
    content = encoded(picture, "PNG")

    for extension in ("avif", "webp"):
        rendition = decoded(images.render(content, shape="full", width=320, format=extension))
        assert rendition.mode == "RGBA"
        assert rendition.getpixel((300, 100))[3] == 0
    rendition = decoded(images.render(content, shape="full", width=320, format="jpg"))
    assert like(rendition.getpixel((300, 100)), (255, 255, 255), 4)
    assert like(rendition.getpixel((20, 100)), RED)


def test_rendition_is_made_once_and_kept(folders, monkeypatch):
    image = stored(landscape((800, 600)))

    with images.get_rendition(image, "wide", 680, "webp") as first:
        content = first.read()

    assert decoded(content).size == (680, 382)
    assert files_in(folders / "renditions") == [f"{image.token}/1/wide-680.webp"]
    monkeypatch.setattr(images, "render", lambda *_args, **_options: pytest.fail("made again"))
    with images.get_rendition(image, "wide", 680, "webp") as second:
        assert second.read() == content


@pytest.mark.parametrize(
    ("shape", "width", "extension"),
    [
        ("full", 721, "jpg"),
        ("full", 1280, "jpg"),  # the picture has 800
        ("full", 0, "jpg"),
        ("full", 680, "png"),
        ("full", 680, "gif"),
        ("share", 800, "webp"),
        ("../../etc", 680, "jpg"),
    ],
)
def test_nothing_else_is_made(shape, width, extension, folders):
    image = stored(landscape((800, 600)))
    with images.get_rendition(image, "full", 680, "jpg"):
        pass

    with pytest.raises(images.UnknownRendition):
        images.get_rendition(image, shape, width, extension)
    assert files_in(folders / "renditions") == [f"{image.token}/1/full-680.jpg"]


def test_missing_and_damaged_originals_are_not_found(folders, caplog):
    image = stored(landscape((800, 600)))
    path = folders / "originals" / image.file.name
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(images.UnknownRendition):
        images.get_rendition(image, "full", 320, "jpg")

    path.unlink()
    with pytest.raises(images.UnknownRendition):
        images.get_rendition(image, "full", 320, "jpg")

    assert "can't be read" in caplog.text
    assert files_in(folders / "renditions") == []


def test_two_requests_at_once_do_no_harm(folders):
    image = stored(photograph())
    together = Barrier(4)

    def request(_number):
        together.wait()
        with images.get_rendition(image, "full", 680, "jpg") as rendition:
            return rendition.read()

    with ThreadPoolExecutor(4) as pool:
        contents = set(pool.map(request, range(4)))

    assert len(contents) == 1
    assert decoded(contents.pop()).size == (680, 425)
    assert files_in(folders / "renditions") == [f"{image.token}/1/full-680.jpg"]


def test_failed_write_leaves_nothing_behind(folders, monkeypatch):
    image = stored(landscape((800, 600)))
    monkeypatch.setattr("pathlib.Path.replace", lambda *_args: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        images.get_rendition(image, "full", 320, "jpg")

    assert files_in(folders / "renditions") == []


def test_storage_without_a_disk_is_served_too(monkeypatch):
    image = stored(landscape((800, 600)))
    memory = InMemoryStorage()
    monkeypatch.setattr(images, "storages", {"renditions": memory})

    for _time in range(2):
        with images.get_rendition(image, "full", 320, "jpg") as rendition:
            assert decoded(rendition.read()).size == (320, 240)
    # 4 widths of 2 shapes and 3 of the square in 3 formats, and one to share; one is there
    assert images.warm(image) == 33


def test_warm_makes_all_that_sources_name(folders):
    image = stored(photograph((700, 500)))

    made = images.warm(image)

    addresses = []
    for shape in images.SHAPES:
        picture = images.sources(image, shape)
        for srcset in [*(source.srcset for source in picture.sources), picture.srcset]:
            addresses += [entry.split()[0].removeprefix("/images/") for entry in srcset.split(", ")]
    assert files_in(folders / "renditions") == sorted(addresses)
    assert made == len(addresses) == 3 * 3 + 3 * 3 + 3 * 3 + 1
    assert images.warm(image) == 0


def test_renditions_of_other_versions_are_discarded(folders):
    image = stored(landscape((800, 600)))
    for image.version in (1, 2):
        with images.get_rendition(image, "full", 320, "jpg"):
            pass

    images.discard_renditions(image.token, except_version=2)
    assert files_in(folders / "renditions") == [f"{image.token}/2/full-320.jpg"]

    images.discard_renditions(image.token)
    assert list((folders / "renditions").iterdir()) == []
    images.discard_renditions(image.token)
    with pytest.raises(ValueError, match="token"):
        images.discard_renditions("")


# Templates


def test_sources_give_every_format_with_width_and_height():
    image = FakeImage(file=None, width=1000, height=600, token="abc", version=3)

    assert images.sources(image, "wide", max_width=500) == images.Picture(
        sources=[
            images.Source("image/avif", "/images/abc/3/wide-320.avif 320w, /images/abc/3/wide-480.avif 480w"),
            images.Source("image/webp", "/images/abc/3/wide-320.webp 320w, /images/abc/3/wide-480.webp 480w"),
        ],
        src="/images/abc/3/wide-480.jpg",
        srcset="/images/abc/3/wide-320.jpg 320w, /images/abc/3/wide-480.jpg 480w",
        width=480,
        height=270,
    )


def test_sources_of_a_small_picture_and_of_the_shared_one():
    image = FakeImage(file=None, width=200, height=100, token="abc")

    assert images.sources(image, max_width=160).srcset == "/images/abc/1/full-200.jpg 200w"
    share = images.sources(FakeImage(file=None, width=1600, height=1000, token="abc"), "share")
    assert (share.sources, share.src, share.width, share.height) == ([], "/images/abc/1/share-1200.jpg", 1200, 630)


@pytest.mark.django_db
def test_address_is_served_for_ever_and_an_older_one_leads_to_it(client):
    image = make_image()
    address = images.address(image, "wide", 320, "jpg")

    response = client.get(address)

    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response["Cache-Control"] == "public, max-age=31536000, s-maxage=600, immutable"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"  # pages of feeds' readers show it
    assert decoded(b"".join(response.streaming_content)).size == (320, 180)
    assert client.get(address.replace("-320", "-321")).status_code == 404

    image.focal_x = 0.1
    image.save()
    assert client.get(address)["Location"] == images.address(image, "wide", 320, "jpg")


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["deleted", "replaced"])
def test_no_cache_hears_that_a_picture_which_is_gone_is_still_the_same(client, what):
    image = make_image()
    address = images.address(image, "wide", 320, "jpg")
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304

    if what == "deleted":
        image.delete()
    else:
        image.focal_x = 0.1
        image.save()

    assert client.get(address, headers={"If-None-Match": tag}).status_code == {"deleted": 404, "replaced": 302}[what]


def test_widths_of_phones_are_saved_smaller():
    original = encoded(photograph())

    def weight(width):
        return len(images.render(original, shape="full", width=width, format="avif"))

    across = {width: weight(width) / width**2 for width in (640, 720)}
    assert across[640] < 0.95 * across[720]
    frame = decoded(images.render(original, shape="full", width=640, format="avif"))
    assert frame.size == (640, 400)
