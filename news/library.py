"""The library of pictures: what comes in, and what refers to a picture, so that none in use is lost.

Lead pictures, galleries and covers are foreign keys. What texts show is kept by ``note`` in `PictureUse`, a row a thing
and picture, at each save; a row stays when the picture is taken out, as an older version may be brought back.
"""

import hashlib
import re
from dataclasses import dataclass

import reversion
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from reversion.models import Version

from .images import discard_renditions, inspect_upload, normalise
from .models import Article, Draft, GalleryItem, HomepageSlot, Image, PictureUse, WorkingCopy

# Models that show pictures: each has ``picture_references()``. The site adds its own.
HOLDERS = [Article]
SHOWN = 20  # of one kind of use; the rest is counted
MANY = 500  # a picture in more places than these is in use, whatever older versions hold


# What comes in


class Twin(ValidationError):  # noqa: N818 (it is what it says)
    """The library has the picture already."""

    def __init__(self, image):
        self.image = image
        super().__init__(_("This picture is in the library already:"), code="twin")


def read_upload(upload, other_than=None):
    """(its hash, the picture as it is kept); raises ValidationError, or Twin where it is there already."""
    inspect_upload(upload)
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    if twin := Image.objects.filter(sha256=digest).exclude(pk=other_than).first():
        raise Twin(twin)
    return digest, normalise(upload)


def take(upload, by, **fields):
    """A file into the library, whole or not at all; raises what ``read_upload`` does."""
    digest, original = read_upload(upload)
    image = Image(
        sha256=digest,
        file_name=(upload.name or "")[-200:],
        width=original.width,
        height=original.height,
        created_by=by,
        **fields,
    )
    try:
        with transaction.atomic(), reversion.create_revision():
            reversion.set_user(by)
            image.file.save(f"original.{original.extension}", ContentFile(original.content), save=False)
            image.save()
    except BaseException as error:
        image.file.storage.delete(image.file.name)
        if isinstance(error, IntegrityError):  # the same file, sent twice at once
            raise Twin(Image.objects.get(sha256=digest)) from error
        raise
    return image


def discard_file(storage, name, token, except_version=None):
    """What is no more in the library is no more on the disk (``name``: None where the file stays). For ``on_commit``."""
    if name:
        storage.delete(name)
    discard_renditions(token, except_version)


# What refers to a picture


def note(thing):
    """Part of the transaction in which the thing is saved; one query where nothing has changed."""
    kind = thing._meta.label_lower
    tokens, numbers = thing.picture_references()
    rows = PictureUse.objects.filter(kind=kind, object_id=thing.pk).values_list(
        "pk", "image", "image__token", "in_text"
    )
    rows = list(rows)
    new_tokens = tokens - {token for _pk, _image, token, _in_text in rows}
    new_numbers = {n for n in numbers if n} - {image for _pk, image, _token, _in_text in rows}
    for shown in (True, False):
        if changed := [pk for pk, _image, token, in_text in rows if in_text != shown and (token in tokens) == shown]:
            PictureUse.objects.filter(pk__in=changed).update(in_text=shown)
    if new_tokens or new_numbers:
        # Locked, so that nobody deletes one while it is taken; one that is gone leaves a gap and nothing worse.
        found = Image.objects.filter(Q(token__in=new_tokens) | Q(pk__in=new_numbers)).order_by("pk")
        found = found.select_for_update(no_key=True).values_list("pk", "token")
        uses = [PictureUse(image_id=pk, kind=kind, object_id=thing.pk, in_text=token in tokens) for pk, token in found]
        PictureUse.objects.bulk_create(uses, ignore_conflicts=True)


def note_image(model, object_id, image_id):
    use = PictureUse(image_id=image_id, kind=model._meta.label_lower, object_id=object_id)
    PictureUse.objects.bulk_create([use], ignore_conflicts=True)


def nowhere(images):
    """Those of the pictures that nothing has ever referred to, as far as rows tell: each of them can be deleted."""
    for relation in relations():
        rows = relation.related_model._base_manager.exclude(**{relation.field.name: None})
        images = images.exclude(pk__in=rows.values(relation.field.name))
    return images


def relations():
    """The foreign keys that lead to pictures."""
    for relation in Image._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            yield relation


@dataclass
class Use:
    """One kind of use: ``things``, the first of those that refer to the picture, and how many there are in all."""

    kind: str
    things: list
    number: int


