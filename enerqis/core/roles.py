"""The roles of the roadmap: who answers for a step, who owns a file, who may approve. They are roles, not people."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["devops", "infrastructure", "data", "strategies", "ops", "governance", "master_control"]
"""A role; people hold roles in ``.cbr/approvers.yaml``, teams in GitHub."""

ROLES: tuple[Role, ...] = get_args(Role)
"""Every role, in the order in which tables show them."""

TITLES: dict[Role, str] = {
    "devops": "DevOps",
    "infrastructure": "Infrastructure",
    "data": "Data",
    "strategies": "Strategies",
    "ops": "Ops",
    "governance": "Governance",
    "master_control": "Master Control",
}
"""What pages call each role."""
