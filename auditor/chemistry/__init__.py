"""One molecule: parsing, six identity levels, naming many, fingerprints, open stereo."""
