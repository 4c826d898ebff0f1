"""RQ's queues, as this application uses them: JSON only, ids as arguments, no waiting for a Redis that is away."""

from collections.abc import Sequence
from contextlib import suppress

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from workflows.jobs import BULK, LONG_SECONDS

KEEP_FAILED = 24 * 3600  # seconds a failed job stays to be looked at


def connect(url: str) -> Redis:
    """A connection for putting jobs in queues: one try, a second or two at most, then a RedisError."""
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 0))


def put(
    redis: Redis,
    queue: str,
    job: str,
    arguments: Sequence[object] = (),
    *,
    job_id: str,
    timeout: int,
    wait: int | None = None,
    remember: int = 60,
) -> bool:
    """Put a job in its queue; False when one of that id is there, or ended within `remember` seconds.

    It is dropped when no worker takes it within `wait` seconds; `timeout` is how long it may run. Raises
    RedisError, upon which the caller decides: what must not be lost is in the database, not in the queue.
    """
    try:
        Queue(queue, connection=redis, serializer=JSONSerializer).enqueue_call(
            job,
            args=tuple(arguments),
            job_id=job_id,
            unique=True,
            timeout=timeout,
            ttl=wait,
            result_ttl=remember,
            failure_ttl=KEEP_FAILED,
        )
    except DuplicateJobError:
        return False
    return True


def begin_soon(url: str, job: str, key: int) -> None:
    """Have a worker begin long work at once. Without Redis the schedule takes it up within seconds."""
    with suppress(RedisError), connect(url) as redis:
        put(redis, BULK, job, [key], job_id=f"{job.rpartition('.')[2]}-{key}", timeout=LONG_SECONDS, remember=0)
