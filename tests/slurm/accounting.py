"""The same cluster with accounting: `slurmdbd` and a MariaDB of its own, in the same folder."""

import secrets
import shutil
import socket
import subprocess

from .cluster import Cluster, DaemonError, free_ports

PROGRAMS = ("mariadbd", "mariadb-install-db", "slurmdbd", "sacct", "sacctmgr")
ACCOUNT = "deep_learning"


def missing_accounting() -> str:
    """What stands in the way, in words; '' if nothing does."""
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    return f"no {', '.join(absent)}: install Debian's slurmdbd and mariadb-server" if absent else ""


class AccountingCluster(Cluster):
    """Jobs run only for an account; root belongs to one, `ACCOUNT`."""

    def start_accounting(self) -> None:
        """Start the database and its daemon, and enter the account."""
        database, port = free_ports(2)
        password = secrets.token_hex(16)
        run, data = self.folder / "run", self.folder / "database"
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if made.returncode != 0:
            raise DaemonError(f"mariadb-install-db ended: {made.stdout.strip().splitlines()[-1:]}")
        (run / "first.sql").write_text(
            f"CREATE USER 'slurm'@'%' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON slurm.* TO 'slurm'@'%';\n"
            "CREATE DATABASE slurm;\n"
        )
        self._spawn(
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
            f"--socket={run}/mariadb.socket", f"--pid-file={run}/mariadbd.pid",
            "--bind-address=127.0.0.1", f"--port={database}", "--skip-name-resolve",
            f"--init-file={run}/first.sql",
        )  # fmt: skip
        self._until(lambda: _answers(database), "mariadbd listens")

        configuration = self.folder / "slurmdbd.conf"
        configuration.write_text(f"""\
AuthType=auth/munge
AuthInfo=socket={self._munge}
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={port}
SlurmUser=root
LogFile={self.folder}/log/slurmdbd.log
PidFile={run}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm
""")
        configuration.chmod(0o600)
        with (self.folder / "slurm.conf").open("a") as file:
            file.write(
                f"AccountingStorageHost=127.0.0.1\nAccountingStoragePort={port}\n"
                f"AccountingStoragePass={self._munge}\n"  # where munged listens
            )
        self._spawn("slurmdbd", "-D")
        self._until(lambda: _answers(port), "slurmdbd listens")
        for words in (
            ["cluster", "proofsheet"],
            ["account", ACCOUNT, "cluster=proofsheet"],
            ["user", "root", f"account={ACCOUNT}", "cluster=proofsheet"],
        ):
            self.command("sacctmgr", "-i", "add", *words)

    accounting = (
        "AccountingStorageType=accounting_storage/slurmdbd\nAccountingStorageEnforce=associations"
    )


def _answers(port: int) -> bool:
    """Does somebody listen there?"""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
