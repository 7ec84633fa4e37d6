"""The shop and its cube."""

from tests.olap.store.activity import busy
from tests.olap.store.built import closed, cube, nowhere, shop, standing

__all__ = ["busy", "closed", "cube", "nowhere", "shop", "standing"]
