"""What stands in addresses of data sets, also as they were before they had groups and types:
`/GROUP_TYPE`.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter


class DataSetName(BaseConverter):
    """A group and a type with an underscore between them, the first there is."""

    regex = "[a-z0-9-]{1,60}_[a-z0-9_-]{1,60}"


class DataSetType(BaseConverter):
    """A type; those that moved in may have underscores."""

    regex = "[a-z0-9_-]{1,60}"


def install(app: Flask) -> None:
    """Make both known, before the first address is registered that has one."""
    app.url_map.converters.update(data_set_name=DataSetName, data_set_type=DataSetType)
