"""Pages of the old portal, read from saved copies.

A saved copy is the text that a crawler extracted from ``/en/?idn=N`` or ``/en/print.php?idn=N``, with the address in
its first line. Nothing here knows the database: news/legacy_import.py stores what was read, news/legacy_views.py
answers the old addresses.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

# The old portal gave Moscow time without a zone. zoneinfo knows the summer time until 2010, UTC+4 until 26.10.2014
# and UTC+3 since.
MOSCOW = ZoneInfo("Europe/Moscow")
# It cut headlines after this many characters, on the article's own page too.
HEADLINE_CUT = 150
MAX_IDN = 2**31 - 1
# No page of the portal comes near; a larger file is something else.
MAX_BYTES = 5_000_000

HOSTS = {"infoshos.ru", "www.infoshos.ru"}
LANGUAGES = {"": "ru", "ru": "ru", "en": "en", "cn": "zh-hans"}

# What an editor should look at. The text itself stays as it was found.
FLAGS = {
    "headline_cut": _("The headline was cut after 150 characters."),
    "headline_shortened": _("The headline is too long; the whole of it stands above the text."),
    "text_truncated": _("The saved copy may end before the text does."),
    "characters_lost": _("Letters or signs are lost; words may run together."),
    "spaces_lost": _("Spaces are missing, probably around links."),
    "daggers_replaced": _("Daggers were replaced by the no-break spaces that they stood for."),
    "copies_differ": _("The saved copies of this item differ."),
    "byline_found": _("The line below the date was taken for the byline."),
    "language_differs": _("The text is not in the language of its old address."),
    "time_ambiguous": _("The clock showed this time twice that night."),
}


class LegacyError(Exception):
    """A file that holds no item of the old portal; the message tells why."""


@dataclass(frozen=True)
class LegacyPage:
    """One crawl of one item. ``whole`` is False where the saved text may end before the item does."""

    idn: int
    language: str
    is_print: bool
    headline: str
    published_at: datetime
    paragraphs: list[str]
    byline: str = ""
    flags: set[str] = field(default_factory=set)
    whole: bool = True

    @property
    def text(self):
        return "\n".join([self.headline, self.byline, *self.paragraphs])

    @property
    def quality(self):
        """Which of two copies of an item is the better one: the greater."""
        return (self.whole, "characters_lost" not in self.flags, self.is_print, len(self.text))


def parse_page(source: str | bytes) -> LegacyPage:
    """Read one saved page; LegacyError where it can't be read as one."""
    text, flags = _decode(source)
    lines = [_tidy(line) for line in re.split(r"\r\n|[\n\r\u2028\u2029]", text)]
    address, cut, lines = _header(lines)
    idn, language, is_print = parse_address(address)
    head, byline, body = _article(lines, is_print)
    body, footer_seen = _without_footer(body, is_print)
    original = "\n".join([*head[:-1], byline, *body])
    headline = _restore(" ".join(line.strip() for line in head[:-1]))
    paragraphs = [paragraph for line in body if (paragraph := _restore(line))]
    if not headline or not paragraphs:
        raise LegacyError("there is no text below the headline" if headline else "the headline is empty")

    published_at, certain = _moscow(head[-1])
    if any(len(line) == HEADLINE_CUT for line in head[:-1]):
        flags.add("headline_cut")
    if not certain:
        flags.add("time_ambiguous")
    # The lists after the article prove that it ended before the crawler stopped.
    whole = "text_truncated" not in flags and (cut is False or footer_seen or (cut is None and _ends(paragraphs[-1])))
    if not whole:
        flags.add("text_truncated")
    if byline:
        flags.add("byline_found")
    flags |= _suspicions(original, language)
    script = _script("\n".join([headline, *paragraphs]), language)
    if script != language:
        flags.add("language_differs")
    return LegacyPage(
        idn=idn,
        language=script,
        is_print=is_print,
        headline=headline,
        published_at=published_at,
        paragraphs=paragraphs,
        byline=_restore(byline),
        flags=flags,
        whole=whole,
    )


