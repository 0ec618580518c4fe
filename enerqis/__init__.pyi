from enerqis.pipeline.api import Run as Run
from enerqis.pipeline.api import resolve as resolve
from enerqis.pipeline.api import run as run
