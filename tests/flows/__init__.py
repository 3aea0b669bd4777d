"""Flows on a server, in one package so that the server ends with its tests."""
