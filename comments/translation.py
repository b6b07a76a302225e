from modeltranslation.translator import TranslationOptions, register

from .models import RejectionReason


@register(RejectionReason)
class RejectionReasonTranslation(TranslationOptions):
    fields = ["name", "text"]
    required_languages = ["ru", "en", "zh-hans"]
