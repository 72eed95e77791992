"""Just enough HTTP/2 and gRPC to send a node what no proper client would send."""
import socket
import ssl
import struct
import subprocess
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, WINDOW_UPDATE = 0, 1, 4, 8
ACK = 1
FIRST_WINDOW = 65535  # bytes that may be sent before the first WINDOW_UPDATE (RFC 9113)
END_STREAM, END_HEADERS = 1, 4

OK, INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED = 0, 3, 7, 8
UNIMPLEMENTED, UNAUTHENTICATED = 12, 16


def frame(kind, flags, stream, payload, length=None):
    """A frame; `length` lies about the payload's."""
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _length(value, prefix_bits):
    most = (1 << prefix_bits) - 1
    if value < most:
        return bytes([value])
    out, value = [most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


def headers(*pairs):
    """Header fields as literals without indexing (RFC 7541 section 6.2.2)."""
    block = b""
    for name, value in pairs:
        block += b"\x00" + _length(len(name), 7) + name + _length(len(value), 7) + value
    return block


def call_headers(method, *more):
    return headers((b":method", b"POST"), (b":scheme", b"https"), (b":path", method),
                   (b":authority", b"node"), (b"te", b"trailers"),
                   (b"content-type", b"application/grpc"), *more)


def message(body):
    return b"\x00" + struct.pack(">I", len(body)) + body


def own_certificate(folder, name):
    """A self-made certificate and key such as any node has, pinned by nobody."""
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=x",
                    "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


class Connection:
    """TLS 1.3 to a node's partner port under a certificate."""

    def __init__(self, port, certificate, seconds=15):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["h2"])
        if certificate is not None:
            context.load_cert_chain(*certificate)
        raw = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.tls = context.wrap_socket(raw)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tls.close()

    def begin(self):
        self.tls.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))

    def send(self, data):
        """False when the other side has ended the connection."""
        try:
            self.tls.sendall(data)
            return True
        except OSError:
            return False

    def frames(self, seconds=15):
        """Frames (kind, flags, stream, payload) until the connection ends or time is up."""
        deadline = time.monotonic() + seconds
        while True:
            while len(self._buffer) >= 9:
                size = int.from_bytes(self._buffer[:3], "big")
                if len(self._buffer) < 9 + size:
                    break
                head, payload = self._buffer[:9], self._buffer[9:9 + size]
                self._buffer = self._buffer[9 + size:]
                yield head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7FFFFFFF, payload
            self.tls.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                data = self.tls.recv(65536)
            except TimeoutError:
                return
            except OSError:
                data = b""
            if not data:
                return
            self._buffer += data

    def ends(self, seconds=15):
        """Whether the other side ends the connection within the time."""
        deadline = time.monotonic() + seconds
        for _ in self.frames(seconds):
            pass
        return time.monotonic() < deadline

    def call(self, method, body, stream=1, more=(), seconds=30):
        """Makes one call; its gRPC status, or None when the connection ended without one. Sends no
        faster than the other side's windows allow."""
        self.send(frame(HEADERS, END_HEADERS, stream, call_headers(method, *more)))
        data, sent = message(body), 0
        initial, windows = FIRST_WINDOW, {0: FIRST_WINDOW, stream: FIRST_WINDOW}
        frames = self.frames(seconds)
        while True:
            while sent < len(data) and min(windows.values()) > 0:
                piece = data[sent:sent + min(16384, *windows.values())]
                sent += len(piece)
                last = END_STREAM if sent == len(data) else 0
                self.send(frame(DATA, last, stream, piece))
                windows = {key: left - len(piece) for key, left in windows.items()}
            found = next(frames, None)
            if found is None:
                return None
            kind, flags, its_stream, payload = found
            if kind == SETTINGS and not flags & ACK:
                for at in range(0, len(payload), 6):
                    name, value = struct.unpack(">HI", payload[at:at + 6])
                    if name == 4:  # the window of a stream; it may become negative
                        windows[stream] += value - initial
                        initial = value
                self.send(frame(SETTINGS, ACK, 0, b""))
            elif kind == WINDOW_UPDATE and its_stream in windows:
                windows[its_stream] += int.from_bytes(payload, "big")
            elif kind == HEADERS and its_stream == stream:
                # gRPC writes header texts without Huffman codes, so that they can be looked for.
                at = payload.find(b"grpc-status")
                if at >= 0:
                    start = at + len(b"grpc-status") + 1
                    return int(payload[start:start + payload[start - 1]])