def parse_address(address: str) -> tuple[int, str, bool]:
    """The number, the language and whether it is the print copy, of an address of the old portal."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        raise LegacyError(f"not an address: {address[:80]}") from None
    if parts.scheme not in ("http", "https") or host not in HOSTS:
        raise LegacyError(f"not an address of the old portal: {address[:80]}")
    match = re.fullmatch(r"/?(?:(ru|en|cn)(?:/|$))?(|index\.php|print\.php)", parts.path)
    # PHP took the last of a repeated parameter.
    numbers = [value for key, value in parse_qsl(parts.query, max_num_fields=None) if key == "idn"]
    idn = parse_idn(numbers[-1]) if numbers else None
    if match is None or idn is None:
        raise LegacyError(f"the address names no item: {address[:80]}")
    return idn, LANGUAGES[match[1] or ""], match[2] == "print.php"


def parse_idn(value: str) -> int | None:
    """A number as the old portal wrote it; None for anything else."""
    if not re.fullmatch(r"[0-9]{1,10}", value):
        return None
    number = int(value)
    return number if 0 < number <= MAX_IDN else None


# Reading the file


def _decode(source):
    flags = set()
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            raise LegacyError("the file is too large for a saved page")
        if source.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise LegacyError("the file is UTF-16, not UTF-8")
        if b"\0" in source:
            raise LegacyError("the file is binary")
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # A copy that was cut by bytes may end inside a character.
            if error.reason != "unexpected end of data":
                raise LegacyError(f"the file is not UTF-8{_guess(source)}") from None
            text = source[: error.start].decode("utf-8-sig")
            flags.add("text_truncated")
    else:
        text = source.removeprefix("\ufeff")
        if "\0" in text or any(unicodedata.category(char) == "Cs" for char in text):
            raise LegacyError("the file is binary")
    if not text.strip():
        raise LegacyError("the file is empty")
    return text, flags


def _guess(source):
    head = source[:2000].decode("cp1251", errors="replace")
    return " (perhaps windows-1251)" if len(re.findall("[А-Яа-яЁё]", head)) > len(head) / 5 else ""


def _tidy(line):
    """Plain spaces at most one at a time, no control characters; no-break spaces stay.

    Where the line is exactly as long as a cut headline, a space at its end counts: it is part of the cut.
    """
    line = "".join(" " if unicodedata.category(char) == "Cc" else char for char in line)
    if len(line) == HEADLINE_CUT and line.strip():
        return line
    return re.sub(" {2,}", " ", line).strip()


def _restore(text):
    """The crawler's dagger back to the no-break space that it stood for."""
    return re.sub(" {2,}", " ", text.replace("†", "\u00a0")).strip()


