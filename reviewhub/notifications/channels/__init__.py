"""The ways out of the application. One port; mail, web push and Slack stand behind it."""
