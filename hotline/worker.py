"""What carries the work: `python -m hotline.worker QUEUE` serves one queue, `python -m hotline.worker beat` wakes.

One queue to a worker, because RQ takes from several with a command that can lose the job in a crash. Neither
process is needed for the truth: a job lost, doubled or late costs a wake-up, and the next one finds the same rows.
"""

import logging
import os
import signal
import sys
import time

from flask import Flask
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from hotline import create_app
from hotline.beat import Beat
from hotline.config import ConfigError, load
from workflows import upkeep
from workflows.jobs import QUEUES
from workflows.model.base import db
from workflows.model.leaps import BEAT

SIGN_SECONDS = 5.0  # at most so often does a worker say that it lives
RETRY_SECONDS = 1.0  # between two looks for a Redis that is away
LISTEN_SECONDS = 10  # so long it waits for a job before it says so again
logger = logging.getLogger("hotline.worker")


class QueueWorker(Worker):
    """Serves one queue, runs each job in an application context of a process of its own, and shows it lives."""

    max_connection_wait_time = 5  # seconds between two tries to reach a Redis that is away

    def __init__(self, app: Flask, queue: str, connection: Redis) -> None:
        super().__init__(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=45,
            maintenance_interval=30,
            job_monitoring_interval=10,
            log_job_description=False,
        )
        self.app = app
        self._signed = -SIGN_SECONDS

    @property
    def dequeue_timeout(self) -> int:
        """Wait shorter than RQ would (worker_ttl - 15), so that an idle worker's sign of life is never old."""
        return LISTEN_SECONDS

    def heartbeat(self, timeout: int | None = None, pipeline: object = None) -> None:
        """RQ's own in Redis, and ours in the database for people and probes to see."""
        super().heartbeat(timeout, pipeline)
        if not self.is_horse and time.monotonic() - self._signed >= SIGN_SECONDS:
            self._signed = time.monotonic()
            self._sign()

    def _sign(self) -> None:
        try:
            with self.app.app_context():
                upkeep.sign_of_life(f"worker-{self.queues[0].name}", {"worker": self.name})
        except SQLAlchemyError as problem:
            logger.warning("no sign of life: %s", problem)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the new process: leave the parent's database connections to the parent."""
        with self.app.app_context():
            db.engine.dispose(close=False)
        super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: object) -> bool:
        """Run the job with its session; what it left open ends with it."""
        with self.app.app_context():
            return super().perform_job(job, queue, execution)


def serve(app: Flask, queue: str) -> None:
    """Work until told to stop. Whoever supervises starts a worker that has ended again."""
    with Redis.from_url(app.config["REDIS_URL"]) as connection:
        wait_for(connection)
        QueueWorker(app, queue, connection).work(logging_level="WARNING")


def wait_for(connection: Redis) -> None:
    """Return when Redis takes what is written; a worker that starts meanwhile waits, rather than end and start anew."""
    said = False
    while True:
        try:
            connection.set("hotline:probe", 1, ex=1)
            return
        except RedisError as problem:
            if not said:
                logger.warning("Redis is away, waiting for it: %s", problem)
            said = True
            time.sleep(RETRY_SECONDS)


def keep_time(app: Flask) -> None:
    """Wake the queues until told to stop."""
    beat = Beat(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: beat.stop())
    beat.run()


def main(arguments: list[str]) -> int:
    """The exit status of one worker or of the beat."""
    if len(arguments) != 1 or arguments[0] not in {*QUEUES, BEAT}:
        sys.stderr.write(f"usage: python -m hotline.worker {'|'.join([*QUEUES, BEAT])}\n")
        return 2
    try:
        app = create_app(load(os.environ, process="worker"))
    except ConfigError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    if arguments[0] == BEAT:
        keep_time(app)
        return 0
    try:
        serve(app, arguments[0])
    except RedisError as problem:
        sys.stderr.write(f"Redis does not answer: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
