"""The server of the browser demo."""

import http.client
import json
import threading

import pytest

from keras_drnet.errors import InputError
from keras_drnet.reporting import demo_server


@pytest.fixture
def folders(tmp_path):
    page, bundle = tmp_path / "page", tmp_path / "bundle"
    for path, text in {
        page / "index.html": "<p>",
        page / "assets" / "litert.wasm": "wasm",
        page / "assets" / "main.js": "js",
        page / "bundles" / "shipped" / "manifest.json": "shipped",
        bundle / "manifest.json": "mine",
        bundle / "examples" / "1" / "000.png": "png",
        tmp_path / "secret.txt": "secret",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (page / "link.txt").symlink_to(tmp_path / "secret.txt")
    return page, bundle


@pytest.fixture
def server(folders):
    with demo_server.make_server(*folders, "my run.v2") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(server, path, **headers):
    """Returns the status, type and text of an answer; the path is sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Content-Type"), text


def test_the_page_is_served_with_the_types_that_browsers_ask_for(server):
    assert get(server, "/") == (200, "text/html", "<p>")
    assert get(server, "/assets/litert.wasm") == (200, "application/wasm", "wasm")
    assert get(server, "/assets/main.js?v=1") == (200, "text/javascript", "js")
    assert server.server_address[0] == "127.0.0.1"


def test_the_bundle_of_the_run_takes_the_place_of_those_in_the_page(server):
    status, _, text = get(server, "/bundles/index.json")
    assert status == 200 and json.loads(text) == {"bundles": ["my_run.v2"]}
    assert get(server, "/bundles/my_run.v2/manifest.json")[2] == "mine"
    assert get(server, "/bundles/my_run.v2/examples/1/000.png")[1] == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "/none",
        "/assets",
        "/assets/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/bundles/my_run.v2/../secret.txt",
        "/bundles/my_run.v2/%2e%2e%2fsecret.txt",
        "/link.txt",
        "/%00",
        "//etc/passwd",
    ],
)
def test_nothing_else_is_served(server, path):
    status, _, text = get(server, path)
    assert status == 404 and "secret" not in text


def test_another_name_of_the_address_is_refused(server):
    assert get(server, "/", Host="evil.example:80")[0] == 403
    assert get(server, "/", Host=f"localhost:{server.server_port}")[0] == 200


def test_a_port_in_use_is_reported(server, folders):
    with pytest.raises(
        InputError, match=r"Cannot listen at port \d+: .* another --port"
    ):
        demo_server.make_server(*folders, "run", server.server_port)


def test_a_page_that_is_not_built_is_reported(monkeypatch, tmp_path):
    monkeypatch.setattr(demo_server, "PAGE", tmp_path)
    with pytest.raises(InputError, match=r"has no index\.html\. Run make web"):
        demo_server.find_page()
