"""A receiver that does no more than acknowledge: of each item it reads its name only. What is left is the cost of our own side.

Its second argument is the line's latency: the seconds after which an answer arrives, besides what it takes to write it.
"""

import asyncio
import re
import sys

ITEM = re.compile(rb'\{"key":("[^"]+"),"dossier_code":("[^"]+"),"seq":([0-9]+),')
"""How an item begins on the wire (`generation2026.item_of`). Bodies are not parsed: that would be work of another machine on ours."""
ACKNOWLEDGED = b'{"key":%b,"dossier_code":%b,"seq":%b,"result":"applied","head":%b}'
TOKEN = b'{"access_token": "bench", "token_type": "Bearer", "expires_in": 3600}'


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency: float) -> None:
    """One kept connection, until the client closes it."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            size = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
            body = await reader.readexactly(size)
            answer = TOKEN if "/token" in lines[0] else acknowledgement(body)
            if latency:
                await asyncio.sleep(latency)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def acknowledgement(body: bytes) -> bytes:
    """`applied` for every item."""
    return b'{"items":[%b]}' % b",".join(ACKNOWLEDGED % (key, code, seq, seq) for key, code, seq in ITEM.findall(body))


async def main(port: int, latency: float) -> None:
    """Listens until it is ended."""
    server = await asyncio.start_server(lambda reader, writer: serve(reader, writer, latency), "127.0.0.1", port, limit=2**20)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
