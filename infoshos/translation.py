from modeltranslation.translator import TranslationOptions, register

from .models import Magazine, Page, PartnerLink, SiteNotice


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ["title", "body"]


@register(PartnerLink)
class PartnerLinkTranslation(TranslationOptions):
    fields = ["name"]


@register(SiteNotice)
class SiteNoticeTranslation(TranslationOptions):
    fields = ["text"]


@register(Magazine)
class MagazineTranslation(TranslationOptions):
    fields = ["title", "contents"]
