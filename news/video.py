"""Videos of other hosts: which links are one, and where its player is. Nothing loads from there before a reader asks."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from .richtext import VIDEO_HOSTS

LONE_LINK = re.compile(r'<p>\s*<a href="(https?://[^"]+)"[^>]*>((?:(?!</a>).)*)</a>\s*</p>', re.DOTALL)
PATHS = {
    "rutube.ru": re.compile(r"^/(?:video|play/embed)/([0-9a-f]{32})/?$"),
    "vkvideo.ru": re.compile(r"^/video(-?[0-9]+)_([0-9]+)$"),
    "vk.com": re.compile(r"^/video(-?[0-9]+)_([0-9]+)$"),
    "www.youtube.com": re.compile(r"^/(?:watch|(?:embed|shorts)/([\w-]{11})/?)$"),
    "youtu.be": re.compile(r"^/([\w-]{11})$"),
    "www.bilibili.com": re.compile(r"^/video/(BV[0-9A-Za-z]{10})/?$"),
}


def player(url):
    """The address of the player of a video's page, or None for a link to anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.lower()
    match = host in VIDEO_HOSTS and PATHS[host].match(parts.path)
    if not match:
        return None
    origin = VIDEO_HOSTS[host]
    if host == "rutube.ru":
        return f"{origin}/play/embed/{match[1]}/"
    if host in {"vkvideo.ru", "vk.com"}:
        return f"{origin}/video_ext.php?oid={match[1]}&id={match[2]}"
    if host == "www.bilibili.com":
        return f"{origin}/player.html?bvid={match[1]}"
    number = match[1] or parse_qs(parts.query).get("v", [""])[0]
    return f"{origin}/embed/{number}" if re.fullmatch(r"[\w-]{11}", number) else None


def frame_sources(html):
    """The origins whose players the text may show: the page's frame-src."""
    links = (player(unescape(match[1])) for match in LONE_LINK.finditer(html or ""))
    return sorted({"https://" + urlsplit(link).netloc for link in links if link})
