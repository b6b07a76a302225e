"""Pictures: what may be uploaded, how an original is kept, what readers get of it. The one module that knows Pillow.

An upload is checked (`inspect_upload`), made into a clean original (`normalise`) and stored; the original is never
served. Readers get renditions: a shape, a width and a format, made at the first request or by `warm`, and kept.
"""

import io
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, UnidentifiedImageError

logger = logging.getLogger(__name__)

FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF", "GIF": "GIF"}
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 64
MAX_SIDE = 4000

CONTENT_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
SAVE_OPTIONS = {
    # Speed 6 takes three times as long as 8, half a second at 1600 px, for files a fifth smaller at equal likeness.
    "avif": {"format": "AVIF", "quality": 45, "speed": 6},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}
# Across a phone a pixel is half a point or less, and the line is slow.
PHONE = 680  # pixels
PHONE_AVIF = 40  # quality
# 480: a picture of 7rem at three points a pixel; 680 and 1040: one across a phone at two and at three.
WIDTHS = (320, 480, PHONE, 1040, 1280, 1600)


@dataclass(frozen=True)
class Shape:
    ratio: float | None = None  # None: the picture's own
    widths: tuple[int, ...] = WIDTHS
    extensions: tuple[str, ...] = ("avif", "webp", "jpg")


DESK = 640  # pixels
SHAPES = {
    "full": Shape(),
    "wide": Shape(ratio=16 / 9),
    "square": Shape(ratio=1, widths=(160, 320, 640)),
    "share": Shape(ratio=1200 / 630, widths=(1200,), extensions=("jpg",)),  # Open Graph
}


class UnknownRendition(Exception):  # noqa: N818 - it reads as what it means: no such address
    """There is no such rendition of the picture: 404."""


class UploadedImage(NamedTuple):
    format: str
    width: int
    height: int


class Original(NamedTuple):
    content: bytes
    extension: str
    width: int
    height: int


class Source(NamedTuple):
    type: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """What a <picture> needs: `sources`, better formats, best first; `src` and `srcset`, the JPEG that all read."""

    sources: list[Source]
    src: str
    srcset: str
    width: int
    height: int


# Uploads


def inspect_upload(file) -> UploadedImage:
    """What an uploaded file is, by its content; a ValidationError, which says what is wrong, unless we can use it.

    Size in bytes and in pixels are looked at before anything is decoded; then the whole picture is decoded once.
    """
    image = _open_upload(file)
    width, height = image.size
    if _orientation(image) in (5, 6, 7, 8):
        width, height = height, width
    file.seek(0)
    return UploadedImage(FORMATS[image.format], width, height)


def normalise(file) -> Original:
    """The picture as we keep it: upright, in sRGB, at most 4000 pixels a side, and without a word about its maker,
    place or camera. Of an animation, the first frame. Transparent pictures become PNG, all others JPEG.
    """
    image = _open_upload(file, longest=MAX_SIDE)
    try:
        orientation = _orientation(image)
        image = _in_srgb(image)
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        if orientation in TURNS:
            image = image.transpose(TURNS[orientation])
        # A new picture, so that nothing of `info` (EXIF, XMP, comments, profile) can follow the pixels.
        clean = Image.new(image.mode, image.size)
        clean.paste(image)
        content = io.BytesIO()
        if clean.mode == "RGBA":
            clean.save(content, "PNG")
        else:
            clean.save(content, "JPEG", quality=92, subsampling=0)
    except Exception as error:
        raise _damaged(error) from error
    file.seek(0)
    return Original(content.getvalue(), "png" if clean.mode == "RGBA" else "jpg", *clean.size)


def _open_upload(file, longest=None):
    """A decoded image that passed every check. `longest`: JPEG may be decoded smaller, yet no smaller than this."""
    limit = getattr(settings, "IMAGE_MAX_BYTES", MAX_BYTES)
    size = file.seek(0, io.SEEK_END)
    size = file.tell() if size is None else size
    file.seek(0)
    if not size:
        raise ValidationError(_("The file is empty. Choose a picture."), code="empty")
    if size > limit:
        raise ValidationError(
            _("The file has %(size)s MB; a picture may have at most %(limit)s MB. Save it smaller and try again."),
            code="too_many_bytes",
            params={"size": _megabytes(size), "limit": _megabytes(limit)},
        )
    try:
        image = Image.open(file, formats=[name for name in FORMATS if name != "MPO"])
    except UnidentifiedImageError as error:
        raise _refusal(file) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _damaged(error) from error

    width, height = image.size
    if width * height > getattr(settings, "IMAGE_MAX_PIXELS", MAX_PIXELS):
        raise _too_many_pixels(width, height)
    if min(width, height) < MIN_SIDE:
        raise ValidationError(
            _("The picture is too small: %(width)s × %(height)s pixels. Each side needs at least %(limit)s."),
            code="too_small",
            params={"width": width, "height": height, "limit": MIN_SIDE},
        )
    try:
        if longest and image.format in ("JPEG", "MPO") and max(width, height) > longest:
            scale = longest / max(width, height)
            image.draft(None, (int(width * scale), int(height * scale)))
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _damaged(error) from error
    return image


