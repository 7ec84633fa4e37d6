"""The shop and its cube."""

from tests.olap.store.shop import cube, shop, standing

__all__ = ["cube", "shop", "standing"]
