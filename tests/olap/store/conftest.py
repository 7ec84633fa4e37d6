"""The shop and its cube."""

from tests.olap.store.activity import busy
from tests.olap.store.built import cube, shop, standing

__all__ = ["busy", "cube", "shop", "standing"]