def _refusal(file):
    file.seek(0)
    head = file.read(4096)
    allowed = {"allowed": "JPEG, PNG, WebP, AVIF, GIF"}
    if b"<svg" in head.lower():
        message = _("SVG drawings are not accepted: they can carry scripts. Export it as PNG. Allowed: %(allowed)s.")
        return ValidationError(message, code="svg", params=allowed)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        message = _("HEIC pictures are not accepted: few browsers show them. Save it as JPEG. Allowed: %(allowed)s.")
        return ValidationError(message, code="heic", params=allowed)
    message = _("The file is not a picture that we can use, whatever its name says. Allowed: %(allowed)s.")
    return ValidationError(message, code="not_a_picture", params=allowed)


def _too_many_pixels(width=None, height=None):
    limit = getattr(settings, "IMAGE_MAX_PIXELS", MAX_PIXELS) // 1_000_000
    if width is None:
        return ValidationError(
            _("The picture has too many pixels; at most %(limit)s million are allowed. Save it smaller."),
            code="too_many_pixels",
            params={"limit": limit},
        )
    return ValidationError(
        _("The picture has %(width)s × %(height)s pixels; at most %(limit)s million are allowed. Save it smaller."),
        code="too_many_pixels",
        params={"width": width, "height": height, "limit": limit},
    )


def _damaged(error):
    # Decoders raise whatever a broken file leads them into: OSError, SyntaxError, struct.error, MemoryError …
    logger.info("Unreadable picture: %r", error)
    message = _("The picture is damaged or incomplete and can't be read. Open it, save it again, and try that copy.")
    return ValidationError(message, code="damaged")


def _megabytes(size):
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image):
    """The EXIF orientation. Unlike ImageOps.exif_transpose, doesn't fail where EXIF is broken and pixels are good."""
    try:
        return image.getexif().get(0x0112, 1)
    except Exception as error:  # noqa: BLE001 - see _damaged; here there is nothing that a reader would miss
        logger.info("Unreadable EXIF: %r", error)
        return 1


def _in_srgb(image):
    """The image as RGB, or as RGBA where some of it is transparent, with its colours in sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        # 16 bits a pixel: convert() would clip all but the darkest to white.
        image = image.point(lambda value: value / 256).convert("L")
        image.info.pop("transparency", None)  # counted in 16 bits too
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        if alpha.getextrema() == (255, 255):
            alpha = None
    if profile:
        colours = image.convert("RGB") if image.mode in ("P", "PA", "RGBA") else image
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            logger.info("Unusable colour profile: %r", error)
    image = image.convert("RGB")
    if alpha:
        image.putalpha(alpha)
    return image


# Renditions


def crop_box(width, height, ratio, focal_x=0.5, focal_y=0.5):
    """The largest box of the ratio, (left, top, right, bottom), with the focal point as near its centre as the frame
    allows. Focal coordinates run from 0 to 1, from the top left."""
    if width > height * ratio:
        crop_width, crop_height = max(round(height * ratio), 1), height
    else:
        crop_width, crop_height = width, max(min(round(width / ratio), height), 1)
    left = min(max(round(focal_x * width - crop_width / 2), 0), width - crop_width)
    top = min(max(round(focal_y * height - crop_height / 2), 0), height - crop_height)
    return left, top, left + crop_width, top + crop_height


def available_widths(width, height, shape="full"):
    """The widths in which a picture of this size is served in the shape: at least one, none wider than it is."""
    shape = SHAPES[shape]
    natural = width
    if shape.ratio:
        left, _top, right, _bottom = crop_box(width, height, shape.ratio)
        natural = right - left
    widths = [step for step in shape.widths if step <= natural]
    # A picture between two steps is also served whole, unless that adds little to the step below.
    if natural < shape.widths[-1] and (not widths or natural > widths[-1] * 1.15):
        widths.append(natural)
    return widths


def desk_width(image):
    """Of the whole picture as the desk shows it: in the article's editor, and where its focal point is chosen."""
    widths = available_widths(image.width, image.height)
    return max((step for step in widths if step <= DESK), default=widths[0])


def rendition_size(width, height, shape, rendition_width):
    ratio = SHAPES[shape].ratio or width / height
    return rendition_width, max(round(rendition_width / ratio), 1)


def render(original, *, shape, width, format, focal=(0.5, 0.5)) -> bytes:  # noqa: A002 - the word of the trade
    """A rendition of the original, which is given as bytes or as an open file. `format` is avif, webp or jpg."""
    with Image.open(io.BytesIO(original) if isinstance(original, bytes) else original) as image:
        return _encode(_frame(image, shape, width, focal), format)


def _frame(image, shape, width, focal):
    full_width, full_height = image.size
    ratio = SHAPES[shape].ratio
    box = crop_box(full_width, full_height, ratio, *focal) if ratio else (0, 0, full_width, full_height)
    size = rendition_size(full_width, full_height, shape, width)
    # Lets the JPEG decoder leave out detail that would be thrown away; twice the size keeps the edges clean.
    scale = min(2 * width / (box[2] - box[0]), 1)
    image.draft(None, (max(int(full_width * scale), 1), max(int(full_height * scale), 1)))
    across, down = image.width / full_width, image.height / full_height
    box = (box[0] * across, box[1] * down, min(box[2] * across, image.width), min(box[3] * down, image.height))
    if image.mode not in ("RGB", "RGBA"):
        image = _in_srgb(image)
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3)


