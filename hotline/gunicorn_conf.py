"""How gunicorn serves the application: threads, timeouts, recycling; the settings are the same as everybody's."""

import os

from hotline.config import load

_settings = load(os.environ)

bind = _settings["BIND"]
workers = _settings["WEB_WORKERS"]
threads = _settings["WEB_THREADS"]
worker_class = "gthread"
# A request ends sooner than this by the database's own limits; a process that is stuck is replaced.
timeout = 60
graceful_timeout = 20
keepalive = 5
# Replace processes now and then, not all at once: no slow leak lasts.
max_requests = 20_000
max_requests_jitter = 2_000
# A dash means standard output: whoever supervises keeps the log. Requests are logged by the application,
# with their id and without personal data, so gunicorn's own access log stays off.
errorlog = "-"
accesslog = None
loglevel = _settings["LOG_LEVEL"].lower()
# The application reads X-Forwarded-* itself, from as many proxies as it is told of.
forwarded_allow_ips = ""
control_socket_disable = True
