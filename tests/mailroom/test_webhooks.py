"""Posts to Teams: where they may go, whatever someone types or a name leads to; and how they arrive."""

import http.server
import json
import socket
import ssl
import subprocess
import threading
import time

import pytest

from mailroom import webhooks
from mailroom.relay import LineLost, NoAnswer, Refused
from mailroom.webhooks import AddressRefused, Reach, Teams, checked, is_public, public_address_of

GOOD = [
    "https://gemeente.webhook.office.com/webhookb2/0a-1b@2c/IncomingWebhook/3d/4e",
    "https://prod-01.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=2016&sig=x",
    "https://default1.2a.environment.api.powerplatform.com/powerautomate/x",
    "https://GEMEENTE.Webhook.Office.com/x",
]
BAD = [
    "",
    "http://gemeente.webhook.office.com/x",
    "ftp://gemeente.webhook.office.com/x",
    "//gemeente.webhook.office.com/x",
    "https://webhook.office.com/x",
    "https://evilwebhook.office.com/x",
    "https://webhook.office.com.evil.example/x",
    "https://gemeente.webhook.office.com.evil.example/x",
    "https://evil.example/gemeente.webhook.office.com",
    "https://evil.example#.webhook.office.com/x",
    "https://evil.example?.webhook.office.com/x",
    "https://evil.example\\.webhook.office.com/x",
    "https://gemeente.webhook.office.com@evil.example/x",
    "https://wie@gemeente.webhook.office.com/x",
    "https://wie:geheim@gemeente.webhook.office.com/x",
    "https://@gemeente.webhook.office.com/x",
    "https://gemeente.webhook.office.com:8443/x",
    "https://gemeente.webhook.office.com:99999/x",
    "https://gemeente.webhook.office.com:x/x",
    "https://gemeente.webhook.office.com/x#stuk",
    "https://gemeente.webhook.office.com./x",
    "https://.webhook.office.com/x",
    "https://*.webhook.office.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://localhost/x",
    "https://gemeente.webhook.office.com/x y",
    "https://gemeente.webhook.office.com/x\r\nHost: evil",
    "https://gemeente.webhook.office.com\t/x",
    "https://gemeente.webhook.offıce.com/x",
    "https://gemeente%2ewebhook.office.com/x",
    "https://ge_meente.webhook.office.com/x",
    " https://gemeente.webhook.office.com/x",
    "https://gemeente.webhook.office.com/" + "x" * 2000,
]


@pytest.mark.parametrize("address", GOOD)
def test_a_channel_of_teams_is_taken(address):
    assert checked(address).geturl().lower() == address.lower()


@pytest.mark.parametrize("address", BAD)
def test_any_other_address_is_refused_without_asking_for_it(address, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("looked up"))
    with pytest.raises(AddressRefused):
        checked(address)
    with pytest.raises(AddressRefused):
        Teams(address).announce()


PUBLIC = ["52.112.0.1", "8.8.8.8", "2603:1026::1", "2a01:111::1"]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808"),
    *(
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
    ),
    *("fec0::1", "ff02::1", "100::1", "3fff::1", "5f00::1"),
]


def test_only_addresses_of_the_internet_are_public():
    assert [each for each in PUBLIC if not is_public(each)] == []
    assert [each for each in NOT_PUBLIC if is_public(each)] == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_inside_is_refused_also_beside_one_that_does_not(address):
    for found in ([address], ["52.112.0.1", address], [address, "52.112.0.1"]):
        with pytest.raises(AddressRefused):
            public_address_of("gemeente.webhook.office.com", Reach(look_up=lambda host, found=found: found))
    with pytest.raises(AddressRefused):
        public_address_of("gemeente.webhook.office.com", Reach(look_up=lambda host: []))


def test_no_setting_widens_where_posts_go():
    """The list of hosts is the only thing that a place chooses, and it names domains under others."""
    assert Reach() == webhooks.REACH
    assert (webhooks.REACH.look_up, webhooks.REACH.is_allowed) == (webhooks._look_up, is_public)
    assert (webhooks.REACH.port, webhooks.REACH.tls, webhooks.REACH.hosts) == (443, None, ())


# --- A real server on the loopback ----------------------------------------------------------------------------------

HOST = "kring.teams.test"