def _encode(frame, extension):
    if extension == "jpg" and frame.mode == "RGBA":
        white = Image.new("RGB", frame.size, "white")
        white.paste(frame, mask=frame.getchannel("A"))
        frame = white
    content = io.BytesIO()
    options = SAVE_OPTIONS[extension]
    if extension == "avif" and frame.width <= PHONE:
        options = options | {"quality": PHONE_AVIF}
    frame.save(content, **options)
    return content.getvalue()


def rendition_name(token, version, shape, width, extension):
    """Where a rendition is stored. The same path follows /images/ in its address: a web server can serve it itself."""
    return f"{token}/{version}/{shape}-{width}.{extension}"


def address(image, shape, width, extension):
    return "/images/" + rendition_name(image.token, image.version, shape, width, extension)


def get_rendition(image, shape, width, extension):
    """The rendition as an open file, made if it isn't there yet; UnknownRendition for anything that we don't offer."""
    if (
        shape not in SHAPES
        or extension not in SHAPES[shape].extensions
        or width not in available_widths(image.width, image.height, shape)
    ):
        raise UnknownRendition(f"{shape}-{width}.{extension}")
    storage = storages["renditions"]
    name = rendition_name(image.token, image.version, shape, width, extension)
    try:
        return storage.open(name)
    except FileNotFoundError:
        pass
    try:
        with image.file.storage.open(image.file.name) as original:
            focal = (image.focal_x, image.focal_y)
            content = render(original, shape=shape, width=width, format=extension, focal=focal)
    except (OSError, SyntaxError, ValueError) as error:
        logger.exception("No rendition %s: the original %s can't be read", name, image.file.name)
        raise UnknownRendition(name) from error
    _store(storage, name, content)
    return ContentFile(content, name=name)


def warm(image):
    """Make every rendition of a picture that isn't there yet, so that no reader waits for one. How many were made."""
    storage = storages["renditions"]
    made = 0
    with image.file.storage.open(image.file.name) as file, Image.open(file) as original:
        original.load()
        for shape, rules in SHAPES.items():
            for width in available_widths(image.width, image.height, shape):
                names = {
                    extension: rendition_name(image.token, image.version, shape, width, extension)
                    for extension in rules.extensions
                }
                missing = {extension: name for extension, name in names.items() if not storage.exists(name)}
                if not missing:
                    continue
                frame = _frame(original, shape, width, (image.focal_x, image.focal_y))
                for extension, name in missing.items():
                    _store(storage, name, _encode(frame, extension))
                    made += 1
    return made


def discard_renditions(token, except_version=None):
    """Delete what was made of a picture: all of it, or all but one version."""
    if not token:
        raise ValueError("Without a token this would be every rendition of every picture.")
    storage = storages["renditions"]
    try:
        versions, _files = storage.listdir(token)
    except FileNotFoundError:
        return
    for version in versions:
        if version == str(except_version):
            continue
        for name in storage.listdir(f"{token}/{version}")[1]:
            storage.delete(f"{token}/{version}/{name}")
        with suppress(OSError):  # not empty: somebody asked for one at this moment
            storage.delete(f"{token}/{version}")
    if except_version is None:
        with suppress(OSError):
            storage.delete(token)


def _store(storage, name, content):
    """Write a rendition so that it is there whole or not at all, however many processes make it at the same time."""
    if not isinstance(storage, FileSystemStorage):  # object stores write whole files by themselves
        if not storage.exists(name):
            storage.save(name, ContentFile(content))
        return
    path = Path(storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not Storage.save: it either takes another name or writes over the file that somebody is reading.
    unfinished = path.with_name(f".{uuid.uuid4().hex}")
    try:
        unfinished.write_bytes(content)
        if storage.file_permissions_mode is not None:
            unfinished.chmod(storage.file_permissions_mode)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


# Templates


def sources(image, shape="full", max_width=None) -> Picture:
    """Data for a <picture>: addresses in every format and width, up to `max_width` (CSS pixels × density)."""
    widths = available_widths(image.width, image.height, shape)
    widths = [width for width in widths if max_width is None or width <= max_width] or widths[:1]
    srcsets = {
        extension: ", ".join(f"{address(image, shape, width, extension)} {width}w" for width in widths)
        for extension in SHAPES[shape].extensions
    }
    # For the few browsers without srcset, and for the proportions.
    middle = max((width for width in widths if width <= 1040), default=widths[0])
    width, height = rendition_size(image.width, image.height, shape, middle)
    return Picture(
        sources=[Source(CONTENT_TYPES[name], srcset) for name, srcset in srcsets.items() if name != "jpg"],
        src=address(image, shape, middle, "jpg"),
        srcset=srcsets["jpg"],
        width=width,
        height=height,
    )
