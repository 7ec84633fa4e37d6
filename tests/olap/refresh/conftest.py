"""The shop and its cube."""

from tests.olap.forked import forking
from tests.olap.store.built import closed, cube, folder, shop

__all__ = ["closed", "cube", "folder", "forking", "shop"]
