"""A real SLURM cluster on this machine: a controller and three nodes, all of it in one folder.

Debian's `slurm-wlm` runs several `slurmd` on one host, each with its own name, port and spool
folder. Partition `cpu` has two nodes, `gpu` one, whose GPU is a device node that computes nothing.
A daemon that ends, or does not answer in time, is an error that quotes the last line of its log.
"""

import os
import secrets
import shutil
import socket
import stat
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "squeue", "scontrol", "sinfo", "scancel")
NODES = ("cpu1", "cpu2", "gpu1")
# Where SLURM's commands look inside a job, whose SLURM_CONF the job step's plugin removes.
DEFAULT = Path("/etc/slurm/slurm.conf")


def missing() -> str:
    """What stands in the way of a cluster here, in words; '' if nothing does."""
    if DEFAULT.is_symlink() and not _controller_is_alive():
        DEFAULT.unlink()  # left by a test that was killed
    if os.geteuid() != 0:
        return "not root: a cluster of several nodes cannot be started"
    absent = [name for name in (*DAEMONS, *COMMANDS) if not shutil.which(name)]
    if absent:
        return f"no {', '.join(absent)}: install Debian's slurm-wlm and munge"
    return f"{DEFAULT} is there: this machine belongs to a cluster" if DEFAULT.exists() else ""


def _controller_is_alive() -> bool:
    """Is the cluster up to which a link in DEFAULT's place leads?"""
    try:
        process = int((DEFAULT.resolve().parent / "run/slurmctld.pid").read_text())
        return "slurmctld" in Path(f"/proc/{process}/comm").read_text()
    except (OSError, ValueError):
        return False


class DaemonError(Exception):
    """Everything is installed, and yet a daemon did not come up: which, and what it said last."""


@dataclass
class Cluster:
    """Start with `start()`, stop with `stop()`; commands get `environment()`."""

    folder: Path
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self) -> None:
        """Write the configuration, start every daemon, wait until all nodes are idle.

        Raises:
            DaemonError: one of them ended or does not answer.
        """
        for name in ("state", "spool", "log", "run"):
            (self.folder / name).mkdir(parents=True)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        gpu = self.folder / "gpu0"
        try:
            os.mknod(gpu, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:
            gpu = Path("/dev/null")  # the same device, where a container may make none
        (self.folder / "slurm.conf").write_text(self._configuration())
        (self.folder / "gres.conf").write_text(f"NodeName=gpu1 Name=gpu File={gpu}\n")
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        DEFAULT.parent.mkdir(exist_ok=True)
        DEFAULT.symlink_to(self.folder / "slurm.conf")
        self._spawn(
            "munged", "--foreground", "--force", f"--key-file={key}",
            f"--socket={self._munge}", f"--pid-file={self.folder / 'run/munged.pid'}",
            f"--log-file={self.folder / 'log/munged.log'}",
            f"--seed-file={self.folder / 'run/munged.seed'}",
        )  # fmt: skip
        self._until(lambda: self._munge.exists(), "munged listens")
        self.start_accounting()
        self._spawn("slurmctld", "-D", "-f", str(self.folder / "slurm.conf"))
        for node in NODES:
            self.start_node(node)
        self._until(lambda: self.states().count("idle") == len(NODES), "all nodes are idle")

    def start_accounting(self) -> None:
        """What keeps the accounts; here nothing does."""

    def start_node(self, node: str) -> None:
        """One `slurmd`."""
        self._spawn("slurmd", "-D", "-N", node, "-f", str(self.folder / "slurm.conf"), name=node)

    def stop(self) -> None:
        """End every daemon and whatever its jobs left."""
        if DEFAULT.is_symlink() and DEFAULT.readlink().is_relative_to(self.folder):
            DEFAULT.unlink()
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def environment(self) -> dict[str, str]:
        """What makes SLURM's commands speak to this cluster."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def command(self, *words: str) -> str:
        """Output of one of SLURM's commands."""
        done = subprocess.run(
            words, env=os.environ | self.environment(), capture_output=True, text=True, check=False
        )
        return done.stdout

    def states(self) -> list[str]:
        """State of every node."""
        return self.command("sinfo", "-h", "-N", "-o", "%T").split()

    def jobs(self) -> list[dict[str, str]]:
        """Every job that the controller remembers, as `scontrol show job` tells it."""
        return [
            dict(word.split("=", 1) for word in line.split() if "=" in word)
            for line in self.command("scontrol", "-o", "show", "job", "-d").splitlines()
            if line.startswith("JobId=")
        ]

    def wait_for_job(self, rule: str, state: str = "RUNNING", seconds: float = 120) -> dict:
        """The first job of a rule that reaches a state."""
        found: list[dict[str, str]] = []

        def there() -> bool:
            found[:] = [
                job for job in self.jobs()
                if f"rule_{rule}" in job.get("Comment", "") and job["JobState"] == state
            ]  # fmt: skip
            return bool(found)

        self._until(there, f"a job of {rule} is {state}", seconds)
        return found[0]

    accounting = "AccountingStorageType=accounting_storage/none"
    """Lines of `slurm.conf`."""

    @property
    def _munge(self) -> Path:
        return self.folder / "run" / "munge.socket"

    def _configuration(self) -> str:
        controller, *ports = free_ports(1 + len(NODES))
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={port}"
            f" CPUs=2 RealMemory=8000 State=UNKNOWN{' Gres=gpu:1' if node == 'gpu1' else ''}"
            for node, port in zip(NODES, ports, strict=True)
        )
        return f"""\
ClusterName=proofsheet
SlurmctldHost={socket.gethostname()}(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={self._munge}
SlurmUser=root
SlurmdUser=root
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool/%n
SlurmctldPidFile={self.folder}/run/slurmctld.pid
SlurmdPidFile={self.folder}/run/%n.pid
SlurmctldLogFile={self.folder}/log/slurmctld.log
SlurmdLogFile={self.folder}/log/%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
GresTypes=gpu
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
{self.accounting}
JobRequeue=0
MinJobAge=86400
ReturnToService=2
SlurmdTimeout=30
SchedulerParameters=sched_interval=1,bf_interval=1
{nodes}
PartitionName=cpu Nodes=cpu1,cpu2 Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=gpu1 MaxTime=INFINITE State=UP
"""

    def _spawn(self, program: str, *arguments: str, name: str = "") -> None:
        log = (self.folder / "log" / f"{name or program}.out").open("ab")
        self.processes[name or program] = subprocess.Popen(
            [shutil.which(program), *arguments], stdout=log, stderr=log,
            env=os.environ | self.environment(), start_new_session=True,
        )  # fmt: skip

    def _until(self, condition, what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise DaemonError(f"{name} ended: {self._last_words(name)}")
            if time.monotonic() > deadline:
                said = "; ".join(f"{name}: {self._last_words(name)}" for name in self.processes)
                raise DaemonError(f"waited {seconds:.0f} s in vain until {what}; {said}")
            time.sleep(0.2)

    def _last_words(self, daemon: str) -> str:
        files = [self.folder / "log" / f"{daemon}{suffix}" for suffix in (".out", ".log")]
        text = "\n".join(file.read_text(errors="replace") for file in files if file.exists())
        return next(filter(str.strip, reversed(text.splitlines())), "nothing")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
