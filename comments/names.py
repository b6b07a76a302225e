"""Names under which strangers may not write, as readers would take them for the desk's.

Two names are alike if they look alike: Unicode's table of confusable characters (confusable-homoglyphs) brings «аdmin»
with a Cyrillic letter and "Admin" to the same skeleton, whatever the script, the case, the accents and the spaces.
"""

import unicodedata
from functools import cache, lru_cache

from confusable_homoglyphs.confusables import confusables_data
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from news.models import Author, column

# As a word of the name, in any of the portal's languages; in Chinese as a part of it.
DESKS = """
    admin administrator administrators administration moderator moderators editor editors editorial infosco infoshos
    инфоsco инфоshos infoшос support webmaster official secretariat newsroom
    админ администратор администраторы администрация модератор модераторы модерация редактор редакторы редакция редколлегия
    главред инфошос портал техподдержка официально секретариат
"""
DESKS_HAN = "编辑部 编辑 编委 管理员 版主 站长 客服 官方 小编 主编 秘书处 上合信息网 編輯 管理員 站長 秘書處 主編"
ALIKE = str.maketrans("l1|!0", "iiiio")


@cache
def prototype(letter):
    """The character that stands for all that look like it."""
    similar = confusables_data.get(letter, ())
    if len(similar) != 1:  # none, or it is the one that others are compared with
        return letter
    other = similar[0]["c"]
    pair = len(confusables_data.get(other, ())) == 1
    return min(letter, other) if pair else other


def plain(text):
    """Without case, accents, invisible characters and compatibility forms."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc", "Cn"})


def words(text):
    """Its words: letters and digits, and what is drawn like them."""
    return "".join(c if c.isalnum() or c in "|!" else " " for c in text).split()


@lru_cache(maxsize=10_000)
def skeletons(name):
    """The name's words as they look, in three readings: as written, in small letters and in capitals, where others look
    alike (м and m do not, М and M do)."""
    found = []
    for text in (name, name.casefold(), name.upper()):
        text = plain("".join(prototype(c) for c in unicodedata.normalize("NFC", text)))
        found.append(tuple(word.translate(ALIKE).replace("rn", "m") for word in words(text)))
    return tuple(found)


@cache
def reserved():
    return {word for desk in DESKS.split() for reading in skeletons(desk) for word in reading}


def together(name):
    """The readings without their spaces, and in no order of the words: «Ли Мин» is «Мин Ли»."""
    return {reading for words in skeletons(name) for reading in ("".join(words), "".join(sorted(words)))} - {""}


def staff():
    """The names that those who work here write under; two queries."""
    users = get_user_model().objects.filter(is_staff=True, is_active=True)
    yield from (str(user) for user in users.only("username", "first_name", "last_name"))
    for author in Author.objects.values_list(*(column("name", code) for code, _name in settings.LANGUAGES)):
        yield from filter(None, author)


def is_the_desks(name):
    """Whether the name could be taken for that of the desk or of somebody who works there."""
    han = plain(name).replace(" ", "")
    if any(word in han for word in DESKS_HAN.split()):
        return True
    mine = skeletons(name)
    if any(word.rstrip("0123456789") in reserved() for reading in mine for word in reading):
        return True
    whole = together(name)
    if whole & reserved():
        return True
    return any(whole & together(other) for other in staff())


def not_the_desks(name):
    if is_the_desks(name):
        raise ValidationError(
            _("Readers could take this name for that of somebody of the desk. Please choose another one."), code="desk"
        )
