"""The shop and its cube."""

from tests.olap.forked import forking
from tests.olap.store.activity import busy
from tests.olap.store.built import closed, cube, folder, nowhere, shop, standing

__all__ = ["busy", "closed", "cube", "folder", "forking", "nowhere", "shop", "standing"]
