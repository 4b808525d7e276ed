"""`manage.py demo load`: everything that the demo needs, once."""

from reviewhub.demo.loading.load import load

__all__ = ["load"]
