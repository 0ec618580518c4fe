"""ENERQIS: edit a YAML spec, get a trading experiment that anyone can rerun, review and trust."""
