"""Telling people in a chat, where they answer with a button. One port; Slack stands behind it."""
