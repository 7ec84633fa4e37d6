"""What may be asked of branches. Everybody sees them."""

from domain.branches.model import Branch
from domain.selection.entities import ASC, Entity

branches = Entity("Branch", Branch.__table__, order=(("code", ASC),))
