"""What may be asked of jobs. Only administrators may: api/permissions.py says so."""

from domain.jobs.model import overview
from domain.selection.entities import DESC, Entity

jobs = Entity("Job", overview, order=(("id", DESC),))
