"""The rich text editor of the admin: what it offers, and how its pictures come from the library.

What may be stored is decided by news.richtext alone; this is what an editor can type with buttons.
"""

from django import forms
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget

from . import images
from .models import Image
from .richtext import PULL_QUOTE, clean_html

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "HardBreak": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "NodeClass": {"cssClasses": {"blockquote": [{"className": PULL_QUOTE, "title": _("Pull quote")}]}},
    "HorizontalRule": True,
    "Link": {"enableTarget": False},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Figure": True,
    "Caption": True,
    "Image": True,
    "SpecialCharacters": True,
    "HTML": True,
    "TrailingNode": True,  # a place to type below a picture or a table
    "NoSpellCheck": False,  # the text carries its language: let the browser check it
}


class RichTextWidget(AdminProseEditorWidget):
    def __init__(self, language=None, attrs=None):
        super().__init__(attrs=attrs, preset="configurable")
        self.language = language

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        language = f"&language={self.language}" if self.language else ""
        context["widget"]["attrs"]["data-upload"] = f"{reverse('admin:news_image_upload')}?choosing{language}"
        return context

    def get_config(self):
        picker = reverse("admin:news_image_picker") + (f"?language={self.language}" if self.language else "")
        self.config = {"extensions": EXTENSIONS | {"Figure": {"pickerUrl": picker}}}
        return super().get_config()


class RichTextField(forms.CharField):
    """Clean HTML comes out, whatever was pasted."""

    widget = RichTextWidget

    def to_python(self, value):
        return clean_html(super().to_python(value))


def library_address(image):
    """What the stored HTML's ``<img>`` names."""
    return f"/images/{image.token}/"


def library_image(request, token):
    """The picture that stored HTML names, small, for the editor: readers never meet this address."""
    if not (request.user.is_active and request.user.is_staff):
        raise Http404
    image = get_object_or_404(Image, token=token)
    response = HttpResponseRedirect(images.address(image, "full", images.desk_width(image), "jpg"))
    response["Cache-Control"] = "private, no-store"
    return response
