"""What Postgres calls out (NOTIFY), heard on a connection of its own."""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping

import psycopg
import structlog
from psycopg import pq, sql

from backend.db import connection_arguments
from backend.trouble import Trouble, short

logger = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
# After so long without a word the server is asked for one, and has as long to answer.
SILENCE_SECONDS = 4.0

Connection = psycopg.Connection[tuple[object, ...]]
Hears = Mapping[str, Callable[[str], None]]


class Post:
    """Hears NOTIFY on a connection of its own. Rows are the truth: a notice only says where to
    look."""

    def __init__(self, url: str, hears: Hears, on_gap: Callable[[], None]) -> None:
        """`hears`: channel -> what is called with each payload. `on_gap` is called after every
        connect: what was said until then was missed. Both from the thread of this object."""
        self._arguments = connection_arguments(url)
        self._hears = dict(hears)
        self._on_gap = on_gap
        self._stopping = threading.Event()
        self._connected = False
        self._thread = threading.Thread(target=self._stay, name="post", daemon=True)
        # A selector waits for the connection and for this pair: whoever stops us writes into it.
        self._bell, self._ear = socket.socketpair()

    @property
    def connected(self) -> bool:
        return self._connected

    def start(self) -> None:
        """Connects for ever until `stop`; a server that is away now is waited for."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        self._stopping.set()
        self._bell.close()
        if self._thread.ident is None:
            self._ear.close()
        else:
            # Daemon: one that is just connecting to a server that does not answer is left behind.
            self._thread.join(seconds)

    def _stay(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        trouble = Trouble()
        while True:
            try:
                with self._connect() as connection:
                    pause = FIRST_PAUSE_SECONDS
                    if trouble.over():
                        logger.info("notices are heard again")
                    self._listen(connection)
            except (psycopg.Error, OSError) as error:
                if not self._stopping.is_set() and trouble.is_news(short(error)):
                    logger.warning("notices are not heard", problem=short(error))
            finally:
                self._connected = False
            if self._stopping.wait(pause):
                break
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._ear.close()

    def _connect(self) -> Connection:
        connection = psycopg.connect(**self._arguments, autocommit=True)
        try:
            for channel in self._hears:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        except BaseException:
            connection.close()
            raise
        return connection

    def _listen(self, connection: Connection) -> None:
        """Until it is time to stop; raises where the connection is lost.

        Nothing here waits but the selector: an answer that never comes is found by the clock.
        """
        if self._stopping.is_set():
            return
        self._connected = True
        self._call(self._on_gap)
        line = connection.pgconn
        is_asked = False
        with selectors.DefaultSelector() as selector:
            selector.register(line.socket, selectors.EVENT_READ)
            selector.register(self._ear, selectors.EVENT_READ)
            heard_at = time.monotonic()
            # What came while LISTEN was answered is with the connection, and no more on its way.
            for notice in connection.notifies(timeout=0):
                self._tell(notice.channel, notice.payload)
            while not self._stopping.is_set():
                silent = time.monotonic() - heard_at
                if selector.select(max(0.0, SILENCE_SECONDS - silent)):
                    line.consume_input()
                    heard_at = time.monotonic()
                    while (heard := line.notifies()) is not None:
                        self._tell(heard.relname.decode(), heard.extra.decode())
                    is_asked = is_asked and not _answered(line)
                elif is_asked:
                    raise psycopg.OperationalError("the server has stopped answering")
                else:
                    line.send_query(b"SELECT 1")
                    is_asked = True
                    heard_at = time.monotonic()

    def _tell(self, channel: str, payload: str) -> None:
        hear = self._hears.get(channel)
        if hear is not None:
            self._call(lambda: hear(payload))

    def _call(self, told: Callable[[], None]) -> None:
        try:
            told()
        except Exception as error:
            logger.error("a notice was not taken", exc_info=error)


def _answered(line: pq.abc.PGconn) -> bool:
    """Take what the server has answered so far; whether that was all."""
    while not line.is_busy():
        result = line.get_result()
        if result is None:
            return True
        result.clear()
    return False
