"""The portal's processes on a test's own database, to be used, killed and started again."""

from pathlib import Path

from portal.core import paths
from portal.devtools import services, valkey
from portal.devtools.children import Child, Fleet, free_port
from tests.support import databases


class Live:
    """Web, dispatcher, worker and sandbox on the clone `database`.

    `live.url` and `live.sandbox_url` are the addresses; `live.worker.kill()` is a power cut (SIGKILL of the whole
    group), `live.worker.stop()` an orderly end, `live.worker.start()` a new start; `live.restart("worker")` both.
    """

    def __init__(self, database: str) -> None:
        port = free_port()
        self.fleet = Fleet(
            port=port,
            sandbox_port=free_port(port + 1),
            logs=paths.LOCAL / "test" / "logs" / database,
            environment={
                "MOTCUA_FLAVOUR": databases.FLAVOUR,
                "DATABASE_NAME": database,
                "SANDBOX_DATABASE_NAME": database + databases.SANDBOX_SUFFIX,
                "PGOPTIONS": "-c statement_timeout=60s -c lock_timeout=20s -c idle_in_transaction_session_timeout=120s",
            },
        )
        self.database = database
        self.sandbox = self.fleet.sandbox()
        self.worker = self.fleet.worker()
        self.dispatcher = self.fleet.dispatcher()
        self.web = self.fleet.web(workers=1)
        self.children: dict[str, Child] = {child.name: child for child in self._all() if self._exists(child)}

    def _all(self) -> tuple[Child, ...]:
        return (self.sandbox, self.worker, self.dispatcher, self.web)

    def _exists(self, child: Child) -> bool:
        """Whether the code of this process is in the checkout."""
        needed = {"sandbox": "portal/sandbox/wsgi.py", "dispatcher": "portal/management/commands/dispatch.py"}
        return Path(paths.ROOT / needed.get(child.name, "manage.py")).exists()

    @property
    def url(self) -> str:
        """Where the portal answers."""
        return self.fleet.base_url

    @property
    def sandbox_url(self) -> str:
        """Where the simulated national services answer."""
        return self.fleet.sandbox_url

    def start(self) -> None:
        """Every process does its work."""
        sandbox = self.database + databases.SANDBOX_SUFFIX
        databases.clone_sandbox(sandbox)
        services.prepare_sandbox(flavour=databases.FLAVOUR, database=sandbox, addresses=self.fleet.addresses)
        for child in self.children.values():
            child.start()
        for child in self.children.values():
            child.wait_ready()

    def restart(self, name: str) -> None:
        """The process `name` was killed and a new one does its work."""
        child = self.children[name]
        child.kill()
        child.start()
        child.wait_ready()

    def forget_broker(self) -> None:
        """The broker has lost every message and binding of this database, as after a crash without a disk."""
        client = valkey.client(databases.FLAVOUR)
        for key in client.scan_iter(f"{self.database}:*"):
            client.delete(key)

    def stop(self) -> None:
        """No process is left."""
        for child in reversed(list(self.children.values())):
            child.stop_seconds = 8
            child.stop()
        self.forget_broker()
        databases.drop(self.database + databases.SANDBOX_SUFFIX)
