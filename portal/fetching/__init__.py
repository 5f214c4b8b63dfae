"""Reading what others publish on the web, so that nobody can have the portal read what is not
public: a network behind a firewall, the machine itself, what a cloud tells its machines.
"""

from portal.fetching.addresses import Target, is_public, named_host, read
from portal.fetching.fetcher import Fetched, Fetcher, NotFetched, Why
from portal.fetching.gzipped import NotGzip, TooLarge, unpacked

__all__ = [
    "Fetched", "Fetcher", "NotFetched", "NotGzip", "Target", "TooLarge", "Why", "is_public",
    "named_host", "read", "unpacked",
]  # fmt: skip
