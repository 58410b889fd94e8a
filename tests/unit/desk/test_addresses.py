from ipaddress import ip_address

import pytest

from bot.desk.addresses import TargetRefused, check_address, is_public, read_private_target, read_url


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.org", "example.org", 443, "/"),
        ("https://Example.ORG/Hooks?a=1&b=2", "example.org", 443, "/Hooks?a=1&b=2"),
        ("http://example.org/x", "example.org", 80, "/x"),
        ("https://example.org:8443/x", "example.org", 8443, "/x"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://example.org./", "example.org.", 443, "/"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
        ("https://[::ffff:8.8.8.8]/", str(ip_address("::ffff:8.8.8.8")), 443, "/"),
    ],
)
def test_a_plain_address_is_read(url: str, host: str, port: int, path: str) -> None:
    target = read_url(url)

    assert (target.host, target.port, target.path) == (host, port, path)


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://example.org/", "example.org"),
        ("https://example.org:8443/", "example.org:8443"),
        ("http://example.org:443/", "example.org:443"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
    ],
)
def test_the_host_header_names_an_unusual_port(url: str, header: str) -> None:
    assert read_url(url).host_header == header


@pytest.mark.parametrize(
    "url",
    [
        # our own services and the usual neighbours
        "http://127.0.0.1:5005/model",
        "http://127.0.0.1:5055/webhook",
        "http://127.0.0.1:6379",
        "http://127.0.0.1:8000",
        "http://127.0.0.1/",
        "http://10.0.0.5/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "https://example.org:6379/",
        "https://example.org:0/",
        # metadata of clouds
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        # disguised IPv4
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://0.0.0.0/",
        "http://0/",
        "http://1.2.3.4.5/",
        # IPv6, and IPv4 inside it
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fe80::1%25lo]/",
        "http://[fe80::1%lo]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        # two parsers, two hosts
        "https://good.example@127.0.0.1/",
        "https://user:secret@example.org/",
        "http://127.0.0.1#@good.example",
        "https://example.org/#part",
        "http://good.example\\@127.0.0.1/",
        "http://good.example\\.evil.example/",
        "http://good。example/",
        "http://１２７.0.0.1/",
        "http://bücher.example/",
        "http://exa%6dple.org/",
        "http://%31%32%37.0.0.1/",
        # injection
        "https://example.org/\r\nX-Injected: 1",
        "https://example.org/\n",
        "https://example.org/\t",
        "https://example.org/a b",
        "https://example.org/\x00",
        # no web address
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "https://",
        "https:///path",
        "https://:443/",
        "https://[::1/",
        "https://example.org:99999/",
        "https://example.org:abc/",
        "https://-example.org/",
        "https://exa mple.org/",
        "https://example..org/",
        "https://example.org/" + "a" * 2_048,
        "",
    ],
)
def test_what_must_not_be_sent_to_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        read_url(url)

    assert refused.value.errors[0]["field"] == "url"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.31.255.255"),
        *("192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1"),
        *("2001:db8::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1"),
        *("ff02::1", "4000::1", "fe80::1%lo", "2606:4700::1111%eth0"),
    ],
)
def test_all_other_addresses_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("entry", "address", "port", "allowed"),
    [
        ("10.0.0.7", "10.0.0.7", 443, True),
        ("10.0.0.7", "10.0.0.7", 8080, False),
        ("10.0.0.7", "10.0.0.8", 443, False),
        ("10.0.0.0/24:8080", "10.0.0.8", 8080, True),
        ("10.0.0.0/24:8080", "10.0.0.8", 443, False),
        ("10.0.0.0/24:8080", "10.0.1.8", 8080, False),
        ("[fd00::7]:9000", "fd00::7", 9000, True),
        ("fd00::/64", "fd00::7", 443, True),
        ("127.0.0.1:9000", "::ffff:127.0.0.1", 9000, False),
    ],
)
def test_the_allow_list_opens_exactly_what_it_names(entry: str, address: str, port: int, allowed: bool) -> None:
    exception = read_private_target(entry)

    assert exception.allows(ip_address(address), port) is allowed


def test_an_allowed_private_target_is_read_and_its_neighbours_are_not() -> None:
    allowed = [read_private_target("127.0.0.1:18400")]

    assert read_url("http://127.0.0.1:18400/x", allowed=allowed).port == 18400
    with pytest.raises(TargetRefused):
        read_url("http://127.0.0.2:18400/x", allowed=allowed)
    with pytest.raises(TargetRefused):
        read_url("http://127.0.0.1/x", allowed=allowed)


def test_the_port_of_an_exception_is_not_open_on_public_addresses() -> None:
    allowed = [read_private_target("10.0.0.7:6379")]

    with pytest.raises(TargetRefused):
        check_address(ip_address("8.8.8.8"), 6379, allowed=allowed)


@pytest.mark.parametrize(
    "entry", ["", "localhost", "10.0.0.7:", "10.0.0.7:0", "10.0.0.7:99999", "10.0.0.1/8", "[fd00::7"]
)
def test_a_bad_entry_of_the_allow_list_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_private_target(entry)
