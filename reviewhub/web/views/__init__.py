"""Shells around the desk's services: read the request, call one service, answer with a page or its fragment."""
