from modeltranslation.translator import TranslationOptions, register

from .models import Article, Author, Image, Section, Tag


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ["title", "description"]


@register(Tag)
class TagTranslation(TranslationOptions):
    fields = ["name"]


@register(Author)
class AuthorTranslation(TranslationOptions):
    fields = ["name", "bio"]


@register(Image)
class ImageTranslation(TranslationOptions):
    fields = ["alt", "caption", "credit"]


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ["title", "lead", "dateline", "body", "source_name", "comments_note"]
