#!/usr/bin/env python3
"""The HTTP port over TLS, with an operator's certificate; and what is refused without one."""
import json
import ssl
import subprocess
import urllib.error
import urllib.request

from daemon import DEMO_CHARTER, Node, expect, expect_equal, expect_in, run, step


def certificate(folder, name):
    key, certificate_file = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-days", "2", "-keyout", str(key), "-out", str(certificate_file)],
        check=True, capture_output=True)
    return certificate_file, key


def call(node, context, method, token, request):
    asked = urllib.request.Request(
        f"https://localhost:{node.http_port}/daftar.v1.{method}", json.dumps(request).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=20, context=context) as answer:
        return json.load(answer)


def over_tls(circle):
    pem, key = certificate(circle.folder, "console")
    node = circle.node("A", init=["--http-tls-certificate", pem, "--http-tls-key", key])
    token = node.ask("user", "add", "POS", "--role", "staff")["token"]
    context = ssl.create_default_context(cafile=str(pem))

    step("a check over TLS, with the certificate that the operator gave")
    answer = call(node, context, "ShopService/Check", token,
                  {"identifiers": [{"phone": "0812-3456-7890"}]})
    expect(answer["effect"].startswith("EFFECT_"), "an answer")
    page = urllib.request.urlopen(f"https://localhost:{node.http_port}/", timeout=20,
                                  context=context)
    expect_in("default-src 'none'", page.headers["Content-Security-Policy"], "the pages' headers")
    link = node.directory / "first-user-link"
    expect_in("https://", link.read_text(), "the first user's link")
    expect_equal(link.stat().st_mode & 0o777, 0o600, "who may read it")
    expect("welcome" not in node.log_text(), "the link stands in a log")
    expect_in(f"daftar --dir {node.directory} user add", node.log_text(), "the command beside it")
    added = node.ask("user", "add", "sari", "--role", "staff", "--sign-in")
    expect_in("https://", added["link"], "another user's link")

    step("metrics, which name partners, are for this machine alone")
    asked = urllib.request.Request(f"https://127.0.0.1:{node.http_port}/metrics")
    expect_in("daftar_", urllib.request.urlopen(asked, timeout=20, context=context).read().decode(),
              "asked here")
    asked.add_header("X-Forwarded-For", "192.0.2.1")
    try:
        urllib.request.urlopen(asked, timeout=20, context=context)
    except urllib.error.HTTPError as error:
        expect_equal(error.code, 403, "asked through a proxy")
    else:
        expect(False, "metrics go through a proxy")

    step("nothing is answered without TLS, or in an old version of it")
    try:
        urllib.request.urlopen(f"http://localhost:{node.http_port}/", timeout=20)
    except (urllib.error.URLError, ConnectionError):
        pass
    else:
        expect(False, "a plain request is answered")
    old = ssl.create_default_context(cafile=str(pem))
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        call(node, old, "ShopService/Check", token, {})
    except (urllib.error.URLError, ssl.SSLError):
        pass
    else:
        expect(False, "TLS 1.1 is spoken")

    step("a key that belongs to another certificate")
    node.stop()
    _, other = certificate(circle.folder, "other")
    config = node.directory / "config.toml"
    config.write_text(config.read_text().replace(str(key), str(other)))
    code, words = node.refuses_to_start()
    expect(code > 0, "it must not start")
    expect_in("http.tls_key", words, "what is wrong")


def over_the_network(circle):
    step("an address of the network without a certificate")
    node = circle.node("A", start=False)
    config = node.directory / "config.toml"
    config.write_text(config.read_text().replace(f'"127.0.0.1:{node.http_port}"',
                                                 f'"0.0.0.0:{node.http_port}"'))
    code, words = node.refuses_to_start()
    expect_equal(code > 0, True, "it must not start")
    expect_in("http.tls_certificate and http.tls_key", words, "what is wrong")


def what_init_says(circle):
    step("init says where the console and the API are, as text and as JSON")
    for form in ("text", "json"):
        node = Node(circle, form, circle.folder / form, circle.ports.take(), circle.ports.take())
        made = node.daftar("init", "--name", "Toko A", "--origin", node.origin, "--charter",
                           DEMO_CHARTER, "--peer-listen", f"127.0.0.1:{node.peer_port}",
                           "--http-listen", f"127.0.0.1:{node.http_port}", "--output", form)
        address = f"http://127.0.0.1:{node.http_port}/"
        if form == "text":
            expect_in(f" {address}", made.out, "the address")
            expect_in(f"{address}readyz", made.out, "its health")
        else:
            # Null where the daemon was built without its console.
            expect_in(made.json["console"], (None, address), "the console's address")


run(over_tls, over_the_network, what_init_says)
