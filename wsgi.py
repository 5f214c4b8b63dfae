"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import gc

from werkzeug.middleware.proxy_fix import ProxyFix

from config import from_environment
from portal import create_app

# What is made here stays for good: to look for garbage in it took a third of a command's time.
gc.disable()
settings = from_environment()
app = create_app(settings)
if settings.trusted_proxies:
    hops = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
gc.freeze()
# 10,000 records come with tens of thousands of things that are no garbage: to look through them at
# each 700 took a tenth of the time.
gc.set_threshold(10_000, 10, 10)
gc.enable()
