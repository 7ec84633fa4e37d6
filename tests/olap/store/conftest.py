"""The shop and its cube."""

from tests.olap.store.shop import cube, shop

__all__ = ["cube", "shop"]
