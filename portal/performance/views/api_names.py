"""Addresses of data sets as they were before they had groups and types: `/GROUP_TYPE`."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class DataSetName(BaseConverter):
    """A group and a type with an underscore between them, which stands in neither."""

    regex = "[a-z0-9-]{1,60}_[a-z0-9-]{1,60}"