def uses_of(image):
    """What refers to the picture: [Use]. Empty: it can be deleted, and nothing will miss it, nor what is brought back."""
    uses = []
    holders = []  # [(label, rows, what of a row is the thing's number)]

    def add(kind, rows, thing=lambda row: row):
        rows = rows.order_by("-pk")
        if found := list(rows[: SHOWN + 1]):
            number = len(found) if len(found) <= SHOWN else rows.count()
            uses.append(Use(str(kind), list(dict.fromkeys(map(thing, found[:SHOWN]))), number))

    def article_of(row):
        return row.article

    for relation in relations():
        model = relation.related_model
        if model is PictureUse:
            continue
        rows = model._default_manager.filter(**{relation.field.name: image})
        if model is GalleryItem:
            add(_("in the gallery"), rows.select_related("article"), article_of)
        else:
            add(relation.field.verbose_name, rows)
        holder, owner = (Article, "article") if model is GalleryItem else (model, "pk")
        holders.append((holder._meta.label_lower, rows, owner))
    for model in HOLDERS:
        label = model._meta.label_lower
        numbers = image.uses.filter(kind=label, in_text=True).values("object_id")
        add(_("in the text"), model._default_manager.filter(pk__in=numbers))
        holders.append((label, numbers, "object_id"))
    named, chosen = f"/images/{image.token}/", f'image": ["{image.pk}"]'
    copies = WorkingCopy.objects.annotate(found=Cast("texts", TextField())).filter(found__contains=named)
    add(_("in changes that wait to be published"), copies.select_related("article"), article_of)
    drafts = Draft.objects.unsaved().annotate(found=Cast("fields", TextField()))
    drafts = drafts.filter(Q(found__contains=named) | Q(found__contains=chosen)).select_related("article")
    add(_("in somebody's unsaved text"), drafts, lambda draft: draft.article or draft)
    if sum(use.number for use in uses) <= MANY:
        current = {
            (label, pk) for label, rows, owner in holders for pk in rows.order_by().values_list(owner, flat=True)
        }
        uses += older_uses(image, current)
    return uses


def older_uses(image, current):
    """Where an older version that can be brought back shows the picture, of things that do not show it now."""
    numbers = {}
    for kind, pk in image.uses.values_list("kind", "object_id"):
        if (kind, pk) not in current:
            numbers.setdefault(kind, []).append(pk)
    rule = Q(serialized_data__contains=f"/images/{image.token}/")
    for key, end in ((key, end) for key in ('image": ', '"cover": ') for end in ",}"):
        rule |= Q(serialized_data__contains=f"{key}{image.pk}{end}")
    for model in HOLDERS:
        if kept := numbers.get(model._meta.label_lower):
            versions = Version.objects.get_for_model(model).filter(object_id__in=map(str, kept[:MANY]))
            told = Version.objects.filter(rule, revision__in=versions.values("revision"))
            with_it = versions.filter(revision__in=told.values("revision")).order_by()
            found = sorted({int(pk) for pk in with_it.values_list("object_id", flat=True)}, reverse=True)
            if found:
                there = model._default_manager.in_bulk(found[:SHOWN])
                yield Use(_("in an older version"), [there[pk] for pk in found if pk in there], len(found))


def home_page_slots(image):
    """The articles that an editor has placed on the home page and that show the picture there."""
    slots = HomepageSlot.objects.filter(article__lead_image=image).order_by("pk").select_related("article")
    return list({slot.article_id: slot.article for slot in slots[:SHOWN]}.values())


def rebuild():
    """Notes every thing, and what the versions hold, from the beginning; as after storing in bulk. How many rows there are."""
    for model in HOLDERS:
        for thing in model._default_manager.order_by("pk").iterator(chunk_size=500):
            tokens, numbers = thing.picture_references()
            if tokens or any(numbers):
                with transaction.atomic():
                    note(thing)
    for article, image in GalleryItem.objects.values_list("article", "image").iterator():
        note_image(Article, article, image)
    for model in HOLDERS:
        for version in Version.objects.get_for_model(model).iterator(chunk_size=200):
            note_version(model, version)
    return PictureUse.objects.count()


def note_version(model, version):
    """What one version of a thing refers to, with its gallery."""
    texts = [version.serialized_data]
    if model is Article:
        others = Version.objects.filter(revision=version.revision_id).exclude(pk=version.pk)
        texts += others.values_list("serialized_data", flat=True)
    tokens, numbers = set(), set()
    for text in texts:
        tokens |= set(re.findall(r"/images/([\w-]{16,22})/", text))
        numbers |= {int(n) for n in re.findall(r'"(?:lead_image|image|cover)": (\d+)', text)}
    found = Image.objects.filter(Q(token__in=tokens) | Q(pk__in=numbers)).values_list("pk", flat=True)
    for image in found if tokens or numbers else ():
        note_image(model, int(version.object_id), image)