class Server:
    """What it was sent, and what it will answer."""

    def __init__(self, folder):
        key, cert = folder / "key.pem", folder / "cert.pem"
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        make += ["-keyout", key, "-out", cert, "-days", "1", "-subj", f"/CN={HOST}"]
        make += ["-addext", f"subjectAltName=DNS:{HOST}", "-addext", "basicConstraints=critical,CA:TRUE"]
        subprocess.run(make, check=True, capture_output=True)
        self.posts, self.status, self.headers, self.body, self.drip = [], 202, {}, b"1", 0.0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, dict(self.headers), body))
                for letter in b"HTTP/1.1 202 Accepted" if outer.drip else b"":
                    self.wfile.write(bytes([letter]))
                    time.sleep(outer.drip)
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *args):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *args: None  # who hangs up, hangs up
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.looked_up = []
        trusting = ssl.create_default_context(cafile=str(cert))
        self.reach = Reach(["*.teams.test"], self.look_up, lambda ip: ip == "127.0.0.1", self.port, trusting)
        self.address = f"https://{HOST}/webhook/geheim?sig=geheim"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def look_up(self, host):
        self.looked_up.append(host)
        return ["127.0.0.1"]

    def post(self, address=None, reach=None):
        line = Teams(address or self.address, reach or self.reach)
        line.announce()
        line.hand_over(webhooks.card("Titel", [("Wanneer", "morgen")]).encode())


@pytest.fixture
def teams(tmp_path):
    server = Server(tmp_path)
    yield server
    server.server.shutdown()
    server.server.server_close()


def test_a_post_arrives_whole_and_the_name_is_asked_for_once(teams):
    teams.post()
    [(path, headers, body)] = teams.posts
    assert path == "/webhook/geheim?sig=geheim"
    assert headers["Content-Type"] == "application/json"
    assert set(headers) == {"Host", "Accept-Encoding", "Content-Length", "Content-Type", "User-Agent"}
    assert json.loads(body)["attachments"][0]["content"]["body"][0]["inlines"][0]["text"] == "Titel"
    assert teams.looked_up == [HOST]


def test_a_name_that_changes_its_mind_is_not_asked_a_second_time(teams):
    """DNS rebinding: public when it is checked, ours when it is used."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    reach = Reach(["*.teams.test"], lambda host: next(answers), teams.reach.is_allowed, teams.port, teams.reach.tls)
    teams.post(reach=reach)
    assert len(teams.posts) == 1
    with pytest.raises(AddressRefused):
        teams.post(reach=reach)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(teams, status):
    teams.status, teams.headers = status, {"Location": teams.address}
    with pytest.raises(Refused) as refused:
        teams.post()
    assert (refused.value.permanent, len(teams.posts)) == (True, 1)


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (410, True), (429, False), (502, False)])
def test_what_teams_refuses_is_told_without_the_address(teams, status, permanent):
    teams.status, teams.body = status, b"no: " + teams.address.encode()
    with pytest.raises(Refused) as refused:
        teams.post()
    assert refused.value.permanent is permanent
    assert str(refused.value).startswith(f"{status} Teams:")
    assert "geheim" not in str(refused.value)


def test_a_certificate_that_nobody_vouches_for_is_no_line(teams):
    stranger = Reach(["*.teams.test"], teams.look_up, teams.reach.is_allowed, teams.port)
    with pytest.raises(LineLost) as lost:
        teams.post(reach=stranger)
    assert str(lost.value) == "Teams: SSLCertVerificationError"
    with pytest.raises(LineLost):
        teams.post("https://ander.teams.test/x")  # a certificate for another name
    assert teams.posts == []


def test_an_endless_answer_is_not_read(teams):
    teams.body = b"x" * 50_000_000
    started = time.thread_time()
    teams.post()
    assert (len(teams.posts), time.thread_time() - started < 0.5) == (1, True)


def test_headers_without_an_end_are_not_read_to_it(teams):
    teams.headers = {f"X-{number}": "x" * 1000 for number in range(1000)}
    with pytest.raises(NoAnswer):
        teams.post()


def test_an_answer_that_drips_is_cut_off(teams, monkeypatch):
    monkeypatch.setattr(webhooks, "AT_MOST", 0.6)
    teams.drip = 0.1
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        teams.post()
    assert time.monotonic() - started < 4


def test_nobody_there_is_no_line(teams):
    teams.server.shutdown()
    teams.server.server_close()
    with pytest.raises(LineLost):
        teams.post()
