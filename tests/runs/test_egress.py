"""What workflows may call: the addresses that must never be reached, by whatever name."""

import gzip
from ipaddress import ip_network

import httpx
import pytest

from flowstudio.runs import egress
from tests.local_server import Reply, serving

FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://localhost/",
    "http://2130706433/",  # decimal
    "http://0x7f000001/",  # hexadecimal
    "http://017700000001/",  # octal
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",  # IPv4-mapped
    "http://[::127.0.0.1]/",  # IPv4-compatible
    "http://[64:ff9b::7f00:1]/",  # NAT64
    "http://[64:ff9b:1::a9fe:a9fe]/",  # local NAT64
    "http://[2002:7f00:1::]/",  # 6to4
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:7f00:1::]/",  # Teredo
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",  # site-local
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[5f00::1]/",  # SRv6
    "http://[2001:db8::1]/",
]


@pytest.fixture
async def client():
    async with egress.client() as client:
        yield client


@pytest.fixture
def private_allowed(settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "ALLOW_PRIVATE_ADDRESSES": True}


@pytest.fixture
def loopback_counts_as_public(monkeypatch):
    """Lets a local server play the public internet; everything else stays refused."""
    monkeypatch.setattr(
        egress, "DENIED_V4", tuple(net for net in egress.DENIED_V4 if net != ip_network("127.0.0.0/8"))
    )

    def open_port(server):
        monkeypatch.setattr(egress, "PORTS", egress.PORTS | {server.port})

    return open_port


def leaving(url):
    return Reply(307, {"Location": url})


def leads_to(*answers):
    """A resolver that gives one answer after the other."""
    left = list(answers)

    async def resolve(host, port):
        return left.pop(0)

    return resolve


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_a_forbidden_address_is_refused_before_it_is_dialled(client, url):
    with pytest.raises(egress.EgressRefused, match="private, local or reserved"):
        await client.get(url)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_a_public_address_may_be_dialled(address):
    assert egress.is_public(address)


async def test_one_private_answer_among_public_ones_refuses_the_name():
    async with egress.client(resolve=leads_to(["1.1.1.1", "10.0.0.1"])) as client:
        with pytest.raises(egress.EgressRefused):
            await client.get("http://mixed.example/")


async def test_the_checked_address_is_dialled_and_a_rebound_name_is_refused(loopback_counts_as_public):
    with serving({"/": Reply(headers={"Connection": "close"}, body=b"hello")}) as server:
        loopback_counts_as_public(server)
        resolve = leads_to(["127.0.0.1"], ["169.254.169.254"])
        async with egress.client(resolve=resolve) as client:
            first = await client.get(f"http://rebinding.example:{server.port}/")

            assert first.text == "hello"
            assert server.asked[0].headers["host"] == f"rebinding.example:{server.port}"
            with pytest.raises(egress.EgressRefused):
                await client.get(f"http://rebinding.example:{server.port}/")


async def test_a_redirect_to_the_metadata_address_is_refused(client, loopback_counts_as_public):
    to_metadata = Reply(302, {"Location": "http://169.254.169.254/latest/meta-data/"})
    with serving({"/": to_metadata}) as server:
        loopback_counts_as_public(server)

        with pytest.raises(egress.EgressRefused, match=r"169\.254\.169\.254"):
            await client.get(server.url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "//x"])
async def test_other_schemes_are_refused(client, url):
    with pytest.raises(egress.EgressRefused, match="Only http and https"):
        await client.get(url)


async def test_other_ports_are_refused(client):
    with pytest.raises(egress.EgressRefused, match="Port 22 is not one of 80, 443, 8080, 8443"):
        await client.get("http://example.com:22/")


async def test_the_setting_opens_private_addresses_and_ports(client, private_allowed):
    with serving({"/": Reply(body=b"inside")}) as server:
        assert (await client.get(server.url)).text == "inside"


async def test_credentials_stay_at_their_origin(client, private_allowed):
    headers = {"X-Api-Key": "k", "Accept": "text/plain"}
    with serving({"/end": Reply()}) as other, serving({"/": leaving(f"{other.url}/end")}) as server:
        await client.get(server.url, headers=headers, auth=("user", "password"))

    assert server.asked[0].headers["x-api-key"] == "k"
    assert server.asked[0].headers["authorization"].startswith("Basic ")
    assert "x-api-key" not in other.asked[0].headers
    assert "authorization" not in other.asked[0].headers
    assert other.asked[0].headers["accept"] == "text/plain"


async def test_credentials_follow_a_redirect_at_their_own_origin(client, private_allowed):
    with serving({"/": Reply(307, {"Location": "/end"}), "/end": Reply()}) as server:
        await client.get(server.url, headers={"X-Api-Key": "k"})

    assert server.asked[1].headers["x-api-key"] == "k"


async def test_redirects_end_after_five(client, private_allowed):
    with (
        serving({"/": Reply(302, {"Location": "/"})}) as server,
        pytest.raises(egress.EgressRefused, match="More than 5 redirects"),
    ):
        await client.get(server.url)

    assert len(server.asked) == 6


async def test_cookies_are_not_kept_from_one_call_to_the_next(client, private_allowed):
    with serving({"/": Reply(headers={"Set-Cookie": "session=1"})}) as server:
        await client.get(server.url)
        await client.get(server.url)

    assert "cookie" not in server.asked[1].headers


async def test_an_answer_over_the_cap_is_refused(client, private_allowed, monkeypatch):
    monkeypatch.setattr(egress, "MAX_RESPONSE_BYTES", 1024**2)
    with (
        serving({"/": Reply(body=b"x" * (1024**2 + 1))}) as server,
        pytest.raises(egress.EgressRefused, match="larger than 1 MB"),
    ):
        await client.get(server.url)


async def test_the_cap_counts_the_unpacked_bytes(client, private_allowed, monkeypatch):
    monkeypatch.setattr(egress, "MAX_RESPONSE_BYTES", 1024**2)
    bomb = gzip.compress(b"0" * (8 * 1024**2))
    with (
        serving({"/": Reply(headers={"Content-Encoding": "gzip"}, body=bomb)}) as server,
        pytest.raises(egress.EgressRefused, match="larger than 1 MB"),
    ):
        await client.get(server.url)


async def test_a_packed_answer_arrives_unpacked(client, private_allowed):
    packed = Reply(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"hello"))
    with serving({"/": packed}) as server:
        assert (await client.get(server.url)).text == "hello"


async def test_a_failed_connection_tells_nothing_of_the_network(client, private_allowed):
    with serving({}) as server:
        pass  # closed again: nobody listens at its port

    with pytest.raises(httpx.ConnectError) as failure:
        await client.get(server.url)

    assert str(failure.value) == "The connection to '127.0.0.1' failed."


async def test_an_unknown_name_is_named(client):
    with pytest.raises(egress.EgressRefused, match=r"'nowhere\.invalid' was not found"):
        await client.get("http://nowhere.invalid/")


async def test_the_environment_sets_no_proxy(client, monkeypatch, private_allowed):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with egress.client() as fresh:
        with serving({"/": Reply(body=b"direct")}) as server:
            assert (await fresh.get(server.url)).text == "direct"
