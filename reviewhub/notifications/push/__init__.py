"""Web Push: a few words to a device of somebody's, through the push service that its browser has chosen."""
