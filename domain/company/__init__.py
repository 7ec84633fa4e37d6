"""The one company this store belongs to, its calendar and its currencies."""
