import pytest
from django.test import RequestFactory

from infoshos.middleware import client_address, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "ru"),
        ("/en", "en"),
        ("/en/", "en"),
        ("/en/news/1-x/", "en"),
        ("/zh-hans/", "zh-hans"),
        ("/english/", "ru"),
        ("/zh-cn/", "ru"),
        ("/states/kz/", "ru"),
    ],
)
def test_the_address_alone_names_the_language(path, language):
    assert language_of(path) == language


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/%00", "/en/?q=%00", "/en/search/?q=a%00b", "/%00"])
def test_null_bytes_are_refused_in_the_reader_s_language(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert response["Content-Language"] == ("en" if path.startswith("/en") else "ru")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "127.0.0.1"),
        (1, "nonsense", ""),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_reader_s_address_is_what_our_own_proxies_saw(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})

    assert client_address(request) == expected


@pytest.mark.django_db
def test_headers_of_a_public_page(client):
    response = client.get("/en/")

    assert response["Content-Security-Policy"] == (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Permissions-Policy"].startswith("camera=()")


@pytest.mark.django_db
def test_admin_has_a_nonce_and_no_unsafe_source(client):
    response = client.get("/en/admin/login/")
    policy = response["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert response.status_code == 200


@pytest.mark.django_db
def test_head_has_the_headers_of_get_and_no_body(client):
    got, head = client.get("/en/"), client.head("/en/")

    assert head.content == b""
    assert head["ETag"] == got["ETag"]
    assert head["Content-Length"] == got["Content-Length"]
