"""What the admin's picture of the home page shows of a story, whatever the language that the admin speaks."""

from django import template
from django.utils.html import format_html

from .. import images

register = template.Library()


@register.filter
def headline(article, language):
    return article.text("title", language) if article else ""


@register.simple_tag
def small_picture(image):
    if not image:
        return ""
    width = images.available_widths(image.width, image.height, "wide")[0]
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" loading="lazy" draggable="false">',
        images.address(image, "wide", width, "jpg"),
        *images.rendition_size(image.width, image.height, "wide", width),
    )
