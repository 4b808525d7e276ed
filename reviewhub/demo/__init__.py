"""The demo: invented people, cases and other systems around the real product. Served in demo mode only."""
