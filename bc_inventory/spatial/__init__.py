"""Place emissions on a longitude-latitude grid and keep their mass."""
