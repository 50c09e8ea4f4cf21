"""The only door to flask-rest-jsonapi and marshmallow-jsonapi.

The first was written for Flask 1 and imports `flask.views.MethodViewType`, a metaclass that
Flask 2.2 dropped when `MethodView` began to use `type` itself; putting `type` back under the
old name restores exactly the old meaning. Nothing outside this package imports either library.
"""

from __future__ import annotations

import flask.views

if not hasattr(flask.views, "MethodViewType"):
    flask.views.MethodViewType = type  # type: ignore[attr-defined]

from flask_rest_jsonapi import Api as LibraryApi
from flask_rest_jsonapi import ResourceDetail as LibraryDetail
from flask_rest_jsonapi import ResourceList as LibraryList
from flask_rest_jsonapi import ResourceRelationship as LibraryRelationship
from flask_rest_jsonapi.data_layers.base import BaseDataLayer
from flask_rest_jsonapi.resource import ResourceMeta
from marshmallow_jsonapi import Schema as LibrarySchema
from marshmallow_jsonapi.fields import BaseRelationship

__all__ = [
    "BaseDataLayer",
    "BaseRelationship",
    "LibraryApi",
    "LibraryDetail",
    "LibraryList",
    "LibraryRelationship",
    "LibrarySchema",
    "ResourceMeta",
]
