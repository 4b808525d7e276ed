"""What templates are given: frozen values, made from the desk's models."""
