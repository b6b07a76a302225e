from modeltranslation.translator import TranslationOptions, register

from .models import Currency, State


@register(Currency)
class CurrencyTranslation(TranslationOptions):
    fields = ["name"]
    required_languages = ["ru", "en", "zh-hans"]


@register(State)
class StateTranslation(TranslationOptions):
    fields = ["name", "formal_name", "capital", "profile"]
    required_languages = ["ru", "en", "zh-hans"]
