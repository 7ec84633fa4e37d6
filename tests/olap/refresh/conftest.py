"""The shop and its cube."""

from tests.olap.store.built import cube, shop

__all__ = ["cube", "shop"]