def _header(lines):
    """The address, whether the crawler says that it cut the text (None: it says nothing), and what follows."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    match = re.fullmatch(r"URL: ?(\S+)", lines[start].strip())
    if match is None:
        raise LegacyError("the first line is not the address of the page")
    rest = lines[start + 1 :]
    if rest and (mark := re.fullmatch(r"TRUNCATED: ?(.*)", rest[0].strip())):
        return match[1], mark[1].casefold() not in ("no", "false"), rest[1:]
    return match[1], None, rest


# Finding the article

DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})[ \u00a0]{1,2}([0-9]{1,2}):([0-9]{2})")

# Lines that stood around every article: none of them is a headline.
SURROUNDINGS = re.compile(
    r"""(?xi)
      The\ website\ has\ been\ created\b.* | of\ the\ Federal\ Agency\ for\ Press\b.* | of\ the\ Russian\ Federation
    | Make\ Infoshos\ my\ homepage.* | (?:Contact\ us|Add\ to\ Favorites|Home)+
    | Magazine\ ["“«].* | Журнал\ ["“«].*
    | [^.!?]{1,40}::?                             # Member States:
    | [0-9]{1,2}:[0-9]{2}\S.*                     # 04:01Phnom Penh
    | (?:SCO\ )?Currencies/.* | Country\ Code\ .* | The\ official\ rate\ of\ .*
    | SCO\ Secretariat\b.*SCO\ Business\ Council.*
    """
)

# What follows an article, as whole lines. The first group never stands before one.
FOOTER = re.compile(
    r"""(?xi)
      (?:Add\ Comment|Leave\ a\ comment|Comments?:?)
    | (?:Добавить\ комментарий|Оставить\ комментарий|Комментировать|Комментарии:?)
    | (?:添加评论|发表评论|发布评论|评论|留言|我要评论)[:：]?
    | Сообщите\ об\ орфографической\ ошибке.* | Выделенный\ текст\ слишком\ длинный\.?
    """
)
PRINT_LINK = re.compile(r"(?i)Print|Print version|Печать|Распечатать|Версия для печати|打印|打印版|打印本页")
BULLET = re.compile(r"^[•·*]\s*")


def _is_date(line):
    return DATE.fullmatch(line.strip()) is not None


def _is_footer(line, following=""):
    text = BULLET.sub("", line.strip())
    if FOOTER.fullmatch(text):
        return True
    # "Print" alone may be a word of the story; as a link it has a bullet or the comments' link beside it.
    return PRINT_LINK.fullmatch(text) is not None and (text != line.strip() or _is_footer(following or "-"))


def _article(lines, is_print):
    """([headline lines…, date line], byline, body lines)

    The page's lists hold headlines and dates too, in either order, before or after the article: the article is the
    headline that is directly followed by its date and then by text, not by another entry.
    """
    if not any(_is_date(line) for line in lines):
        raise LegacyError("there is no date")
    if is_print and (found := _print_article(lines)):
        return found
    end = next((number for number, line in enumerate(lines) if FOOTER.fullmatch(BULLET.sub("", line.strip()))), None)
    before = lines[:end]
    usable = ["" if SURROUNDINGS.fullmatch(line.strip()) else line for line in before]
    later = None
    for number in range(1, len(usable)):
        if not _is_date(usable[number]) or not usable[number - 1] or _is_date(usable[number - 1]):
            continue
        # From here on the lines are taken as they are: a paragraph may look like a label.
        run = _run(before, number + 1)
        following = _run(before, _skip_blank(before, number + 1 + len(run)))
        if any(map(_is_date, run)) or not (run or following) or any(map(_is_date, following)):
            continue
        found = ([lines[number - 1], lines[number]], *_byline(lines, number + 1, run, following))
        # "date, headline, date, headline": the line below this date may be the headline that belongs to it.
        if run and number > 1 and _is_date(usable[number - 2]) and not BYLINE.fullmatch(run[0].strip()):
            later = later or (found if following else None)
            continue
        return found
    if later:
        return later
    raise LegacyError("there is no headline with a date and a text below it")


def _print_article(lines):
    """A print copy holds nothing but the item: what stands above the first date is its headline."""
    number = next(number for number, line in enumerate(lines) if _is_date(line))
    head = [line for line in lines[:number] if line.strip()]
    if not 1 <= len(head) <= 3 or any(SURROUNDINGS.fullmatch(line.strip()) for line in head[:-1]):
        return None
    run = _run(lines, number + 1)
    following = _run(lines, _skip_blank(lines, number + 1 + len(run)))
    return ([*head, lines[number]], *_byline(lines, number + 1, run, following))


def _run(lines, start):
    """The lines from ``start`` to the next blank one."""
    end = start
    while end < len(lines) and lines[end].strip():
        end += 1
    return lines[start:end]


def _skip_blank(lines, start):
    while start < len(lines) and not lines[start].strip():
        start += 1
    return start


# "By Ivan Petrov, special correspondent", "Иван Петров", "记者 李明"
BYLINE = re.compile(
    r"(?:By |Автор:? )?(?P<name>[A-ZА-ЯЁ][\w.’'-]*(?: (?:[A-ZА-ЯЁ][\w.’'-]*|de|bin|al)){1,3}) ?(?:[,(–—-].*)?"
    r"|(?:作者|记者|本报记者|文/).*"
)


def _byline(lines, start, run, following):
    """(byline, body lines): a name in a line of its own between the date and a blank line, that is no sentence."""
    line = run[0].strip() if len(run) == 1 else ""
    if following and len(line) <= HEADLINE_CUT and BYLINE.fullmatch(line) and line[-1] not in ".!?…:;。！？：":
        return line, lines[start + 1 :]
    return "", lines[start:]


def _without_footer(lines, is_print):
    """(the lines of the story, whether something that follows each story was there)"""
    for number, line in enumerate(lines):
        following = next((later for later in lines[number + 1 :] if later.strip()), "")
        if line.strip() and _is_footer(line, following):
            return lines[:number], True
        # A list of other items: "headline, date" or "date, headline". A print copy has none.
        if not is_print and _is_date(line):
            first_of_block = number == 0 or not lines[number - 1].strip()
            return lines[: number if first_of_block else number - 1], True
    return lines, False


def _moscow(line):
    """(the aware time, whether the clock showed it only once)"""
    day, month, year, hour, minute = map(int, DATE.fullmatch(line.strip()).groups())
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=MOSCOW)
    except ValueError:
        raise LegacyError(f"there is no such date: {line.strip()}") from None
    if not 1990 <= year <= 2100:
        raise LegacyError(f"the date can't be right: {line.strip()}")
    return moment, moment.utcoffset() == moment.replace(fold=1).utcoffset()


# Suspicions

_SHORT_WORDS = "of|in|to|on|for|and|the|by|with|from|as|at|since|into|about|between|under|among"
RUN_TOGETHER = re.compile(
    rf"""(?x)
      \b(?:of|in|to|on|for|and|by|with|from|as|at|since|into|under|among|between)the\b
    | \b(?:ofa|ofits|ofall|inits|inan|toits|tobe|onits|asa|aswell|ofthis|inthis|forits|andits|ofour|withits)\b
    | \b(?:{_SHORT_WORDS})(?=[A-Z]|[0-9]{{2}})\w+
    """
)
LOST_APOSTROPHE = re.compile(
    r"\b(?:SCO|China|Russia|India|Iran|Pakistan|Kazakhstan|Uzbekistan|Tajikistan|Kyrgyzstan|Afghanistan|Mongolia"
    r"|Turkey|Beijing|Moscow|Shanghai|Asia|Europe|today)s\b|\b(?:doesnt|isnt|dont|didnt|wasnt|couldnt|Ive)\b"
)
LINKS = re.compile(
    r"""(?xi) \b\w+://\S+ | \bwww\.\S+ | \S+@\S+
    | \b[\w-]+\.(?:ru|com|org|net|info|cn|kz|uz|kg|tj|by|ir|in|pk|af|mn|eu|int|gov|edu|az|am|tv|asia|su|рф)\b"""
)
LOST_SPACE = re.compile(
    r"[^\W\d_],[^\W\d_]|[^\W\d_]{2}[.;:!?][A-ZА-ЯЁ][^\W\d_]|[^\W\d_]\)[^\W\d_]{2}|[^\W\d_]{2}\([^\W\d_]{3}|”[^\W\d_]"
)
CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def _suspicions(text, language):
    flags = set()
    if "†" in text:
        flags.add("daggers_replaced")
    # Only a copy without one character outside ASCII has lost them all.
    lost = language == "en" and text.isascii() and (RUN_TOGETHER.search(text) or LOST_APOSTROPHE.search(text))
    if lost or "\ufffd" in text or "???" in text:
        flags.add("characters_lost")
    plain = LINKS.sub(" ", text)
    if any(not CJK.search(match[0]) for match in LOST_SPACE.finditer(plain)):
        flags.add("spaces_lost")
    return flags


def _ends(paragraph):
    return paragraph.rstrip("\"'”’»)]）」』 \u00a0")[-1:] in (".", "!", "?", "…", "。", "！", "？")


def _script(text, language):
    """The language that the letters speak for, where they contradict the address; else that of the address."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return language
    chinese = sum(CJK.match(char) is not None for char in letters) / len(letters)
    russian = sum("\u0400" <= char <= "\u04ff" for char in letters) / len(letters)
    shares = {"zh-hans": chinese, "ru": russian, "en": 1 - chinese - russian}
    # Names in Latin letters are frequent in Chinese and Russian news.
    if shares[language] >= {"zh-hans": 0.1, "ru": 0.3, "en": 0.5}[language]:
        return language
    return max(shares, key=shares.get)
