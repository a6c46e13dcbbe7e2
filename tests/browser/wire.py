"""A TCP wire between the browser and the studio that can be cut and mended, as a cable can."""

import contextlib
import socket
import threading


class Wire:
    """Listens on a port of its own and passes bytes on. While it is cut nothing comes through."""

    def __init__(self, port: int) -> None:
        self._studio = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"

    def __enter__(self):
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            ends, self._open = self._open, set()
        for end in ends:
            _close(end)

    def mend(self) -> None:
        self._is_cut = False

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the tests are over
            while True:
                self._connect(self._listening.accept()[0])

    def _connect(self, browser: socket.socket) -> None:
        try:
            studio = socket.create_connection(self._studio)
        except OSError:
            _close(browser)
            return
        with self._lock:
            if not self._is_cut:
                self._open |= {browser, studio}
        if browser not in self._open:
            _close(browser)
            _close(studio)
            return
        for source, target in ((browser, studio), (studio, browser)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with self._lock:
            self._open -= {source, target}
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    # Shut down first: another thread waits in recv, and only that wakes it.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
