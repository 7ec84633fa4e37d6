"""The shop and its cube."""

from tests.olap.store.built import closed, cube, shop

__all__ = ["closed", "cube", "shop"]
